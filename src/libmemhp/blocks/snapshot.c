/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A snapshot, which has all blocks at one moment: its getters, finding a
 * block, the memory that it owns, and who keeps it alive. collect.c makes it; after that
 * it never changes.
 */
#include <stdlib.h>

#include "block.h"
#include "origin.h"

void snapshot_clear(struct memhp_snapshot *snapshot)
{
	for (uint64_t i = 0; i < snapshot->count; i++)
		block_free(&snapshot->blocks[i]);
	free(snapshot->blocks);
	free(snapshot->nodes);
	snapshot->blocks = NULL;
	snapshot->nodes = NULL;
	snapshot->count = snapshot->node_count = 0;
}

const struct memhp_snapshot *snapshot_keep(const struct memhp_snapshot *snapshot)
{
	if (snapshot->self)
		atomic_fetch_add_explicit(&snapshot->self->keepers, 1, memory_order_relaxed);
	return snapshot;
}

void snapshot_drop(const struct memhp_snapshot *snapshot)
{
	if (snapshot)
		memhp_snapshot_free(snapshot->self);
}

/* The owner and those that keep the snapshot may be in different threads. The last of them frees it. */
struct memhp_snapshot *memhp_snapshot_free(struct memhp_snapshot *snapshot)
{
	if (!snapshot || atomic_fetch_sub_explicit(&snapshot->keepers, 1, memory_order_acq_rel) > 0)
		return NULL;
	snapshot_clear(snapshot);
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
	size_t place;

	/* On most machines the block numbers are contiguous. */
	if (snapshot->count && id >= snapshot->blocks[0].id) {
		const uint64_t guess = id - snapshot->blocks[0].id;

		if (guess < snapshot->count && snapshot->blocks[guess].id == id)
			return &snapshot->blocks[guess];
	}
	place = number_place(snapshot->blocks, snapshot->count, sizeof(*snapshot->blocks), id);
	return place < snapshot->count ? &snapshot->blocks[place] : NULL;
}

const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id)
{
	const struct memhp_block *block = memhp_snapshot_find_from(snapshot, id);

	return block && block->id == id ? block : NULL;
}
