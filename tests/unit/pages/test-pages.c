/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page is by its flags, as kernels of several versions show them; sums over
 * blocks; verdicts by them. Reading the flags is pages.bats' and the live tests'.
 */
#include <string.h>

#include "../../../src/libmemhp/pages/pages.h"
#include "../tap.h"

/* Seen on 6.1, 6.12 and 7.3, or read in fs/proc/page.c. */
static const struct {
	const char *name;
	uint64_t flags;
	enum memhp_page kind;
} flags[] = {
	{ "nothing", 0, MEMHP_PAGE_UNKNOWN },
	{ "no page, where the kernel says so", 0x100000, MEMHP_PAGE_UNKNOWN },
	{ "free", 0x400, MEMHP_PAGE_FREE },
	{ "anonymous", 0x5868, MEMHP_PAGE_MIGRATE },
	{ "anonymous, 6.12", 0x40000580c, MEMHP_PAGE_MIGRATE },
	{ "pinned, which nothing shows", 0x40020584c, MEMHP_PAGE_MIGRATE },
	{ "anonymous, in a per-CPU list", 0x5808, MEMHP_PAGE_MIGRATE },
	{ "file", 0x86c, MEMHP_PAGE_MIGRATE },
	{ "file, not mapped", 0x2c, MEMHP_PAGE_MIGRATE },
	{ "file, not in a list yet", 0x808, MEMHP_PAGE_MIGRATE },
	{ "locked in memory", 0x240041828, MEMHP_PAGE_MIGRATE },
	{ "in the swap cache", 0x6000, MEMHP_PAGE_MIGRATE },
	{ "KSM", 0x201828, MEMHP_PAGE_MIGRATE },
	{ "head of a THP", 0x40d86c, MEMHP_PAGE_MIGRATE },
	{ "tail of a THP, as up to 6.8", 0x410000, MEMHP_PAGE_MIGRATE },
	{ "tail of a THP, as from 6.12 on", 0x41586c, MEMHP_PAGE_MIGRATE },
	{ "reserved", UINT64_C(1) << 32, MEMHP_PAGE_RESERVED },
	{ "reserved and mapped", (UINT64_C(1) << 32) | 0x800, MEMHP_PAGE_RESERVED },
	{ "the zero page", (UINT64_C(1) << 32) | 0x1000000, MEMHP_PAGE_RESERVED },
	{ "the huge zero page", 0x1400000 | 0x8000, MEMHP_PAGE_KERNEL },
	{ "slab", 0x80, MEMHP_PAGE_SLAB },
	{ "head of a slab", 0x8080, MEMHP_PAGE_SLAB },
	{ "tail of a slab", 0x10080, MEMHP_PAGE_SLAB },
	{ "page table", 0x4000800, MEMHP_PAGE_TABLE },
	{ "compound of the kernel", 0x8000, MEMHP_PAGE_KERNEL },
	{ "its tail", 0x10000, MEMHP_PAGE_KERNEL },
	{ "compound of the kernel, mapped", 0x8800, MEMHP_PAGE_KERNEL },
	{ "hugetlb", 0x28000, MEMHP_PAGE_HUGE },
	{ "its tail", 0x30000, MEMHP_PAGE_HUGE },
	{ "hugetlb, mapped and on a list", 0x2f828, MEMHP_PAGE_HUGE },
	{ "poisoned", 0x80000, MEMHP_PAGE_POISONED },
	{ "poisoned, once anonymous", 0x85868, MEMHP_PAGE_POISONED },
	{ "kept by a driver", 0x800000, MEMHP_PAGE_DRIVER },
	{ "kept by a driver that left it reserved", (UINT64_C(1) << 32) | 0x800000, MEMHP_PAGE_DRIVER },
	{ "what drivers map to processes", 0x800, MEMHP_PAGE_UNKNOWN },
	{ "private to its owner", UINT64_C(0x2000000000), MEMHP_PAGE_UNKNOWN },
	{ "flags nobody knows", UINT64_C(0xffffff00f8000000), MEMHP_PAGE_UNKNOWN },
	{ "free, and flags nobody knows", UINT64_C(0xffffff00f8000400), MEMHP_PAGE_FREE },
};

