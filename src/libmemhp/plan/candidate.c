/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a block means for a request: whether it is already as requested, and whether it
 * may count towards an amount. Pure. In which order candidates are taken is left to
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

static bool is_driver_managed(const struct memhp_block *block)
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

bool block_is_candidate(const struct memhp_request *request, const struct memhp_block *block)
{
	if (is_driver_managed(block) && !request->driver_managed)
		return false;
	if (block_is_already(request, block))
		return request->unplug;
	if (request->action == MEMHP_ACTION_ONLINE)
		return memhp_block_state(block) == MEMHP_STATE_OFFLINE;
	return memhp_block_state(block) == MEMHP_STATE_ONLINE &&
	       memhp_block_offlinable(block, NULL) != MEMHP_OFFLINABLE_NO;
}
