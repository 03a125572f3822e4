/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The second phase of hotunplug: a device whose blocks are all offline is removed. An
 * ACPI device is ejected by the kernel's own worker, long after the write has ended, so
 * it is watched; a dax device's memory goes with the write. What an end of it means is
 * reason.c's.
 */
#include <string.h>

#include "run.h"

/*
 * drivers/acpi/device_sysfs.c: eject_store() only queues the work: drivers/acpi/scan.c:
 * acpi_device_hotplug(), which waits for the hotplug lock, takes blocks offline that are
 * online again, puts those back when one of them fails, and cannot be called off.
 * There is an eject file where the firmware has _EJ0.
 * drivers/dax/kmem.c, since 7.3: "unplugged" takes the whole device offline and removes
 * it, or nothing. Before that there is only the driver's unbinding, which loses the
 * memory until the next boot when a block has come online meanwhile
 * (dev_dax_kmem_remove()): that is never done here.
 */
static const struct way {
	const char *file, *word;
	bool is_queued;               /* the write's end is not that of the removal */
} acpi = { "eject", "1", true }, dax = { "state", "unplugged", false };

static const struct way *way_of(const struct memhp_block *block)
{
	if (block->owns_device)
		return &acpi;
	return block->origin == MEMHP_ORIGIN_KMEM && block->device && !strchr(block->device, '/') &&
	       block->device[0] != '.' ? &dax : NULL;
}

/* The directory of the device: of an ACPI device what the block's link leads to. */
static int open_device(const struct memhp *memhp, const struct memhp_block *block, struct sysdir *ret)
{
	cleanup(cleanup_free) char *path = NULL;
	int length = way_of(block) == &acpi ?
		     asprintf(&path, "devices/system/memory/memory%llu/firmware_node", (unsigned long long)block->id) :
		     asprintf(&path, "bus/dax/devices/%s", block->device);

	if (length < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return sysdir_open(memhp, memhp->sysfs, path, ret);
}

int memhp_block_can_unplug(struct memhp *memhp, const struct memhp_block *block)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	const struct way *way = way_of(block);
	int r;

	if (!way)
		return -EPERM;
	r = open_device(memhp, block, &dir);
	if (r == -ENOMEM)
		return r;
	return r == 0 && sysdir_has(&dir, way->file) ? 0 : -EOPNOTSUPP;
}

/* One removal ---------------------------------------------------------------- */

struct removal {
	const struct memhp_block *block;     /* one of the device's, which was tried */
	const struct memhp_block *in_use;    /* one that is not offline, or NULL */
	uint64_t begin, limit;
	struct removal_facts facts;
	enum memhp_reason reason;
	char *log;                           /* the kernel's line about it, or NULL */
};

static void removal_free(struct removal *removal)
{
	free(removal->log);
}

static bool is_same_device(const struct memhp_block *a, const struct memhp_block *b)
{
	return a == b || (a->device && b->device && strcmp(a->device, b->device) == 0);
}

/* The first block of the device that is there and not offline; NULL: none. */
static const struct memhp_block *find_in_use(const struct run *run, const struct memhp_block *block,
					     enum memhp_state *ret_state)
{
	const struct memhp_block *other;

