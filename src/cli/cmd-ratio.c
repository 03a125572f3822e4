/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio: movable memory against kernel memory, of each node and of the
 * machine: shows it, or checks it against a limit. Changes nothing.
 */
#include "cmd-ratio.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../common/number.h"
#include "../libmemhp/cleanup.h"
#include "json.h"
#include "message.h"
#include "selection.h"
#include "table.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)
DEFINE_CLEANUP(struct memhp_stats *, memhp_stats_free)
DEFINE_CLEANUP(struct memhp_policy *, memhp_policy_free)
DEFINE_CLEANUP(struct table *, table_free)
DEFINE_CLEANUP(struct json *, json_free)

struct ratio_args {
	struct ranges nodes;
	bool is_check, has_percent;
	uint64_t percent;
};

static int parse_nodes(const char *value, void *field)
{
	struct ratio_args *args = field;
	const char *problem = numbers_parse(value, UINT32_MAX, &args->nodes);

	return problem ? usage_error("--node: '%s' %s", value, problem) : EXIT_DONE;
}

static int parse_check(const char *value, void *field)
{
	struct ratio_args *args = field;

	args->is_check = true;
	args->has_percent = strcmp(value, "limit") != 0;
	if (args->has_percent &&
	    (number_parse(value, strlen(value), 10, &args->percent) < 0 || args->percent > UINT32_MAX))
		return usage_error("--check: '%s' is no number of percent up to 4294967295", value);
	return EXIT_DONE;
}

static const struct option ratio_options[] = {
	{ "node", '\0', "LIST", NULL, parse_nodes, 0, "these nodes: 0,2-3" },
	{ "check", '\0', "PCT", "limit", parse_check, 0, "show no table; exit status 1 above PCT percent" },
};

/* What is shown, and what it rests on. */
struct ratio {
	struct ratio_args args;
	struct table_args table;
	struct columns columns;
	const struct memhp_snapshot *snapshot;
	const struct memhp_stats *stats;
	struct memhp_zone_rules rules;
	uint64_t page_size;
	struct ratio_row *rows;      /* of nodes, in the kernel's order */
	size_t count;
	struct ratio_row total;
};

static void ratio_free(struct ratio *ratio)
{
	ranges_free(&ratio->args.nodes);
	free(ratio->rows);
}

/* Decide ---------------------------------------------------------------------- */

/* node NULL: of the machine. An exit status. */
static int fill_row(const struct ratio *ratio, const unsigned int *node, struct ratio_row *ret)
{
	bool has_limit = ratio->rules.are_known && ratio->rules.is_auto_movable;
	int r;

	*ret = (struct ratio_row){
		.is_total = !node,
		.node = node ? *node : 0,
		.has_limit = has_limit && (!node || ratio->rules.is_numa_aware),
		.limit = ratio->rules.ratio,
		.block_size = memhp_snapshot_block_size(ratio->snapshot),
		.ratio.size = sizeof(ret->ratio),
	};
	r = memhp_ratio_sum(ratio->stats, ratio->page_size, node, &ret->ratio);
	if (r == -ERANGE) {
		error("/proc/zoneinfo: more memory than 64 bits can count");
		return EXIT_FAILED;
	}
	return r < 0 ? library_error("ratio", r) : EXIT_DONE;
}

static bool has_row(const struct ratio *ratio, unsigned int node)
{
	for (size_t i = 0; i < ratio->count; i++)
		if (ratio->rows[i].node == node)
			return true;
	return false;
}

static int add_row(struct ratio *ratio, unsigned int node)
{
	struct ratio_row *rows = reallocarray(ratio->rows, ratio->count + 1, sizeof(*rows));

	if (!rows)
		return library_error("ratio", -ENOMEM);
	ratio->rows = rows;
	return fill_row(ratio, &node, &rows[ratio->count++]);
}

