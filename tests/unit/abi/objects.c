/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a tree, and reads from it one object of each kind.
 */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "objects.h"

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

static void make_files(const struct tree *tree)
{
	static const uint64_t no_flags[OBJECTS_BLOCK_SIZE / 4096];

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_block(tree, 0, "online\n", "Normal\n");
	tree_node(tree, 0, 0);
	tree_text(tree, "0-1\n", TREE_NODE "/has_memory");
	tree_text(tree, "4096\n", ".page_size");
	tree_text(tree, "00000000-07ffffff : System RAM\n", "proc/iomem");
	tree_data(tree, no_flags, sizeof(no_flags), "proc/kpageflags");
	tree_text(tree, "MemFree: 1000 kB\nMemAvailable: 2000 kB\n", "proc/meminfo");
	tree_text(tree, "Name:\tx\nMems_allowed_list:\t1\nVmRSS:\t900 kB\n", "proc/1/status");
	tree_text(tree, "x\n", "proc/1/comm");
	tree_text(tree, "00400000 default\n", "proc/1/numa_maps");
	tree_text(tree, "Node 0, zone   Normal\n  pages free 1\n        spanned 32768\n        present 32768\n"
		  "        managed 32768\n", "proc/zoneinfo");
}

void objects_open(struct objects *objects)
{
	static const uint64_t first[] = { 0 };
	const struct memhp_scan_options scan = { .size = sizeof(scan), .blocks = first, .block_count = 1 };
	const struct memhp_request request = { .size = sizeof(request), .blocks = first, .block_count = 1 };
	const struct memhp_run_options options = { .size = sizeof(options) };

	*objects = (struct objects){ .tree = tree_new() };
	make_files(objects->tree);
	if (memhp_new(objects->tree->root, &objects->memhp) < 0 ||
	    memhp_snapshot_take(objects->memhp, ATTRS, &objects->snapshot) < 0 ||
	    memhp_stats_read(objects->memhp, &objects->stats) < 0 ||
	    memhp_policy_read(objects->memhp, &objects->policy) < 0 ||
	    memhp_conf_read(objects->memhp, &objects->conf) < 0 ||
	    memhp_scan_take(objects->memhp, objects->snapshot, &scan, &objects->scan) < 0 ||
	    memhp_forecast_read(objects->memhp, objects->snapshot, &objects->forecast) < 0 ||
	    memhp_plan_new(objects->snapshot, &request, &objects->plan) < 0 ||
	    memhp_run(objects->memhp, objects->plan, &options, &objects->report) < 0)
		bail_out("a tree cannot be read");
	objects->block = memhp_snapshot_next(objects->snapshot, NULL);
}

void objects_close(struct objects *objects)
{
	memhp_report_free(objects->report);
	memhp_plan_free(objects->plan);
	memhp_forecast_free(objects->forecast);
	memhp_scan_free(objects->scan);
	memhp_conf_free(objects->conf);
	memhp_policy_free(objects->policy);
	memhp_stats_free(objects->stats);
	memhp_snapshot_free(objects->snapshot);
	memhp_free(objects->memhp);
	tree_free(objects->tree);
}

int objects_add(const struct objects *objects, const void *addition, void *zones)
{
	struct memhp_forecast *forecast = NULL;
	int r = memhp_forecast_copy(objects->forecast, &forecast);

	if (r == 0)
		r = memhp_forecast_add(forecast, addition, zones);
	memhp_forecast_free(forecast);
	return r;
}

unsigned char *structure_new(size_t size, size_t bytes, int fill)
{
	const size_t length = bytes < sizeof(size) ? sizeof(size) : bytes;
	unsigned char *structure = malloc(length);

	if (!structure)
		bail_out("no memory");
	memset(structure, fill, length);
	memcpy(structure, &size, sizeof(size));
	return structure;
}
