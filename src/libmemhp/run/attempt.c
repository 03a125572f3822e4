/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The change of one block: has it written, reads the result back, finds the reason of a
 * failure, and retries if that may help. writer.c does the write, and reason.c names the
 * reason. Which block is next is left to queue.c.
 */
#include <string.h>

#include "run.h"

/* A write that lasts so long without effect waits for the hotplug lock. */
#define WAITING_MS 10

static void attempt_tell(const struct run *run, const struct change *change, struct memhp_outcome *told)
{
	told->elapsed_ms = clock_ms() - change->begin_ms;
	run_tell(run, told);
}

/* The data for the callbacks of a write. */
struct attempt {
	struct run *run;
	struct change *change;
	struct outcome *outcome;
};

/* A block whose write has just begun need not be going offline yet: that proves nothing. */
static void attempt_look(void *data, uint64_t lasted_ms)
{
	const struct attempt *attempt = data;
	struct change *change = attempt->change;
	struct memhp_block now = look_at(attempt->run, attempt->outcome->told.block);
	bool is_going = memhp_block_state(&now) == MEMHP_STATE_GOING_OFFLINE && !change->is_foreign;

	change->was_going_offline |= is_going;
	change->was_waiting |= !is_going && lasted_ms >= WAITING_MS;
	attempt_tell(attempt->run, attempt->change, &attempt->outcome->told);
}

/* We do not wait for the end of a change that another process is making. */
static bool attempt_is_settled(void *data)
{
	const struct attempt *attempt = data;
	struct memhp_block now = look_at(attempt->run, attempt->outcome->told.block);

	return attempt->change->is_foreign || now.vanished || memhp_block_state(&now) != MEMHP_STATE_GOING_OFFLINE;
}

