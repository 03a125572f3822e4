/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of memhp list. Each is an entry of the table at the end and a small
 * function that fills in a cell. How cells are printed is left to src/cli/output.
 */
#include "cmd-list.h"

#include <errno.h>

#include "../shared/verdict-text.h"

static void list_cell_range(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	ret->kind = CELL_ADDRESSES;
	ret->span.first = memhp_block_start(row->first);
	ret->span.last = memhp_block_end(row->last);
}

static void list_cell_start(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	cell_set_number(ret, CELL_ADDRESS, memhp_block_start(row->first));
}

static void list_cell_end(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	cell_set_number(ret, CELL_ADDRESS, memhp_block_end(row->last));
}

static void list_cell_size(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	cell_set_number(ret, CELL_SIZE, memhp_block_end(row->last) - memhp_block_start(row->first) + 1);
}

static void list_cell_count(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	cell_set_number(ret, CELL_NUMBER, row->count);
}

static void list_cell_block(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	ret->kind = CELL_SPAN;
	ret->span.first = memhp_block_id(row->first);
	ret->span.last = memhp_block_id(row->last);
}

/* For all other columns, the first block stands for the row: blocks of a row agree in them, or the cell is mixed. */
static const struct memhp_block *list_block_of(const void *data)
{
	const struct list_row *row = data;

	return row->first;
}

static void list_cell_state(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_state_name(memhp_block_state(list_block_of(data))));
}

static void list_cell_node(const void *data, struct cell *ret)
{
	const unsigned int *nodes;

	if (!memhp_block_nodes(list_block_of(data), &nodes))
		return;
	cell_set_number(ret, CELL_NUMBER, nodes[0]);
}

static void list_cell_nodes(const void *data, struct cell *ret)
{
	const struct memhp_block *block = list_block_of(data);
	int r = memhp_block_error(block, MEMHP_ATTR_NODES);

	if (r < 0 && r != -ENODATA)
		return;
	ret->kind = CELL_NUMBERS;
	ret->numbers.count = memhp_block_nodes(block, &ret->numbers.items);
}

static void list_cell_zone(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_zone_name(memhp_block_zone(list_block_of(data))));
}

static void list_cell_zones(const void *data, struct cell *ret)
{
	const enum memhp_zone *zones;
	unsigned int count = memhp_block_zones(list_block_of(data), &zones);

	if (!count)
		return;
	ret->kind = CELL_WORDS;
	for (unsigned int i = 0; i < count && i < CELL_WORDS_MAX; i++)
		ret->words.items[ret->words.count++] = memhp_zone_name(zones[i]);
}

/* Of all blocks of the row. Pages that were read, for whatever column, judge too. */
static struct judgement judgement_of(const struct list_row *row)
{
	struct judgement sum = judge_block(row->scan, row->first), next;
	const struct memhp_block *block = row->first;

	for (uint64_t i = 1; i < row->count; i++) {
		block = memhp_snapshot_next(row->snapshot, block);
		next = judge_block(row->scan, block);
		judgement_add(&sum, &next);
	}
	return sum;
}

static void list_cell_offlinable(const void *data, struct cell *ret)
{
	const struct list_row *row = data;

	cell_set_text(ret, memhp_offlinable_name(judge_block(row->scan, row->first).verdict.offlinable));
}

static void list_cell_why(const void *data, struct cell *ret)
{
	const struct judgement judgement = judgement_of(data);

	cell_set_text(ret, judgement_why(&judgement, ret->made, sizeof(ret->made)));
}

/* Adds up the bytes of some kinds of pages in all blocks of the row. kinds: one bit per kind. */
static void list_set_pages(const void *data, unsigned int kinds, struct cell *ret)
{
	const struct list_row *row = data;
	const uint64_t block_size = memhp_block_end(row->first) - memhp_block_start(row->first) + 1;
	const struct memhp_block *block = row->first;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < row->count; i++, block = memhp_snapshot_next(row->snapshot, block)) {
		const struct memhp_pages *pages = row->scan ? memhp_scan_find(row->scan, block) : NULL;

		if (!pages)
			return;
		sum += pages_bytes(pages, kinds, block_size);
	}
	cell_set_number(ret, CELL_SIZE, sum);
}

static void list_cell_free(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_FREE, ret);
}

static void list_cell_migrate(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_MIGRATE, ret);
}

static void list_cell_unmovable(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_RESERVED | 1U << MEMHP_PAGE_SLAB | 1U << MEMHP_PAGE_TABLE |
			1U << MEMHP_PAGE_KERNEL, ret);
}

static void list_cell_huge(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_HUGE, ret);
}

static void list_cell_poisoned(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_POISONED, ret);
}

static void list_cell_driver(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_DRIVER, ret);
}

static void list_cell_unknown(const void *data, struct cell *ret)
{
	list_set_pages(data, 1U << MEMHP_PAGE_UNKNOWN | 1U << MEMHP_PAGE_MEMMAP, ret);
}

static void list_cell_origin(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_origin_name(memhp_block_origin(list_block_of(data))));
}

static void list_cell_device(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_block_device(list_block_of(data)));
}

static void list_cell_removable(const void *data, struct cell *ret)
{
	cell_set_flag(ret, memhp_block_removable(list_block_of(data)));
}

