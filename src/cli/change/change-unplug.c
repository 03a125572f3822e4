/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What offline --unplug adds: which blocks can be removed at all, whether a plan takes
 * devices as a whole, and what is told of devices rather than of blocks.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"
#include "change-unplug.h"
#include "hint.h"

static const char *device_of(const struct memhp_block *block)
{
	return memhp_block_device(block) ? memhp_block_device(block) : "";
}

static bool unplug_is_same_device(const struct memhp_block *a, const struct memhp_block *b)
{
	return strcmp(device_of(a), device_of(b)) == 0 && memhp_block_origin(a) == memhp_block_origin(b);
}

/* Before the run --------------------------------------------------------------- */

/* Why no device of ours can be removed. */
static const char *const owners[] = {
	[MEMHP_ORIGIN_UNKNOWN] = "what device it belongs to is unknown",
	[MEMHP_ORIGIN_BOOT] = "it is boot memory, which belongs to no device",
	[MEMHP_ORIGIN_HOTPLUG] = "it was added without a device",
	[MEMHP_ORIGIN_VIRTIO_MEM] = "it is virtio-mem's, which only the host can shrink",
	[MEMHP_ORIGIN_KMEM] = "what dax device it belongs to is unknown",
	[MEMHP_ORIGIN_HV_BALLOON] = "it is hv-balloon's, which only the host can shrink",
	[MEMHP_ORIGIN_XEN] = "it is Xen's, which only the host can shrink",
};

/* About all those of the blocks that are at fault for the same reason as this one. */
static int unplug_refuse(const struct memhp_snapshot *snapshot, const struct ranges *blocks,
			 const struct memhp_block *first, int code)
{
	cleanup(ranges_free) struct ranges ids = { 0 };
	cleanup(cleanup_free) char *text = NULL;
	const struct memhp_block *block;
	const char *device = device_of(first), *open = *device ? " (" : "", *close = *device ? ")" : "";

	memhp_snapshot_foreach(snapshot, block)
		if (ranges_have(blocks, memhp_block_id(block)) && unplug_is_same_device(block, first))
			(void)ranges_add(&ids, memhp_block_id(block), memhp_block_id(block));
	ranges_sort(&ids);
	text = ranges_text(&ids, RANGES_SHOWN);
	if (code == -EPERM)
		return usage_error("--unplug: block %s%s%s%s cannot be removed: %s", text ? text : "", open, device, close,
				   owners[memhp_block_origin(first)]);
	if (code != -EOPNOTSUPP)
		return library_error("unplug", code);
	if (memhp_block_origin(first) == MEMHP_ORIGIN_KMEM)
		error("--unplug: block %s (%s) cannot be removed: this kernel has no file 'state' of dax devices "
		      "(Linux 7.3 has)", text ? text : "", device);
	else
		error("--unplug: block %s (%s) cannot be removed: the firmware offers no removal (no file 'eject')",
		      text ? text : "", device);
	return EXIT_UNSUPPORTED;
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
			code = memhp_block_can_unplug(context->memhp, block);
		known = block;
		if (code == 0 && ranges_add(&kept, memhp_block_id(block), memhp_block_id(block)) < 0)
			return library_error("operands", -ENOMEM);
		if (code < 0 && !failed) {
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
	return usage_error("--unplug: %s (%s) can only be removed as a whole, but block %" PRIu64 " of it would be left; "
			   "'all --device=%s' is all of it", device_of(left), size, memhp_block_id(left), device_of(left));
}

/* Devices ---------------------------------------------------------------------- */

/* "PNP0C80:00, PNP0C80:01" */
static void unplug_add_name(char **names, const struct memhp_block *block)
{
	char *more = NULL;

	if (asprintf(&more, "%s%s%s", *names ? *names : "", *names ? ", " : "", device_of(block)) < 0)
		return;
	free(*names);
	*names = more;
}

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
		unplug_add_name(&names, last);
		/* All of it goes, also what is offline and was not asked for. */
		memhp_snapshot_foreach(context->snapshot, other)
			if (unplug_is_same_device(other, last))
				count += ranges_add(&blocks, memhp_block_id(other), memhp_block_id(other)) == 0;
		ranges_sort(&blocks);
	}
	text = ranges_text(&blocks, RANGES_SHOWN);
	size_text(count * context->block_size, size);
	if (count)
		printf("would remove %" PRIu64 " block%s (%s): %s (%s)\n", count, count == 1 ? "" : "s", size,
		       text ? text : "", names ? names : "");
	else
		printf("nothing to remove\n");
}

bool unplug_is_told_by_device(const struct change_context *context, const struct memhp_outcome *outcome)
{
	if (!context->args->unplug)
		return false;
	if (outcome->result == MEMHP_RESULT_ROLLED_BACK)
		return outcome->reason != MEMHP_REASON_NONE && outcome->reason != MEMHP_REASON_WRONG_ZONE;
	return outcome->result != MEMHP_RESULT_REMOVED && outcome->state == MEMHP_STATE_OFFLINE &&
	       outcome->reason != MEMHP_REASON_RACED;
}

static void unplug_tell_device(const struct change_context *context, const struct memhp_outcome *outcome)
{
	bool is_pending = outcome->result == MEMHP_RESULT_UNSETTLED;
	const char *reason = memhp_reason_name(outcome->reason);
	char text[HINT_SIZE];
	const char *hint = outcome_hint(outcome, context->action, text);

	error("%s: %s%s%s%s%s%s%s%s%s", device_of(outcome->block),
	      is_pending ? "the kernel has not removed it yet" : "not removed",
	      outcome->error ? ": " : "", outcome->error ? strerror(outcome->error) : "",
	      reason ? " (" : "", reason ? reason : "", reason ? ")" : "", hint ? ": " : "", hint ? hint : "",
	      is_pending ? "; it may still do so" : "");
	if (outcome->kernel_log)
		detail("%s: kernel: %s", device_of(outcome->block), outcome->kernel_log);
}

static bool is_removed(const struct change_context *context, const struct memhp_outcome *outcome)
{
	(void)context;
	return outcome->result == MEMHP_RESULT_REMOVED;
}

/* Whether it is the first one of its device for which that holds. */
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

void unplug_tell_devices(const struct change_context *context, const struct memhp_report *report)
{
	const struct memhp_outcome *outcome;

	memhp_report_foreach(report, outcome)
		if (is_first(context, report, outcome, unplug_is_told_by_device))
			unplug_tell_device(context, outcome);
}

char *unplug_names(const struct change_context *context, const struct memhp_report *report)
{
	const struct memhp_outcome *outcome;
	char *names = NULL;

	memhp_report_foreach(report, outcome)
		if (is_first(context, report, outcome, is_removed))
			unplug_add_name(&names, outcome->block);
	return names;
}
