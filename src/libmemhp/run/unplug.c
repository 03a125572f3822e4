/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The second phase of hotunplug: removes a device after all its blocks have gone
 * offline. A worker of the kernel ejects an ACPI device, long after the write has ended,
 * so the device is watched. The memory of a dax device is removed by the write itself.
 * Which file is written is device.c's, how a removal that failed is explained is decided
 * in reason.c.
 */
#include <string.h>

#include "device.h"
#include "run.h"

/* How often the device is checked while the kernel removes it. */
#define WATCH_MS 100
/* How long an ejection may take after the blocks are gone, and how often it is checked. */
#define EJECT_MS 2000
#define LOOK_MS 20

/* One removal ---------------------------------------------------------------- */

struct removal {
	const struct memhp_block *block;     /* the block of the device that was attempted */
	const struct memhp_block *in_use;    /* a block that is not offline, or NULL */
	uint64_t begin_ms;
	struct limit limit;
	struct removal_facts facts;
	bool is_accepted, may_pass;          /* the last write succeeded; a retry may help */
	enum memhp_reason reason;
	char *log;                           /* the line of the kernel log about it, or NULL */
};

static void removal_free(struct removal *removal)
{
	free(removal->log);
}

/* The first block of the device that exists and is not offline; NULL if there is none. */
static const struct memhp_block *find_in_use(const struct run *run, const struct memhp_block *block,
					     enum memhp_state *ret_state)
{
	const struct memhp_block *other;

	*ret_state = MEMHP_STATE_UNKNOWN;
	memhp_snapshot_foreach(block->snapshot, other) {
		struct memhp_block now;

		if (!device_is_same(other, block))
			continue;
		now = look_at(run, other);
		*ret_state = memhp_block_state(&now);
		if (!now.vanished && *ret_state != MEMHP_STATE_OFFLINE)
			return other;
	}
	*ret_state = MEMHP_STATE_UNKNOWN;
	return NULL;
}

static bool is_gone(const struct run *run, const struct memhp_block *block)
{
	const struct memhp_block *other;

	memhp_snapshot_foreach(block->snapshot, other)
		if (device_is_same(other, block) && !look_at(run, other).vanished)
			return false;
	return true;
}

static void tell_removal(const struct run *run, const struct removal *removal)
{
	const struct memhp_outcome told = {
		.block = removal->block, .state = MEMHP_STATE_OFFLINE, .elapsed_ms = clock_ms() - removal->begin_ms,
	};

	run_tell(run, &told);
}

/* Returns whether the wait must end, and records why: a stop request or the timeout. */
static bool note_end_of_removal(const struct run *run, struct removal *removal)
{
	if (stop_is_due(&run->stop))
		removal->facts.end = REMOVAL_STOPPED;
	else if (limit_is_over(removal->limit))
		removal->facts.end = REMOVAL_LATE;
	else
		return false;
	return true;
}

struct watch {
	struct run *run;
	struct removal *removal;
};

static void tell_meanwhile(void *data, uint64_t lasted_ms)
{
	const struct watch *watch = data;

	watch->removal->facts.was_waiting |= lasted_ms > 0;
	tell_removal(watch->run, watch->removal);
}

/* Writes in a child process that can be killed, like all writes. A write that was cut off early keeps the
 * error of the one before. */
static void write_word(struct run *run, struct removal *removal, int fd)
{
	struct removal_facts *facts = &removal->facts;
	struct watch watch = { run, removal };
	const struct writing writing = {
		.fd = fd, .word = device_way(removal->block)->word, .limit = removal->limit, .stop = &run->stop,
		.meanwhile = tell_meanwhile, .data = &watch,
	};
	const struct written written = writer_run(&writing);

	facts->is_pending = !written.has_settled;
	facts->has_no_child = written.has_no_child;
	if (written.unsettled_pid)
		run->report->unsettled_pid = written.unsettled_pid;
	if (written.error == EINTR && facts->error && written.has_settled && !written_has_learned(&written))
		return;
	/* Killed by us, or by its own alarm while this process was suspended. */
	if (written.error == EINTR)
		(void)note_end_of_removal(run, removal);
	facts->error = written.is_not_begun ? 0 : written.error;
	removal->is_accepted = written.error == 0;
	removal->may_pass = error_is_temporary(written.error) && written.error != EINTR && !written.has_no_child;
}

