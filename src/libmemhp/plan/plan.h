/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a plan offers to the files that carry it out (run/run.c and run/queue.c): its
 * request, its sizes, and whether a block is already in the requested state. Pure. What
 * the library's users see of a plan is in libmemhp.h.
 */
#ifndef MEMHP_PLAN_H
#define MEMHP_PLAN_H

#include "../pages/pages.h"

DEFINE_CLEANUP(struct memhp_plan *, memhp_plan_free)

const struct memhp_request *plan_request(const struct memhp_plan *plan);
uint64_t plan_block_size(const struct memhp_plan *plan);
size_t plan_step_count(const struct memhp_plan *plan);
const struct memhp_snapshot *plan_snapshot(const struct memhp_plan *plan);

/* pools.c: a block with huge pages that goes offline, and the pools that shrink. Returns their number, or -ENOMEM. */
struct pool_block {
	uint64_t start;
	const struct memhp_pages *pages;
};
int pools_find(const struct pool_block *blocks, size_t count, uint64_t block_size, const struct room *room,
	       struct memhp_pool ret[HUGE_SIZES_MAX]);

/* candidate.c: whether this is the requested state or zone; an unknown zone counts as the requested one. */
bool state_is_wanted(enum memhp_state state, enum memhp_action action);
bool zone_is_wanted(enum memhp_zone zone, enum memhp_action action, enum memhp_target target);
/* candidate.c: whether the block is in the requested state, and whether it may count towards an amount. */
bool block_is_already(const struct memhp_request *request, const struct memhp_block *block);
bool block_is_candidate(const struct memhp_request *request, const struct memhp_block *block);
/* candidate.c: why the request passes over the block; NONE: it does not, or never could have it. */
enum memhp_pass block_pass(const struct memhp_request *request, const struct memhp_block *block);
/* candidate.c: whether a driver that adds and removes memory by itself has added it. */
bool block_is_driver_managed(const struct memhp_block *block);
/* candidate.c: why the request fails for certain for this block, or NONE. */
enum memhp_reason block_reason(const struct memhp_request *request, const struct memhp_block *block);

#endif