static void list_cell_phys_device(const void *data, struct cell *ret)
{
	int64_t number = memhp_block_phys_device(list_block_of(data));

	if (number < 0)
		return;
	cell_set_number(ret, CELL_NUMBER, (uint64_t)number);
}

static void list_cell_configured(const void *data, struct cell *ret)
{
	cell_set_flag(ret, memhp_block_configured(list_block_of(data)));
}

static void list_cell_memmap(const void *data, struct cell *ret)
{
	cell_set_flag(ret, memhp_block_memmap_on_memory(list_block_of(data)));
}

static const char *color_state(const struct cell *cell)
{
	if (cell->kind != CELL_TEXT || cell->text == memhp_state_name(MEMHP_STATE_ONLINE))
		return NULL;
	return cell->text == memhp_state_name(MEMHP_STATE_OFFLINE) ? "brown" : "red";
}

static const char *color_offlinable(const struct cell *cell)
{
	if (cell->kind != CELL_TEXT)
		return NULL;
	switch (cell->text[0]) {
	case 'n': return "red";
	case 'u': return "brown";
	default: return "green";
	}
}

#define PAGES_FLAGS (COLUMN_RIGHT | COLUMN_COSTLY | COLUMN_PAGES)
#define OFFLINABLE_ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

const struct column list_columns[] = {
	{ "RANGE", "physical addresses, both ends included", COLUMN_SPANS, 0, list_cell_range, NULL },
	{ "START", "first physical address", COLUMN_SPANS, 0, list_cell_start, NULL },
	{ "END", "last physical address", COLUMN_SPANS, 0, list_cell_end, NULL },
	{ "SIZE", "size of the range", COLUMN_SPANS | COLUMN_RIGHT, 0, list_cell_size, NULL },
	{ "COUNT", "number of blocks in the range", COLUMN_SPANS | COLUMN_RIGHT, 0, list_cell_count, NULL },
	{ "STATE", "online, offline or going-offline", COLUMN_RIGHT, MEMHP_ATTR_STATE, list_cell_state, color_state },
	{ "BLOCK", "number of the block, or of the first and last one", COLUMN_SPANS | COLUMN_RIGHT, 0,
	  list_cell_block, NULL },
	{ "NODE", "NUMA node; the lowest one if there are several", COLUMN_RIGHT, MEMHP_ATTR_NODES, list_cell_node, NULL },
	{ "NODES", "all NUMA nodes", COLUMN_RIGHT, MEMHP_ATTR_NODES, list_cell_nodes, NULL },
	{ "ZONE", "zone that manages an online block", 0, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, list_cell_zone, NULL },
	{ "ZONES", "possible zones, the kernel's choice first", 0,
	  MEMHP_ATTR_ZONES, list_cell_zones, NULL },
	{ "OFFLINABLE", "can it go offline: yes, likely, unlikely or no", 0, OFFLINABLE_ATTRS,
	  list_cell_offlinable, color_offlinable },
	{ "WHY", "reason for OFFLINABLE", COLUMN_WRAPS, OFFLINABLE_ATTRS, list_cell_why, NULL },
	{ "ORIGIN", "boot, hotplug, virtio-mem, kmem, hv-balloon or xen", 0, MEMHP_ATTR_ORIGIN,
	  list_cell_origin, NULL },
	{ "DEVICE", "device that the memory belongs to", 0, MEMHP_ATTR_ORIGIN, list_cell_device, NULL },
	{ "REMOVABLE", "legacy attribute of the kernel; not meaningful", COLUMN_RIGHT,
	  MEMHP_ATTR_REMOVABLE, list_cell_removable, NULL },
	{ "PHYS-DEVICE", "storage increment (s390)", COLUMN_RIGHT, MEMHP_ATTR_PHYS_DEVICE,
	  list_cell_phys_device, NULL },
	{ "CONFIGURED", "whether the memory is configured (s390)", COLUMN_RIGHT, MEMHP_ATTR_CONFIGURED,
	  list_cell_configured, NULL },
	{ "MEMMAP-ON-MEMORY", "whether it holds its own memory map (s390)", COLUMN_RIGHT,
	  MEMHP_ATTR_MEMMAP_ON_MEMORY, list_cell_memmap, NULL },
	{ "FREE", "free memory", PAGES_FLAGS, MEMHP_ATTR_STATE, list_cell_free, NULL },
	{ "MIGRATE", "memory in use that must be migrated", PAGES_FLAGS, MEMHP_ATTR_STATE, list_cell_migrate, NULL },
	{ "UNMOVABLE", "memory that cannot be moved", PAGES_FLAGS, MEMHP_ATTR_STATE,
	  list_cell_unmovable, NULL },
	{ "HUGE", "huge pages (hugetlb)", PAGES_FLAGS, MEMHP_ATTR_STATE, list_cell_huge, NULL },
	{ "POISONED", "memory with errors", PAGES_FLAGS, MEMHP_ATTR_STATE, list_cell_poisoned, NULL },
	{ "DRIVER", "memory kept by a balloon or virtio-mem", PAGES_FLAGS, MEMHP_ATTR_STATE, list_cell_driver, NULL },
	{ "UNKNOWN", "memory of unknown use", PAGES_FLAGS, MEMHP_ATTR_STATE, list_cell_unknown, NULL },
};
const size_t list_column_count = OPTION_COUNT(list_columns);
