/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applies settings that have been checked, saves them in the file if requested, and
 * reports the result: lines for people, a document for programs, a line in the system
 * log. Checking is left to policy-set.c and policy-apply.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/changes.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../base/text.h"
#include "../output/json.h"
#include "../shared/system-log.h"
#include "cmd-policy.h"

DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)
DEFINE_CLEANUP(struct json *, json_free)

/* A write of a value. */
struct setting_write {
	bool is_accepted, has_read;
	char read[MEMHP_VALUE_SIZE];
	int error;
};

/* What happened to one setting. */
struct setting_row {
	const struct memhp_parameter *parameter;
	char value[MEMHP_VALUE_SIZE], before[MEMHP_VALUE_SIZE], now[MEMHP_VALUE_SIZE];
	bool has_before, has_now;
	enum memhp_result result;
	int error;
	struct setting_write set, restored;
};

struct outcome {
	struct setting_row rows[2 * SETTINGS_MAX];
	size_t count;
	int file;                        /* 1: written, 0: nothing to write, or -errno */
};

/* Warn ----------------------------------------------------------------------- */

/* Whether hot-added memory is online. */
static bool has_added_memory(const struct policy_context *context)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	const struct memhp_block *block;

	if (memhp_snapshot_take(context->memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_ORIGIN, &snapshot) < 0)
		return false;
	memhp_snapshot_foreach(snapshot, block) {
		enum memhp_origin origin = memhp_block_origin(block);

		if (memhp_block_state(block) == MEMHP_STATE_ONLINE && origin != MEMHP_ORIGIN_BOOT &&
		    (origin != MEMHP_ORIGIN_UNKNOWN || memhp_block_device(block)))
			return true;
	}
	return false;
}

static void warn_of_settings(const struct policy_change *change)
{
	for (size_t i = 0; i < change->count; i++) {
		const struct memhp_setting *setting = &change->settings[i];
		const struct memhp_parameter *parameter = memhp_policy_find(change->context->policy, setting->name);
		const char *now = memhp_parameter_value(parameter), *cmdline = memhp_parameter_cmdline(parameter);

		if (strcmp(setting->name, "auto_movable_ratio") == 0 && strtoull(setting->value, NULL, 10) > INT_MAX)
			warning("auto_movable_ratio: the kernel's arithmetic overflows above %d", INT_MAX);
		if (strcmp(setting->name, "online_policy") == 0 && now && strcmp(now, setting->value) != 0 &&
		    has_added_memory(change->context))
			warning("online_policy: hot-added memory is already online; "
				"the kernel document advises against changing the policy after that");
		if (change->is_saved && cmdline && strcmp(cmdline, setting->value) != 0)
			warning("%s: the kernel command line sets %s, which will override " CONF_FILE " at the next boot",
				setting->name, value_shown(parameter, cmdline));
	}
}

/* Write ---------------------------------------------------------------------- */

static void copy_value(char to[MEMHP_VALUE_SIZE], const char *from)
{
	snprintf(to, MEMHP_VALUE_SIZE, "%s", from ? from : "");
}

static struct setting_write keep_write(const struct memhp_policy_write *write)
{
	struct setting_write kept = {
		.is_accepted = write->is_accepted, .has_read = write->read, .error = write->error };

	copy_value(kept.read, write->read);
	return kept;
}

static void on_setting(void *data, const struct memhp_policy_step *step)
{
	struct outcome *outcome = data;
	struct setting_row *row = &outcome->rows[outcome->count++];

	*row = (struct setting_row){ .parameter = step->parameter, .result = step->result, .error = step->error,
				     .has_before = step->before, .has_now = step->now,
				     .set = keep_write(&step->set), .restored = keep_write(&step->restored) };
	/* What failed may have been something before the write. */
	row->set.error = step->error;
	copy_value(row->value, step->value);
	copy_value(row->before, step->before);
	copy_value(row->now, step->now);
}

/* One old value was written again. */
static void on_taken_back(void *data, const struct memhp_policy_step *step)
{
	struct outcome *outcome = data;

	for (size_t i = 0; i < outcome->count; i++) {
		struct setting_row *row = &outcome->rows[i];

		if (row->parameter != step->parameter)
			continue;
		row->restored = (struct setting_write){ .is_accepted = !step->error, .error = step->error };
		row->has_now = step->now;
		copy_value(row->now, step->now);
		if (!step->error)
			row->result = MEMHP_RESULT_ROLLED_BACK;
	}
}

/* Restores the kernel's values because the file could not be written. One that fails keeps none of the
 * others from it. */
static int take_settings_back(const struct policy_change *change, struct outcome *outcome)
{
	int r = 0;

	for (size_t i = outcome->count; i-- > 0;) {
		const struct setting_row *row = &outcome->rows[i];
		const struct memhp_setting setting = { memhp_parameter_name(row->parameter), row->before };

		if (row->result == MEMHP_RESULT_DONE &&
		    memhp_policy_set(change->context->memhp, change->context->policy, &setting, 1, on_taken_back,
				     outcome) < 0)
			r = -ENOTRECOVERABLE;
	}
	return r;
}

