/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters that need a scan of pages: --offlinable and --poisoned, of list and
 * offline. Filters that need none are in input/filter.h.
 */
#ifndef MEMHP_PAGE_FILTER_H
#define MEMHP_PAGE_FILTER_H

#include "../../libmemhp/libmemhp.h"
#include "../base/options.h"

struct page_filters {
	unsigned int offlinable;    /* bit N: the memhp_offlinable N */
	bool poisoned;              /* only blocks with bad pages */
};

/* The options, which are stored in a struct page_filters. */
extern const struct option page_filter_options[];
extern const size_t page_filter_option_count;
/* The same names, refused by a command that does not scan. */
extern const struct option refused_page_filter_options[];
extern const size_t refused_page_filter_option_count;

bool page_filters_are_given(const struct page_filters *filters);
/* Reports that a filter cannot be applied because the pages of no block could be read, and returns EXIT_FAILED. */
int page_filters_check(const struct page_filters *filters, const struct memhp_scan *scan,
		       const struct memhp_snapshot *snapshot);
/* Whether the block passes, by the same verdict that is printed about it. scan may be NULL. */
bool page_filters_pass(const struct page_filters *filters, const struct memhp_scan *scan,
		       const struct memhp_block *block);

#endif