/* Every node that was asked for must be there. */
static int check_nodes(const struct ratio *ratio)
{
	for (size_t i = 0; i < ratio->args.nodes.count; i++) {
		const struct range *range = &ratio->args.nodes.items[i];

		for (uint64_t node = range->first; node <= range->last; node++) {
			if (has_row(ratio, (unsigned int)node))
				continue;
			error("node %" PRIu64 " does not exist", node);
			return EXIT_FAILED;
		}
	}
	return EXIT_DONE;
}

static int fill_rows(struct ratio *ratio)
{
	const struct memhp_zonestat *zone;
	int status = fill_row(ratio, NULL, &ratio->total);

	memhp_stats_foreach(ratio->stats, zone) {
		unsigned int node = memhp_zonestat_node(zone);

		if (status != EXIT_DONE)
			return status;
		if (ratio->args.nodes.count && !ranges_have(&ratio->args.nodes, node))
			continue;
		if (!has_row(ratio, node))
			status = add_row(ratio, node);
	}
	return status == EXIT_DONE ? check_nodes(ratio) : status;
}

/*
 * mm/memory_hotplug.c: auto_movable_can_online_movable() counts as kernel memory only
 * what has been there since boot: present_early_pages, which nothing exports.
 */
static bool needs_blocks(const struct ratio *ratio)
{
	return ratio->rules.are_known && ratio->rules.is_auto_movable && !ratio->args.is_check;
}

static bool has_late_kernel_memory(const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block)
		if (memhp_zone_is_kernel(memhp_block_zone(block)) && memhp_block_origin(block) != MEMHP_ORIGIN_BOOT)
			return true;
	return false;
}

/* Show ------------------------------------------------------------------------ */

static int show_table(const struct globals *globals, const struct ratio *ratio)
{
	cleanup(cleanup_table_free) struct table *table = table_new(globals, &ratio->table, &ratio->columns);
	int r = table ? 0 : -ENOMEM;

	for (size_t i = 0; i < ratio->count && r == 0; i++)
		r = table_add(table, &ratio->rows[i], 0);
	if (r == 0)
		r = table_add(table, &ratio->total, 0);
	return r < 0 ? r : table_print(table);
}

static void set_rules(struct json *json, const struct memhp_zone_rules *rules)
{
	if (!rules->are_known) {
		json_set_null(json, NULL, "policy");
		json_set_null(json, NULL, "numa_aware");
		return;
	}
	json_set_text(json, NULL, "policy", rules->is_auto_movable ? "auto-movable" : "contig-zones");
	json_set_bool(json, NULL, "numa_aware", rules->is_numa_aware);
}

static int show_json(const struct ratio *ratio, int status)
{
	cleanup(cleanup_json_free) struct json *json = json_new();
	struct columns columns = { 0 };

	if (!json)
		return -ENOMEM;
	for (size_t i = 0; i < ratio->columns.count; i++)
		if (ratio->columns.items[i] != &ratio_columns[0])
			columns.items[columns.count++] = ratio->columns.items[i];
	set_rules(json, &ratio->rules);
	json_rows_begin(json, "nodes");
	for (size_t i = 0; i < ratio->count; i++)
		json_row(json, &ratio->columns, &ratio->rows[i], 0);
	json_rows_end(json);
	json_set_row(json, "total", &columns, &ratio->total);
	json_rows_begin(json, "add");
	json_rows_end(json);
	json_rows_begin(json, "advice");
	json_rows_end(json);
	if (ratio->args.is_check)
		json_set_number(json, NULL, "exit_status", (uint64_t)status);
	return json_end(json);
}

/* Check ----------------------------------------------------------------------- */

/* Whether the row is within the limit; tells if not. */
static bool row_passes(const struct ratio_row *row, uint64_t percent)
{
	char name[32] = "the machine", figure[48] = "without kernel memory";

	if (!memhp_ratio_exceeds(&row->ratio, percent))
		return true;
	if (!row->is_total)
		snprintf(name, sizeof(name), "node %u", row->node);
	if (row->ratio.kernel)
		snprintf(figure, sizeof(figure), "at %" PRIu64 " %%", memhp_ratio_percent(&row->ratio));
	error("%s is %s, above %" PRIu64 " %%", name, figure, percent);
	return false;
}

