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
};

/* list-columns.c: a row each. */
extern const struct column list_columns[];
extern const size_t list_column_count;
#define LIST_STANDARD_COLUMNS "RANGE,SIZE,STATE,BLOCK,NODE,ZONES"

/* map.c: draws the blocks, ascending by address. */
int map_print(const struct globals *globals, bool bytes, const struct memhp_block *const *blocks,
	      uint64_t count, uint64_t block_size);

#endif
