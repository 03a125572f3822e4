/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block: its getters, which cannot fail, and the memory that it owns.
 * attribute.c and collect.c fill in a block; what an attribute means is
 * decided there.
 */
#include "block.h"
#include "origin.h"

uint64_t memhp_block_id(const struct memhp_block *block)
{
	return block->id;
}

uint64_t memhp_block_start(const struct memhp_block *block)
{
	return block->id * block->snapshot->block_size;
}

uint64_t memhp_block_end(const struct memhp_block *block)
{
	return memhp_block_start(block) + (block->snapshot->block_size - 1);
}

int memhp_block_error(const struct memhp_block *block, enum memhp_attr attr)
{
	/* A single bit, because two attributes may have two errors. */
	if (!attr || attr & ~ATTRIBUTES_ALL || attr & (attr - 1))
		return -EINVAL;
	if (block->present & attr)
		return 0;
	if (block->garbage & attr)
		return -EBADMSG;
	return block->unreadable & attr ? -(int)block->error : -ENODATA;
}

static bool has(const struct memhp_block *block, enum memhp_attr attr)
{
	return block->present & attr;
}

enum memhp_state memhp_block_state(const struct memhp_block *block)
{
	return (enum memhp_state)block->state;
}

enum memhp_zone memhp_block_zone(const struct memhp_block *block)
{
	if (block->state != MEMHP_STATE_ONLINE || !block->zone_count)
		return MEMHP_ZONE_UNKNOWN;
	return block->zones[0];
}

unsigned int memhp_block_zones(const struct memhp_block *block, const enum memhp_zone **ret)
{
	*ret = block->zones;
	return block->zone_count;
}

unsigned int memhp_block_nodes(const struct memhp_block *block, const unsigned int **ret)
{
	*ret = block->node_count > 1 ? block->nodes : &block->node;
	return has(block, MEMHP_ATTR_NODES) ? block->node_count : 0;
}

int memhp_block_removable(const struct memhp_block *block)
{
	return has(block, MEMHP_ATTR_REMOVABLE) ? block->is_removable : -1;
}

int memhp_block_configured(const struct memhp_block *block)
{
	return has(block, MEMHP_ATTR_CONFIGURED) ? block->is_configured : -1;
}

int memhp_block_memmap_on_memory(const struct memhp_block *block)
{
	return has(block, MEMHP_ATTR_MEMMAP_ON_MEMORY) ? block->has_memmap_on_memory : -1;
}

bool memhp_block_is_stranded(const struct memhp_block *block)
{
	return block->is_stranded;
}

int64_t memhp_block_phys_device(const struct memhp_block *block)
{
	return has(block, MEMHP_ATTR_PHYS_DEVICE) ? block->phys_device : -1;
}

enum memhp_origin memhp_block_origin(const struct memhp_block *block)
{
	return (enum memhp_origin)block->origin;
}

const char *memhp_block_device(const struct memhp_block *block)
{
	return block->device;
}

int memhp_block_has_holes(const struct memhp_block *block)
{
	return has(block, MEMHP_ATTR_HOLES) ? block->has_holes : -1;
}

unsigned int memhp_block_resources(const struct memhp_block *block, const char **ret, unsigned int count)
{
	const struct origins *origins = block->snapshot->origins;

	return origins ? iomem_names(origins_iomem(origins), memhp_block_start(block), memhp_block_end(block), ret, count) : 0;
}

enum memhp_offlinable memhp_block_offlinable(const struct memhp_block *block, enum memhp_why *ret_why)
{
	struct offline_facts facts = {
		.state = memhp_block_state(block),
		.zone = memhp_block_zone(block),
		.origin = memhp_block_origin(block),
		.has_holes = memhp_block_has_holes(block),
		.has_device = block->device != NULL,
		.lacks_zones = memhp_block_error(block, MEMHP_ATTR_ZONES) == -ENODATA,
		.cannot_offline = block->snapshot->cannot_offline,
		.keeps_boot_memory = block->snapshot->keeps_boot_memory,
	};

	return offlinable_find(&facts, ret_why);
}

/* Filling in a block ----------------------------------------------------------- */

int block_add_node(struct memhp_block *block, unsigned int node)
{
	unsigned int *nodes;
	unsigned int at = 0;

	if (!block->node_count) {
		block->node = node;
		block->node_count = 1;
		return 0;
	}
	if (block->node_count == 1 && block->node == node)
		return 0;
	if (block->node_count == 1) {
		nodes = malloc(2 * sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
		nodes[0] = block->node;
	} else {
		for (at = 0; at < block->node_count; at++)
			if (block->nodes[at] == node)
				return 0;
		if (block->node_count == UINT16_MAX)
			return -EOVERFLOW;
		nodes = reallocarray(block->nodes, block->node_count + 1U, sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
	}
	for (at = block->node_count; at > 0 && nodes[at - 1] > node; at--)
		nodes[at] = nodes[at - 1];
	nodes[at] = node;
	block->nodes = nodes;
	block->node_count++;
	return 0;
}

void block_free_device(struct memhp_block *block)
{
	if (block->owns_device)
		free((char *)block->device);
	block->device = NULL;
	block->owns_device = false;
}

void block_free(struct memhp_block *block)
{
	if (block->node_count > 1)
		free(block->nodes);
	block_free_device(block);
}
