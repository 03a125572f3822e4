/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy NAME=VALUE...: checks all words before anything is written, and
 * explains why a parameter cannot be set. policy-change.c does the writing.
 */
#include <errno.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/choice.h"
#include "../base/message.h"
#include "../shared/guard.h"
#include "policy-change.h"

static int refuse_value(const struct memhp_parameter *parameter, const char *value, int code)
{
	const char *const *words = memhp_parameter_words(parameter);
	const char *name = memhp_parameter_name(parameter);
	char list[128] = "";

	if (code == -ERANGE)
		return usage_error("%s: '%s' exceeds 4294967295", name, value);
	if (memhp_parameter_kind(parameter) == MEMHP_KIND_NUMBER)
		return usage_error("%s: '%s' is not a number from 0 to 4294967295", name, value);
	if (!words)
		return usage_error("%s: '%s' is not an amount or a percentage, such as 2G or 50%%", name, value);
	for (; *words; words++)
		choice_add(list, sizeof(list), *words, !words[1]);
	return usage_error("%s: unknown value '%s' (%s)", name, value, list);
}

/* Explains why a parameter cannot be set while the kernel runs. */
static int refuse_parameter(const struct memhp_parameter *parameter, const char *value, int code)
{
	const char *name = memhp_parameter_name(parameter), *boot = memhp_parameter_boot(parameter);
	char needs[80];

	if (code == -EOPNOTSUPP) {
		parameter_needs(parameter, needs);
		error("this kernel has no %s (needs %s)", name, needs);
	} else if (memhp_parameter_is_kept(parameter)) {
		error("%s: its file is read-only", name);
	} else if (parameter_is_flag(parameter)) {
		error("%s can only be set at boot; it is yes if the kernel command line contains %s, else no", name, boot);
	} else if (boot) {
		error("%s can only be set at boot; add %s=%s to the kernel command line", name, boot, value);
	} else {
		error("%s depends on the kernel and the machine and cannot be set", name);
	}
	return EXIT_UNSUPPORTED;
}

static int set_add_setting(struct policy_change *change, const struct memhp_parameter *parameter, const char *value)
{
	char *checked = change->values[change->count];
	int r = memhp_parameter_check(parameter, value, checked);

	if (r == -EINVAL || r == -ERANGE)
		return refuse_value(parameter, value, r);
	if (r < 0)
		return refuse_parameter(parameter, value, r);
	for (size_t i = 0; i < change->count; i++) {
		if (strcmp(change->settings[i].name, memhp_parameter_name(parameter)) != 0)
			continue;
		return strcmp(change->settings[i].value, checked) == 0 ? EXIT_DONE :
		       usage_error("%s is given two values, %s and %s", memhp_parameter_name(parameter),
				   value_shown(parameter, change->settings[i].value), value_shown(parameter, checked));
	}
	change->settings[change->count++] = (struct memhp_setting){ sizeof(struct memhp_setting), memhp_parameter_name(parameter), checked };
	return EXIT_DONE;
}

static int set_add_word(struct policy_change *change, const char *word)
{
	const struct memhp_policy *policy = change->context->policy;
	const size_t length = strcspn(word, "=");
	cleanup(cleanup_free) char *name = strndup(word, length);
	const struct memhp_parameter *parameter = name ? memhp_policy_find(policy, name) : NULL;

	if (!name)
		return library_error("policy", -ENOMEM);
	if (!parameter && (strcmp(name, "exclude") == 0 || strcmp(name, "online_existing") == 0))
		return usage_error("'%s' is not a kernel parameter; set it in " CONF_FILE, name);
	if (!parameter)
		return policy_refuse_name(policy, name, "");
	if (!word[length])
		return usage_error("'%s' lacks a value; write %s=VALUE", word, memhp_parameter_name(parameter));
	return set_add_setting(change, parameter, word + length + 1);
}

/* Adds the current value of each parameter that this kernel has and that the file can hold. */
static int set_add_current(struct policy_change *change)
{
	const struct memhp_parameter *parameter;
	int status = EXIT_DONE;

	memhp_policy_foreach(change->context->policy, parameter) {
		int r = memhp_parameter_error(parameter);

		if (!memhp_parameter_is_kept(parameter) || r == -ENODATA || status != EXIT_DONE)
			continue;
		if (r < 0) {
			error("%s: %s", memhp_parameter_name(parameter), error_text(r));
			return EXIT_FAILED;
		}
		status = set_add_setting(change, parameter, memhp_parameter_value(parameter));
	}
	return status;
}

/* Checks that the file can be written before any parameter is changed. */
static int set_check_file(struct policy_context *context)
{
	int r = memhp_conf_save(context->memhp, NULL, 0);

	return r < 0 ? library_error(CONF_FILE, r) : policy_read_conf(context);
}

int policy_set(struct policy_context *context, const struct words *words, bool is_saved)
{
	cleanup(guard_end) struct guard guard = GUARD_NONE;
	cleanup(policy_change_free) struct policy_change change = { .context = context, .globals = context->globals, .action = "set",
					.is_saved = is_saved };
	int status = EXIT_DONE;

	/* Report wrong words before waiting for another memhp. */
	for (size_t i = 0; i < words->count && status == EXIT_DONE; i++)
		status = set_add_word(&change, words->words[i]);
	if (status == EXIT_DONE && !context->dry_run)
		status = guard_begin(context->globals, limit_after(clock_ms(), GUARD_PATIENCE_MS), &guard);
	if (status == EXIT_DONE)
		status = policy_read(context);
	if (status == EXIT_DONE && !words->count)
		status = set_add_current(&change);
	if (status == EXIT_DONE && is_saved)
		status = set_check_file(context);
	return status == EXIT_DONE ? policy_change(&change, &guard) : status;
}
