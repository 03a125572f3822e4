/* SPDX-License-Identifier: 0BSD */
/*
 * list-csv [--root DIR]: prints all memory blocks as comma-separated values.
 *
 * A memory block is the unit that Linux brings online and takes offline, such as 128 MiB. This example
 * shows how to read all blocks at one moment (a snapshot), and how to find out what could not be read.
 * It only reads, and needs no privileges.
 * Build it with: cc list-csv.c $(pkg-config --cflags --libs libmemhp) -o list-csv
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <libmemhp.h>
#include <stdio.h>
#include <string.h>

/* What to read of every block: nothing else is known afterwards. */
#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN)

/* The library prints nothing. Before a call fails, it calls this with the file at fault. */
static void on_fault(void *data, const char *path, int error, const char *text)
{
	(void)data;
	warnx("%s: %s", path, text ? text : strerror(error));
}

/* ENODATA: the kernel has no such file for this block. That is not an error. */
static bool is_read(const struct memhp_block *block, enum memhp_attr attr)
{
	return memhp_block_error(block, attr) == 0 || memhp_block_error(block, attr) == -ENODATA;
}

/* An unknown value has no name: its cell is empty. */
static const char *cell(const char *name)
{
	return name ? name : "";
}

/* Prints one row; returns false if something of the block could not be read. */
static bool print_row(const struct memhp_block *block)
{
	const unsigned int *nodes;
	const unsigned int node_count = memhp_block_nodes(block, &nodes);
	const uint64_t start = memhp_block_start(block);

	printf("%" PRIu64 ",0x%" PRIx64 ",%" PRIu64 ",%s,%s,", memhp_block_id(block), start,
	       memhp_block_end(block) - start + 1, cell(memhp_state_name(memhp_block_state(block))),
	       cell(memhp_zone_name(memhp_block_zone(block))));
	for (unsigned int i = 0; i < node_count; i++) /* mostly one */
		printf("%s%u", i ? " " : "", nodes[i]);
	printf(",%s\n", cell(memhp_block_device(block)));
	return is_read(block, MEMHP_ATTR_STATE) && is_read(block, MEMHP_ATTR_ZONES) &&
	       is_read(block, MEMHP_ATTR_NODES) && is_read(block, MEMHP_ATTR_ORIGIN);
}

int main(int argc, char **argv)
{
	const char *root = argc == 3 && strcmp(argv[1], "--root") == 0 ? argv[2] : NULL;
	struct memhp *memhp;
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;
	bool is_complete = true;
	int r;

	if (argc != (root ? 3 : 1))
		errx(2, "usage: list-csv [--root DIR]");
	r = memhp_new(root, &memhp);
	if (r < 0) /* functions return 0 or more, or a negative errno */
		errx(1, "no access to this machine: %s", strerror(-r));
	memhp_set_fault_handler(memhp, on_fault, NULL);
	r = memhp_snapshot_take(memhp, ATTRS, &snapshot);
	if (r < 0)
		errx(1, "cannot read the memory blocks: %s", strerror(-r));
	printf("block,start,size,state,zone,node,device\n");
	memhp_snapshot_foreach(snapshot, block)
		is_complete &= print_row(block);
	memhp_snapshot_free(snapshot); /* with its blocks */
	memhp_free(memhp);
	return fflush(stdout) == 0 && is_complete ? 0 : 1;
}
