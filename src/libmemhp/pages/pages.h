/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of pages, which judge blocks by their pages: pageflags.c (what a
 * page is), pagefile.c and scan.c (reading), room.c (free memory elsewhere) and
 * verdict.c (the conclusions). How a plan uses the verdicts is left to the plan.
 */
#ifndef MEMHP_PAGES_H
#define MEMHP_PAGES_H

#include "../zones/zones.h"

DEFINE_CLEANUP(struct memhp_scan *, memhp_scan_free)

struct room;

/* Number of kinds: the last one and those before it. */
#define PAGE_KINDS (MEMHP_PAGE_MEMMAP + 1)

/* The pages of one block. Kept small: large machines have 131,072 blocks. */
struct memhp_pages {
	uint64_t id;                          /* of the block */
	uint32_t counts[PAGE_KINDS];
	uint32_t huge_mapped;                 /* pages of mapped hugetlb pages, which are certainly in use */
	uint16_t error;                       /* errno if the pages could not be read, or 0 */
	uint8_t huge_order;                   /* log2 of the number of pages in the largest hugetlb page */
	bool is_read;
	bool has_huge_sizes;                  /* hugetlb pages of several sizes */
};
_Static_assert(sizeof(struct memhp_pages) <= 64, "the pages of a block fit into a cache line");

/* pageflags.c: sums up the pages of one block, in the order of addresses. */
struct page_sum {
	struct memhp_pages *pages;
	uint32_t huge_run;                    /* length of the hugetlb page so far */
	bool is_leading;                      /* only pages of the memory map so far */
};
enum memhp_page page_kind(uint64_t flags);
bool page_is_huge_head(uint64_t flags);
bool page_is_huge_tail(uint64_t flags);
void page_sum_begin(struct page_sum *sum, struct memhp_pages *pages);
void page_sum_add(struct page_sum *sum, const uint64_t *flags, size_t count);
void page_sum_end(struct page_sum *sum);
/* Up to this many pages to migrate count as no work. */
#define PAGES_NO_WORK 64
/* The number of pages of all kinds: those of the whole block. */
uint64_t pages_total(const struct memhp_pages *pages);
/* Whether so much is unknown that nothing follows from the rest. */
bool pages_are_mostly_unknown(const struct memhp_pages *pages);
bool pages_take_no_work(const struct memhp_pages *pages, bool is_movable);

/* How many pages are named individually. */
#define PAGES_NAMED 8
struct page_list {
	uint64_t pfns[PAGES_NAMED];
	size_t count;
};
/* Adds the pages of a kind, from pfn on, until the list is full. */
void page_find(const uint64_t *flags, size_t count, enum memhp_page kind, uint64_t pfn, struct page_list *list);

/* pagefile.c: /proc/kpageflags, one block at a time. */
struct pagefile {
	int fd;
	uint64_t page_size, block_size;
	uint64_t *buffer;                     /* of PAGEFILE_CHUNK bytes */
};
#define PAGEFILE_CLOSED { .fd = -1 }
#define PAGEFILE_CHUNK ((size_t)256 << 10)
int pagefile_open(const struct memhp *memhp, uint64_t block_size, struct pagefile *ret);
void pagefile_close(struct pagefile *file);
/* Sets all fields of pages except id; on failure the field error. */
void pagefile_sum(const struct pagefile *file, uint64_t id, struct memhp_pages *pages);
/* The first pages of a kind. */
void pagefile_find(const struct pagefile *file, uint64_t id, enum memhp_page kind, struct page_list *ret);

/* PFN of the hugetlb page that begins before the block and reaches into it; UINT64_MAX: there is none. */
uint64_t pagefile_head(const struct pagefile *file, uint64_t id);
/* What the page is; UNKNOWN also if its flags cannot be read. */
enum memhp_page pagefile_kind(const struct pagefile *file, uint64_t pfn);
/* scan.c: keeps the scan alive (NULL: nothing to keep), and ends that. */
const struct memhp_scan *scan_keep(const struct memhp_scan *scan);
void scan_drop(const struct memhp_scan *scan);
/* scan.c: when the scan began, as clock_ms() counts, and what it found outside the blocks. */
uint64_t scan_taken_ms(const struct memhp_scan *scan);
const struct room *scan_room(const struct memhp_scan *scan);

/* room.c: the room for pages outside a block. */
/* MAX_PAGE_ORDER of most architectures: the kernel cannot simply allocate larger pages, it has to
 * find them. */
#define BUDDY_ORDER_MAX 10

struct room {
	uint64_t free, available;             /* bytes; UINT64_MAX: unknown */
	uint64_t page_size;
	struct hugetlb_pools huge;
	bool has_nodes;                       /* several NUMA nodes have memory */
	unsigned int cma_zones;               /* the zones that contain CMA, one bit per enum memhp_zone */
	bool is_cma_unknown;
	bool isolates_parts;                  /* the kernel can isolate a part of a huge page */
	bool hvo_may_corrupt;                 /* HVO is on, and the kernel may not survive to free a huge page */
};
int room_read(struct memhp *memhp, struct room *ret);
/*
 * What is left for the pages to migrate when free memory (gone, bytes) leaves with its
 * blocks: free and available are MemFree and MemAvailable. Of the two the larger counts:
 * MemAvailable adds what can be reclaimed, and leaves out the watermarks, most of which go
 * with the memory. UINT64_MAX: unknown.
 */
uint64_t room_elsewhere(uint64_t free, uint64_t available, uint64_t gone);
/* Returns the smallest hugetlb page size that is not below least; 0 if there is none. *ret_free:
 * how many pages of that size are free and not reserved. */
uint64_t room_huge_size(const struct room *room, uint64_t least, uint64_t *ret_free);

/* verdict.c */
struct page_facts {
	enum memhp_zone zone;
	enum memhp_origin origin;
	uint64_t page_size;
	const struct memhp_pages *pages;
	const struct room *room;
};
/* Updates a verdict that was found without the pages. */
void verdict_by_pages(const struct page_facts *facts, struct memhp_verdict *verdict);

#endif
