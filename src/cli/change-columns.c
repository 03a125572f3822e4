/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of what is told of a change: the keys of its document's blocks, and
 * the table of a dry run. Each is a row of the table at the end and one small
 * function.
 */
#include <errno.h>
#include <string.h>

#include "change.h"

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
	cell_set_text(ret, action_name(((const struct change_row *)data)->context->action));
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
	if (outcome_of(data)->error)
		cell_set_number(ret, CELL_NUMBER, (uint64_t)outcome_of(data)->error);
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
};

static void choose(const char *names, struct columns *ret)
{
	*ret = (struct columns){ 0 };
	(void)columns_parse(change_columns, OPTION_COUNT(change_columns), "", names, ret);
}

void change_document_columns(struct columns *ret)
{
	choose("block,start,size,node,origin,from,to,zone-before,zone,certain,result,attempts,elapsed-ms,errno,error,"
	       "reason,hint,kernel-log", ret);
}

void change_plan_columns(struct columns *ret)
{
	choose("block,start,size,node,from,to,zone,certain,result", ret);
}
