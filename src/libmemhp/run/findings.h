/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is found in a block after it failed to go offline; shared by attempt.c,
 * findings.c, holders.c and report.c.
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

/* findings.c: looks into the block; NULL where that cannot be done. The caller frees it. */
struct findings *findings_new(const struct run *run, const struct memhp_block *block);
/* Whether pages were seen that keep the block of a kernel zone. */
bool findings_explain(const struct findings *findings, const struct memhp_block *block);
/* Which pages could not be moved: of those that the kernel named the ones that are still there,
 * else the first that would have to be moved; and, if explained, who maps them. */
void findings_add_held(const struct run *run, const struct memhp_block *block, const struct page_list *named,
		       struct findings *findings);
/* holders.c: as far as it comes until the limit. */
void holders_find(const struct memhp *memhp, const struct page_list *wanted, struct limit limit, struct findings *ret);

#endif
