/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All blocks at one moment: has them found and their attributes read (by threads
 * when they are many), leaves out what vanished, and never changes afterwards.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "block.h"

#define THREADS_MAX 8
/* So many blocks are worth a thread, which takes long to start where processors are
 * virtual; each takes its share in so many batches. */
#define BLOCKS_PER_THREAD 512
#define BATCHES 64

struct work {
	struct memhp_snapshot *snapshot;
	const struct attribute_dirs *dirs;
	uint64_t batch;
	atomic_uint_fast64_t next;
	atomic_int error;
};

static void read_batches(struct work *work)
{
	uint64_t count = work->snapshot->count;
	uint64_t first = 0, last = 0;

	while (last < count) {
		first = atomic_fetch_add(&work->next, work->batch);
		last = first + work->batch < count ? first + work->batch : count;
		for (uint64_t i = first; i < last; i++) {
			int r = attributes_read(work->dirs, work->snapshot->attrs, &work->snapshot->blocks[i]);

			if (r < 0)
				atomic_store(&work->error, r);
		}
	}
}

static void *read_in_thread(void *work)
{
	thread_detach_tables();
	read_batches(work);
	return NULL;
}

/* The caller's thread works too, and does all the work where no other can be had. */
static int read_attributes(struct memhp_snapshot *snapshot, const struct attribute_dirs *dirs)
{
	struct work work = { .snapshot = snapshot, .dirs = dirs };
	pthread_t threads[THREADS_MAX];
	unsigned int wanted = thread_count(snapshot->count, BLOCKS_PER_THREAD, THREADS_MAX), started = 0;

	work.batch = snapshot->count / (BATCHES * (wanted ? wanted : 1)) + 1;
	while (started + 1 < wanted && thread_start(&threads[started], read_in_thread, &work))
		started++;
	read_batches(&work);
	while (started)
		pthread_join(threads[--started], NULL);
	return atomic_load(&work.error);
}

static void free_device(struct memhp_block *block)
{
	if (block->owns_device)
		free((char *)block->device);
	block->device = NULL;
	block->owns_device = false;
}

static void block_free(struct memhp_block *block)
{
	if (block->node_count > 1)
		free(block->nodes);
	free_device(block);
}

static void blocks_free(struct memhp_snapshot *snapshot)
{
	for (uint64_t i = 0; i < snapshot->count; i++)
		block_free(&snapshot->blocks[i]);
	free(snapshot->blocks);
	free(snapshot->nodes);
	snapshot->blocks = NULL;
	snapshot->nodes = NULL;
	snapshot->count = snapshot->node_count = 0;
}

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

static void judge_origin(const struct memhp_snapshot *snapshot, struct memhp_block *block)
{
	const char *device = NULL;

	block->origin = (uint8_t)origins_find(snapshot->origins, memhp_block_start(block),
					      memhp_block_end(block), block->device, &device);
	if (block->origin)
		block->present |= MEMHP_ATTR_ORIGIN;
	/* A driver tells more than the firmware. */
	if (device) {
		free_device(block);
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

/*
 * Finds the blocks, and their nodes if wanted. 1 when their nodes alone told which
 * there are, which holds only if all of them turn out to be there.
 */
static int discover(const struct memhp *memhp, const struct attribute_dirs *dirs, bool with_nodes, bool trusts_nodes,
		    struct memhp_snapshot *snapshot)
{
	cleanup(node_listing_free) struct node_listing listing = { 0 };
	int r = with_nodes ? node_listing_read(memhp, &listing) : 0;
	int found = 0;

	if (r == 0 && trusts_nodes)
		found = discover_blocks_of_nodes(&dirs->memory, &listing, snapshot);
	if (r == 0 && found == 0)
		r = discover_blocks(&dirs->memory, snapshot);
	if (r == 0 && found >= 0 && with_nodes)
		r = discover_nodes(&listing, snapshot);
	return r < 0 ? r : found;
}

/* The blocks with what is read of each. */
static int read_blocks(const struct memhp *memhp, const struct attribute_dirs *dirs, struct memhp_snapshot *snapshot)
{
	const unsigned int files = ~(unsigned int)MEMHP_ATTR_HOLES;
	const unsigned int proofs = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;
	/* A known node makes it cheap to see whether zones may be read. */
	const bool with_nodes = snapshot->attrs & MEMHP_ATTR_NODES ||
				(dirs->are_live && snapshot->attrs & MEMHP_ATTR_ZONES);
	bool trusts_nodes = snapshot->attrs & proofs;
	int r;

	for (;;) {
		r = discover(memhp, dirs, with_nodes, trusts_nodes, snapshot);
		trusts_nodes = r > 0;
		if (r >= 0 && snapshot->attrs & files)
			r = read_attributes(snapshot, dirs);
		if (r < 0 || !trusts_nodes || !has_vanished(snapshot))
			break;
		trusts_nodes = false;
		blocks_free(snapshot);
	}
	leave_out_vanished(snapshot);
	return r < 0 ? r : 0;
}

static int fill(const struct memhp *memhp, const struct attribute_dirs *dirs, struct memhp_snapshot *snapshot)
{
	int r = discover_block_size(&dirs->memory, &snapshot->block_size);

	if (r == 0)
		r = read_blocks(memhp, dirs, snapshot);
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
