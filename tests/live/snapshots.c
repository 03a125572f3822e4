/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snapshots FILE: takes snapshots of libmemhp as fast as it can until FILE is there, prints rows that
 * are of two moments, or lack what every block has, and how many snapshots there were. A program
 * that is started for each listing meets a window of microseconds hardly ever; this one does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libmemhp.h>

#define SHOWN 10

static const char *fault_of(const struct memhp_block *block)
{
	const enum memhp_zone *zones;
	const unsigned int *nodes;
	unsigned int zone_count = memhp_block_zones(block, &zones);
	bool is_online = memhp_block_state(block) == MEMHP_STATE_ONLINE;

	if (memhp_block_state(block) == MEMHP_STATE_UNKNOWN)
		return "no state";
	if (is_online != (zone_count == 1))
		return "torn";
	/* Linked after it was added, but before it is onlined. */
	if (is_online && !memhp_block_nodes(block, &nodes))
		return "no node";
	return NULL;
}

static uint64_t judge(const struct memhp_snapshot *snapshot, uint64_t wrong)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block) {
		const enum memhp_zone *zones;
		const char *fault = fault_of(block);

		if (!fault || ++wrong > SHOWN)
			continue;
		printf("memory%" PRIu64 ": %s: %s, %u zones, state %s, zones %s\n", memhp_block_id(block), fault,
		       memhp_state_name(memhp_block_state(block)), memhp_block_zones(block, &zones),
		       strerror(-memhp_block_error(block, MEMHP_ATTR_STATE)),
		       strerror(-memhp_block_error(block, MEMHP_ATTR_ZONES)));
	}
	return wrong;
}

int main(int argc, char **argv)
{
	struct memhp *memhp = NULL;
	uint64_t count = 0, wrong = 0;

	if (argc != 2 || memhp_new(NULL, &memhp) < 0)
		return 2;
	while (access(argv[1], F_OK) < 0) {
		struct memhp_snapshot *snapshot = NULL;
		int r = memhp_snapshot_take(memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES, &snapshot);

		count++;
		if (r < 0 && ++wrong <= SHOWN)
			printf("snapshot: %s\n", strerror(-r));
		if (r < 0)
			continue;
		wrong = judge(snapshot, wrong);
		memhp_snapshot_free(snapshot);
	}
	memhp_free(memhp);
	printf("%" PRIu64 " snapshots, %" PRIu64 " wrong\n", count, wrong);
	return wrong != 0;
}
