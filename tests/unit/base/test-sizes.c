/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures of the interface that a program knows with fewer fields than the library
 * has, or with more, or of which it forgot to set the size. What is in them is told
 * elsewhere.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)
#define BLOCK_SIZE (UINT64_C(128) << 20)

/* What there is to ask, of one tree. */
struct machine {
	struct tree *tree;
	struct memhp *memhp;
	struct memhp_snapshot *snapshot;
	struct memhp_stats *stats;
	struct memhp_policy *policy;
	struct memhp_scan *scan;
	struct memhp_plan *plan;
};

static const uint64_t first[] = { 0 };

static void machine_open(struct machine *machine)
{
	const struct memhp_scan_options scan = { .size = sizeof(scan), .blocks = first, .block_count = 1 };
	const struct memhp_request request = { .size = sizeof(request), .blocks = first, .block_count = 1 };
	struct tree *tree = machine->tree = tree_new();

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_block(tree, 0, "online\n", "Normal\n");
	tree_node(tree, 0, 0);
	tree_text(tree, "4096\n", ".page_size");
	tree_text(tree, "00000000-07ffffff : System RAM\n", "proc/iomem");
	tree_text(tree, "", "proc/kpageflags");
	tree_text(tree, "Node 0, zone   Normal\n  pages free 1\n        spanned 32768\n        present 32768\n"
		  "        managed 32768\n", "proc/zoneinfo");
	if (memhp_new(tree->root, &machine->memhp) < 0 ||
	    memhp_snapshot_take(machine->memhp, ATTRS, &machine->snapshot) < 0 ||
	    memhp_stats_read(machine->memhp, &machine->stats) < 0 ||
	    memhp_policy_read(machine->memhp, &machine->policy) < 0 ||
	    memhp_scan_take(machine->memhp, machine->snapshot, &scan, &machine->scan) < 0 ||
	    memhp_plan_new(machine->snapshot, &request, &machine->plan) < 0)
		bail_out("a tree cannot be read");
}

static void machine_close(struct machine *machine)
{
	memhp_plan_free(machine->plan);
	memhp_scan_free(machine->scan);
	memhp_policy_free(machine->policy);
	memhp_stats_free(machine->stats);
	memhp_snapshot_free(machine->snapshot);
	memhp_free(machine->memhp);
	tree_free(machine->tree);
}

/* Results ------------------------------------------------------------------------ */

static int ratio_sum(struct machine *machine, void *ret)
{
	return memhp_ratio_sum(machine->stats, 4096, NULL, ret);
}

static int sizing_read(struct machine *machine, void *ret)
{
	return memhp_sizing_read(machine->memhp, machine->snapshot, machine->stats, ret);
}

static int figures_read(struct machine *machine, void *ret)
{
	return memhp_figures_read(machine->memhp, ret);
}

static int probe_check(struct machine *machine, void *ret)
{
	return memhp_probe_check(machine->memhp, BLOCK_SIZE, ret);
}

static int zone_rules(struct machine *machine, void *ret)
{
	memhp_policy_zone_rules(machine->policy, ret);
	return 0;
}

static int scan_judge(struct machine *machine, void *ret)
{
	memhp_scan_judge(machine->scan, memhp_snapshot_next(machine->snapshot, NULL), ret);
	return 0;
}

static int forecast_add(struct machine *machine, const void *addition, void *ret)
{
	struct memhp_forecast *forecast = NULL;
	int r = memhp_forecast_read(machine->memhp, machine->snapshot, &forecast);

	if (r == 0)
		r = memhp_forecast_add(forecast, addition, ret);
	memhp_forecast_free(forecast);
	return r;
}

static int forecast_zones(struct machine *machine, void *ret)
{
	const struct memhp_addition addition = { .size = sizeof(addition), .amount = BLOCK_SIZE };

	return forecast_add(machine, &addition, ret);
}

static const struct {
	const char *name;
	int (*ask)(struct machine *machine, void *ret);
	size_t size, second;   /* of all, and where the second field begins */
	bool is_void;
} results[] = {
	{ "ratio", ratio_sum, sizeof(struct memhp_ratio), offsetof(struct memhp_ratio, movable), false },
	{ "sizing", sizing_read, sizeof(struct memhp_sizing), offsetof(struct memhp_sizing, movable), false },
	{ "figures", figures_read, sizeof(struct memhp_figures), offsetof(struct memhp_figures, movable), false },
	{ "probe", probe_check, sizeof(struct memhp_probe), offsetof(struct memhp_probe, block_size), false },
	{ "rules", zone_rules, sizeof(struct memhp_zone_rules), offsetof(struct memhp_zone_rules, ratio), true },
	{ "verdict", scan_judge, sizeof(struct memhp_verdict), offsetof(struct memhp_verdict, why), true },
	{ "addition", forecast_zones, sizeof(struct memhp_addition_zones),
	  offsetof(struct memhp_addition_zones, movable), false },
};

