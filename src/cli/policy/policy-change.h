/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The result of setting parameters: policy-change.c makes it, policy-report.c shows it.
 */
#ifndef MEMHP_POLICY_CHANGE_H
#define MEMHP_POLICY_CHANGE_H

#include "cmd-policy.h"

#define SETTINGS_MAX 8

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

/* What happened to all settings, and to the file. */
struct settings_outcome {
	struct setting_row rows[2 * SETTINGS_MAX];
	size_t count;
	int file;                        /* 1: written, 0: nothing to write, or -errno */
	char *before, *after;            /* of a dry run: the text of the file, or NULL */
};

/* Settings to apply, and the result. */
struct policy_change {
	const struct policy_context *context;
	const struct globals *globals;   /* options for the report */
	const char *action;              /* "set", "apply" */
	bool is_saved;                   /* save in the file too */
	bool is_partial;                 /* something could not be tried */
	struct memhp_setting settings[SETTINGS_MAX];
	char values[SETTINGS_MAX][MEMHP_VALUE_SIZE];
	size_t count;
	/* Parameters left unchanged: the kernel command line sets them, or the kernel lacks them. */
	struct memhp_setting skipped[SETTINGS_MAX];
	size_t skipped_count;
	bool has_failed;                 /* the result: anything failed */
	struct settings_outcome outcome;
};
void policy_change_free(struct policy_change *change);
/* Applies settings that have been checked, and reports the result. Ends the guard before it reports. */
int policy_change(struct policy_change *change, struct guard *guard);

/* policy-report.c: whether any parameter has that result; and lines for people. */
bool settings_have_result(const struct settings_outcome *outcome, enum memhp_result result);
void setting_tell(const struct policy_change *change, const struct setting_row *row);
/* A document, or what is left to say about the file. Returns the exit status. */
int settings_show(const struct policy_change *change, int status);
/* The parameters as rows of a document. */
struct json;
void settings_add_json(const struct policy_change *change, struct json *json);
/* One line in the system log. */
void settings_log(const struct policy_change *change);

#endif
