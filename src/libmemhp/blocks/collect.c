/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a snapshot. Finds all blocks, if possible in the listings of the nodes, which is
 * cheapest. Has reader.c read them meanwhile, drops those that have vanished, and has
 * origin.c find out where they came from. A snapshot does not change after that.
 */
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "origin.h"

static bool has_vanished(const struct memhp_snapshot *snapshot)
{
	for (uint64_t i = 0; i < snapshot->count; i++)
		if (snapshot->blocks[i].vanished)
			return true;
	return false;
}

static void leave_out_vanished(struct memhp_snapshot *snapshot)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < snapshot->count; i++) {
		if (snapshot->blocks[i].vanished)
			block_free(&snapshot->blocks[i]);
		else
			snapshot->blocks[kept++] = snapshot->blocks[i];
	}
	snapshot->count = kept;
}

/* Where the block with this number was stored when it was found. */
struct place {
	uint64_t id;
	size_t at;
};

/* Blocks in the order in which they are found, while reader reads them. */
struct collection {
	struct memhp_snapshot *snapshot;
	const struct attribute_dirs *dirs;
	struct reader reader;
	uint64_t room;
	struct place *places;     /* of the blocks, by number */
	bool has_listed;          /* the memory directory was listed, too */
};

static int collect_add(struct collection *collection, const struct memhp_block *block)
{
	struct memhp_snapshot *snapshot = collection->snapshot;

	if (snapshot->count == collection->room)
		return 1;
	snapshot->blocks[snapshot->count++] = *block;
	reader_found(&collection->reader);
	return 0;
}

static int add_block_of_node(uint64_t id, unsigned int node, void *data)
{
	struct collection *collection = data;
	const struct memhp_block block = {
		.id = id, .snapshot = collection->snapshot, .node = node, .node_count = 1,
	};

	return id > UINT64_MAX / collection->snapshot->block_size ? 0 : collect_add(collection, &block);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return number_compare(x->id, y->id);
}

/* The kernel lists directories in hash order. */
static int sort_places(struct collection *collection)
{
	const struct memhp_snapshot *snapshot = collection->snapshot;

	free(collection->places);
	collection->places = calloc(snapshot->count + 1, sizeof(*collection->places));
	if (!collection->places)
		return -ENOMEM;
	for (uint64_t i = 0; i < snapshot->count; i++)
		collection->places[i] = (struct place){ snapshot->blocks[i].id, i };
	qsort(collection->places, snapshot->count, sizeof(*collection->places), compare_places);
	return 0;
}

/*
 * The nodes have all blocks if the memory directory has the same number of
 * subdirectories. Its link count shows that number (fs/kernfs/inode.c:
 * kernfs_refresh_inode()), which saves a second listing. The only other subdirectory is
 * power.
 */
static bool are_all(const struct collection *collection)
{
	const struct sysdir *memory = &collection->dirs->memory;
	const uint64_t there = sysdir_subdirectories(memory);
	uint64_t count = 0;

	for (uint64_t i = 0; i < collection->snapshot->count; i++)
		count += i == 0 || collection->places[i].id != collection->places[i - 1].id;
	/* btrfs and merged directories of overlayfs do not count links. */
	return there && count + sysdir_has(memory, "power") == there;
}

/* Adds the blocks that no node has. */
static int add_other_blocks(struct collection *collection)
{
	struct memhp_snapshot *snapshot = collection->snapshot;
	cleanup(ids_free) struct ids list = { 0 };
	const uint64_t count = snapshot->count;
	int r = listing_blocks(&collection->dirs->memory, snapshot->block_size, &list);

	snapshot->invalid_ids = list.invalid;
	for (size_t i = 0; i < list.count && r == 0; i++) {
		const struct place place = { .id = list.ids[i] };
		const struct memhp_block block = { .id = list.ids[i], .snapshot = snapshot };

		if (!bsearch(&place, collection->places, count, sizeof(place), compare_places))
			r = collect_add(collection, &block);
	}
	return r;
}

