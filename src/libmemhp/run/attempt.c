/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block's change: writes, waits within limits, kills, settles, reads back,
 * finds the reason of a failure and tries again where that may help.
 */
#include <poll.h>
#include <string.h>
#include <time.h>

#include "findings.h"

/* Time --------------------------------------------------------------------- */

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t after(uint64_t begin, uint64_t duration_ms)
{
	uint64_t end;

	return !duration_ms || __builtin_add_overflow(begin, duration_ms, &end) ? FOREVER : end;
}

uint64_t left_until(uint64_t limit)
{
	uint64_t now = now_ms();

	return limit == FOREVER ? FOREVER : limit > now ? limit - now : 0;
}

static void tell(const struct run *run, const struct change *change, struct memhp_outcome *outcome)
{
	outcome->elapsed_ms = now_ms() - change->begin;
	if (run->options.progress)
		run->options.progress(run->options.data, outcome);
}

void note_stop(struct run *run)
{
	run->stops++;
	run->report->was_stopped = true;
	if (run->options.stopped)
		run->options.stopped(run->options.data);
	else
		run->options.stop_fd = -1;
}

/* What is rolled back is brought to its end; being told twice ends that too. */
bool is_told_to_stop(const struct run *run)
{
	return run->stops > (run->is_rolling_back ? 1 : 0);
}

void pause_ms(struct run *run, uint64_t duration_ms)
{
	struct pollfd fd = { .fd = run->options.stop_fd, .events = POLLIN };
	uint64_t end = now_ms() + duration_ms;

	for (uint64_t left = duration_ms; left; left = left_until(end))
		if (poll(&fd, 1, left > INT32_MAX ? INT32_MAX : (int)left) > 0) {
			note_stop(run);
			if (is_told_to_stop(run))
				return;
			fd.fd = run->options.stop_fd;
		}
}

/* One block ----------------------------------------------------------------- */

/* The block as it is now; vanished when it is gone. */
struct memhp_block look(const struct run *run, const struct memhp_block *block)
{
	struct memhp_block now = { .id = block->id, .snapshot = block->snapshot };

	(void)attributes_read(&run->dirs, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, &now);
	return now;
}

static void read_back(const struct run *run, struct memhp_outcome *outcome)
{
	struct memhp_block now = look(run, outcome->block);

	outcome->state = memhp_block_state(&now);
	outcome->zone = memhp_block_zone(&now);
}

bool is_state(enum memhp_state state, enum memhp_action action)
{
	return state == (action == MEMHP_ACTION_ONLINE ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE);
}

bool is_zone(enum memhp_zone zone, const struct change *change)
{
	return change->action == MEMHP_ACTION_OFFLINE || zone_is_target(zone, change->target);
}

/* Waits for the writer to end by itself, by the limit or by being told to stop. What is being
 * rolled back goes on when told to stop. */
static int wait_for_writer(struct run *run, struct writer *writer, struct change *change,
			   struct memhp_outcome *outcome)
{
	uint64_t slice = 10;

	for (;;) {
		uint64_t left = left_until(change->limit);
		bool stopped = false;
		int r = writer_wait(writer, (int64_t)earlier(left, slice), run->options.stop_fd, &stopped);
		struct memhp_block now;

		if (r != 0)
			return r < 0 ? r : 0;
		now = look(run, outcome->block);
		change->was_going_offline |= memhp_block_state(&now) == MEMHP_STATE_GOING_OFFLINE;
		if (stopped)
			note_stop(run);
		change->timed_out = left_until(change->limit) == 0;
		if (is_told_to_stop(run) || change->timed_out) {
			change->was_killed = true;
			return 0;
		}
		tell(run, change, outcome);
		slice = SLICE_MS;
	}
}

/*
 * After a kill: the write's end, and the block in a state that lasts. False: patience
 * is over, or that of whoever says stop twice. What another one is doing to the block
 * is not waited for.
 */
static bool settle(struct run *run, struct writer *writer, const struct memhp_block *block, bool is_foreign)
{
	uint64_t limit = now_ms() + SETTLE_MS;

	for (;;) {
		bool stopped = false;
		bool has_ended = writer_wait(writer, (int64_t)earlier(SLICE_MS, left_until(limit)),
					     run->options.stop_fd, &stopped) > 0;
		struct memhp_block now = look(run, block);

		if (has_ended && (is_foreign || now.vanished || memhp_block_state(&now) != MEMHP_STATE_GOING_OFFLINE))
			return true;
		if (stopped)
			note_stop(run);
		if (left_until(limit) == 0 || run->stops > 1)
			return false;
		if (has_ended)
			(void)poll(NULL, 0, 20);
	}
}

