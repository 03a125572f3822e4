/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hugetlb pools, one for each huge page size, as the kernel's
 * directories show them. What they mean for blocks and for memory is
 * left to the callers.
 */
#include <string.h>

#include "base.h"

static uint64_t read_count(const struct sysdir *dir, const char *pool, const char *file)
{
	char name[96], text[32];
	uint64_t count = 0;
	ssize_t length;

	snprintf(name, sizeof(name), "%s/%s", pool, file);
	length = sysdir_read(dir, name, text, sizeof(text));
	return length > 0 && number_parse(text, (size_t)length, 10, &count) == 0 ? count : UINT64_MAX;
}

struct listing {
	const struct sysdir *dir;
	struct hugetlb_pools *pools;
};

/* "hugepages-2048kB" */
static int hugetlb_add_pool(const char *name, void *data)
{
	static const char prefix[] = "hugepages-";
	const char *digits = name + sizeof(prefix) - 1;
	const struct listing *listing = data;
	struct hugetlb_pools *pools = listing->pools;
	uint64_t kib = 0;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 || strlen(name) > 64 ||
	    number_parse(digits, strspn(digits, "0123456789"), 10, &kib) < 0 || !kib || kib > UINT64_MAX >> 10)
		return 0;
	if (pools->count == HUGE_SIZES_MAX)
		return -E2BIG;
	pools->items[pools->count++] = (struct hugetlb_pool){
		.size = kib << 10,
		.pages = read_count(listing->dir, name, "nr_hugepages"),
		.free = read_count(listing->dir, name, "free_hugepages"),
		.promised = read_count(listing->dir, name, "resv_hugepages"),
	};
	return 0;
}

int hugetlb_read(const struct memhp *memhp, struct hugetlb_pools *ret)
{
	cleanup(sysdir_close) struct sysdir mm = SYSDIR_CLOSED, dir = SYSDIR_CLOSED;
	struct listing listing = { .dir = &dir, .pools = ret };
	int r = sysdir_open(memhp, memhp->sysfs, "kernel/mm", &mm);

	*ret = (struct hugetlb_pools){ 0 };
	if (r < 0)
		return r;
	r = sysdir_open(memhp, memhp->sysfs, "kernel/mm/hugepages", &dir);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return sysdir_list(&dir, ".", hugetlb_add_pool, &listing);
}
