/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A scan: several threads read the pages of blocks and sum them up, block by block.
 * pageflags.c decides what a page is, and verdict.c what follows from the sums for a
 * block.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "../sized.h"
#include "pages.h"

#define THREADS_MAX 8

struct memhp_scan {
	struct memhp_scan *self;       /* itself, for those that keep it alive: they have it as a constant */
	atomic_size_t keepers;         /* how many keep it alive besides its owner */
	const struct memhp_snapshot *snapshot;  /* kept */
	uint64_t page_size;
	struct memhp_pages *blocks;    /* by id, once the scan is complete */
	size_t count;
	uint64_t taken_ms;             /* when the scan began, on the monotonic clock */
	struct room room;
};

/* Threads ----------------------------------------------------------------------- */

struct work {
	struct memhp *memhp;
	struct memhp_scan *scan;
	const struct memhp_scan_options *options;
	struct attribute_dirs dirs;
	struct pagefile file;          /* its buffer belongs to the calling thread */
	size_t end;                    /* end of the blocks to read */
	atomic_size_t next, done, easy;
	atomic_bool is_over;
};

static void work_close(struct work *work)
{
	attribute_dirs_close(&work->dirs);
	pagefile_close(&work->file);
}

/* A block that went offline meanwhile shows flags of none of its pages, or of only some. */
static bool is_online(const struct work *work, const struct memhp_block *block)
{
	struct memhp_block now = { .id = block->id, .snapshot = block->snapshot };

	(void)attributes_read(&work->dirs, MEMHP_ATTR_STATE, &now);
	return !now.vanished && memhp_block_state(&now) == MEMHP_STATE_ONLINE;
}

static void scan_read_block(struct work *work, const struct pagefile *file, struct memhp_pages *pages)
{
	const struct memhp_block *block = memhp_snapshot_find(work->scan->snapshot, pages->id);

	pages->error = ENODATA;
	if (memhp_block_state(block) != MEMHP_STATE_ONLINE)
		return;
	pagefile_sum(file, pages->id, pages);
	if (!is_online(work, block))
		pages->error = ENODATA;
	if (pages->error == 0 && pages_take_no_work(pages, memhp_block_zone(block) == MEMHP_ZONE_MOVABLE) &&
	    atomic_fetch_add(&work->easy, 1) + 1 == work->options->enough)
		atomic_store(&work->is_over, true);
}

static void scan_read_blocks(struct work *work, const struct pagefile *file, bool is_caller)
{
	const struct memhp_scan_options *options = work->options;
	size_t i, done;

	while (!atomic_load(&work->is_over)) {
		i = atomic_fetch_add(&work->next, 1);
		if (i >= work->end)
			return;
		scan_read_block(work, file, &work->scan->blocks[i]);
		done = atomic_fetch_add(&work->done, 1) + 1;
		if (is_caller && options->progress && !options->progress(options->data, done, work->end))
			atomic_store(&work->is_over, true);
	}
}

static void *scan_in_thread(void *data)
{
	cleanup(cleanup_free) uint64_t *buffer = malloc(PAGEFILE_CHUNK);
	struct work *work = data;
	struct pagefile file = work->file;

	file.buffer = buffer;
	if (buffer)
		scan_read_blocks(work, &file, false);
	return NULL;
}

/* The caller's thread works, too, and does everything if no other thread can be started. */
static void scan_read_from(struct work *work, size_t first, size_t end)
{
	pthread_t threads[THREADS_MAX];
	const unsigned int most = work->options->threads;
	unsigned int wanted = thread_count(end - first, 1, thread_most(work->memhp, most && most < THREADS_MAX ?
								       most : THREADS_MAX));
	unsigned int started = 0;

	work->end = end;
	atomic_store(&work->next, first);
	while (started + 1 < wanted && thread_start(&threads[started], scan_in_thread, work))
		started++;
	scan_read_blocks(work, &work->file, true);
	while (started)
		pthread_join(threads[--started], NULL);
}

static void scan_judge(const struct memhp_scan *scan, const struct memhp_block *block, const struct memhp_pages *pages,
		       struct memhp_verdict *verdict)
{
	const struct page_facts facts = {
		.zone = memhp_block_zone(block),
		.origin = memhp_block_origin(block),
		.page_size = scan->page_size,
		.pages = pages,
		.room = &scan->room,
	};

	verdict->offlinable = memhp_block_offlinable(block, &verdict->why);
	if (pages)
		verdict_by_pages(&facts, verdict);
}

/* Whether enough of the first blocks can probably go offline. */
static bool suffice(const struct work *work, size_t count)
{
	const struct memhp_scan *scan = work->scan;
	size_t likely = 0;

	for (size_t i = 0; i < count; i++) {
		const struct memhp_pages *pages = &scan->blocks[i];
		struct memhp_verdict verdict = { .size = sizeof(verdict) };

		scan_judge(scan, memhp_snapshot_find(scan->snapshot, pages->id), pages->error ? NULL : pages, &verdict);
		likely += verdict.offlinable == MEMHP_OFFLINABLE_LIKELY || verdict.offlinable == MEMHP_OFFLINABLE_YES;
	}
	return likely >= work->options->enough;
}

