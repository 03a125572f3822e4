/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the memory map of added memory is allocated: nodes with what is free in their
 * zones, the rules of memmap_on_memory, sizes of pages. What is read from files is
 * test-forecast's and ratio-add.bats' affair.
 */
#include <stdlib.h>

#include "../../../src/libmemhp/zones/forecast.h"
#include "../tap.h"

#define MIB (UINT64_C(1) << 20)
#define DIMM MEMHP_DEVICE_DIMM
#define VIRTIO MEMHP_DEVICE_VIRTIO_MEM

/* A node: MiB free in DMA32 and Normal; -1: the zone is not there. */
struct node {
	int dma32, normal;
};

struct row {
	const char *name;
	struct node nodes[4];
	unsigned int node_count;
	uint64_t page_size, block_mib, mib;
	enum memhp_device device;
	unsigned int node;
	const char *parameter;     /* "off", "on", "by block", "unknown" */
	uint64_t cost_kib;
	const char *from;          /* "itself", a zone, "several" or "elsewhere" */
	unsigned int from_node;
	bool is_certain;
};

static const struct row rows[] = {
	{ "Normal first", { { 900, 900 } }, 1, 4096, 128, 1024, DIMM, 0, "off", 16384, "Normal", 0, true },
	{ "no Normal", { { 900, -1 } }, 1, 4096, 128, 1024, VIRTIO, 0, "off", 16384, "DMA32", 0, true },
	{ "its own node", { { 900, 900 }, { -1, 900 } }, 2, 4096, 128, 128, DIMM, 1, "off", 2048, "Normal", 1, true },
	{ "just enough", { { 900, 16 } }, 1, 4096, 128, 1024, DIMM, 0, "off", 16384, "Normal", 0, true },
	{ "in two zones", { { 900, 15 } }, 1, 4096, 128, 1024, DIMM, 0, "off", 16384, "several", 0, true },
	{ "just enough in two zones", { { 1, 15 } }, 1, 4096, 128, 1024, DIMM, 0, "off", 16384, "several", 0, true },
	{ "not enough", { { 0, 15 } }, 1, 4096, 128, 1024, DIMM, 0, "off", 16384, "several", 0, false },
	{ "not enough here", { { -1, 15 }, { -1, 900 } }, 2, 4096, 128, 1024, DIMM, 0, "off", 16384, "several", 0, false },
	{ "from the other node", { { -1, 900 }, { -1, -1 } }, 2, 4096, 128, 1024, DIMM, 1, "off", 16384, "Normal", 0, true },
	{ "from one of two", { { -1, 900 }, { -1, -1 }, { -1, 900 } }, 3, 4096, 128, 1024, DIMM, 1, "off", 16384,
	  "elsewhere", 0, false },
	{ "no kernel memory at all", { { -1, -1 } }, 1, 4096, 128, 1024, DIMM, 0, "off", 16384, "elsewhere", 0, false },
	{ "one block on memory", { { -1, 900 } }, 1, 4096, 128, 128, DIMM, 0, "on", 2048, "itself", 0, true },
	{ "several blocks on memory, perhaps", { { -1, 900 } }, 1, 4096, 128, 256, DIMM, 0, "on", 4096, "Normal", 0, false },
	{ "several blocks on memory", { { -1, 900 } }, 1, 4096, 128, 256, DIMM, 0, "by block", 4096, "itself", 0, true },
	{ "nothing free, on memory", { { -1, 0 } }, 1, 4096, 2048, 4096, DIMM, 0, "by block", 65536, "itself", 0, true },
	{ "virtio-mem never", { { -1, 900 } }, 1, 4096, 128, 128, VIRTIO, 0, "by block", 2048, "Normal", 0, true },
	{ "a parameter that is not understood", { { -1, 900 } }, 1, 4096, 128, 128, DIMM, 0, "unknown", 2048, "Normal", 0, false },
	{ "of virtio-mem that is no matter", { { -1, 900 } }, 1, 4096, 128, 128, VIRTIO, 0, "unknown", 2048, "Normal", 0, true },
	{ "the map of a block is too small", { { -1, 900 } }, 1, 4096, 16, 16, DIMM, 0, "by block", 256, "Normal", 0, true },
	{ "64K pages", { { -1, 900 } }, 1, 65536, 512, 1024, DIMM, 0, "off", 1024, "Normal", 0, true },
	{ "64K pages, on memory or not", { { -1, 900 } }, 1, 65536, 512, 512, DIMM, 0, "by block", 512, "Normal", 0, false },
	{ "less than a page", { { -1, 1 } }, 1, 65536, 16, 16, DIMM, 0, "off", 16, "Normal", 0, true },
};

