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
#include "../base/shortage.h"
#include "../base/text.h"

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
	if (!items) {
		shortage_note();
		return NULL;
	}
	failures->items = items;
	items[failures->count] = (struct failure){ .text = take_ptr(owned) };
	return &items[failures->count++];
}

/* "Device or resource busy (notifier): a driver refused it" */
static char *failure_text(const char *what, const char *cause, const struct change_row *row, const char *rest)
{
	const char *reason = memhp_reason_name(row->outcome->reason), *hint = row->hint;
	char *text = NULL;

	if (text_asprintf(&text, "%s%s%s%s%s%s%s%s%s", what, *cause ? ": " : "", cause, reason ? " (" : "",
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

	for (size_t i = 0; i < row->holder_count; i++)
		text_add_item(&text, row->holders[i]);
	return text;
}

/* Processes that are only suspected; NULL: none is known. */
static char *suspects_text(const struct change_row *row)
{
	cleanup(cleanup_free) char *all = NULL;
	char *text = NULL;

	for (size_t i = 0; i < row->suspect_count; i++)
		text_add_item(&all, row->suspects[i]);
	return all && text_asprintf(&text, "block %" PRIu64 ": suspects (may hold pages without mapping them): %s",
			       memhp_block_id(row->outcome->block), all) >= 0 ? text : NULL;
}

/* "pfn:0x104c02 (address 0x104c02000)", as operands may be written; NULL: no memory. */
static char *frame_text(const struct change_row *row, uint64_t pfn)
{
	char *text = NULL;

	(void)text_asprintf(&text, "pfn:0x%" PRIx64 " (address 0x%" PRIx64 ")", pfn,
			    pfn * memhp_page_size(row->context->memhp));
	return text;
}

/* "pfn:0x104c02 (address 0x104c02000), pfn:0x104c07": the others are in the same block. */
static char *frames_text(const struct change_row *row)
{
	char *text = frame_text(row, row->outcome->held[0]);

	for (size_t i = 1; i < row->outcome->held_count; i++) {
		char frame[32];

		snprintf(frame, sizeof(frame), "pfn:0x%" PRIx64, row->outcome->held[i]);
		text_add_item(&text, frame);
	}
	return text;
}

/* The pages to migrate, and the processes that map them. */
static char *held_text(const struct change_row *row)
{
	const struct memhp_outcome *outcome = row->outcome;
	cleanup(cleanup_free) char *held = frames_text(row);
	cleanup(cleanup_free) char *holders = holders_text(row);
	const uint64_t migrate = row->counts[MEMHP_PAGE_MIGRATE];
	char seen[80] = "", *text = NULL;
	const char *who = holders ? "mapped by " : !row->context->args->explain ? "--explain finds processes that map them" :
			  "no process that maps them was found";

	if (row->context->args->explain && outcome->processes_seen < outcome->processes)
		snprintf(seen, sizeof(seen), " (%zu of %zu processes searched)", outcome->processes_seen, outcome->processes);
	if (!held || text_asprintf(&text, "block %" PRIu64 ": %" PRIu64 " page%s to migrate, first %s; %s%s%s",
			      memhp_block_id(outcome->block), migrate, migrate == 1 ? "" : "s", held, who,
			      holders ? holders : "", seen) < 0)
		return NULL;
	return text;
}

static char *kinds_text(const struct change_row *row)
{
	cleanup(cleanup_free) char *pages = column_text("pages", row);
	char *text = NULL;

	return pages && text_asprintf(&text, "block %" PRIu64 ": pages: %s", memhp_block_id(row->outcome->block), pages) >= 0 ?
	       text : NULL;
}

/* What the page that kept the block belongs to, by the kernel's log. */
static char *kept_text(const struct change_row *row)
{
	cleanup(cleanup_free) char *by = column_text("held-by", row);
	cleanup(cleanup_free) char *frame = by ? frame_text(row, row->outcome->kept->pfn) : NULL;
	char *text = NULL;

	return frame && text_asprintf(&text, "block %" PRIu64 ": page %s belongs to %s", memhp_block_id(row->outcome->block),
				      frame, by) >= 0 ? text : NULL;
}

/* What was found in the block, and which processes may hold it. */
static void add_findings(struct lines *lines, const struct change_row *row)
{
	switch (row->outcome->reason) {
	case MEMHP_REASON_UNMOVABLE_PAGES:
	case MEMHP_REASON_RESERVED_PAGES:
	case MEMHP_REASON_HUGETLB:
		lines_add(lines, kinds_text(row));
		break;
	case MEMHP_REASON_MIGRATION_FAILING:
		lines_add(lines, row->outcome->held_count ? held_text(row) : kinds_text(row));
		break;
	default:
		return;
	}
	lines_add(lines, kept_text(row));
	lines_add(lines, suspects_text(row));
}

/* The kernel's lines, each after the name. */
static void add_log(struct lines *lines, const struct change_row *row, const char *name)
{
	const char *log = row->outcome->kernel_log;
	char *text;

	for (size_t length; log && *log; log += length + (log[length] == '\n')) {
		length = strcspn(log, "\n");
		if (text_asprintf(&text, "%s: kernel: %.*s", name, (int)length, log) >= 0)
			lines_add(lines, text);
	}
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
	add_findings(&failure->findings, row);
	add_log(&failure->log, row, name);
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
	add_log(&failure->log, row, name);
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
