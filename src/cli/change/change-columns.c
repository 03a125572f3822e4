/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of what is told of a change: the keys of its document's blocks, and
 * the table of a dry run. Each is a row of the table at the end and one small
 * function.
 */
#include "change-columns.h"

#include <string.h>

#include "estimate.h"
#include "../shared/verdict-text.h"

static const struct memhp_block *block_of(const void *data)
{
	return ((const struct change_row *)data)->outcome->block;
}

static const struct memhp_outcome *outcome_of(const void *data)
{
	return ((const struct change_row *)data)->outcome;
}

static void cell_block(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, memhp_block_id(block_of(data)));
}

static void cell_start(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_ADDRESS, memhp_block_start(block_of(data)));
}

static void cell_size(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_SIZE, memhp_block_end(block_of(data)) - memhp_block_start(block_of(data)) + 1);
}

static void cell_node(const void *data, struct cell *ret)
{
	const unsigned int *nodes;

	if (memhp_block_nodes(block_of(data), &nodes))
		cell_set_number(ret, CELL_NUMBER, nodes[0]);
}

static void cell_origin(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_origin_name(memhp_block_origin(block_of(data))));
}

static void cell_from(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_state_name(memhp_block_state(block_of(data))));
}

static void cell_to(const void *data, struct cell *ret)
{
	const struct change_context *context = ((const struct change_row *)data)->context;

	cell_set_text(ret, context->args->unplug ? memhp_result_name(MEMHP_RESULT_REMOVED) : action_name(context->action));
}

static void cell_zone_before(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_zone_name(memhp_block_zone(block_of(data))));
}

static void cell_zone(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_zone_name(outcome_of(data)->zone));
}

static void cell_certain(const void *data, struct cell *ret)
{
	cell_set_flag(ret, ((const struct change_row *)data)->is_certain);
}

static void cell_result(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_result_name(outcome_of(data)->result));
}

static void cell_attempts(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, outcome_of(data)->attempts);
}

static void cell_elapsed(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, outcome_of(data)->elapsed_ms);
}

static void cell_errno(const void *data, struct cell *ret)
{
	cell_set_errno(ret, outcome_of(data)->error);
}

static void cell_error(const void *data, struct cell *ret)
{
	const char *name = outcome_of(data)->error ? strerrorname_np(outcome_of(data)->error) : NULL;

	/* The kernel's own codes above 511 can leak and have no name here. */
	cell_set_text(ret, outcome_of(data)->error && !name ? "unknown" : name);
}

static void cell_reason(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_reason_name(outcome_of(data)->reason));
}

static void cell_hint(const void *data, struct cell *ret)
{
	cell_set_text(ret, ((const struct change_row *)data)->hint);
}

static void cell_kernel_log(const void *data, struct cell *ret)
{
	cell_set_text(ret, outcome_of(data)->kernel_log);
}

static const struct change_row *row_of(const void *data)
{
	return data;
}

static const char *page_word(unsigned int kind)
{
	return memhp_page_name((enum memhp_page)kind);
}

static void cell_pages(const void *data, struct cell *ret)
{
	if (!row_of(data)->pages)
		return;
	ret->kind = CELL_COUNTS;
	ret->counts.name = page_word;
	ret->counts.items = row_of(data)->counts;
	ret->counts.count = MEMHP_PAGE_KINDS;
}

static void cell_held(const void *data, struct cell *ret)
{
	if (!outcome_of(data)->held_count)
		return;
	ret->kind = CELL_PAGES;
	ret->pages.items = outcome_of(data)->held;
	ret->pages.count = outcome_of(data)->held_count;
}

static void cell_holders(const void *data, struct cell *ret)
{
	const struct change_row *row = data;

	if (!row->outcome->holder_count)
		return;
	ret->kind = CELL_WORDS;
	for (size_t i = 0; i < row->outcome->holder_count && i < CELL_WORDS_MAX; i++)
		ret->words.items[ret->words.count++] = row->holders[i];
}

static void cell_migrate(const void *data, struct cell *ret)
{
	if (row_of(data)->pages)
		cell_set_number(ret, CELL_NUMBER, memhp_pages_work(row_of(data)->pages));
}

