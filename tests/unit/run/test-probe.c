/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the library refuses to probe, by itself and unless it is forced, and that it then writes
 * nothing: the file probe of a tree is an ordinary one. What a kernel does is probe.bats'.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define SIZE UINT64_C(0x8000000)
#define FREE UINT64_C(0x40000000)    /* the first address that is free in all trees */

/* What lets an address be probed. */
#define GOOD .is_supported = true, .is_aligned = true, .is_iomem_known = true

static const struct {
	const char *name;
	struct memhp_probe probe;
	int by_itself, forced;
} judged[] = {
	{ "nothing is there", { GOOD, .address = FREE }, 0, 0 },
	{ "no file probe", { .is_aligned = true, .is_iomem_known = true, .address = FREE }, -EOPNOTSUPP, -EOPNOTSUPP },
	{ "not aligned", { .is_supported = true, .is_iomem_known = true, .address = FREE + 1 }, -EINVAL, -EINVAL },
	{ "present", { .is_supported = true, .is_aligned = true, .is_present = true }, -EEXIST, -EEXIST },
	{ "masked", { .is_supported = true, .is_aligned = true }, -EACCES, 0 },
	{ "a resource", { GOOD, .resource = "x" }, -EBUSY, 0 },
	{ "the last that the processor can address",
	  { GOOD, .address = SIZE, .address_bits = 28 }, 0, 0 },
	{ "beyond what it can address",
	  { GOOD, .address = 2 * SIZE, .address_bits = 28 }, -E2BIG, 0 },
	{ "all 64 bits",
	  { GOOD, .address = UINT64_MAX - (SIZE - 1), .address_bits = 64 }, 0, 0 },
	{ "the last address, of 52 bits",
	  { GOOD, .address = UINT64_MAX - (SIZE - 1), .address_bits = 52 }, -E2BIG, 0 },
};

static void test_judge(void)
{
	struct memhp_probe unset = { .is_supported = true, .is_aligned = true };

	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		struct memhp_probe probe = judged[i].probe;
		int by_itself, forced;

		probe.size = sizeof(probe);
		probe.block_size = SIZE;
		by_itself = memhp_probe_judge(&probe, 0);
		forced = memhp_probe_judge(&probe, MEMHP_PROBE_FORCE);
		ok(by_itself == judged[i].by_itself && forced == judged[i].forced, "judged: %s: %d, forced %d",
		   judged[i].name, by_itself, forced);
	}
	ok(memhp_probe_judge(&unset, 0) == -EINVAL, "judged: no size");
	unset.size = sizeof(unset);
	ok(memhp_probe_judge(&unset, 2) == -EINVAL, "judged: an unknown flag");
}

/* What was written to the file probe; "" if nothing. */
static void read_probe(const struct tree *tree, char ret[64])
{
	int fd = openat(tree->fd, TREE_MEMORY "/probe", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, ret, 63);

	ret[length < 0 ? 0 : length] = '\0';
	if (fd >= 0)
		close(fd);
}

static void test_write(struct memhp *memhp, const struct tree *tree, const char *name, uint64_t address,
		       uint64_t timeout_ms, int stop_fd, unsigned int flags, int expected)
{
	const bool is_written = expected == -ENOENT;
	char text[64], word[64] = "";
	int r;

	tree_text(tree, "", TREE_MEMORY "/probe");
	r = memhp_probe(memhp, address, timeout_ms, stop_fd, flags);
	read_probe(tree, text);
	if (is_written)
		snprintf(word, sizeof(word), "0x%llx", (unsigned long long)address);
	ok(r == expected && strcmp(text, word) == 0, "%s: %d, '%s' written", name, r, text);
}

/* So many lines that reading them takes longer than a millisecond. */
static void make_long_iomem(const struct tree *tree)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		bail_out("no memory");
	fprintf(stream, "00000000-3fffffff : System RAM\n");
	for (unsigned long i = 0; i < 300000; i++)
		fprintf(stream, "%lx-%lx : device\n", 0x100000000 + 16 * i, 0x100000000 + 16 * i + 15);
	fclose(stream);
	tree_text(tree, text, "proc/iomem");
	free(text);
}

int main(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;
	int ends[2];

	test_judge();
	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_block(tree, 0, "online", "Normal");
	tree_text(tree, "00000000-3fffffff : System RAM\n50000000-50000fff : device\n", "proc/iomem");
	if (memhp_new(tree->root, &memhp) < 0 || pipe2(ends, O_CLOEXEC) < 0 || write(ends[1], "!", 1) != 1)
		bail_out("no tree or no pipe");
	test_write(memhp, tree, "present", 0, 0, -1, 0, -EEXIST);
	test_write(memhp, tree, "present, forced", 0, 0, -1, MEMHP_PROBE_FORCE, -EEXIST);
	test_write(memhp, tree, "not aligned, forced", FREE + 1, 0, -1, MEMHP_PROBE_FORCE, -EINVAL);
	test_write(memhp, tree, "a resource", UINT64_C(0x50000000), 0, -1, 0, -EBUSY);
	test_write(memhp, tree, "an unknown flag", FREE, 0, -1, 4, -EINVAL);
	test_write(memhp, tree, "stopped before", FREE, 0, ends[0], 0, -ECANCELED);
	test_write(memhp, tree, "a descriptor that is not open", FREE, 0, 1 << 20, 0, -EBADF);
	test_write(memhp, tree, "a resource, forced", UINT64_C(0x50000000), 0, -1, MEMHP_PROBE_FORCE, -ENOENT);
	test_write(memhp, tree, "no block appears", FREE, 5000, -1, 0, -ENOENT);
	make_long_iomem(tree);
	test_write(memhp, tree, "the time is over before", FREE, 1, -1, 0, -ETIMEDOUT);
	close(ends[0]);
	close(ends[1]);
	memhp_free(memhp);
	tree_free(tree);
	return tap_done();
}
