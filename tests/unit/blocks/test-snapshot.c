/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of trees: what is read of a block and what is not, which attribute is
 * at fault and why, nodes, devices, odd ids. What happens while blocks come and go,
 * and with very many of them, is test-threads.c's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define S MEMHP_ATTR_STATE
#define Z MEMHP_ATTR_ZONES
#define ALL                                                                                                  \
	(S | Z | MEMHP_ATTR_NODES | MEMHP_ATTR_REMOVABLE | MEMHP_ATTR_PHYS_DEVICE | MEMHP_ATTR_CONFIGURED |  \
	 MEMHP_ATTR_MEMMAP_ON_MEMORY | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

#define M128 (UINT64_C(128) << 20)
#define FIRMWARE "sys/firmware/memory"

static struct tree *new_world(void)
{
	struct tree *tree = tree_new();

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	return tree;
}

/* What the fault handler was told in the last take(). */
static struct {
	unsigned int times;
	char path[128];
} told;

static void tell(void *data, const char *path, int error, const char *text)
{
	(void)data;
	(void)error;
	(void)text;
	told.times++;
	snprintf(told.path, sizeof(told.path), "%s", path);
}

/* The context is gone before the snapshot is used: nothing of it may be needed. */
static int take(const struct tree *tree, unsigned int attrs, struct memhp_snapshot **ret)
{
	struct memhp *memhp = NULL;
	int r = memhp_new(tree->root, &memhp);

	if (r < 0)
		bail_out("%s: %s", tree->root, strerror(-r));
	*ret = NULL;
	told.times = 0;
	memhp_set_fault_handler(memhp, tell, NULL);
	r = memhp_snapshot_take(memhp, attrs, ret);
	memhp_free(memhp);
	return r;
}

static struct memhp_snapshot *must_take(const struct tree *tree, unsigned int attrs)
{
	struct memhp_snapshot *snapshot = NULL;
	int r = take(tree, attrs, &snapshot);

	if (r < 0)
		bail_out("snapshot: %s", strerror(-r));
	return snapshot;
}

static void write_rest(const struct tree *tree, uint64_t id)
{
	unsigned long long number = id;

	tree_text(tree, "1\n", TREE_MEMORY "/memory%llu/removable", number);
	tree_text(tree, "7\n", TREE_MEMORY "/memory%llu/phys_device", number);
	tree_text(tree, "1\n", FIRMWARE "/memory%llu/config", number);
	tree_text(tree, "0\n", FIRMWARE "/memory%llu/memmap_on_memory", number);
	tree_link(tree, "../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:01",
		  TREE_MEMORY "/memory%llu/firmware_node", number);
	tree_node(tree, 3, id);
}

/* What was asked for is there, and nothing else. */
static void test_attrs(void)
{
	struct tree *tree = new_world();

	tree_block(tree, 32, "online\n", "Movable\n");
	write_rest(tree, 32);
	tree_text(tree, "100000000-107ffffff : System RAM\n", "proc/iomem");
	tree_text(tree, "x86_64\n", "proc/sys/kernel/arch");
	for (unsigned int attrs = 0; attrs <= ALL; attrs++) {
		struct memhp_snapshot *snapshot = must_take(tree, attrs);
		const struct memhp_block *block = memhp_snapshot_next(snapshot, NULL);
		const enum memhp_zone *zones;
		const unsigned int *nodes;
		bool good = memhp_snapshot_count(snapshot) == 1 && memhp_block_id(block) == 32;

		/* A firmware_node does not prove the origin, so that of plain memory stays unknown. */
		for (unsigned int bit = 1; good && bit <= ALL; bit <<= 1)
			good = memhp_block_error(block, (enum memhp_attr)bit) ==
			       (attrs & bit && bit != MEMHP_ATTR_ORIGIN ? 0 : -ENODATA);
		good = good &&
		       memhp_block_state(block) == (attrs & S ? MEMHP_STATE_ONLINE : MEMHP_STATE_UNKNOWN);
		good = good && memhp_block_zones(block, &zones) == (attrs & Z ? 1 : 0);
		good = good && memhp_block_zone(block) ==
			       ((attrs & (S | Z)) == (S | Z) ? MEMHP_ZONE_MOVABLE : MEMHP_ZONE_UNKNOWN);
		good = good && memhp_block_nodes(block, &nodes) == (attrs & MEMHP_ATTR_NODES ? 1 : 0);
		good = good && (!(attrs & MEMHP_ATTR_NODES) || nodes[0] == 3);
		good = good && memhp_block_removable(block) == (attrs & MEMHP_ATTR_REMOVABLE ? 1 : -1);
		good = good && memhp_block_phys_device(block) == (attrs & MEMHP_ATTR_PHYS_DEVICE ? 7 : -1);
		good = good && memhp_block_configured(block) == (attrs & MEMHP_ATTR_CONFIGURED ? 1 : -1);
		good = good &&
		       memhp_block_memmap_on_memory(block) == (attrs & MEMHP_ATTR_MEMMAP_ON_MEMORY ? 0 : -1);
		good = good && memhp_block_has_holes(block) == (attrs & MEMHP_ATTR_HOLES ? 0 : -1);
		good = good && !memhp_block_device(block) == !(attrs & MEMHP_ATTR_ORIGIN);
		ok(good, "attributes %#x", attrs);
		memhp_snapshot_free(snapshot);
	}
	tree_free(tree);
}

/* Each attribute with contents of every kind; the block beside it is never touched by them. */
static const struct {
	enum memhp_attr attr;
	const char *directory, *name;
	const char *good;
} files[] = {
	{ S, TREE_MEMORY, "state", "offline\n" },
	{ Z, TREE_MEMORY, "valid_zones", "Normal Movable\n" },
	{ MEMHP_ATTR_REMOVABLE, TREE_MEMORY, "removable", "1\n" },
	{ MEMHP_ATTR_PHYS_DEVICE, TREE_MEMORY, "phys_device", "0\n" },
	{ MEMHP_ATTR_CONFIGURED, FIRMWARE, "config", "0\n" },
	{ MEMHP_ATTR_MEMMAP_ON_MEMORY, FIRMWARE, "memmap_on_memory", "1\n" },
};

static const struct {
	const char *name, *data;
	size_t length;
} contents[] = {
	{ "empty", "", 0 },
	{ "a newline", "\n", 1 },
	{ "garbage", "garbage\n", 8 },
	{ "a NUL", "\0", 1 },
	{ "binary", "\x7f""ELF\0\1\2\3", 8 },
	{ "two lines", "1\n1\n", 4 },
	{ "a blank", " 1\n", 3 },
	{ "a sign", "-1\n", 3 },
	{ "a hex number", "0x1\n", 4 },
	{ "too large a number", "18446744073709551616\n", 21 },
	{ "the kernel's unknown state", "ERROR-UNKNOWN-9\n", 16 },
};

static void make_file(const struct tree *tree, size_t file, int block, const char *data, size_t length)
{
	tree_data(tree, data, length, "%s/memory%d/%s", files[file].directory, block, files[file].name);
}

static struct tree *two_blocks(void)
{
	struct tree *tree = new_world();

	for (size_t i = 0; i < TAP_COUNT(files); i++)
		for (int block = 8; block <= 9; block++)
			make_file(tree, i, block, files[i].good, strlen(files[i].good));
	return tree;
}

/* Only this attribute of block 8 is at fault, by that errno. */
static void is_fault(const struct tree *tree, enum memhp_attr attr, int error, const char *name)
{
	struct memhp_snapshot *snapshot = must_take(tree, ALL);

	is_number(memhp_snapshot_count(snapshot), 2, "%s: blocks", name);
	for (size_t i = 0; i < TAP_COUNT(files); i++) {
		enum memhp_attr one = files[i].attr;

		is_int(memhp_block_error(memhp_snapshot_find(snapshot, 8), one), one == attr ? error : 0,
		       "%s: %s", name, memhp_attr_name(one));
		is_int(memhp_block_error(memhp_snapshot_find(snapshot, 9), one), 0, "%s: %s of the next",
		       name, memhp_attr_name(one));
	}
	memhp_snapshot_free(snapshot);
}

static void test_contents(void)
{
	struct tree *tree = two_blocks();
	char name[128];

	for (size_t i = 0; i < TAP_COUNT(files); i++) {
		for (size_t k = 0; k < TAP_COUNT(contents); k++) {
			snprintf(name, sizeof(name), "%s in %s", contents[k].name,
				 memhp_attr_name(files[i].attr));
			make_file(tree, i, 8, contents[k].data, contents[k].length);
			is_fault(tree, files[i].attr, -EBADMSG, name);
		}
		make_file(tree, i, 8, files[i].good, strlen(files[i].good));
	}
	tree_free(tree);
}

static void test_odd_files(void)
{
	struct tree *tree = two_blocks();
	size_t length = 5 << 20;
	char *huge = malloc(length);

	if (!huge)
		bail_out("no memory");
	memset(huge, '0', length);
	for (size_t i = 0; i < TAP_COUNT(files); i++) {
		const char *attr = memhp_attr_name(files[i].attr);
		char path[128], name[128];

		snprintf(path, sizeof(path), "%s/memory8/%s", files[i].directory, attr);
		is_str(attr, files[i].name, "name of attribute %zu", i);
		tree_remove(tree, "%s", path);
		snprintf(name, sizeof(name), "no %s", attr);
		is_fault(tree, files[i].attr, -ENODATA, name);
		tree_dir(tree, "%s", path);
		snprintf(name, sizeof(name), "a directory in the place of %s", attr);
		is_fault(tree, files[i].attr, -EISDIR, name);
		tree_remove(tree, "%s", path);
		tree_fifo(tree, "%s", path);
		snprintf(name, sizeof(name), "a FIFO in the place of %s", attr);
		is_fault(tree, files[i].attr, -EBADMSG, name);
		tree_remove(tree, "%s", path);
		tree_link(tree, "nowhere", "%s", path);
		snprintf(name, sizeof(name), "a link to nowhere in the place of %s", attr);
		is_fault(tree, files[i].attr, -ENODATA, name);
		tree_remove(tree, "%s", path);
		tree_link(tree, attr, "%s", path);
		snprintf(name, sizeof(name), "a link to itself in the place of %s", attr);
		is_fault(tree, files[i].attr, -ELOOP, name);
		tree_remove(tree, "%s", path);
		snprintf(name, sizeof(name), "5 MB in %s", attr);
		make_file(tree, i, 8, huge, length);
		is_fault(tree, files[i].attr, -EBADMSG, name);
		make_file(tree, i, 8, files[i].good, strlen(files[i].good));
	}
	free(huge);
	tree_free(tree);
}

/* Each attribute has its own error, also where two are at fault. */
static void test_two_faults(void)
{
	struct tree *tree = two_blocks();
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;

	tree_remove(tree, TREE_MEMORY "/memory8/state");
	tree_dir(tree, TREE_MEMORY "/memory8/state");
	tree_text(tree, "garbage\n", TREE_MEMORY "/memory8/valid_zones");
	tree_remove(tree, TREE_MEMORY "/memory8/removable");
	snapshot = must_take(tree, ALL);
	block = memhp_snapshot_find(snapshot, 8);
	is_int(memhp_block_error(block, S), -EISDIR, "two faults: state");
	is_int(memhp_block_error(block, Z), -EBADMSG, "two faults: valid_zones");
	is_int(memhp_block_error(block, MEMHP_ATTR_REMOVABLE), -ENODATA, "two faults: removable is missing");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

static const struct {
	const char *content;     /* NULL: no such file */
	int result;
	uint64_t size;
} sizes[] = {
	{ "8000000\n", 0, M128 },
	{ "8000000", 0, M128 },
	{ "1000000\n", 0, UINT64_C(16) << 20 },
	{ "80000000\n", 0, UINT64_C(2) << 30 },
	{ "100000000\n", 0, UINT64_C(1) << 32 },
	{ NULL, -EOPNOTSUPP, 0 },
	{ "", -EBADMSG, 0 },
	{ "\n", -EBADMSG, 0 },
	{ "0\n", -EBADMSG, 0 },
	{ "8000001\n", -EBADMSG, 0 },
	{ "c000000\n", -EBADMSG, 0 },
	{ "0x8000000\n", -EBADMSG, 0 },
	{ "-8000000\n", -EBADMSG, 0 },
	{ " 8000000\n", -EBADMSG, 0 },
	{ "8000000 \n", -EBADMSG, 0 },
	{ "8000000\n8000000\n", -EBADMSG, 0 },
	{ "128M\n", -EBADMSG, 0 },
	{ "ffffffffffffffff\n", -EBADMSG, 0 },
	{ "10000000000000000\n", -EBADMSG, 0 },
	{ "1\n", -EBADMSG, 0 },
};

static void test_block_sizes(void)
{
	for (size_t i = 0; i < TAP_COUNT(sizes); i++) {
		const char *content = sizes[i].content ? sizes[i].content : "(no file)";
		struct tree *tree = tree_new();
		struct memhp_snapshot *snapshot = NULL;

		tree_block(tree, 1, "online\n", "Normal\n");
		tree_text(tree, "4096\n", ".page_size");
		if (sizes[i].content)
			tree_text(tree, content, TREE_MEMORY "/block_size_bytes");
		is_int(take(tree, ALL, &snapshot), sizes[i].result, "block size '%s'", content);
		is_int(told.times, sizes[i].result ? 1 : 0, "block size '%s': told", content);
		ok(!sizes[i].result || strcmp(told.path, TREE_MEMORY "/block_size_bytes") == 0,
		   "block size '%s': told which file", content);
		ok(!snapshot == !!sizes[i].result, "block size '%s': a snapshot or none", content);
		if (snapshot && sizes[i].result == 0) {
			const struct memhp_block *block = memhp_snapshot_next(snapshot, NULL);

			is_number(memhp_snapshot_block_size(snapshot), sizes[i].size, "block size '%s': size",
				  content);
			is_number(memhp_block_start(block), sizes[i].size, "block size '%s': start", content);
			is_number(memhp_block_end(block), 2 * sizes[i].size - 1, "block size '%s': end",
				  content);
		}
		memhp_snapshot_free(snapshot);
		tree_free(tree);
	}
}

static void test_no_world(void)
{
	struct tree *tree = tree_new();
	struct memhp_snapshot *snapshot = NULL;
	struct memhp *memhp = NULL;

	is_int(take(tree, ALL, &snapshot), -EOPNOTSUPP, "a directory without anything");
	tree_dir(tree, TREE_MEMORY);
	is_int(take(tree, ALL, &snapshot), -EOPNOTSUPP, "no file in the memory directory");
	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	is_int(take(tree, ALL, &snapshot), 0, "no block");
	is_number(snapshot ? memhp_snapshot_count(snapshot) : 1, 0, "no block: count");
	ok(snapshot && !memhp_snapshot_next(snapshot, NULL), "no block: no first");
	ok(snapshot && !memhp_snapshot_find_from(snapshot, 0), "no block: none from 0 on");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
	is_int(memhp_new("/nonexistent/root", &memhp), -ENOENT, "no such root");
	ok(!memhp, "no such root: no context");
	ok(!memhp_free(NULL) && !memhp_snapshot_free(NULL) && !memhp_stats_free(NULL),
	   "nothing is freed well");
}

int main(void)
{
	test_attrs();
	test_contents();
	test_odd_files();
	test_two_faults();
	test_block_sizes();
	test_no_world();
	return tap_done();
}