/* Of what is to be done. */
static bool has_estimate(const struct change_row *row)
{
	return row->pages && row->outcome->result == MEMHP_RESULT_PLANNED;
}

static void cell_estimate_ms(const void *data, struct cell *ret)
{
	if (has_estimate(data))
		cell_set_number(ret, CELL_NUMBER, estimate_ms(row_of(data)->pages));
}

static void cell_estimate(const void *data, struct cell *ret)
{
	uint64_t ms = has_estimate(data) ? estimate_ms(row_of(data)->pages) : 0;

	if (!ms)
		return;
	estimate_text(ms, ret->made);
	cell_set_text(ret, ret->made);
}

static void cell_offlinable(const void *data, struct cell *ret)
{
	const struct memhp_verdict *verdict = row_of(data)->verdict;

	cell_set_text(ret, verdict ? offlinable_name(verdict->offlinable) : NULL);
}

static void cell_why(const void *data, struct cell *ret)
{
	const struct memhp_verdict *verdict = row_of(data)->verdict;

	if (verdict)
		cell_set_text(ret, verdict_why_text(row_of(data)->context->scan, block_of(data), verdict, ret->made, sizeof(ret->made)));
}

static const struct column change_columns[] = {
	{ "BLOCK", "", COLUMN_RIGHT, 0, cell_block, NULL },
	{ "START", "", 0, 0, cell_start, NULL },
	{ "SIZE", "", COLUMN_RIGHT, 0, cell_size, NULL },
	{ "NODE", "", COLUMN_RIGHT, 0, cell_node, NULL },
	{ "ORIGIN", "", 0, 0, cell_origin, NULL },
	{ "FROM", "", 0, 0, cell_from, NULL },
	{ "TO", "", 0, 0, cell_to, NULL },
	{ "ZONE-BEFORE", "", 0, 0, cell_zone_before, NULL },
	{ "ZONE", "", 0, 0, cell_zone, NULL },
	{ "CERTAIN", "", 0, 0, cell_certain, NULL },
	{ "RESULT", "", 0, 0, cell_result, NULL },
	{ "ATTEMPTS", "", COLUMN_RIGHT, 0, cell_attempts, NULL },
	{ "ELAPSED-MS", "", COLUMN_RIGHT, 0, cell_elapsed, NULL },
	{ "ERRNO", "", COLUMN_RIGHT, 0, cell_errno, NULL },
	{ "ERROR", "", 0, 0, cell_error, NULL },
	{ "REASON", "", 0, 0, cell_reason, NULL },
	{ "HINT", "", 0, 0, cell_hint, NULL },
	{ "KERNEL-LOG", "", 0, 0, cell_kernel_log, NULL },
	{ "MIGRATE", "", COLUMN_RIGHT, 0, cell_migrate, NULL },
	{ "ESTIMATE", "", COLUMN_RIGHT, 0, cell_estimate, NULL },
	{ "PAGES", "", 0, 0, cell_pages, NULL },
	{ "HELD", "", 0, 0, cell_held, NULL },
	{ "HOLDERS", "", 0, 0, cell_holders, NULL },
	{ "ESTIMATE-MS", "", COLUMN_RIGHT, 0, cell_estimate_ms, NULL },
	{ "OFFLINABLE", "", 0, 0, cell_offlinable, NULL },
	{ "WHY", "", 0, 0, cell_why, NULL },
};

static void choose(const char *names, struct columns *ret)
{
	*ret = (struct columns){ 0 };
	(void)columns_parse(change_columns, OPTION_COUNT(change_columns), "", names, ret);
}

void change_column(const char *name, struct columns *ret)
{
	choose(name, ret);
}

void change_document_columns(struct columns *ret)
{
	choose("block,start,size,node,origin,from,to,zone-before,zone,certain,result,attempts,elapsed-ms,errno,error,"
	       "reason,hint,kernel-log,pages,held,holders,estimate-ms,offlinable,why", ret);
}

void change_plan_columns(bool with_pages, struct columns *ret)
{
	choose(with_pages ? "block,start,size,node,from,to,migrate,estimate,result" :
	       "block,start,size,node,from,to,zone,certain,result", ret);
}