static enum memhp_reason attempt_find_reason(const struct run *run, const struct change *change,
					     const struct memhp_outcome *outcome, const struct log_evidence *log,
					     const struct findings *findings)
{
	const struct memhp_block *block = outcome->block;
	struct memhp_block now = look_at(run, block);
	struct reason_facts facts = {
		.action = change->action,
		.error = outcome->error,
		.failed_to_open = change->failed_to_open,
		.has_no_child = change->written.has_no_child,
		.timed_out = change->written.was_late,
		.was_going_offline = change->was_going_offline,
		.was_waiting = change->was_waiting,
		.zone = memhp_block_zone(block),
		.has_holes = memhp_block_has_holes(block),
		.is_kept = block->snapshot->keeps_boot_memory && block->origin == MEMHP_ORIGIN_BOOT,
		.log = log,
		.pages = findings ? &findings->pages : NULL,
		.is_in_huge_page = findings && findings_reach_out(findings, memhp_snapshot_block_size(block->snapshot)),
	};

	if (now.vanished)
		return MEMHP_REASON_VANISHED;
	if (!change->failed_to_open && (outcome->error == ENODEV || outcome->error == ENOENT))
		return MEMHP_REASON_NOTIFIER;
	return reason_find(&facts);
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

static void attempt_write(struct attempt *attempt, int fd)
{
	struct change *change = attempt->change;
	const struct writing writing = {
		.fd = fd, .word = word_of(change->action, change->target),
		.limit = change->limit, .stop = &attempt->run->stop,
		.meanwhile = attempt_look, .is_settled = attempt_is_settled, .data = attempt,
	};

	change->written = writer_run(&writing);
	/* A write that waits for the lock does not end with EINTR (drivers/base/core.c:
	 * restart_syscall()). */
	change->was_going_offline |= change->written.was_interrupted;
	change->was_waiting |= change->written.was_waiting;
}

/* Sets the result of a write after which the block is in the requested state. */
static void attempt_judge_success(struct outcome *outcome, const struct change *change)
{
	bool is_right = zone_is_wanted(outcome->told.zone, change->action, change->target);

	outcome->told.error = 0;
	outcome->told.result = is_right ? MEMHP_RESULT_DONE : MEMHP_RESULT_FAILED;
	outcome->told.reason = is_right ? MEMHP_REASON_NONE : MEMHP_REASON_WRONG_ZONE;
}

/* Whether pages may have kept the block online: it was busy, or timed out while going offline. */
static bool attempt_may_be_due_to_pages(const struct change *change, const struct memhp_outcome *told)
{
	return change->action == MEMHP_ACTION_OFFLINE &&
	       (change->written.was_late ? change->was_going_offline : told->error == EBUSY || told->error == ENOMEM);
}

/* A line that shows no fact helps only if nothing else is known. For some reasons the log is about
 * something else. */
static bool is_log_of_use(const struct change *change, enum memhp_reason reason)
{
	return (change->was_heard_of || reason == MEMHP_REASON_UNKNOWN) && reason != MEMHP_REASON_LOCK_HELD &&
	       reason != MEMHP_REASON_VANISHED;
}

static void attempt_judge_failure(const struct attempt *attempt)
{
	const struct run *run = attempt->run;
	struct change *change = attempt->change;
	struct memhp_outcome *told = &attempt->outcome->told;
	struct findings *findings = NULL;
	int r = attempt_may_be_due_to_pages(change, told) ? findings_new(run->memhp, told->block, &findings) : 0;
	const struct log_range range = {
		.start = memhp_block_start(told->block), .end = memhp_block_end(told->block),
		.page_size = run->memhp->page_size,
		.head = findings ? findings->head : UINT64_MAX,
	};
	cleanup(log_evidence_free) struct log_evidence log = { 0 };

	/* Without memory the evidence is incomplete. */
	if (log_read(&run->kmsg, &range, &log) < 0)
		r = -ENOMEM;
	run->report->lacks_memory |= r < 0;
	change->was_heard_of = log.facts || log.notices;
	told->reason = attempt_find_reason(run, change, told, &log, findings);
	told->result = told->reason == MEMHP_REASON_VANISHED ? MEMHP_RESULT_FAILED :
		       change->written.was_late ? MEMHP_RESULT_TIMEOUT :
		       change->written.was_killed ? MEMHP_RESULT_INTERRUPTED : MEMHP_RESULT_FAILED;
	if (told->result == MEMHP_RESULT_INTERRUPTED)
		told->reason = MEMHP_REASON_NONE;
	/* That the write was killed is not why it failed. */
	if (told->result == MEMHP_RESULT_FAILED && change->written.was_killed)
		told->error = 0;
	if (told->reason == MEMHP_REASON_LOCK_HELD)
		told->blocker = look_for_blocker(run, told->block);
	told->has_held_pages = log.facts & LOG_HELD;
	told->lacks_room = log.facts & LOG_NO_ROOM;
	/* Pages that only lack room are not held by anybody. */
	if (findings && told->reason == MEMHP_REASON_MIGRATION_FAILING && (told->has_held_pages || !told->lacks_room))
		findings_add_held(run->memhp, told->block, &log.pages, run->options.explain, findings);
	told->has_found_bug = log.facts & LOG_BUG;
	findings_name_device(run->memhp, &log.dump);
	outcome_set_kept(attempt->outcome, log.has_dump ? &log.dump : NULL);
	outcome_set_findings(attempt->outcome, findings);
	outcome_set_log(attempt->outcome, is_log_of_use(change, told->reason) ? take_ptr(log.text) : NULL);
}

/* The write has succeeded. What happened to the block after that is another matter. */
static void attempt_judge_end(const struct attempt *attempt, const struct memhp_block *now)
{
	const struct change *change = attempt->change;
	struct memhp_outcome *told = &attempt->outcome->told;

	told->result = MEMHP_RESULT_DONE;
	look_note(now, told);
	if (!told->is_gone && !state_is_wanted(told->state, change->action))
		look_note_undone(attempt->run, now, MEMHP_RESULT_FAILED, told);
	else if (!told->is_gone)
		attempt_judge_success(attempt->outcome, change);
}

static void attempt_judge(const struct attempt *attempt)
{
	const struct change *change = attempt->change;
	struct memhp_outcome *told = &attempt->outcome->told;
	struct memhp_block now = look_at(attempt->run, told->block);

	look_note(&now, told);
	if (!change->written.has_settled) {
		told->result = MEMHP_RESULT_UNSETTLED;
		told->reason = change->was_going_offline ? MEMHP_REASON_MIGRATION_FAILING :
			       change->was_waiting ? MEMHP_REASON_LOCK_HELD : MEMHP_REASON_NONE;
	} else if (change->written.is_not_begun) {
		told->result = MEMHP_RESULT_TIMEOUT;
	} else if (told->error == 0) {
		attempt_judge_end(attempt, &now);
	} else if (state_is_wanted(told->state, change->action) &&
		   (told->error == EINVAL || change->written.was_killed)) {
		/* Onlining cannot be interrupted, and the kernel also returns EINVAL if the block
		 * is already in that state. */
		attempt_judge_success(attempt->outcome, change);
	} else {
		attempt_judge_failure(attempt);
	}
}

/* Makes one attempt and judges its outcome. */
static void attempt_once(struct attempt *attempt)
{
	cleanup(cleanup_close) int fd = -1;
	struct run *run = attempt->run;
	struct change *change = attempt->change;
	struct memhp_outcome *told = &attempt->outcome->told;
	struct memhp_block before = look_at(run, told->block);
	char name[64];

	change->was_going_offline = change->was_waiting = false;
	change->was_heard_of = false;
	change->is_foreign = memhp_block_state(&before) == MEMHP_STATE_GOING_OFFLINE;
	snprintf(name, sizeof(name), "memory%llu/state", (unsigned long long)memhp_block_id(told->block));
	kmsg_skip(&run->kmsg);
	fd = sysdir_open_to_write(&run->dirs.memory, name);
	told->attempts++;
	change->failed_to_open = fd < 0;
	if (fd >= 0)
		attempt_write(attempt, fd);
	else
		change->written = (struct written){ .error = -fd, .has_settled = true };
	/* Nothing is begun after the limit. */
	told->attempts -= change->written.is_not_begun;
	told->error = change->written.is_not_begun ? 0 : change->written.error;
	if (change->written.unsettled_pid)
		run->report->unsettled_pid = change->written.unsettled_pid;
	attempt_judge(attempt);
	settling_note(run, told->block, change->written.error == 0 && fd >= 0);
}

static bool attempt_may_pass(const struct memhp_outcome *told)
{
	return told->result == MEMHP_RESULT_FAILED && error_is_temporary(told->error) &&
	       told->reason != MEMHP_REASON_NO_CHILD && told->reason != MEMHP_REASON_VANISHED &&
	       told->reason != MEMHP_REASON_RESERVED_PAGES;
}

/* Whether the last attempt was cut off before it could find anything out, or the kernel said anything. */
static bool attempt_has_learned_nothing(const struct change *change, const struct memhp_outcome *told)
{
	return (told->result == MEMHP_RESULT_TIMEOUT || told->result == MEMHP_RESULT_INTERRUPTED) && !change->was_heard_of &&
	       !written_has_learned(&change->written);
}

void change_block(struct run *run, struct change *change, struct outcome *outcome)
{
	cleanup(outcome_clear) struct outcome known = { .told.result = MEMHP_RESULT_PLANNED };
	struct attempt attempt = { run, change, outcome };
	struct retry retry = { run->options.retries, run->options.interval_ms };

	do {
		/* What an earlier attempt found does not apply to this one. */
		outcome_take_failure(&known, outcome);
		outcome->told.result = MEMHP_RESULT_PLANNED;
		attempt_once(&attempt);
	} while (attempt_may_pass(&outcome->told) && retry_wait(&retry, change->limit, &run->stop));
	if (known.told.result == MEMHP_RESULT_FAILED && attempt_has_learned_nothing(change, &outcome->told))
		outcome_take_failure(outcome, &known);
	attempt_tell(run, change, &outcome->told);
}
