/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks a snapshot has, in which order and how they are found; their nodes
 * and devices, and what follows from them. What is in their files is
 * test-snapshot.c's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define M128 (UINT64_C(128) << 20)
#define JUDGED (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

static struct tree *new_world(void)
{
	struct tree *tree = tree_new();

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	return tree;
}

static struct memhp_snapshot *take(const struct tree *tree, unsigned int attrs)
{
	struct memhp_snapshot *snapshot = NULL;
	struct memhp *memhp = NULL;

	if (memhp_new(tree->root, &memhp) < 0 || memhp_snapshot_take(memhp, attrs, &snapshot) < 0)
		bail_out("%s", tree->root);
	memhp_free(memhp);
	return snapshot;
}

/* 2^64 bytes in blocks of 128 MiB: the last number is 2^37 - 1. */
static const char *const block_names[] = {
	"memory8192", "memory9", "memory10", "memory2", "memory4294967296", "memory4294967295",
	"memory137438953471", "memory137438953470",
};

static const uint64_t block_ids[] = {
	2, 9, 10, 8192, 4294967295, 4294967296, 137438953470, 137438953471,
};

static const char *const invalid_names[] = {
	"memory137438953472", "memory18446744073709551615", "memory18446744073709551616",
	"memory99999999999999999999999999",
};

static const char *const other_names[] = {
	"memory", "memory07", "memory_failure", "memory-1", "memory8x", "memory 8", "Memory8", "memory0x8",
	"xmemory8", "power", "node0", "8", "memory+3",
};

