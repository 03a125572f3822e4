/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is made of a snapshot keeps it alive: all objects are freed in every order, in between what is
 * left is read, and several threads do so at once. AddressSanitizer and ThreadSanitizer find what is
 * wrong.
 */
#include <pthread.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_NODES | MEMHP_ATTR_HOLES)
#define PAGES 0x8000

/* All are made of the snapshot; the plan of the scan, too; and the report of the plan. */
enum { SNAPSHOT, SCAN, FORECAST, COPY, PLAN, REPORT, OBJECTS };

struct objects {
	struct memhp_snapshot *snapshot;
	struct memhp_scan *scan;
	struct memhp_forecast *forecast, *copy;
	struct memhp_plan *plan;
	struct memhp_report *report;
	const struct memhp_block *block;
};

static const uint64_t blocks[] = { 1 };

static void make_machine(const struct tree *tree)
{
	static uint64_t flags[2 * PAGES];

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_text(tree, "4096\n", ".page_size");
	tree_data(tree, flags, sizeof(flags), "proc/kpageflags");
	tree_block(tree, 0, "online\n", "Normal\n");
	tree_link(tree, "../../../LNXSYSTM:00/PNP0C80:00", TREE_MEMORY "/memory1/firmware_node");
	tree_text(tree, "", "sys/devices/LNXSYSTM:00/PNP0C80:00/eject");
}

static void make_objects(struct memhp *memhp, const struct tree *tree, struct objects *ret)
{
	const struct memhp_scan_options scan = { .size = sizeof(scan), .blocks = blocks, .block_count = 1, .threads = 1 };
	const struct memhp_run_options options = { .size = sizeof(options) };
	struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .blocks = blocks, .block_count = 1,
	};

	*ret = (struct objects){ 0 };
	tree_block(tree, 1, "online\n", "Movable\n");
	if (memhp_snapshot_take(memhp, ATTRS, &ret->snapshot) < 0 ||
	    memhp_scan_take(memhp, ret->snapshot, &scan, &ret->scan) < 0 ||
	    memhp_forecast_read(memhp, ret->snapshot, &ret->forecast) < 0 ||
	    memhp_forecast_copy(ret->forecast, &ret->copy) < 0)
		bail_out("no objects");
	request.scan = ret->scan;
	if (memhp_plan_new(ret->snapshot, &request, &ret->plan) < 0 ||
	    memhp_run(memhp, ret->plan, &options, &ret->report) < 0)
		bail_out("no plan or no run");
	ret->block = memhp_snapshot_find(ret->snapshot, 1);
}

/* Whether what is left is as it was. */
static bool read_objects(const struct objects *objects)
{
	struct memhp_verdict verdict = { .size = sizeof(verdict) };
	const struct memhp_step *step = objects->plan ? memhp_plan_next(objects->plan, NULL) : NULL;
	const struct memhp_outcome *outcome = objects->report ? memhp_report_next(objects->report, NULL) : NULL;
	bool is_right = true, is_certain;

	if (objects->snapshot)
		is_right &= memhp_snapshot_count(objects->snapshot) == 2;
	if (step)
		is_right &= memhp_step_block(step) == objects->block &&
			    memhp_pages_count(memhp_step_pages(step), MEMHP_PAGE_UNKNOWN) == PAGES;
	if (outcome)
		is_right &= outcome->block == objects->block && outcome->result == MEMHP_RESULT_DONE;
	if (objects->scan)
		memhp_scan_judge(objects->scan, objects->block, &verdict);
	if (objects->forecast)
		(void)memhp_forecast_online(objects->forecast, objects->block, MEMHP_TARGET_AUTO, &is_certain);
	if (objects->copy)
		(void)memhp_forecast_online(objects->copy, objects->block, MEMHP_TARGET_AUTO, &is_certain);
	return is_right && memhp_block_id(objects->block) == 1 && strcmp(memhp_block_device(objects->block), "PNP0C80:00") == 0;
}

static void free_object(struct objects *objects, unsigned int which)
{
	switch (which) {
	case SNAPSHOT:
		objects->snapshot = memhp_snapshot_free(objects->snapshot);
		break;
	case SCAN:
		objects->scan = memhp_scan_free(objects->scan);
		break;
	case FORECAST:
		objects->forecast = memhp_forecast_free(objects->forecast);
		break;
	case COPY:
		objects->copy = memhp_forecast_free(objects->copy);
		break;
	case PLAN:
		objects->plan = memhp_plan_free(objects->plan);
		break;
	default:
		objects->report = memhp_report_free(objects->report);
	}
}

/* The order with that number: the first object is number % OBJECTS of all, the next one of the others, and so on. */
static bool test_order(struct memhp *memhp, const struct tree *tree, unsigned int number)
{
	unsigned int left[OBJECTS] = { SNAPSHOT, SCAN, FORECAST, COPY, PLAN, REPORT };
	struct objects objects;
	bool is_right;

	make_objects(memhp, tree, &objects);
	is_right = read_objects(&objects);
	for (unsigned int count = OBJECTS; count > 0; count--) {
		const unsigned int at = number % count;

		free_object(&objects, left[at]);
		left[at] = left[count - 1];
		number /= count;
		is_right &= count == 1 || read_objects(&objects);
	}
	return is_right;
}

#define THREADS 4
#define ROUNDS 200

struct user {
	pthread_t thread;
	struct memhp_plan *plan;
	bool is_right;
};

/* Reads a plan that it alone has, and frees it. The snapshot may be freed by then. */
static void *use_plan(void *data)
{
	struct user *user = data;
	const struct memhp_step *step = memhp_plan_next(user->plan, NULL);

	user->is_right = strcmp(memhp_block_device(memhp_step_block(step)), "PNP0C80:00") == 0 &&
			 memhp_pages_count(memhp_step_pages(step), MEMHP_PAGE_UNKNOWN) == PAGES;
	user->plan = memhp_plan_free(user->plan);
	return NULL;
}

static bool test_threads(struct memhp *memhp, const struct tree *tree)
{
	struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .blocks = blocks, .block_count = 1,
	};
	struct user users[THREADS] = { 0 };
	struct objects objects;
	bool is_right = true;

	make_objects(memhp, tree, &objects);
	request.scan = objects.scan;
	for (unsigned int i = 0; i < THREADS; i++)
		if (memhp_plan_new(objects.snapshot, &request, &users[i].plan) < 0 ||
		    pthread_create(&users[i].thread, NULL, use_plan, &users[i]) != 0)
			bail_out("no plan or no thread");
	for (unsigned int i = 0; i < OBJECTS; i++)
		free_object(&objects, i);
	for (unsigned int i = 0; i < THREADS; i++) {
		pthread_join(users[i].thread, NULL);
		is_right &= users[i].is_right;
	}
	return is_right;
}

int main(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;
	unsigned int right = 0, orders = 1;

	for (unsigned int i = 2; i <= OBJECTS; i++)
		orders *= i;
	make_machine(tree);
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	for (unsigned int i = 0; i < orders; i++)
		right += test_order(memhp, tree, i);
	is_number(right, orders, "all objects are freed in every order");
	right = 0;
	for (unsigned int i = 0; i < ROUNDS; i++)
		right += test_threads(memhp, tree);
	is_number(right, ROUNDS, "several threads free theirs at once");
	memhp_free(memhp);
	tree_free(tree);
	return tap_done();
}
