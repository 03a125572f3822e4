/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One block of a plan or a report as a row, and the columns of such rows. Used for
 * the table of a plan and for JSON documents. What happened to a block is decided by
 * the library.
 */
#ifndef MEMHP_CHANGE_COLUMNS_H
#define MEMHP_CHANGE_COLUMNS_H

#include "../output/column.h"
#include "../shared/verdict-text.h"
#include "change-context.h"
#include "hint.h"

/* One block: first what the plan predicts, then the outcome. In the table of a plan adjacent blocks may be one row:
 * that of the first of them in the plan's order, with the sums of all. */
/* The size of the text of a process. */
#define PROCESS_SIZE 80

struct change_row {
	const struct change_context *context;
	const struct memhp_outcome *outcome;
	const struct memhp_block *lowest, *highest;
	uint64_t count;                      /* blocks */
	uint64_t work;                       /* pages to migrate, where the pages are known */
	uint64_t estimate_ms;                /* where they are known and the plan changes the block, else 0 */
	bool is_certain;
	bool is_of_table;                    /* of a plan's table, where adjacent blocks should agree */
	const char *hint;
	char hint_text[HINT_SIZE];           /* storage for hint */
	char rollback_hint[HINT_SIZE + 32];  /* the hint of a rollback that failed, or "" */
	const struct memhp_pages *pages;     /* NULL: not known */
	uint64_t counts[PAGE_KINDS_MAX];     /* the page counts of pages */
	const struct judgement *judgement;   /* only of blocks to take offline, else NULL */
	size_t holder_count, suspect_count;
	char holders[CELL_WORDS_MAX][PROCESS_SIZE];    /* "1234 (name)" */
	char suspects[CELL_WORDS_MAX][PROCESS_SIZE];   /* "1234 (name): pipe" */
};

/* Makes a row of an outcome and of the pages of its block. pages may be NULL. */
void change_fill_row(const struct change_context *context, const struct memhp_outcome *outcome, bool is_certain,
		     const struct memhp_pages *pages, struct change_row *ret);

/* The columns of a JSON document, and those of a plan's table. with_pages: the pages of the blocks are known. */
void change_document_columns(struct columns *ret);
void change_plan_columns(enum memhp_action action, bool with_pages, struct columns *ret);
/* The columns with these names, a comma-separated list. */
void change_choose_columns(const char *names, struct columns *ret);

#endif
