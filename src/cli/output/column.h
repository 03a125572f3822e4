/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns, and cells: what a row says in one of them.
 */
#ifndef MEMHP_COLUMN_H
#define MEMHP_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/options.h"

/* One typed value of one row. Text and JSON are both made from it. */
enum cell_kind {
	CELL_NULL = 0,     /* unknown or missing: "-", null */
	CELL_TEXT,
	CELL_LINES,        /* text of several lines */
	CELL_NUMBER,
	CELL_SIZE,         /* bytes: "1.5G", a number */
	CELL_ADDRESS,      /* 0x0000000100000000, a number */
	CELL_ADDRESSES,    /* first-last, a string */
	CELL_SPAN,         /* 32 or 32-47, a string */
	CELL_BOOL,         /* yes or no, a boolean */
	CELL_WORDS,        /* joined by "/", an array */
	CELL_NUMBERS,      /* joined by ",", an array */
	CELL_PAGES,        /* numbers of pages: 0x1234, 0x1240; an array of numbers */
	CELL_COUNTS,       /* "3 slab, 5 table": those that are not 0; an object of all */
};

#define CELL_WORDS_MAX 4

struct cell {
	enum cell_kind kind;
	union {
		const char *text;
		uint64_t number;
		bool yes;
		struct {
			uint64_t first, last;
		} span;
		struct {
			const char *items[CELL_WORDS_MAX];
			unsigned int count;
		} words;
		struct {
			const unsigned int *items;
			unsigned int count;
		} numbers;
		struct {
			const uint64_t *items;
			size_t count;
		} pages;
		struct {
			const char *(*name)(unsigned int number);
			const uint64_t *items;
			unsigned int count;
		} counts;
	};
	char made[112];    /* where text may be made */
};

enum column_flags {
	COLUMN_RIGHT = 1 << 0,     /* numbers stand at the right edge */
	COLUMN_SPANS = 1 << 1,     /* describes the whole row: never splits one */
	COLUMN_COSTLY = 1 << 2,    /* only by name, not by --output-all; also for what repeats other columns */
	COLUMN_PAGES = 1 << 3,     /* needs a scan of the pages */
	COLUMN_SPARE = 1 << 5,     /* where the terminal is too narrow for them, only by name */
	COLUMN_WRAPS = 1 << 4,     /* the last one, a phrase: on a terminal it takes more lines if it has to */
};

/* One column of a command's table: a row of data and a function. */
struct column {
	const char *name;
	const char *help;
	unsigned int flags;
	unsigned int attrs;        /* what it needs to be read */
	void (*cell)(const void *row, struct cell *ret);
	const char *(*color)(const struct cell *cell);   /* or NULL */
};

/* All columns of a command, and the ones that are printed. */
#define COLUMNS_MAX 40
struct columns {
	const struct column *items[COLUMNS_MAX];
	size_t count;
};

/* The options about columns and formats that list, policy and ratio share. */
struct table_args {
	const char *output;
	bool output_all, noheadings, pairs, raw, bytes, list_columns;
};
extern const struct option table_options[];
extern const size_t table_option_count;

/* The columns in a comma-separated list of names, each once; other names are errors. */
int columns_parse(const struct column *all, size_t count, const char *option,
		  const char *names, struct columns *ret);
/* --json, --pairs and --raw exclude each other. */
int columns_check_format(const struct globals *globals, const struct table_args *args);
/* The columns that --output and --output-all ask for; checks the format, too. All three return an exit status. */
int columns_choose(const struct globals *globals, const struct table_args *args,
		   const struct column *all, size_t count, const char *standard, struct columns *ret);
/* All of them. */
void columns_all(const struct column *all, size_t count, struct columns *ret);
unsigned int columns_attrs(const struct columns *columns);
/* Whether one of them has the flag. */
bool columns_have(const struct columns *columns, enum column_flags flag);
bool columns_contain(const struct columns *columns, const struct column *column);
/* Whether two rows differ in one of the columns, COLUMN_SPANS aside. */
bool columns_differ(const struct columns *columns, const void *row, const void *other);
/* column-list.c: answers --list-columns, which takes no operands; standard: the names of those printed by default. An exit status. */
int columns_list(const struct globals *globals, const struct table_args *args, const struct words *words,
		 const struct column *all, size_t count, const char *standard);

/* Leave the cell unknown when text is NULL, or a flag is negative. */
static inline void cell_set_text(struct cell *cell, const char *text)
{
	if (!text)
		return;
	cell->kind = CELL_TEXT;
	cell->text = text;
}

static inline void cell_set_flag(struct cell *cell, int flag)
{
	if (flag < 0)
		return;
	cell->kind = CELL_BOOL;
	cell->yes = flag;
}

/* CELL_NUMBER, CELL_SIZE or CELL_ADDRESS. */
static inline void cell_set_number(struct cell *cell, enum cell_kind kind, uint64_t number)
{
	cell->kind = kind;
	cell->number = number;
}

/* A number that is there where something failed. */
static inline void cell_set_errno(struct cell *cell, int code)
{
	if (code)
		cell_set_number(cell, CELL_NUMBER, (uint64_t)code);
}

/* The column's cell of a row. */
void cell_read(const struct column *column, const void *row, struct cell *ret);
bool cells_equal(const struct cell *a, const struct cell *b);
/* The cell as text; the caller frees it. NULL: no memory. */
char *cell_text(const struct cell *cell, bool bytes);

#endif
