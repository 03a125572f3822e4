/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After a failure: which pages in the block may be the reason.
 * holders.c finds the processes that map them. Which reason follows is
 * decided in reason.c.
 */
#include "reasons.h"

/* How long to search for processes that map a page. */
#define HOLDERS_MS 2000

struct findings *findings_new(const struct memhp *memhp, const struct memhp_block *block)
{
	cleanup(pagefile_close) struct pagefile file = PAGEFILE_CLOSED;
	struct findings *findings = calloc(1, sizeof(*findings));

	if (!findings)
		return NULL;
	if (pagefile_open(memhp, memhp_snapshot_block_size(block->snapshot), &file) == 0)
		pagefile_sum(&file, block->id, &findings->pages);
	if (!findings->pages.is_read || findings->pages.error) {
		free(findings);
		return NULL;
	}
	return findings;
}

bool findings_explain(const struct findings *findings, const struct memhp_block *block)
{
	return findings && (findings->pages.counts[MEMHP_PAGE_RESERVED] ||
			    (memhp_zone_is_kernel(memhp_block_zone(block)) && memhp_pages_unmovable(&findings->pages)));
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
		holders_find(memhp, &findings->held, limit_in(HOLDERS_MS), findings);
}
