/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp list: the options, which attributes must be read for them, and the output as
 * a table, a JSON document or a summary. list-rows.c merges blocks into rows; map.c
 * draws the map.
 */
#include "cmd-list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../output/json.h"
#include "../output/table.h"
#include "../shared/scanning.h"
#include "watch.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)
DEFINE_CLEANUP(struct memhp_scan *, memhp_scan_free)
DEFINE_CLEANUP(struct memhp_monitor *, memhp_monitor_free)
DEFINE_CLEANUP(struct table *, table_free)
DEFINE_CLEANUP(struct json *, json_free)

static const struct choices summary_choices = {
	.option = "--summary",
	.what = "value",
	.items = { { "never", SUMMARY_NEVER }, { "always", SUMMARY_ALWAYS }, { "only", SUMMARY_ONLY } },
};

static int parse_watch(const char *value, void *field)
{
	return duration_option_optional("--watch", value, field);
}

static const struct option list_options[] = {
	{ .name = "all", .letter = 'a', .offset = offsetof(struct list_args, all), .help = "print one row per block" },
	{ .name = "split", .letter = 'S', .metavar = "LIST", .parse = option_text,
	  .offset = offsetof(struct list_args, split),
	  .help = "columns that begin a new row on a change, or none" },
	{ .name = "summary", .metavar = "WHEN", .bare = "only", .offset = offsetof(struct list_args, summary),
	  .help = "print the summary:", .choices = &summary_choices },
	{ .name = "map", .offset = offsetof(struct list_args, map),
	  .help = "draw a map, one letter per block" },
	{ .name = "scan", .offset = offsetof(struct list_args, scan),
	  .help = "scan all pages to judge OFFLINABLE" },
	{ .name = "watch", .metavar = "DURATION", .bare = "0", .parse = parse_watch, .accepts = duration_is_valid,
	  .offset = offsetof(struct list_args, watch), .help = "then print changes as they happen" },
};

static void list_free(struct list *list)
{
	filters_free(&list->filters);
	operands_free(&list->operands);
	selection_free(&list->selection);
}

/* Decide: options ------------------------------------------------------------ */

static int list_check_map(const struct globals *globals, const struct list *list)
{
	const struct table_args *table = &list->table;

	if (globals->json || table->raw || table->pairs || table->output || table->output_all ||
	    table->noheadings || list->args.all || list->args.split || list->args.summary == SUMMARY_ONLY)
		return usage_error("--map excludes options for rows, columns and formats, and --summary=only");
	return EXIT_DONE;
}

static int choose_split(struct list *list)
{
	struct columns named = { 0 };
	int status = EXIT_DONE;

	list->split = (struct columns){ 0 };
	if (list->args.all && list->args.split)
		return usage_error("--all and --split exclude each other");
	if (list->args.split && strcasecmp(list->args.split, "none") == 0)
		return EXIT_DONE;
	if (list->args.split)
		status = columns_parse(list_columns, list_column_count, "--split", list->args.split, &named);
	else
		named = list->columns;
	/* What differs from block to block splits nothing, even if it is named: as lsmem does. */
	for (size_t i = 0; i < named.count; i++)
		if (!(named.items[i]->flags & COLUMN_SPANS))
			list->split.items[list->split.count++] = named.items[i];
	return status;
}

static bool has_summary(const struct globals *globals, const struct list *list)
{
	if (list->args.summary == SUMMARY_DEFAULT)
		return !list->args.watch.is_given && !globals->json && !list->table.raw && !list->table.pairs;
	return list->args.summary != SUMMARY_NEVER;
}

/* Whether pages are scanned, which takes long. */
static bool is_scanned(const struct list *list)
{
	if (page_filters_are_given(&list->page_filters))
		return true;
	return list->args.summary != SUMMARY_ONLY &&
	       (list->args.scan || columns_have(&list->columns, COLUMN_PAGES) ||
		columns_have(&list->split, COLUMN_PAGES));
}

/* Reads only what is printed. The sum of movable memory is printed whenever the zones are read anyway. */
static unsigned int attrs_of(const struct globals *globals, const struct list *list)
{
	const unsigned int sums = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;
	unsigned int attrs = filters_attrs(&list->filters);

	if (list->args.watch.is_given)
		attrs |= WATCH_ATTRS | columns_attrs(&list->lines);
	if (is_scanned(list))
		attrs |= sums;
	if ((list->args.map && list->args.scan) || list->page_filters.offlinable)
		attrs |= MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES;
	if (list->args.map)
		return attrs | sums | MEMHP_ATTR_NODES;
	if (list->args.summary != SUMMARY_ONLY)
		attrs |= columns_attrs(&list->columns) | columns_attrs(&list->split);
	if (globals->json || list->args.summary == SUMMARY_ALWAYS || list->args.summary == SUMMARY_ONLY)
		attrs |= sums;
	else if (has_summary(globals, list))
		attrs |= MEMHP_ATTR_STATE;
	return attrs;
}

