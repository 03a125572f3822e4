/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a block means for a request: whether it is already as requested, whether it may
 * count towards an amount, and whether it is bound to fail. Pure. In which order candidates are taken is left to
 * order.c, and how many to plan.c.
 */
#include "plan.h"

bool state_is_wanted(enum memhp_state state, enum memhp_action action)
{
	return state == (action == MEMHP_ACTION_ONLINE ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE);
}

bool zone_is_wanted(enum memhp_zone zone, enum memhp_action action, enum memhp_target target)
{
	if (action == MEMHP_ACTION_OFFLINE || zone == MEMHP_ZONE_UNKNOWN)
		return true;
	switch (target) {
	case MEMHP_TARGET_AUTO:
		return true;
	case MEMHP_TARGET_KERNEL:
		return zone != MEMHP_ZONE_MOVABLE && zone != MEMHP_ZONE_DEVICE;
	case MEMHP_TARGET_MOVABLE:
		return zone == MEMHP_ZONE_MOVABLE;
	}
	return true;
}

bool block_is_already(const struct memhp_request *request, const struct memhp_block *block)
{
	return state_is_wanted(memhp_block_state(block), request->action);
}

bool block_is_driver_managed(const struct memhp_block *block)
{
	switch (memhp_block_origin(block)) {
	case MEMHP_ORIGIN_VIRTIO_MEM:
	case MEMHP_ORIGIN_HV_BALLOON:
	case MEMHP_ORIGIN_XEN:
		return true;
	case MEMHP_ORIGIN_UNKNOWN:
	case MEMHP_ORIGIN_BOOT:
	case MEMHP_ORIGIN_HOTPLUG:
	case MEMHP_ORIGIN_KMEM:
		return false;
	}
	return false;
}

/* Whether the state of the block allows that it counts towards an amount. */
static bool is_eligible(const struct memhp_request *request, const struct memhp_block *block)
{
	if (block_is_already(request, block))
		return request->unplug;
	if (request->action == MEMHP_ACTION_ONLINE)
		return memhp_block_state(block) == MEMHP_STATE_OFFLINE;
	return memhp_block_state(block) == MEMHP_STATE_ONLINE &&
	       memhp_block_offlinable(block, NULL) != MEMHP_OFFLINABLE_NO;
}

static bool is_misplaced(const struct memhp_request *request, const struct memhp_block *block)
{
	return block_is_already(request, block) &&
	       !zone_is_wanted(memhp_block_zone(block), request->action, request->target);
}

enum memhp_pass block_pass(const struct memhp_request *request, const struct memhp_block *block)
{
	if (is_misplaced(request, block))
		return request->amount || request->skip_misplaced ? MEMHP_PASS_MISPLACED : MEMHP_PASS_NONE;
	if (!request->amount || request->action == MEMHP_ACTION_ONLINE || !is_eligible(request, block))
		return MEMHP_PASS_NONE;
	/* Drivers wait for their blocks to come online, and undo it when these go offline. */
	if (block_is_driver_managed(block) && !request->driver_managed)
		return MEMHP_PASS_DRIVER;
	if (memhp_block_zone(block) == MEMHP_ZONE_DMA && !request->zone_dma)
		return MEMHP_PASS_DMA;
	return MEMHP_PASS_NONE;
}

bool block_is_candidate(const struct memhp_request *request, const struct memhp_block *block)
{
	return is_eligible(request, block) && block_pass(request, block) == MEMHP_PASS_NONE;
}

/* Why a block can never go offline. */
static const enum memhp_reason never[] = {
	[MEMHP_WHY_SEVERAL_ZONES] = MEMHP_REASON_SEVERAL_ZONES,
	[MEMHP_WHY_MEMORY_HOLES] = MEMHP_REASON_MEMORY_HOLES,
	[MEMHP_WHY_OFFLINE_DISABLED] = MEMHP_REASON_OFFLINE_DISABLED,
	[MEMHP_WHY_RESERVED_PAGES] = MEMHP_REASON_RESERVED_PAGES,
};

enum memhp_reason block_reason(const struct memhp_request *request, const struct memhp_block *block)
{
	struct memhp_verdict verdict = { .size = sizeof(verdict) };
	enum memhp_reason reason;

	if (block_is_already(request, block))
		return is_misplaced(request, block) ? MEMHP_REASON_WRONG_ZONE : MEMHP_REASON_NONE;
	if (request->action == MEMHP_ACTION_ONLINE)
		return MEMHP_REASON_NONE;
	if (request->scan)
		(void)memhp_scan_judge(request->scan, block, &verdict);
	else
		verdict.offlinable = memhp_block_offlinable(block, &verdict.why);
	if (verdict.offlinable != MEMHP_OFFLINABLE_NO)
		return MEMHP_REASON_NONE;
	reason = (size_t)verdict.why < sizeof(never) / sizeof(never[0]) ? never[verdict.why] : MEMHP_REASON_NONE;
	/* A kernel without offlining needs no reason of its own: nothing can go. */
	return reason ? reason : MEMHP_REASON_UNKNOWN;
}
