/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks that the file excludes: parses them, and compares them with the blocks that
 * exist. Words that may mean other blocks than memhp would take are errors, because bad
 * memory would come online. Blocks that do not exist are none: a module may not be
 * plugged in yet. Excluding them is done in change-request.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../base/unread.h"
#include "../input/notation.h"
#include "cmd-policy.h"

DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)

static unsigned int exclude_line(const struct policy_context *context)
{
	return memhp_conf_line(context->conf, "exclude");
}

static int refuse_item(const struct policy_context *context, const char *word, const char *problem, const char *hint)
{
	error("%s" CONF_FILE ": line %u: exclude: '%s' %s%s", machine_root(context->globals), exclude_line(context), word,
	      problem, hint ? hint : "");
	unread_note("etc/memhp.conf", EBADMSG);
	return EXIT_FAILED;
}

static int parse_items(struct policy_context *context, const struct blocks_there *there)
{
	char *rest = NULL;

	for (char *word = strtok_r(context->exclude_text, " \t,", &rest); word; word = strtok_r(NULL, " \t,", &rest)) {
		const char *problem = operand_parse_blocks(word, "is an amount, not a block or an address", &context->exclude);
		cleanup(cleanup_free) char *hint = problem ? notation_hint(word, there) : NULL;

		if (problem)
			return refuse_item(context, word, problem, hint);
	}
	return EXIT_DONE;
}

/* An item that names no block. It is an error if it names some as an address. Page frames are as short as the
 * numbers of blocks that may still come. */
static int judge_missing(struct policy_context *context, const struct operand *operand,
			 const struct blocks_there *there)
{
	struct reading readings[READINGS_MAX];
	const size_t count = operand->kind == OPERAND_BLOCKS ? readings_find(operand->word, there, readings) : 0;

	for (size_t i = 0; i < count; i++) {
		cleanup(cleanup_free) char *hint = NULL;

		if (readings[i].kind != READING_ADDRESS)
			continue;
		hint = notation_hint(operand->word, there);
		return refuse_item(context, operand->word, "is not a block", hint);
	}
	context->missing_count++;
	text_add_item(&context->missing, operand->word);
	return EXIT_DONE;
}

static int judge_item(struct policy_context *context, const struct operand *operand, const struct blocks_there *there)
{
	cleanup(ranges_free) struct ranges ids = { 0 };
	cleanup(ranges_free) struct ranges holes = { 0 };
	const struct operands one = { .items = (struct operand *)operand, .count = 1 };
	cleanup(cleanup_free) char *ambiguity = notation_ambiguity(operand, there);
	struct operand failed;

	if (ambiguity)
		return refuse_item(context, operand->word, ambiguity, NULL);
	switch (operands_resolve(&one, there, false, &ids, &holes, &failed)) {
	case RESOLVE_NO_MEMORY:
		return library_error("exclude", -ENOMEM);
	case RESOLVE_NO_SUCH_BLOCK:
	case RESOLVE_NO_BLOCKS:
		return judge_missing(context, operand, there);
	case RESOLVE_TOO_LARGE:
		return refuse_item(context, operand->word, "does not fit into 64 bits as an address", NULL);
	case RESOLVE_CUT_BLOCK:
	case RESOLVE_DONE:
		return EXIT_DONE;
	}
	return EXIT_DONE;
}

int policy_parse_exclude(struct policy_context *context)
{
	const char *text = memhp_conf_value(context->conf, "exclude");
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	cleanup(blocks_there_end) struct blocks_there there = { 0 };
	int status, r;

	if (!text)
		return EXIT_DONE;
	context->exclude_text = strdup(text);
	if (!context->exclude_text)
		return library_error("exclude", -ENOMEM);
	r = memhp_snapshot_take(context->memhp, 0, &snapshot);
	if (r == 0)
		r = blocks_there_begin(context->memhp, snapshot, &there);
	if (r < 0)
		return library_error("exclude", r);
	status = parse_items(context, &there);
	for (size_t i = 0; i < context->exclude.count && status == EXIT_DONE; i++)
		status = judge_item(context, &context->exclude.items[i], &there);
	return status;
}

void policy_tell_missing(const struct policy_context *context)
{
	if (context->missing)
		notice("%s" CONF_FILE ": line %u: exclude: %s match%s no block", machine_root(context->globals),
		       exclude_line(context), context->missing, context->missing_count == 1 ? "es" : "");
}
