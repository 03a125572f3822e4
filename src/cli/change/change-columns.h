/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block of a plan or of a report as a row, and its columns.
 */
#ifndef MEMHP_CHANGE_COLUMNS_H
#define MEMHP_CHANGE_COLUMNS_H

#include "../output/column.h"
#include "change-context.h"
#include "hint.h"

/* One block in the report: a step's prediction, then its outcome. */
struct change_row {
	const struct change_context *context;
	const struct memhp_outcome *outcome;
	bool is_certain;
	const char *hint;
	char hint_text[HINT_SIZE];           /* where that may be made */
	const struct memhp_pages *pages;     /* or NULL */
	uint64_t counts[MEMHP_PAGE_KINDS];   /* the same in numbers */
	const struct memhp_verdict *verdict; /* of a block that is to go offline, or NULL */
	char holders[CELL_WORDS_MAX][64];    /* "1234 (name)" */
};

/* The columns of a document, and of the table of a plan, whose pages may be known. */
void change_document_columns(struct columns *ret);
void change_plan_columns(bool with_pages, struct columns *ret);
/* Those of the names. */
void change_choose_columns(const char *names, struct columns *ret);

#endif
