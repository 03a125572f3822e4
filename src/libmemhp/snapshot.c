/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All blocks at one moment: finds them, has their attributes read (by threads
 * when they are many), leaves out what vanished, and never changes afterwards.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "block.h"

#define THREADS_MAX 8
/* Blocks that a thread takes at a time, and from which on a second thread pays. */
#define BATCH 256
#define BLOCKS_PER_THREAD 1024

struct ids {
	uint64_t *ids;
	size_t count, size;
};

static void ids_free(struct ids *ids)
{
	free(ids->ids);
}

static int ids_add(struct ids *ids, uint64_t id)
{
	if (ids->count == ids->size) {
		size_t size = ids->size ? 2 * ids->size : 256;
		uint64_t *more = reallocarray(ids->ids, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		ids->ids = more;
		ids->size = size;
	}
	ids->ids[ids->count++] = id;
	return 0;
}

struct id_list {
	struct ids ids;
	const char *prefix;
	uint64_t max;
	uint64_t invalid;
};

static void id_list_free(struct id_list *list)
{
	ids_free(&list->ids);
}

static int list_id(const char *name, void *data)
{
	struct id_list *list = data;
	uint64_t id = 0;
	int r = name_number(name, list->prefix, &id);

	if (r == -EINVAL)
		return 0;
	if (r == -ERANGE || id > list->max) {
		list->invalid++;
		return 0;
	}
	return ids_add(&list->ids, id);
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The kernel lists directories in the order of a hash. */
static void ids_sort(struct ids *ids)
{
	qsort(ids->ids, ids->count, sizeof(*ids->ids), compare_ids);
}

static int read_block_size(const struct sysdir *memory, uint64_t *ret)
{
	static const char name[] = "block_size_bytes";
	cleanup(cleanup_free) char *path = NULL;
	char text[64];
	uint64_t size = 0;
	ssize_t length = sysdir_read(memory, name, text, sizeof(text));

	if (asprintf(&path, "%s/%s", memory->path, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (length == -ENOENT) {
		fault(memory->memhp, path, ENOENT, NULL);
		return -EOPNOTSUPP;
	}
	if (length < 0 && length != -ENODATA && length != -EMSGSIZE)
		return fault(memory->memhp, path, (int)-length, NULL);
	if (length <= 0 || number_parse(text, (size_t)length, 16, &size) < 0)
		return fault(memory->memhp, path, EBADMSG, "not a number in hex");
	if (!size || (size & (size - 1)))
		return fault(memory->memhp, path, EBADMSG, "not a power of two");
	if (size < memory->memhp->page_size || size > UINT64_C(1) << 62)
		return fault(memory->memhp, path, EBADMSG, "not a size that a memory block can have");
	*ret = size;
	return 0;
}

static int find_blocks(const struct sysdir *memory, struct memhp_snapshot *snapshot)
{
	cleanup(id_list_free) struct id_list list = {
		.prefix = "memory",
		.max = UINT64_MAX / snapshot->block_size,
	};
	int r = sysdir_list(memory, ".", list_id, &list);

	if (r < 0)
		return fault(memory->memhp, memory->path, -r, NULL);
	snapshot->invalid_ids = list.invalid;
	snapshot->blocks = calloc(list.ids.count + 1, sizeof(*snapshot->blocks));
	if (!snapshot->blocks)
		return -ENOMEM;
	ids_sort(&list.ids);
	for (size_t i = 0; i < list.ids.count; i++)
		snapshot->blocks[i] = (struct memhp_block){ .id = list.ids.ids[i], .snapshot = snapshot };
	snapshot->count = list.ids.count;
	return 0;
}

/* The last id of n is (2^64 / block_size) - 1, whose block ends at 2^64 - 1. */

struct node_scan {
	struct memhp_snapshot *snapshot;
	unsigned int node;
};

static int add_node_of(const char *name, void *data)
{
	const struct node_scan *scan = data;
	struct memhp_block *block;
	uint64_t id = 0;

	if (name_number(name, "memory", &id) < 0)
		return 0;
	block = (struct memhp_block *)memhp_snapshot_find(scan->snapshot, id);
	return block ? block_add_node(block, scan->node) : 0;
}

/*
 * Nodes by the nodes' directories: one listing a node instead of one a block. A
 * node that vanishes or cannot be listed leaves its blocks to their own links.
 */
static int find_nodes(const struct memhp *memhp, struct memhp_snapshot *snapshot)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(id_list_free) struct id_list list = { .prefix = "node", .max = UINT32_MAX };
	int r = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir);

	if (r == 0)
		r = sysdir_list(&dir, ".", list_id, &list);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	ids_sort(&list.ids);
	snapshot->nodes = calloc(list.ids.count + 1, sizeof(*snapshot->nodes));
	if (!snapshot->nodes)
		return -ENOMEM;
	for (size_t i = 0; i < list.ids.count; i++) {
		struct node_scan scan = { .snapshot = snapshot, .node = (unsigned int)list.ids.ids[i] };
		char name[32];

		snprintf(name, sizeof(name), "node%u", scan.node);
		r = sysdir_list(&dir, name, add_node_of, &scan);
		if (r == -ENOMEM)
			return r;
		snapshot->nodes[snapshot->node_count++] = scan.node;
	}
	return 0;
}

struct work {
	struct memhp_snapshot *snapshot;
	const struct attribute_dirs *dirs;
	atomic_uint_fast64_t next;
	atomic_int error;
};

static void *read_batches(void *data)
{
	struct work *work = data;
	uint64_t count = work->snapshot->count;

	for (;;) {
		uint64_t first = atomic_fetch_add(&work->next, BATCH);
		uint64_t last = first + BATCH < count ? first + BATCH : count;

		for (uint64_t i = first; i < last; i++) {
			int r = attributes_read(work->dirs, work->snapshot->attrs, &work->snapshot->blocks[i]);

			if (r < 0)
				atomic_store(&work->error, r);
		}
		if (last == count)
			return NULL;
	}
}

static unsigned int thread_count(uint64_t blocks)
{
	cpu_set_t set;
	uint64_t wanted = blocks / BLOCKS_PER_THREAD;
	unsigned int cpus = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cpus = (unsigned int)CPU_COUNT(&set);
	if (wanted > cpus)
		wanted = cpus;
	return wanted < THREADS_MAX ? (unsigned int)wanted : THREADS_MAX;
}

/* The caller's thread works too, and does all the work where no other can be had. */
static int read_attributes(struct memhp_snapshot *snapshot, const struct attribute_dirs *dirs)
{
	struct work work = { .snapshot = snapshot, .dirs = dirs };
	pthread_t threads[THREADS_MAX];
	unsigned int wanted = thread_count(snapshot->count), started = 0;
	sigset_t all, saved;

	sigfillset(&all);
	if (wanted > 1 && pthread_sigmask(SIG_SETMASK, &all, &saved) == 0) {
		while (started + 1 < wanted &&
		       pthread_create(&threads[started], NULL, read_batches, &work) == 0)
			started++;
		pthread_sigmask(SIG_SETMASK, &saved, NULL);
	}
	read_batches(&work);
	while (started)
		pthread_join(threads[--started], NULL);
	return atomic_load(&work.error);
}

static void block_free(struct memhp_block *block)
{
	if (block->node_count > 1)
		free(block->nodes);
	free(block->firmware_device);
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

static void judge_memory(struct memhp_snapshot *snapshot, uint64_t page_size)
{
	const struct iomem *iomem = origins_iomem(snapshot->origins);

	for (uint64_t i = 0; i < snapshot->count; i++) {
		struct memhp_block *block = &snapshot->blocks[i];
		uint64_t start = memhp_block_start(block), end = memhp_block_end(block);

		if (snapshot->attrs & MEMHP_ATTR_ORIGIN) {
			block->origin = (uint8_t)origins_find(snapshot->origins, start, end,
							      block->firmware_device, &block->device);
			block->present |= block->origin ? MEMHP_ATTR_ORIGIN : 0;
		}
		if (snapshot->attrs & MEMHP_ATTR_HOLES && !iomem->masked) {
			block->has_holes = iomem_has_holes(iomem, start, end, page_size);
			block->present |= MEMHP_ATTR_HOLES;
		}
	}
}

static void attribute_dirs_close(struct attribute_dirs *dirs)
{
	sysdir_close(&dirs->memory);
	sysdir_close(&dirs->firmware);
}

static int open_dirs(const struct memhp *memhp, unsigned int attrs, struct attribute_dirs *dirs)
{
	static const char path[] = "devices/system/memory";
	int r = sysdir_open(memhp, memhp->sysfs, path, &dirs->memory);

	if (r < 0) {
		fault(memhp, "sys/devices/system/memory", -r, NULL);
		return r == -ENOENT ? -EOPNOTSUPP : r;
	}
	if (attrs & (MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY))
		r = sysdir_open(memhp, memhp->sysfs, "firmware/memory", &dirs->firmware);
	return r == -ENOMEM ? r : 0;
}

static int fill(const struct memhp *memhp, const struct attribute_dirs *dirs, struct memhp_snapshot *snapshot)
{
	const unsigned int files = ~(unsigned int)MEMHP_ATTR_HOLES;
	int r = read_block_size(&dirs->memory, &snapshot->block_size);

	if (r == 0)
		r = find_blocks(&dirs->memory, snapshot);
	if (r == 0 && snapshot->attrs & MEMHP_ATTR_NODES)
		r = find_nodes(memhp, snapshot);
	if (r == 0 && snapshot->attrs & files)
		r = read_attributes(snapshot, dirs);
	if (r < 0)
		return r;
	leave_out_vanished(snapshot);
	if (!(snapshot->attrs & (MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)))
		return 0;
	r = origins_read(memhp, snapshot->block_size, &snapshot->origins);
	if (r == 0)
		judge_memory(snapshot, memhp->page_size);
	return r;
}

int memhp_snapshot_take(struct memhp *memhp, unsigned int attrs, struct memhp_snapshot **ret)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	cleanup(attribute_dirs_close) struct attribute_dirs dirs = { SYSDIR_CLOSED, SYSDIR_CLOSED };
	int r;

	if (!snapshot)
		return -ENOMEM;
	snapshot->attrs = attrs;
	snapshot->keeps_boot_memory = memhp->keeps_boot_memory;
	r = open_dirs(memhp, attrs, &dirs);
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
	for (uint64_t i = 0; i < snapshot->count; i++)
		block_free(&snapshot->blocks[i]);
	free(snapshot->blocks);
	free(snapshot->nodes);
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
