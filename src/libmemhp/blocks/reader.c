/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the attributes of blocks while blocks are still being found, with several
 * threads if there are many: it takes long to list the directories of a large machine.
 * What is read for each block is left to attribute.c.
 */
#include <pthread.h>

#include "block.h"

/* How many blocks justify one more thread: starting one is slow on virtual processors. */
#define BLOCKS_PER_THREAD 512
/* How many blocks a thread takes at a time. */
#define BATCH 64

/* Waits for blocks to read. Returns how many to read from *ret_first on; 0: all were taken. */
static uint64_t reader_take(struct reader *reader, uint64_t *ret_first)
{
	uint64_t count;

	pthread_mutex_lock(&reader->lock);
	while (reader->next == reader->known && !reader->is_complete)
		pthread_cond_wait(&reader->more, &reader->lock);
	count = reader->known - reader->next;
	if (count > BATCH)
		count = BATCH;
	*ret_first = reader->next;
	reader->next += count;
	pthread_mutex_unlock(&reader->lock);
	return count;
}

static void set_error(struct reader *reader, int error)
{
	pthread_mutex_lock(&reader->lock);
	reader->error = error;
	pthread_mutex_unlock(&reader->lock);
}

static void read_batches(struct reader *reader)
{
	uint64_t first = 0, count;

	while ((count = reader_take(reader, &first)) > 0) {
		for (uint64_t i = first; i < first + count; i++) {
			int r = attributes_read(reader->dirs, reader->snapshot->attrs, &reader->snapshot->blocks[i]);

			if (r < 0)
				set_error(reader, r);
		}
	}
}

static void *reader_in_thread(void *data)
{
	struct reader *reader = data;
	const struct attribute_dirs *dirs = reader->dirs;
	const int needed[] = { dirs->memory.memhp->root, dirs->memory.fd, dirs->firmware.fd };

	thread_detach_tables(needed, sizeof(needed) / sizeof(needed[0]));
	read_batches(reader);
	return NULL;
}

void reader_begin(struct reader *reader, struct memhp_snapshot *snapshot, const struct attribute_dirs *dirs,
		  uint64_t expected)
{
	const unsigned int wanted = thread_count(expected, BLOCKS_PER_THREAD,
						 thread_most(dirs->memory.memhp, READERS_MAX));

	*reader = (struct reader){
		.snapshot = snapshot,
		.dirs = dirs,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.more = PTHREAD_COND_INITIALIZER,
	};
	while (reader->started + 1 < wanted &&
	       thread_start(&reader->threads[reader->started], reader_in_thread, reader))
		reader->started++;
}

static void reader_publish(struct reader *reader, bool is_complete)
{
	pthread_mutex_lock(&reader->lock);
	reader->known = reader->snapshot->count;
	reader->is_complete = is_complete;
	pthread_cond_broadcast(&reader->more);
	pthread_mutex_unlock(&reader->lock);
}

void reader_found(struct reader *reader)
{
	if (reader->started && reader->snapshot->count % BATCH == 0)
		reader_publish(reader, false);
}

int reader_finish(struct reader *reader)
{
	reader_publish(reader, true);
	read_batches(reader);
	while (reader->started)
		pthread_join(reader->threads[--reader->started], NULL);
	pthread_cond_destroy(&reader->more);
	pthread_mutex_destroy(&reader->lock);
	return reader->error;
}
