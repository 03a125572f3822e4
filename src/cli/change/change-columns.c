/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of a change: the keys of the blocks in its document, and the table of a
 * dry run. Each column is a row of the table at the end and one small function. Which
 * blocks of a plan become one row is plan-report.c's.
 */
#include "change-columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../shared/verdict-text.h"
#include "estimate.h"

static const struct change_row *change_row_of(const void *data)
{
	return data;
}

static const struct memhp_outcome *change_outcome_of(const void *data)
{
	return change_row_of(data)->outcome;
}

static const struct memhp_block *change_block_of(const void *data)
{
	return change_outcome_of(data)->block;
}

static void change_cell_block(const void *data, struct cell *ret)
{
	const struct change_row *row = data;

	if (row->count == 1) {
		cell_set_number(ret, CELL_NUMBER, memhp_block_id(change_block_of(data)));
		return;
	}
	ret->kind = CELL_SPAN;
	ret->span.first = memhp_block_id(row->lowest);
	ret->span.last = memhp_block_id(row->highest);
}

static void change_cell_start(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_ADDRESS, memhp_block_start(change_row_of(data)->lowest));
}

static void change_cell_size(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_SIZE, change_row_of(data)->count * change_row_of(data)->context->block_size);
}

static void change_cell_node(const void *data, struct cell *ret)
{
	const unsigned int *nodes;

	if (memhp_block_nodes(change_block_of(data), &nodes))
		cell_set_number(ret, CELL_NUMBER, nodes[0]);
}

static void change_cell_origin(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_origin_name(memhp_block_origin(change_block_of(data))));
}

static void change_cell_from(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_state_name(memhp_block_state(change_block_of(data))));
}

static void change_cell_to(const void *data, struct cell *ret)
{
	const struct change_context *context = change_row_of(data)->context;

	cell_set_text(ret, context->args->unplug ? memhp_result_name(MEMHP_RESULT_REMOVED) :
		      memhp_action_name(context->action));
}

static void change_cell_zone_before(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_zone_name(memhp_block_zone(change_block_of(data))));
}

static void change_cell_zone(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_zone_name(change_outcome_of(data)->zone));
}

static void change_cell_certain(const void *data, struct cell *ret)
{
	/* Offlining has no zone to be certain of. */
	if (change_row_of(data)->context->action == MEMHP_ACTION_ONLINE)
		cell_set_flag(ret, change_row_of(data)->is_certain);
}

static void change_cell_result(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_result_name(change_outcome_of(data)->result));
}

static void change_cell_attempts(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, change_outcome_of(data)->attempts);
}

static void change_cell_elapsed(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, change_outcome_of(data)->elapsed_ms);
}

static void change_cell_errno(const void *data, struct cell *ret)
{
	cell_set_errno(ret, change_outcome_of(data)->error);
}

static void change_cell_error(const void *data, struct cell *ret)
{
	const int code = change_outcome_of(data)->error;
	const char *name = code ? strerrorname_np(code) : NULL;

	/* The kernel's own codes above 511 can leak and have no name here. */
	cell_set_text(ret, code && !name ? "unknown" : name);
}

static void change_cell_reason(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_reason_name(change_outcome_of(data)->reason));
}

static void change_cell_hint(const void *data, struct cell *ret)
{
	const struct change_row *row = data;

	cell_set_text(ret, row->rollback_hint[0] ? row->rollback_hint : row->hint);
}

static void change_cell_kernel_log(const void *data, struct cell *ret)
{
	cell_set_text(ret, change_outcome_of(data)->kernel_log);
	if (ret->kind == CELL_TEXT)
		ret->kind = CELL_LINES;
}

static const char *page_word(unsigned int kind)
{
	return memhp_page_name((enum memhp_page)kind);
}

static void change_cell_pages(const void *data, struct cell *ret)
{
	if (!change_row_of(data)->pages)
		return;
	ret->kind = CELL_COUNTS;
	ret->counts.name = page_word;
	ret->counts.items = change_row_of(data)->counts;
	ret->counts.count = page_kind_count();
}

static void change_cell_held(const void *data, struct cell *ret)
{
	if (!change_outcome_of(data)->held_count)
		return;
	ret->kind = CELL_PAGES;
	ret->pages.items = change_outcome_of(data)->held;
	ret->pages.count = change_outcome_of(data)->held_count;
}

