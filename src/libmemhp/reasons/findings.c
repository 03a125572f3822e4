/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After a failure: which pages in the block may be the reason.
 * holders.c finds the processes that map them. Which reason follows is
 * decided in reason.c.
 */
#include <string.h>

#include "reasons.h"

/* How long to search for processes that map a page. */
#define HOLDERS_MS 2000
/* And for those that may hold it without mapping it. */
#define SUSPECTS_MS 1000

/* A huge page that reaches into other blocks is one of the sizes that the kernel has. */
static uint64_t find_huge_size(const struct memhp *memhp, const struct findings *findings, uint64_t block_size)
{
	const uint64_t least = memhp->page_size << findings->pages.huge_order;
	struct room room = { 0 };
	uint64_t free, size;

	if (!findings->pages.counts[MEMHP_PAGE_HUGE] || hugetlb_read(memhp, &room.huge) == -ENOMEM)
		return 0;
	size = room_huge_size(&room, least, &free);
	return size ? size : findings->head == UINT64_MAX && least < block_size ? least : 0;
}

int findings_new(const struct memhp *memhp, const struct memhp_block *block, struct findings **ret)
{
	cleanup(pagefile_close) struct pagefile file = PAGEFILE_CLOSED;
	cleanup(cleanup_free) struct findings *findings = calloc(1, sizeof(*findings));
	int r = findings ? pagefile_open(memhp, memhp_snapshot_block_size(block->snapshot), &file) : -ENOMEM;

	*ret = NULL;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	pagefile_sum(&file, block->id, &findings->pages);
	findings->head = file.fd < 0 ? UINT64_MAX : pagefile_head(&file, block->id);
	if (!findings->pages.is_read || findings->pages.error)
		return 0;
	findings->huge_size = find_huge_size(memhp, findings, memhp_snapshot_block_size(block->snapshot));
	*ret = take_ptr(findings);
	return 0;
}

bool findings_reach_out(const struct findings *findings, uint64_t block_size)
{
	return findings->head != UINT64_MAX || findings->huge_size > block_size;
}

void findings_name_device(const struct memhp *memhp, struct page_dump *dump)
{
	cleanup(sysdir_close) struct sysdir devices = SYSDIR_CLOSED;
	char number[32], target[256];
	const char *name;

	if (!dump->major || sysdir_open(memhp, memhp->sysfs, "dev/block", &devices) < 0)
		return;
	snprintf(number, sizeof(number), "%u:%u", dump->major, dump->minor);
	if (sysdir_readlink(&devices, number, target, sizeof(target)) <= 0)
		return;
	name = strrchr(target, '/');
	snprintf(dump->device, sizeof(dump->device), "%.31s", name ? name + 1 : target);
}

static void findings_add_processes(const struct memhp *memhp, struct findings *findings)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;

	if (sysdir_open(memhp, memhp->proc, "", &proc) < 0)
		return;
	holders_find(&proc, &findings->held, memhp->page_size, limit_in(HOLDERS_MS), findings);
	suspects_find(&proc, limit_in(SUSPECTS_MS), findings);
}

void findings_add_held(const struct memhp *memhp, const struct memhp_block *block, const struct page_list *named,
		       bool explain, struct findings *findings)
{
	cleanup(pagefile_close) struct pagefile file = PAGEFILE_CLOSED;

	if (pagefile_open(memhp, memhp_snapshot_block_size(block->snapshot), &file) < 0)
		return;
	for (size_t i = 0; i < named->count; i++)
		if (pagefile_kind(&file, named->pfns[i]) == MEMHP_PAGE_MIGRATE)
			findings->held.pfns[findings->held.count++] = named->pfns[i];
	if (!findings->held.count)
		pagefile_find(&file, block->id, MEMHP_PAGE_MIGRATE, &findings->held);
	if (explain)
		findings_add_processes(memhp, findings);
}
