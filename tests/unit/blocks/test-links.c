/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of a tree on a file system that gives every directory one link, as btrfs and
 * merged directories of overlayfs do: what it says of links is this file's own.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

int fstat(int fd, struct stat *st)
{
	int r = fstatat(fd, "", st, AT_EMPTY_PATH);

	if (r == 0 && S_ISDIR(st->st_mode))
		st->st_nlink = 1;
	return r;
}

/* What is taken away, and which nodes are left: the blocks are found by their names then. */
static const struct {
	const char *path, *name;
} steps[] = {
	{ "nothing", "a node of one block" },
	{ TREE_NODE "/node0/memory3", "a node of no block" },
	{ TREE_NODE, "no node, as on s390" },
};

int main(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	for (uint64_t id = 0; id < 4; id++)
		tree_block(tree, id, "online\n", "Normal\n");
	tree_node(tree, 0, 3);
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("%s", tree->root);
	for (size_t i = 0; i < TAP_COUNT(steps); i++) {
		struct memhp_snapshot *snapshot = NULL;

		tree_remove(tree, "%s", steps[i].path);
		if (memhp_snapshot_take(memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_NODES, &snapshot) < 0)
			bail_out("%s: no snapshot", steps[i].name);
		is_number(memhp_snapshot_count(snapshot), 4, "%s: blocks", steps[i].name);
		memhp_snapshot_free(snapshot);
	}
	memhp_free(memhp);
	tree_free(tree);
	return tap_done();
}
