/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --unplug adds to offline: which blocks can be removed, whether a plan covers
 * whole devices, and the messages about devices rather than blocks. The library
 * removes the devices.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"
#include "change-report.h"
#include "change-unplug.h"

/* Instead of an errno. */
#define UNPLUG_MAY_CRASH 1

static const char *device_of(const struct memhp_block *block)
{
	return memhp_block_device(block) ? memhp_block_device(block) : "";
}

static bool unplug_is_same_device(const struct memhp_block *a, const struct memhp_block *b)
{
	return strcmp(device_of(a), device_of(b)) == 0 && memhp_block_origin(a) == memhp_block_origin(b);
}

/* Before the run --------------------------------------------------------------- */

/* What memory is that no device of this machine can be removed for. */
static const char *const owners[] = {
	[MEMHP_ORIGIN_UNKNOWN] = "memory of an unknown device",
	[MEMHP_ORIGIN_BOOT] = "boot memory, which belongs to no device",
	[MEMHP_ORIGIN_HOTPLUG] = "memory that was added without a device",
	[MEMHP_ORIGIN_VIRTIO_MEM] = "virtio-mem memory, which only the host can remove",
	[MEMHP_ORIGIN_KMEM] = "memory of an unknown dax device",
	[MEMHP_ORIGIN_HV_BALLOON] = "hv-balloon memory, which only the host can remove",
	[MEMHP_ORIGIN_XEN] = "Xen memory, which only the host can remove",
};

/* Reports all requested blocks of the device that the first one belongs to: they cannot be removed
 * for the same reason. */
static int unplug_refuse(const struct memhp_snapshot *snapshot, const struct ranges *blocks,
			 const struct memhp_block *first, int code)
{
	cleanup(ranges_free) struct ranges ids = { 0 };
	cleanup(cleanup_free) char *text = NULL;
	const struct memhp_block *block;
	const char *device = device_of(first), *open = *device ? " (" : "", *close = *device ? ")" : "";
	bool is_one;

	memhp_snapshot_foreach(snapshot, block)
		if (ranges_have(blocks, memhp_block_id(block)) && unplug_is_same_device(block, first))
			(void)ranges_add(&ids, memhp_block_id(block), memhp_block_id(block));
	ranges_sort(&ids);
	is_one = ranges_are_one(&ids);
	text = ranges_text(&ids, RANGES_SHOWN);
	if (code == -EPERM)
		return usage_error("--unplug: block%s %s%s%s%s cannot be removed: %s %s", is_one ? "" : "s",
				   text ? text : "", open, device, close, is_one ? "it is" : "they are",
				   owners[memhp_block_origin(first)]);
	if (code == UNPLUG_MAY_CRASH) {
		error("--unplug: removing %s can crash the kernel: it is boot memory that covers only a part of a GiB, "
		      "which the kernel maps with one page (DirectMap1G in /proc/meminfo); --force overrides", device);
		return EXIT_FAILED;
	}
	if (code == -ENXIO) {
		error("--unplug: block%s %s (%s) cannot be removed: the device %s, so that the memory stays until the next boot",
		      is_one ? "" : "s", text ? text : "", device,
		      memhp_block_origin(first) == MEMHP_ORIGIN_KMEM ? "has lost its driver" : "is gone");
		return EXIT_FAILED;
	}
	if (code != -EOPNOTSUPP)
		return library_error("unplug", code);
	if (memhp_block_origin(first) == MEMHP_ORIGIN_KMEM)
		error("--unplug: block%s %s (%s) cannot be removed: this kernel has no file 'state' of dax devices "
		      "(needs Linux 7.3 or later)", is_one ? "" : "s", text ? text : "", device);
	else
		error("--unplug: block%s %s (%s) cannot be removed: the firmware offers no removal (no file 'eject')",
		      is_one ? "" : "s", text ? text : "", device);
	return EXIT_UNSUPPORTED;
}

/* 0, a negative errno, or UNPLUG_MAY_CRASH. */
static int unplug_check(const struct change_context *context, const struct memhp_block *block)
{
	int r = memhp_block_can_unplug(context->memhp, block);

	/* Removed in the meantime: as requested, which the run finds. */
	if (r == -ENOENT)
		return 0;
	if (r < 0 || context->args->force)
		return r;
	r = memhp_block_unplug_may_crash(context->memhp, block);
	return r > 0 ? UNPLUG_MAY_CRASH : r;
}

