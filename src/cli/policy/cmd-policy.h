/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `memhp policy` share: what they work on, and what each of them does.
 */
#ifndef MEMHP_CMD_POLICY_H
#define MEMHP_CMD_POLICY_H

#include "../../libmemhp/libmemhp.h"
#include "../input/operand.h"
#include "../output/column.h"

#define CONF_FILE "/etc/memhp.conf"

/* What all of `memhp policy` works on. */
struct policy_context {
	const struct globals *globals;
	const char *request;             /* the command line, for the system log */
	struct memhp *memhp;
	struct memhp_policy *policy;
	struct memhp_conf *conf;         /* NULL: not read, or not understood */
	char *exclude_text;              /* what exclude of the file says, cut into words */
	struct operands exclude;         /* the same, which point into it */
};

/* policy-columns.c: one parameter as it is. */
struct parameter_row {
	const struct memhp_parameter *parameter;
	const struct memhp_conf *conf;
	char missing[80];                /* what the kernel would need to have it, or "" */
};
#define POLICY_STANDARD_COLUMNS "PARAMETER,VALUE,DEFAULT,SOURCE,WRITABLE,MEANING"
extern const struct column policy_columns[];
extern const size_t policy_column_count;
struct parameter_row parameter_row(const struct policy_context *context, const struct memhp_parameter *parameter);
/* A value for people: yes and no as everywhere. */
const char *value_shown(const struct memhp_parameter *parameter, const char *value);
/* Whether a word of the command line alone says yes, whatever its value. */
bool parameter_is_flag(const struct memhp_parameter *parameter);
/* A value of a parameter as a cell; NULL is unknown. */
void cell_set_value(struct cell *cell, const struct memhp_parameter *parameter, const char *value);
/* "Linux 5.15 with CONFIG_NUMA" */
void parameter_needs(const struct memhp_parameter *parameter, char ret[80]);

/* policy-read.c: reads the policy anew; says what is wrong and returns an exit status. */
int policy_read(struct policy_context *context);
/* The file, all of it checked. */
int policy_read_conf(struct policy_context *context);
/* Of the command line, which all the parameters share that have no file; 0: it could be read, or -errno. */
int policy_cmdline_error(const struct policy_context *context);
/* An error and its exit status where it could not be: nobody knows what it says. */
int policy_need_cmdline(const struct policy_context *context);
/* Whether the parameter is one of those that are named; without names all are. */
bool policy_is_named(const struct memhp_policy *policy, const struct words *names,
		     const struct memhp_parameter *parameter);
/* Warns of what the command line says in vain, each thing once; of named parameters only, or of all. */
void policy_warn_of_ignored(const struct policy_context *context, const struct words *names);

/* policy-set.c: NAME=VALUE..., perhaps kept in the file. */
int policy_set(struct policy_context *context, const struct words *words, bool is_saved);

/* policy-change.c: makes settings that have been checked, and tells of it. */
#define SETTINGS_MAX 8
struct policy_change {
	const struct policy_context *context;
	const struct globals *globals;   /* how it is told */
	const char *action;              /* "set", "apply" */
	bool is_saved;                   /* into the file too */
	bool is_partial;                 /* something could not be tried */
	struct memhp_setting settings[SETTINGS_MAX];
	char values[SETTINGS_MAX][MEMHP_VALUE_SIZE];
	size_t count;
	/* What is left as it is, because the command line set it or the kernel lacks it. */
	struct memhp_setting skipped[SETTINGS_MAX];
	size_t skipped_count;
	/* Afterwards: the kernel's values are not what they were; something failed. */
	bool has_changed, has_failed;
};
int policy_change(struct policy_change *change);

/* policy-apply.c: makes what the file says so. */
int policy_apply(struct policy_context *context);
/* policy-check.c: whether what file and command line say is so. */
int policy_check(struct policy_context *context);

/* policy-export.c: the running policy in the words of others. */
enum export_format { EXPORT_NONE, EXPORT_CMDLINE, EXPORT_GRUBBY, EXPORT_GRUB_D, EXPORT_TMPFILES, EXPORT_SYSFS_D,
		     EXPORT_BOOTC };
extern const struct choices export_choices;
int policy_export(struct policy_context *context, enum export_format format);

#endif