/* Requests the removal; true if the kernel accepts it. */
static bool ask_for_removal(struct run *run, struct removal *removal, struct sysdir *device)
{
	cleanup(cleanup_close) int fd = -1;
	struct removal_facts *facts = &removal->facts;
	struct retry retry = { run->options.retries, run->options.interval_ms };
	int r = memhp_block_can_unplug(run->memhp, removal->block);

	if (r == 0)
		r = device_open(run->memhp, removal->block, device);
	if (r == 0)
		r = fd = sysdir_open_to_write(device, device_way(removal->block)->file);
	facts->failed_to_open = r < 0;
	facts->error = r < 0 ? -r : 0;
	if (r < 0)
		return false;
	do {
		removal->may_pass = false;
		kmsg_skip(&run->kmsg);
		write_word(run, removal, fd);
	} while (removal->may_pass && retry_wait(&retry, removal->limit, &run->stop));
	return removal->is_accepted;
}

/* Reads new records of the log; true if one says that the kernel has given up, or has crashed. */
static bool read_refusal(struct run *run, struct removal *removal)
{
	char record[KMSG_RECORD_MAX];
	const char *text;
	uint64_t id = 0;

	while ((text = kmsg_next(&run->kmsg, record, NULL))) {
		const struct memhp_block *block;

		removal->facts.has_crashed |= log_line_is_crash(text);
		if (!removal->facts.has_crashed) {
			if (!log_line_refusal(text, removal->block->device, &id))
				continue;
			block = memhp_snapshot_find(removal->block->snapshot, id);
			if (id != UINT64_MAX && (!block || !device_is_same(block, removal->block)))
				continue;
		}
		free(removal->log);
		removal->log = strdup(text);
		run->report->lacks_memory |= !removal->log;
		removal->facts.end = REMOVAL_REFUSED;
		removal->facts.is_pending = false;
		return true;
	}
	return false;
}

/* Waits for the kernel's worker until the blocks of the device are gone, or will not go. */
static void watch_removal(struct run *run, struct removal *removal)
{
	removal->facts.is_pending = true;
	while (!is_gone(run, removal->block)) {
		if (read_refusal(run, removal) || note_end_of_removal(run, removal))
			return;
		tell_removal(run, removal);
		stop_sleep(&run->stop, limit_earlier(limit_in(WATCH_MS), removal->limit));
		removal->facts.was_waiting = true;
	}
}

/*
 * The blocks disappear before the kernel unmaps their memory (mm/memory_hotplug.c:
 * try_remove_memory()), where it may crash. drivers/acpi/scan.c: acpi_scan_hot_remove()
 * ejects the device after that; then its status is 0.
 */
static bool is_ejected(const struct sysdir *device)
{
	char status[16];

	return sysdir_read(device, "status", status, sizeof(status)) <= 0 || strcmp(status, "0") == 0;
}

/* Whether the device is gone, and the kernel has survived that as far as can be seen. */
static bool removal_is_done(struct run *run, struct removal *removal, const struct sysdir *device)
{
	const struct limit limit = limit_in(EJECT_MS);

	if (!is_gone(run, removal->block))
		return false;
	while (device_way(removal->block)->is_queued && device->fd >= 0 && !is_ejected(device) && !limit_is_over(limit) &&
	       !removal->facts.has_crashed && !stop_is_due(&run->stop)) {
		(void)read_refusal(run, removal);
		stop_sleep(&run->stop, limit_in(LOOK_MS));
	}
	while (!removal->facts.has_crashed && read_refusal(run, removal))
		;
	return !removal->facts.has_crashed;
}

/* Outcomes ------------------------------------------------------------------- */

static void set_removed(const struct run *run, const struct removal *removal, struct memhp_outcome *told)
{
	told->result = MEMHP_RESULT_REMOVED;
	told->state = MEMHP_STATE_UNKNOWN;
	told->zone = MEMHP_ZONE_UNKNOWN;
	told->is_gone = false;
	told->error = 0;
	told->reason = MEMHP_REASON_NONE;
	told->blocker = NULL;
	told->elapsed_ms += clock_ms() - removal->begin_ms;
	run_tell(run, told);
}

static void set_kept(const struct run *run, const struct removal *removal, struct outcome *outcome)
{
	enum memhp_result result = result_of_removal(&removal->facts);
	struct memhp_outcome *told = &outcome->told;
	struct memhp_block now = look_at(run, told->block);

	/* A block that went offline was changed, no matter how the removal ended. */
	if (told->result == MEMHP_RESULT_ALREADY || result == MEMHP_RESULT_UNSETTLED)
		told->result = result;
	look_note(&now, told);
	told->is_gone = now.vanished;
	told->has_crashed = removal->facts.has_crashed;
	told->error = removal->facts.error;
	told->reason = removal->reason;
	told->blocker = removal->reason == MEMHP_REASON_DEVICE_IN_USE || removal->reason == MEMHP_REASON_LOCK_HELD ?
			removal->in_use : NULL;
	told->elapsed_ms += clock_ms() - removal->begin_ms;
	outcome_set_log(outcome, removal->log ? strdup(removal->log) : NULL);
	run->report->lacks_memory |= removal->log && !outcome->kernel_log;
}

