/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of `memhp list`: which blocks are shown, which become one row, in which
 * columns these differ, and the sums of all. Reads and prints nothing.
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

static bool differs(const struct column *column, const struct list_row *a, const struct list_row *b)
{
	struct cell x = { 0 }, y = { 0 };

	column->cell(a, &x);
	column->cell(b, &y);
	return !cells_equal(&x, &y);
}

static struct list_row row_of(const struct list *list, const struct memhp_block *block)
{
	return (struct list_row){ block, block, 1, list->scan, list->args.scan };
}

bool list_shows(const struct list *list, const struct memhp_block *block)
{
	return selection_has(&list->selection, block) && filters_pass(&list->filters, block);
}

static bool belongs_to(const struct list *list, const struct list_row *row, const struct list_row *next)
{
	if (list->args.all || memhp_block_id(next->first) != memhp_block_id(row->last) + 1)
		return false;
	for (size_t i = 0; i < list->split.count; i++) {
		const struct list_row first = row_of(list, row->first);

		if (differs(list->split.items[i], &first, next))
			return false;
	}
	return true;
}

/* Adds to mixed the printed columns in which the block differs from the row's first. */
static uint64_t mix(const struct list *list, uint64_t mixed, const struct list_row *row,
		    const struct list_row *next)
{
	for (size_t i = 0; i < list->columns.count; i++) {
		const struct column *column = list->columns.items[i];

		if (!(column->flags & COLUMN_SPANS) && differs(column, row, next))
			mixed |= UINT64_C(1) << i;
	}
	return mixed;
}

void list_for_each_row(struct list *list, list_row_fn fn, void *data)
{
	const struct memhp_block *block;
	struct list_row row = { 0 };
	uint64_t mixed = 0;

	memhp_snapshot_foreach(list->snapshot, block) {
		struct list_row next = row_of(list, block);

		if (!list_shows(list, block))
			continue;
		sum_block(list, block);
		if (row.first && belongs_to(list, &row, &next)) {
			if (list->args.split)
				mixed = mix(list, mixed, &row, &next);
			row.last = block;
			row.count++;
			continue;
		}
		if (row.first)
			fn(data, &row, mixed);
		row = next;
		mixed = 0;
	}
	if (row.first)
		fn(data, &row, mixed);
}
