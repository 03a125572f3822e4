/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reserve MIB: asks for so much memory of huge pages, uses none of it, says so, and waits to be
 * killed. Free huge pages that are promised to somebody cannot be dissolved
 * (mm/hugetlb.c: dissolve_free_hugetlb_folio()).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t size = argc == 2 ? (size_t)atol(argv[1]) << 20 : 0;

	if (!size || mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED) {
		perror("reserve MIB");
		return 1;
	}
	puts("reserved");
	fflush(stdout);
	pause();
	return 0;
}