int unplug_narrow(const struct change_context *context, bool is_amount, struct ranges *blocks)
{
	cleanup(ranges_free) struct ranges kept = { 0 };
	const struct memhp_block *block, *known = NULL, *failed = NULL;
	int code = 0, failed_code = 0;

	ranges_sort(blocks);
	memhp_snapshot_foreach(context->snapshot, block) {
		if (!ranges_have(blocks, memhp_block_id(block)))
			continue;
		if (!known || !unplug_is_same_device(block, known))
			code = unplug_check(context, block);
		known = block;
		if (code == 0 && ranges_add(&kept, memhp_block_id(block), memhp_block_id(block)) < 0)
			return library_error("operands", -ENOMEM);
		if (code != 0 && !failed) {
			failed = block;
			failed_code = code;
		}
	}
	if (failed && (!is_amount || !kept.count))
		return unplug_refuse(context->snapshot, blocks, failed, failed_code);
	ranges_free(blocks);
	*blocks = kept;
	kept = (struct ranges){ 0 };
	return EXIT_DONE;
}

int unplug_judge(const struct change_context *context, const struct memhp_plan *plan)
{
	const struct memhp_block *left = NULL, *block;
	uint64_t bytes = 0;
	char size[24];
	int r = memhp_plan_find_left(plan, &left);

	if (r < 0)
		return library_error("plan", r);
	if (!left)
		return EXIT_DONE;
	memhp_snapshot_foreach(context->snapshot, block)
		if (unplug_is_same_device(block, left))
			bytes += context->block_size;
	size_text(bytes, size);
	return usage_error("--unplug: %s (%s) can only be removed as a whole, but block %" PRIu64 " of it would remain; "
			   "write 'all --device=%s' for all of it", device_of(left), size, memhp_block_id(left), device_of(left));
}

/* Devices ---------------------------------------------------------------------- */

void unplug_close_plan(const struct change_context *context, const struct memhp_plan *plan)
{
	cleanup(ranges_free) struct ranges blocks = { 0 };
	cleanup(cleanup_free) char *text = NULL, *names = NULL;
	const struct memhp_block *block, *last = NULL, *other;
	const struct memhp_step *step;
	uint64_t count = 0;
	char size[24];

	memhp_plan_foreach(plan, step) {
		block = memhp_step_block(step);
		if (memhp_step_is_reserve(step) || ranges_have(&blocks, memhp_block_id(block)))
			continue;
		last = block;
		text_add_item(&names, device_of(last));
		/* The whole device is removed, including blocks that are offline already or were not requested. */
		memhp_snapshot_foreach(context->snapshot, other)
			if (unplug_is_same_device(other, last))
				count += ranges_add(&blocks, memhp_block_id(other), memhp_block_id(other)) == 0;
		ranges_sort(&blocks);
	}
	text = ranges_text(&blocks, RANGES_SHOWN);
	size_text(count * context->block_size, size);
	if (count)
		text_print(stdout, "would remove %" PRIu64 " block%s (%s): %s (%s)\n", count,
			   count == 1 ? "" : "s", size, text ? text : "", names ? names : "");
	else
		printf("nothing to remove\n");
}

bool unplug_is_reported_by_device(const struct change_context *context, const struct memhp_outcome *outcome)
{
	if (!context->args->unplug || outcome->is_rollback_failed)
		return false;
	if (outcome->result == MEMHP_RESULT_ROLLED_BACK)
		return outcome->reason != MEMHP_REASON_NONE && outcome->reason != MEMHP_REASON_WRONG_ZONE;
	if (outcome->reason == MEMHP_REASON_REMOVAL_FAILED)
		return true;
	return outcome->result != MEMHP_RESULT_REMOVED && outcome->state == MEMHP_STATE_OFFLINE &&
	       outcome->reason != MEMHP_REASON_RACED;
}

static bool is_removed(const struct change_context *context, const struct memhp_outcome *outcome)
{
	(void)context;
	return outcome->result == MEMHP_RESULT_REMOVED;
}

/* Whether the outcome is the first one of its device for which holds() is true. */
static bool is_first(const struct change_context *context, const struct memhp_report *report,
		     const struct memhp_outcome *outcome,
		     bool (*holds)(const struct change_context *context, const struct memhp_outcome *outcome))
{
	const struct memhp_outcome *other;

	memhp_report_foreach(report, other)
		if (other == outcome ||
		    (holds(context, other) && unplug_is_same_device(other->block, outcome->block)))
			break;
	return other == outcome && holds(context, outcome);
}

void unplug_add_failures(const struct change_context *context, const struct memhp_report *report,
			 struct failures *failures)
{
	const struct memhp_outcome *outcome;
	struct change_row row;

	memhp_report_foreach(report, outcome) {
		if (!is_first(context, report, outcome, unplug_is_reported_by_device))
			continue;
		change_fill_row(context, outcome, true, NULL, &row);
		failures_add_device(failures, &row, outcome->result == MEMHP_RESULT_UNSETTLED);
	}
}

char *unplug_names(const struct change_context *context, const struct memhp_report *report)
{
	const struct memhp_outcome *outcome;
	char *names = NULL;

	memhp_report_foreach(report, outcome)
		if (is_first(context, report, outcome, is_removed))
			text_add_item(&names, device_of(outcome->block));
	return names;
}
