/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of memhp list share: the options, the rows and the blocks that are
 * printed. The columns come from list-columns.c, the rows from list-rows.c, the map
 * from map.c.
 */
#ifndef MEMHP_CMD_LIST_H
#define MEMHP_CMD_LIST_H

#include "../../libmemhp/libmemhp.h"
#include "../input/duration.h"
#include "../input/selection.h"
#include "../output/column.h"
#include "../shared/page-filter.h"

/* Adjacent blocks that are printed as one row. */
struct list_row {
	const struct memhp_snapshot *snapshot;
	const struct memhp_block *first, *last;
	uint64_t count;
	const struct memhp_scan *scan;    /* NULL: the pages are not known */
};

enum summary { SUMMARY_DEFAULT, SUMMARY_NEVER, SUMMARY_ALWAYS, SUMMARY_ONLY };

struct list_args {
	bool all, map, scan;
	struct optional_duration watch;   /* 0: until it is stopped */
	const char *split;
	enum summary summary;
};

/* The options of the command, and what was read for them. */
struct list {
	struct list_args args;
	struct table_args table;
	struct filters filters;
	struct page_filters page_filters;
	struct operands operands;
	struct selection selection;
	struct columns columns;      /* the columns to print */
	struct columns lines;        /* the columns of a change, with --watch */
	struct columns split;        /* a difference in one of these starts a new row */
	const struct memhp_snapshot *snapshot;
	const struct memhp_scan *scan;
	struct {
		uint64_t blocks, online, offline, going_offline, movable;
		bool movable_is_known;
	} sums;
};

/* list-rows.c: adds up the sums, and calls fn, unless it is NULL, for each row by ascending address. Bit i of mixed is
 * set if the blocks of the row differ in printed column i. */
typedef void (*list_row_fn)(void *data, const struct list_row *row, uint64_t mixed);
void list_for_each_row(struct list *list, list_row_fn fn, void *data);
bool list_selects(const struct list *list, const struct memhp_block *block);
/* Also by the filters that need a scan. */
bool list_shows(const struct list *list, const struct memhp_block *block);

/* list-columns.c: the columns, one table entry each. */
extern const struct column list_columns[];
extern const size_t list_column_count;
#define LIST_STANDARD_COLUMNS "RANGE,SIZE,STATE,BLOCK,NODE,ZONES"
/* The default columns with --scan. */
#define LIST_SCAN_COLUMNS "BLOCK,ZONE,OFFLINABLE,WHY"

/* map.c: prints the map of the blocks that are shown, and adds up the sums. 0 or -ENOMEM. */
int map_show(const struct globals *globals, struct list *list);

#endif
