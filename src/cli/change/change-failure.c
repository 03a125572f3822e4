/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors about blocks that could not be changed and devices that could not be removed:
 * what went wrong, why, what to do about it, what was found in the pages and which
 * processes map them. Equal failures are one line, with ranges. The words of reasons
 * and hints are the library's and hint.c's.
 */
#include "change-failure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"

/* A line about failures may name this many ranges; --json has all blocks. */
#define FAILED_RANGES_SHOWN 64

void failures_free(struct failures *failures)
{
	for (size_t i = 0; i < failures->count; i++) {
		free(failures->items[i].text);
		ranges_free(&failures->items[i].blocks);
		free(failures->items[i].devices);
		lines_free(&failures->items[i].findings);
		lines_free(&failures->items[i].log);
	}
	free(failures->items);
	*failures = (struct failures){ 0 };
}

/* The failure with this text, which it takes over; NULL: no memory. */
static struct failure *failures_find(struct failures *failures, char *text, bool is_device)
{
	cleanup(cleanup_free) char *owned = text;
	struct failure *items;

	for (size_t i = 0; owned && i < failures->count; i++)
		if (strcmp(failures->items[i].text, owned) == 0 && !failures->items[i].devices == !is_device)
			return &failures->items[i];
	items = owned ? reallocarray(failures->items, failures->count + 1, sizeof(*items)) : NULL;
	if (!items)
		return NULL;
	failures->items = items;
	items[failures->count] = (struct failure){ .text = take_ptr(owned) };
	return &items[failures->count++];
}

/* "Device or resource busy (notifier): a driver refused it" */
static char *failure_text(const char *what, const char *cause, const struct change_row *row, const char *rest)
{
	const char *reason = memhp_reason_name(row->outcome->reason), *hint = row->hint;
	char *text = NULL;

	if (asprintf(&text, "%s%s%s%s%s%s%s%s%s", what, *cause ? ": " : "", cause, reason ? " (" : "",
		     reason ? reason : "", reason ? ")" : "", hint ? ": " : "", hint ? hint : "", rest) < 0)
		return NULL;
	return text;
}

/* The columns of a row that are about pages, as text: "312 reserved, 10 slab". */
static char *column_text(const char *name, const struct change_row *row)
{
	struct columns columns = { 0 };
	struct cell cell;

	change_choose_columns(name, &columns);
	cell_read(columns.items[0], row, &cell);
	return cell.kind == CELL_NULL ? NULL : cell_text(&cell, false);
}

/* "77 (rdma), 4242 (qemu)"; NULL: none is known. */
static char *holders_text(const struct change_row *row)
{
	char *text = NULL;

	for (size_t i = 0; i < row->outcome->holder_count && i < CELL_WORDS_MAX; i++)
		text_add_item(&text, row->holders[i]);
	return text;
}

/* What was found in the block, and which processes may hold it. NULL: nothing. */
static char *finding_text(const struct change_row *row)
{
	cleanup(cleanup_free) char *pages = column_text("pages", row);
	cleanup(cleanup_free) char *held = column_text("held", row);
	cleanup(cleanup_free) char *holders = holders_text(row);
	const uint64_t id = memhp_block_id(row->outcome->block), migrate = row->counts[MEMHP_PAGE_MIGRATE];
	const char *who = holders ? "mapped by " : !row->context->args->explain ? "--explain finds processes that map them" :
			  "no process that maps them was found";
	char *text = NULL;
	int r = -1;

	switch (row->outcome->reason) {
	case MEMHP_REASON_UNMOVABLE_PAGES:
		if (pages)
			r = asprintf(&text, "block %" PRIu64 ": pages: %s", id, pages);
		break;
	case MEMHP_REASON_MIGRATION_FAILING:
		if (held)
			r = asprintf(&text, "block %" PRIu64 ": %" PRIu64 " page%s to migrate, first PFN%s %s; %s%s", id,
				     migrate, migrate == 1 ? "" : "s", row->outcome->held_count == 1 ? "" : "s", held,
				     who, holders ? holders : "");
		break;
	default:
		break;
	}
	return r < 0 ? NULL : text;
}

static char *log_text(const struct change_row *row, const char *name)
{
	char *text = NULL;

	if (!row->outcome->kernel_log || asprintf(&text, "%s: kernel: %s", name, row->outcome->kernel_log) < 0)
		return NULL;
	return text;
}

void failures_add_block(struct failures *failures, const struct change_row *row)
{
	const struct memhp_outcome *outcome = row->outcome;
	const uint64_t id = memhp_block_id(outcome->block);
	const char *what = outcome->result == MEMHP_RESULT_TIMEOUT ? "timed out" :
			   outcome->result == MEMHP_RESULT_INTERRUPTED ? "stopped" :
			   outcome->result == MEMHP_RESULT_UNSETTLED ? "killed, but still running" :
			   outcome->error ? strerror(outcome->error) : "failed";
	struct failure *failure = failures_find(failures, outcome->is_rollback_failed ?
						failure_text("rollback failed", what, row, "") :
						failure_text(what, "", row, ""), false);
	char name[32];

	if (!failure)
		return;
	(void)ranges_add(&failure->blocks, id, id);
	snprintf(name, sizeof(name), "block %" PRIu64, id);
	lines_add(&failure->findings, finding_text(row));
	lines_add(&failure->log, log_text(row, name));
}

void failures_add_device(struct failures *failures, const struct change_row *row, bool is_pending)
{
	const struct memhp_outcome *outcome = row->outcome;
	const char *name = memhp_block_device(outcome->block) ? memhp_block_device(outcome->block) : "";
	const char *what = is_pending ? "the kernel has not removed it yet" : "not removed";
	char *text = failure_text(what, outcome->error ? strerror(outcome->error) : "", row,
				  is_pending ? "; it may still be removed" : "");
	struct failure *failure = failures_find(failures, text, true);

	if (!failure)
		return;
	text_add_item(&failure->devices, name);
	lines_add(&failure->log, log_text(row, name));
}

static void failure_report(struct failure *failure)
{
	cleanup(cleanup_free) char *blocks = NULL;

	ranges_sort(&failure->blocks);
	blocks = ranges_text(&failure->blocks, FAILED_RANGES_SHOWN);
	if (failure->devices)
		error("%s: %s", failure->devices, failure->text);
	else
		error("block%s %s: %s", ranges_are_one(&failure->blocks) ? "" : "s", blocks ? blocks : "", failure->text);
	for (size_t i = 0; i < failure->findings.count; i++)
		error("%s", failure->findings.items[i]);
	for (size_t i = 0; i < failure->log.count; i++)
		detail("%s", failure->log.items[i]);
}

void failures_report(struct failures *failures)
{
	for (size_t i = 0; i < failures->count; i++)
		failure_report(&failures->items[i]);
}
