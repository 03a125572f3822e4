/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `memhp list` share: its rows and the blocks that it shows.
 */
#ifndef MEMHP_CMD_LIST_H
#define MEMHP_CMD_LIST_H

#include "../libmemhp/libmemhp.h"
#include "column.h"

/* Adjacent blocks shown as one. */
struct list_row {
	const struct memhp_block *first, *last;
	uint64_t count;
	const struct memhp_scan *scan;    /* NULL: their pages are not known */
	bool is_judged_by_pages;          /* OFFLINABLE and WHY are */
};

/* list-columns.c: a row each. */
extern const struct column list_columns[];
extern const size_t list_column_count;
#define LIST_STANDARD_COLUMNS "RANGE,SIZE,STATE,BLOCK,NODE,ZONES"
/* With --scan. */
#define LIST_SCAN_COLUMNS "BLOCK,ZONE,OFFLINABLE,WHY"

/* map.c: draws the blocks, ascending by address; how full each is where scan is not NULL. */
int map_print(const struct globals *globals, bool bytes, const struct memhp_block *const *blocks,
	      uint64_t count, uint64_t block_size, const struct memhp_scan *scan);

#endif
