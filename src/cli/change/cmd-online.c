/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp online: its options; the work is change.c's, shared with its counterpart.
 */
#include "../../libmemhp/cleanup.h"
#include "../shared/system-log.h"
#include "change.h"

static const struct option online_options[] = {
	{ .name = "zone", .letter = 'z', .metavar = "TARGET", .offset = offsetof(struct change_args, target),
	  .help = "auto (the kernel's policy), movable or kernel", .choices = &target_choices },
};

int cmd_online(struct globals *globals, int argc, const char **argv)
{
	static const char synopsis[] = "[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...";
	cleanup(change_args_free) struct change_args args = CHANGE_ARGS_DEFAULT;
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Target:", online_options, OPTION_COUNT(online_options), &args },
		{ "Change:", change_options, change_option_count, &args },
		{ "Filters:", filter_options, filter_option_count, &args.filters },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), "memhp online", synopsis))
		return status;
	args.request = system_log_request(argc, argv);
	return change_run(globals, &args, MEMHP_ACTION_ONLINE, &words);
}
