/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page is according to its flags in /proc/kpageflags (fs/proc/page.c:
 * stable_page_flags()), and sums of that for a block. Pure. pagefile.c reads the flags;
 * verdict.c draws conclusions from the sums.
 */
#include <string.h>

#include "pages.h"

#define BIT(number) (UINT64_C(1) << (number))

/* include/uapi/linux/kernel-page-flags.h. The last two are from include/linux/kernel-page-flags.h,
 * which promises nothing, but no other interface shows RESERVED. */
#define LRU BIT(5)
#define UPTODATE BIT(3)
#define SLAB BIT(7)
#define BUDDY BIT(10)
#define MMAP BIT(11)
#define ANON BIT(12)
#define SWAPCACHE BIT(13)
#define COMPOUND_HEAD BIT(15)
#define COMPOUND_TAIL BIT(16)
#define HUGE BIT(17)
#define UNEVICTABLE BIT(18)
#define HWPOISON BIT(19)
#define KSM BIT(21)
#define THP BIT(22)
#define OFFLINE BIT(23)
#define ZERO_PAGE BIT(24)
#define PGTABLE BIT(26)
#define RESERVED BIT(32)
#define OWNER_PRIVATE BIT(37)

/*
 * The first rule that matches decides. The order is that of mm/page_isolation.c:
 * has_unmovable_pages(), with decisive flags first. No rule requires the absence of a
 * flag that only some kernels set: NOPAGE is missing on 6.17 and later. The tails of
 * large folios have the flags of the head since 6.12. Before that they have their own,
 * except that THP, HUGE and SLAB are copied from the head.
 */
static const struct {
	uint64_t any;         /* at least one of these is set */
	uint64_t all;         /* and all of these */
	enum memhp_page kind;
} rules[] = {
	/* Before RESERVED, which some drivers leave set: drivers may return the pages that they keep. */
	{ OFFLINE, 0, MEMHP_PAGE_DRIVER },
	{ RESERVED, 0, MEMHP_PAGE_RESERVED },
	{ HWPOISON, 0, MEMHP_PAGE_POISONED },
	{ BUDDY, 0, MEMHP_PAGE_FREE },
	{ HUGE, 0, MEMHP_PAGE_HUGE },
	{ SLAB, 0, MEMHP_PAGE_SLAB },
	{ PGTABLE, 0, MEMHP_PAGE_TABLE },
	/* The huge zero page belongs to the kernel, though it looks like a THP. */
	{ ZERO_PAGE, 0, MEMHP_PAGE_KERNEL },
	/* Pages that lack LRU now have it once the per-CPU lists are drained. */
	{ LRU | ANON | KSM | THP | SWAPCACHE | UNEVICTABLE, 0, MEMHP_PAGE_MIGRATE },
	{ COMPOUND_HEAD | COMPOUND_TAIL, 0, MEMHP_PAGE_KERNEL },
	/* A page of a file that is being read or written; pages that drivers map to user space are
	 * never up to date. */
	{ MMAP, MMAP | UPTODATE, MEMHP_PAGE_MIGRATE },
};

enum memhp_page page_kind(uint64_t flags)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (flags & rules[i].any && (flags & rules[i].all) == rules[i].all)
			return rules[i].kind;
	return MEMHP_PAGE_UNKNOWN;
}

bool page_is_huge_head(uint64_t flags)
{
	return flags & HUGE && flags & COMPOUND_HEAD;
}

bool page_is_huge_tail(uint64_t flags)
{
	return flags & HUGE && flags & COMPOUND_TAIL;
}

/*
 * mm/memory_hotplug.c: mhp_init_memmap_on_memory() puts the memory map of a block on its
 * first pages, which go offline with it. They are SetPageVmemmapSelfHosted(), and up to
 * 6.8 also reserved (mm/mm_init.c: memmap_init_range()).
 */
static bool is_memory_map(uint64_t flags)
{
	return flags == OWNER_PRIVATE || flags == (OWNER_PRIVATE | RESERVED);
}

/* The end of a hugetlb page, or of the block. */
static void end_huge_page(struct page_sum *sum)
{
	uint8_t order = 0;

	while (sum->huge_run >> 1 >> order)
		order++;
	if (sum->huge_run && sum->pages->huge_order && order != sum->pages->huge_order)
		sum->pages->has_huge_sizes = true;
	if (sum->huge_run && order > sum->pages->huge_order)
		sum->pages->huge_order = order;
	sum->huge_run = 0;
}

