/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scene KIND ARGUMENT…: memory in use, in the ways of the table at the end; says "ready" and waits
 * to be killed. For guests; the same seed makes the same scene. What becomes of it is the test's.
 */
#define _GNU_SOURCE
#include <linux/mman.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define PAGE ((size_t)4096)
#define RUN (64 * MIB)
#define PIECE_MAX (4 * MIB)
#define PIECES 4096

/* A generator of its own: the C library's may change. */
static uint64_t seed;

static uint64_t below(uint64_t limit)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 33) % limit;
}

static char *map(size_t size, int flags)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);

	if (memory == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return memory;
}

static void touch(char *memory, size_t size)
{
	for (size_t at = 0; at < size; at += PAGE)
		memory[at] = 1;
}

/* anon MIB: of pages as they come */
static void anon(const long *arguments)
{
	size_t size = (size_t)arguments[0] * MIB;

	touch(map(size, 0), size);
}

/* small MIB: of single pages */
static void small(const long *arguments)
{
	size_t size = (size_t)arguments[0] * MIB;
	char *memory = map(size, 0);

	madvise(memory, size, MADV_NOHUGEPAGE);
	touch(memory, size);
}

/* huge COUNT: huge pages of 2 MiB, in use */
static void huge(const long *arguments)
{
	size_t size = (size_t)arguments[0] * 2 * MIB;

	touch(map(size, MAP_HUGETLB), size);
}

/* giga COUNT: huge pages of 1 GiB, in use */
static void giga(const long *arguments)
{
	size_t size = (size_t)arguments[0] * 1024 * MIB;
	char *memory = map(size, MAP_HUGETLB | MAP_HUGE_1GB);

	for (size_t at = 0; at < size; at += 1024 * MIB)
		memory[at] = 1;
}

/* tables COUNT: that many page tables, with a page each */
static void tables(const long *arguments)
{
	size_t size = (size_t)arguments[0] * 2 * MIB;
	char *memory = map(size, 0);

	madvise(memory, size, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < size; at += 2 * MIB)
		memory[at] = 1;
}

/* runs MIB SEED: so much touched, then 70 % of it let go in runs of 64 MiB */
static void runs(const long *arguments)
{
	const size_t size = (size_t)arguments[0] * MIB, count = size / RUN;
	char *memory = map(size, 0);
	size_t *order = calloc(count, sizeof(*order)), kept;

	if (!order)
		exit(1);
	touch(memory, size);
	seed = (uint64_t)arguments[1];
	for (size_t i = 0; i < count; i++) {
		size_t other = below(i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (kept = 0; kept < count * 7 / 10; kept++)
		madvise(memory + order[kept] * RUN, RUN, MADV_DONTNEED);
}

struct piece {
	char *memory;
	size_t size;
};

/* Lets it go. Returns its size. */
static size_t let_go(struct piece *piece)
{
	const size_t size = piece->size;

	if (piece->memory)
		munmap(piece->memory, size);
	*piece = (struct piece){ 0 };
	return size;
}

/* aged MIB LEFT SECONDS SEED: pieces of 4 KiB to 4 MiB come and go at random, up to so much at a
 * time; then some go until so much is left */
static void aged(const long *arguments)
{
	static struct piece pieces[PIECES];
	const size_t most = (size_t)arguments[0] * MIB, left = (size_t)arguments[1] * MIB;
	const time_t end = time(NULL) + arguments[2];
	size_t used = 0;

	seed = (uint64_t)arguments[3];
	while (time(NULL) < end) {
		struct piece *piece = &pieces[below(PIECES)];
		size_t size = (1 + below(PIECE_MAX / PAGE)) * PAGE;

		if (piece->memory) {
			used -= let_go(piece);
		} else if (used + size <= most) {
			*piece = (struct piece){ map(size, 0), size };
			touch(piece->memory, size);
			used += size;
		}
	}
	while (used > left)
		used -= let_go(&pieces[below(PIECES)]);
}

static const struct {
	const char *name;
	void (*make)(const long *arguments);
	int arguments;
} kinds[] = {
	{ "anon", anon, 1 },
	{ "small", small, 1 },
	{ "huge", huge, 1 },
	{ "giga", giga, 1 },
	{ "tables", tables, 1 },
	{ "runs", runs, 2 },
	{ "aged", aged, 4 },
};

int main(int argc, char **argv)
{
	long arguments[4] = { 0 };

	for (int i = 2; i < argc && i < 6; i++)
		arguments[i - 2] = atol(argv[i]);
	for (size_t i = 0; argc > 1 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, argv[1]) != 0 || kinds[i].arguments != argc - 2)
			continue;
		kinds[i].make(arguments);
		puts("ready");
		fflush(stdout);
		pause();
		return 0;
	}
	fprintf(stderr, "usage: scene KIND ARGUMENT…\n");
	return 2;
}
