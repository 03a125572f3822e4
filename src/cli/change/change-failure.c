/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told people of one block that could not be changed: why, what to do about
 * it, what was found in it and who holds it. Words of reasons and hints are others'.
 */
#include <inttypes.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "change-report.h"

/* The columns of a row that tell of pages, as one text: "312 reserved, 10 slab". */
static char *column_text(const char *name, const struct change_row *row)
{
	struct columns columns = { 0 };
	struct cell cell;

	change_choose_columns(name, &columns);
	cell_read(columns.items[0], row, &cell);
	return cell.kind == CELL_NULL ? NULL : cell_text(&cell, false);
}

/* What was found in the block, and who may hold it. */
static void tell_pages(const struct change_row *row)
{
	cleanup(cleanup_free) char *pages = column_text("pages", row);
	cleanup(cleanup_free) char *held = column_text("held", row);
	cleanup(cleanup_free) char *holders = column_text("holders", row);
	uint64_t id = memhp_block_id(row->outcome->block), migrate = row->counts[MEMHP_PAGE_MIGRATE];
	const char *who = holders ? "mapped by " : !row->context->args->explain ? "--explain looks for who maps them" :
			  migrate == 1 ? "no process was found that maps it" : "no process was found that maps them";

	switch (row->outcome->reason) {
	case MEMHP_REASON_UNMOVABLE_PAGES:
		if (pages)
			error("block %" PRIu64 ": its pages: %s", id, pages);
		return;
	case MEMHP_REASON_MIGRATION_FAILING:
		if (held)
			error("block %" PRIu64 ": %" PRIu64 " page%s to migrate, first pfn %s; %s%s", id, migrate,
			      migrate == 1 ? "" : "s", held, who, holders ? holders : "");
		return;
	default:
		return;
	}
}

void report_failure(const struct change_row *row)
{
	const struct memhp_outcome *outcome = row->outcome;
	const char *reason = memhp_reason_name(outcome->reason);
	const char *hint = row->hint;
	const char *what = outcome->result == MEMHP_RESULT_TIMEOUT ? "not in time" :
			   outcome->result == MEMHP_RESULT_INTERRUPTED ? "stopped" :
			   outcome->result == MEMHP_RESULT_UNSETTLED ? "killed, but not ended" :
			   outcome->error ? strerror(outcome->error) : "failed";

	error("block %" PRIu64 ": %s%s%s%s%s%s", memhp_block_id(outcome->block), what,
	      reason ? " (" : "", reason ? reason : "", reason ? ")" : "", hint ? ": " : "", hint ? hint : "");
	tell_pages(row);
	if (outcome->kernel_log)
		detail("block %" PRIu64 ": kernel: %s", memhp_block_id(outcome->block), outcome->kernel_log);
}
