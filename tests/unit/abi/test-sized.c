/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures of the interface that a program knows with fewer fields than the library
 * has, or with more, or of which it forgot to set the size: arguments. Each is on the heap in
 * exactly its size, so that AddressSanitizer sees any byte that is read beyond. What is in them is told elsewhere.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "objects.h"

#define RESERVED(name) offsetof(struct memhp_##name, reserved)

/* What a function answers: what it returns and, in value, what it returns besides. */
typedef int (*ask_fn)(struct objects *objects, void *structure, uint64_t *value);

/* Arguments ------------------------------------------------------------------------ */

static const struct memhp_ratio ratio = { sizeof(ratio), 8, 64, 1 };

static int ratio_percent(struct objects *objects, void *structure, uint64_t *value)
{
	(void)objects;
	return memhp_ratio_percent(structure, value);
}

static int ratio_exceeds(struct objects *objects, void *structure, uint64_t *value)
{
	(void)objects, (void)value;
	return memhp_ratio_exceeds(structure, 400);
}

static int ratio_headroom(struct objects *objects, void *structure, uint64_t *value)
{
	(void)objects;
	return memhp_ratio_headroom(structure, 2000, 1, value);
}

static int ratio_balance(struct objects *objects, void *structure, uint64_t *value)
{
	(void)objects, (void)value;
	return memhp_ratio_balance(structure);
}

static const struct memhp_sizing sizing = { .size = sizeof(sizing), .kernel = 100, .movable = 1, .gigantic = 90 };

static int sizing_judge(struct objects *objects, void *structure, uint64_t *value)
{
	(void)objects;
	return memhp_sizing_judge(structure, MEMHP_CONSIDER_GIGANTIC_PAGES, value);
}

static const uint64_t first[] = { 0 };
static const struct memhp_scan_options scan_options = { .size = sizeof(scan_options), .blocks = first, .block_count = 1 };

static int scan_take(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_scan *scan = NULL;
	int r = memhp_scan_take(objects->memhp, objects->snapshot, structure, &scan);

	if (r == 0)
		*value = memhp_scan_count(scan);
	memhp_scan_free(scan);
	return r;
}

static const struct memhp_request request = {
	.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .blocks = first, .block_count = 1,
	.amount = OBJECTS_BLOCK_SIZE, .driver_managed = true, .unplug = true, .zone_dma = true,
};

static int plan_new(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_plan *plan = NULL;
	int r = memhp_plan_new(objects->snapshot, structure, &plan);

	if (r == 0)
		*value = memhp_plan_available(plan);
	memhp_plan_free(plan);
	return r;
}

static const struct memhp_figures figures = {
	.size = sizeof(figures), .kernel = 1, .movable = 1, .available = 1, .limit = 1, .free = OBJECTS_BLOCK_SIZE,
};

static int judge_plan(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_plan *plan = NULL;
	int r = memhp_plan_new(objects->snapshot, &request, &plan);

	(void)value;
	if (r == 0)
		r = memhp_plan_judge(plan, structure);
	memhp_plan_free(plan);
	return r;
}

static int plan_room_of(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_plan_room room = { .size = sizeof(room) };
	int r = memhp_plan_room(objects->plan, structure, &room);

	if (r == 0)
		*value = room.left;
	return r;
}

static const struct memhp_run_options run_options = { .size = sizeof(run_options), .timeout_ms = 1 };

static int run(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_report *report = NULL;
	int r = memhp_run(objects->memhp, objects->plan, structure, &report);

	if (r == 0)
		*value = memhp_report_was_stopped(report);
	memhp_report_free(report);
	return r;
}

static const struct memhp_probe probe = {
	.size = sizeof(probe), .block_size = 1, .is_supported = true, .is_aligned = true, .is_iomem_known = true,
	.resource = "x",
};

static int probe_judge(struct objects *objects, void *structure, uint64_t *value)
{
	(void)objects, (void)value;
	return memhp_probe_judge(structure, 0);
}

static const struct memhp_addition addition = {
	.size = sizeof(addition), .amount = OBJECTS_BLOCK_SIZE, .device = MEMHP_DEVICE_VIRTIO_MEM,
	.target = MEMHP_TARGET_MOVABLE, .node = 1,
};