#define MAP UINT64_C(0x2000000000)
#define OLD_MAP UINT64_C(0x2100000000)

/* Runs of pages: { flags, count }. */
static const struct {
	const char *name;
	struct {
		uint64_t flags;
		unsigned int count;
	} runs[6];
	enum memhp_page kind;
	uint64_t count, huge_mapped;
	unsigned int huge_order;
} sums[] = {
	{ "all of a kind", { { 0x400, 512 } }, MEMHP_PAGE_FREE, 512, 0, 0 },
	{ "pages of a kind apart", { { 0x80, 3 }, { 0x400, 5 }, { 0x80, 4 } }, MEMHP_PAGE_SLAB, 7, 0, 0 },
	{ "its own memory map", { { MAP, 8 }, { 0x400, 8 } }, MEMHP_PAGE_MEMMAP, 8, 0, 0 },
	{ "its own memory map, up to 6.8", { { OLD_MAP, 8 }, { 0x400, 8 } }, MEMHP_PAGE_MEMMAP, 8, 0, 0 },
	{ "which is not reserved memory", { { OLD_MAP, 8 }, { 0x400, 8 } }, MEMHP_PAGE_RESERVED, 0, 0, 0 },
	{ "only on the first pages", { { 0x400, 1 }, { OLD_MAP, 8 } }, MEMHP_PAGE_RESERVED, 8, 0, 0 },
	{ "huge pages of two sizes", { { 0x28000, 1 }, { 0x30000, 511 }, { 0x28000, 1 }, { 0x30000, 15 } },
	  MEMHP_PAGE_HUGE, 528, 0, 9 },
	{ "huge pages, one of them mapped", { { 0x28800, 1 }, { 0x30800, 511 }, { 0x28000, 1 }, { 0x30000, 511 } },
	  MEMHP_PAGE_HUGE, 1024, 512, 9 },
	{ "the middle of a huge page", { { 0x30800, 1024 } }, MEMHP_PAGE_HUGE, 1024, 1024, 10 },
	{ "a huge page cut by something", { { 0x28000, 1 }, { 0x30000, 7 }, { 0x400, 1 }, { 0x30000, 3 } },
	  MEMHP_PAGE_HUGE, 11, 0, 3 },
	{ "the last pages of one, then another", { { 0x30000, 100 }, { 0x28000, 1 }, { 0x30000, 3 } },
	  MEMHP_PAGE_HUGE, 104, 0, 6 },
};

static void test_sum(size_t n, size_t piece)
{
	static uint64_t pages[4096];
	struct memhp_pages result = { 0 };
	struct page_sum sum;
	size_t count = 0;

	for (size_t i = 0; i < TAP_COUNT(sums[n].runs); i++)
		for (unsigned int j = 0; j < sums[n].runs[i].count; j++)
			pages[count++] = sums[n].runs[i].flags;
	page_sum_begin(&sum, &result);
	for (size_t at = 0; at < count; at += piece)
		page_sum_add(&sum, pages + at, count - at < piece ? count - at : piece);
	page_sum_end(&sum);
	is_number(memhp_pages_count(&result, sums[n].kind), sums[n].count, "sum: %s, %zu at once", sums[n].name, piece);
	is_number(result.huge_mapped, sums[n].huge_mapped, "sum: %s: mapped", sums[n].name);
	is_number(result.huge_order, sums[n].huge_order, "sum: %s: order", sums[n].name);
}

#define G (UINT64_C(1) << 30)
#define M (UINT64_C(1) << 20)
#define UNKNOWN UINT64_MAX
#define MOVABLE MEMHP_ZONE_MOVABLE
#define NORMAL MEMHP_ZONE_NORMAL
#define BLOCK_PAGES 32768

