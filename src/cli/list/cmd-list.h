/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `memhp list` share: its rows and the blocks that it shows.
 */
#ifndef MEMHP_CMD_LIST_H
#define MEMHP_CMD_LIST_H

#include "../../libmemhp/libmemhp.h"
#include "../input/selection.h"
#include "../output/column.h"

/* Adjacent blocks shown as one. */
struct list_row {
	const struct memhp_snapshot *snapshot;
	const struct memhp_block *first, *last;
	uint64_t count;
	const struct memhp_scan *scan;    /* NULL: their pages are not known */
	bool is_judged_by_pages;          /* OFFLINABLE and WHY are */
};

enum summary { SUMMARY_DEFAULT, SUMMARY_NEVER, SUMMARY_ALWAYS, SUMMARY_ONLY };

struct list_args {
	bool all, map, scan;
	const char *split;
	enum summary summary;
};

/* What is shown, and what was found on the way. */
struct list {
	struct list_args args;
	struct table_args table;
	struct filters filters;
	struct operands operands;
	struct selection selection;
	struct columns columns;      /* printed */
	struct columns split;        /* a row ends where one of these changes */
	const struct memhp_snapshot *snapshot;
	const struct memhp_scan *scan;
	struct {
		uint64_t blocks, online, offline, going_offline, movable;
		bool movable_is_known;
	} sums;
};

/* list-rows.c. Calls fn for each row, in the order of addresses, and sums the blocks up; bit i of mixed
 * says that blocks of the row differ in the printed column i. */
typedef void (*list_row_fn)(void *data, const struct list_row *row, uint64_t mixed);
void list_for_each_row(struct list *list, list_row_fn fn, void *data);
bool list_shows(const struct list *list, const struct memhp_block *block);

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
