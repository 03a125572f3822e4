/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy --apply: applies the file at boot, except for parameters that the
 * kernel command line sets. Then brings offline memory online if the file requests
 * it, with the code of memhp online.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../shared/guard.h"
#include "../change/change.h"
#include "policy-change.h"

/* Decides about one parameter of the file: set it, or leave it unchanged. */
static int apply_choose(struct policy_change *change, const struct memhp_parameter *parameter)
{
	const char *name = memhp_parameter_name(parameter), *cmdline = memhp_parameter_cmdline(parameter);
	const char *value = memhp_conf_value(change->context->conf, name);
	char *checked = change->values[change->count], needs[80];
	int r;

	if (!value)
		return EXIT_DONE;
	if (cmdline) {
		if (strcmp(cmdline, value) != 0)
			notice("%s: the kernel command line sets %s and takes precedence over " CONF_FILE " (%s)", name,
			       value_shown(parameter, cmdline), value_shown(parameter, value));
		change->skipped[change->skipped_count++] = (struct memhp_setting){ sizeof(struct memhp_setting), name, value };
		return EXIT_DONE;
	}
	r = memhp_parameter_check(parameter, value, checked);
	if (r == -EOPNOTSUPP) {
		parameter_needs(parameter, needs);
		warning("%s: this kernel has no such parameter (needs %s)", name, needs);
		change->skipped[change->skipped_count++] = (struct memhp_setting){ sizeof(struct memhp_setting), name, value };
		change->is_partial = true;
		return EXIT_DONE;
	}
	if (r < 0) {
		error("%s: cannot be set: %s", name, strerror(-r));
		return EXIT_FAILED;
	}
	change->settings[change->count++] = (struct memhp_setting){ sizeof(struct memhp_setting), name, checked };
	return EXIT_DONE;
}

/* Reads all that is judged. The caller holds the lock: no other memhp is writing the file. */
static int apply_read(struct policy_context *context)
{
	const struct words all = { 0 };
	int status = policy_read(context);

	if (status == EXIT_DONE)
		status = policy_need_cmdline(context);
	if (status == EXIT_DONE)
		status = policy_read_conf(context);
	if (status != EXIT_DONE)
		return status;
	if (!memhp_conf_exists(context->conf))
		notice(CONF_FILE " does not exist; nothing to apply");
	policy_tell_missing(context);
	policy_warn_of_ignored(context, &all);
	return EXIT_DONE;
}

static int apply_parameters(struct policy_context *context, struct policy_change *change, struct guard *guard)
{
	const struct memhp_parameter *parameter;
	int status = EXIT_DONE;

	memhp_policy_foreach(context->policy, parameter)
		if (status == EXIT_DONE && memhp_parameter_is_kept(parameter))
			status = apply_choose(change, parameter);
	return status == EXIT_DONE ? policy_change(change, guard) : status;
}

/* The document about the blocks is the only one, so it has the parameters, too. */
static void apply_add_parameters(struct json *json, const void *data)
{
	settings_add_json(data, json);
}

static int apply_go_online(const struct policy_context *context, const char *target, const struct policy_change *change)
{
	struct operand all = { .kind = OPERAND_ALL, .word = "all" };
	const struct operands operands = { .items = &all, .count = 1 };
	struct change_args args = CHANGE_ARGS_DEFAULT;
	struct globals globals = *context->globals;
	int status = choices_parse(&target_choices, target, &args.target);

	if (status != EXIT_DONE)
		return status;
	args.request = context->request;
	args.is_partial = change->is_partial;
	args.progress = PROGRESS_NEVER;
	args.lacks_explain = args.lacks_force = true;
	args.dry_run = context->dry_run;
	args.add_to_document = apply_add_parameters;
	args.document_data = change;
	args.exclude = &context->exclude;
	args.filters.states = 1U << MEMHP_STATE_OFFLINE;
	/* The journal should have one line per block. */
	globals.verbose = !globals.quiet;
	message_verbosity(globals.quiet, globals.verbose);
	return change_operands(&globals, &args, MEMHP_ACTION_ONLINE, &operands);
}

int policy_apply(struct policy_context *context)
{
	struct globals globals = *context->globals;
	cleanup(policy_change_free) struct policy_change change = { .context = context, .globals = &globals, .action = "apply" };
	cleanup(guard_end) struct guard guard = GUARD_NONE;
	const char *target;
	bool goes_online;
	int status = EXIT_DONE;

	if (!context->dry_run)
		status = guard_begin(context->globals, limit_after(clock_ms(), GUARD_PATIENCE_MS), &guard);
	if (status == EXIT_DONE)
		status = apply_read(context);
	if (status != EXIT_DONE)
		return status;
	target = memhp_conf_value(context->conf, "online_existing");
	goes_online = target && strcmp(target, "no") != 0;
	/* The journal should have results and messages in their real order. */
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	/* Only one document may be printed: the one of the last step. */
	globals.json &= !goes_online;
	globals.quiet |= context->globals->json;
	status = apply_parameters(context, &change, &guard);
	guard_end(&guard);
	/* With the wrong policy the memory would get into the wrong zones. */
	if (!goes_online || change.has_failed || (status != EXIT_DONE && status != EXIT_PARTLY))
		return status;
	return apply_go_online(context, target, &change);
}