/* "the file "data.db"", "metadata of the file system on sda1", "a file of shmem_aops" */
static void change_cell_held_by(const void *data, struct cell *ret)
{
	const struct memhp_kept_page *kept = change_outcome_of(data)->kept;

	if (!kept)
		return;
	if (kept->file)
		snprintf(ret->made, sizeof(ret->made), "the file \"%s\"", kept->file);
	else if (kept->device)
		snprintf(ret->made, sizeof(ret->made), "metadata of the file system on %s", kept->device);
	else if (kept->major)
		snprintf(ret->made, sizeof(ret->made), "metadata of the file system on block device %u:%u", kept->major, kept->minor);
	else if (kept->mapping)
		snprintf(ret->made, sizeof(ret->made), "a file without a name (%s)", kept->mapping);
	else
		return;
	cell_set_text(ret, ret->made);
}

static void change_cell_suspects(const void *data, struct cell *ret)
{
	const struct change_row *row = data;

	if (!row->suspect_count)
		return;
	ret->kind = CELL_WORDS;
	for (size_t i = 0; i < row->suspect_count; i++)
		ret->words.items[ret->words.count++] = row->suspects[i];
}

/* Processes that --explain did not search completely: any of them may be a holder. */
static void change_cell_unsearched(const void *data, struct cell *ret)
{
	const struct memhp_outcome *outcome = change_outcome_of(data);

	if (outcome->processes)
		cell_set_number(ret, CELL_NUMBER, outcome->processes - outcome->processes_seen);
}

static void change_cell_holders(const void *data, struct cell *ret)
{
	const struct change_row *row = data;

	if (!row->holder_count)
		return;
	ret->kind = CELL_WORDS;
	for (size_t i = 0; i < row->holder_count; i++)
		ret->words.items[ret->words.count++] = row->holders[i];
}

static void change_cell_migrate(const void *data, struct cell *ret)
{
	if (change_row_of(data)->pages)
		cell_set_number(ret, CELL_NUMBER, change_row_of(data)->work);
}

static void change_cell_estimate_ms(const void *data, struct cell *ret)
{
	if (change_row_of(data)->estimate_ms)
		cell_set_number(ret, CELL_NUMBER, change_row_of(data)->estimate_ms);
}

static void change_cell_estimate(const void *data, struct cell *ret)
{
	if (!change_row_of(data)->estimate_ms)
		return;
	estimate_text(change_row_of(data)->estimate_ms, ret->made);
	cell_set_text(ret, ret->made);
}

static void change_cell_offlinable(const void *data, struct cell *ret)
{
	const struct judgement *judgement = change_row_of(data)->judgement;

	cell_set_text(ret, judgement ? memhp_offlinable_name(judgement->verdict.offlinable) : NULL);
}

static void change_cell_why(const void *data, struct cell *ret)
{
	const struct judgement *judgement = change_row_of(data)->judgement;

	if (judgement && change_row_of(data)->is_of_table)
		cell_set_text(ret, verdict_brief_text(&judgement->verdict));
	else if (judgement)
		cell_set_text(ret, judgement_why(judgement, ret->made, sizeof(ret->made)));
}

static const struct column change_columns[] = {
	{ "BLOCK", "", COLUMN_SPANS | COLUMN_RIGHT, 0, change_cell_block, NULL },
	{ "START", "", COLUMN_SPANS | COLUMN_SPARE, 0, change_cell_start, NULL },
	{ "SIZE", "", COLUMN_SPANS | COLUMN_RIGHT, 0, change_cell_size, NULL },
	{ "NODE", "", COLUMN_RIGHT, 0, change_cell_node, NULL },
	{ "ORIGIN", "", 0, 0, change_cell_origin, NULL },
	{ "FROM", "", 0, 0, change_cell_from, NULL },
	{ "TO", "", 0, 0, change_cell_to, NULL },
	{ "ZONE-BEFORE", "", 0, 0, change_cell_zone_before, NULL },
	{ "ZONE", "", 0, 0, change_cell_zone, NULL },
	{ "CERTAIN", "", 0, 0, change_cell_certain, NULL },
	{ "RESULT", "", 0, 0, change_cell_result, NULL },
	{ "ATTEMPTS", "", COLUMN_RIGHT, 0, change_cell_attempts, NULL },
	{ "ELAPSED-MS", "", COLUMN_RIGHT, 0, change_cell_elapsed, NULL },
	{ "ERRNO", "", COLUMN_RIGHT, 0, change_cell_errno, NULL },
	{ "ERROR", "", 0, 0, change_cell_error, NULL },
	{ "REASON", "", 0, 0, change_cell_reason, NULL },
	{ "HINT", "", 0, 0, change_cell_hint, NULL },
	{ "KERNEL-LOG", "", 0, 0, change_cell_kernel_log, NULL },
	{ "MIGRATE", "", COLUMN_SPANS | COLUMN_RIGHT, 0, change_cell_migrate, NULL },
	{ "ESTIMATE", "", COLUMN_SPANS | COLUMN_RIGHT | COLUMN_SPARE, 0, change_cell_estimate, NULL },
	{ "PAGES", "", 0, 0, change_cell_pages, NULL },
	{ "HELD", "", 0, 0, change_cell_held, NULL },
	{ "HELD-BY", "", 0, 0, change_cell_held_by, NULL },
	{ "HOLDERS", "", 0, 0, change_cell_holders, NULL },
	{ "SUSPECTS", "", 0, 0, change_cell_suspects, NULL },
	{ "UNSEARCHED", "", COLUMN_RIGHT, 0, change_cell_unsearched, NULL },
	{ "ESTIMATE-MS", "", COLUMN_RIGHT, 0, change_cell_estimate_ms, NULL },
	{ "OFFLINABLE", "", 0, 0, change_cell_offlinable, NULL },
	{ "WHY", "", 0, 0, change_cell_why, NULL },
};

