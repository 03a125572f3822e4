/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applies settings that have been checked, and saves them in the file if requested; or
 * finds out what that would change. Checking is left to policy-set.c and policy-apply.c,
 * showing the result to policy-report.c.
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
#include "policy-change.h"

DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)

void policy_change_free(struct policy_change *change)
{
	free(change->outcome.before);
	free(change->outcome.after);
}

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
	struct setting_write kept = { 0 };

	if (!write)
		return kept;
	kept.is_accepted = write->is_accepted;
	kept.has_read = write->read;
	kept.error = write->error;
	copy_value(kept.read, write->read);
	return kept;
}

static void on_setting(void *data, const struct memhp_policy_step *step)
{
	struct settings_outcome *outcome = data;
	struct setting_row *row = &outcome->rows[outcome->count++];

	*row = (struct setting_row){ .parameter = step->parameter, .result = step->result, .error = step->error,
				     .has_before = step->before, .has_now = step->now,
				     .set = keep_write(step->set), .restored = keep_write(step->restored) };
	/* What failed may have been something before the write. */
	row->set.error = step->error;
	copy_value(row->value, step->value);
	copy_value(row->before, step->before);
	copy_value(row->now, step->now);
}

/* One old value was written again. */
static void on_taken_back(void *data, const struct memhp_policy_step *step)
{
	struct settings_outcome *outcome = data;

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
static int take_settings_back(const struct policy_change *change, struct settings_outcome *outcome)
{
	int r = 0;

	for (size_t i = outcome->count; i-- > 0;) {
		const struct setting_row *row = &outcome->rows[i];
		const struct memhp_setting setting = { sizeof(setting), memhp_parameter_name(row->parameter), row->before };

		if (row->result == MEMHP_RESULT_DONE &&
		    memhp_policy_set(change->context->memhp, change->context->policy, &setting, 1, on_taken_back,
				     outcome) < 0)
			r = -ENOTRECOVERABLE;
	}
	return r;
}

static int make_settings(const struct policy_change *change, struct settings_outcome *outcome)
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

/* What a run would do. The settings have been checked, and so has the file. */
static int preview_settings(const struct policy_change *change, struct settings_outcome *outcome)
{
	for (size_t i = 0; i < change->count; i++) {
		struct setting_row *row = &outcome->rows[outcome->count++];
		const struct memhp_setting *setting = &change->settings[i];
		const struct memhp_parameter *parameter = memhp_policy_find(change->context->policy, setting->name);
		const char *now = memhp_parameter_value(parameter);

		*row = (struct setting_row){
			.parameter = parameter, .has_before = now, .has_now = now,
			.result = now && strcmp(now, setting->value) == 0 ? MEMHP_RESULT_ALREADY : MEMHP_RESULT_PLANNED,
		};
		copy_value(row->value, setting->value);
		copy_value(row->before, now);
		copy_value(row->now, now);
	}
	if (!change->is_saved)
		return EXIT_DONE;
	outcome->file = memhp_conf_preview(change->context->memhp, change->settings, change->count, &outcome->before,
					   &outcome->after);
	return outcome->file < 0 ? library_error(CONF_FILE, outcome->file) : EXIT_DONE;
}

/* Adds the parameters that were left unchanged to the report. */
static void add_skipped(const struct policy_change *change, struct settings_outcome *outcome)
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

/* Returns whether anything was changed and was not changed back. */
static bool note_changes(const struct settings_outcome *outcome, int status)
{
	bool has_changed = outcome->file > 0 || settings_have_result(outcome, MEMHP_RESULT_DONE) || status == EXIT_PARTLY;

	if (has_changed)
		changes_note();
	return has_changed;
}

int policy_change(struct policy_change *change, struct guard *guard)
{
	const struct globals *globals = change->globals;
	struct settings_outcome *outcome = &change->outcome;
	bool has_changed = false;
	int status;

	warn_of_settings(change);
	if (signals_take())
		return guard_stopped();
	status = change->context->dry_run ? preview_settings(change, outcome) : make_settings(change, outcome);
	if (!change->context->dry_run)
		has_changed = note_changes(outcome, status);
	guard_end(guard);
	change->has_failed = status != EXIT_DONE;
	if (change->has_failed && !outcome->count)
		return status;
	if (!globals->sysroot && (has_changed || change->has_failed) && !change->context->dry_run)
		settings_log(change);
	add_skipped(change, outcome);
	for (size_t i = 0; i < outcome->count; i++)
		setting_tell(change, &outcome->rows[i]);
	if (status == EXIT_DONE && change->is_partial)
		status = EXIT_PARTLY;
	/* The error document already says why the file was not written. */
	if (outcome->file < 0 && status == EXIT_FAILED)
		return status;
	if (change->is_saved && !change->context->dry_run && !change->has_failed &&
	    memhp_conf_is_applied(change->context->memhp) == 0)
		notice(CONF_FILE " is not applied at boot; run 'systemctl enable memhp.service'");
	return settings_show(change, status);
}