static enum memhp_reason find_reason(const struct run *run, const struct change *change,
				     const struct memhp_outcome *outcome, bool failed_to_open, unsigned int log,
				     const struct findings *findings)
{
	const struct memhp_block *block = outcome->block;
	struct memhp_block now = look(run, block);
	struct reason_facts facts = {
		.action = change->action,
		.error = outcome->error,
		.failed_to_open = failed_to_open,
		.timed_out = change->timed_out,
		.was_going_offline = change->was_going_offline && !change->is_foreign,
		.zone = memhp_block_zone(block),
		.has_holes = memhp_block_has_holes(block),
		.has_unmovable = findings_explain(findings, block),
		.is_kept = block->snapshot->keeps_boot_memory && block->origin == MEMHP_ORIGIN_BOOT,
		.log = log,
	};

	if (now.vanished)
		return MEMHP_REASON_VANISHED;
	if (!failed_to_open && (outcome->error == ENODEV || outcome->error == ENOENT))
		return MEMHP_REASON_NOTIFIER;
	return reason_find(&facts);
}

/* Whose change holds the hotplug lock: only one block can be in transition in the whole system. */
const struct memhp_block *find_blocker(const struct run *run, const struct memhp_block *block)
{
	const struct memhp_block *other;

	memhp_snapshot_foreach(block->snapshot, other) {
		struct memhp_block now = look(run, other);

		if (memhp_block_state(&now) == MEMHP_STATE_GOING_OFFLINE)
			return other;
	}
	return NULL;
}

static const char *word_of(enum memhp_action action, enum memhp_target target)
{
	static const char *const online[] = {
		[MEMHP_TARGET_AUTO] = "online",
		[MEMHP_TARGET_KERNEL] = "online_kernel",
		[MEMHP_TARGET_MOVABLE] = "online_movable",
	};

	return action == MEMHP_ACTION_OFFLINE ? "offline" : online[target];
}

/* Its own alarm may have ended it, while we were stopped or slow. */
static void note_alarm(const struct writer *writer, struct change *change)
{
	bool was_interrupted = writer->has_rung && writer->error == EINTR;

	if (!writer->has_ended || left_until(change->limit) > 0 || (writer->error >= 0 && !was_interrupted))
		return;
	if (!change->was_killed)
		change->timed_out = change->was_killed = true;
	/* A write that waits for the lock is not interrupted (drivers/base/core.c: restart_syscall()). */
	if (was_interrupted) {
		change->was_going_offline = true;
		change->is_foreign = false;
	}
}

/* The write itself: outcome->error, and whether the block has settled afterwards. */
static bool write_state(struct run *run, struct change *change, struct memhp_outcome *outcome, int fd)
{
	struct writer writer = WRITER_NONE;
	uint64_t left = left_until(change->limit);
	bool has_settled = true;
	int r = writer_start(&writer, fd, word_of(change->action, change->target), left == FOREVER ? 0 : left);

	if (r == 0)
		r = wait_for_writer(run, &writer, change, outcome);
	if (r < 0 || change->was_killed) {
		writer_kill(&writer);
		has_settled = settle(run, &writer, outcome->block, change->is_foreign);
	}
	note_alarm(&writer, change);
	outcome->error = r < 0 ? -r : writer.has_ended && writer.error >= 0 ? writer.error : EINTR;
	writer_close(&writer);
	return has_settled;
}

/* The result of a write after which the block is what was wanted. */
static void judge_success(struct memhp_outcome *outcome, const struct change *change)
{
	bool is_right = is_zone(outcome->zone, change);

	/* An earlier try may have found some. */
	free((struct memhp_pages *)outcome->pages);
	outcome->pages = NULL;

	outcome->error = 0;
	outcome->result = is_right ? MEMHP_RESULT_DONE : MEMHP_RESULT_FAILED;
	outcome->reason = is_right ? MEMHP_REASON_NONE : MEMHP_REASON_WRONG_ZONE;
}

/* Of a block that pages may have kept: busy, or at its limit on the way. */
static bool may_be_due_to_pages(const struct change *change, const struct memhp_outcome *outcome)
{
	return change->action == MEMHP_ACTION_OFFLINE && !change->is_foreign &&
	       (change->timed_out ? change->was_going_offline : outcome->error == EBUSY);
}

