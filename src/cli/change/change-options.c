/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that online and offline share, and the words that these take.
 */
#include "change.h"

#include <string.h>

#include "../../libmemhp/number.h"
#include "../base/message.h"
#include "../input/duration.h"

static int parse_duration(const char *value, void *field)
{
	const char *problem = duration_parse(value, field);

	return problem ? usage_error("'%s' %s", value, problem) : EXIT_DONE;
}

static int parse_retries(const char *value, void *field)
{
	uint64_t number = 0;

	if (number_parse(value, strlen(value), 10, &number) < 0 || number > 1000000)
		return usage_error("--retries: '%s' is no number of retries", value);
	*(unsigned int *)field = (unsigned int)number;
	return EXIT_DONE;
}

static const struct choices progress_choices = {
	.unknown = "--progress: unknown value",
	.items = { { "auto", PROGRESS_AUTO }, { "never", PROGRESS_NEVER } },
};

const struct choices target_choices = {
	.unknown = "unknown target",
	.items = {
		{ "auto", MEMHP_TARGET_AUTO },
		{ "movable", MEMHP_TARGET_MOVABLE },
		{ "kernel", MEMHP_TARGET_KERNEL },
	},
};

const struct option change_options[] = {
	{ .name = "timeout", .letter = 't', .metavar = "DURATION", .parse = parse_duration,
	  .offset = offsetof(struct change_args, timeout_ms),
	  .help = "limit of one block, retries included (60s; 0: none)" },
	{ .name = "deadline", .metavar = "DURATION", .parse = parse_duration,
	  .offset = offsetof(struct change_args, deadline_ms), .help = "limit of the whole command (none)" },
	{ .name = "retries", .metavar = "N", .parse = parse_retries,
	  .offset = offsetof(struct change_args, retries), .help = "more tries after a temporary failure (3)" },
	{ .name = "interval", .metavar = "DURATION", .parse = parse_duration,
	  .offset = offsetof(struct change_args, interval_ms),
	  .help = "before the first retry, then doubled (500ms)" },
	{ .name = "dry-run", .offset = offsetof(struct change_args, dry_run),
	  .help = "print the plan, change nothing" },
	{ .name = "all-or-nothing", .offset = offsetof(struct change_args, all_or_nothing),
	  .help = "undo everything if something fails" },
	{ .name = "total", .offset = offsetof(struct change_args, total),
	  .help = "an amount counts what is already so" },
	{ .name = "explain", .offset = offsetof(struct change_args, explain),
	  .help = "the kernel's reasons; who maps pages that are held" },
	{ .name = "force", .offset = offsetof(struct change_args, force), .help = "do what would be refused" },
	{ .name = "progress", .metavar = "WHEN", .offset = offsetof(struct change_args, progress),
	  .help = "the progress line:", .choices = &progress_choices },
};
const size_t change_option_count = OPTION_COUNT(change_options);

void change_args_free(struct change_args *args)
{
	filters_free(&args->filters);
}