/* Show ----------------------------------------------------------------------- */

static void print_sum(const struct list *list, const char *label, uint64_t size)
{
	/* The width that lsmem uses, unless the longest label is printed. */
	const int width = list->sums.going_offline ? 27 : 23;
	char text[24];

	size_text(size, text);
	if (list->table.bytes)
		printf("%-*s %15" PRIu64 "\n", width, label, size);
	else
		printf("%-*s %5s\n", width, label, text);
}

static void print_summary(const struct list *list)
{
	print_sum(list, "Memory block size:", memhp_snapshot_block_size(list->snapshot));
	print_sum(list, "Total online memory:", list->sums.online);
	print_sum(list, "Total offline memory:", list->sums.offline);
	if (list->sums.movable_is_known)
		print_sum(list, "Total movable memory:", list->sums.movable);
	if (list->sums.going_offline)
		print_sum(list, "Total going-offline memory:", list->sums.going_offline);
}

struct table_sink {
	struct table *table;
	int error;
};

static void row_to_table(void *data, const struct list_row *row, uint64_t mixed)
{
	struct table_sink *sink = data;

	if (sink->error == 0)
		sink->error = table_add(sink->table, row, mixed);
}

static int list_show_table(const struct globals *globals, struct list *list)
{
	cleanup(cleanup_table_free) struct table *table = table_new(globals, &list->table, &list->columns);
	struct table_sink sink = { .table = table };

	if (!table)
		return -ENOMEM;
	list_for_each_row(list, row_to_table, &sink);
	return sink.error ? sink.error : table_print(table);
}

struct json_sink {
	struct json *json;
	const struct columns *columns;
};

static void row_to_json(void *data, const struct list_row *row, uint64_t mixed)
{
	const struct json_sink *sink = data;

	json_row(sink->json, sink->columns, row, mixed);
}

/* All but the end, which has the exit status. */
static int list_show_json(struct list *list, struct json **ret)
{
	struct json *json = json_new();
	struct json_sink sink = { .json = json, .columns = &list->columns };

	*ret = json;
	if (!json)
		return -ENOMEM;
	if (list->args.watch.is_given)
		json_in_one_line(json);
	json_set_number(json, NULL, "block_size", memhp_snapshot_block_size(list->snapshot));
	json_rows_begin(json, "memory");
	list_for_each_row(list, list->args.summary == SUMMARY_ONLY ? NULL : row_to_json, &sink);
	json_rows_end(json);
	json_set_number(json, "summary", "blocks", list->sums.blocks);
	json_set_number(json, "summary", "online", list->sums.online);
	json_set_number(json, "summary", "offline", list->sums.offline);
	json_set_number(json, "summary", "going_offline", list->sums.going_offline);
	json_set_number(json, "summary", "movable", list->sums.movable);
	return 0;
}

static int list_show(const struct globals *globals, struct list *list, struct json **ret)
{
	int r = 0;

	if (globals->json)
		r = list_show_json(list, ret);
	else if (list->args.summary == SUMMARY_ONLY)
		list_for_each_row(list, NULL, NULL);
	else if (list->args.map)
		r = map_show(globals, list);
	else
		r = list_show_table(globals, list);
	if (r < 0)
		return library_error("list", r);
	if (!list->sums.blocks &&
	    (filters_are_given(&list->filters) || page_filters_are_given(&list->page_filters)))
		notice("no block passes the filters");
	else if (!list->sums.blocks)
		notice("there are no memory blocks");
	if (!globals->json && has_summary(globals, list)) {
		if (list->args.summary != SUMMARY_ONLY && list->sums.blocks)
			putchar('\n');
		print_summary(list);
	}
	return EXIT_DONE;
}

/* The command ---------------------------------------------------------------- */

/* Scans the blocks that are shown. */
static int scan_shown(const struct globals *globals, const struct list *list, struct memhp *memhp,
		      struct memhp_scan **ret)
{
	cleanup(cleanup_free) uint64_t *ids = calloc(memhp_snapshot_count(list->snapshot) + 1, sizeof(*ids));
	struct scan_request request = {
		.globals = globals, .ids = ids, .is_asked_for = true,
		.is_for_plan = list->page_filters.offlinable, .limit = LIMIT_NONE, .stop_fd = -1,
	};
	const struct memhp_block *block;

	if (!ids)
		return library_error("scan", -ENOMEM);
	memhp_snapshot_foreach(list->snapshot, block)
		if (list_selects(list, block))
			ids[request.count++] = memhp_block_id(block);
	return scan_blocks(memhp, list->snapshot, &request, ret);
}

