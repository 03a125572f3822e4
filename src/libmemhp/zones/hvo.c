/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HugeTLB Vmemmap Optimization (HVO): whether it is on, and whether the kernel can free
 * a huge page with it. What that means for a block is decided in pages/verdict.c, and for
 * a machine in advice.c.
 */
#include "zones.h"

/* The file exists since 5.19, with CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP. hugetlb_free_vmemmap= of the kernel
 * command line is its first value. */
int hvo_read(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	uint64_t value = 0;
	char text[32];
	ssize_t length;

	if (sysdir_open(memhp, memhp->proc, "sys/vm", &dir) < 0)
		return -1;
	length = sysdir_read(&dir, "hugetlb_optimize_vmemmap", text, sizeof(text));
	if (length == -ENOENT)
		return 0;
	return length >= 0 && number_parse(text, (size_t)length, 10, &value) == 0 ? value > 0 : -1;
}

/*
 * With HVO, the pages of a memory map are one page, mapped many times. Up to 7.0 that page is the first one,
 * whose copies look like the head of a huge page: compound_head() knows them by the static key. When such a
 * map is restored, the copies must be reset (mm/hugetlb_vmemmap.c: vmemmap_restore_pte()). 6.12.117 does not
 * do that: every huge page that it frees is "Bad page state", memory is lost, and offlining spins. 6.1.192
 * resets them, and 7.3.4 has a map without copies of heads; both measured. In between nothing shows whether a
 * kernel resets them, so it counts as if it did not.
 */
int hvo_may_corrupt(const struct memhp *memhp)
{
	/* The last one is data that each kernel has: without CONFIG_KALLSYMS_ALL there are only functions. */
	static const char *const names[] = { "hugetlb_vmemmap_restore_folio", "hugetlb_optimize_vmemmap_key", "init_task" };
	enum { RESTORES_FOLIOS = 1, HAS_KEY = 2, HAS_DATA = 4 };
	unsigned int found = 0;
	int r = symbols_find(memhp, names, sizeof(names) / sizeof(names[0]), &found);

	if (r < 0)
		return r == -ENOMEM ? r : 1;
	return found & RESTORES_FOLIOS && !(found & HAS_DATA && !(found & HAS_KEY));
}
