/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy NAME=VALUE...: the words checked, all of them before anything is
 * written, and why something cannot be set.
 */
#include <errno.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../shared/guard.h"
#include "cmd-policy.h"

static int refuse_value(const struct memhp_parameter *parameter, const char *value, int code)
{
	const char *const *words = memhp_parameter_words(parameter);
	const char *name = memhp_parameter_name(parameter);
	char list[128] = "";

	if (code == -ERANGE)
		return usage_error("%s: '%s' is above 4294967295", name, value);
	if (memhp_parameter_kind(parameter) == MEMHP_KIND_NUMBER)
		return usage_error("%s: '%s' is no number from 0 to 4294967295", name, value);
	if (!words)
		return usage_error("%s: '%s' is no amount and no percentage, such as 2G or 50%%", name, value);
	for (; *words; words++)
		text_add_choice(list, sizeof(list), *words, !words[1]);
	return usage_error("%s: unknown value '%s' (%s)", name, value, list);
}

/* What is set by other means, or by none. */
static int refuse_parameter(const struct memhp_parameter *parameter, const char *value, int code)
{
	const char *name = memhp_parameter_name(parameter), *boot = memhp_parameter_boot(parameter);
	char needs[80];

	if (code == -EOPNOTSUPP) {
		parameter_needs(parameter, needs);
		error("this kernel lacks %s (%s)", name, needs);
	} else if (memhp_parameter_is_kept(parameter)) {
		error("%s: its file is read-only here", name);
	} else if (parameter_is_flag(parameter)) {
		error("%s is decided at boot and cannot be set now; it is yes where the word %s is on the kernel command line, "
		      "and no without", name, boot);
	} else if (boot) {
		error("%s is decided at boot and cannot be set now; put %s=%s on the kernel command line", name, boot, value);
	} else {
		error("%s is what the kernel and the machine make it, and cannot be set", name);
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
		       usage_error("%s is to be both %s and %s", memhp_parameter_name(parameter),
				   value_shown(parameter, change->settings[i].value), value_shown(parameter, checked));
	}
	change->settings[change->count++] = (struct memhp_setting){ memhp_parameter_name(parameter), checked };
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
		return usage_error("'%s' is no parameter of the kernel; it stands in " CONF_FILE " only", name);
	if (!parameter)
		return usage_error("unknown parameter '%s'", name);
	if (!word[length])
		return usage_error("'%s' lacks a value: %s=VALUE", word, memhp_parameter_name(parameter));
	return set_add_setting(change, parameter, word + length + 1);
}

/* Those of the file that this kernel has, as they are now. */
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

/* Whether the file is one that could be written, before the kernel is. */
static int set_check_file(struct policy_context *context)
{
	int r = memhp_conf_save(context->memhp, NULL, 0);

	return r < 0 ? library_error(CONF_FILE, r) : policy_read_conf(context);
}

int policy_set(struct policy_context *context, const struct words *words, bool is_saved)
{
	cleanup(guard_end) struct guard guard = GUARD_NONE;
	struct policy_change change = { .context = context, .globals = context->globals, .action = "set",
					.is_saved = is_saved };
	int status = EXIT_DONE;

	/* Words at fault are told before anybody is waited for. */
	for (size_t i = 0; i < words->count && status == EXIT_DONE; i++)
		status = set_add_word(&change, words->words[i]);
	if (status == EXIT_DONE)
		status = guard_begin(context->globals, limit_after(clock_ms(), GUARD_PATIENCE_MS), &guard);
	if (status == EXIT_DONE)
		status = policy_read(context);
	if (status == EXIT_DONE && !words->count)
		status = set_add_current(&change);
	if (status == EXIT_DONE && is_saved)
		status = set_check_file(context);
	return status == EXIT_DONE ? policy_change(&change) : status;
}