	*ret_state = MEMHP_STATE_UNKNOWN;
	memhp_snapshot_foreach(block->snapshot, other) {
		struct memhp_block now;

		if (!is_same_device(other, block))
			continue;
		now = look(run, other);
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
		if (is_same_device(other, block) && !look(run, other).vanished)
			return false;
	return true;
}

static void tell(const struct run *run, const struct removal *removal)
{
	const struct memhp_outcome outcome = {
		.block = removal->block, .state = MEMHP_STATE_OFFLINE, .elapsed_ms = now_ms() - removal->begin,
	};

	if (run->options.progress)
		run->options.progress(run->options.data, &outcome);
}

/* Whether there is no more time, or no more will. */
static bool must_end(const struct run *run, struct removal *removal)
{
	if (is_told_to_stop(run))
		removal->facts.end = REMOVAL_STOPPED;
	else if (left_until(removal->limit) == 0)
		removal->facts.end = REMOVAL_LATE;
	else
		return false;
	return true;
}

/* After a kill: false when the write has not even ended then. */
static bool settle(struct run *run, struct writer *writer)
{
	uint64_t limit = now_ms() + SETTLE_MS;

	for (bool stopped = false; left_until(limit) && run->stops < 2; stopped = false) {
		if (writer_wait(writer, SLICE_MS, run->options.stop_fd, &stopped) > 0)
			return true;
		if (stopped)
			note_stop(run);
	}
	return false;
}

/* By a child that can be killed, as all writes; 0 or an errno. */
static int write_word(struct run *run, struct removal *removal, int fd)
{
	struct writer writer = WRITER_NONE;
	uint64_t left = left_until(removal->limit);
	int error, r = writer_start(&writer, fd, way_of(removal->block)->word, left == FOREVER ? 0 : left);

	while (r == 0) {
		bool stopped = false;

		r = writer_wait(&writer, (int64_t)earlier(left_until(removal->limit), SLICE_MS), run->options.stop_fd, &stopped);
		if (stopped)
			note_stop(run);
		if (r != 0 || must_end(run, removal))
			break;
		tell(run, removal);
	}
	if (r == 0 || (r < 0 && writer.pid > 0)) {
		writer_kill(&writer);
		removal->facts.is_pending = !settle(run, &writer);
	}
	error = r < 0 ? -r : writer.has_ended && writer.error >= 0 ? writer.error : EINTR;
	/* Its own alarm may have ended it, while we were stopped. */
	if (error == EINTR)
		(void)must_end(run, removal);
	writer_close(&writer);
	return error;
}

/* Asks the kernel; true when it took that. */
static bool ask(struct run *run, struct removal *removal)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(cleanup_close) int fd = -1;
	struct removal_facts *facts = &removal->facts;
	uint64_t interval = run->options.interval_ms;
	int r = memhp_block_can_unplug((struct memhp *)run->memhp, removal->block);

	if (r == 0)
		r = open_device(run->memhp, removal->block, &dir);
	if (r == 0)
		r = fd = sysdir_open_to_write(&dir, way_of(removal->block)->file);
	facts->failed_to_open = r < 0;
	facts->error = r < 0 ? -r : 0;
	for (unsigned int retries = run->options.retries; fd >= 0; retries--) {
		kmsg_skip(&run->kmsg);
		facts->error = write_word(run, removal, fd);
		if (!error_is_temporary(facts->error) || facts->error == EINTR || !retries ||
		    left_until(removal->limit) <= interval)
			break;
		pause_ms(run, interval);
		if (is_told_to_stop(run))
			break;
		interval = earlier(2 * interval, INTERVAL_MAX_MS);
	}
	return facts->error == 0;
}

/* Whether the log says that the kernel gave it up. */
static bool is_refused(struct run *run, struct removal *removal)
{
	char record[RECORD_MAX];
	const char *text;
	uint64_t id = 0;

	while ((text = kmsg_next(&run->kmsg, record))) {
		const struct memhp_block *block;

		if (!log_line_refusal(text, removal->block->device, &id))
			continue;
		block = memhp_snapshot_find(removal->block->snapshot, id);
		if (id != UINT64_MAX && (!block || !is_same_device(block, removal->block)))
			continue;
		removal->log = strdup(text);
		removal->facts.end = REMOVAL_REFUSED;
		return true;
	}
	return false;
}

/* The kernel's worker; true when the device is gone. */
static bool watch(struct run *run, struct removal *removal)
{
	removal->facts.is_pending = true;
	while (!is_gone(run, removal->block)) {
		if (is_refused(run, removal)) {
			removal->facts.is_pending = false;
			return is_gone(run, removal->block);
		}
		if (must_end(run, removal))
			return false;
		tell(run, removal);
		pause_ms(run, earlier(left_until(removal->limit), SLICE_MS));
	}
	return true;
}

/* Outcomes ------------------------------------------------------------------- */

static void set_removed(struct run *run, const struct removal *removal, struct memhp_outcome *outcome)
{
	outcome->result = MEMHP_RESULT_REMOVED;
	outcome->state = MEMHP_STATE_UNKNOWN;
	outcome->zone = MEMHP_ZONE_UNKNOWN;
	outcome->error = 0;
	outcome->reason = MEMHP_REASON_NONE;
	outcome->elapsed_ms += now_ms() - removal->begin;
	if (run->options.progress)
		run->options.progress(run->options.data, outcome);
}

