/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp offline: the options that only offline has. The work is done in change.c,
 * which online uses too. What --unplug adds is in change-unplug.c.
 */
#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../shared/system-log.h"
#include "change.h"

/* chmem has --zone for offlining, too. */
static int refuse_zone(const char *value, void *field)
{
	(void)field;
	if (memhp_zone_from_name(value) != MEMHP_ZONE_UNKNOWN)
		return usage_error("--zone is an option of online; write --in-zone=%s to select blocks by their zone",
				   value);
	return usage_error("--zone is an option of online; --in-zone selects blocks by their zone");
}

static const struct choices order_choices = {
	.option = "--order",
	.what = "value",
	.items = { { "work", ORDER_WORK }, { "address", ORDER_ADDRESS } },
};

static const struct option offline_options[] = {
	{ .name = "order", .metavar = "ORDER", .offset = offsetof(struct change_args, order),
	  .help = "how AMOUNT picks blocks:", .choices = &order_choices },
	{ .name = "whole-devices", .offset = offsetof(struct change_args, whole_devices),
	  .help = "AMOUNT empties whole devices first" },
	{ .name = "unplug", .offset = offsetof(struct change_args, unplug),
	  .help = "afterwards remove devices that are fully offline" },
};

static const struct option refused_options[] = {
	{ .name = "zone", .letter = 'z', .metavar = "TARGET", .parse = refuse_zone },
};

static int offline_main(struct globals *globals, int argc, const char **argv)
{
	cleanup(change_args_free) struct change_args args = CHANGE_ARGS_DEFAULT;
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Selection:", offline_options, OPTION_COUNT(offline_options), &args },
		{ "Change:", change_options, change_option_count, &args },
		{ "Filters (comma-separated lists):", filter_options, filter_option_count, &args.filters },
		{ NULL, page_filter_options, page_filter_option_count, &args.page_filters },
		{ NULL, refused_options, OPTION_COUNT(refused_options), &args },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), &offline_command))
		return status;
	if (args.unplug && args.total)
		return usage_error("--total and --unplug exclude each other");
	args.request = system_log_request(argc, argv);
	return change_run(globals, &args, MEMHP_ACTION_OFFLINE, &words);
}

const struct command offline_command = {
	.name = "offline",
	.summary = "take memory blocks offline",
	.synopsis = "[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...",
	.about = "Take memory blocks offline; the kernel moves their contents to other memory.",
	.operands = "Operands are blocks (42, 32-47, 1,4-7), addresses (0x140000000), address ranges\n"
		    "(0x140000000-0x17fffffff), page frames (pfn:0x104c02), an AMOUNT (2G), or 'all'.",
	.examples = "  memhp offline --dry-run 2G\n"
		    "  memhp offline --unplug all --device=PNP0C80:01",
	.can_change = true,
	.run = offline_main,
};