/* Sorts the blocks. Each appears once, with all nodes on which it was found. */
static int arrange(struct memhp_snapshot *snapshot, const struct place *places)
{
	struct memhp_block *blocks = calloc(snapshot->count + 1, sizeof(*blocks));
	uint64_t count = 0;
	int r = 0;

	if (!blocks)
		return -ENOMEM;
	for (uint64_t i = 0; i < snapshot->count; i++) {
		struct memhp_block *found = &snapshot->blocks[places[i].at];

		if (!count || blocks[count - 1].id != found->id) {
			blocks[count++] = *found;
			continue;
		}
		if (block_add_node(&blocks[count - 1], found->node) < 0)
			r = -ENOMEM;
		block_free(found);
	}
	free(snapshot->blocks);
	snapshot->blocks = blocks;
	snapshot->count = count;
	return r;
}

/* Finds the blocks node by node, then any that no node has, and sorts their places. */
static int find_blocks(const struct memhp *memhp, struct collection *collection)
{
	int r = listing_nodes(memhp, collection->snapshot, add_block_of_node, collection);

	if (r == 0)
		r = sort_places(collection);
	if (r != 0 || are_all(collection))
		return r;
	collection->has_listed = true;
	r = add_other_blocks(collection);
	return r == 0 ? sort_places(collection) : r;
}

/* Returns 1 if the snapshot has all blocks, 0 if too much changed meanwhile to be sure. */
static int read_blocks_of_nodes(const struct memhp *memhp, const struct attribute_dirs *dirs,
				struct memhp_snapshot *snapshot)
{
	const uint64_t expected = sysdir_subdirectories(&dirs->memory);
	struct collection collection = { .snapshot = snapshot, .dirs = dirs };
	int r, error;

	/* A block on two nodes is found twice. Few are, so twice the expected number is enough. */
	collection.room = 2 * expected;
	snapshot->blocks = calloc(collection.room + 1, sizeof(*snapshot->blocks));
	if (!snapshot->blocks)
		return -ENOMEM;
	reader_begin(&collection.reader, snapshot, dirs, expected);
	r = find_blocks(memhp, &collection);
	error = reader_finish(&collection.reader);
	if (r == 0)
		r = error;
	if (r == 0)
		r = arrange(snapshot, collection.places);
	free(collection.places);
	if (r != 0)
		return r < 0 ? r : 0;
	/* If blocks vanished, the link count may have matched by chance: other blocks may have
	 * appeared unnoticed. */
	return collection.has_listed || !has_vanished(snapshot);
}

static int add_node(uint64_t id, unsigned int node, void *data)
{
	struct memhp_block *block = (struct memhp_block *)memhp_snapshot_find(data, id);

	return block ? block_add_node(block, node) : 0;
}

static int read_listed_blocks(const struct memhp *memhp, const struct attribute_dirs *dirs, bool with_nodes,
			      struct memhp_snapshot *snapshot)
{
	const unsigned int files = ~(unsigned int)MEMHP_ATTR_HOLES;
	cleanup(ids_free) struct ids list = { 0 };
	struct reader reader;
	int r = listing_blocks(&dirs->memory, snapshot->block_size, &list);

	if (r < 0)
		return r;
	snapshot->invalid_ids = list.invalid;
	snapshot->blocks = calloc(list.count + 1, sizeof(*snapshot->blocks));
	if (!snapshot->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < list.count; i++)
		snapshot->blocks[snapshot->count++] = (struct memhp_block){ .id = list.ids[i], .snapshot = snapshot };
	if (with_nodes)
		r = listing_nodes(memhp, snapshot, add_node, snapshot);
	if (r < 0 || !(snapshot->attrs & files))
		return r;
	reader_begin(&reader, snapshot, dirs, snapshot->count);
	return reader_finish(&reader);
}

static int collect_blocks(const struct memhp *memhp, const struct attribute_dirs *dirs, struct memhp_snapshot *snapshot)
{
	const unsigned int proofs = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;
	/* With the node known, it is cheap to check whether valid_zones may be read. */
	const bool with_nodes = snapshot->attrs & MEMHP_ATTR_NODES ||
				(dirs->are_live && snapshot->attrs & MEMHP_ATTR_ZONES);
	int r = 0;

	if (with_nodes && snapshot->attrs & proofs)
		r = read_blocks_of_nodes(memhp, dirs, snapshot);
	if (r == 0) {
		snapshot_clear(snapshot);
		r = read_listed_blocks(memhp, dirs, with_nodes, snapshot);
	}
	leave_out_vanished(snapshot);
	return r < 0 ? r : 0;
}