static void set_kept(const struct run *run, const struct removal *removal, struct memhp_outcome *outcome)
{
	enum memhp_result result = result_of_removal(&removal->facts);
	struct memhp_block now = look(run, outcome->block);

	/* What went offline has changed, whatever became of the removal. */
	if (outcome->result == MEMHP_RESULT_ALREADY || result == MEMHP_RESULT_UNSETTLED)
		outcome->result = result;
	outcome->state = memhp_block_state(&now);
	outcome->zone = memhp_block_zone(&now);
	outcome->error = removal->facts.error;
	outcome->reason = removal->reason;
	outcome->blocker = removal->reason == MEMHP_REASON_DEVICE_IN_USE || removal->reason == MEMHP_REASON_LOCK_HELD ?
			   removal->in_use : NULL;
	outcome->elapsed_ms += now_ms() - removal->begin;
	free((char *)outcome->kernel_log);
	outcome->kernel_log = removal->log ? strdup(removal->log) : NULL;
}

static bool is_offline_now(const struct memhp_outcome *outcome)
{
	return outcome->result == MEMHP_RESULT_ALREADY ||
	       (outcome->result == MEMHP_RESULT_DONE && outcome->reason == MEMHP_REASON_NONE);
}

static bool has_outcome(const struct memhp_report *report, const struct memhp_block *block)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->outcomes[i].block == block)
			return true;
	return false;
}

/* Of all blocks of the device, also of those that were no steps. */
static void note_end(struct run *run, const struct removal *removal, bool gone)
{
	struct memhp_report *report = run->report;
	const struct memhp_block *block;

	for (size_t i = 0; i < report->count; i++) {
		if (!is_same_device(report->outcomes[i].block, removal->block))
			continue;
		if (gone)
			set_removed(run, removal, &report->outcomes[i]);
		else if (is_offline_now(&report->outcomes[i]))
			set_kept(run, removal, &report->outcomes[i]);
	}
	memhp_snapshot_foreach(removal->block->snapshot, block) {
		if (!gone || !is_same_device(block, removal->block) || has_outcome(report, block))
			continue;
		report->outcomes[report->count] = (struct memhp_outcome){ .block = block };
		set_removed(run, removal, &report->outcomes[report->count++]);
	}
}

static bool remove_device(struct run *run, const struct memhp_block *block)
{
	const uint64_t begin = now_ms();
	cleanup(removal_free) struct removal removal = {
		.block = block, .begin = begin, .facts.end = REMOVAL_REFUSED,
		.limit = earlier(after(begin, run->options.timeout_ms), run->deadline),
	};
	bool gone = false;

	removal.in_use = find_in_use(run, block, &removal.facts.in_use);
	if (removal.in_use) {
		removal.reason = MEMHP_REASON_DEVICE_IN_USE;
	} else {
		tell(run, &removal);
		if (ask(run, &removal))
			gone = way_of(block)->is_queued ? watch(run, &removal) : is_gone(run, block);
		removal.in_use = gone ? NULL : find_in_use(run, block, &removal.facts.in_use);
		removal.reason = reason_of_removal(&removal.facts);
		if (removal.reason == MEMHP_REASON_LOCK_HELD)
			removal.in_use = find_blocker(run, block);
	}
	note_end(run, &removal, gone);
	return gone;
}

bool unplug_devices(struct run *run)
{
	const size_t count = run->report->count;
	bool is_met = true;

	for (size_t i = 0; i < count && !is_over(run); i++) {
		const struct memhp_outcome *outcome = &run->report->outcomes[i];

		if (!is_offline_now(outcome))
			continue;
		is_met &= remove_device(run, outcome->block);
		if (!is_met && run->options.all_or_nothing)
			break;
	}
	for (size_t i = 0; i < run->report->count; i++)
		is_met &= run->report->outcomes[i].result == MEMHP_RESULT_REMOVED;
	return is_met;
}

void unplug_close(struct run *run)
{
	for (size_t i = 0; i < run->report->count; i++)
		if (run->report->outcomes[i].result == MEMHP_RESULT_ALREADY)
			run->report->outcomes[i].result = MEMHP_RESULT_SKIPPED;
}
