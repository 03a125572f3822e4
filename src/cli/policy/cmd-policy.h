/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of memhp policy share: the context that they work on and the
 * functions that they offer. The rules of the parameters themselves are in the
 * library.
 */
#ifndef MEMHP_CMD_POLICY_H
#define MEMHP_CMD_POLICY_H

#include "../../libmemhp/libmemhp.h"
#include "../input/operand.h"
#include "../output/column.h"
#include "../shared/guard.h"

#define CONF_FILE "/etc/memhp.conf"

/* What all of memhp policy works on. */
struct policy_context {
	const struct globals *globals;
	const char *request;             /* the command and its arguments, for the system log */
	bool dry_run;                    /* show what would be written, and write nothing */
	struct memhp *memhp;
	struct memhp_policy *policy;
	struct memhp_conf *conf;         /* NULL: not read, or not understood */
	char *exclude_text;              /* the value of "exclude" in the file, cut into words */
	struct operands exclude;         /* the same, parsed; the words are borrowed from exclude_text */
	char *missing;                   /* those of them that name no block: "900, 0x9000000000"; or NULL */
	size_t missing_count;
};

/* policy-columns.c: one parameter with its current value. */
struct parameter_row {
	const struct memhp_parameter *parameter;
	const struct memhp_conf *conf;
	char missing[80];                /* what a kernel needs to have it, or "" if this one does */
};
#define POLICY_STANDARD_COLUMNS "PARAMETER,VALUE,DEFAULT,SOURCE,WRITABLE,MEANING"
extern const struct column policy_columns[];
extern const size_t policy_column_count;
struct parameter_row parameter_row(const struct policy_context *context, const struct memhp_parameter *parameter);
/* A value as it is printed: booleans become yes and no. */
const char *value_shown(const struct memhp_parameter *parameter, const char *value);
/* Whether the parameter is a word without a value on the kernel command line. */
bool parameter_is_flag(const struct memhp_parameter *parameter);
/* Stores a value of a parameter in a cell. NULL: unknown. */
void cell_set_value(struct cell *cell, const struct memhp_parameter *parameter, const char *value);
/* "Linux 5.15 with CONFIG_NUMA" */
void parameter_needs(const struct memhp_parameter *parameter, char ret[80]);

/* policy-read.c: reads the policy again. Reports errors and returns an exit status. */
int policy_read(struct policy_context *context);
/* Reads and checks the whole file. */
int policy_read_conf(struct policy_context *context);
/* policy-exclude.c: parses and judges what the file excludes, for policy_read_conf(). */
int policy_parse_exclude(struct policy_context *context);
/* policy-exclude.c: prints a notice about what names no block. */
void policy_tell_missing(const struct policy_context *context);
/* Why the kernel command line could not be read (a negative errno), or 0. All parameters that have
 * no file depend on it. */
int policy_cmdline_error(const struct policy_context *context);
/* Prints an error and returns its exit status if the kernel command line could not be read. */
int policy_need_cmdline(const struct policy_context *context);
/* Whether the parameter is among the names. True if there are no names. */
bool policy_is_named(const struct memhp_policy *policy, const struct words *names,
		     const struct memhp_parameter *parameter);
/* Warns once about each setting on the kernel command line that the kernel ignored: of the named
 * parameters only, or of all. */
/* The error about a name that no parameter has, with the names there are; hint ends it. EXIT_USAGE. */
int policy_refuse_name(const struct memhp_policy *policy, const char *name, const char *hint);
void policy_warn_of_ignored(const struct policy_context *context, const struct words *names);

/* policy-set.c: sets NAME=VALUE..., and saves them in the file if is_saved. */
int policy_set(struct policy_context *context, const struct words *words, bool is_saved);

/* policy-apply.c: applies the file. */
int policy_apply(struct policy_context *context);
/* policy-check.c: compares the running values with the file and the kernel command line. */
int policy_check(struct policy_context *context);

/* policy-export.c: prints the running policy in the format of another tool. */
enum export_format { EXPORT_NONE, EXPORT_CMDLINE, EXPORT_GRUBBY, EXPORT_GRUB_D, EXPORT_TMPFILES, EXPORT_SYSFS_D,
		     EXPORT_BOOTC };
extern const struct choices export_choices;
int policy_export(struct policy_context *context, enum export_format format);

#endif
