/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy: the options, and the table of parameters. Setting, saving, applying,
 * checking and exporting parameters is left to the other files of this folder.
 * policy-read.c reads for all of them.
 */
#include "cmd-policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../base/unread.h"
#include "../output/json.h"
#include "../output/table.h"
#include "../shared/system-log.h"

DEFINE_CLEANUP(struct table *, table_free)
DEFINE_CLEANUP(struct json *, json_free)

struct policy_args {
	bool save, apply, check, dry_run;
	enum export_format export_format;
};

static const struct option policy_options[] = {
	{ .name = "save", .offset = offsetof(struct policy_args, save),
	  .help = "also save the values in " CONF_FILE },
	{ .name = "apply", .offset = offsetof(struct policy_args, apply),
	  .help = "apply " CONF_FILE ", as at boot" },
	{ .name = "check", .offset = offsetof(struct policy_args, check),
	  .help = "report drift from file and kernel command line" },
	{ .name = "dry-run", .offset = offsetof(struct policy_args, dry_run),
	  .help = "show what would be written; write nothing" },
	{ .name = "export", .metavar = "FORMAT", .offset = offsetof(struct policy_args, export_format),
	  .help = "print the policy for another tool:",
	  .choices = &export_choices },
};

static void policy_context_free(struct policy_context *context)
{
	operands_free(&context->exclude);
	free(context->exclude_text);
	free(context->missing);
	memhp_conf_free(context->conf);
	memhp_policy_free(context->policy);
	memhp_free(context->memhp);
}

/* Show ----------------------------------------------------------------------- */

static int policy_check_names(const struct policy_context *context, const struct words *names)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct memhp_parameter *parameter = memhp_policy_find(context->policy, names->words[i]);
		char needs[80];

		if (!parameter)
			return policy_refuse_name(context->policy, names->words[i], names->hints[i]);
		if (memhp_parameter_error(parameter) != -ENODATA)
			continue;
		parameter_needs(parameter, needs);
		error("this kernel has no %s (needs %s)", memhp_parameter_name(parameter), needs);
		return EXIT_UNSUPPORTED;
	}
	return EXIT_DONE;
}

/* The column SOURCE depends on it, too. */
static int policy_tell_cmdline(const struct policy_context *context)
{
	const int r = policy_cmdline_error(context);

	if (r == -ENOENT)
		notice("%s/proc/cmdline does not exist; what was set at boot is unknown", machine_root(context->globals));
	else if (r < 0)
		warning("%s/proc/cmdline: %s", machine_root(context->globals), strerror(-r));
	if (r < 0 && r != -ENOENT)
		unread_note("proc/cmdline", r);
	return r < 0 && r != -ENOENT ? EXIT_PARTLY : EXIT_DONE;
}

/* Reports parameters that are missing (with --verbose) or could not be understood. Only the latter
 * change the exit status. */
static int policy_tell_state(const struct policy_context *context, const struct words *names)
{
	const struct memhp_parameter *parameter;
	int status = policy_tell_cmdline(context);
	bool is_told = false;

	unread_note_parameters(context->policy);
	memhp_policy_foreach(context->policy, parameter) {
		const struct parameter_row row = parameter_row(context, parameter);
		const int r = memhp_parameter_path(parameter) ? memhp_parameter_error(parameter) : 0;

		if (!policy_is_named(context->policy, names, parameter) || r == 0)
			continue;
		if (r == -ENODATA) {
			detail("this kernel has no %s (needs %s)", memhp_parameter_name(parameter), row.missing);
		} else if (r != -ENOENT) {
			warning("%s: %s", memhp_parameter_name(parameter), error_text(r));
			status = EXIT_PARTLY;
		} else if (!is_told) {
			notice("%s/sys/module does not exist; the parameters in it are unknown",
			       machine_root(context->globals));
			is_told = true;
		}
	}
	policy_warn_of_ignored(context, names);
	return status;
}

static int policy_print_json(const struct policy_context *context, const struct columns *columns,
			     const struct words *names, int status)
{
	cleanup(cleanup_json_free) struct json *json = json_new();
	const struct memhp_parameter *parameter;

	if (!json)
		return -ENOMEM;
	json_rows_begin(json, "parameters");
	memhp_policy_foreach(context->policy, parameter) {
		const struct parameter_row row = parameter_row(context, parameter);

		if (policy_is_named(context->policy, names, parameter))
			json_row(json, columns, &row, 0);
	}
	json_rows_end(json);
	return json_end(json, status);
}

