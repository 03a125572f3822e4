/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The second phase of hotunplug: removes a device after all its blocks have gone
 * offline. A worker of the kernel ejects an ACPI device, long after the write has ended,
 * so the device is watched. The memory of a dax device is removed by the write itself.
 * How a removal that failed is explained is decided in reason.c.
 */
#include <string.h>

#include "run.h"

/* How often the device is checked while the kernel removes it. */
#define WATCH_MS 100

/*
 * How each kind of device is removed.
 *
 * ACPI: drivers/acpi/device_sysfs.c: eject_store() only queues the work. Then
 * drivers/acpi/scan.c: acpi_device_hotplug() waits for the hotplug lock. It takes blocks
 * offline that are online again, brings these back online if one of them fails, and cannot
 * be cancelled. There is an eject file if the firmware has _EJ0.
 *
 * dax: drivers/dax/kmem.c, since 7.3: "unplugged" takes the whole device offline and removes
 * it, or does nothing. Before that, the only way is to unbind the driver. That loses the
 * memory until the next boot if a block has come online meanwhile
 * (dev_dax_kmem_remove()), so it is never done here.
 */
static const struct way {
	const char *file, *word;
	bool is_queued;               /* the removal goes on after the write has ended */
} acpi = { "eject", "1", true }, dax = { "state", "unplugged", false };

static const struct way *way_of(const struct memhp_block *block)
{
	if (block->owns_device)
		return &acpi;
	return block->origin == MEMHP_ORIGIN_KMEM && block->device && !strchr(block->device, '/') &&
	       block->device[0] != '.' ? &dax : NULL;
}

/* Opens the directory of the device: for an ACPI device, the target of the block's link. */
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
	const struct memhp_block *block;     /* the block of the device that was attempted */
	const struct memhp_block *in_use;    /* a block that is not offline, or NULL */
	uint64_t begin_ms;
	struct limit limit;
	struct removal_facts facts;
	enum memhp_reason reason;
	char *log;                           /* the line of the kernel log about it, or NULL */
};

static void removal_free(struct removal *removal)
{
	free(removal->log);
}

static bool is_same_device(const struct memhp_block *a, const struct memhp_block *b)
{
	return a == b || (a->device && b->device && strcmp(a->device, b->device) == 0);
}

/* The first block of the device that exists and is not offline; NULL if there is none. */
static const struct memhp_block *find_in_use(const struct run *run, const struct memhp_block *block,
					     enum memhp_state *ret_state)
{
	const struct memhp_block *other;

	*ret_state = MEMHP_STATE_UNKNOWN;
	memhp_snapshot_foreach(block->snapshot, other) {
		struct memhp_block now;

		if (!is_same_device(other, block))
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
		if (is_same_device(other, block) && !look_at(run, other).vanished)
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

	(void)lasted_ms;
	tell_removal(watch->run, watch->removal);
}

/* Writes in a child process that can be killed, like all writes. Returns 0 or an errno. */
static int write_word(struct run *run, struct removal *removal, int fd)
{
	struct watch watch = { run, removal };
	const struct writing writing = {
		.fd = fd, .word = way_of(removal->block)->word, .limit = removal->limit, .stop = &run->stop,
		.meanwhile = tell_meanwhile, .data = &watch,
	};
	const struct written written = writer_run(&writing);

	removal->facts.is_pending = !written.has_settled;
	/* Killed by us, or by its own alarm while this process was suspended. */
	if (written.error == EINTR)
		(void)note_end_of_removal(run, removal);
	return written.error;
}

/* Requests the removal; true if the kernel accepts it. */
static bool ask_for_removal(struct run *run, struct removal *removal)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(cleanup_close) int fd = -1;
	struct removal_facts *facts = &removal->facts;
	struct retry retry = { run->options.retries, run->options.interval_ms };
	int r = memhp_block_can_unplug((struct memhp *)run->memhp, removal->block);

	if (r == 0)
		r = open_device(run->memhp, removal->block, &dir);
	if (r == 0)
		r = fd = sysdir_open_to_write(&dir, way_of(removal->block)->file);
	facts->failed_to_open = r < 0;
	facts->error = r < 0 ? -r : 0;
	if (r < 0)
		return false;
	do {
		kmsg_skip(&run->kmsg);
		facts->error = write_word(run, removal, fd);
	} while (error_is_temporary(facts->error) && facts->error != EINTR && retry_wait(&retry, removal->limit, &run->stop));
	return facts->error == 0;
}

