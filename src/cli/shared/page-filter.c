/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applies the filters --offlinable and --poisoned to blocks that were scanned. Pure, except
 * for messages.
 */
#include "page-filter.h"

#include <errno.h>

#include "../base/message.h"
#include "../base/unread.h"
#include "verdict-text.h"

static const char *offlinable_word(unsigned int offlinable)
{
	return memhp_offlinable_name((enum memhp_offlinable)offlinable);
}

/* The best first. */
static const unsigned int offlinable_values[] = {
	MEMHP_OFFLINABLE_YES, MEMHP_OFFLINABLE_LIKELY, MEMHP_OFFLINABLE_UNLIKELY, MEMHP_OFFLINABLE_NO, CHOICES_END,
};
static const struct choices offlinable_choices = {
	.option = "--offlinable", .what = "verdict", .is_list = true, .name = offlinable_word,
	.values = offlinable_values,
};

const struct option page_filter_options[] = {
	{ .name = "offlinable", .metavar = "NAMES", .offset = offsetof(struct page_filters, offlinable),
	  .help = ":", .choices = &offlinable_choices },
	{ .name = "poisoned", .offset = offsetof(struct page_filters, poisoned),
	  .help = "blocks with bad pages" },
};
const size_t page_filter_option_count = OPTION_COUNT(page_filter_options);

static int refuse_offlinable(const char *value, void *field)
{
	(void)value;
	(void)field;
	return usage_error("--offlinable is an option of list and offline");
}

static int refuse_poisoned(const char *value, void *field)
{
	(void)value;
	(void)field;
	return usage_error("--poisoned is an option of list and offline");
}

const struct option refused_page_filter_options[] = {
	{ .name = "offlinable", .metavar = "NAMES", .parse = refuse_offlinable },
	{ .name = "poisoned", .metavar = "", .bare = "", .parse = refuse_poisoned },
};
const size_t refused_page_filter_option_count = OPTION_COUNT(refused_page_filter_options);

bool page_filters_are_given(const struct page_filters *filters)
{
	return filters->offlinable || filters->poisoned;
}

/* Whether blocks were to be scanned, but none could be read. */
static bool is_blind(const struct memhp_scan *scan, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;
	bool has_failed = !scan;

	memhp_snapshot_foreach(snapshot, block) {
		const int r = scan ? memhp_scan_error(scan, block) : -ENODATA;

		if (r == 0)
			return false;
		has_failed |= r != -ENODATA;
	}
	return has_failed;
}

int page_filters_check(const struct page_filters *filters, const struct memhp_scan *scan,
		       const struct memhp_snapshot *snapshot)
{
	if (!filters->poisoned || !is_blind(scan, snapshot))
		return EXIT_DONE;
	unread_note("proc/kpageflags", ENOENT);
	error("--poisoned: which blocks have bad pages is unknown without page information");
	return EXIT_FAILED;
}

bool page_filters_pass(const struct page_filters *filters, const struct memhp_scan *scan,
		       const struct memhp_block *block)
{
	const struct memhp_pages *pages = filters->poisoned && scan ? memhp_scan_find(scan, block) : NULL;

	if (filters->poisoned && (!pages || !memhp_pages_count(pages, MEMHP_PAGE_POISONED)))
		return false;
	return !filters->offlinable || filters->offlinable >> judge_block(scan, block).verdict.offlinable & 1;
}