static bool settings_have_result(const struct outcome *outcome, enum memhp_result result)
{
	for (size_t i = 0; i < outcome->count; i++)
		if (outcome->rows[i].result == result)
			return true;
	return false;
}

static int make_settings(const struct policy_change *change, struct outcome *outcome)
{
	struct memhp *memhp = change->context->memhp;
	int r = memhp_policy_set(memhp, change->context->policy, change->settings, change->count, on_setting, outcome);

	if (r < 0 && !outcome->count)
		return library_error("policy", r);
	if (r < 0)
		return r == -ENOTRECOVERABLE ? EXIT_PARTLY : EXIT_FAILED;
	if (!change->is_saved)
		return EXIT_DONE;
	outcome->file = memhp_conf_save(memhp, change->settings, change->count);
	if (outcome->file >= 0)
		return EXIT_DONE;
	(void)library_error(CONF_FILE, outcome->file);
	return take_settings_back(change, outcome) < 0 ? EXIT_PARTLY : EXIT_FAILED;
}

/* Show ----------------------------------------------------------------------- */

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

static int settings_show_json(const struct policy_change *change, const struct outcome *outcome, int status)
{
	cleanup(cleanup_json_free) struct json *json = json_new();
	struct columns columns;

	if (!json)
		return library_error("policy", -ENOMEM);
	status = signals_status(status);
	columns_all(setting_columns, OPTION_COUNT(setting_columns), &columns);
	json_set_text(json, NULL, "action", change->action);
	json_rows_begin(json, "parameters");
	for (size_t i = 0; i < outcome->count; i++)
		json_row(json, &columns, &outcome->rows[i], 0);
	json_rows_end(json);
	json_set_bool(json, NULL, "saved", change->is_saved && !change->has_failed);
	json_set_number(json, NULL, "exit_status", (uint64_t)status);
	return json_end(json) < 0 ? library_error("policy", -ENOMEM) : status;
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
static void setting_tell(const struct policy_change *change, const struct setting_row *row)
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
	case MEMHP_RESULT_ROLLED_BACK:
	case MEMHP_RESULT_PLANNED:
	case MEMHP_RESULT_TIMEOUT:
	case MEMHP_RESULT_INTERRUPTED:
	case MEMHP_RESULT_SKIPPED:
	case MEMHP_RESULT_UNSETTLED:
	case MEMHP_RESULT_REMOVED:
		return;
	}
}

static void log_settings(const struct policy_change *change, const struct outcome *outcome)
{
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

/* Adds the parameters that were left unchanged to the report. */
static void add_skipped(const struct policy_change *change, struct outcome *outcome)
{
	for (size_t i = 0; i < change->skipped_count; i++) {
		struct setting_row *row = &outcome->rows[outcome->count++];
		const struct memhp_parameter *parameter =
			memhp_policy_find(change->context->policy, change->skipped[i].name);
		const char *now = memhp_parameter_value(parameter);

		*row = (struct setting_row){ .parameter = parameter, .result = MEMHP_RESULT_SKIPPED,
					     .has_before = now, .has_now = now };
		copy_value(row->value, change->skipped[i].value);
		copy_value(row->before, now);
		copy_value(row->now, now);
	}
}

static int settings_show(const struct policy_change *change, const struct outcome *outcome, int status)
{
	if (change->globals->json)
		return settings_show_json(change, outcome, status);
	if (change->is_saved && !change->has_failed && !change->globals->quiet)
		puts(outcome->file ? CONF_FILE ": written" : CONF_FILE ": already up to date");
	return status;
}

/* Returns whether anything was changed and was not changed back. */
static bool note_changes(const struct outcome *outcome, int status)
{
	bool has_changed = outcome->file > 0 || settings_have_result(outcome, MEMHP_RESULT_DONE) || status == EXIT_PARTLY;

	if (has_changed)
		changes_note();
	return has_changed;
}

int policy_change(struct policy_change *change, struct guard *guard)
{
	const struct globals *globals = change->globals;
	struct outcome outcome = { 0 };
	bool has_changed;
	int status;

	warn_of_settings(change);
	if (signals_take())
		return guard_stopped();
	status = make_settings(change, &outcome);
	has_changed = note_changes(&outcome, status);
	guard_end(guard);
	change->has_failed = status != EXIT_DONE;
	if (change->has_failed && !outcome.count)
		return status;
	if (!globals->sysroot && (has_changed || change->has_failed))
		log_settings(change, &outcome);
	add_skipped(change, &outcome);
	for (size_t i = 0; i < outcome.count; i++) {
		setting_tell(change, &outcome.rows[i]);
		setting_tell_restored(&outcome.rows[i]);
	}
	if (status == EXIT_DONE && change->is_partial)
		status = EXIT_PARTLY;
	/* The error document already says why the file was not written. */
	if (outcome.file < 0 && status == EXIT_FAILED)
		return status;
	if (change->is_saved && !change->has_failed && memhp_conf_is_applied(change->context->memhp) == 0)
		notice(CONF_FILE " is not applied at boot; run 'systemctl enable memhp.service'");
	return settings_show(change, &outcome, status);
}
