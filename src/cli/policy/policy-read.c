/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what all of memhp policy needs: the parameters, the file and the kernel
 * command line. Reports what cannot be read, and what the kernel ignored. The other
 * files decide what follows.
 */
#include "cmd-policy.h"

#include <errno.h>
#include <string.h>

#include "../../libmemhp/choice.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/unread.h"

int policy_read(struct policy_context *context)
{
	struct memhp_policy *policy = NULL;
	int r = memhp_policy_read(context->memhp, &policy);

	if (r < 0)
		return library_error("policy", r);
	memhp_policy_free(context->policy);
	context->policy = policy;
	if (memhp_parameter_error(memhp_policy_find(policy, "block_size_bytes")) != -ENODATA)
		return EXIT_DONE;
	unread_note("sys/devices/system/memory/block_size_bytes", ENOENT);
	error("this kernel or machine has no memory hotplug: %s/sys/devices/system/memory/block_size_bytes: %s",
	      machine_root(context->globals), strerror(ENOENT));
	return EXIT_UNSUPPORTED;
}

int policy_read_conf(struct policy_context *context)
{
	int r = memhp_conf_read(context->memhp, &context->conf);

	return r < 0 ? library_error(CONF_FILE, r) : policy_parse_exclude(context);
}

int policy_cmdline_error(const struct policy_context *context)
{
	return memhp_parameter_error(memhp_policy_find(context->policy, "movable_node"));
}

int policy_need_cmdline(const struct policy_context *context)
{
	int r = policy_cmdline_error(context);

	if (r == 0)
		return EXIT_DONE;
	error("%s/proc/cmdline: %s", machine_root(context->globals), strerror(-r));
	unread_note("proc/cmdline", r);
	return EXIT_FAILED;
}

bool policy_is_named(const struct memhp_policy *policy, const struct words *names,
		     const struct memhp_parameter *parameter)
{
	for (size_t i = 0; i < names->count; i++)
		if (memhp_policy_find(policy, names->words[i]) == parameter)
			return true;
	return !names->count;
}

int policy_refuse_name(const struct memhp_policy *policy, const char *name, const char *hint)
{
	const struct memhp_parameter *parameter = NULL, *next = memhp_policy_next(policy, NULL);
	char names[512] = "";

	while ((parameter = next)) {
		next = memhp_policy_next(policy, parameter);
		choice_add(names, sizeof(names), memhp_parameter_name(parameter), !next);
	}
	return usage_error("unknown parameter '%s' (%s)%s", name, names, hint);
}

void policy_warn_of_ignored(const struct policy_context *context, const struct words *names)
{
	const struct memhp_parameter *parameter, *other;

	memhp_policy_foreach(context->policy, parameter) {
		const char *text = memhp_parameter_ignored(parameter), *boot = memhp_parameter_boot(parameter);
		bool is_told = false;

		if (!text || !policy_is_named(context->policy, names, parameter))
			continue;
		memhp_policy_foreach(context->policy, other) {
			if (other == parameter)
				break;
			is_told |= policy_is_named(context->policy, names, other) && memhp_parameter_boot(other) &&
				   strcmp(memhp_parameter_boot(other), boot) == 0;
		}
		if (!is_told)
			warning("the kernel ignored %s%s%s on its command line", boot, *text ? "=" : "", text);
	}
	for (size_t i = 0; !names->count && memhp_policy_unknown(context->policy, i); i++)
		warning("the kernel ignored %s on its command line: it has no such parameter",
			memhp_policy_unknown(context->policy, i));
}
