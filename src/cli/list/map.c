/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map of physical memory: one letter per block, node by node. With a scan a second
 * character shows how full the block is. The letters carry all information, so that the
 * map is complete without colours; these set both foreground and background, or are
 * readable on dark and light terminals.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/text.h"
#include "../output/table.h"
#include "../shared/verdict-text.h"
#include "cmd-list.h"

enum mark { MARK_DMA, MARK_DMA32, MARK_NORMAL, MARK_HIGHMEM, MARK_MOVABLE, MARK_DEVICE, MARK_SEVERAL,
	    MARK_ONLINE, MARK_OFFLINE, MARK_GOING, MARK_UNKNOWN, MARK_COUNT };

static const struct {
	char letter;
	const char *meaning;
	const char *color;      /* parameters of a terminal's SGR sequence */
} marks[MARK_COUNT] = {
	[MARK_DMA] = { 'd', "DMA", "30;46" },
	[MARK_DMA32] = { 'D', "DMA32", "30;46" },
	[MARK_NORMAL] = { 'N', "Normal", "37;44" },
	[MARK_HIGHMEM] = { 'H', "HighMem", "37;44" },
	[MARK_MOVABLE] = { 'M', "Movable", "30;42" },
	[MARK_DEVICE] = { 'V', "Device", "37;45" },
	[MARK_SEVERAL] = { 'X', "several zones or nodes", "37;41" },
	[MARK_ONLINE] = { 'o', "online, zone unknown", "30;47" },
	[MARK_OFFLINE] = { '-', "offline", "0" },
	[MARK_GOING] = { '~', "going-offline", "30;43" },
	[MARK_UNKNOWN] = { '?', "state unknown", "37;41" },
};

static enum mark mark_of(const struct memhp_block *block)
{
	switch (memhp_block_state(block)) {
	case MEMHP_STATE_UNKNOWN:
		return MARK_UNKNOWN;
	case MEMHP_STATE_OFFLINE:
		return MARK_OFFLINE;
	case MEMHP_STATE_GOING_OFFLINE:
		return MARK_GOING;
	case MEMHP_STATE_ONLINE:
		break;
	}
	switch (memhp_block_zone(block)) {
	case MEMHP_ZONE_DMA:
		return MARK_DMA;
	case MEMHP_ZONE_DMA32:
		return MARK_DMA32;
	case MEMHP_ZONE_NORMAL:
		return MARK_NORMAL;
	case MEMHP_ZONE_HIGHMEM:
		return MARK_HIGHMEM;
	case MEMHP_ZONE_MOVABLE:
		return MARK_MOVABLE;
	case MEMHP_ZONE_DEVICE:
		return MARK_DEVICE;
	case MEMHP_ZONE_NONE:
		return MARK_SEVERAL;
	case MEMHP_ZONE_UNKNOWN:
		break;
	}
	return MARK_ONLINE;
}

/* The second character: whether the block can go offline, and how much of it is in use. */
enum fill { FILL_EMPTY, FILL_USED, FILL_UNLIKELY, FILL_NEVER, FILL_UNKNOWN, FILL_COUNT };

static const struct {
	const char *sign;
	const char *meaning;
	const char *color;
} fills[FILL_COUNT] = {
	[FILL_EMPTY] = { ".", "can go offline, nothing to migrate", "32" },
	[FILL_USED] = { "1-9", "can go offline; up to that many tenths must be migrated", "32" },
	[FILL_UNLIKELY] = { "u", "unlikely to go offline", "35" },
	[FILL_NEVER] = { "x", "can never go offline", "31" },
	[FILL_UNKNOWN] = { " ", NULL, "0" },
};

struct map {
	const struct memhp_scan *scan;   /* or NULL */
	bool in_color, bytes;
	unsigned int width;           /* of the terminal */
	uint64_t block_size;
	unsigned int digits;          /* of an address */
	uint64_t cells;               /* in a line, a power of two */
	bool seen[MARK_COUNT];
	uint64_t filled[FILL_COUNT];  /* blocks */
};

static void put_mark(struct map *map, enum mark mark)
{
	map->seen[mark] = true;
	if (map->in_color)
		printf("\033[%sm%c\033[0m", marks[mark].color, marks[mark].letter);
	else
		putchar(marks[mark].letter);
}

/* Tenths of the block to migrate, rounded up; full is 9 too, so that one place does. */
static char tenths_of(const struct memhp_pages *pages)
{
	uint64_t used = memhp_pages_count(pages, MEMHP_PAGE_MIGRATE) + memhp_pages_count(pages, MEMHP_PAGE_HUGE);
	const uint64_t all = pages_total_count(pages);
	const uint64_t tenths = all ? (used * 10 + all - 1) / all : 0;

	return (char)('0' + (tenths > 9 ? 9 : tenths));
}

static void put_fill(struct map *map, const struct memhp_block *block)
{
	static const enum fill by_verdict[] = {
		[MEMHP_OFFLINABLE_UNKNOWN] = FILL_UNKNOWN,
		[MEMHP_OFFLINABLE_NO] = FILL_NEVER,
		[MEMHP_OFFLINABLE_UNLIKELY] = FILL_UNLIKELY,
		[MEMHP_OFFLINABLE_LIKELY] = FILL_USED,
		[MEMHP_OFFLINABLE_YES] = FILL_EMPTY,
	};
	const struct memhp_pages *pages = memhp_scan_find(map->scan, block);
	enum fill fill = by_verdict[judge_block(map->scan, block).verdict.offlinable];
	char sign;

	if (fill == FILL_USED)
		fill = !pages ? FILL_UNKNOWN : tenths_of(pages) == '0' ? FILL_EMPTY : FILL_USED;
	map->filled[fill]++;
	sign = fill == FILL_USED ? tenths_of(pages) : fills[fill].sign[0];
	if (map->in_color)
		printf("\033[%sm%c\033[0m", fills[fill].color, sign);
	else
		putchar(sign);
}

