/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vast TIB: reserves so much address space and uses none of it, as sanitizers and virtual machines do, says
 * so, and waits to be killed. Whoever looks through it page by page does not come to an end.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t size = argc == 2 ? (size_t)atol(argv[1]) << 40 : 0;

	if (!size || mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED) {
		perror("vast TIB");
		return 1;
	}
	puts("reserved");
	fflush(stdout);
	pause();
	return 0;
}
