/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that online and offline share, and the values that they accept. Options
 * of one command only are in cmd-online.c and cmd-offline.c.
 */
#include "change.h"

#include <string.h>

#include "../../libmemhp/number.h"
#include "../base/message.h"

static int parse_timeout(const char *value, void *field)
{
	return duration_option("--timeout", value, field);
}

static int parse_deadline(const char *value, void *field)
{
	return duration_option("--deadline", value, field);
}

static int parse_interval(const char *value, void *field)
{
	return duration_option("--interval", value, field);
}

static int parse_settle(const char *value, void *field)
{
	return duration_option("--settle", value, field);
}

static int parse_wait(const char *value, void *field)
{
	return duration_option_optional("--wait", value, field);
}

static int parse_retries(const char *value, void *field)
{
	uint64_t number = 0;

	if (number_parse(value, strlen(value), 10, &number) < 0 || number > 1000000)
		return usage_error("--retries: '%s' is not a valid retry count (0 to 1000000)", value);
	*(unsigned int *)field = (unsigned int)number;
	return EXIT_DONE;
}

static const struct choices progress_choices = {
	.option = "--progress",
	.what = "value",
	.items = { { "auto", PROGRESS_AUTO }, { "never", PROGRESS_NEVER } },
};

const struct choices target_choices = {
	.what = "target", .hints = target_hints, .name = target_word, .values = target_values,
};

const struct option change_options[] = {
	{ .name = "timeout", .letter = 't', .metavar = "DURATION", .parse = parse_timeout,
	  .offset = offsetof(struct change_args, timeout_ms),
	  .help = "timeout of each block (default: 60s; 0: none)" },
	{ .name = "deadline", .metavar = "DURATION", .parse = parse_deadline,
	  .offset = offsetof(struct change_args, deadline_ms), .help = "timeout of the whole command (default: none)" },
	{ .name = "retries", .metavar = "N", .parse = parse_retries,
	  .offset = offsetof(struct change_args, retries), .help = "retries after a temporary failure (default: 3)" },
	{ .name = "interval", .metavar = "DURATION", .parse = parse_interval,
	  .offset = offsetof(struct change_args, interval_ms),
	  .help = "first retry delay, then doubled (default: 500ms)" },
	{ .name = "settle", .metavar = "DURATION", .parse = parse_settle,
	  .offset = offsetof(struct change_args, settle_ms), .help = "how long to wait for udev (default: 3s; 0: off)" },
	{ .name = "wait", .metavar = "DURATION", .bare = "60s", .parse = parse_wait, .accepts = duration_is_valid,
	  .offset = offsetof(struct change_args, wait), .help = "wait for memory that is not there (60s)" },
	{ .name = "dry-run", .offset = offsetof(struct change_args, dry_run),
	  .help = "print the plan, change nothing" },
	{ .name = "all", .letter = 'a', .offset = offsetof(struct change_args, all),
	  .help = "print one row per block in the plan" },
	{ .name = "all-or-nothing", .offset = offsetof(struct change_args, all_or_nothing),
	  .help = "roll everything back after a failure" },
	{ .name = "total", .offset = offsetof(struct change_args, total),
	  .help = "also count blocks already in the target state" },
	{ .name = "explain", .offset = offsetof(struct change_args, explain),
	  .help = "also report kernel reasons and who holds pages" },
	{ .name = "force", .offset = offsetof(struct change_args, force), .help = "override refusals" },
	{ .name = "progress", .metavar = "WHEN", .offset = offsetof(struct change_args, progress),
	  .help = "print a progress line:", .choices = &progress_choices },
};
const size_t change_option_count = OPTION_COUNT(change_options);

void change_args_free(struct change_args *args)
{
	filters_free(&args->filters);
}
