/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The room outside a block for the pages in it: free memory, other nodes, free hugetlb
 * pages of each size, what HVO does to them, and the zones that contain CMA. A value that cannot be read is
 * unknown. What follows for a block is left to verdict.c.
 */
#include <string.h>

#include "pages.h"

/* A pool that cannot be read counts as missing. */
static void room_read_huge_pages(const struct memhp *memhp, struct room *room)
{
	(void)hugetlb_read(memhp, &room->huge);
	for (unsigned int i = 0; i < room->huge.count; i++) {
		struct hugetlb_pool *pool = &room->huge.items[i];

		pool->free = pool->free == UINT64_MAX ? 0 : pool->free;
		pool->promised = pool->promised == UINT64_MAX ? 0 : pool->promised;
	}
}

/* Whether there are huge pages that are larger than so many bytes. */
static bool has_huge_pages(const struct room *room, uint64_t size)
{
	for (unsigned int i = 0; i < room->huge.count; i++)
		if (room->huge.items[i].pages && room->huge.items[i].size > size)
			return true;
	return false;
}

/*
 * A huge page that is larger than a block. 6.1.192 tries to migrate it before it isolates a part of it, which
 * fails for a gigantic page, even a free one (mm/page_isolation.c: isolate_single_pageblock()); 6.12.117 and
 * 7.3.4 leave it alone until it is dissolved. All three measured. The functions came with that change.
 */
static int can_isolate_parts(const struct memhp *memhp)
{
	static const char *const names[] = { "move_freepages_block_isolate", "pageblock_isolate_and_move_free_pages" };
	unsigned int found = 0;
	int r = symbols_find(memhp, names, sizeof(names) / sizeof(names[0]), &found);

	return r == -ENOMEM ? r : r == 0 && found;
}

/* What the kernel can do with huge pages, if there are any. */
static int room_read_abilities(const struct memhp *memhp, struct room *room)
{
	int may_corrupt = has_huge_pages(room, 0) && hvo_read(memhp) == 1 ? hvo_may_corrupt(memhp) : 0;
	int isolates_parts = has_huge_pages(room, memhp->page_size << BUDDY_ORDER_MAX) ? can_isolate_parts(memhp) : 1;

	room->hvo_may_corrupt = may_corrupt;
	room->isolates_parts = isolates_parts;
	return may_corrupt < 0 ? may_corrupt : isolates_parts < 0 ? isolates_parts : 0;
}

/* "0" or "0-1,3" */
static bool has_several_nodes(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	char text[64];

	return sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir) == 0 &&
	       sysdir_read(&dir, "has_memory", text, sizeof(text)) > 0 && text[strspn(text, "0123456789")];
}

static int read_zones(struct memhp *memhp, struct room *room)
{
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	const struct memhp_zonestat *zone;
	int r = stats_try(memhp, &stats);

	room->is_cma_unknown = !stats;
	if (r < 0 || !stats)
		return r;
	memhp_stats_foreach(stats, zone)
		if (memhp_zonestat_cma(zone))
			room->cma_zones |= 1U << memhp_zonestat_zone(zone);
	return 0;
}

int room_read(struct memhp *memhp, struct room *ret)
{
	struct room room = { .free = UINT64_MAX, .available = UINT64_MAX, .page_size = memhp->page_size };
	int r = meminfo_read(memhp, "MemFree", &room.free);

	if (r != -ENOMEM)
		r = meminfo_read(memhp, "MemAvailable", &room.available);
	if (r != -ENOMEM)
		r = read_zones(memhp, &room);
	if (r == -ENOMEM)
		return r;
	room_read_huge_pages(memhp, &room);
	r = room_read_abilities(memhp, &room);
	if (r < 0)
		return r;
	room.has_nodes = has_several_nodes(memhp);
	*ret = room;
	return 0;
}

uint64_t room_elsewhere(uint64_t free, uint64_t available, uint64_t gone)
{
	uint64_t most = free != UINT64_MAX && free > available ? free : available;

	if (available == UINT64_MAX)
		return UINT64_MAX;
	return most > gone ? most - gone : 0;
}

uint64_t room_huge_size(const struct room *room, uint64_t least, uint64_t *ret_free)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < room->huge.count; i++) {
		const struct hugetlb_pool *pool = &room->huge.items[i];

		if (pool->size < least || (size && pool->size > size))
			continue;
		size = pool->size;
		*ret_free = pool->free > pool->promised ? pool->free - pool->promised : 0;
	}
	return size;
}
