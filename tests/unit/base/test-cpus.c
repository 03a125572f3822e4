/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many threads are worth their while on machines with many processors: the
 * kernel's answer about them is this file's own.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>

#include "../../../src/libmemhp/base/base.h"
#include "../tap.h"

/* The machine: how many processors its kernel knows, and how many this process may use. */
static size_t known, allowed;
static bool is_forbidden;

/* As the kernel: a set that is too small for it is EINVAL. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)pid;
	if (is_forbidden || size * 8 < known) {
		errno = is_forbidden ? EPERM : EINVAL;
		return -1;
	}
	CPU_ZERO_S(size, set);
	for (size_t i = 0; i < allowed; i++)
		CPU_SET_S(known - 1 - i, size, set);
	return 0;
}

static const struct {
	size_t known, allowed;
	unsigned int items, per_thread, max, threads;
} machines[] = {
	{ 2, 2, 100, 10, 8, 2 },
	{ 1024, 1024, 100, 1, 64, 64 },
	{ 1024, 3, 100, 1, 64, 3 },
	{ 1025, 1025, 100, 1, 64, 64 },
	{ 2000, 2000, 2000, 1, 5000, 2000 },
	{ 8192, 6, 100, 1, 64, 6 },
	{ 8192, 8192, 30, 10, 64, 3 },
	{ 8192, 8192, 9, 10, 64, 0 },
	/* beyond all that is tried */
	{ 1 << 21, 7, 100, 1, 64, 1 },
};

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(machines); i++) {
		known = machines[i].known;
		allowed = machines[i].allowed;
		is_number(thread_count(machines[i].items, machines[i].per_thread, machines[i].max), machines[i].threads,
			  "%zu of %zu processors, %u items, %u a thread, at most %u", allowed, known, machines[i].items,
			  machines[i].per_thread, machines[i].max);
	}
	is_forbidden = true;
	is_number(thread_count(100, 1, 64), 1, "a filter of system calls forbids to ask");
	return tap_done();
}
