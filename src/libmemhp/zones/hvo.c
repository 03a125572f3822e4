/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HugeTLB Vmemmap Optimization (HVO): whether it is on, and whether the kernel can free
 * a huge page with it. Also looks for symbols of the kernel. What that means for a block
 * is decided in pages/verdict.c, and for a machine in advice.c.
 */
#include <stdio.h>
#include <string.h>

#include "zones.h"

DEFINE_CLEANUP(FILE *, fclose)

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

/* "ffffffff81000000 T _text", of a module with its name after a tab */
static bool is_symbol(const char *line, const char *name)
{
	const char *at = strchr(line, ' ');
	size_t length = strlen(name);

	at = at ? strchr(at + 1, ' ') : NULL;
	return at && strncmp(at + 1, name, length) == 0 && strchr("\t\n", at[1 + length]);
}

int symbols_find(const struct memhp *memhp, const char *const *names, size_t count, unsigned int *ret)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(cleanup_fclose) FILE *file = NULL;
	cleanup(cleanup_close) int fd = -1;
	unsigned int found = 0;
	bool is_empty = true;
	char line[256];

	if (sysdir_open(memhp, memhp->proc, "", &dir) < 0)
		return -ENODATA;
	fd = sysdir_open_to_read(&dir, "kallsyms");
	file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!file)
		return -ENODATA;
	(void)take_fd(&fd);
	while (found != (1U << count) - 1 && fgets(line, sizeof(line), file)) {
		is_empty = false;
		for (size_t i = 0; i < count; i++)
			found |= is_symbol(line, names[i]) ? 1U << i : 0;
	}
	if (is_empty)
		return -ENODATA;
	*ret = found;
	return 0;
}

/*
 * With HVO, the pages of a memory map are one page, mapped many times. Up to 7.0 that page is the first one,
 * whose copies look like the head of a huge page: compound_head() knows them by the static key. When such a
 * map is restored, the copies must be reset (mm/hugetlb_vmemmap.c: vmemmap_restore_pte()). 6.12.117 does not
 * do that: every huge page that it frees is "Bad page state", memory is lost, and offlining spins. 6.1.192
 * resets them, and 7.3.4 has a map without copies of heads; both measured. In between nothing shows whether a
 * kernel resets them, so it counts as if it did not.
 */
bool hvo_may_corrupt(const struct memhp *memhp)
{
	/* The last one is data that each kernel has: without CONFIG_KALLSYMS_ALL there are only functions. */
	static const char *const names[] = { "hugetlb_vmemmap_restore_folio", "hugetlb_optimize_vmemmap_key", "init_task" };
	enum { RESTORES_FOLIOS = 1, HAS_KEY = 2, HAS_DATA = 4 };
	unsigned int found = 0;

	if (symbols_find(memhp, names, sizeof(names) / sizeof(names[0]), &found) < 0)
		return true;
	return found & RESTORES_FOLIOS && !(found & HAS_DATA && !(found & HAS_KEY));
}
