/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin MIB NODE: fills memory of that node with anonymous pages, keeps some of them in pipes, says
 * so with their numbers (where the kernel tells them), and waits to be killed. A page that a pipe
 * holds cannot be migrated: its block stays in going-offline for as long as anybody waits for it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define EVERY (4 * MIB)         /* so that each block has several */

static int fail(const char *what)
{
	perror(what);
	return 1;
}

/* fs/proc/task_mmu.c: a present page's number is in the low 55 bits of its entry. */
static uint64_t number_of(const char *page)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)page / 4096 * sizeof(entry))) < 0)
		entry = 0;
	close(fd);
	return entry & ((UINT64_C(1) << 55) - 1);
}

int main(int argc, char **argv)
{
	size_t size = argc == 3 ? (size_t)atol(argv[1]) * MIB : 0;
	unsigned long nodes = argc == 3 ? 1UL << atoi(argv[2]) : 0;
	char *memory;

	if (!size || syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes)) < 0)
		return fail("pin MIB NODE");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail("mmap");
	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
	for (size_t at = 0; at < size; at += EVERY) {
		struct iovec page = { memory + at, 1 };
		int ends[2];

		if (pipe(ends) < 0 || vmsplice(ends[1], &page, 1, 0) < 0)
			return fail("vmsplice");
	}
	printf("pinned");
	for (size_t at = 0; at < size; at += EVERY)
		printf(" %llu", (unsigned long long)number_of(memory + at));
	puts("");
	fflush(stdout);
	pause();
	return 0;
}