static void make_node(const struct row *row, unsigned int index, struct model_node *ret)
{
	const int free[] = { row->nodes[index].dma32, row->nodes[index].normal };
	const enum memhp_zone zones[] = { MEMHP_ZONE_DMA32, MEMHP_ZONE_NORMAL };

	*ret = (struct model_node){ .node = index };
	for (size_t i = 0; i < TAP_COUNT(zones); i++)
		if (free[i] >= 0)
			ret->zones[zones[i]] = (struct model_zone){
				.present = 1000 * MIB / row->page_size, .free = (uint64_t)free[i] * MIB / row->page_size,
			};
	ret->zones[MEMHP_ZONE_MOVABLE] = (struct model_zone){ .present = 1, .free = 1 << 20 };
}

static struct memmap_rules rules_of(const struct row *row)
{
	return (struct memmap_rules){
		.is_on = row->parameter[0] == 'o' ? row->parameter[1] == 'n' : row->parameter[0] == 'b',
		.is_known = row->parameter[0] != 'u',
		.is_by_block = row->parameter[0] == 'b',
	};
}

static const char *from(const struct memhp_addition_zones *zones)
{
	if (zones->is_memmap_on_memory)
		return "itself";
	if (!zones->has_memmap_node)
		return "elsewhere";
	return zones->memmap_zone ? memhp_zone_name(zones->memmap_zone) : "several";
}

static uint64_t all_free(const struct zone_model *model)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < model->node_count; i++)
		for (enum memhp_zone zone = MEMHP_ZONE_DMA; zone < MODEL_ZONES; zone++)
			pages += model->nodes[i].zones[zone].free;
	return pages;
}

static void test_row(const struct row *row)
{
	struct model_node nodes[4];
	struct memhp_snapshot snapshot = { .block_size = row->block_mib * MIB };
	struct memhp_forecast forecast = {
		.snapshot = &snapshot, .block_pages = row->block_mib * MIB / row->page_size, .memmap = rules_of(row),
		.model = { .nodes = nodes, .node_count = row->node_count },
	};
	const struct memhp_addition what = {
		.size = sizeof(what), .amount = row->mib * MIB, .device = row->device, .node = row->node,
	};
	struct memhp_addition_zones zones = { .size = sizeof(zones) };
	uint64_t before;

	for (unsigned int i = 0; i < row->node_count; i++)
		make_node(row, i, &nodes[i]);
	before = all_free(&forecast.model);
	memmap_add(&forecast, &what, &zones);
	is_number(zones.memmap, row->cost_kib << 10, "%s: cost", row->name);
	is_str(from(&zones), row->from, "%s: from", row->name);
	is_number(zones.memmap_node, zones.is_memmap_on_memory ? row->node : row->from_node, "%s: node", row->name);
	is_int(zones.is_memmap_certain, row->is_certain, "%s: certain", row->name);
	if (row->is_certain && !zones.is_memmap_on_memory)
		is_number(before - all_free(&forecast.model),
			  (zones.memmap + row->page_size - 1) / row->page_size, "%s: less is free", row->name);
	else if (zones.is_memmap_on_memory)
		is_number(before, all_free(&forecast.model), "%s: as much is free", row->name);
	is_number(nodes[0].zones[MEMHP_ZONE_MOVABLE].free, 1 << 20, "%s: never from Movable", row->name);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(rows); i++)
		test_row(&rows[i]);
	return tap_done();
}
