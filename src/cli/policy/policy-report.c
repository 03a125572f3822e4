/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports what happened to parameters and to the file, or what would: lines for people, a
 * document for programs, a line in the system log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../base/text.h"
#include "../output/json.h"
#include "../shared/system-log.h"
#include "policy-change.h"

DEFINE_CLEANUP(struct json *, json_free)

bool settings_have_result(const struct settings_outcome *outcome, enum memhp_result result)
{
	for (size_t i = 0; i < outcome->count; i++)
		if (outcome->rows[i].result == result)
			return true;
	return false;
}

static void setting_cell_parameter(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_parameter_name(((const struct setting_row *)data)->parameter));
}

static void setting_cell_before(const void *data, struct cell *ret)
{
	const struct setting_row *row = data;

	cell_set_value(ret, row->parameter, row->has_before ? row->before : NULL);
}

static void setting_cell_value(const void *data, struct cell *ret)
{
	const struct setting_row *row = data;

	cell_set_value(ret, row->parameter, row->has_now ? row->now : NULL);
}

static void setting_cell_wanted(const void *data, struct cell *ret)
{
	const struct setting_row *row = data;

	cell_set_value(ret, row->parameter, row->value);
}

static void setting_cell_result(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_result_name(((const struct setting_row *)data)->result));
}

static void setting_cell_errno(const void *data, struct cell *ret)
{
	cell_set_errno(ret, ((const struct setting_row *)data)->error);
}

static void setting_cell_error(const void *data, struct cell *ret)
{
	const struct setting_row *row = data;

	cell_set_text(ret, row->error ? strerrorname_np(row->error) : NULL);
}

static const struct column setting_columns[] = {
	{ "PARAMETER", "", 0, 0, setting_cell_parameter, NULL },
	{ "BEFORE", "", 0, 0, setting_cell_before, NULL },
	{ "VALUE", "", 0, 0, setting_cell_value, NULL },
	{ "WANTED", "", 0, 0, setting_cell_wanted, NULL },
	{ "RESULT", "", 0, 0, setting_cell_result, NULL },
	{ "ERRNO", "", 0, 0, setting_cell_errno, NULL },
	{ "ERROR", "", 0, 0, setting_cell_error, NULL },
};

void settings_add_json(const struct policy_change *change, struct json *json)
{
	struct columns columns;

	columns_all(setting_columns, OPTION_COUNT(setting_columns), &columns);
	json_rows_begin(json, "parameters");
	for (size_t i = 0; i < change->outcome.count; i++)
		json_row(json, &columns, &change->outcome.rows[i], 0);
	json_rows_end(json);
}

static int settings_show_json(const struct policy_change *change, int status)
{
	const struct settings_outcome *outcome = &change->outcome;
	const bool is_dry = change->context->dry_run;
	cleanup(cleanup_json_free) struct json *json = json_new();

	if (!json)
		return library_error("policy", -ENOMEM);
	status = signals_status(status);
	json_set_text(json, NULL, "action", change->action);
	json_set_bool(json, NULL, "dry_run", is_dry);
	settings_add_json(change, json);
	json_set_bool(json, NULL, "saved", change->is_saved && !change->has_failed && !is_dry);
	json_set_bool(json, NULL, "changed", outcome->file > 0 || settings_have_result(outcome, MEMHP_RESULT_DONE) ||
					     settings_have_result(outcome, MEMHP_RESULT_PLANNED));
	return json_end(json, status) < 0 ? library_error("policy", -ENOMEM) : status;
}

/* A value that could not be written, or not be read back, or reads differently. done: "set", "restored". */
static void setting_tell_write(const struct setting_row *row, const struct setting_write *write, const char *done,
			       const char *value)
{
	const char *name = memhp_parameter_name(row->parameter), *wanted = value_shown(row->parameter, value);

	if (!write->is_accepted)
		error("%s: cannot be %s to %s: %s%s", name, done, wanted, strerror(write->error),
		      write->error == EROFS ? "; sysfs is mounted read-only" : permission_advice(write->error));
	else if (write->has_read)
		error("%s: %s to %s, but reads %s", name, done, wanted, value_shown(row->parameter, write->read));
	else
		error("%s: %s to %s, but cannot be read back: %s", name, done, wanted, error_text(-write->error));
}

