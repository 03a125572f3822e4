/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds the rows of memhp list: which blocks are printed, which of them share a row,
 * in which columns the blocks of a row differ, and the sums. Reads and prints
 * nothing.
 */
#include "cmd-list.h"

static void sum_block(struct list *list, const struct memhp_block *block)
{
	uint64_t size = memhp_snapshot_block_size(list->snapshot);

	list->sums.blocks++;
	switch (memhp_block_state(block)) {
	case MEMHP_STATE_UNKNOWN:
		break;
	case MEMHP_STATE_ONLINE:
		list->sums.online += size;
		break;
	case MEMHP_STATE_OFFLINE:
		list->sums.offline += size;
		break;
	case MEMHP_STATE_GOING_OFFLINE:
		list->sums.going_offline += size;
		break;
	}
	if (memhp_block_zone(block) == MEMHP_ZONE_MOVABLE)
		list->sums.movable += size;
}

static bool differs(const struct column *column, const struct cell *cell, const struct list_row *row)
{
	struct cell other;

	cell_read(column, row, &other);
	return !cells_equal(cell, &other);
}

static struct list_row list_row_of(const struct list *list, const struct memhp_block *block)
{
	return (struct list_row){ list->snapshot, block, block, 1, list->scan };
}

bool list_selects(const struct list *list, const struct memhp_block *block)
{
	return selection_has(&list->selection, block) && filters_pass(&list->filters, block);
}

bool list_shows(const struct list *list, const struct memhp_block *block)
{
	return list_selects(list, block) && page_filters_pass(&list->page_filters, list->scan, block);
}

/* A row that can still grow, and the cells of its first block to compare the next blocks with. */
struct growing {
	struct list_row row;
	struct cell split[COLUMNS_MAX], printed[COLUMNS_MAX];
	uint64_t mixed;
};

static void row_begin(const struct list *list, const struct list_row *row, struct growing *ret)
{
	ret->row = *row;
	ret->mixed = 0;
	for (size_t i = 0; !list->args.all && i < list->split.count; i++)
		cell_read(list->split.items[i], row, &ret->split[i]);
	for (size_t i = 0; list->args.split && i < list->columns.count; i++)
		cell_read(list->columns.items[i], row, &ret->printed[i]);
}

static bool belongs_to(const struct list *list, const struct growing *growing, const struct list_row *next)
{
	if (list->args.all || memhp_block_id(next->first) != memhp_block_id(growing->row.last) + 1)
		return false;
	for (size_t i = 0; i < list->split.count; i++)
		if (differs(list->split.items[i], &growing->split[i], next))
			return false;
	return true;
}

/* Whether one cell cannot stand for both. A page count can, as a sum, if it is known for both or for neither. */
static bool clashes(const struct column *column, const struct cell *cell, const struct list_row *row)
{
	struct cell other;

	if (!(column->flags & COLUMN_PAGES))
		return differs(column, cell, row);
	cell_read(column, row, &other);
	return cell->kind != other.kind;
}

/* Marks the printed columns in which a block differs from the first one of the row. This happens only with --split. */
static void row_mix(const struct list *list, struct growing *growing, const struct list_row *next)
{
	for (size_t i = 0; list->args.split && i < list->columns.count; i++) {
		const struct column *column = list->columns.items[i];

		if (!(column->flags & COLUMN_SPANS) && clashes(column, &growing->printed[i], next))
			growing->mixed |= UINT64_C(1) << i;
	}
}

void list_for_each_row(struct list *list, list_row_fn fn, void *data)
{
	const struct memhp_block *block;
	struct growing growing;

	growing.row.first = NULL;
	list->sums.blocks = list->sums.online = list->sums.offline = list->sums.going_offline = list->sums.movable = 0;
	memhp_snapshot_foreach(list->snapshot, block) {
		const struct list_row next = list_row_of(list, block);

		if (!list_shows(list, block))
			continue;
		sum_block(list, block);
		if (growing.row.first && belongs_to(list, &growing, &next)) {
			row_mix(list, &growing, &next);
			growing.row.last = block;
			growing.row.count++;
			continue;
		}
		if (growing.row.first && fn)
			fn(data, &growing.row, growing.mixed);
		row_begin(list, &next, &growing);
	}
	if (growing.row.first && fn)
		fn(data, &growing.row, growing.mixed);
}