static void test_ids(void)
{
	struct tree *tree = new_world();
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;
	size_t i = 0;

	for (size_t k = 0; k < TAP_COUNT(block_names); k++)
		tree_text(tree, "online\n", TREE_MEMORY "/%s/state", block_names[k]);
	for (size_t k = 0; k < TAP_COUNT(invalid_names); k++)
		tree_text(tree, "online\n", TREE_MEMORY "/%s/state", invalid_names[k]);
	for (size_t k = 0; k < TAP_COUNT(other_names); k++)
		tree_text(tree, "online\n", TREE_MEMORY "/%s/state", other_names[k]);
	snapshot = take(tree, MEMHP_ATTR_STATE);
	is_number(memhp_snapshot_count(snapshot), TAP_COUNT(block_ids), "blocks");
	is_number(memhp_snapshot_invalid_ids(snapshot), TAP_COUNT(invalid_names), "invalid ids");
	memhp_snapshot_foreach(snapshot, block) {
		if (i < TAP_COUNT(block_ids)) {
			is_number(memhp_block_id(block), block_ids[i], "block %zu", i);
			is_number(memhp_block_start(block), block_ids[i] * M128, "block %zu: start", i);
			is_number(memhp_block_end(block), block_ids[i] * M128 + (M128 - 1), "block %zu: end",
				  i);
			is_int(memhp_block_state(block), MEMHP_STATE_ONLINE, "block %zu: state", i);
		}
		i++;
	}
	is_number(i, TAP_COUNT(block_ids), "blocks one after the other");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

/* Every block is found and nothing else; from a number on the first that is not less. */
static void test_find(const uint64_t *ids, size_t count, const char *name)
{
	struct tree *tree = new_world();
	struct memhp_snapshot *snapshot;
	unsigned int wrong = 0;

	for (size_t i = 0; i < count; i++)
		tree_block(tree, ids[i], "online\n", NULL);
	snapshot = take(tree, 0);
	for (size_t i = 0; i <= count; i++) {
		uint64_t low = i ? ids[i - 1] + 1 : 0;
		uint64_t high = i < count ? ids[i] : UINT64_MAX;
		const uint64_t tries[] = { low, low + (high - low) / 2, high - (high > low), UINT64_MAX };

		for (size_t k = 0; k < TAP_COUNT(tries); k++) {
			uint64_t id = k == 3 && i < count ? high : tries[k];
			const struct memhp_block *from = memhp_snapshot_find_from(snapshot, id);
			const struct memhp_block *exact = memhp_snapshot_find(snapshot, id);

			if (id < low || id > high)
				continue;
			wrong += i < count ? !from || memhp_block_id(from) != high : from != NULL;
			wrong += i < count && id == high ? exact != from : exact != NULL;
		}
	}
	is_int(wrong, 0, "%s: find", name);
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

static void test_finds(void)
{
	static const uint64_t dense[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	static const uint64_t later[] = { 100, 101, 102, 103 };
	static const uint64_t holes[] = { 1, 2, 5, 6, 7, 20, 22, 137438953471 };
	static const uint64_t one[] = { 8192 };

	test_find(dense, TAP_COUNT(dense), "side by side");
	test_find(later, TAP_COUNT(later), "side by side, not from 0 on");
	test_find(holes, TAP_COUNT(holes), "with holes");
	test_find(one, 1, "one block");
	test_find(one, 0, "no block");
}

/* "0 3" of a block's nodes. */
static const char *nodes_of(const struct memhp_snapshot *snapshot, uint64_t id)
{
	static char text[1024];
	const unsigned int *nodes;
	unsigned int count = memhp_block_nodes(memhp_snapshot_find(snapshot, id), &nodes);
	size_t length = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%u", i ? " " : "",
					   nodes[i]);
	return text;
}

static void test_nodes(void)
{
	struct tree *tree = new_world();
	struct memhp_snapshot *snapshot;

	for (uint64_t id = 0; id < 6; id++)
		tree_block(tree, id, "online\n", "Normal\n");
	tree_node(tree, 0, 0);
	tree_node(tree, 10, 1);
	tree_node(tree, 2, 1);
	tree_node(tree, 0, 1);
	tree_node(tree, 4294967295, 2);
	/* Only the block names this node. */
	tree_link(tree, "../../node/node7", TREE_MEMORY "/memory3/node7");
	tree_link(tree, "../../node/node1", TREE_MEMORY "/memory3/node1");
	/* Only the node names this block; one names a block that is not there. */
	tree_link(tree, "../../memory/memory4", TREE_NODE "/node3/memory4");
	tree_link(tree, "../../memory/memory77", TREE_NODE "/node3/memory77");
	tree_dir(tree, TREE_NODE "/node5");
	tree_text(tree, "0-5\n", TREE_NODE "/online");
	tree_text(tree, "", TREE_NODE "/node6");
	tree_link(tree, "../../memory/memory5", TREE_NODE "/node08/memory5");
	tree_link(tree, "../../memory/memory5", TREE_NODE "/node4294967296/memory5");
	tree_link(tree, "../../memory/memory5", TREE_NODE "/nodes/memory5");
	snapshot = take(tree, MEMHP_ATTR_NODES);
	is_str(nodes_of(snapshot, 0), "0", "a block in one node");
	is_str(nodes_of(snapshot, 1), "0 2 10", "a block in three nodes, ascending");
	is_str(nodes_of(snapshot, 2), "4294967295", "the largest node");
	is_str(nodes_of(snapshot, 3), "1 7", "nodes that only the block names");
	is_str(nodes_of(snapshot, 4), "3", "a node that alone names the block");
	is_str(nodes_of(snapshot, 5), "", "a block without node");
	is_int(memhp_block_error(memhp_snapshot_find(snapshot, 4), MEMHP_ATTR_NODES), 0, "nodes are known");
	is_int(memhp_block_error(memhp_snapshot_find(snapshot, 5), MEMHP_ATTR_NODES), -ENODATA,
	       "there is no node");
	ok(memhp_snapshot_has_node(snapshot, 0) && memhp_snapshot_has_node(snapshot, 10),
	   "nodes of blocks exist");
	ok(memhp_snapshot_has_node(snapshot, 5), "a node without block exists");
	ok(memhp_snapshot_has_node(snapshot, 1) && memhp_snapshot_has_node(snapshot, 7),
	   "nodes that only blocks name exist");
	ok(memhp_snapshot_has_node(snapshot, 4294967295), "the largest node exists");
	ok(!memhp_snapshot_has_node(snapshot, 4) && !memhp_snapshot_has_node(snapshot, 8), "others do not");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

/* What else is in the directory of memory, or named by a node, beside blocks 0-3 of node 0. */
static const struct {
	const char *name;
	const char *extra;       /* a directory below memory; or none */
	const char *named;       /* a block that only node 0 names; or none */
	uint64_t count, invalid;
} countings[] = {
	{ "nothing", NULL, NULL, 4, 0 },
	{ "power", "power", NULL, 4, 0 },
	{ "another directory", "memory07", NULL, 4, 0 },
	{ "another directory in the place of power", "Power", NULL, 4, 0 },
	{ "a block without node", "memory9", NULL, 5, 0 },
	{ "a block that is gone", NULL, "memory9", 4, 0 },
	{ "a block without node and one that is gone", "memory9", "memory8", 5, 0 },
	{ "power and a block that is gone", "power", "memory8", 4, 0 },
	{ "another directory and a block that is gone", "other", "memory8", 4, 0 },
	{ "an invalid id", "memory137438953472", NULL, 4, 1 },
	{ "an invalid id that a node names", "memory137438953472", "memory137438953472", 4, 1 },
};

/* Which blocks there are must not hang on who is counted where. */
static void test_countings(void)
{
	const unsigned int attrs[] = { MEMHP_ATTR_NODES, MEMHP_ATTR_NODES | MEMHP_ATTR_STATE };

	for (size_t i = 0; i < TAP_COUNT(countings); i++) {
		struct tree *tree = new_world();

		for (uint64_t id = 0; id < 4; id++) {
			tree_block(tree, id, "online\n", "Normal\n");
			tree_node(tree, 0, id);
		}
		tree_node(tree, 1, 3);
		if (countings[i].extra)
			tree_text(tree, "online\n", TREE_MEMORY "/%s/state", countings[i].extra);
		if (countings[i].named)
			tree_link(tree, "nowhere", TREE_NODE "/node0/%s", countings[i].named);
		for (size_t k = 0; k < TAP_COUNT(attrs); k++) {
			struct memhp_snapshot *snapshot = take(tree, attrs[k]);

			is_number(memhp_snapshot_count(snapshot), countings[i].count, "%s: blocks",
				  countings[i].name);
			is_number(memhp_snapshot_invalid_ids(snapshot), countings[i].invalid,
				  "%s: invalid ids", countings[i].name);
			is_str(nodes_of(snapshot, 0), "0", "%s: one node", countings[i].name);
			is_str(nodes_of(snapshot, 3), "0 1", "%s: two nodes", countings[i].name);
			memhp_snapshot_free(snapshot);
		}
		tree_free(tree);
	}
}

/* Without the nodes' directory blocks know their own, also very many. */
static void test_links(void)
{
	struct tree *tree = new_world();
	struct memhp_snapshot *snapshot;
	const unsigned int *nodes;
	unsigned int count, sorted = 0;

	tree_block(tree, 0, "online\n", "none\n");
	tree_block(tree, 1, "online\n", "none\n");
	for (unsigned int node = 0; node < 200; node++) {
		tree_link(tree, "nowhere", TREE_MEMORY "/memory0/node%u", node * 7 % 200);
		tree_node(tree, node, 1);
	}
	tree_remove(tree, TREE_NODE "/node199");
	snapshot = take(tree, MEMHP_ATTR_NODES);
	is_int(memhp_block_nodes(memhp_snapshot_find(snapshot, 1), &nodes), 199,
	       "nodes by their directories");
	count = memhp_block_nodes(memhp_snapshot_find(snapshot, 0), &nodes);
	is_int(count, 200, "nodes by links");
	while (sorted < count && nodes[sorted] == sorted)
		sorted++;
	is_int(sorted, 200, "nodes by links, ascending, each once");
	memhp_snapshot_free(snapshot);
	tree_remove(tree, TREE_NODE);
	snapshot = take(tree, MEMHP_ATTR_NODES);
	is_int(memhp_block_nodes(memhp_snapshot_find(snapshot, 1), &nodes), 200, "no directory of nodes");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

#define ACPI "../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/"

static const struct {
	uint64_t id;
	const char *link;        /* firmware_node's target */
	const char *device;
	enum memhp_origin origin;
	int has_holes;
	enum memhp_why why;
} judged[] = {
	{ 0, NULL, NULL, MEMHP_ORIGIN_BOOT, 1, MEMHP_WHY_MEMORY_HOLES },
	{ 1, NULL, NULL, MEMHP_ORIGIN_BOOT, 0, MEMHP_WHY_OFFLINE_DISABLED },
	{ 2, ACPI "PNP0C80:01", "PNP0C80:01", MEMHP_ORIGIN_UNKNOWN, 0, MEMHP_WHY_MOVABLE },
	{ 3, "PNP0C80:02", "PNP0C80:02", MEMHP_ORIGIN_UNKNOWN, 0, MEMHP_WHY_MOVABLE },
	{ 4, NULL, "virtio0", MEMHP_ORIGIN_VIRTIO_MEM, 0, MEMHP_WHY_MOVABLE },
	{ 5, ACPI "PNP0C80:03", "dax0.0", MEMHP_ORIGIN_KMEM, 0, MEMHP_WHY_MOVABLE },
	{ 6, NULL, NULL, MEMHP_ORIGIN_UNKNOWN, 1, MEMHP_WHY_MEMORY_HOLES },
};

static void test_devices(void)
{
	struct tree *tree = new_world();
	struct memhp_snapshot *snapshot;
	enum memhp_why why = MEMHP_WHY_UNKNOWN;

	tree_text(tree,
		  "00001000-0fffffff : System RAM\n  00100000-001fffff : Kernel code\n"
		  "10000000-1fffffff : System RAM\n"
		  "20000000-27ffffff : virtio0\n  20000000-27ffffff : System RAM (virtio_mem)\n"
		  "28000000-2fffffff : dax0.0\n  28000000-2fffffff : System RAM (kmem)\n",
		  "proc/iomem");
	tree_text(tree, "aarch64\n", "proc/sys/kernel/arch");
	tree_text(tree, "4096\n", ".page_size");
	for (size_t i = 0; i < TAP_COUNT(judged); i++) {
		tree_block(tree, judged[i].id, "online\n", "Movable\n");
		if (judged[i].link)
			tree_link(tree, judged[i].link, TREE_MEMORY "/memory%" PRIu64 "/firmware_node",
				  judged[i].id);
	}
	snapshot = take(tree, JUDGED);
	for (size_t i = 0; i < TAP_COUNT(judged); i++) {
		const struct memhp_block *block = memhp_snapshot_find(snapshot, judged[i].id);

		is_str(memhp_block_device(block), judged[i].device, "block %zu: device", i);
		is_str(memhp_origin_name(memhp_block_origin(block)), memhp_origin_name(judged[i].origin),
		       "block %zu: origin", i);
		is_int(memhp_block_has_holes(block), judged[i].has_holes, "block %zu: holes", i);
		memhp_block_offlinable(block, &why);
		is_int(why, judged[i].why, "block %zu: why", i);
	}
	ok(!memhp_snapshot_iomem_is_masked(snapshot), "iomem shows its addresses");
	memhp_snapshot_free(snapshot);
	tree_text(tree, "00000000-00000000 : System RAM\n", "proc/iomem");
	snapshot = take(tree, JUDGED);
	ok(memhp_snapshot_iomem_is_masked(snapshot), "iomem hides its addresses");
	is_int(memhp_block_has_holes(memhp_snapshot_find(snapshot, 0)), -1, "holes are unknown then");
	is_str(memhp_block_device(memhp_snapshot_find(snapshot, 2)), "PNP0C80:01",
	       "the firmware's device is known");
	is_int(memhp_block_origin(memhp_snapshot_find(snapshot, 2)), MEMHP_ORIGIN_UNKNOWN,
	       "but not the origin");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

/* A firmware_node that is none, or leads nowhere, or out, is never followed. */
static void test_firmware_nodes(void)
{
	struct tree *tree = new_world();
	struct memhp_snapshot *snapshot;

	for (uint64_t id = 0; id < 5; id++)
		tree_block(tree, id, "online\n", "Normal\n");
	tree_text(tree, "PNP0C80:00\n", TREE_MEMORY "/memory0/firmware_node");
	tree_dir(tree, TREE_MEMORY "/memory1/firmware_node");
	tree_link(tree, "firmware_node", TREE_MEMORY "/memory2/firmware_node");
	tree_link(tree, "/etc/passwd", TREE_MEMORY "/memory3/firmware_node");
	snapshot = take(tree, MEMHP_ATTR_ORIGIN);
	is_number(memhp_snapshot_count(snapshot), 5, "firmware nodes: blocks");
	is_str(memhp_block_device(memhp_snapshot_find(snapshot, 0)), NULL, "a file is no device");
	is_str(memhp_block_device(memhp_snapshot_find(snapshot, 1)), NULL, "a directory is no device");
	is_str(memhp_block_device(memhp_snapshot_find(snapshot, 2)), "firmware_node", "a link is only read");
	is_str(memhp_block_device(memhp_snapshot_find(snapshot, 3)), "passwd", "also one that leads out");
	is_str(memhp_block_device(memhp_snapshot_find(snapshot, 4)), NULL, "nothing is no device");
	memhp_snapshot_free(snapshot);
	tree_free(tree);
}

int main(void)
{
	test_ids();
	test_finds();
	test_nodes();
	test_countings();
	test_links();
	test_devices();
	test_firmware_nodes();
	return tap_done();
}
