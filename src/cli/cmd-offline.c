/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp offline: its options; the work is change.c's, shared with its counterpart.
 */
#include "../libmemhp/cleanup.h"
#include "change.h"
#include "message.h"

/* chmem's users may expect it. */
static int refuse_zone(const char *value, void *field)
{
	(void)value;
	(void)field;
	return usage_error("--zone is a target of online; --in-zone selects blocks by their zone");
}

static const struct option refused_options[] = {
	{ "zone", 'z', "TARGET", NULL, refuse_zone, 0, NULL },
};

int cmd_offline(struct globals *globals, int argc, const char **argv)
{
	static const char synopsis[] = "[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...";
	cleanup(change_args_free) struct change_args args = CHANGE_ARGS_DEFAULT;
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Change:", change_options, change_option_count, &args },
		{ "Filters:", filter_options, filter_option_count, &args.filters },
		{ NULL, refused_options, OPTION_COUNT(refused_options), &args },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), "memhp offline", synopsis))
		return status;
	args.request = guard_request(argc, argv);
	return change_run(globals, &args, MEMHP_ACTION_OFFLINE, &words);
}
