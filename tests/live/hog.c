/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hog CPU: takes a processor for itself until it is killed; nothing else runs there, not even what the
 * kernel waits for. A process that takes memory offline lets each processor that holds pages back hand
 * them over, and waits for that uninterruptibly (mm/swap.c: cpu_needs_drain()): it is stuck in its
 * write(2), and SIGKILL does not end it. So one page is left in the processor's lru_add batch: it is
 * emptied first, as madvise(MADV_COLD) does, because a full batch would be handed over at once.
 * For guests, after stall() of stalled.bats has switched off what would let others run. Says "there"
 * in the end; that does not fill the batch.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sched_param priority = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };
	size_t size = sysconf(_SC_PAGESIZE);
	volatile char *page;
	cpu_set_t set;

	if (argc != 2)
		return 2;
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CPU_ZERO(&set);
	CPU_SET(atoi(argv[1]), &set);
	if (page == MAP_FAILED || sched_setaffinity(0, sizeof(set), &set) < 0 ||
	    sched_setscheduler(0, SCHED_FIFO, &priority) < 0) {
		perror("hog");
		return 1;
	}
	if (madvise((void *)page, size, MADV_COLD) < 0) {
		perror("hog");
		return 1;
	}
	*page = 1;
	if (write(STDOUT_FILENO, "there\n", 6) < 0)
		return 1;
	for (volatile int i = 0;; i++)
		;
}
