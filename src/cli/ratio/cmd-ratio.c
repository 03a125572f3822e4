/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio: shows the ratio of MOVABLE to KERNEL memory for each node and for the
 * machine, or checks it against a limit. Changes nothing. --add is left to
 * ratio-add.c, --advise to ratio-advise.c, and the check to ratio-check.c.
 */
#include "cmd-ratio.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/number.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/unread.h"
#include "../input/filter.h"
#include "../output/json.h"
#include "../output/table.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)
DEFINE_CLEANUP(struct memhp_stats *, memhp_stats_free)
DEFINE_CLEANUP(struct memhp_policy *, memhp_policy_free)
DEFINE_CLEANUP(struct table *, table_free)
DEFINE_CLEANUP(struct json *, json_free)

static int parse_percent(const char *value, uint64_t *ret)
{
	return number_parse(value, strlen(value), 10, ret) < 0 || *ret > UINT32_MAX ? -EINVAL : 0;
}

static bool is_percent(const char *value)
{
	uint64_t percent;

	return parse_percent(value, &percent) == 0;
}

static int parse_check(const char *value, void *field)
{
	struct ratio_args *args = field;

	args->is_check = true;
	args->has_percent = strcmp(value, "limit") != 0;
	if (args->has_percent && parse_percent(value, &args->percent) < 0)
		return usage_error("--check: '%s' is not a percentage from 0 to 4294967295", value);
	return EXIT_DONE;
}

static int parse_add(const char *value, void *field)
{
	struct ratio_args *args = field;

	return additions_parse(value, &args->additions);
}

static const struct option ratio_options[] = {
	{ .name = "node", .metavar = "LIST", .parse = filter_parse_nodes,
	  .offset = offsetof(struct ratio_args, nodes), .help = "only these nodes, such as 0,2-3" },
	{ .name = "check", .metavar = "PCT", .bare = "limit", .parse = parse_check,
	  .accepts = is_percent, .help = "no table; exit with status 1 if above PCT percent" },
	{ .name = "add", .metavar = "DEVICE", .parse = parse_add,
	  .help = "show the effect of adding DEVICE" },
	{ .name = "advise", .offset = offsetof(struct ratio_args, is_advise),
	  .help = "check against the kernel's ZONE_MOVABLE guidelines" },
};

static void ratio_free(struct ratio *ratio)
{
	ranges_free(&ratio->args.nodes);
	additions_free(&ratio->args.additions);
	free(ratio->rows);
}

/* Decide ---------------------------------------------------------------------- */

/* The status of a command that could not read what it needs. */
static int ratio_unread(const struct ratio *ratio, int status)
{
	return ratio->args.is_check && status == EXIT_FAILED ? EXIT_UNDECIDED : status;
}

/* Fills in the row of a node, or of the machine if node is NULL. Returns an exit status. */
static int ratio_fill_row(const struct ratio *ratio, const unsigned int *node, struct ratio_row *ret)
{
	bool has_limit = ratio->rules.are_known && ratio->rules.is_auto_movable;
	int r;

	*ret = (struct ratio_row){
		.is_total = !node,
		.node = node ? *node : 0,
		.has_limit = has_limit && (!node || ratio->rules.is_numa_aware),
		.limit = ratio->rules.ratio,
		.block_size = memhp_snapshot_block_size(ratio->machine.snapshot),
		.ratio.size = sizeof(ret->ratio),
		.is_drawn = ratio->is_drawn,
	};
	r = memhp_ratio_sum(ratio->machine.stats, memhp_page_size(ratio->machine.memhp), node, &ret->ratio);
	if (r == -ERANGE) {
		error("/proc/zoneinfo: the sum of memory exceeds 64 bits");
		unread_note("proc/zoneinfo", EBADMSG);
		return ratio_unread(ratio, EXIT_FAILED);
	}
	return r < 0 ? library_error("ratio", r) : EXIT_DONE;
}

static bool ratio_has_row(const struct ratio *ratio, unsigned int node)
{
	for (size_t i = 0; i < ratio->count; i++)
		if (ratio->rows[i].node == node)
			return true;
	return false;
}

static int ratio_add_row(struct ratio *ratio, unsigned int node)
{
	struct ratio_row *rows = reallocarray(ratio->rows, ratio->count + 1, sizeof(*rows));

	if (!rows)
		return library_error("ratio", -ENOMEM);
	ratio->rows = rows;
	return ratio_fill_row(ratio, &node, &rows[ratio->count++]);
}

/* Every requested node must exist. */
static int ratio_check_nodes(const struct ratio *ratio)
{
	for (size_t i = 0; i < ratio->args.nodes.count; i++) {
		const struct range *range = &ratio->args.nodes.items[i];

		for (uint64_t node = range->first; node <= range->last; node++) {
			if (ratio_has_row(ratio, (unsigned int)node))
				continue;
			error("node %" PRIu64 " does not exist", node);
			return EXIT_FAILED;
		}
	}
	return EXIT_DONE;
}

