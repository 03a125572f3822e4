/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes are bound to nodes: by the lines of status and numa_maps, among four nodes of which the
 * third has no memory. Real cpusets and policies are in live/nodes.bats.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define RSS "VmRSS:\t     900 kB\n"

enum bound_by { NOTHING, CPUSET, POLICY, UNSEEN };

static const struct {
	const char *allowed, *rss, *maps;
	enum bound_by by;        /* where node 1 is emptied */
	enum bound_by by_both;   /* where nodes 1 and 3 are */
} processes[] = {
	{ "0-1,3", RSS, "00400000 default file=/bin/x mapped=3\n", NOTHING, NOTHING },
	{ "1", RSS, "00400000 default\n", CPUSET, CPUSET },
	/* nodes without memory, or that do not exist, are no place to go */
	{ "1-2", RSS, "00400000 default\n", CPUSET, CPUSET },
	{ "1-2,4-1023", RSS, "", CPUSET, CPUSET },
	{ "1,3", RSS, "", NOTHING, CPUSET },
	{ "2", RSS, "", NOTHING, NOTHING },
	{ "0", RSS, "", NOTHING, NOTHING },
	{ "x", RSS, "", NOTHING, NOTHING },
	{ "0-3", RSS, "00400000 bind:1 anon=2\n", POLICY, POLICY },
	{ "0-3", RSS, "00400000 default\n7f0000000000 bind:1 anon=2 N1=2\n", POLICY, POLICY },
	{ "0-3", RSS, "00400000 bind=static:1\n", POLICY, POLICY },
	{ "0-3", RSS, "00400000 bind=static|balancing:1\n", POLICY, POLICY },
	{ "0-3", RSS, "00400000 prefer:1\n", POLICY, POLICY },
	{ "0-3", RSS, "00400000 prefer (many):1-2\n", POLICY, POLICY },
	{ "0-3", RSS, "00400000 interleave:1,3\n", NOTHING, POLICY },
	{ "0-3", RSS, "00400000 weighted interleave:1,3\n", NOTHING, POLICY },
	{ "0-3", RSS, "00400000 interleave:0-1\n", NOTHING, NOTHING },
	{ "0-3", RSS, "00400000 local\n", NOTHING, NOTHING },
	{ "0-3", RSS, "00400000 binding:1\n", NOTHING, NOTHING },
	{ "0-3", RSS, "00400000 bind\n", NOTHING, NOTHING },
	{ "0-3", RSS, "00400000 default file=/x\\040bind:1\n", NOTHING, NOTHING },
	{ "0-3", RSS, "00400000\n", NOTHING, NOTHING },
	{ "0-3", RSS, NULL, NOTHING, NOTHING },
	/* a kernel thread */
	{ "1", "", "", NOTHING, NOTHING },
	{ NULL, RSS, "00400000 default\n", NOTHING, NOTHING },
	/* so large that looking at it takes too long: all but the first mapping */
	{ "0-3", "VmRSS:\t900000000000 kB\n", "00400000 default\n7f0000000000 bind:1\n", UNSEEN, UNSEEN },
	{ "0-3", "VmRSS:\t900000000000 kB\n", "00400000 bind:1\n7f0000000000 default\n", POLICY, POLICY },
};

static void add_process(const struct tree *tree, size_t pid)
{
	char status[256];

	tree_remove(tree, "proc/%zu", pid);
	snprintf(status, sizeof(status), "Name:\tx\n%sMems_allowed:\tff\n%s%s%s", processes[pid - 1].rss,
		 processes[pid - 1].allowed ? "Mems_allowed_list:\t" : "",
		 processes[pid - 1].allowed ? processes[pid - 1].allowed : "", processes[pid - 1].allowed ? "\n" : "");
	tree_text(tree, status, "proc/%zu/status", pid);
	tree_text(tree, "one\n", "proc/%zu/comm", pid);
	if (processes[pid - 1].maps)
		tree_text(tree, processes[pid - 1].maps, "proc/%zu/numa_maps", pid);
}

static struct memhp_bound find(struct memhp *memhp, const unsigned int *nodes, size_t count)
{
	struct memhp_bound bound = { .size = sizeof(bound) };

	if (memhp_bound_find(memhp, nodes, count, 60000, &bound) < 0)
		bail_out("memhp_bound_find");
	return bound;
}

static void is_bound(struct memhp *memhp, const unsigned int *nodes, size_t count, enum bound_by by, size_t row)
{
	const struct memhp_bound bound = find(memhp, nodes, count);

	ok(bound.by_cpuset == (by == CPUSET) && bound.by_policy == (by == POLICY) && bound.processes == 1 &&
	   bound.processes_seen == (by != UNSEEN), "process %zu, %zu nodes", row, count);
	is_number(bound.pid, by == CPUSET || by == POLICY ? row + 1 : 0, "process %zu is named", row);
}

int main(void)
{
	const unsigned int nodes[] = { 1, 3, 0 };
	struct memhp_bound bound = { .size = sizeof(bound) };
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;
	uint64_t kills = 0;

	tree_text(tree, "0-1,3\n", TREE_NODE "/has_memory");
	tree_text(tree, "nr_free_pages 3\noom_kill 7\n", "proc/vmstat");
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("%s", tree->root);
	for (size_t i = 0; i < TAP_COUNT(processes); i++) {
		add_process(tree, i + 1);
		is_bound(memhp, nodes, 1, processes[i].by, i);
		is_bound(memhp, nodes, 2, processes[i].by_both, i);
		tree_remove(tree, "proc/%zu", i + 1);
	}
	for (size_t i = 0; i < TAP_COUNT(processes); i++)
		add_process(tree, i + 1);
	bound = find(memhp, nodes, 1);
	is_number(bound.processes, TAP_COUNT(processes), "all processes");
	is_number(bound.by_cpuset, 3, "three by a cpuset");
	is_str(bound.name, "one", "one is named");
	bound = find(memhp, nodes, 3);
	is_number(bound.processes, 0, "all nodes with memory: none is looked at");
	is_int(memhp_oom_kills(memhp, &kills), 0, "kills are counted");
	is_number(kills, 7, "their number");
	tree_text(tree, "nr_free_pages 3\n", "proc/vmstat");
	is_int(memhp_oom_kills(memhp, &kills), -ENODATA, "kills are not counted");
	tree_remove(tree, TREE_NODE);
	is_int(memhp_bound_find(memhp, nodes, 1, 0, &bound), -ENOENT, "a machine without nodes");
	bound.size = 0;
	is_int(memhp_bound_find(memhp, nodes, 1, 0, &bound), -EINVAL, "no size");
	memhp_free(memhp);
	tree_free(tree);
	return tap_done();
}
