/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything at once, as the header promises: threads that read objects of one snapshot
 * and free them in any order, and threads with a context of their own that take
 * snapshots and scans, run a plan, and watch what another thread changes. Races are for
 * ThreadSanitizer to find (tests/quality/threads.bats); the answers are checked here.
 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

/* Enough for a snapshot that several threads take. */
#define BLOCKS 1100
#define BLOCK_SIZE (UINT64_C(1) << 20)
#define SCANNED 8
#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)
#define ROUNDS 30
#define CHANGES 40
#define READERS 3
#define INTERVAL_MS 20
#define PATIENCE_MS 100000

/* What has failed, counted: checks are printed by the first thread only. */
static atomic_uint wrong;
static pthread_barrier_t begin;

static void expect(bool holds)
{
	if (!holds)
		atomic_fetch_add(&wrong, 1);
}

static struct tree *new_tree(uint64_t blocks)
{
	static const uint64_t no_flags[SCANNED * BLOCK_SIZE / 4096];
	struct tree *tree = tree_new();

	tree_text(tree, "100000\n", TREE_MEMORY "/block_size_bytes");
	tree_text(tree, "4096\n", ".page_size");
	tree_text(tree, "00000000-ffffffff : System RAM\n", "proc/iomem");
	tree_text(tree, "MemFree: 1000000 kB\nMemAvailable: 1000000 kB\n", "proc/meminfo");
	tree_data(tree, no_flags, sizeof(no_flags), "proc/kpageflags");
	tree_text(tree, "Node 0, zone   Normal\n  pages free 1\n        spanned 281600\n        present 281600\n"
		  "        managed 281600\n", "proc/zoneinfo");
	for (uint64_t id = 0; id < blocks; id++) {
		tree_block(tree, id, id % 2 ? "offline\n" : "online\n", id % 2 ? "Normal Movable\n" : "Normal\n");
		tree_node(tree, 0, id);
	}
	return tree;
}

static struct memhp *new_context(const struct tree *tree)
{
	struct memhp *memhp = NULL;

	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	return memhp;
}

/* Readers ----------------------------------------------------------------------------- */

/* Those of one reader, which it frees. They rest on a snapshot that all have in common. */
struct objects {
	struct memhp_scan *scan;
	struct memhp_plan *plan;
	struct memhp_forecast *forecast;
	struct memhp_report *report;
};

/* What all readers read. */
static struct {
	struct memhp_snapshot *snapshot;
	struct memhp_stats *stats;
	struct memhp_policy *policy;
	struct objects objects;
} common;

static const uint64_t ids[SCANNED] = { 0, 1, 2, 3, 4, 5, 6, 7 };
static const struct memhp_scan_options scan_options = {
	.size = sizeof(scan_options), .blocks = ids, .block_count = SCANNED,
};

static void take_objects(struct memhp *memhp, struct objects *ret)
{
	const struct memhp_request request = { .size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .all = true };
	const uint64_t already[] = { 0, 2, 4 };
	const struct memhp_request nothing = { .size = sizeof(nothing), .blocks = already, .block_count = 3 };
	const struct memhp_run_options options = { .size = sizeof(options) };
	struct memhp_plan *plan = NULL;

	if (memhp_scan_take(memhp, common.snapshot, &scan_options, &ret->scan) < 0 ||
	    memhp_forecast_read(memhp, common.snapshot, &ret->forecast) < 0 ||
	    memhp_plan_new(common.snapshot, &request, &ret->plan) < 0 ||
	    memhp_plan_new(common.snapshot, &nothing, &plan) < 0 ||
	    memhp_run(memhp, plan, &options, &ret->report) < 0)
		bail_out("no objects");
	memhp_plan_free(plan);
}

static void free_objects(struct objects *objects, unsigned int number)
{
	for (unsigned int i = 0; i < 4; i++) {
		switch ((i + number) % 4) {
		case 0:
			objects->scan = memhp_scan_free(objects->scan);
			break;
		case 1:
			objects->plan = memhp_plan_free(objects->plan);
			break;
		case 2:
			objects->forecast = memhp_forecast_free(objects->forecast);
			break;
		default:
			objects->report = memhp_report_free(objects->report);
		}
	}
}

