/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All blocks at one moment: has them found and their attributes read, leaves out what
 * vanished, and never changes afterwards.
 */
#include <stdlib.h>

#include "block.h"

static void judge_origin(const struct memhp_snapshot *snapshot, struct memhp_block *block)
{
	const char *device = NULL;

	block->origin = (uint8_t)origins_find(snapshot->origins, memhp_block_start(block),
					      memhp_block_end(block), block->device, &device);
	if (block->origin)
		block->present |= MEMHP_ATTR_ORIGIN;
	/* A driver tells more than the firmware. */
	if (device) {
		block_free_device(block);
		block->device = device;
	}
}

static void judge_memory(struct memhp_snapshot *snapshot, uint64_t page_size)
{
	const struct iomem *iomem = origins_iomem(snapshot->origins);

	for (uint64_t i = 0; i < snapshot->count; i++) {
		struct memhp_block *block = &snapshot->blocks[i];

		if (snapshot->attrs & MEMHP_ATTR_ORIGIN)
			judge_origin(snapshot, block);
		if (snapshot->attrs & MEMHP_ATTR_HOLES && !iomem->masked) {
			block->has_holes = iomem_has_holes(iomem, memhp_block_start(block),
							   memhp_block_end(block), page_size);
			block->present |= MEMHP_ATTR_HOLES;
		}
	}
}

void attribute_dirs_close(struct attribute_dirs *dirs)
{
	sysdir_close(&dirs->memory);
	sysdir_close(&dirs->firmware);
}

int attribute_dirs_open(const struct memhp *memhp, unsigned int attrs, struct attribute_dirs *dirs)
{
	static const char path[] = "devices/system/memory";
	cleanup(sysdir_close) struct sysdir nodes = SYSDIR_CLOSED;
	int r = sysdir_open(memhp, memhp->sysfs, path, &dirs->memory);

	if (r < 0) {
		fault(memhp, "sys/devices/system/memory", -r, NULL);
		return r == -ENOENT ? -EOPNOTSUPP : r;
	}
	dirs->are_live = sysdir_is_sysfs(&dirs->memory);
	dirs->have_nodes = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &nodes) == 0;
	if (attrs & (MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY))
		r = sysdir_open(memhp, memhp->sysfs, "firmware/memory", &dirs->firmware);
	return r == -ENOMEM ? r : 0;
}

static int fill(const struct memhp *memhp, const struct attribute_dirs *dirs, struct memhp_snapshot *snapshot)
{
	int r = discover_block_size(&dirs->memory, &snapshot->block_size);

	if (r == 0)
		r = blocks_read(memhp, dirs, snapshot);
	if (r < 0 || !(snapshot->attrs & (MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)))
		return r;
	r = origins_read(memhp, snapshot->block_size, &snapshot->origins);
	if (r < 0)
		return r;
	snapshot->keeps_boot_memory = origins_keep_boot_memory(snapshot->origins);
	judge_memory(snapshot, memhp->page_size);
	return 0;
}

int memhp_snapshot_take(struct memhp *memhp, unsigned int attrs, struct memhp_snapshot **ret)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	cleanup(attribute_dirs_close) struct attribute_dirs dirs = ATTRIBUTE_DIRS_CLOSED;
	int r;

	if (!snapshot)
		return -ENOMEM;
	snapshot->attrs = attrs;
	r = attribute_dirs_open(memhp, attrs, &dirs);
	if (r == 0)
		r = fill(memhp, &dirs, snapshot);
	if (r < 0)
		return r;
	*ret = take_ptr(snapshot);
	return 0;
}

struct memhp_snapshot *memhp_snapshot_free(struct memhp_snapshot *snapshot)
{
	if (!snapshot)
		return NULL;
	blocks_free(snapshot);
	origins_free(snapshot->origins);
	free(snapshot);
	return NULL;
}

uint64_t memhp_snapshot_block_size(const struct memhp_snapshot *snapshot)
{
	return snapshot->block_size;
}

uint64_t memhp_snapshot_count(const struct memhp_snapshot *snapshot)
{
	return snapshot->count;
}

uint64_t memhp_snapshot_invalid_ids(const struct memhp_snapshot *snapshot)
{
	return snapshot->invalid_ids;
}

bool memhp_snapshot_has_node(const struct memhp_snapshot *snapshot, unsigned int node)
{
	const struct memhp_block *block;
	const unsigned int *nodes;

	for (size_t i = 0; i < snapshot->node_count; i++)
		if (snapshot->nodes[i] == node)
			return true;
	memhp_snapshot_foreach(snapshot, block)
		for (unsigned int i = memhp_block_nodes(block, &nodes); i > 0; i--)
			if (nodes[i - 1] == node)
				return true;
	return false;
}

bool memhp_snapshot_iomem_is_masked(const struct memhp_snapshot *snapshot)
{
	return snapshot->origins && origins_iomem(snapshot->origins)->masked;
}

const struct memhp_block *memhp_snapshot_next(const struct memhp_snapshot *snapshot,
					      const struct memhp_block *prev)
{
	const struct memhp_block *next = prev ? prev + 1 : snapshot->blocks;

	return next < snapshot->blocks + snapshot->count ? next : NULL;
}

const struct memhp_block *memhp_snapshot_find_from(const struct memhp_snapshot *snapshot, uint64_t id)
{
	uint64_t low = 0, high = snapshot->count;

	/* Most machines have their blocks side by side. */
	if (high && id >= snapshot->blocks[0].id) {
		uint64_t guess = id - snapshot->blocks[0].id;

		if (guess < high && snapshot->blocks[guess].id == id)
			return &snapshot->blocks[guess];
	}
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (snapshot->blocks[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < snapshot->count ? &snapshot->blocks[low] : NULL;
}

const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id)
{
	const struct memhp_block *block = memhp_snapshot_find_from(snapshot, id);

	return block && block->id == id ? block : NULL;
}
