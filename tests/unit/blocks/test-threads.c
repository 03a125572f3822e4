/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of very many blocks, which several threads read, and of blocks that
 * come and go meanwhile: the same answers as from one thread, no block that is
 * half there, nothing left behind. Run under ThreadSanitizer too.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define MANY 2100
#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_REMOVABLE | \
	       MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

static const enum memhp_attr attrs[] = {
	MEMHP_ATTR_STATE, MEMHP_ATTR_ZONES, MEMHP_ATTR_NODES, MEMHP_ATTR_REMOVABLE, MEMHP_ATTR_ORIGIN,
	MEMHP_ATTR_HOLES,
};

static struct tree *new_world(void)
{
	struct tree *tree = tree_new();

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	return tree;
}

/* Blocks of many kinds, some of them spoilt. */
static struct tree *many_blocks(void)
{
	struct tree *tree = new_world();

	for (uint64_t id = 0; id < MANY; id++) {
		const char *state = id % 7 == 0 ? "offline\n" : id % 101 == 0 ? "garbage\n" : "online\n";

		tree_block(tree, id, id % 113 == 5 ? NULL : state, id % 7 ? "Normal\n" : "Normal Movable\n");
		tree_text(tree, id % 97 ? "1\n" : "", TREE_MEMORY "/memory%" PRIu64 "/removable", id);
		if (id % 3 == 0)
			tree_node(tree, (unsigned int)id % 2, id);
		else if (id % 3 == 1)
			tree_link(tree, "nowhere", TREE_MEMORY "/memory%" PRIu64 "/node5", id);
		if (id % 5 == 0)
			tree_link(tree, "../PNP0C80:00", TREE_MEMORY "/memory%" PRIu64 "/firmware_node", id);
	}
	tree_text(tree, "00001000-2ffffffff : System RAM\n", "proc/iomem");
	return tree;
}

static struct memhp_snapshot *take(const struct tree *tree)
{
	struct memhp_snapshot *snapshot = NULL;
	struct memhp *memhp = NULL;
	int r = memhp_new(tree->root, &memhp);

	if (r == 0)
		r = memhp_snapshot_take(memhp, ATTRS, &snapshot);
	if (r < 0)
		bail_out("snapshot: %s", strerror(-r));
	memhp_free(memhp);
	return snapshot;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const struct memhp_block *a, const struct memhp_block *b)
{
	const enum memhp_zone *zones_a, *zones_b;
	const unsigned int *nodes_a, *nodes_b;
	unsigned int zones = memhp_block_zones(a, &zones_a), nodes = memhp_block_nodes(a, &nodes_a);
	bool same = memhp_block_id(a) == memhp_block_id(b) && memhp_block_state(a) == memhp_block_state(b) &&
		    memhp_block_zones(b, &zones_b) == zones && memhp_block_nodes(b, &nodes_b) == nodes &&
		    memhp_block_removable(a) == memhp_block_removable(b) &&
		    memhp_block_origin(a) == memhp_block_origin(b) &&
		    memhp_block_has_holes(a) == memhp_block_has_holes(b) &&
		    same_text(memhp_block_device(a), memhp_block_device(b));

	for (size_t i = 0; i < TAP_COUNT(attrs); i++)
		same = same && memhp_block_error(a, attrs[i]) == memhp_block_error(b, attrs[i]);
	for (unsigned int i = 0; same && i < zones; i++)
		same = zones_a[i] == zones_b[i];
	for (unsigned int i = 0; same && i < nodes; i++)
		same = nodes_a[i] == nodes_b[i];
	return same;
}

static void compare(const struct memhp_snapshot *a, const struct memhp_snapshot *b, const char *name)
{
	const struct memhp_block *block;
	unsigned int different = 0;

	is_number(memhp_snapshot_count(a), MANY, "%s: blocks", name);
	is_number(memhp_snapshot_count(b), MANY, "%s: blocks of the other", name);
	memhp_snapshot_foreach(a, block) {
		const struct memhp_block *other = memhp_snapshot_find(b, memhp_block_id(block));

		different += !other || !is_same(block, other);
	}
	is_int(different, 0, "%s: no difference", name);
}

static unsigned int entries(const char *path)
{
	DIR *directory = opendir(path);
	unsigned int count = 0;

	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

/* A thread that has been joined may take a moment to leave /proc. */
static bool at_most(const char *path, unsigned int count)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (unsigned int i = 0; i < 200 && entries(path) > count; i++)
		nanosleep(&pause, NULL);
	return entries(path) <= count;
}

/* On one processor one thread reads; on all several do. */
static void test_many(const struct tree *tree)
{
	unsigned int files, threads;
	struct memhp_snapshot *one, *several;
	cpu_set_t all, first;

	/* A sanitizer has a thread of its own from the first other thread on. */
	memhp_snapshot_free(take(tree));
	files = entries("/proc/self/fd");
	threads = entries("/proc/self/task");

	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		bail_out("sched_getaffinity: %s", strerror(errno));
	if (CPU_COUNT(&all) < 2)
		diagnose("there is one processor only, so one thread is compared with one");
	several = take(tree);
	CPU_ZERO(&first);
	for (size_t cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&first); cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &first);
	if (sched_setaffinity(0, sizeof(first), &first) < 0)
		bail_out("sched_setaffinity: %s", strerror(errno));
	one = take(tree);
	sched_setaffinity(0, sizeof(all), &all);
	compare(one, several, "one thread and several");
	is_int(memhp_block_error(memhp_snapshot_find(several, 202), MEMHP_ATTR_STATE), -EBADMSG,
	       "garbage is found");
	is_int(memhp_block_error(memhp_snapshot_find(several, 5), MEMHP_ATTR_STATE), -ENODATA,
	       "what is missing is missing");
	ok(at_most("/proc/self/fd", files), "no descriptor is left open");
	ok(at_most("/proc/self/task", threads), "no thread is left");
	memhp_snapshot_free(one);
	memhp_snapshot_free(several);
}