/* A block of 128M with so many pages of two kinds; the rest is free. */
static const struct {
	const char *name;
	enum memhp_zone zone;
	enum memhp_origin origin;
	enum memhp_page kind, other;
	uint32_t count, other_count, huge_mapped;
	uint64_t available, huge_free;
	bool has_cma;                   /* or with huge pages: several nodes */
	enum memhp_offlinable offlinable;
	enum memhp_why why;
} verdicts[] = {
	{ "empty, Movable", MOVABLE, 0, 0, 0, 0, 0, 0, G, 0, false, MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "empty, Normal", NORMAL, 0, 0, 0, 0, 0, 0, G, 0, false, MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "empty, no room needed", MOVABLE, 0, 0, 0, 0, 0, 0, M, 0, false, MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "empty, Normal with CMA", NORMAL, 0, 0, 0, 0, 0, 0, G, 0, true, MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "CMA is no matter of Movable", MOVABLE, 0, 0, 0, 0, 0, 0, G, 0, true, MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "reserved, Movable", MOVABLE, 0, MEMHP_PAGE_RESERVED, 0, 1, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_RESERVED_PAGES },
	{ "reserved before slab", NORMAL, 0, MEMHP_PAGE_RESERVED, MEMHP_PAGE_SLAB, 1, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_RESERVED_PAGES },
	{ "slab", NORMAL, 0, MEMHP_PAGE_SLAB, 0, 1, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNMOVABLE_PAGES },
	{ "tables", NORMAL, 0, MEMHP_PAGE_TABLE, MEMHP_PAGE_UNKNOWN, 1, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNMOVABLE_PAGES },
	{ "compounds", NORMAL, 0, MEMHP_PAGE_KERNEL, MEMHP_PAGE_MIGRATE, 1, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNMOVABLE_PAGES },
	{ "a compound on its way, Movable", MOVABLE, 0, MEMHP_PAGE_KERNEL, MEMHP_PAGE_MIGRATE, 1, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "unknown, Normal", NORMAL, 0, MEMHP_PAGE_UNKNOWN, 0, 1, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNKNOWN_PAGES },
	{ "unknown, Movable", MOVABLE, 0, MEMHP_PAGE_UNKNOWN, 0, 1, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "half of it unknown, Movable", MOVABLE, 0, MEMHP_PAGE_UNKNOWN, 0, 16384, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "mostly unknown, Movable", MOVABLE, 0, MEMHP_PAGE_UNKNOWN, 0, 16385, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNKNOWN_PAGES },
	{ "mostly unknown, and pages to migrate", MOVABLE, 0, MEMHP_PAGE_UNKNOWN, MEMHP_PAGE_MIGRATE, 30000, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_UNKNOWN_PAGES },
	{ "slab in transition", MOVABLE, 0, MEMHP_PAGE_SLAB, 0, 512, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "page tables in transition", MOVABLE, 0, MEMHP_PAGE_TABLE, 0, 1, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "a compound in transition", MOVABLE, 0, MEMHP_PAGE_KERNEL, MEMHP_PAGE_POISONED, 4, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "its memory map and bad pages", MOVABLE, 0, MEMHP_PAGE_MEMMAP, MEMHP_PAGE_POISONED, 512, 9, 0, G, 0, false,
	  MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "its memory map", NORMAL, 0, MEMHP_PAGE_MEMMAP, 0, 512, 0, 0, G, 0, false, MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "poisoned pages do not hold it", MOVABLE, 0, MEMHP_PAGE_POISONED, 0, 1, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_YES, MEMHP_WHY_FREE },
	{ "to migrate, Movable", MOVABLE, 0, MEMHP_PAGE_MIGRATE, 0, 9, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "to migrate, Normal", NORMAL, 0, MEMHP_PAGE_MIGRATE, 0, 9, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "to migrate, all that is available is here", MOVABLE, 0, MEMHP_PAGE_MIGRATE, 0, 9, 0, 0, 128 * M - 1, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_NO_ROOM },
	{ "to migrate, just room", MOVABLE, 0, MEMHP_PAGE_MIGRATE, 0, 9, 0, 0, 128 * M, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "to migrate, room unknown", MOVABLE, 0, MEMHP_PAGE_MIGRATE, 0, 9, 0, 0, UNKNOWN, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "a driver's, Normal", NORMAL, 0, MEMHP_PAGE_DRIVER, 0, 9, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_DRIVER_PAGES },
	{ "a balloon's, Movable", MOVABLE, MEMHP_ORIGIN_HOTPLUG, MEMHP_PAGE_DRIVER, 0, 9, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "Hyper-V's", MOVABLE, MEMHP_ORIGIN_HV_BALLOON, MEMHP_PAGE_DRIVER, 0, 9, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_DRIVER_PAGES },
	{ "virtio-mem's", NORMAL, MEMHP_ORIGIN_VIRTIO_MEM, MEMHP_PAGE_DRIVER, 0, 9, 0, 0, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "huge pages, free", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 0, G, 2, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_FREE },
	{ "huge pages, free but promised", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 0, G, 1, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HUGE_PAGES },
	{ "huge pages in use, none free anywhere", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 1024, G, 0, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "huge pages in use, no room for them", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 1024, 128 * M - 1, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_NO_ROOM },
	{ "huge pages in use, free ones elsewhere", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 1024, G, 99, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HUGE_PAGES },
	{ "huge pages in use, a free one is here", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 512, G, 1, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HUGE_PAGES },
	{ "huge pages in use, there are other nodes", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 1024, 0, 512, G, 1, true,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "a gigantic page in use, one is free elsewhere", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 32768, 0, 32768, G, 1, false,
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MIGRATE },
	{ "gigantic pages in use, none is free", MOVABLE, 0, MEMHP_PAGE_HUGE, 0, 32768, 0, 32768, G, 0, false,
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_HUGE_PAGES },
};

