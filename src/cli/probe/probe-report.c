/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a probe is reported: lines for people, in which adjacent blocks with the same
 * result are one, and the document for programs. probe-check.c words the refusals, and
 * cmd-probe.c knows the exit status.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/options.h"
#include "../base/signals.h"
#include "../output/json.h"
#include "cmd-probe.h"

DEFINE_CLEANUP(struct json *, json_free)

static void probe_cell_block(const void *data, struct cell *ret)
{
	const struct probe_row *row = data;

	cell_set_number(ret, CELL_NUMBER, row->probe.address / row->probe.block_size);
}

static void probe_cell_start(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_ADDRESS, ((const struct probe_row *)data)->probe.address);
}

static void probe_cell_size(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_SIZE, ((const struct probe_row *)data)->probe.block_size);
}

static void probe_cell_result(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_result_name(((const struct probe_row *)data)->result));
}

static void probe_cell_errno(const void *data, struct cell *ret)
{
	cell_set_errno(ret, ((const struct probe_row *)data)->error);
}

static void probe_cell_error(const void *data, struct cell *ret)
{
	const char *name = strerrorname_np(((const struct probe_row *)data)->error);

	if (!((const struct probe_row *)data)->error || !name)
		return;
	cell_set_text(ret, name);
}

static const struct column probe_columns[] = {
	{ "BLOCK", "", 0, 0, probe_cell_block, NULL },
	{ "START", "", 0, 0, probe_cell_start, NULL },
	{ "SIZE", "", 0, 0, probe_cell_size, NULL },
	{ "RESULT", "", 0, 0, probe_cell_result, NULL },
	{ "ERRNO", "", 0, 0, probe_cell_errno, NULL },
	{ "ERROR", "", 0, 0, probe_cell_error, NULL },
};

static int probe_report_json(const struct probe_run *run, int status)
{
	cleanup(cleanup_json_free) struct json *json = json_new();
	struct columns columns;

	if (!json)
		return library_error("report", -ENOMEM);
	status = signals_status(status);
	columns_all(probe_columns, OPTION_COUNT(probe_columns), &columns);
	json_set_text(json, NULL, "action", "probe");
	json_set_bool(json, NULL, "dry_run", run->args->dry_run);
	json_rows_begin(json, "blocks");
	for (size_t i = 0; i < run->count; i++)
		json_row(json, &columns, &run->rows[i], 0);
	json_rows_end(json);
	return json_end(json, status) < 0 ? library_error("report", -ENOMEM) : status;
}

/* Whether the next block has the same line: it is adjacent, and has the same result for the same cause. */
static bool is_continued(const struct probe_row *row)
{
	const struct probe_row *next = row + 1;

	return next->result == row->result && next->error == row->error && next->is_refused == row->is_refused &&
	       next->probe.address == row->probe.address + row->probe.block_size &&
	       (!row->is_refused || (next->probe.resource_start == row->probe.resource_start &&
				     next->probe.resource_end == row->probe.resource_end));
}

/* How many rows from the first one on have one line. */
static size_t equal_rows(const struct probe_run *run, size_t first)
{
	size_t count = 1;

	while (first + count < run->count && is_continued(&run->rows[first + count - 1]))
		count++;
	return count;
}

static bool probe_has_failed(const struct probe_row *row)
{
	return row->result == MEMHP_RESULT_FAILED || row->result == MEMHP_RESULT_TIMEOUT ||
	       row->result == MEMHP_RESULT_INTERRUPTED || row->result == MEMHP_RESULT_UNSETTLED;
}

static const char *probe_failure_text(const struct probe_row *row)
{
	switch (row->result) {
	case MEMHP_RESULT_TIMEOUT:
		return "timed out";
	case MEMHP_RESULT_INTERRUPTED:
		return "stopped";
	case MEMHP_RESULT_UNSETTLED:
		return "killed, but still running; the block may still be added";
	default:
		return row->error == ENOENT ? "the kernel accepted the write, but no block appeared" : strerror(row->error);
	}
}

/* Prints adjacent blocks with the same result as one line. */
static void probe_report_rows(const struct probe_run *run, const struct probe_row *row, size_t count)
{
	const uint64_t size = row->probe.block_size, block = row->probe.address / size;
	const char *plural = count == 1 ? "" : "s";
	char end[32] = "", last[32] = "";

	if (count > 1) {
		snprintf(end, sizeof(end), "-0x%016" PRIx64, row->probe.address + (count * size - 1));
		snprintf(last, sizeof(last), "-%" PRIu64, block + (count - 1));
	}
	if (probe_has_failed(row))
		error("0x%016" PRIx64 "%s (block%s %" PRIu64 "%s): %s%s", row->probe.address, end, plural, block, last,
		      probe_failure_text(row), permission_advice(row->error));
	else if (!run->globals->quiet)
		printf("0x%016" PRIx64 "%s: block%s %" PRIu64 "%s, %s\n", row->probe.address, end, plural, block, last,
		       row->result == MEMHP_RESULT_PLANNED ? "would be added" :
		       row->result == MEMHP_RESULT_DONE ? "added" :
		       row->result == MEMHP_RESULT_ALREADY ? "already present" : memhp_result_name(row->result));
}

int probe_report(const struct probe_run *run, int status)
{
	if (signals_first())
		error("stopped by signal %d", signals_first());
	for (size_t i = 0, count; i < run->count; i += count) {
		count = equal_rows(run, i);
		if (run->rows[i].is_refused)
			probe_tell_refusal(&run->rows[i], count);
		else if (!run->globals->json)
			probe_report_rows(run, &run->rows[i], count);
	}
	return run->globals->json ? probe_report_json(run, status) : status;
}
