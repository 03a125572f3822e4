/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads that read: started with all signals blocked, so that these stay with the
 * caller's threads, and with what spares them the locks of shared tables. What they
 * read is their users'.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "internal.h"

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

/*
 * A descriptor table and credentials of its own spare a thread the locks of the one and
 * the counter of the other, which every open file holds (fs/file_table.c: init_file()):
 * each is some 5 % of all when files are opened by the thousand. Setting a flag of the
 * credentials to what it is copies them. Where this cannot be had nothing is lost but that.
 */
void thread_detach_tables(void)
{
	(void)unshare(CLONE_FILES);
	(void)prctl(PR_SET_KEEPCAPS, prctl(PR_GET_KEEPCAPS));
}

unsigned int thread_count(uint64_t items, uint64_t items_per_thread, unsigned int max)
{
	cpu_set_t set;
	uint64_t wanted = items / items_per_thread;
	unsigned int cpus = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cpus = (unsigned int)CPU_COUNT(&set);
	if (wanted > cpus)
		wanted = cpus;
	return wanted < max ? (unsigned int)wanted : max;
}
