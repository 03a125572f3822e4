/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables for people, and what programs read line by line.
 */
#ifndef MEMHP_TABLE_H
#define MEMHP_TABLE_H

#include "column.h"

/* Rows of a command as a table for people, as raw words or as pairs. */
struct table;

struct table *table_new(const struct globals *globals, const struct table_args *args,
			const struct columns *columns);
struct table *table_free(struct table *table);
/* Bit i of mixed: column i differs within the row. Both return 0 or -ENOMEM. */
int table_add(struct table *table, const void *row, uint64_t mixed);
int table_print(struct table *table);
/* Notes how wide the columns are, unless widths says that they are wider. */
void table_measure(const struct table *table, unsigned int widths[COLUMNS_MAX]);
/* Prints the only row of the table, with columns at least that wide. 0 or -ENOMEM. */
int table_print_one(struct table *table, const unsigned int widths[COLUMNS_MAX]);

/* Whether to colour stdout, by --color, NO_COLOR and the terminal. */
bool color_is_wanted(const struct globals *globals);
/* Columns of the terminal; 80 where there is none. */
unsigned int terminal_width(void);

#endif