static void scan_read_all(struct work *work)
{
	const size_t count = work->scan->count, preferred = work->options->preferred;
	const size_t first = preferred && preferred < count ? preferred : count;

	scan_read_from(work, 0, first);
	if (first < count && !suffice(work, first))
		scan_read_from(work, first, count);
}

/* The scan ---------------------------------------------------------------------- */

static int scan_compare_ids(const void *a, const void *b)
{
	const struct memhp_pages *x = a, *y = b;

	return number_compare(x->id, y->id);
}

static int scan_list_blocks(struct memhp_scan *scan, const struct memhp_scan_options *options)
{
	scan->blocks = calloc(options->block_count + 1, sizeof(*scan->blocks));
	if (!scan->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < options->block_count; i++) {
		if (!memhp_snapshot_find(scan->snapshot, options->blocks[i]))
			return -EINVAL;
		scan->blocks[scan->count++] = (struct memhp_pages){ .id = options->blocks[i], .error = ENODATA };
	}
	return 0;
}

int memhp_scan_take(struct memhp *memhp, const struct memhp_snapshot *snapshot,
		    const struct memhp_scan_options *options, struct memhp_scan **ret)
{
	cleanup(cleanup_memhp_scan_free) struct memhp_scan *scan = calloc(1, sizeof(*scan));
	struct memhp_scan_options all = { 0 };
	cleanup(work_close) struct work work = {
		.memhp = memhp, .scan = scan, .options = &all, .dirs = ATTRIBUTE_DIRS_CLOSED, .file = PAGEFILE_CLOSED,
	};
	int r;

	if (!scan)
		return -ENOMEM;
	r = sized_take(&all, offsetof(struct memhp_scan_options, reserved), options);
	if (r < 0)
		return r;
	if (all.block_count && !all.blocks)
		return -EINVAL;
	if (!snapshot_has(snapshot, MEMHP_ATTR_STATE))
		return -EINVAL;
	scan->self = scan;
	scan->snapshot = snapshot_keep(snapshot);
	scan->page_size = memhp->page_size;
	scan->taken_ms = clock_ms();
	r = pagefile_open(memhp, memhp_snapshot_block_size(snapshot), &work.file);
	if (r < 0)
		fault(memhp, "proc/kpageflags", -r, NULL);
	else
		r = scan_list_blocks(scan, &all);
	if (r == 0)
		r = attribute_dirs_open(memhp, MEMHP_ATTR_STATE, &work.dirs);
	if (r == 0)
		r = room_read(memhp, &scan->room);
	if (r < 0)
		return r;
	scan_read_all(&work);
	qsort(scan->blocks, scan->count, sizeof(*scan->blocks), scan_compare_ids);
	*ret = take_ptr(scan);
	return 0;
}

const struct memhp_scan *scan_keep(const struct memhp_scan *scan)
{
	if (scan)
		atomic_fetch_add_explicit(&scan->self->keepers, 1, memory_order_relaxed);
	return scan;
}

void scan_drop(const struct memhp_scan *scan)
{
	if (scan)
		memhp_scan_free(scan->self);
}

struct memhp_scan *memhp_scan_free(struct memhp_scan *scan)
{
	if (!scan || atomic_fetch_sub_explicit(&scan->keepers, 1, memory_order_acq_rel) > 0)
		return NULL;
	snapshot_drop(scan->snapshot);
	free(scan->blocks);
	free(scan);
	return NULL;
}

uint64_t scan_taken_ms(const struct memhp_scan *scan)
{
	return scan->taken_ms;
}

const struct room *scan_room(const struct memhp_scan *scan)
{
	return &scan->room;
}

size_t memhp_scan_count(const struct memhp_scan *scan)
{
	size_t count = 0;

	for (size_t i = 0; i < scan->count; i++)
		count += scan->blocks[i].is_read;
	return count;
}

static const struct memhp_pages *find(const struct memhp_scan *scan, const struct memhp_block *block)
{
	const struct memhp_pages key = { .id = block->id };

	return bsearch(&key, scan->blocks, scan->count, sizeof(key), scan_compare_ids);
}

const struct memhp_pages *memhp_scan_find(const struct memhp_scan *scan, const struct memhp_block *block)
{
	const struct memhp_pages *pages = find(scan, block);

	return pages && pages->error == 0 ? pages : NULL;
}

int memhp_scan_error(const struct memhp_scan *scan, const struct memhp_block *block)
{
	const struct memhp_pages *pages = find(scan, block);

	return pages ? -(int)pages->error : -ENODATA;
}

int memhp_scan_judge(const struct memhp_scan *scan, const struct memhp_block *block, struct memhp_verdict *ret)
{
	struct memhp_verdict verdict = { .size = sizeof(verdict), .room = UINT64_MAX };

	scan_judge(scan, block, memhp_scan_find(scan, block), &verdict);
	return sized_give(ret, &verdict, sizeof(verdict));
}