static int add(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_addition_zones zones = { .size = sizeof(zones) };
	int r = objects_add(objects, structure, &zones);

	if (r == 0)
		*value = zones.movable;
	return r;
}

static const struct memhp_monitor_options monitor_options = {
	.size = sizeof(monitor_options), .attrs = MEMHP_ATTR_ZONES, .buffer_size = 1, .settle_ms = 1, .interval_ms = 1,
};

/* The zones of the block are read if the caller has asked for them. */
static int monitor_new(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_monitor *monitor = NULL;
	const int r = memhp_monitor_new(objects->memhp, structure, &monitor);

	if (r == 0)
		*value = memhp_block_zone(memhp_snapshot_find(memhp_monitor_snapshot(monitor), 0));
	memhp_monitor_free(monitor);
	return r;
}

static const struct memhp_lock_options lock_options = {
	.size = sizeof(lock_options), .timeout_ms = 1, .no_wait = true,
};

static int lock_take(struct objects *objects, void *structure, uint64_t *value)
{
	struct memhp_lock *lock = NULL;
	const int r = memhp_lock_take(objects->memhp, structure, &lock);

	(void)value;
	memhp_lock_free(lock);
	return r;
}

static const struct {
	const char *name;
	ask_fn ask;
	const void *full;
	size_t size;
	size_t known;   /* without what is reserved */
	size_t least;   /* below this size the answer is 0, not what fields that are 0 mean */
} arguments[] = {
	{ "memhp_ratio_percent", ratio_percent, &ratio, sizeof(ratio), sizeof(ratio), 0 },
	{ "memhp_ratio_exceeds", ratio_exceeds, &ratio, sizeof(ratio), sizeof(ratio), 0 },
	{ "memhp_ratio_headroom", ratio_headroom, &ratio, sizeof(ratio), sizeof(ratio), 0 },
	{ "memhp_ratio_balance", ratio_balance, &ratio, sizeof(ratio), sizeof(ratio), 0 },
	{ "memhp_sizing_judge", sizing_judge, &sizing, sizeof(sizing), RESERVED(sizing),
	  offsetof(struct memhp_sizing, huge) },
	{ "memhp_scan_take", scan_take, &scan_options, sizeof(scan_options), RESERVED(scan_options), 0 },
	{ "memhp_plan_new", plan_new, &request, sizeof(request), RESERVED(request), 0 },
	{ "memhp_plan_judge", judge_plan, &figures, sizeof(figures), RESERVED(figures), 0 },
	{ "memhp_plan_room", plan_room_of, &figures, sizeof(figures), RESERVED(figures), 0 },
	{ "memhp_run", run, &run_options, sizeof(run_options), sizeof(run_options), 0 },
	{ "memhp_probe_judge", probe_judge, &probe, sizeof(probe), sizeof(probe), 0 },
	{ "memhp_forecast_add", add, &addition, sizeof(addition), RESERVED(addition), 0 },
	{ "memhp_monitor_new", monitor_new, &monitor_options, sizeof(monitor_options), sizeof(monitor_options), 0 },
	{ "memhp_lock_take", lock_take, &lock_options, sizeof(lock_options), sizeof(lock_options), 0 },
};

#define MORE 24
#define UNTOUCHED 7

/* Callers ---------------------------------------------------------------------------- */

/* Asks with the first bytes of an argument, and 0 in those up to size. */
static int ask_with(struct objects *objects, size_t i, size_t bytes, size_t size, uint64_t *value)
{
	unsigned char *structure = structure_new(size, size, 0);
	int r;

	if (bytes > sizeof(size))
		memcpy(structure + sizeof(size), (const char *)arguments[i].full + sizeof(size), bytes - sizeof(size));
	*value = UNTOUCHED;
	r = arguments[i].ask(objects, structure, value);
	free(structure);
	return r;
}

static int ask_with_byte(struct objects *objects, size_t i, size_t size, size_t byte)
{
	unsigned char *structure = structure_new(size, size, 0);
	uint64_t value;
	int r;

	structure[byte] = 1;
	r = arguments[i].ask(objects, structure, &value);
	free(structure);
	return r;
}