static void test_verdict(size_t n)
{
	struct memhp_pages pages = { .huge_mapped = verdicts[n].huge_mapped, .huge_order = verdicts[n].count == BLOCK_PAGES ? 15 : 9 };
	const struct room room = {
		.free = verdicts[n].available, .available = verdicts[n].available,
		.huge = { .count = 2, .items = { { .size = G, .free = verdicts[n].huge_free },
						 { .size = 2 * M, .free = verdicts[n].huge_free } } },
		.has_nodes = verdicts[n].has_cma, .isolates_parts = true,
		.cma_zones = verdicts[n].has_cma ? 1U << NORMAL | 1U << MOVABLE : 1U << MEMHP_ZONE_DMA,
	};
	const struct page_facts facts = {
		.zone = verdicts[n].zone, .origin = verdicts[n].origin, .page_size = 4096,
		.pages = &pages, .room = &room,
	};
	struct memhp_verdict verdict = { .offlinable = MEMHP_OFFLINABLE_LIKELY, .why = MEMHP_WHY_MOVABLE, .room = UNKNOWN };

	pages.counts[verdicts[n].kind] += verdicts[n].count;
	pages.counts[verdicts[n].other] += verdicts[n].other_count;
	pages.counts[MEMHP_PAGE_FREE] += BLOCK_PAGES - verdicts[n].count - verdicts[n].other_count;
	verdict_by_pages(&facts, &verdict);
	is_int(verdict.offlinable, verdicts[n].offlinable, "verdict: %s", verdicts[n].name);
	is_int(verdict.why, verdicts[n].why, "verdict: %s: why", verdicts[n].name);
}

