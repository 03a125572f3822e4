/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture of physical memory: one letter a block, node by node. Letters tell
 * everything; colours only help the eye.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../libmemhp/cleanup.h"
#include "cmd-list.h"
#include "table.h"
#include "text.h"

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
	[MARK_OFFLINE] = { '-', "offline", "33" },
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

struct map {
	bool in_color, bytes;
	unsigned int width;           /* of the terminal */
	uint64_t block_size;
	unsigned int digits;          /* of an address */
	uint64_t cells;               /* in a line, a power of two */
	bool seen[MARK_COUNT];
};

static void put_mark(struct map *map, enum mark mark)
{
	map->seen[mark] = true;
	if (map->in_color)
		printf("\033[%sm%c\033[0m", marks[mark].color, marks[mark].letter);
	else
		putchar(marks[mark].letter);
}

static void put_size(const struct map *map, uint64_t size)
{
	char text[24];

	size_text(size, text);
	if (map->bytes)
		printf("%" PRIu64, size);
	else
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
			putchar(' ');
		put_mark(map, mark_of(blocks[i]));
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

static int compare_nodes(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int map_print(const struct globals *globals, bool bytes, const struct memhp_block *const *blocks,
	      uint64_t count, uint64_t block_size)
{
	cleanup(cleanup_free) int64_t *nodes = calloc(count + 1, sizeof(*nodes));
	struct map map = { .in_color = color_is_wanted(globals), .bytes = bytes, .width = terminal_width(),
			   .block_size = block_size, .digits = 1, .cells = 8 };

	if (!nodes)
		return -ENOMEM;
	if (!count)
		return 0;
	for (uint64_t end = memhp_block_end(blocks[count - 1]); end >> 4; end >>= 4)
		map.digits++;
	while (map.cells < 128 && map.digits + 3 + 2 * map.cells <= map.width)
		map.cells *= 2;
	for (uint64_t i = 0; i < count; i++)
		nodes[i] = node_of(blocks[i]);
	qsort(nodes, count, sizeof(*nodes), compare_nodes);
	for (uint64_t i = 0; i < count; i++)
		if (i == 0 || nodes[i] != nodes[i - 1])
			print_node(&map, nodes[i], blocks, count);
	print_legend(&map);
	return 0;
}