static void add_huge(struct page_sum *sum, uint64_t flags, uint32_t count)
{
	/* In a run of heads, each page is a huge page of its own. */
	if (flags & COMPOUND_HEAD || !sum->huge_run)
		end_huge_page(sum);
	sum->huge_run = flags & COMPOUND_HEAD ? 1 : sum->huge_run + count;
	if (flags & MMAP)
		sum->pages->huge_mapped += count;
}

static void add_run(struct page_sum *sum, uint64_t flags, uint32_t count)
{
	enum memhp_page kind = page_kind(flags);

	if (sum->is_leading && is_memory_map(flags))
		kind = MEMHP_PAGE_MEMMAP;
	else
		sum->is_leading = false;
	sum->pages->counts[kind] += count;
	if (kind == MEMHP_PAGE_HUGE)
		add_huge(sum, flags, count);
	else if (sum->huge_run)
		end_huge_page(sum);
}

void page_sum_begin(struct page_sum *sum, struct memhp_pages *pages)
{
	memset(pages->counts, 0, sizeof(pages->counts));
	pages->huge_mapped = 0;
	pages->huge_order = 0;
	pages->has_huge_sizes = false;
	*sum = (struct page_sum){ .pages = pages, .is_leading = true };
}

/* Adjacent pages mostly have the same flags; a run of them is examined once. */
void page_sum_add(struct page_sum *sum, const uint64_t *flags, size_t count)
{
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && flags[next] == flags[i]; next++)
			;
		add_run(sum, flags[i], (uint32_t)(next - i));
	}
}

void page_sum_end(struct page_sum *sum)
{
	end_huge_page(sum);
}

void page_find(const uint64_t *flags, size_t count, enum memhp_page kind, uint64_t pfn, struct page_list *list)
{
	for (size_t i = 0; i < count && list->count < PAGES_NAMED; i++)
		if (page_kind(flags[i]) == kind)
			list->pfns[list->count++] = pfn + i;
}

static const char *const names[PAGE_KINDS] = {
	[MEMHP_PAGE_UNKNOWN] = "unknown",
	[MEMHP_PAGE_FREE] = "free",
	[MEMHP_PAGE_MIGRATE] = "migrate",
	[MEMHP_PAGE_RESERVED] = "reserved",
	[MEMHP_PAGE_SLAB] = "slab",
	[MEMHP_PAGE_TABLE] = "table",
	[MEMHP_PAGE_KERNEL] = "kernel",
	[MEMHP_PAGE_HUGE] = "huge",
	[MEMHP_PAGE_POISONED] = "poisoned",
	[MEMHP_PAGE_DRIVER] = "driver",
	[MEMHP_PAGE_MEMMAP] = "memmap",
};

const char *memhp_page_name(enum memhp_page kind)
{
	return (unsigned int)kind < PAGE_KINDS ? names[kind] : NULL;
}

uint64_t memhp_pages_count(const struct memhp_pages *pages, enum memhp_page kind)
{
	return (unsigned int)kind < PAGE_KINDS ? pages->counts[kind] : 0;
}

uint64_t memhp_pages_unmovable(const struct memhp_pages *pages)
{
	return (uint64_t)pages->counts[MEMHP_PAGE_RESERVED] + pages->counts[MEMHP_PAGE_SLAB] +
	       pages->counts[MEMHP_PAGE_TABLE] + pages->counts[MEMHP_PAGE_KERNEL];
}

uint64_t memhp_pages_work(const struct memhp_pages *pages)
{
	return (uint64_t)pages->counts[MEMHP_PAGE_MIGRATE] + pages->huge_mapped;
}

uint64_t pages_total(const struct memhp_pages *pages)
{
	uint64_t all = 0;

	for (size_t i = 0; i < PAGE_KINDS; i++)
		all += pages->counts[i];
	return all;
}

bool pages_are_mostly_unknown(const struct memhp_pages *pages)
{
	return (uint64_t)pages->counts[MEMHP_PAGE_UNKNOWN] > pages_total(pages) / 2;
}

bool pages_take_no_work(const struct memhp_pages *pages, bool is_movable)
{
	uint64_t kept = memhp_pages_unmovable(pages) + pages->counts[MEMHP_PAGE_HUGE] +
			pages->counts[MEMHP_PAGE_DRIVER];

	/* Scanning one more block costs as much as moving a few pages. */
	return !kept && pages->counts[MEMHP_PAGE_MIGRATE] <= PAGES_NO_WORK &&
	       (is_movable ? !pages_are_mostly_unknown(pages) : !pages->counts[MEMHP_PAGE_UNKNOWN]);
}