static void read_block(const struct memhp_block *block)
{
	const enum memhp_zone *zones = NULL;
	const unsigned int *nodes = NULL;
	const bool is_online = memhp_block_id(block) % 2 == 0;
	enum memhp_why why;

	expect(memhp_block_state(block) == (is_online ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE));
	expect(memhp_block_zones(block, &zones) == (is_online ? 1 : 2) && zones[0] == MEMHP_ZONE_NORMAL);
	expect(memhp_block_nodes(block, &nodes) == 1 && nodes[0] == 0);
	expect(memhp_block_has_holes(block) == 0 && !memhp_block_device(block));
	expect((memhp_block_offlinable(block, &why) == MEMHP_OFFLINABLE_UNKNOWN) == !is_online);
}

static void read_objects(const struct objects *objects)
{
	const struct memhp_figures figures = { .size = sizeof(figures), .available = UINT64_MAX };
	struct memhp_plan_room room = { .size = sizeof(room) };
	const struct memhp_step *step;
	const struct memhp_outcome *outcome;
	size_t steps = 0, outcomes = 0;
	bool is_certain;

	for (step = memhp_plan_next(objects->plan, NULL); step; step = memhp_plan_next(objects->plan, step)) {
		read_block(memhp_step_block(step));
		expect(memhp_step_zone(step) <= MEMHP_ZONE_NONE);
		steps++;
	}
	expect(steps == BLOCKS && memhp_plan_judge(objects->plan, &figures) == MEMHP_REASON_NONE);
	expect(memhp_plan_room(objects->plan, &figures, &room) == 0 && room.left == UINT64_MAX);
	for (uint64_t id = 0; id < SCANNED; id++) {
		const struct memhp_block *block = memhp_snapshot_find(common.snapshot, id);
		struct memhp_verdict verdict = { .size = sizeof(verdict) };

		expect(memhp_scan_judge(objects->scan, block, &verdict) == 0);
		if (memhp_block_state(block) == MEMHP_STATE_ONLINE)
			expect(memhp_pages_unmovable(memhp_scan_find(objects->scan, block)) == 0);
	}
	memhp_report_foreach(objects->report, outcome)
		outcomes += outcome->result == MEMHP_RESULT_ALREADY;
	expect(outcomes == 3);
	/* Those of one reader only: a forecast is not for two. */
	if (objects != &common.objects)
		(void)memhp_forecast_online(objects->forecast, memhp_snapshot_find(common.snapshot, 1),
					    MEMHP_TARGET_AUTO, &is_certain);
}

struct reader {
	pthread_t thread;
	unsigned int number;
	struct objects objects;
};

static void *read_all(void *data)
{
	struct reader *reader = data;
	const struct memhp_block *block;

	pthread_barrier_wait(&begin);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		uint64_t count = 0;

		memhp_snapshot_foreach(common.snapshot, block) {
			read_block(block);
			count++;
		}
		expect(count == BLOCKS && memhp_stats_next(common.stats, NULL));
		expect(memhp_parameter_name(memhp_policy_next(common.policy, NULL)));
		read_objects(&common.objects);
		read_objects(&reader->objects);
	}
	free_objects(&reader->objects, reader->number);
	return NULL;
}

/* Contexts of their own ------------------------------------------------------------------ */

static void *take_snapshots(void *data)
{
	struct memhp *memhp = new_context(data);

	pthread_barrier_wait(&begin);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct memhp_snapshot *snapshot = NULL;
		struct memhp_scan *scan = NULL;

		memhp_set_threads(memhp, round % 3);
		expect(memhp_snapshot_take(memhp, ATTRS, &snapshot) == 0 && memhp_snapshot_count(snapshot) == BLOCKS);
		expect(memhp_scan_take(memhp, snapshot, &scan_options, &scan) == 0);
		memhp_scan_free(scan);
		memhp_snapshot_free(snapshot);
	}
	memhp_free(memhp);
	return NULL;
}

/* A file is not a block: what is written into its state is no state. */
static void *run_plans(void *data)
{
	const struct memhp_run_options options = {
		.size = sizeof(options), .timeout_ms = PATIENCE_MS, .retries = MEMHP_NO_RETRIES,
	};
	const struct memhp_request request = { .size = sizeof(request), .all = true };
	struct memhp *memhp = new_context(data);

	pthread_barrier_wait(&begin);
	for (unsigned int round = 0; round < 3; round++) {
		struct memhp_snapshot *snapshot = NULL;
		struct memhp_plan *plan = NULL;
		struct memhp_report *report = NULL;
		const struct memhp_outcome *outcome;
		size_t outcomes = 0;

		expect(memhp_snapshot_take(memhp, ATTRS, &snapshot) == 0);
		expect(memhp_plan_new(snapshot, &request, &plan) == 0);
		expect(memhp_run(memhp, plan, &options, &report) == 0);
		memhp_plan_free(plan);
		memhp_report_foreach(report, outcome)
			outcomes += outcome->result != MEMHP_RESULT_PLANNED &&
				    outcome->result != MEMHP_RESULT_UNSETTLED;
		expect(outcomes == 4);
		memhp_report_free(report);
		memhp_snapshot_free(snapshot);
	}
	memhp_free(memhp);
	return NULL;
}