static int ask_with_size(struct objects *objects, size_t i, size_t size)
{
	unsigned char *structure = structure_new(size, sizeof(size), 0);
	uint64_t value;
	int r = arguments[i].ask(objects, structure, &value);

	free(structure);
	return r;
}

/* The fields that an older caller does not know are as if they were 0. */
static void test_older_argument(struct objects *objects, size_t i)
{
	const size_t size = arguments[i].size;
	size_t wrong = 0, unset = 0;
	uint64_t got, expected;

	for (size_t bytes = 0; bytes < sizeof(size_t); bytes++)
		unset += ask_with(objects, i, bytes, bytes, &got) == -EINVAL && got == UNTOUCHED;
	is_number(unset, sizeof(size_t), "%s: no size", arguments[i].name);
	for (size_t bytes = sizeof(size_t); bytes <= size; bytes++) {
		const int r = ask_with(objects, i, bytes, bytes, &got);

		if (bytes < arguments[i].least ? r == 0 : r == ask_with(objects, i, bytes, size, &expected) && got == expected)
			continue;
		diagnose("%zu bytes: %d", bytes, r);
		wrong++;
	}
	is_number(wrong, 0, "%s: an older caller", arguments[i].name);
}

static void test_newer_argument(struct objects *objects, size_t i)
{
	const char *name = arguments[i].name;
	const size_t size = arguments[i].size;
	uint64_t got, expected;
	const int r = ask_with(objects, i, size, size, &expected);

	is_int(ask_with(objects, i, size, size + MORE, &got), r, "%s: a newer caller", name);
	is_number(got, expected, "%s: a newer caller, the value", name);
	is_int(ask_with(objects, i, size, SIZE_MOST, &got), r, "%s: the largest size", name);
	is_int(ask_with_byte(objects, i, size + MORE, size), -E2BIG, "%s: an unknown field", name);
	is_int(ask_with_byte(objects, i, size + MORE, size + MORE - 1), -E2BIG, "%s: the last unknown byte", name);
	for (size_t byte = arguments[i].known; byte < size; byte++)
		is_int(ask_with_byte(objects, i, size, byte), -E2BIG, "%s: reserved byte %zu", name, byte);
	is_int(ask_with_size(objects, i, SIZE_WRONG), -E2BIG, "%s: a wrong size", name);
	is_int(ask_with_size(objects, i, SIZE_MOST + 1), -E2BIG, "%s: one byte too many", name);
}

/* What an older caller cannot know never makes an answer less safe. */
static void test_defaults(struct objects *objects)
{
	const struct memhp_figures none = { .size = sizeof(none.size) };
	const struct memhp_figures enough = {
		.size = offsetof(struct memhp_figures, free), .available = 2 * OBJECTS_BLOCK_SIZE, .free = UINT64_MAX,
	};
	const struct memhp_probe unseen = {
		.size = offsetof(struct memhp_probe, is_iomem_known), .block_size = 1, .is_supported = true,
		.is_aligned = true, .is_iomem_known = true,
	};
	const struct memhp_sizing unread = { .size = offsetof(struct memhp_sizing, gigantic), .kernel = 1 };
	uint64_t figure = 0;

	is_int(judge_plan(objects, (void *)&none, &figure), MEMHP_REASON_NO_ROOM, "no figures: no room");
	is_int(judge_plan(objects, (void *)&enough, &figure), MEMHP_REASON_NONE, "without MemFree, MemAvailable counts");
	is_int(memhp_probe_judge(&unseen, 0), -EACCES, "whoever does not know of iomem has not read it");
	is_int(memhp_sizing_judge(&unread, MEMHP_CONSIDER_GIGANTIC_PAGES, &figure), MEMHP_ADVICE_UNKNOWN,
	       "a figure that the caller does not know is unknown, not 0");
	is_number(figure, UINT64_MAX, "and so is what it is");
}

int main(void)
{
	struct objects objects;

	objects_open(&objects);
	for (size_t i = 0; i < TAP_COUNT(arguments); i++) {
		test_older_argument(&objects, i);
		test_newer_argument(&objects, i);
	}
	test_defaults(&objects);
	objects_close(&objects);
	return tap_done();
}
