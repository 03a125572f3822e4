/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hog CPU: takes a processor for itself until it is killed; nothing else runs there, not even what the
 * kernel waits for. A process that takes memory offline waits for each processor at the beginning,
 * uninterruptibly: it is stuck in its write(2), and SIGKILL does not end it. For guests, after
 * stall() of stalled.bats has switched off what would let others run.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct sched_param priority = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };
	cpu_set_t set;

	if (argc != 2)
		return 2;
	CPU_ZERO(&set);
	CPU_SET(atoi(argv[1]), &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0 || sched_setscheduler(0, SCHED_FIFO, &priority) < 0) {
		perror("hog");
		return 1;
	}
	for (volatile int i = 0;; i++)
		;
}