void change_choose_columns(const char *names, struct columns *ret)
{
	*ret = (struct columns){ 0 };
	(void)columns_parse(change_columns, OPTION_COUNT(change_columns), "", names, ret);
}

void change_document_columns(struct columns *ret)
{
	change_choose_columns("block,start,size,node,origin,from,to,zone-before,zone,certain,result,attempts,"
			      "elapsed-ms,errno,error,reason,hint,kernel-log,pages,held,held-by,holders,suspects,unsearched,estimate-ms,"
			      "offlinable,why", ret);
}

void change_plan_columns(enum memhp_action action, bool with_pages, struct columns *ret)
{
	change_choose_columns(action == MEMHP_ACTION_ONLINE ? "block,start,size,node,from,to,zone,certain,result" :
			      with_pages ? "block,start,size,node,to,offlinable,why,migrate,estimate,result" :
			      "block,start,size,node,to,offlinable,why,result", ret);
}

static void process_text(uint64_t pid, const char *name, const char *means, char text[PROCESS_SIZE])
{
	snprintf(text, PROCESS_SIZE, "%" PRIu64 "%s%s%s%s%s", pid, name[0] ? " (" : "", name, name[0] ? ")" : "",
		 means ? ": " : "", means ? means : "");
}

static void fill_processes(const struct memhp_outcome *outcome, struct change_row *ret)
{
	const struct memhp_holder *holder = NULL;
	const struct memhp_suspect *suspect = NULL;

	while (ret->holder_count < CELL_WORDS_MAX && (holder = memhp_outcome_next_holder(outcome, holder)))
		process_text(holder->pid, holder->name, NULL, ret->holders[ret->holder_count++]);
	while (ret->suspect_count < CELL_WORDS_MAX && (suspect = memhp_outcome_next_suspect(outcome, suspect)))
		process_text(suspect->pid, suspect->name, suspect->means, ret->suspects[ret->suspect_count++]);
}

void change_fill_row(const struct change_context *context, const struct memhp_outcome *outcome, bool is_certain,
		     const struct memhp_pages *pages, struct change_row *ret)
{
	*ret = (struct change_row){
		.context = context, .outcome = outcome, .is_certain = is_certain, .pages = pages,
		.lowest = outcome->block, .highest = outcome->block, .count = 1,
		.work = pages ? memhp_pages_work(pages) : 0,
		.estimate_ms = pages && outcome->result == MEMHP_RESULT_PLANNED ? estimate_ms(pages) : 0,
	};
	ret->hint = outcome_hint(outcome, context->action, !context->args->explain && !context->args->lacks_explain,
				 ret->hint_text);
	if (outcome->is_rollback_failed)
		snprintf(ret->rollback_hint, sizeof(ret->rollback_hint), "rollback failed%s%s", ret->hint ? ": " : "",
			 ret->hint ? ret->hint : "");
	fill_processes(outcome, ret);
	for (unsigned int kind = 0; pages && kind < PAGE_KINDS_MAX; kind++)
		ret->counts[kind] = memhp_pages_count(pages, (enum memhp_page)kind);
}