/* With --node each of these nodes, else the machine. */
static int check(const struct ratio *ratio)
{
	uint64_t percent = ratio->args.has_percent ? ratio->args.percent :
			   ratio->rules.is_auto_movable ? ratio->rules.ratio : MEMHP_RATIO_USUAL;
	bool passes = true;

	if (!ratio->args.has_percent && !ratio->rules.are_known) {
		error("the policy is not known; give --check a limit");
		return EXIT_FAILED;
	}
	if (!ratio->args.nodes.count)
		passes = row_passes(&ratio->total, percent);
	for (size_t i = 0; i < ratio->count && ratio->args.nodes.count; i++)
		passes &= row_passes(&ratio->rows[i], percent);
	return passes ? EXIT_DONE : EXIT_FAILED;
}

/* The command ----------------------------------------------------------------- */

static int show(const struct globals *globals, const struct ratio *ratio)
{
	int status = EXIT_DONE, r = 0;

	if (!ratio->rules.are_known && !ratio->args.is_check) {
		warning("the policy in /sys/module/memory_hotplug/parameters could not be read or understood");
		status = EXIT_PARTLY;
	}
	if (ratio->args.is_check)
		status = check(ratio);
	else if (needs_blocks(ratio) && has_late_kernel_memory(ratio->snapshot))
		notice("memory added after boot is in a kernel zone; the kernel does not count it as KERNEL, "
		       "so its own headroom may be smaller");
	if (globals->json)
		r = show_json(ratio, status);
	else if (!ratio->args.is_check)
		r = show_table(globals, ratio);
	return r < 0 ? library_error("ratio", r) : status;
}

static int run(struct globals *globals, struct ratio *ratio)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	int status = machine_open(globals, &memhp);
	int r;

	if (status != EXIT_DONE)
		return status;
	r = memhp_policy_read(memhp, &policy);
	if (r < 0)
		return library_error("ratio", r);
	ratio->rules.size = sizeof(ratio->rules);
	memhp_policy_zone_rules(policy, &ratio->rules);
	/* Origins matter only where the kernel tells early memory from later one. */
	status = snapshot_take(globals, memhp, needs_blocks(ratio) ?
			       MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN : 0, &snapshot);
	if (status != EXIT_DONE)
		return status;
	r = memhp_stats_read(memhp, &stats);
	if (r < 0)
		return library_error("ratio", r);
	ratio->snapshot = snapshot;
	ratio->stats = stats;
	ratio->page_size = memhp_page_size(memhp);
	status = fill_rows(ratio);
	return status == EXIT_DONE ? show(globals, ratio) : status;
}

static int check_args(const struct ratio *ratio)
{
	const struct table_args *table = &ratio->table;

	if (ratio->args.is_check && (table->output || table->output_all || table->noheadings || table->pairs ||
				     table->raw || table->bytes))
		return usage_error("--check shows no table and takes no options about columns and formats");
	return EXIT_DONE;
}

int cmd_ratio(struct globals *globals, int argc, const char **argv)
{
	cleanup(ratio_free) struct ratio ratio = { 0 };
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Ratio:", ratio_options, OPTION_COUNT(ratio_options), &ratio.args },
		{ "Columns and formats:", table_options, table_option_count, &ratio.table },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE)
		return status;
	if (options_answer(globals, groups, OPTION_COUNT(groups), "memhp ratio", "[OPTION...]")) {
		if (globals->help)
			columns_help(ratio_columns, ratio_column_count);
		return EXIT_DONE;
	}
	if (words.count)
		return usage_error("'%s': ratio takes no operands", words.words[0]);
	status = check_args(&ratio);
	if (status == EXIT_DONE)
		status = columns_choose(globals, &ratio.table, ratio_columns, ratio_column_count,
					RATIO_STANDARD_COLUMNS, &ratio.columns);
	return status == EXIT_DONE ? run(globals, &ratio) : status;
}
