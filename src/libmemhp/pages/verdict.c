/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a block can go offline, judged by its pages: draws conclusions from their sums
 * and from the room elsewhere. Pure. blocks/offlinable.c judges everything except the
 * pages.
 */
#include "pages.h"

/* The pages that decide: the first check that finds any. */
struct cause {
	enum memhp_page kind;
	uint64_t pages;
};

static struct cause cause_of(const struct page_facts *facts, enum memhp_page kind, bool holds)
{
	return (struct cause){ kind, holds ? facts->pages->counts[kind] : 0 };
}

/* The kind of which there are most pages; the first one of those with equal numbers. */
static struct cause most_of(const struct page_facts *facts, const enum memhp_page *kinds, size_t count)
{
	struct cause most = { kinds[0], 0 };

	for (size_t i = 0; i < count; i++)
		if (facts->pages->counts[kinds[i]] > most.pages)
			most = (struct cause){ kinds[i], facts->pages->counts[kinds[i]] };
	return most;
}

static struct cause find_reserved(const struct page_facts *facts)
{
	return cause_of(facts, MEMHP_PAGE_RESERVED, true);
}

/*
 * mm/page_isolation.c: has_unmovable_pages() searches only kernel zones. In ZONE_MOVABLE
 * nothing unmovable is allocated: a page that looks unmovable there is in transition.
 */
static struct cause find_kernel_pages(const struct page_facts *facts)
{
	static const enum memhp_page kinds[] = { MEMHP_PAGE_SLAB, MEMHP_PAGE_TABLE, MEMHP_PAGE_KERNEL };

	if (facts->zone == MEMHP_ZONE_MOVABLE)
		return (struct cause){ 0 };
	return most_of(facts, kinds, sizeof(kinds) / sizeof(kinds[0]));
}

/* In ZONE_MOVABLE a few are in per-CPU lists. Most of a block is unknown there only after something went
 * wrong, for instance after the kernel gave up pages in a bad state. */
static struct cause find_unknown(const struct page_facts *facts)
{
	return cause_of(facts, MEMHP_PAGE_UNKNOWN,
			facts->zone != MEMHP_ZONE_MOVABLE || pages_are_mostly_unknown(facts->pages));
}

/*
 * virtio-mem releases the pages that it keeps (drivers/virtio/virtio_mem.c:
 * virtio_mem_notify_going_offline()). Pages of a virtio balloon in ZONE_MOVABLE can be
 * migrated; otherwise they would not be in that zone.
 */
static struct cause find_driver_pages(const struct page_facts *facts)
{
	return cause_of(facts, MEMHP_PAGE_DRIVER, facts->origin != MEMHP_ORIGIN_VIRTIO_MEM &&
			(facts->zone != MEMHP_ZONE_MOVABLE || facts->origin == MEMHP_ORIGIN_HV_BALLOON ||
			 facts->origin == MEMHP_ORIGIN_XEN));
}

/* Offlining frees the huge pages of the block, at the latest after they were migrated. */
static struct cause find_corruptible(const struct page_facts *facts)
{
	return cause_of(facts, MEMHP_PAGE_HUGE, facts->room->hvo_may_corrupt);
}

/*
 * Whether hugetlb pages keep the block from going offline.
 *
 * Free huge pages are dissolved unless they are reserved
 * (mm/hugetlb.c: dissolve_free_hugetlb_folio()). A huge page in use moves to a free one of
 * the pool. If the pool has none, the kernel allocates a new one, except for gigantic pages
 * (alloc_migrate_hugetlb_folio()).
 *
 * But on the block's own node the pool first hands out the page that was returned last,
 * which is a page of this very block. Up to 6.13 such pages move in circles forever
 * (dequeue_hugetlb_folio_node_exact(); measured on 6.1 and 6.12, with free huge pages in
 * the block or elsewhere). The kernel prefers other nodes if there are any
 * (mm/memory_hotplug.c: do_migrate_range()).
 */
