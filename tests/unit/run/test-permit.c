/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which plans the library refuses to run by itself, that it then writes nothing, and that force
 * overrides it. The files of a tree are ordinary ones, to which every write succeeds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN)
#define PAGES 0x8000
#define FREE (UINT64_C(1) << 10)

/* Blocks 0 (Normal) and 1 (Movable) online, 2 to 7 offline, 8 and 9 of one device online, 10 of another offline. */
static const struct {
	const char *name;
	enum memhp_action action;
	const char *meminfo;
	size_t count;
	uint64_t blocks[6];
	bool unplug, has_scan;
	int expected;
} plans[] = {
	{ "room enough", MEMHP_ACTION_OFFLINE, "MemAvailable: 262144 kB\n", 1, { 1 }, false, false, 0 },
	{ "no room", MEMHP_ACTION_OFFLINE, "MemAvailable: 131071 kB\n", 1, { 1 }, false, false, -ENOSPC },
	{ "no room needed, by the pages", MEMHP_ACTION_OFFLINE, "MemAvailable: 0 kB\nMemFree: 131072 kB\n", 1, { 1 }, false, true,
	  0 },
	{ "no room, but nothing to do", MEMHP_ACTION_OFFLINE, "MemAvailable: 0 kB\n", 2, { 2, 3 }, false, false, 0 },
	{ "unknown room", MEMHP_ACTION_OFFLINE, "", 1, { 1 }, false, false, 0 },
	{ "a ratio that is usual", MEMHP_ACTION_ONLINE, "", 3, { 2, 3, 4 }, false, false, 0 },
	{ "a ratio that is not", MEMHP_ACTION_ONLINE, "", 4, { 2, 3, 4, 5 }, false, false, -EDQUOT },
	{ "a whole device", MEMHP_ACTION_OFFLINE, "", 2, { 8, 9 }, true, false, 0 },
	{ "a part of a device", MEMHP_ACTION_OFFLINE, "", 1, { 8 }, true, false, -ENOTEMPTY },
	{ "a part of a device, not removed", MEMHP_ACTION_OFFLINE, "", 1, { 8 }, false, false, 0 },
	{ "a device that the kernel may not survive", MEMHP_ACTION_OFFLINE, "DirectMap1G: 1048576 kB\n", 2, { 8, 9 }, true, false,
	  -ENOTRECOVERABLE },
	{ "such a device, not removed", MEMHP_ACTION_OFFLINE, "DirectMap1G: 1048576 kB\n", 2, { 8, 9 }, false, false, 0 },
	{ "such a device that is offline already", MEMHP_ACTION_OFFLINE, "DirectMap1G: 1048576 kB\n", 1, { 10 }, true, false,
	  -ENOTRECOVERABLE },
};

static void make_machine(const struct tree *tree)
{
	static uint64_t flags[11 * PAGES];

	for (size_t i = 0; i < TAP_COUNT(flags); i++)
		flags[i] = FREE;
	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_text(tree, "4096\n", ".page_size");
	tree_text(tree, "x86_64\n", "proc/sys/kernel/arch");
	tree_data(tree, flags, sizeof(flags), "proc/kpageflags");
	tree_text(tree, "Node 0, zone   Normal\n  pages free 1\n        spanned 32768\n        present 32768\n"
		  "        managed 32768\n"
		  "Node 0, zone   Movable\n  pages free 1\n        spanned 32768\n        present 32768\n"
		  "        managed 32768\n", "proc/zoneinfo");
	for (unsigned int id = 8; id <= 10; id++)
		tree_link(tree, id < 10 ? "../../../LNXSYSTM:00/PNP0C80:00" : "../../../LNXSYSTM:00/PNP0C80:01",
			  TREE_MEMORY "/memory%u/firmware_node", id);
	tree_text(tree, "", "sys/devices/LNXSYSTM:00/PNP0C80:00/eject");
	tree_text(tree, "", "sys/devices/LNXSYSTM:00/PNP0C80:01/eject");
}