static bool is_offline_now(const struct memhp_outcome *told)
{
	return told->result == MEMHP_RESULT_ALREADY ||
	       (told->result == MEMHP_RESULT_DONE && told->reason == MEMHP_REASON_NONE);
}

static bool has_outcome(const struct memhp_report *report, const struct memhp_block *block)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->outcomes[i].told.block == block)
			return true;
	return false;
}

/* For all blocks of the device, including those that were not steps. */
static void set_outcomes(struct run *run, const struct removal *removal, bool gone)
{
	struct memhp_report *report = run->report;
	const struct memhp_block *block;

	for (size_t i = 0; i < report->count; i++) {
		struct outcome *outcome = &report->outcomes[i];

		if (!device_is_same(outcome->told.block, removal->block))
			continue;
		if (gone) {
			outcome_clear(outcome);
			set_removed(run, removal, &outcome->told);
		} else if (is_offline_now(&outcome->told)) {
			set_kept(run, removal, outcome);
		}
	}
	memhp_snapshot_foreach(removal->block->snapshot, block) {
		struct outcome *outcome = &report->outcomes[report->count];

		if (!gone || !device_is_same(block, removal->block) || has_outcome(report, block))
			continue;
		outcome->told.block = block;
		set_removed(run, removal, &outcome->told);
		report->count++;
	}
}

/* The removal of a device whose blocks are all offline. */
static bool removal_run(struct run *run, struct removal *removal)
{
	cleanup(sysdir_close) struct sysdir device = SYSDIR_CLOSED;
	bool is_done;

	tell_removal(run, removal);
	if (ask_for_removal(run, removal, &device) && device_way(removal->block)->is_queued)
		watch_removal(run, removal);
	/* It may also be the host that removed it. */
	is_done = removal_is_done(run, removal, &device);
	if (is_done)
		return true;
	removal->in_use = find_in_use(run, removal->block, &removal->facts.in_use);
	removal->reason = reason_of_removal(&removal->facts);
	if (removal->reason == MEMHP_REASON_LOCK_HELD)
		removal->in_use = look_for_blocker(run, removal->block);
	return false;
}

static struct removal removal_of(const struct run *run, const struct memhp_block *block)
{
	const uint64_t begin_ms = clock_ms();

	return (struct removal){
		.block = block, .begin_ms = begin_ms, .facts.end = REMOVAL_REFUSED,
		.limit = limit_earlier(limit_add(begin_ms, run->options.timeout_ms), run->deadline),
	};
}

static void remove_device(struct run *run, const struct memhp_block *block)
{
	cleanup(removal_free) struct removal removal = removal_of(run, block);
	bool gone = is_gone(run, block);

	if (!gone)
		removal.in_use = find_in_use(run, block, &removal.facts.in_use);
	if (removal.in_use)
		removal.reason = MEMHP_REASON_DEVICE_IN_USE;
	else if (!gone)
		gone = removal_run(run, &removal);
	set_outcomes(run, &removal, gone);
}

void unplug_note_gone(struct run *run)
{
	const size_t count = run->report->count;

	for (size_t i = 0; i < count; i++) {
		const struct memhp_outcome *told = &run->report->outcomes[i].told;
		struct removal removal = removal_of(run, told->block);

		if (told->result != MEMHP_RESULT_REMOVED && !told->has_crashed && look_at(run, told->block).vanished &&
		    is_gone(run, told->block))
			set_outcomes(run, &removal, true);
	}
}

void unplug_devices(struct run *run)
{
	const size_t count = run->report->count;

	for (size_t i = 0; i < count && !run_note_end(run); i++) {
		const struct memhp_outcome *told = &run->report->outcomes[i].told;

		if (!is_offline_now(told))
			continue;
		remove_device(run, told->block);
		if (told->result != MEMHP_RESULT_REMOVED && run->options.all_or_nothing)
			break;
	}
}

void unplug_close(struct run *run)
{
	for (size_t i = 0; i < run->report->count; i++)
		if (run->report->outcomes[i].told.result == MEMHP_RESULT_ALREADY)
			run->report->outcomes[i].told.result = MEMHP_RESULT_SKIPPED;
}