static bool keeps_huge_pages(const struct page_facts *facts)
{
	const struct memhp_pages *pages = facts->pages;
	const uint64_t used = pages->huge_mapped * facts->page_size;
	const uint64_t idle = pages->counts[MEMHP_PAGE_HUGE] * facts->page_size - used;
	uint64_t free = 0, size = room_huge_size(facts->room, facts->page_size << pages->huge_order, &free);

	if (!size)
		return used;
	if (size > pages_total(pages) * facts->page_size && !facts->room->isolates_parts)
		return true;
	if (idle / size > free)
		return true;
	if (size > facts->page_size << BUDDY_ORDER_MAX)
		return used > (free - idle / size) * size;
	return used && free && !facts->room->has_nodes;
}

static struct cause find_huge_pages(const struct page_facts *facts)
{
	return cause_of(facts, MEMHP_PAGE_HUGE, keeps_huge_pages(facts));
}

/* Pages cannot migrate to free memory of the block itself. */
static bool pages_lack_room(const struct page_facts *facts)
{
	const uint64_t free = facts->pages->counts[MEMHP_PAGE_FREE] * facts->page_size;

	return memhp_pages_work(facts->pages) * facts->page_size >
	       room_elsewhere(facts->room->free, facts->room->available, free);
}

static struct cause find_work(const struct page_facts *facts)
{
	return (struct cause){ MEMHP_PAGE_MIGRATE, memhp_pages_work(facts->pages) };
}

static struct cause find_homeless(const struct page_facts *facts)
{
	return pages_lack_room(facts) ? find_work(facts) : (struct cause){ 0 };
}

/* All kinds but free pages, those that offlining leaves alone (poisoned ones, the block's own memory map) and
 * those to migrate. */
static struct cause find_rest(const struct page_facts *facts)
{
	static const enum memhp_page kinds[] = {
		MEMHP_PAGE_DRIVER, MEMHP_PAGE_HUGE, MEMHP_PAGE_UNKNOWN, MEMHP_PAGE_SLAB, MEMHP_PAGE_TABLE, MEMHP_PAGE_KERNEL,
	};

	return most_of(facts, kinds, sizeof(kinds) / sizeof(kinds[0]));
}

/* In this order. If none of them finds pages, there is nothing in the block. */
static const struct {
	struct cause (*find)(const struct page_facts *facts);
	enum memhp_offlinable offlinable;
	enum memhp_why why;
} checks[] = {
	{ find_reserved, MEMHP_OFFLINABLE_NO, MEMHP_WHY_RESERVED_PAGES },
	{ find_kernel_pages, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNMOVABLE_PAGES },
	{ find_unknown, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNKNOWN_PAGES },
	{ find_driver_pages, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_DRIVER_PAGES },
	{ find_corruptible, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HVO },
	{ find_huge_pages, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HUGE_PAGES },
	{ find_homeless, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_NO_ROOM },
	{ find_work, MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ find_rest, MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
};

static void judge_pages(const struct page_facts *facts, struct memhp_verdict *verdict)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const struct cause cause = checks[i].find(facts);

		if (!cause.pages)
			continue;
		verdict->offlinable = checks[i].offlinable;
		verdict->why = checks[i].why;
		verdict->kind = cause.kind;
		verdict->pages = cause.pages;
		return;
	}
	/* A block of a kernel zone with CMA may belong to the CMA area, which free pages do not show. */
	verdict->offlinable = verdict->has_cma || (facts->room->is_cma_unknown && facts->zone != MEMHP_ZONE_MOVABLE) ?
			      MEMHP_OFFLINABLE_LIKELY : MEMHP_OFFLINABLE_YES;
	verdict->why = MEMHP_WHY_FREE;
}

void verdict_by_pages(const struct page_facts *facts, struct memhp_verdict *verdict)
{
	const uint64_t free = facts->pages->counts[MEMHP_PAGE_FREE] * facts->page_size;

	if (facts->room->free != UINT64_MAX)
		verdict->room = facts->room->free > free ? facts->room->free - free : 0;
	verdict->has_cma = facts->zone != MEMHP_ZONE_MOVABLE && facts->room->cma_zones >> facts->zone & 1;
	if (verdict->offlinable != MEMHP_OFFLINABLE_NO && verdict->offlinable != MEMHP_OFFLINABLE_UNKNOWN &&
	    verdict->why != MEMHP_WHY_OFFLINE_DISABLED)
		judge_pages(facts, verdict);
}
