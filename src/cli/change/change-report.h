/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files that tell of plans and runs share: sums of bytes, rows, the document.
 */
#ifndef MEMHP_CHANGE_REPORT_H
#define MEMHP_CHANGE_REPORT_H

#include "../output/json.h"
#include "change-columns.h"

struct sums {
	uint64_t requested, changed, already, failed;
	struct ranges changed_blocks, already_blocks, removed_blocks;
	struct ranges moved_blocks;      /* rolled back into another zone */
};
void sums_free(struct sums *sums);

struct json *change_document_begin(const struct change_context *context);
/* Prints it; an exit status. */
int change_document_end(struct json *json, const struct sums *sums, uint64_t elapsed_ms, int status);
/* An outcome, and the pages of its block (or NULL), as a row. */
void change_fill_row(const struct change_context *context, const struct memhp_outcome *outcome, bool is_certain,
		     const struct memhp_pages *pages, struct change_row *ret);

/* change-report.c, plan-report.c: what is told of a run, and of a plan. Exit statuses. */
int report_run(const struct change_context *context, const struct memhp_plan *plan,
	       const struct memhp_report *report, int signal);
int report_plan(const struct change_context *context, const struct memhp_plan *plan);
/* A document without blocks. */
int report_nothing(const struct change_context *context);

/* change-failure.c: lines about a block that could not be changed. */
void report_failure(const struct change_row *row);

#endif