/* What a block has besides free pages, and the pages that the verdict names. */
static void test_cause(void)
{
	static const struct {
		const char *name;
		enum memhp_zone zone;
		struct memhp_pages pages;
		bool hvo_may_corrupt;
		enum memhp_why why;
		enum memhp_page kind;
		uint64_t count;
	} rows[] = {
		{ "nothing", MOVABLE, { .id = 0 }, true, MEMHP_WHY_FREE, MEMHP_PAGE_UNKNOWN, 0 },
		{ "the most of the unmovable ones", NORMAL, { .counts = { [MEMHP_PAGE_SLAB] = 5, [MEMHP_PAGE_TABLE] = 9 } }, false,
		  MEMHP_WHY_UNMOVABLE_PAGES, MEMHP_PAGE_TABLE, 9 },
		{ "the most in transition", MOVABLE, { .counts = { [MEMHP_PAGE_SLAB] = 512, [MEMHP_PAGE_UNKNOWN] = 3 } }, false,
		  MEMHP_WHY_FREE, MEMHP_PAGE_SLAB, 512 },
		{ "huge pages", MOVABLE, { .counts = { [MEMHP_PAGE_HUGE] = 512 }, .huge_order = 9 }, false,
		  MEMHP_WHY_FREE, MEMHP_PAGE_HUGE, 512 },
		{ "huge pages with HVO", MOVABLE, { .counts = { [MEMHP_PAGE_HUGE] = 512 }, .huge_order = 9 }, true,
		  MEMHP_WHY_HVO, MEMHP_PAGE_HUGE, 512 },
		{ "huge pages in use with HVO", MOVABLE, { .counts = { [MEMHP_PAGE_HUGE] = 512 }, .huge_mapped = 512, .huge_order = 9 },
		  true, MEMHP_WHY_HVO, MEMHP_PAGE_HUGE, 512 },
		{ "other pages with HVO", MOVABLE, { .counts = { [MEMHP_PAGE_MIGRATE] = 7 } }, true,
		  MEMHP_WHY_MIGRATE, MEMHP_PAGE_MIGRATE, 7 },
		{ "slab before huge pages with HVO", NORMAL, { .counts = { [MEMHP_PAGE_HUGE] = 512, [MEMHP_PAGE_SLAB] = 1 } }, true,
		  MEMHP_WHY_UNMOVABLE_PAGES, MEMHP_PAGE_SLAB, 1 },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		struct room room = {
			.free = G, .available = G, .huge = { .count = 1, .items = { { .size = 2 * M, .free = 9 } } }, .has_nodes = true,
		};
		struct memhp_pages pages = rows[i].pages;
		const struct page_facts facts = { .zone = rows[i].zone, .page_size = 4096, .pages = &pages, .room = &room };
		struct memhp_verdict verdict = { .offlinable = MEMHP_OFFLINABLE_LIKELY, .why = MEMHP_WHY_MOVABLE };

		room.hvo_may_corrupt = rows[i].hvo_may_corrupt;
		pages.counts[MEMHP_PAGE_FREE] = BLOCK_PAGES - 1024;
		verdict_by_pages(&facts, &verdict);
		is_int(verdict.why, rows[i].why, "cause: %s: why", rows[i].name);
		is_int(verdict.kind, rows[i].kind, "cause: %s: kind", rows[i].name);
		is_number(verdict.pages, rows[i].count, "cause: %s: pages", rows[i].name);
	}
}

/* A block within a free page of 1 GiB, and one that has a whole page of 64 MiB. */
static void test_parts(void)
{
	static const struct {
		uint64_t size;
		uint32_t pages;
		uint8_t order;
		bool isolates_parts;
		enum memhp_offlinable offlinable;
	} rows[] = {
		{ G, BLOCK_PAGES, 15, true, MEMHP_OFFLINABLE_LIKELY }, { G, BLOCK_PAGES, 15, false, MEMHP_OFFLINABLE_UNLIKELY },
		{ 64 * M, BLOCK_PAGES / 2, 14, false, MEMHP_OFFLINABLE_LIKELY },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		const struct room room = {
			.free = G, .available = G, .huge = { .count = 1, .items = { { .size = rows[i].size, .free = 4 } } },
			.isolates_parts = rows[i].isolates_parts,
		};
		const struct memhp_pages pages = {
			.counts = { [MEMHP_PAGE_HUGE] = rows[i].pages, [MEMHP_PAGE_FREE] = BLOCK_PAGES - rows[i].pages },
			.huge_order = rows[i].order,
		};
		const struct page_facts facts = { .zone = MOVABLE, .page_size = 4096, .pages = &pages, .room = &room };
		struct memhp_verdict verdict = { .offlinable = MEMHP_OFFLINABLE_LIKELY, .why = MEMHP_WHY_MOVABLE };

		verdict_by_pages(&facts, &verdict);
		is_int(verdict.offlinable, rows[i].offlinable, "parts: row %zu", i);
	}
}