static void *change_blocks(void *data)
{
	pthread_barrier_wait(&begin);
	for (uint64_t i = 0; i < CHANGES; i++) {
		tree_block(data, 10 + i, "offline\n", "Normal Movable\n");
		tree_node(data, 0, 10 + i);
		tree_text(data, i % 2 ? "online\n" : "offline\n", TREE_MEMORY "/memory%d/state", 0);
		tree_remove(data, TREE_MEMORY "/memory%" PRIu64, 9 + i);
		tree_remove(data, TREE_NODE "/node0/memory%" PRIu64, 9 + i);
		(void)poll(NULL, 0, 1);
	}
	return NULL;
}

/* Until the last block that is added has been reported. */
static void *watch_blocks(void *data)
{
	const struct memhp_monitor_options options = {
		.size = sizeof(options), .attrs = ATTRS, .interval_ms = INTERVAL_MS,
	};
	struct memhp *memhp = new_context(data);
	struct memhp_monitor *monitor = NULL;
	bool is_last = false;

	expect(memhp_monitor_new(memhp, &options, &monitor) == 0);
	pthread_barrier_wait(&begin);
	while (!is_last) {
		struct pollfd ready = { .fd = memhp_monitor_fd(monitor), .events = POLLIN };
		const struct memhp_event *event = NULL;
		const bool is_ready = poll(&ready, 1, PATIENCE_MS) == 1;
		const int r = is_ready ? memhp_monitor_next(monitor, &event) : -1;

		expect(r >= 0);
		is_last = r < 0 || (r > 0 && event->type == MEMHP_EVENT_ADDED &&
				    memhp_block_id(event->block) == 9 + CHANGES);
	}
	memhp_monitor_free(monitor);
	memhp_free(memhp);
	return NULL;
}

int main(void)
{
	struct tree *trees[] = { new_tree(BLOCKS), new_tree(4), new_tree(2) };
	void *(*const jobs[])(void *) = { take_snapshots, run_plans, watch_blocks, change_blocks };
	struct tree *const places[] = { trees[0], trees[1], trees[2], trees[2] };
	struct reader readers[READERS] = { 0 };
	pthread_t threads[TAP_COUNT(jobs)];
	struct memhp *memhp = new_context(trees[0]);

	if (memhp_snapshot_take(memhp, ATTRS, &common.snapshot) < 0 || memhp_stats_read(memhp, &common.stats) < 0 ||
	    memhp_policy_read(memhp, &common.policy) < 0)
		bail_out("a tree cannot be read");
	take_objects(memhp, &common.objects);
	pthread_barrier_init(&begin, NULL, READERS + TAP_COUNT(jobs) + 1);
	for (unsigned int i = 0; i < READERS; i++) {
		readers[i].number = i;
		take_objects(memhp, &readers[i].objects);
		if (pthread_create(&readers[i].thread, NULL, read_all, &readers[i]) != 0)
			bail_out("no thread");
	}
	for (size_t i = 0; i < TAP_COUNT(jobs); i++)
		if (pthread_create(&threads[i], NULL, jobs[i], places[i]) != 0)
			bail_out("no thread");
	pthread_barrier_wait(&begin);
	/* Whoever reads needs no context. */
	memhp_free(memhp);
	for (unsigned int i = 0; i < READERS; i++)
		pthread_join(readers[i].thread, NULL);
	for (size_t i = 0; i < TAP_COUNT(jobs); i++)
		pthread_join(threads[i], NULL);
	free_objects(&common.objects, 0);
	memhp_snapshot_free(common.snapshot);
	memhp_stats_free(common.stats);
	memhp_policy_free(common.policy);
	pthread_barrier_destroy(&begin);
	for (size_t i = 0; i < TAP_COUNT(trees); i++)
		tree_free(trees[i]);
	is_number(wrong, 0, "everything at once: each thread gets the answers that it would get alone");
	return tap_done();
}