/* Whether the old value is there again, if it was written. */
static void setting_tell_restored(const struct setting_row *row)
{
	if (row->restored.error)
		setting_tell_write(row, &row->restored, "restored", row->before);
	else if (row->restored.is_accepted)
		notice("%s: restored to %s", memhp_parameter_name(row->parameter),
		       value_shown(row->parameter, row->before));
}

/* If the change failed as a whole, prints only what went wrong. */
static void setting_tell_planned(const struct setting_row *row)
{
	text_print(stdout, "%s: would be set to %s, is %s\n", memhp_parameter_name(row->parameter),
		   value_shown(row->parameter, row->value), value_shown(row->parameter, row->has_now ? row->now : NULL));
	printf("  in /sys/%s\n", memhp_parameter_path(row->parameter));
}

static void setting_tell_result(const struct policy_change *change, const struct setting_row *row)
{
	const char *name = memhp_parameter_name(row->parameter), *now = value_shown(row->parameter, row->now);
	bool is_talkative = !change->globals->json && !change->globals->quiet && !change->has_failed;

	switch (row->result) {
	case MEMHP_RESULT_DONE:
		if (is_talkative)
			text_print(stdout, "%s: %s, was %s\n", name, now, value_shown(row->parameter, row->before));
		return;
	case MEMHP_RESULT_ALREADY:
		if (is_talkative)
			text_print(stdout, "%s: already %s\n", name, now);
		return;
	case MEMHP_RESULT_FAILED:
		setting_tell_write(row, &row->set, "set", row->value);
		return;
	case MEMHP_RESULT_PLANNED:
		if (is_talkative)
			setting_tell_planned(row);
		return;
	case MEMHP_RESULT_ROLLED_BACK:
	case MEMHP_RESULT_TIMEOUT:
	case MEMHP_RESULT_INTERRUPTED:
	case MEMHP_RESULT_SKIPPED:
	case MEMHP_RESULT_UNSETTLED:
	case MEMHP_RESULT_REMOVED:
		return;
	}
}

void setting_tell(const struct policy_change *change, const struct setting_row *row)
{
	setting_tell_result(change, row);
	setting_tell_restored(row);
}

void settings_log(const struct policy_change *change)
{
	const struct settings_outcome *outcome = &change->outcome;
	cleanup(cleanup_free) char *text = NULL;
	size_t size = 0;
	FILE *stream = text_open(&text, &size);

	if (!stream)
		return;
	for (size_t i = 0; i < outcome->count; i++) {
		const struct setting_row *row = &outcome->rows[i];

		if (row->result == MEMHP_RESULT_DONE || row->result == MEMHP_RESULT_FAILED)
			fprintf(stream, "%s%s: %s, was %s", ftello(stream) ? "; " : "",
				memhp_parameter_name(row->parameter), row->has_now ? row->now : "unknown",
				row->has_before ? row->before : "unknown");
	}
	fprintf(stream, "%s%s", ftello(stream) ? "" : "no parameter changed",
		change->is_saved && outcome->file > 0 ? "; " CONF_FILE " written" : "");
	text = text_close(stream, &text);
	if (text)
		system_log_text(change->context->request, text);
}

/* The lines of the file that would change: settings are replaced in their lines, or added at the end. The comment at
 * the beginning of a new file is left out. */
static void preview_show(const struct settings_outcome *outcome)
{
	const char *before = outcome->before, *after = outcome->after;

	puts(outcome->file ? CONF_FILE ": would be written" : CONF_FILE ": already up to date");
	for (unsigned int line = 1; outcome->file && *after; line++) {
		const int old_length = (int)strcspn(before, "\n"), length = (int)strcspn(after, "\n");

		if (!*before && *after != '#' && *after != '\n')
			text_print(stdout, "  line %u: %.*s (new)\n", line, length, after);
		else if (*before && (old_length != length || strncmp(before, after, (size_t)length) != 0))
			text_print(stdout, "  line %u: %.*s (was: %.*s)\n", line, length, after, old_length, before);
		before += old_length + (before[old_length] == '\n');
		after += length + (after[length] == '\n');
	}
}

int settings_show(const struct policy_change *change, int status)
{
	const struct settings_outcome *outcome = &change->outcome;

	if (change->globals->json)
		return settings_show_json(change, status);
	if (outcome->after && !change->globals->quiet)
		preview_show(outcome);
	else if (change->is_saved && !change->has_failed && !change->globals->quiet)
		puts(outcome->file ? CONF_FILE ": written" : CONF_FILE ": already up to date");
	return status;
}
