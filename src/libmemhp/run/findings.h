/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is found in a block that failed to go offline. Shared by attempt.c, findings.c,
 * holders.c and report.c. What it means for the reason of the failure is decided in
 * reason.c.
 */
#ifndef MEMHP_FINDINGS_H
#define MEMHP_FINDINGS_H

#include "../pages/pages.h"
#include "run.h"

#define HOLDERS_NAMED 4

struct findings {
	struct memhp_pages pages;
	struct page_list held;
	struct memhp_holder holders[HOLDERS_NAMED];
	size_t holder_count;
};

/* findings.c: scans the block; NULL if that is not possible. The caller frees the result. */
struct findings *findings_new(const struct run *run, const struct memhp_block *block);
/* Whether the block has pages that the kernel cannot move. */
bool findings_explain(const struct findings *findings, const struct memhp_block *block);
/* Adds the pages that could not be moved: the ones named by the kernel that are still there, or
 * else the first pages to migrate. With the option explain, also the processes that map them. */
void findings_add_held(const struct run *run, const struct memhp_block *block, const struct page_list *named,
		       struct findings *findings);
/* holders.c: finds as many processes as it can before the limit. */
void holders_find(const struct memhp *memhp, const struct page_list *wanted, struct limit limit, struct findings *ret);

#endif
