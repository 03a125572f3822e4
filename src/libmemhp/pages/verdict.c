/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a block can go offline, judged by its pages: draws conclusions from their sums
 * and from the room elsewhere. Pure. blocks/offlinable.c judges everything except the
 * pages.
 */
#include "pages.h"

static void decide(struct memhp_verdict *verdict, enum memhp_offlinable offlinable, enum memhp_why why)
{
	verdict->offlinable = offlinable;
	verdict->why = why;
}

static void decide_by(struct memhp_verdict *verdict, enum memhp_offlinable offlinable, enum memhp_why why,
		      enum memhp_page kind, uint64_t pages)
{
	decide(verdict, offlinable, why);
	verdict->kind = kind;
	verdict->pages = pages;
}

/*
 * mm/page_isolation.c: has_unmovable_pages() searches only kernel zones. In ZONE_MOVABLE
 * nothing unmovable is allocated: a page that looks unmovable there is in transition.
 */
static bool has_kernel_pages(const struct page_facts *facts, struct memhp_verdict *verdict)
{
	static const enum memhp_page kinds[] = { MEMHP_PAGE_SLAB, MEMHP_PAGE_TABLE, MEMHP_PAGE_KERNEL };
	enum memhp_page most = MEMHP_PAGE_SLAB;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (facts->pages->counts[kinds[i]] > facts->pages->counts[most])
			most = kinds[i];
	if (facts->zone == MEMHP_ZONE_MOVABLE)
		return false;
	if (facts->pages->counts[most]) {
		decide_by(verdict, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNMOVABLE_PAGES, most, facts->pages->counts[most]);
		return true;
	}
	if (facts->pages->counts[MEMHP_PAGE_UNKNOWN]) {
		decide_by(verdict, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNKNOWN_PAGES, MEMHP_PAGE_UNKNOWN,
			  facts->pages->counts[MEMHP_PAGE_UNKNOWN]);
		return true;
	}
	return false;
}

/*
 * virtio-mem releases the pages that it keeps (drivers/virtio/virtio_mem.c:
 * virtio_mem_notify_going_offline()). Pages of a virtio balloon in ZONE_MOVABLE can be
 * migrated; otherwise they would not be in that zone.
 */
static bool is_held_by_driver(const struct page_facts *facts)
{
	if (!facts->pages->counts[MEMHP_PAGE_DRIVER] || facts->origin == MEMHP_ORIGIN_VIRTIO_MEM)
		return false;
	return facts->zone != MEMHP_ZONE_MOVABLE || facts->origin == MEMHP_ORIGIN_HV_BALLOON ||
	       facts->origin == MEMHP_ORIGIN_XEN;
}

/* MAX_PAGE_ORDER of most architectures: the kernel cannot simply allocate larger pages, it has to
 * find them. */
#define BUDDY_ORDER_MAX 10

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
	if (idle / size > free)
		return true;
	if (size > facts->page_size << BUDDY_ORDER_MAX)
		return used > (free - idle / size) * size;
	return used && free && !facts->room->has_nodes;
}

/* Pages cannot migrate to free memory of the block itself. */
static bool pages_lack_room(const struct page_facts *facts)
{
	uint64_t work = memhp_pages_work(facts->pages), gone = work + facts->pages->counts[MEMHP_PAGE_FREE];

	return work && facts->room->available != UINT64_MAX && gone * facts->page_size > facts->room->available;
}

void verdict_by_pages(const struct page_facts *facts, struct memhp_verdict *verdict)
{
	const struct memhp_pages *pages = facts->pages;
	const uint64_t free = pages->counts[MEMHP_PAGE_FREE] * facts->page_size;
	bool is_empty;

	if (facts->room->free != UINT64_MAX)
		verdict->room = facts->room->free > free ? facts->room->free - free : 0;
	verdict->has_cma = facts->zone != MEMHP_ZONE_MOVABLE && facts->room->cma_zones >> facts->zone & 1;
	if (verdict->offlinable == MEMHP_OFFLINABLE_NO || verdict->offlinable == MEMHP_OFFLINABLE_UNKNOWN ||
	    verdict->why == MEMHP_WHY_OFFLINE_DISABLED)
		return;
	if (pages->counts[MEMHP_PAGE_RESERVED]) {
		decide_by(verdict, MEMHP_OFFLINABLE_NO, MEMHP_WHY_RESERVED_PAGES, MEMHP_PAGE_RESERVED,
			  pages->counts[MEMHP_PAGE_RESERVED]);
		return;
	}
	if (has_kernel_pages(facts, verdict))
		return;
	if (is_held_by_driver(facts)) {
		decide_by(verdict, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_DRIVER_PAGES, MEMHP_PAGE_DRIVER,
			  pages->counts[MEMHP_PAGE_DRIVER]);
	} else if (keeps_huge_pages(facts)) {
		decide_by(verdict, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HUGE_PAGES, MEMHP_PAGE_HUGE,
			  pages->counts[MEMHP_PAGE_HUGE]);
	} else if (pages_lack_room(facts)) {
		decide_by(verdict, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_NO_ROOM, MEMHP_PAGE_MIGRATE, memhp_pages_work(pages));
	} else if (memhp_pages_work(pages)) {
		decide_by(verdict, MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE, MEMHP_PAGE_MIGRATE, memhp_pages_work(pages));
	} else {
		/* A block of a kernel zone with CMA may belong to the CMA area, which free pages
		 * do not show. */
		is_empty = !verdict->has_cma && !pages->counts[MEMHP_PAGE_HUGE] && !pages->counts[MEMHP_PAGE_DRIVER] &&
			   !pages->counts[MEMHP_PAGE_UNKNOWN];
		decide(verdict, is_empty ? MEMHP_OFFLINABLE_YES : MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE);
	}
}