/* Reads new records of the log; true if one says that the kernel has given up. */
static bool read_refusal(struct run *run, struct removal *removal)
{
	char record[KMSG_RECORD_MAX];
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

/* Waits for the kernel's worker; true if the device is gone. */
static bool watch_removal(struct run *run, struct removal *removal)
{
	removal->facts.is_pending = true;
	while (!is_gone(run, removal->block)) {
		if (read_refusal(run, removal)) {
			removal->facts.is_pending = false;
			return is_gone(run, removal->block);
		}
		if (note_end_of_removal(run, removal))
			return false;
		tell_removal(run, removal);
		stop_sleep(&run->stop, limit_earlier(limit_in(WATCH_MS), removal->limit));
	}
	return true;
}

/* Outcomes ------------------------------------------------------------------- */

static void set_removed(const struct run *run, const struct removal *removal, struct memhp_outcome *told)
{
	told->result = MEMHP_RESULT_REMOVED;
	told->state = MEMHP_STATE_UNKNOWN;
	told->zone = MEMHP_ZONE_UNKNOWN;
	told->error = 0;
	told->reason = MEMHP_REASON_NONE;
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
	told->state = memhp_block_state(&now);
	told->zone = memhp_block_zone(&now);
	told->error = removal->facts.error;
	told->reason = removal->reason;
	told->blocker = removal->reason == MEMHP_REASON_DEVICE_IN_USE || removal->reason == MEMHP_REASON_LOCK_HELD ?
			removal->in_use : NULL;
	told->elapsed_ms += clock_ms() - removal->begin_ms;
	outcome_set_log(outcome, removal->log ? strdup(removal->log) : NULL);
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

		if (!is_same_device(outcome->told.block, removal->block))
			continue;
		if (gone)
			set_removed(run, removal, &outcome->told);
		else if (is_offline_now(&outcome->told))
			set_kept(run, removal, outcome);
	}
	memhp_snapshot_foreach(removal->block->snapshot, block) {
		struct outcome *outcome = &report->outcomes[report->count];

		if (!gone || !is_same_device(block, removal->block) || has_outcome(report, block))
			continue;
		outcome->told.block = block;
		set_removed(run, removal, &outcome->told);
		report->count++;
	}
}

static bool remove_device(struct run *run, const struct memhp_block *block)
{
	const uint64_t begin_ms = clock_ms();
	cleanup(removal_free) struct removal removal = {
		.block = block, .begin_ms = begin_ms, .facts.end = REMOVAL_REFUSED,
		.limit = limit_earlier(limit_after(begin_ms, run->options.timeout_ms), run->deadline),
	};
	bool gone = false;

	removal.in_use = find_in_use(run, block, &removal.facts.in_use);
	if (removal.in_use) {
		removal.reason = MEMHP_REASON_DEVICE_IN_USE;
	} else {
		tell_removal(run, &removal);
		if (ask_for_removal(run, &removal))
			gone = way_of(block)->is_queued ? watch_removal(run, &removal) : is_gone(run, block);
		removal.in_use = gone ? NULL : find_in_use(run, block, &removal.facts.in_use);
		removal.reason = reason_of_removal(&removal.facts);
		if (removal.reason == MEMHP_REASON_LOCK_HELD)
			removal.in_use = look_for_blocker(run, block);
	}
	set_outcomes(run, &removal, gone);
	return gone;
}

bool unplug_devices(struct run *run)
{
	const size_t count = run->report->count;
	bool is_met = true;

	for (size_t i = 0; i < count && !run_note_end(run); i++) {
		const struct memhp_outcome *told = &run->report->outcomes[i].told;

		if (!is_offline_now(told))
			continue;
		is_met &= remove_device(run, told->block);
		if (!is_met && run->options.all_or_nothing)
			break;
	}
	for (size_t i = 0; i < run->report->count; i++)
		is_met &= run->report->outcomes[i].told.result == MEMHP_RESULT_REMOVED;
	return is_met;
}

void unplug_close(struct run *run)
{
	for (size_t i = 0; i < run->report->count; i++)
		if (run->report->outcomes[i].told.result == MEMHP_RESULT_ALREADY)
			run->report->outcomes[i].told.result = MEMHP_RESULT_SKIPPED;
}
