/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bound NODE COMMAND…: runs a command whose memory, and what the kernel allocates for it, is of that
 * node only. For guests.
 */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long nodes = argc > 2 ? 1UL << atoi(argv[1]) : 0;

	if (nodes && syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes)) == 0)
		execvp(argv[2], argv + 2);
	perror("bound NODE COMMAND");
	return 1;
}