static void add_findings(const struct run *run, const struct page_list *named, struct findings *findings,
			 struct memhp_outcome *outcome)
{
	free((struct memhp_pages *)outcome->pages);
	outcome->pages = findings ? &findings->pages : NULL;
	if (!findings || outcome->reason != MEMHP_REASON_MIGRATION_FAILING)
		return;
	findings_add_held(run, outcome->block, named, findings);
	outcome->held = findings->held.pfns;
	outcome->held_count = findings->held.count;
	outcome->holders = findings->holders;
	outcome->holder_count = findings->holder_count;
}

static void judge_failure(struct run *run, const struct change *change, struct memhp_outcome *outcome,
			  bool failed_to_open)
{
	const struct log_range range = {
		.start = memhp_block_start(outcome->block),
		.end = memhp_block_end(outcome->block),
		.page_size = run->memhp->page_size,
	};
	struct findings *findings = may_be_due_to_pages(change, outcome) ? findings_new(run, outcome->block) : NULL;
	struct page_list named = { .count = 0 };
	char *line = NULL;
	unsigned int log = kmsg_read(&run->kmsg, &range, &line, &named);

	free((char *)outcome->kernel_log);
	outcome->kernel_log = line;
	outcome->result = change->timed_out ? MEMHP_RESULT_TIMEOUT :
			  change->was_killed ? MEMHP_RESULT_INTERRUPTED : MEMHP_RESULT_FAILED;
	outcome->reason = find_reason(run, change, outcome, failed_to_open, log, findings);
	if (outcome->result == MEMHP_RESULT_INTERRUPTED && outcome->reason != MEMHP_REASON_VANISHED)
		outcome->reason = MEMHP_REASON_NONE;
	if (outcome->reason == MEMHP_REASON_LOCK_HELD)
		outcome->blocker = find_blocker(run, outcome->block);
	add_findings(run, &named, findings, outcome);
	/* Only where nothing is known does a line that tells nothing help; and here it is about others. */
	if ((!log && outcome->reason != MEMHP_REASON_UNKNOWN) || outcome->reason == MEMHP_REASON_LOCK_HELD ||
	    outcome->reason == MEMHP_REASON_VANISHED) {
		free(line);
		outcome->kernel_log = NULL;
	}
}

/* One write, its outcome judged. */
static void attempt(struct run *run, struct change *change, struct memhp_outcome *outcome)
{
	cleanup(cleanup_close) int fd = -1;
	struct memhp_block before = look(run, outcome->block);
	bool has_settled = true;
	char name[64];

	change->was_going_offline = change->timed_out = change->was_killed = false;
	change->is_foreign = memhp_block_state(&before) == MEMHP_STATE_GOING_OFFLINE;
	snprintf(name, sizeof(name), "memory%llu/state", (unsigned long long)memhp_block_id(outcome->block));
	kmsg_skip(&run->kmsg);
	fd = sysdir_open_to_write(&run->dirs.memory, name);
	outcome->attempts++;
	outcome->error = fd < 0 ? -fd : 0;
	if (fd >= 0)
		has_settled = write_state(run, change, outcome, fd);
	read_back(run, outcome);
	if (!has_settled) {
		outcome->result = MEMHP_RESULT_UNSETTLED;
		outcome->reason = change->was_going_offline && !change->is_foreign ?
				  MEMHP_REASON_MIGRATION_FAILING : MEMHP_REASON_LOCK_HELD;
	} else if (is_state(outcome->state, change->action) &&
		   (outcome->error == 0 || outcome->error == EINVAL || change->was_killed)) {
		/* Onlining cannot be interrupted, and EINVAL is also said of what is so already. */
		judge_success(outcome, change);
	} else if (outcome->error == 0) {
		struct memhp_block now = look(run, outcome->block);

		outcome->result = MEMHP_RESULT_FAILED;
		outcome->reason = now.vanished ? MEMHP_REASON_VANISHED : MEMHP_REASON_RACED;
	} else {
		judge_failure(run, change, outcome, fd < 0);
	}
}

void change_block(struct run *run, struct change *change, struct memhp_outcome *outcome)
{
	uint64_t interval = run->options.interval_ms;

	for (unsigned int retries = run->options.retries;; retries--) {
		outcome->result = MEMHP_RESULT_PLANNED;
		attempt(run, change, outcome);
		if (outcome->result != MEMHP_RESULT_FAILED || !retries || !error_is_temporary(outcome->error) ||
		    outcome->reason == MEMHP_REASON_VANISHED || is_told_to_stop(run))
			break;
		/* No retry would begin before the limit: what is known of the failure stands. */
		if (left_until(change->limit) <= interval)
			break;
		pause_ms(run, interval);
		if (is_told_to_stop(run))
			break;
		interval = earlier(2 * interval, INTERVAL_MAX_MS);
	}
	tell(run, change, outcome);
}