static void reset_blocks(const struct tree *tree)
{
	for (unsigned int id = 0; id <= 10; id++) {
		const bool is_online = id < 2 || id == 8 || id == 9;

		tree_block(tree, id, is_online ? "online\n" : "offline\n",
			   id == 0 ? "Normal\n" : is_online ? "Movable\n" : "Movable Normal\n");
	}
}

/* Whether a state differs from what reset_blocks() has made, or a device was written to. */
static bool is_written(const struct tree *tree)
{
	char path[64], text[16];
	bool is_changed = false;

	for (unsigned int id = 0; id <= 12; id++) {
		const bool is_block = id <= 10, is_online = id < 2 || id == 8 || id == 9;
		ssize_t length;
		int fd;

		snprintf(path, sizeof(path), is_block ? TREE_MEMORY "/memory%u/state" : "sys/devices/LNXSYSTM:00/PNP0C80:%02u/eject",
			 is_block ? id : id - 11);
		fd = openat(tree->fd, path, O_RDONLY | O_CLOEXEC);
		length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (length < 0)
			bail_out("%s: %s", path, strerror(errno));
		text[length] = '\0';
		close(fd);
		is_changed |= strcmp(text, !is_block ? "" : is_online ? "online\n" : "offline\n") != 0;
	}
	return is_changed;
}

static int run_plan(struct memhp *memhp, const struct memhp_plan *plan, bool force)
{
	const struct memhp_run_options options = { .size = sizeof(options), .force = force, .timeout_ms = 200, .retries = 1 };
	struct memhp_report *report = NULL;
	int r = memhp_run(memhp, plan, &options, &report);

	memhp_report_free(report);
	return r;
}

static void test_plan(struct memhp *memhp, const struct tree *tree, size_t i)
{
	const struct memhp_scan_options scan = {
		.size = sizeof(scan), .blocks = plans[i].blocks, .block_count = plans[i].count,
	};
	struct memhp_request request = {
		.size = sizeof(request), .action = plans[i].action, .target = MEMHP_TARGET_MOVABLE, .blocks = plans[i].blocks,
		.block_count = plans[i].count, .unplug = plans[i].unplug,
	};
	struct memhp_snapshot *snapshot = NULL;
	struct memhp_scan *pages = NULL;
	struct memhp_plan *plan = NULL;

	reset_blocks(tree);
	tree_text(tree, plans[i].meminfo, "proc/meminfo");
	if (memhp_snapshot_take(memhp, ATTRS, &snapshot) < 0 ||
	    (plans[i].has_scan && memhp_scan_take(memhp, snapshot, &scan, &pages) < 0))
		bail_out("%s: no snapshot or no scan", plans[i].name);
	request.scan = pages;
	if (memhp_plan_new(snapshot, &request, &plan) < 0)
		bail_out("%s: no plan", plans[i].name);
	is_int(run_plan(memhp, plan, false), plans[i].expected, "%s", plans[i].name);
	if (plans[i].expected) {
		ok(!is_written(tree), "%s: nothing is written", plans[i].name);
		is_int(run_plan(memhp, plan, true), 0, "%s: forced", plans[i].name);
		ok(is_written(tree), "%s: then it is", plans[i].name);
	}
	memhp_plan_free(plan);
	memhp_scan_free(pages);
	memhp_snapshot_free(snapshot);
}

int main(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;

	make_machine(tree);
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	for (size_t i = 0; i < TAP_COUNT(plans); i++) {
		tree_text(tree, "", "sys/devices/LNXSYSTM:00/PNP0C80:00/eject");
		tree_text(tree, "", "sys/devices/LNXSYSTM:00/PNP0C80:01/eject");
		test_plan(memhp, tree, i);
	}
	memhp_free(memhp);
	tree_free(tree);
	return tap_done();
}