#define ROOM 512
#define UNTOUCHED 0xa5

/* Room for a result, of which the caller says to know so many bytes. */
union room {
	size_t size;
	unsigned char bytes[ROOM];
};

static void room_clear(union room *room, size_t size)
{
	memset(room, UNTOUCHED, sizeof(*room));
	room->size = size;
}

/* How many bytes were written; those of the size count. */
static size_t written(const union room *room)
{
	size_t end = sizeof(*room);

	while (end > sizeof(room->size) && room->bytes[end - 1] == UNTOUCHED)
		end--;
	return end;
}

static void test_results(struct machine *machine)
{
	for (size_t i = 0; i < TAP_COUNT(results); i++) {
		const char *name = results[i].name;
		union room room;

		room_clear(&room, results[i].second);
		is_int(results[i].ask(machine, &room), 0, "%s: an older, smaller one", name);
		is_number(room.size, results[i].second, "%s, smaller: the size stays", name);
		ok(written(&room) > sizeof(room.size), "%s, smaller: its field is written", name);
		ok(written(&room) <= results[i].second, "%s, smaller: nothing beyond is written", name);
		room_clear(&room, ROOM);
		is_int(results[i].ask(machine, &room), 0, "%s: a newer, larger one", name);
		is_number(room.size, ROOM, "%s, larger: the size stays", name);
		ok(written(&room) > results[i].second, "%s, larger: more fields are written", name);
		ok(written(&room) <= results[i].size, "%s, larger: nothing beyond is written", name);
		room_clear(&room, 0);
		is_int(results[i].ask(machine, &room), results[i].is_void ? 0 : -EINVAL, "%s: no size", name);
		is_number(written(&room), sizeof(room.size), "%s, no size: nothing is written", name);
	}
}

/* Requests and options -------------------------------------------------------------- */

static int plan_new(struct machine *machine, size_t size)
{
	/* The fields beyond size are wrong: they are not looked at. */
	const struct memhp_request request = {
		.size = size, .blocks = first, .block_count = 1, .action = MEMHP_ACTION_ONLINE, .amount = 1,
	};
	struct memhp_plan *plan = NULL;
	int r = memhp_plan_new(machine->snapshot, &request, &plan);

	memhp_plan_free(plan);
	return r;
}

static int run(struct machine *machine, size_t size)
{
	const struct memhp_run_options options = { .size = size, .stop_fd = 1 << 20 };
	struct memhp_report *report = NULL;
	int r = memhp_run(machine->memhp, machine->plan, &options, &report);

	if (r == 0 && memhp_report_was_stopped(report))
		r = 1;
	memhp_report_free(report);
	return r;
}

static int scan_take(struct machine *machine, size_t size)
{
	static const uint64_t missing[] = { 7 };
	const struct memhp_scan_options options = { .size = size, .blocks = missing, .block_count = 1 };
	struct memhp_scan *scan = NULL;
	int r = memhp_scan_take(machine->memhp, machine->snapshot, &options, &scan);

	memhp_scan_free(scan);
	return r;
}

static int add(struct machine *machine, size_t size)
{
	const struct memhp_addition addition = { .size = size, .amount = BLOCK_SIZE, .node = 1000000 };
	struct memhp_addition_zones zones = { .size = sizeof(zones) };

	return forecast_add(machine, &addition, &zones);
}

static const struct {
	const char *name;
	int (*ask)(struct machine *machine, size_t size);
	size_t older;
} requests[] = {
	{ "request", plan_new, offsetof(struct memhp_request, amount) },
	{ "run options", run, offsetof(struct memhp_run_options, stop_fd) },
	{ "scan options", scan_take, offsetof(struct memhp_scan_options, block_count) },
	{ "addition", add, offsetof(struct memhp_addition, device) },
};

static void test_requests(struct machine *machine)
{
	for (size_t i = 0; i < TAP_COUNT(requests); i++) {
		is_int(requests[i].ask(machine, requests[i].older), 0, "%s: an older, smaller one", requests[i].name);
		is_int(requests[i].ask(machine, 0), -EINVAL, "%s: no size", requests[i].name);
	}
}

int main(void)
{
	struct machine machine = { 0 };

	machine_open(&machine);
	test_results(&machine);
	test_requests(&machine);
	machine_close(&machine);
	return tap_done();
}