/* Origin and holes ------------------------------------------------------------- */

static void judge_origin(const struct memhp_snapshot *snapshot, struct memhp_block *block)
{
	const char *device = NULL;

	block->origin = (uint8_t)origins_find(snapshot->origins, memhp_block_start(block),
					      memhp_block_end(block), block->device, &device);
	if (block->origin)
		block->present |= MEMHP_ATTR_ORIGIN;
	/* The driver's name for the device says more than the firmware's. */
	if (device) {
		block_free_device(block);
		block->device = device;
	}
}

/* The blocks of a device follow each other: each device is checked once. */
static void find_stranded(const struct memhp *memhp, struct memhp_snapshot *snapshot)
{
	const struct memhp_block *known = NULL;

	for (uint64_t i = 0; i < snapshot->count; i++) {
		struct memhp_block *block = &snapshot->blocks[i];

		if (block->origin != MEMHP_ORIGIN_KMEM || !block->device)
			continue;
		block->is_stranded = known && strcmp(known->device, block->device) == 0 ?
				     known->is_stranded : dax_is_lost(memhp, block->device);
		known = block;
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

/* Reads these blocks only. Each finds its nodes by its own links. */
static int collect_some(const struct attribute_dirs *dirs, const struct ids *only, struct memhp_snapshot *snapshot)
{
	struct reader reader;
	int r;

	snapshot->blocks = calloc(only->count + 1, sizeof(*snapshot->blocks));
	if (!snapshot->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < only->count; i++)
		snapshot->blocks[snapshot->count++] = (struct memhp_block){ .id = only->ids[i], .snapshot = snapshot };
	reader_begin(&reader, snapshot, dirs, snapshot->count);
	r = reader_finish(&reader);
	leave_out_vanished(snapshot);
	return r;
}

/* only: NULL for all blocks. */
static int fill(const struct memhp *memhp, const struct attribute_dirs *dirs, const struct ids *only,
		struct memhp_snapshot *snapshot)
{
	int r = block_size_read(&dirs->memory, &snapshot->block_size);

	if (r == 0)
		r = only ? collect_some(dirs, only, snapshot) : collect_blocks(memhp, dirs, snapshot);
	if (r == 0 && !only && snapshot->attrs & MEMHP_ATTR_ZONES)
		snapshot->cannot_offline = attributes_rule_out_offlining(dirs, snapshot);
	if (r < 0 || !(snapshot->attrs & (MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)))
		return r;
	r = origins_read(memhp, snapshot->block_size, &snapshot->origins);
	if (r < 0)
		return r;
	snapshot->keeps_boot_memory = origins_keep_boot_memory(snapshot->origins);
	judge_memory(snapshot, memhp->page_size);
	find_stranded(memhp, snapshot);
	return 0;
}

int snapshot_take(const struct memhp *memhp, const struct attribute_dirs *dirs, unsigned int attrs,
		  const struct ids *only, struct memhp_snapshot **ret)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	int r;

	if (attrs & ~ATTRIBUTES_ALL)
		return -EINVAL;
	if (!snapshot)
		return -ENOMEM;
	snapshot->self = snapshot;
	snapshot->attrs = attrs;
	r = fill(memhp, dirs, only, snapshot);
	if (r < 0)
		return r;
	*ret = take_ptr(snapshot);
	return 0;
}

int memhp_snapshot_take(struct memhp *memhp, unsigned int attrs, struct memhp_snapshot **ret)
{
	cleanup(attribute_dirs_close) struct attribute_dirs dirs = ATTRIBUTE_DIRS_CLOSED;
	int r = attribute_dirs_open(memhp, attrs, &dirs);

	return r < 0 ? r : snapshot_take(memhp, &dirs, attrs, NULL, ret);
}