static int policy_print_table(const struct policy_context *context, const struct table_args *args,
			      const struct columns *columns, const struct words *names)
{
	cleanup(cleanup_table_free) struct table *table = table_new(context->globals, args, columns);
	const struct memhp_parameter *parameter;
	int r = table ? 0 : -ENOMEM;

	if (r < 0)
		return r;
	memhp_policy_foreach(context->policy, parameter) {
		const struct parameter_row row = parameter_row(context, parameter);

		if (r == 0 && policy_is_named(context->policy, names, parameter))
			r = table_add(table, &row, 0);
	}
	return r < 0 ? r : table_print(table);
}

static int policy_show(struct policy_context *context, const struct table_args *args, const struct words *names)
{
	struct columns columns;
	int status = columns_choose(context->globals, args, policy_columns, policy_column_count,
				    POLICY_STANDARD_COLUMNS, &columns);
	bool has_failed = false;
	int r;

	if (status == EXIT_DONE)
		status = policy_check_names(context, names);
	if (status != EXIT_DONE)
		return status;
	r = memhp_conf_read(context->memhp, &context->conf);
	if (r < 0) {
		library_warning(CONF_FILE, r);
		has_failed = true;
	}
	status = policy_tell_state(context, names);
	if (has_failed)
		status = EXIT_PARTLY;
	r = context->globals->json ? policy_print_json(context, &columns, names, status) :
	    policy_print_table(context, args, &columns, names);
	return r < 0 ? library_error("policy", r) : status;
}

/* The command ---------------------------------------------------------------- */

static bool has_values(const struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (strchr(words->words[i], '='))
			return true;
	return false;
}

/* Rejects options that would have no effect. */
static int policy_check_args(const struct globals *globals, const struct policy_args *args,
			     const struct table_args *table, const struct words *words)
{
	int modes = args->save + args->apply + args->check + (args->export_format != EXPORT_NONE);

	if (args->dry_run && !args->save && !args->apply && !has_values(words))
		return usage_error("--dry-run needs NAME=VALUE, --save or --apply");
	if (modes > 1)
		return usage_error("--save, --apply, --check and --export exclude each other");
	if (words->count && (args->apply || args->check || args->export_format))
		return usage_error("'%s': --apply, --check and --export take no operand%s", words->words[0],
				   words->hints[0]);
	if ((modes || has_values(words)) && (table->output || table->output_all || table->noheadings || table->pairs ||
					     table->raw || table->bytes))
		return usage_error("options for columns and formats only apply when parameters are shown");
	if (args->export_format && globals->json)
		return usage_error("--export and --json exclude each other");
	return EXIT_DONE;
}

static int policy_run(struct policy_context *context, const struct policy_args *args, const struct table_args *table,
		      const struct words *words)
{
	int status;

	if (args->dry_run || (!args->apply && !args->save && !has_values(words)))
		signals_release();
	status = machine_open(context->globals, &context->memhp);
	if (status == EXIT_DONE)
		status = policy_read(context);
	if (status != EXIT_DONE)
		return args->check && status == EXIT_FAILED ? EXIT_UNDECIDED : status;
	if (args->apply)
		return policy_apply(context);
	if (args->check)
		return policy_check(context);
	if (args->export_format)
		return policy_export(context, args->export_format);
	if (args->save || has_values(words))
		return policy_set(context, words, args->save);
	return policy_show(context, table, words);
}

static int policy_main(struct globals *globals, int argc, const char **argv)
{
	struct policy_args args = { 0 };
	struct table_args table = { 0 };
	cleanup(words_free) struct words words = { 0 };
	cleanup(policy_context_free) struct policy_context context = { .globals = globals };
	const struct option_group groups[] = {
		{ "Policy:", policy_options, OPTION_COUNT(policy_options), &args },
		{ "Columns and formats:", table_options, table_option_count, &table },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), &policy_command))
		return status;
	if (table.list_columns)
		signals_release();
	if (table.list_columns)
		return columns_list(globals, &table, &words, policy_columns, policy_column_count, POLICY_STANDARD_COLUMNS);
	context.request = system_log_request(argc, argv);
	context.dry_run = args.dry_run;
	status = policy_check_args(globals, &args, &table, &words);
	return status == EXIT_DONE ? policy_run(&context, &args, &table, &words) : status;
}

const struct command policy_command = {
	.name = "policy",
	.summary = "show and set what happens to hot-added memory",
	.synopsis = "[OPTION...] [NAME...|NAME=VALUE...]",
	.about = "Show, set and save the kernel's parameters for memory hotplug.",
	.operands = "NAME is a parameter, such as online_policy or auto_movable_ratio.",
	.examples = "  memhp policy\n"
		    "  memhp policy --save online_policy=auto-movable auto_movable_ratio=400\n"
		    "  memhp policy --check",
	.can_change = true,
	.run = policy_main,
};
