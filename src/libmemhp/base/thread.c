/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads that read files. All signals are blocked in them, so that signals go to the
 * caller's threads. They avoid the locks of tables that threads share, and keep no file of
 * the caller open. What the threads read is left to the callers.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base.h"

bool thread_start(pthread_t *ret, void *(*fn)(void *), void *data)
{
	sigset_t all, saved;
	int r;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &saved) != 0)
		return false;
	r = pthread_create(ret, NULL, fn, data);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	return r == 0;
}

/* The lowest descriptor from first on that is kept; UINT_MAX: none. */
static unsigned int next_kept(unsigned int first, const int *kept, size_t count)
{
	unsigned int next = first <= STDERR_FILENO ? STDERR_FILENO : UINT_MAX;

	for (size_t i = 0; i < count; i++)
		if (kept[i] >= 0 && (unsigned int)kept[i] >= first && (unsigned int)kept[i] < next)
			next = (unsigned int)kept[i];
	return next;
}

/*
 * Closes the thread's copies of all other descriptors. Otherwise the reader of a pipe whose
 * other end the caller closes would wait for this thread. close_range(2) exists since Linux 5.9. Locks
 * of fcntl(2) belong to a table, and are lost by none of this (fs/locks.c:
 * locks_remove_posix()). Standard error is kept, because the C library may end the process
 * with a message.
 */
static void close_others(const int *kept, size_t count)
{
#ifdef SYS_close_range
	for (unsigned int first = 0, next; first < UINT_MAX; first = next == UINT_MAX ? next : next + 1) {
		next = next_kept(first, kept, count);
		if (next > first && syscall(SYS_close_range, first, next == UINT_MAX ? next : next - 1, 0) < 0)
			return;
	}
#else
	(void)kept;
	(void)count;
#endif
}

/*
 * A thread with its own descriptor table and credentials avoids the lock of the shared
 * table, and the reference counter of the shared credentials, which each open file holds
 * (fs/file_table.c: init_file()). Each saves about 5% of the time when files are opened
 * by the thousand. Setting a flag of the credentials to its present value copies them.
 * If either call fails, only the speed is lost.
 */
void thread_detach_tables(const int *kept, size_t count)
{
	if (unshare(CLONE_FILES) == 0)
		close_others(kept, count);
	(void)prctl(PR_SET_KEEPCAPS, prctl(PR_GET_KEEPCAPS));
}

static void free_cpus(cpu_set_t **cpus)
{
	CPU_FREE(*cpus);
}

/* More processors than any kernel supports. */
#define CPUS_MAX (1 << 20)

/*
 * Counts the processors that this thread may run on. kernel/sched/syscalls.c:
 * sched_getaffinity() fails with EINVAL if the set is too small for the processors that
 * the kernel knows, and a cpu_set_t ends at 1024.
 */
static unsigned int count_cpus(void)
{
	for (size_t room = CPU_SETSIZE; room <= CPUS_MAX; room *= 2) {
		cleanup(free_cpus) cpu_set_t *cpus = CPU_ALLOC(room);

		if (!cpus)
			return 1;
		if (sched_getaffinity(0, CPU_ALLOC_SIZE(room), cpus) == 0)
			return (unsigned int)CPU_COUNT_S(CPU_ALLOC_SIZE(room), cpus);
		if (errno != EINVAL)
			return 1;
	}
	return 1;
}

unsigned int thread_count(uint64_t items, uint64_t items_per_thread, unsigned int max)
{
	uint64_t wanted = items / items_per_thread;
	unsigned int cpus = count_cpus();

	if (wanted > cpus)
		wanted = cpus;
	return wanted < max ? (unsigned int)wanted : max;
}

unsigned int thread_most(const struct memhp *memhp, unsigned int max)
{
	return memhp->threads && memhp->threads < max ? memhp->threads : max;
}
