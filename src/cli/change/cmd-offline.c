/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp offline: its options; the work is change.c's, shared with its counterpart.
 */
#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../shared/system-log.h"
#include "change.h"

/* chmem's users may expect it. */
static int refuse_zone(const char *value, void *field)
{
	(void)value;
	(void)field;
	return usage_error("--zone is a target of online; --in-zone selects blocks by their zone");
}

static const struct choices order_choices = {
	.unknown = "--order: unknown value",
	.items = { { "work", ORDER_WORK }, { "address", ORDER_ADDRESS } },
};

static const struct option offline_options[] = {
	{ .name = "order", .metavar = "ORDER", .offset = offsetof(struct change_args, order),
	  .help = "an amount takes blocks by work or by address", .choices = &order_choices },
	{ .name = "whole-devices", .offset = offsetof(struct change_args, whole_devices),
	  .help = "an amount empties whole devices first" },
	{ .name = "unplug", .offset = offsetof(struct change_args, unplug),
	  .help = "then remove the devices, which are lost to this kernel" },
};

static const struct option refused_options[] = {
	{ .name = "zone", .letter = 'z', .metavar = "TARGET", .parse = refuse_zone },
};

int cmd_offline(struct globals *globals, int argc, const char **argv)
{
	static const char synopsis[] = "[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...";
	cleanup(change_args_free) struct change_args args = CHANGE_ARGS_DEFAULT;
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Choice:", offline_options, OPTION_COUNT(offline_options), &args },
		{ "Change:", change_options, change_option_count, &args },
		{ "Filters:", filter_options, filter_option_count, &args.filters },
		{ NULL, refused_options, OPTION_COUNT(refused_options), &args },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), "memhp offline", synopsis))
		return status;
	if (args.unplug && args.total)
		return usage_error("--total cannot count what is removed: not with --unplug");
	args.request = system_log_request(argc, argv);
	return change_run(globals, &args, MEMHP_ACTION_OFFLINE, &words);
}