static void test_easy(void)
{
	struct memhp_pages pages = { .counts = { [MEMHP_PAGE_FREE] = BLOCK_PAGES / 2, [MEMHP_PAGE_UNKNOWN] = BLOCK_PAGES / 2 } };

	ok(pages_take_no_work(&pages, true) && !pages_take_no_work(&pages, false), "no work: half of it unknown");
	pages.counts[MEMHP_PAGE_UNKNOWN]++;
	ok(!pages_take_no_work(&pages, true), "no work: not if it is mostly unknown");
}

static const struct {
	uint64_t free, available, gone, left;
	const char *name;
} rooms[] = {
	{ 9, 9, 4, 5, "what is free in the blocks goes" },
	{ 9, 12, 4, 8, "what can be reclaimed counts" },
	{ 9, 6, 4, 5, "watermarks do not" },
	{ 3, 3, 4, 0, "no less than nothing" },
	{ UNKNOWN, 6, 4, 2, "MemFree unknown" },
	{ 9, UNKNOWN, 4, UNKNOWN, "MemAvailable unknown" },
};

static void test_final(void)
{
	static const enum memhp_why whys[] = {
		MEMHP_WHY_NO_OFFLINING, MEMHP_WHY_SEVERAL_ZONES, MEMHP_WHY_MEMORY_HOLES, MEMHP_WHY_OFFLINE_DISABLED,
	};
	const struct memhp_pages pages = { .counts = { [MEMHP_PAGE_FREE] = BLOCK_PAGES } };
	const struct room room = { .free = G, .available = G };
	const struct page_facts facts = { .zone = NORMAL, .page_size = 4096, .pages = &pages, .room = &room };

	for (size_t i = 0; i < TAP_COUNT(whys); i++) {
		struct memhp_verdict verdict = { .offlinable = MEMHP_OFFLINABLE_NO, .why = whys[i] };

		verdict_by_pages(&facts, &verdict);
		ok(verdict.offlinable == MEMHP_OFFLINABLE_NO && verdict.why == whys[i], "no page overrules reason %zu", i);
	}
}

static void test_find(void)
{
	static const uint64_t pages[] = { 0x400, 0x5868, 0x80, 0x5868, 0x2c };
	struct page_list list = { .count = 0 };

	page_find(pages, TAP_COUNT(pages), MEMHP_PAGE_MIGRATE, 1000, &list);
	ok(list.count == 3 && list.pfns[0] == 1001 && list.pfns[1] == 1003 && list.pfns[2] == 1004, "pages of a kind");
	for (int i = 0; i < 4; i++)
		page_find(pages, TAP_COUNT(pages), MEMHP_PAGE_MIGRATE, 2000, &list);
	ok(list.count == PAGES_NAMED && list.pfns[PAGES_NAMED - 1] == 2003, "no more than there is room for");
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(rooms); i++)
		is_number(room_elsewhere(rooms[i].free, rooms[i].available, rooms[i].gone), rooms[i].left, "room: %s",
			  rooms[i].name);
	for (size_t i = 0; i < TAP_COUNT(flags); i++)
		is_str(memhp_page_name(page_kind(flags[i].flags)), memhp_page_name(flags[i].kind), "flags: %s", flags[i].name);
	for (size_t i = 0; i < TAP_COUNT(sums); i++) {
		test_sum(i, 4096);
		test_sum(i, 3);
	}
	for (size_t i = 0; i < TAP_COUNT(verdicts); i++)
		test_verdict(i);
	test_cause();
	test_parts();
	test_easy();
	test_final();
	test_find();
	ok(!memhp_page_name(PAGE_KINDS), "no name of no kind");
	return tap_done();
}
