/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of memhp ratio --add: what adding a device would do. The table leaves
 * out some columns to fit on a terminal; the JSON document has all but FROM.
 * ratio-add.c makes the prediction.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../output/table.h"
#include "cmd-ratio.h"

DEFINE_CLEANUP(struct table *, table_free)

static void addition_cell_size(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_number(ret, CELL_SIZE, row->what.amount);
}

static void addition_cell_kind(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_text(ret, memhp_device_name(row->what.device));
}

static void addition_cell_node(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_number(ret, CELL_NUMBER, row->what.node);
}

static void addition_cell_target(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_text(ret, memhp_target_name(row->what.target));
}

static void addition_cell_auto_online(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_flag(ret, row->onlining ? strcmp(row->onlining, "offline") != 0 : -1);
}

static void addition_cell_kernel(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_number(ret, CELL_SIZE, row->zones.kernel);
}

static void addition_cell_movable(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_number(ret, CELL_SIZE, row->zones.movable);
}

static void addition_cell_certain(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_flag(ret, row->zones.is_certain);
}

static void addition_cell_memmap(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_number(ret, CELL_SIZE, row->zones.memmap);
}

static void addition_cell_memmap_on_memory(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_flag(ret, row->zones.is_memmap_on_memory);
}

static void addition_cell_memmap_node(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	if (row->zones.has_memmap_node)
		cell_set_number(ret, CELL_NUMBER, row->zones.memmap_node);
}

static void addition_cell_memmap_zone(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_text(ret, memhp_zone_name(row->zones.memmap_zone));
}

static void addition_cell_memmap_certain(const void *data, struct cell *ret)
{
	const struct addition *row = data;

	cell_set_flag(ret, row->zones.is_memmap_certain);
}

/* One word for people: itself, 0:Normal, 0 (several zones), or elsewhere. */
static void addition_cell_from(const void *data, struct cell *ret)
{
	const struct addition *row = data;
	const struct memhp_addition_zones *zones = &row->zones;
	const char *zone = memhp_zone_name(zones->memmap_zone), *doubt = zones->is_memmap_certain ? "" : "?";

	if (zones->is_memmap_on_memory)
		snprintf(ret->made, sizeof(ret->made), "itself%s", doubt);
	else if (!zones->has_memmap_node)
		snprintf(ret->made, sizeof(ret->made), "elsewhere");
	else
		snprintf(ret->made, sizeof(ret->made), "%u%s%s%s", zones->memmap_node, zone ? ":" : "",
			 zone ? zone : "", doubt);
	cell_set_text(ret, ret->made);
}

static void set_percent(const struct memhp_ratio *ratio, struct cell *ret)
{
	uint64_t percent;

	if (ratio->kernel && memhp_ratio_percent(ratio, &percent) == 0)
		cell_set_number(ret, CELL_NUMBER, percent);
}

static void addition_cell_node_ratio(const void *data, struct cell *ret)
{
	set_percent(&((const struct addition *)data)->node, ret);
}

static void addition_cell_node_status(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_balance_name((enum memhp_balance)memhp_ratio_balance(&((const struct addition *)data)->node)));
}

static void addition_cell_ratio(const void *data, struct cell *ret)
{
	set_percent(&((const struct addition *)data)->total, ret);
}

static void addition_cell_status(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_balance_name((enum memhp_balance)memhp_ratio_balance(&((const struct addition *)data)->total)));
}

static const struct column addition_columns[] = {
	{ "SIZE", "size of the added memory", COLUMN_RIGHT, 0, addition_cell_size, NULL },
	{ "KIND", "kind of the device", 0, 0, addition_cell_kind, NULL },
	{ "NODE", "node of the added memory", COLUMN_RIGHT, 0, addition_cell_node, NULL },
	{ "TARGET", "requested zone", 0, 0, addition_cell_target, NULL },
	{ "AUTO-ONLINE", "whether the kernel brings it online by itself", 0, 0, addition_cell_auto_online, NULL },
	{ "KERNEL", "part of it in a kernel zone", COLUMN_RIGHT, 0, addition_cell_kernel, NULL },
	{ "MOVABLE", "part of it in ZONE_MOVABLE", COLUMN_RIGHT, 0, addition_cell_movable, NULL },
	{ "CERTAIN", "whether memhp had all the information it needed", 0, 0, addition_cell_certain, NULL },
	{ "MEMMAP", "size of its memory map", COLUMN_RIGHT, 0, addition_cell_memmap, NULL },
	{ "FROM", "node and zone that hold the memory map", 0, 0, addition_cell_from, NULL },
	{ "MEMMAP-ON-MEMORY", "whether the added memory holds its own map", 0, 0, addition_cell_memmap_on_memory, NULL },
	{ "MEMMAP-NODE", "node that holds the memory map", 0, 0, addition_cell_memmap_node, NULL },
	{ "MEMMAP-ZONE", "zone that holds the memory map", 0, 0, addition_cell_memmap_zone, NULL },
	{ "MEMMAP-CERTAIN", "whether that is certain", 0, 0, addition_cell_memmap_certain, NULL },
	{ "NODE-RATIO", "ratio of the node afterwards", COLUMN_RIGHT, 0, addition_cell_node_ratio, NULL },
	{ "NODE-STATUS", "status of the node afterwards", 0, 0, addition_cell_node_status, NULL },
	{ "RATIO", "ratio of the machine afterwards", COLUMN_RIGHT, 0, addition_cell_ratio, NULL },
	{ "STATUS", "status of the machine afterwards", 0, 0, addition_cell_status, NULL },
};

#define TABLE_COLUMNS "SIZE,KIND,NODE,KERNEL,MOVABLE,CERTAIN,MEMMAP,FROM,RATIO,STATUS"

int additions_show(const struct globals *globals, const struct table_args *args, const struct additions *additions)
{
	cleanup(cleanup_table_free) struct table *table = NULL;
	struct columns columns = { 0 };
	int r;

	columns_parse(addition_columns, OPTION_COUNT(addition_columns), "--add", TABLE_COLUMNS, &columns);
	table = table_new(globals, args, &columns);
	r = table ? 0 : -ENOMEM;
	for (size_t i = 0; i < additions->count && r == 0; i++)
		r = table_add(table, &additions->items[i], 0);
	if (r < 0)
		return r;
	putchar('\n');
	return table_print(table);
}

void additions_json(struct json *json, const struct additions *additions)
{
	struct columns columns = { 0 };

	for (size_t i = 0; i < OPTION_COUNT(addition_columns); i++)
		if (addition_columns[i].cell != addition_cell_from)
			columns.items[columns.count++] = &addition_columns[i];
	for (size_t i = 0; i < additions->count; i++)
		json_row(json, &columns, &additions->items[i], 0);
}
