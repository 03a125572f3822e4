/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of memhp ratio. Each is an entry of the table at the end and one small
 * function. The arithmetic is in the library; how cells are printed is left to
 * src/cli/output.
 */
#include <string.h>

#include "cmd-ratio.h"

static void ratio_cell_node(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;

	if (row->is_total)
		cell_set_text(ret, "total");
	else
		cell_set_number(ret, CELL_NUMBER, row->node);
}

static void ratio_cell_kernel(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;

	cell_set_number(ret, CELL_SIZE, row->ratio.kernel);
}

static void ratio_cell_movable(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;

	cell_set_number(ret, CELL_SIZE, row->ratio.movable);
}

static void ratio_cell_cma(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;

	cell_set_number(ret, CELL_SIZE, row->ratio.cma);
}

static void ratio_cell_ratio(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;
	uint64_t percent;

	if (row->ratio.kernel && memhp_ratio_percent(&row->ratio, &percent) == 0)
		cell_set_number(ret, CELL_NUMBER, percent);
}

static void ratio_cell_limit(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;

	if (row->has_limit)
		cell_set_number(ret, CELL_NUMBER, row->limit);
}

static void ratio_cell_headroom(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;
	uint64_t room;

	if (row->has_limit && memhp_ratio_headroom(&row->ratio, row->limit, row->block_size, &room) == 0)
		cell_set_number(ret, CELL_SIZE, room);
}

static void ratio_cell_status(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;

	cell_set_text(ret, memhp_balance_name((enum memhp_balance)memhp_ratio_balance(&row->ratio)));
}

/* The width of a bar. Any amount above zero gets at least one cell. */
#define BAR_CELLS 16

static unsigned int movable_cells(const struct memhp_ratio *ratio)
{
	const double all = (double)ratio->kernel + (double)ratio->movable;
	const unsigned int cells = (unsigned int)((double)ratio->movable / all * BAR_CELLS + 0.5);

	if (ratio->kernel && cells == BAR_CELLS)
		return BAR_CELLS - 1;
	return ratio->movable && !cells ? 1 : cells;
}

static void ratio_cell_bar(const void *data, struct cell *ret)
{
	const struct ratio_row *row = data;
	const char *kernel = row->is_drawn ? "\u2588" : "K", *movable = row->is_drawn ? "\u2591" : "M";
	unsigned int cells;
	char *end = ret->made;

	if (!row->ratio.kernel && !row->ratio.movable)
		return;
	cells = movable_cells(&row->ratio);
	if (row->is_drawn)
		end = stpcpy(end, "K");
	for (unsigned int i = 0; i < BAR_CELLS; i++)
		end = stpcpy(end, i < BAR_CELLS - cells ? kernel : movable);
	if (row->is_drawn)
		stpcpy(end, "M");
	cell_set_text(ret, ret->made);
}

static const char *color_status(const struct cell *cell)
{
	if (cell->kind != CELL_TEXT)
		return NULL;
	if (cell->text == memhp_balance_name(MEMHP_BALANCE_OK))
		return "green";
	return cell->text == memhp_balance_name(MEMHP_BALANCE_HIGH) ? "brown" : "red";
}

const struct column ratio_columns[] = {
	{ "NODE", "NUMA node, or total", COLUMN_RIGHT, 0, ratio_cell_node, NULL },
	{ "KERNEL", "memory in kernel zones, without CMA", COLUMN_RIGHT, 0, ratio_cell_kernel, NULL },
	{ "MOVABLE", "memory in the Movable zone, plus CMA", COLUMN_RIGHT, 0, ratio_cell_movable, NULL },
	{ "CMA", "memory reserved for contiguous allocations", COLUMN_RIGHT, 0, ratio_cell_cma, NULL },
	{ "RATIO", "MOVABLE as a percentage of KERNEL", COLUMN_RIGHT, 0, ratio_cell_ratio, NULL },
	{ "LIMIT", "highest RATIO that the kernel's policy allows", COLUMN_RIGHT, 0, ratio_cell_limit, NULL },
	{ "HEADROOM", "memory that can still become MOVABLE under LIMIT", COLUMN_RIGHT, 0, ratio_cell_headroom, NULL },
	{ "STATUS", "ok, high, imbalanced, critical or movable-only", 0, 0, ratio_cell_status, color_status },
	{ "BAR", "bar of KERNEL and MOVABLE; default on a terminal", COLUMN_COSTLY, 0, ratio_cell_bar, NULL },
};
const size_t ratio_column_count = OPTION_COUNT(ratio_columns);