static int ratio_fill_rows(struct ratio *ratio)
{
	const struct memhp_zonestat *zone;
	int status = ratio_fill_row(ratio, NULL, &ratio->total);

	memhp_stats_foreach(ratio->machine.stats, zone) {
		unsigned int node = memhp_zonestat_node(zone);

		if (status != EXIT_DONE)
			return status;
		if (ratio->args.nodes.count && !ranges_have(&ratio->args.nodes, node))
			continue;
		if (!ratio_has_row(ratio, node))
			status = ratio_add_row(ratio, node);
	}
	return status == EXIT_DONE ? ratio_check_nodes(ratio) : status;
}

/*
 * mm/memory_hotplug.c: auto_movable_can_online_movable() counts only boot memory as
 * kernel memory (present_early_pages). The kernel does not export that number, so it
 * is derived from the blocks.
 */
static bool ratio_needs_blocks(const struct ratio *ratio)
{
	return ratio->rules.are_known && ratio->rules.is_auto_movable && !ratio->args.is_check;
}

static unsigned int ratio_attrs(const struct ratio *ratio)
{
	unsigned int attrs = 0;

	if (ratio_needs_blocks(ratio))
		attrs |= MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN;
	if (ratio->args.additions.count)
		attrs |= MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_NODES;
	if (ratio->args.is_advise)
		attrs |= MEMHP_ATTR_STATE | MEMHP_ATTR_MEMMAP_ON_MEMORY;
	return attrs;
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

static int ratio_show_table(const struct globals *globals, const struct ratio *ratio)
{
	cleanup(cleanup_table_free) struct table *table = table_new(globals, &ratio->table, &ratio->columns);
	int r = table ? 0 : -ENOMEM;

	for (size_t i = 0; i < ratio->count && r == 0; i++)
		r = table_add(table, &ratio->rows[i], 0);
	if (r == 0)
		r = table_add(table, &ratio->total, 0);
	if (r == 0)
		r = table_print(table);
	if (r == 0 && ratio->args.additions.count)
		r = additions_show(globals, &ratio->table, &ratio->args.additions);
	if (r == 0 && ratio->args.is_advise)
		r = advice_show(globals, &ratio->table, &ratio->sizing);
	return r;
}

static void ratio_set_rules(struct json *json, const struct memhp_zone_rules *rules)
{
	if (!rules->are_known) {
		json_set_null(json, NULL, "policy");
		json_set_null(json, NULL, "numa_aware");
		return;
	}
	json_set_text(json, NULL, "policy", rules->is_auto_movable ? "auto-movable" : "contig-zones");
	json_set_bool(json, NULL, "numa_aware", rules->is_numa_aware);
}

static int ratio_show_json(const struct ratio *ratio, int status)
{
	cleanup(cleanup_json_free) struct json *json = json_new();
	struct columns columns = { 0 };

	if (!json)
		return -ENOMEM;
	for (size_t i = 0; i < ratio->columns.count; i++)
		if (ratio->columns.items[i] != &ratio_columns[0])
			columns.items[columns.count++] = ratio->columns.items[i];
	ratio_set_rules(json, &ratio->rules);
	json_rows_begin(json, "nodes");
	for (size_t i = 0; i < ratio->count; i++)
		json_row(json, &ratio->columns, &ratio->rows[i], 0);
	json_rows_end(json);
	json_set_row(json, "total", &columns, &ratio->total);
	json_rows_begin(json, "add");
	additions_json(json, &ratio->args.additions);
	json_rows_end(json);
	json_rows_begin(json, "advice");
	if (ratio->args.is_advise)
		advice_json(json, &ratio->sizing);
	json_rows_end(json);
	if (ratio->args.is_check)
		ratio_check_json(ratio, json, status);
	return json_end(json, status);
}

/* The command ----------------------------------------------------------------- */

static int ratio_show(const struct globals *globals, const struct ratio *ratio)
{
	int status = EXIT_DONE, r = 0;

	if (!ratio->rules.are_known)
		unread_note_parameters(ratio->machine.policy);
	if (!ratio->rules.are_known && !unread_next(NULL)) {
		const bool is_there = memhp_parameter_value(memhp_policy_find(ratio->machine.policy, "online_policy"));

		/* A word that is not known, or no directory. */
		unread_note(is_there ? "sys/module/memory_hotplug/parameters/online_policy" :
			    "sys/module/memory_hotplug/parameters", is_there ? EBADMSG : ENOENT);
	}
	if (!ratio->rules.are_known && !ratio->args.is_check) {
		warning("cannot read or parse the policy in /sys/module/memory_hotplug/parameters");
		status = EXIT_PARTLY;
	}
	if (ratio->args.is_check)
		status = ratio_check(ratio);
	else if (ratio_needs_blocks(ratio) && has_late_kernel_memory(ratio->machine.snapshot))
		notice("hot-added memory is in a kernel zone; the kernel does not count it as KERNEL, "
		       "so its own headroom may be smaller");
	if (ratio->args.additions.count)
		additions_comment(&ratio->args.additions);
	if (globals->json)
		r = ratio_show_json(ratio, status);
	else if (!ratio->args.is_check)
		r = ratio_show_table(globals, ratio);
	return r < 0 ? library_error("ratio", r) : status;
}

/* Computes everything that is shown. */
static int ratio_decide(struct ratio *ratio)
{
	int status = ratio_fill_rows(ratio);
	int r = 0;

	if (status == EXIT_DONE && ratio->args.additions.count)
		status = additions_forecast(&ratio->args.additions, &ratio->machine);
	ratio->sizing.size = sizeof(ratio->sizing);
	if (status == EXIT_DONE && ratio->args.is_advise)
		r = memhp_sizing_read(ratio->machine.memhp, ratio->machine.snapshot, ratio->machine.stats,
				      &ratio->sizing);
	return r < 0 ? library_error("--advise", r) : status;
}

static int ratio_run(struct globals *globals, struct ratio *ratio)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	int status = machine_open(globals, &memhp);
	int r;

	if (status != EXIT_DONE)
		return ratio_unread(ratio, status);
	r = memhp_policy_read(memhp, &policy);
	if (r < 0)
		return ratio_unread(ratio, library_error("ratio", r));
	ratio->rules.size = sizeof(ratio->rules);
	(void)memhp_policy_zone_rules(policy, &ratio->rules);
	/* Origins matter only where the kernel treats boot memory differently from hot-added memory. */
	status = machine_take_snapshot(globals, memhp, ratio_attrs(ratio), &snapshot);
	if (status != EXIT_DONE)
		return ratio_unread(ratio, status);
	r = memhp_stats_read(memhp, &stats);
	if (r < 0)
		return ratio_unread(ratio, library_error("ratio", r));
	ratio->machine = (struct ratio_machine){ memhp, snapshot, stats, policy };
	status = ratio_decide(ratio);
	return status == EXIT_DONE ? ratio_show(globals, ratio) : status;
}

