/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pools of huge pages shrink when blocks go offline: offlining dissolves huge pages
 * (mm/hugetlb.c: dissolve_free_hugetlb_folio()). Pure. Whether they keep a block online is
 * decided in pages/verdict.c.
 */
#include "plan.h"

/* What the blocks have of one pool. */
struct share {
	uint64_t *ids;                /* of huge pages larger than a block: by address; at most one for each block */
	size_t id_count;
	uint64_t idle;                /* other huge pages that no process maps */
	bool is_least;                /* there may be more */
};

static int share_by_id(const void *a, const void *b)
{
	return number_compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

static void share_add(struct share *share, const struct pool_block *block, uint64_t block_size, uint64_t page_size,
		      uint64_t size)
{
	const struct memhp_pages *pages = block->pages;
	const uint64_t idle = pages->counts[MEMHP_PAGE_HUGE] - pages->huge_mapped;

	share->is_least |= pages->huge_mapped || pages->has_huge_sizes;
	if (!idle)
		return;
	if (size > block_size)
		share->ids[share->id_count++] = block->start / size;
	else
		share->idle += pages->has_huge_sizes ? 1 : idle * page_size / size;
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
 * to a new one, and the pool stays as it is. A pool cannot lose more than it has free.
 */
int pools_find(const struct pool_block *blocks, size_t count, uint64_t block_size, const struct room *room,
	       struct memhp_pool ret[HUGE_SIZES_MAX])
{
	cleanup(cleanup_free) uint64_t *ids = calloc(count + 1, sizeof(*ids));
	int found = 0;

	if (!ids)
		return -ENOMEM;
	for (unsigned int i = 0; i < room->huge.count; i++) {
		const struct hugetlb_pool *pool = &room->huge.items[i];
		struct share share = { .ids = ids };
		uint64_t idle, free;

		for (size_t j = 0; j < count; j++)
			if (room_huge_size(room, room->page_size << blocks[j].pages->huge_order, &free) == pool->size)
				share_add(&share, &blocks[j], block_size, room->page_size, pool->size);
		idle = share_count(&share);
		if (!idle || !pool->free)
			continue;
		ret[found++] = (struct memhp_pool){
			.page_size = pool->size, .pages = idle < pool->free ? idle : pool->free, .total = pool->pages,
			.is_least = share.is_least || idle > pool->free,
		};
	}
	return found;
}
