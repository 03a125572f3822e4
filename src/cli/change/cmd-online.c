/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp online: the options that only online has. The work is done in change.c, which
 * offline uses too. Which zone a block gets is decided by the library and the kernel.
 */
#include "../../libmemhp/cleanup.h"
#include "../shared/system-log.h"
#include "change.h"

static const struct option online_options[] = {
	{ .name = "zone", .letter = 'z', .metavar = "TARGET", .offset = offsetof(struct change_args, target),
	  .help = "zone: auto (kernel's choice), movable or kernel", .choices = &target_choices },
};

static int online_main(struct globals *globals, int argc, const char **argv)
{
	cleanup(change_args_free) struct change_args args = CHANGE_ARGS_DEFAULT;
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Target:", online_options, OPTION_COUNT(online_options), &args },
		{ "Change:", change_options, change_option_count, &args },
		{ "Filters (comma-separated lists):", filter_options, filter_option_count, &args.filters },
		{ NULL, refused_page_filter_options, refused_page_filter_option_count, &args },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), &online_command))
		return status;
	args.request = system_log_request(argc, argv);
	return change_run(globals, &args, MEMHP_ACTION_ONLINE, &words);
}

const struct command online_command = {
	.name = "online",
	.summary = "bring memory blocks online",
	.synopsis = "[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...",
	.about = "Bring memory blocks online, so that the kernel can use their memory.",
	.operands = "Operands are blocks (42, 32-47, 1,4-7), addresses (0x140000000), address ranges\n"
		    "(0x140000000-0x17fffffff), page frames (pfn:0x104c02), an AMOUNT (2G), or 'all'.",
	.examples = "  memhp online --dry-run all\n"
		    "  memhp online -z movable 32-47\n"
		    "  memhp online 2G --node=1",
	.can_change = true,
	.run = online_main,
};