struct reader {
	const struct memhp_snapshot *snapshot;
	uint64_t sum;
};

static void *sum_up(void *data)
{
	struct reader *reader = data;
	const struct memhp_block *block;
	const unsigned int *nodes;

	memhp_snapshot_foreach(reader->snapshot, block)
		reader->sum +=
			memhp_block_id(block) + memhp_block_state(block) + memhp_block_nodes(block, &nodes);
	return NULL;
}

/* Contexts are independent, and a snapshot is read by any number of threads. */
static void *take_another(void *data)
{
	return take(data);
}

static void test_readers(struct tree *tree)
{
	struct memhp_snapshot *snapshot, *other = NULL;
	struct reader readers[3] = { 0 };
	pthread_t threads[4];

	if (pthread_create(&threads[3], NULL, take_another, tree) != 0)
		bail_out("no thread");
	snapshot = take(tree);
	for (size_t i = 0; i < 3; i++) {
		readers[i].snapshot = snapshot;
		if (pthread_create(&threads[i], NULL, sum_up, &readers[i]) != 0)
			bail_out("no thread");
	}
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	pthread_join(threads[3], (void **)&other);
	ok(readers[0].sum == readers[1].sum && readers[1].sum == readers[2].sum && readers[0].sum > MANY,
	   "three threads read the same");
	compare(snapshot, other, "two contexts at the same time");
	memhp_snapshot_free(snapshot);
	memhp_snapshot_free(other);
}

#define STAY 300     /* even ids stay, odd ones come and go */

struct mover {
	const struct tree *tree;
	atomic_bool stop;
	unsigned int moves;
};

/* As in sysfs a block is there at once and gone at once, with all its files; and no block is gone
 * and back while it is read. */
static void *move(void *data)
{
	const struct timespec pause = { .tv_nsec = 20000 };
	struct mover *mover = data;
	char here[64], away[64];
	unsigned int random = 1;

	while (!atomic_load(&mover->stop)) {
		unsigned int id;

		random = random * 1103515245 + 12345;
		id = (random >> 16) % STAY * 2 + 1;
		snprintf(here, sizeof(here), TREE_MEMORY "/memory%u", id);
		snprintf(away, sizeof(away), "away/memory%u", id);
		if (renameat(mover->tree->fd, here, mover->tree->fd, away) < 0 &&
		    renameat(mover->tree->fd, away, mover->tree->fd, here) < 0)
			return data;
		mover->moves++;
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static void check_moving(const struct memhp_snapshot *snapshot, unsigned int *faults, unsigned int *half,
			 unsigned int *staying, unsigned int *moving)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block) {
		bool stays = memhp_block_id(block) % 2 == 0;

		*(stays ? staying : moving) += 1;
		for (size_t i = 0; i < 4; i++) {
			int r = memhp_block_error(block, attrs[i]);

			*faults += r != 0 && r != -ENODATA;
			*half += r != 0;
		}
	}
}

static void test_moving(void)
{
	struct tree *tree = new_world();
	struct mover mover = { .tree = tree };
	unsigned int faults = 0, half = 0, staying = 0, moving = 0, rounds = 60;
	pthread_t thread;
	void *failed = NULL;

	tree_dir(tree, "away");
	for (uint64_t id = 0; id < 2 * STAY; id++) {
		tree_block(tree, id, "online\n", "Movable\n");
		tree_text(tree, "1\n", TREE_MEMORY "/memory%" PRIu64 "/removable", id);
		tree_link(tree, "../../node/node0", TREE_MEMORY "/memory%" PRIu64 "/node0", id);
	}
	if (pthread_create(&thread, NULL, move, &mover) != 0)
		bail_out("no thread");
	for (unsigned int i = 0; i < rounds; i++) {
		struct memhp_snapshot *snapshot = take(tree);

		check_moving(snapshot, &faults, &half, &staying, &moving);
		memhp_snapshot_free(snapshot);
	}
	atomic_store(&mover.stop, true);
	pthread_join(thread, &failed);
	ok(!failed && mover.moves > 50, "blocks came and went %u times", mover.moves);
	is_int(faults, 0, "no attribute of a block that goes is at fault");
	is_int(half, 0, "each block is read whole, or left out");
	is_int(staying, rounds * STAY, "blocks that stay are all there");
	ok(moving > 0 && moving < rounds * STAY, "of the others %u of %u were there", moving, rounds * STAY);
	tree_free(tree);
}

int main(void)
{
	struct tree *tree = many_blocks();

	test_many(tree);
	test_readers(tree);
	tree_free(tree);
	test_moving();
	return tap_done();
}
