/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pools of huge pages a plan shrinks: offlining dissolves huge pages (mm/hugetlb.c:
 * dissolve_free_hugetlb_folio()). Pure. Whether they keep a block online is decided in
 * pages/verdict.c.
 */
#include <string.h>

#include "plan.h"

/* What the blocks of a plan have of one pool. */
struct share {
	uint64_t *ids;                /* of huge pages that reach beyond blocks: by address; one a block at most */
	size_t id_count;
	uint64_t idle;                /* other huge pages that no process maps */
	bool has_used, has_others;    /* and of those it is not known what becomes of them */
};

static int share_by_id(const void *a, const void *b)
{
	return number_compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

static void share_add(struct share *share, const struct memhp_plan *plan, const struct memhp_step *step, uint64_t size)
{
	const struct memhp_pages *pages = memhp_step_pages(step);
	const uint64_t block_size = plan_block_size(plan), idle = pages->counts[MEMHP_PAGE_HUGE] - pages->huge_mapped;
	uint64_t all = 0;

	for (unsigned int i = 0; i < MEMHP_PAGE_KINDS; i++)
		all += pages->counts[i];
	share->has_used |= pages->huge_mapped > 0;
	share->has_others |= pages->has_huge_sizes;
	if (!idle)
		return;
	if (size > block_size)
		share->ids[share->id_count++] = memhp_block_start(memhp_step_block(step)) / size;
	else
		share->idle += pages->has_huge_sizes ? 1 : idle * (block_size / all) / size;
}

/* The blocks of the plan, as far as their huge pages are of this size. */
static int share_find(struct share *share, const struct memhp_plan *plan, const struct room *room, uint64_t size)
{
	const struct memhp_step *step;
	uint64_t free;

	share->ids = calloc(plan_step_count(plan) + 1, sizeof(*share->ids));
	if (!share->ids)
		return -ENOMEM;
	memhp_plan_foreach(plan, step) {
		const struct memhp_pages *pages = memhp_step_pages(step);
		uint64_t bytes;

		if (!pages || !pages->counts[MEMHP_PAGE_HUGE] || memhp_step_is_already(step) ||
		    memhp_step_is_reserve(step) || memhp_step_reason(step))
			continue;
		bytes = room->page_size << pages->huge_order;
		if (room_huge_size(room, bytes, &free) == size)
			share_add(share, plan, step, size);
	}
	return 0;
}

/* A huge page that several blocks share is dissolved once. */
static uint64_t share_count(struct share *share)
{
	uint64_t count = share->idle;

	qsort(share->ids, share->id_count, sizeof(*share->ids), share_by_id);
	for (size_t i = 0; i < share->id_count; i++)
		count += !i || share->ids[i] != share->ids[i - 1];
	return count;
}

/*
 * A huge page in use moves to a free one of the pool, and its old place is dissolved; or
 * to a new one, and the pool stays as it is. No more can be lost than are free.
 */
int pools_find(const struct memhp_plan *plan, struct memhp_pool ret[HUGE_SIZES_MAX])
{
	const struct memhp_scan *scan = plan_request(plan)->scan;
	const struct room *room = scan ? scan_room(scan) : NULL;
	int count = 0, r = 0;

	if (plan_request(plan)->action != MEMHP_ACTION_OFFLINE || !room)
		return 0;
	for (unsigned int i = 0; i < room->huge.count && r == 0; i++) {
		const struct hugetlb_pool *pool = &room->huge.items[i];
		struct share share = { .idle = 0 };
		uint64_t idle;

		r = share_find(&share, plan, room, pool->size);
		idle = r == 0 ? share_count(&share) : 0;
		if (idle && pool->free)
			ret[count++] = (struct memhp_pool){
				.page_size = pool->size, .pages = idle < pool->free ? idle : pool->free, .total = pool->pages,
				.is_least = share.has_used || share.has_others || idle > pool->free,
			};
		free(share.ids);
	}
	return r < 0 ? r : count;
}