/* Whether a person reads the table: it goes to a terminal, and the user selected no columns. */
static bool ratio_is_watched(const struct globals *globals, const struct ratio *ratio)
{
	const struct table_args *table = &ratio->table;

	return !globals->json && !table->raw && !table->pairs && !table->output && !table->output_all &&
	       isatty(STDOUT_FILENO);
}

static int ratio_check_args(const struct ratio *ratio)
{
	const struct table_args *table = &ratio->table;

	if (ratio->args.is_check && (table->output || table->output_all || table->noheadings || table->pairs ||
				     table->raw || table->bytes))
		return usage_error("--check prints no table and excludes options for columns and formats");
	if (ratio->args.is_check && (ratio->args.additions.count || ratio->args.is_advise))
		return usage_error("--check excludes --add and --advise");
	if ((table->pairs || table->raw) && (ratio->args.additions.count || ratio->args.is_advise))
		return usage_error("--%s excludes --add and --advise, whose tables have other columns; use --json",
				   table->pairs ? "pairs" : "raw");
	return EXIT_DONE;
}

static int ratio_main(struct globals *globals, int argc, const char **argv)
{
	cleanup(ratio_free) struct ratio ratio = { 0 };
	cleanup(words_free) struct words words = { 0 };
	const struct option_group groups[] = {
		{ "Ratio:", ratio_options, OPTION_COUNT(ratio_options), &ratio.args },
		{ "Columns and formats:", table_options, table_option_count, &ratio.table },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);
	bool watched;

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), &ratio_command))
		return status;
	if (ratio.table.list_columns)
		return columns_list(globals, &ratio.table, &words, ratio_columns, ratio_column_count, RATIO_STANDARD_COLUMNS);
	if (words.count)
		return usage_error("'%s': ratio takes no operands%s", words.words[0], words.hints[0]);
	watched = ratio_is_watched(globals, &ratio);
	status = ratio_check_args(&ratio);
	if (status == EXIT_DONE)
		status = columns_choose(globals, &ratio.table, ratio_columns, ratio_column_count,
					watched ? RATIO_TERMINAL_COLUMNS : RATIO_STANDARD_COLUMNS, &ratio.columns);
	/* The locale decides only how wide characters are. */
	ratio.is_drawn = watched && setlocale(LC_CTYPE, "") &&
			 strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	return status == EXIT_DONE ? ratio_run(globals, &ratio) : status;
}

const struct command ratio_command = {
	.name = "ratio",
	.summary = "show the ratio of movable to kernel memory",
	.synopsis = "[OPTION...]",
	.about = "Show the ratio of movable to kernel memory, per node. This changes nothing.",
	.operands = "DEVICE is SIZE[,auto|movable|kernel][,node=N][,kind=dimm|virtio-mem].",
	.examples = "  memhp ratio\n"
		    "  memhp ratio --check=300\n"
		    "  memhp ratio --add 16G,movable,node=1",
	.run = ratio_main,
};
