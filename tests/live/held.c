/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * held KIND NODE ARGUMENT…: keeps pages of a node where they are, in the ways of the table at the end;
 * says "held", with the numbers of the pages that it had mapped, and waits to be killed. What the kernel
 * needs for it otherwise, such as page tables, comes from any node. For guests.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define PAGE ((size_t)4096)
#define EVERY (8 * MIB)         /* so that each block has several */
#define PIPE_PAGES 16           /* F_SETPIPE_SZ says how many fit into one */

static unsigned long nodes;     /* a mask with the one of the command line */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* fs/proc/task_mmu.c: a present page's number is in the low 55 bits of its entry. */
static void tell(const char *page)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)page / PAGE * sizeof(entry))) < 0)
		fail("pagemap");
	close(fd);
	printf(" %llu", (unsigned long long)(entry & ((UINT64_C(1) << 55) - 1)));
}

static void use_node(int mode)
{
	if (syscall(SYS_set_mempolicy, mode, mode == MPOL_DEFAULT ? NULL : &nodes, 8 * sizeof(nodes)) < 0)
		fail("set_mempolicy");
}

static char *anonymous(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE) < 0 ||
	    syscall(SYS_mbind, memory, size, MPOL_BIND, &nodes, 8 * sizeof(nodes), 0) < 0)
		fail("mmap");
	memset(memory, 1, size);
	return memory;
}

/* A page of a file, at that place, in a pipe. The page comes from the node, the pipe from any. */
static void splice_page(int fd, size_t at)
{
	static int ends[2];
	static unsigned int used;
	off_t from = (off_t)at;

	if (used++ % PIPE_PAGES == 0 && pipe(ends) < 0)
		fail("pipe");
	use_node(MPOL_BIND);
	if (splice(fd, &from, ends[1], NULL, PAGE, 0) != (ssize_t)PAGE)
		fail("splice");
	use_node(MPOL_DEFAULT);
}

/* file PATH MIB LEFT: a new file, pages of which are in pipes; then it becomes so small. No process maps it
 * afterwards. */
static void file(char **arguments)
{
	const off_t left = (off_t)atol(arguments[2]) * (off_t)MIB;
	const size_t size = (size_t)atol(arguments[1]) * MIB;
	char *content = calloc(1, MIB);
	int fd = open(arguments[0], O_RDWR | O_CREAT | O_TRUNC, 0600);
	volatile char *map;

	memset(content, 1, MIB);
	use_node(MPOL_BIND);
	for (size_t at = 0; at < size; at += MIB)
		if (write(fd, content, MIB) != (ssize_t)MIB)
			fail(arguments[0]);
	use_node(MPOL_DEFAULT);
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || fsync(fd) < 0)
		fail(arguments[0]);
	for (size_t at = 0; at < size; at += EVERY) {
		(void)map[at];
		tell((const char *)map + at);
		splice_page(fd, at);
	}
	munmap((void *)map, size);
	if (ftruncate(fd, left) < 0)
		fail("ftruncate");
}

/* device PATH FROM MIB EVERY: pages of a block device, from that MiB on, each so-and-so-many-th of them in a pipe */
static void device(char **arguments)
{
	const size_t from = (size_t)atol(arguments[1]) * MIB, size = (size_t)atol(arguments[2]) * MIB;
	int fd = open(arguments[0], O_RDONLY);

	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	for (size_t at = from; at < from + size; at += (size_t)atol(arguments[3]) * PAGE)
		splice_page(fd, at);
}

/* ring MIB: anonymous memory that is a registered buffer of io_uring */
static void ring(char **arguments)
{
	struct io_uring_params parameters = { 0 };
	struct iovec buffer = { NULL, (size_t)atol(arguments[0]) * MIB };
	int fd = (int)syscall(SYS_io_uring_setup, 1, &parameters);

	buffer.iov_base = anonymous(buffer.iov_len);
	if (fd < 0 || syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffer, 1) < 0)
		fail("io_uring");
	for (size_t at = 0; at < buffer.iov_len; at += EVERY)
		tell((char *)buffer.iov_base + at);
}

/* pipe MIB: anonymous memory, pages of which are in pipes */
static void pipes(char **arguments)
{
	const size_t size = (size_t)atol(arguments[0]) * MIB;
	char *memory = anonymous(size);

	for (size_t at = 0; at < size; at += EVERY) {
		struct iovec page = { memory + at, 1 };
		int ends[2];

		if (pipe(ends) < 0 || vmsplice(ends[1], &page, 1, 0) < 0)
			fail("vmsplice");
		tell(memory + at);
	}
}

static const struct {
	const char *name;
	void (*hold)(char **arguments);
	int arguments;
} kinds[] = {
	{ "file", file, 3 },
	{ "device", device, 4 },
	{ "ring", ring, 1 },
	{ "pipe", pipes, 1 },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, argv[1]) != 0 || kinds[i].arguments != argc - 3)
			continue;
		nodes = 1UL << atoi(argv[2]);
		kinds[i].hold(argv + 3);
		puts(" held");
		fflush(stdout);
		pause();
		return 0;
	}
	fprintf(stderr, "usage: held KIND NODE ARGUMENT…\n");
	return 2;
}
