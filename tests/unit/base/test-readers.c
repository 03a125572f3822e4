/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that read: how many a context may start, and that none of them keeps a file of
 * the caller open. The number of processors, and the counting of threads, are this file's
 * own.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "../../../src/libmemhp/base/base.h"
#include "../tap.h"
#include "../tree.h"

#define BLOCKS 2100         /* enough for four threads */
#define SCANNED 16

static unsigned int started;

/* Eight processors. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)pid;
	CPU_ZERO_S(size, set);
	for (size_t i = 0; i < 8; i++)
		CPU_SET_S(i, size, set);
	return 0;
}

int pthread_create(pthread_t *ret, const pthread_attr_t *attributes, void *(*fn)(void *), void *data)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	started++;
	return real(ret, attributes, fn, data);
}

static unsigned int started_by_scan(struct memhp *memhp, const struct memhp_snapshot *snapshot, unsigned int threads)
{
	uint64_t ids[SCANNED];
	const struct memhp_scan_options options = {
		.size = sizeof(options), .blocks = ids, .block_count = SCANNED, .threads = threads,
	};
	struct memhp_scan *scan = NULL;

	for (uint64_t i = 0; i < SCANNED; i++)
		ids[i] = i;
	started = 0;
	if (memhp_scan_take(memhp, snapshot, &options, &scan) < 0)
		bail_out("no scan");
	memhp_scan_free(scan);
	return started;
}

static struct memhp_snapshot *take_counted(struct memhp *memhp)
{
	struct memhp_snapshot *snapshot = NULL;

	started = 0;
	if (memhp_snapshot_take(memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, &snapshot) < 0)
		bail_out("no snapshot");
	return snapshot;
}

/* max: as memhp_set_threads() takes it; the others: how many threads are started besides that of the caller. */
static const struct {
	unsigned int max, of_snapshot, of_scan, of_scan_by_three;
} limits[] = {
	{ 0, 3, 7, 2 },
	{ 1, 0, 0, 0 },
	{ 2, 1, 1, 1 },
	{ 5, 3, 4, 2 },
	{ UINT_MAX, 3, 7, 2 },
};

static void test_limits(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	for (uint64_t id = 0; id < BLOCKS; id++)
		tree_block(tree, id, "online\n", "Normal\n");
	tree_text(tree, "", "proc/kpageflags");
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	for (size_t i = 0; i < TAP_COUNT(limits); i++) {
		struct memhp_snapshot *snapshot;

		memhp_set_threads(memhp, limits[i].max);
		snapshot = take_counted(memhp);
		is_int(started, limits[i].of_snapshot, "%u threads: a snapshot", limits[i].max);
		is_number(memhp_snapshot_count(snapshot), BLOCKS, "%u threads: all blocks", limits[i].max);
		is_int(started_by_scan(memhp, snapshot, 0), limits[i].of_scan, "%u threads: a scan", limits[i].max);
		is_int(started_by_scan(memhp, snapshot, 3), limits[i].of_scan_by_three,
		       "%u threads: a scan by at most three", limits[i].max);
		memhp_snapshot_free(snapshot);
	}
	memhp_free(memhp);
	tree_free(tree);
}

/* A thread as those that read. */
struct thread {
	int kept[2];                  /* a pipe: when it ends */
	atomic_int state;             /* of the pipe, in the thread: 1 open, -1 not */
};

static void *run_thread(void *data)
{
	struct thread *thread = data;
	const int kept[] = { -1, thread->kept[0], thread->kept[0] };
	char byte;

	thread_detach_tables(kept, TAP_COUNT(kept));
	atomic_store(&thread->state, fcntl(thread->kept[0], F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0 ? 1 : -1);
	while (read(thread->kept[0], &byte, 1) < 0 && errno == EINTR)
		;
	return NULL;
}

static bool can_close_range(void)
{
#ifdef SYS_close_range
	return syscall(SYS_close_range, UINT_MAX, UINT_MAX, 0) == 0;
#else
	return false;
#endif
}

/* The caller closes its end of a pipe while a thread reads. */
static void test_pipe(void)
{
	struct thread thread = { 0 };
	struct pollfd end = { .events = POLLIN };
	const int lowest = fcntl(2, F_GETFD) >= 0;
	pthread_t id;
	int ends[2];

	if (!can_close_range()) {
		diagnose("the kernel has no close_range()");
		return;
	}
	if (pipe(ends) < 0 || pipe(thread.kept) < 0 || !thread_start(&id, run_thread, &thread))
		bail_out("no thread");
	end.fd = ends[0];
	while (!atomic_load(&thread.state))
		(void)sched_yield();
	is_int(atomic_load(&thread.state), lowest ? 1 : -1, "a thread keeps what it needs");
	close(ends[1]);
	is_int(poll(&end, 1, 10000), 1, "the reader of a pipe sees its end while the thread runs");
	ok(end.revents & POLLHUP, "since nobody else has it open");
	ok(fcntl(thread.kept[1], F_GETFD) >= 0, "the caller's descriptors stay open");
	close(thread.kept[1]);
	pthread_join(id, NULL);
	close(thread.kept[0]);
	close(ends[0]);
}

int main(void)
{
	test_pipe();
	test_limits();
	return tap_done();
}
