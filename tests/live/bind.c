/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bind NODE task|mapping: has a memory policy for that node, for all of its memory or for one mapping, uses
 * some of it, says so, and waits to be killed. bind fill MIB: uses so much memory, of node 1 as long as it has any:
 * the kernel needs node 0 for itself.
 */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	const int fills = argc == 3 && strcmp(argv[1], "fill") == 0;
	const size_t size = fills ? (size_t)atol(argv[2]) * MIB : 4 * MIB;
	unsigned long nodes = argc == 3 ? 1UL << (fills ? 1 : atoi(argv[1])) : 0;
	char *memory;

	if (argc != 3)
		return fail("bind NODE task|mapping");
	if (fills && syscall(SYS_set_mempolicy, MPOL_PREFERRED, &nodes, 8 * sizeof(nodes)) < 0)
		return fail("set_mempolicy");
	if (nodes && strcmp(argv[2], "task") == 0 && syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes)) < 0)
		return fail("set_mempolicy");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail("mmap");
	if (nodes && strcmp(argv[2], "mapping") == 0 &&
	    syscall(SYS_mbind, memory, size, MPOL_BIND, &nodes, 8 * sizeof(nodes), 0) < 0)
		return fail("mbind");
	memset(memory, 1, size);
	puts("there");
	fflush(stdout);
	pause();
	return 0;
}
