/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `memhp ratio` share: its rows.
 */
#ifndef MEMHP_CMD_RATIO_H
#define MEMHP_CMD_RATIO_H

#include "../libmemhp/libmemhp.h"
#include "column.h"

/* A node, or the machine. */
struct ratio_row {
	bool is_total, has_limit;
	unsigned int node;
	struct memhp_ratio ratio;
	unsigned int limit;       /* in percent */
	uint64_t block_size;
};

/* ratio-columns.c: a row each; the first one is not for the total's object. */
extern const struct column ratio_columns[];
extern const size_t ratio_column_count;
#define RATIO_STANDARD_COLUMNS "NODE,KERNEL,MOVABLE,CMA,RATIO,LIMIT,HEADROOM,STATUS"

#endif