/* Takes the snapshot, or begins to watch, which takes one, too. */
static int list_open(const struct globals *globals, const struct list *list, unsigned int attrs, struct memhp **ret_memhp,
		     struct memhp_snapshot **ret_snapshot, struct memhp_monitor **ret_monitor)
{
	int status = machine_open(globals, ret_memhp);

	if (status != EXIT_DONE)
		return status;
	return list->args.watch.is_given ? watch_open(globals, *ret_memhp, attrs, ret_monitor) :
	       machine_take_snapshot(globals, *ret_memhp, attrs, ret_snapshot);
}

static int list_run(struct globals *globals, struct list *list)
{
	cleanup(cleanup_memhp_scan_free) struct memhp_scan *seen = NULL;
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *taken = NULL;
	cleanup(cleanup_memhp_monitor_free) struct memhp_monitor *monitor = NULL;
	cleanup(cleanup_json_free) struct json *json = NULL;
	const struct memhp_snapshot *snapshot;
	unsigned int attrs = attrs_of(globals, list);
	int status = list_open(globals, list, attrs, &memhp, &taken, &monitor);

	if (status != EXIT_DONE)
		return status;
	snapshot = monitor ? memhp_monitor_snapshot(monitor) : taken;
	list->snapshot = snapshot;
	list->sums.movable_is_known = attrs & MEMHP_ATTR_ZONES;
	status = selection_resolve(&list->operands, &list->filters, memhp, snapshot, false, &list->selection);
	if (status == EXIT_DONE && is_scanned(list))
		status = scan_shown(globals, list, memhp, &seen);
	list->scan = seen;
	if (status == EXIT_DONE)
		status = page_filters_check(&list->page_filters, seen, snapshot);
	if (status == EXIT_DONE)
		status = list_show(globals, list, &json);
	if (status == EXIT_DONE)
		status = selection_report_faults(&list->selection, &list->filters, snapshot, attrs);
	if (seen && (status == EXIT_DONE || status == EXIT_PARTLY) &&
	    scan_tell_faults(globals, seen, snapshot, warning))
		status = EXIT_PARTLY;
	if (json && (monitor ? json_end_open(json) : json_end(json, status)) < 0)
		return library_error("list", -ENOMEM);
	return monitor && (status == EXIT_DONE || status == EXIT_PARTLY) ?
	       watch_run(globals, list, memhp, monitor, attrs, status) : status;
}

static int list_main(struct globals *globals, int argc, const char **argv)
{
	cleanup(list_free) struct list list = { 0 };
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Rows:", list_options, OPTION_COUNT(list_options), &list.args },
		{ "Columns and formats:", table_options, table_option_count, &list.table },
		{ "Filters (comma-separated lists):", filter_options, filter_option_count, &list.filters },
		{ NULL, page_filter_options, page_filter_option_count, &list.page_filters },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), &list_command))
		return status;
	if (list.table.list_columns)
		return columns_list(globals, &list.table, &words, list_columns, list_column_count, LIST_STANDARD_COLUMNS);
	status = list.args.map ? list_check_map(globals, &list) : EXIT_DONE;
	if (status == EXIT_DONE)
		status = columns_choose(globals, &list.table, list_columns, list_column_count,
					list.args.scan ? LIST_SCAN_COLUMNS : LIST_STANDARD_COLUMNS, &list.columns);
	if (status == EXIT_DONE && list.args.watch.is_given)
		status = columns_choose(globals, &list.table, list_columns, list_column_count, WATCH_STANDARD_COLUMNS,
					&list.lines);
	if (status == EXIT_DONE)
		status = choose_split(&list);
	if (status == EXIT_DONE && list.args.watch.is_given)
		status = watch_check(globals, &list);
	if (status == EXIT_DONE)
		status = selection_parse(globals, &words, "is an amount; only online and offline take amounts",
					 &list.operands);
	return status == EXIT_DONE ? list_run(globals, &list) : status;
}

const struct command list_command = {
	.name = "list",
	.summary = "show memory blocks, their states and zones",
	.synopsis = "[OPTION...] [BLOCK|RANGE|ADDRESS|all]...",
	.about = "Show the memory blocks of this machine. This changes nothing.",
	.operands = "Operands are blocks (42, 32-47, 1,4-7), addresses (0x140000000), address ranges\n"
		    "(0x140000000-0x17fffffff), page frames (pfn:0x104c02) or 'all'. Without any, all\n"
		    "blocks are shown.",
	.examples = "  memhp list\n"
		    "  memhp list -o BLOCK,STATE,DEVICE 0x140000000\n"
		    "  memhp list --scan --state=online --in-zone=Movable",
	.run = list_main,
};