static void put_block(struct map *map, const struct memhp_block *block)
{
	put_mark(map, mark_of(block));
	if (map->scan)
		put_fill(map, block);
}

static void size_write(const struct map *map, uint64_t size, char ret[24])
{
	if (map->bytes)
		snprintf(ret, 24, "%" PRIu64, size);
	else
		size_text(size, ret);
}

static void put_size(const struct map *map, uint64_t size)
{
	char text[24];

	size_write(map, size, text);
	fputs(text, stdout);
}

/* The node that a block is drawn under, -1 for none. */
static int64_t node_of(const struct memhp_block *block)
{
	const unsigned int *nodes;

	return memhp_block_nodes(block, &nodes) ? (int64_t)nodes[0] : -1;
}

static void print_node(struct map *map, int64_t node, const struct memhp_block *const *blocks, uint64_t count)
{
	uint64_t line = UINT64_MAX, column = 0, on_node = 0;

	for (uint64_t i = 0; i < count; i++)
		on_node += node_of(blocks[i]) == node;
	if (node < 0)
		fputs("No node: ", stdout);
	else
		printf("Node %" PRId64 ": ", node);
	put_size(map, on_node * map->block_size);
	printf(", %" PRIu64 " block%s of ", on_node, on_node == 1 ? "" : "s");
	put_size(map, map->block_size);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t id = memhp_block_id(blocks[i]);

		if (node_of(blocks[i]) != node)
			continue;
		if (id / map->cells != line) {
			/* Lines without a block are left out; dots show where. */
			if (line != UINT64_MAX && id / map->cells != line + 1)
				fputs("\n...", stdout);
			line = id / map->cells;
			column = 0;
			printf("\n0x%0*" PRIx64 " ", (int)map->digits, line * map->cells * map->block_size);
		}
		for (; column < id % map->cells; column++)
			fputs(map->scan ? "  " : " ", stdout);
		put_block(map, blocks[i]);
		column++;
	}
	fputs("\n\n", stdout);
}

static void print_legend(struct map *map)
{
	size_t column = 0;

	for (unsigned int i = 0; i < MARK_COUNT; i++) {
		size_t length = 2 + strlen(marks[i].meaning);

		if (!map->seen[i])
			continue;
		if (column && column + 3 + length > map->width) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s", column ? "   " : "") + length;
		put_mark(map, (enum mark)i);
		printf(" %s", marks[i].meaning);
	}
	putchar('\n');
}

/* And how much memory that is, of all nodes. */
static void print_fill_legend(const struct map *map)
{
	bool is_first = true;
	char size[24];

	for (unsigned int i = 0; i < FILL_COUNT; i++) {
		if (!map->filled[i] || !fills[i].meaning)
			continue;
		if (is_first)
			puts("\nSecond character:");
		size_write(map, map->filled[i] * map->block_size, size);
		printf("%-3s %-56s %*s\n", fills[i].sign, fills[i].meaning, map->bytes ? 16 : 7, size);
		is_first = false;
	}
}

static int compare_nodes(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int map_print(const struct globals *globals, bool bytes, const struct memhp_block *const *blocks,
	      uint64_t count, uint64_t block_size, const struct memhp_scan *scan)
{
	cleanup(cleanup_free) int64_t *nodes = calloc(count + 1, sizeof(*nodes));
	struct map map = { .in_color = color_is_wanted(globals), .bytes = bytes, .width = terminal_width(),
			   .block_size = block_size, .digits = 1, .cells = 8, .scan = scan };
	const unsigned int places = scan ? 2 : 1;

	if (!nodes)
		return -ENOMEM;
	if (!count)
		return 0;
	for (uint64_t end = memhp_block_end(blocks[count - 1]); end >> 4; end >>= 4)
		map.digits++;
	while (map.cells < 128 && map.digits + 3 + 2 * map.cells * places <= map.width)
		map.cells *= 2;
	for (uint64_t i = 0; i < count; i++)
		nodes[i] = node_of(blocks[i]);
	qsort(nodes, count, sizeof(*nodes), compare_nodes);
	for (uint64_t i = 0; i < count; i++)
		if (i == 0 || nodes[i] != nodes[i - 1])
			print_node(&map, nodes[i], blocks, count);
	print_legend(&map);
	if (scan)
		print_fill_legend(&map);
	return 0;
}

int map_show(const struct globals *globals, struct list *list)
{
	cleanup(cleanup_free) const struct memhp_block **blocks = NULL;
	const struct memhp_block *block;
	uint64_t count = 0;

	blocks = calloc(memhp_snapshot_count(list->snapshot) + 1, sizeof(*blocks));
	if (!blocks)
		return -ENOMEM;
	list_for_each_row(list, NULL, NULL);
	memhp_snapshot_foreach(list->snapshot, block)
		if (list_shows(list, block))
			blocks[count++] = block;
	return map_print(globals, list->table.bytes, blocks, count, memhp_snapshot_block_size(list->snapshot),
			 list->args.scan ? list->scan : NULL);
}
