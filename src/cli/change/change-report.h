/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What change-report.c and plan-report.c share: sums of bytes, rows, and the start
 * and end of the JSON document. The columns are in change-columns.h.
 */
#ifndef MEMHP_CHANGE_REPORT_H
#define MEMHP_CHANGE_REPORT_H

#include "../output/json.h"
#include "change-columns.h"
#include "change-failure.h"

struct sums {
	uint64_t requested, planned, changed, already, failed;
	struct ranges changed_blocks, already_blocks, removed_blocks;
	struct ranges moved_blocks;      /* rolled back, but into another zone */
	struct ranges gone_blocks;       /* changed, and then removed by others */
	struct ranges skipped_blocks;    /* not tried */
	int settled;                     /* 1, 0, -1: udev was not waited for */
};
void sums_free(struct sums *sums);

struct json *change_document_begin(const struct change_context *context);
/* Prints the rest of the document. plan: a dry run's, or NULL. Returns the exit status. */
int change_document_end(struct json *json, const struct memhp_plan *plan, const struct sums *sums, uint64_t elapsed_ms,
			int status);

/* change-report.c and plan-report.c: report a run and a plan. Both return an exit status. */
int report_run(const struct change_context *context, const struct memhp_plan *plan,
	       const struct memhp_report *report);
int report_plan(const struct change_context *context, const struct memhp_plan *plan);
/* Prints a document without blocks. */
int report_nothing(const struct change_context *context);

/* An amount that cannot be reached, as a notice or an error. available: the bytes that there are. */
void report_shortage(const struct change_context *context, uint64_t available,
		     void (*report)(const char *format, ...) __attribute__((format(printf, 1, 2))));

#endif
