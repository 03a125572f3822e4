/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As test-sized.c, for results: what a program gets that knows fewer fields than the
 * library has, or more. AddressSanitizer sees any byte that is written beyond. What is
 * in them is told elsewhere.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "objects.h"

#define MORE 24
#define UNTOUCHED 0xa5

static const struct memhp_addition addition = {
	.size = sizeof(addition), .amount = OBJECTS_BLOCK_SIZE, .device = MEMHP_DEVICE_VIRTIO_MEM,
	.target = MEMHP_TARGET_MOVABLE, .node = 1,
};

static const struct memhp_figures figures = { .size = sizeof(figures) };

static int ratio_sum(struct objects *objects, void *structure)
{
	return memhp_ratio_sum(objects->stats, 4096, NULL, structure);
}

static int sizing_read(struct objects *objects, void *structure)
{
	return memhp_sizing_read(objects->memhp, objects->snapshot, objects->stats, structure);
}

static int scan_judge(struct objects *objects, void *structure)
{
	return memhp_scan_judge(objects->scan, objects->block, structure);
}

static int zone_rules(struct objects *objects, void *structure)
{
	return memhp_policy_zone_rules(objects->policy, structure);
}

static int addition_zones(struct objects *objects, void *structure)
{
	return objects_add(objects, &addition, structure);
}

static int figures_read(struct objects *objects, void *structure)
{
	return memhp_figures_read(objects->memhp, structure);
}

static int bound_find(struct objects *objects, void *structure)
{
	const unsigned int nodes[] = { 1 };

	return memhp_bound_find(objects->memhp, nodes, 1, 0, structure);
}

static int plan_room(struct objects *objects, void *structure)
{
	return memhp_plan_room(objects->plan, &figures, structure);
}

static int probe_check(struct objects *objects, void *structure)
{
	return memhp_probe_check(objects->memhp, OBJECTS_BLOCK_SIZE, structure);
}

static const struct {
	const char *name;
	int (*ask)(struct objects *objects, void *structure);
	size_t size;
} results[] = {
	{ "memhp_ratio_sum", ratio_sum, sizeof(struct memhp_ratio) },
	{ "memhp_sizing_read", sizing_read, sizeof(struct memhp_sizing) },
	{ "memhp_scan_judge", scan_judge, sizeof(struct memhp_verdict) },
	{ "memhp_policy_zone_rules", zone_rules, sizeof(struct memhp_zone_rules) },
	{ "memhp_forecast_add", addition_zones, sizeof(struct memhp_addition_zones) },
	{ "memhp_figures_read", figures_read, sizeof(struct memhp_figures) },
	{ "memhp_bound_find", bound_find, sizeof(struct memhp_bound) },
	{ "memhp_plan_room", plan_room, sizeof(struct memhp_plan_room) },
	{ "memhp_probe_check", probe_check, sizeof(struct memhp_probe) },
};

/* A result of so many bytes. The heap has no more. */
static unsigned char *ask_for(struct objects *objects, size_t i, size_t size, int *ret)
{
	unsigned char *structure = structure_new(size, size, UNTOUCHED);

	*ret = results[i].ask(objects, structure);
	return structure;
}

static int ask_with_size(struct objects *objects, size_t i, size_t size)
{
	unsigned char *structure = structure_new(size, sizeof(size), 0);
	int r = results[i].ask(objects, structure);

	free(structure);
	return r;
}

static bool has_only(const unsigned char *bytes, size_t count, unsigned char value)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* So many bytes of the result are those of the full one, and what is beyond it is 0. */
static bool is_result(struct objects *objects, size_t i, size_t size, const unsigned char *full)
{
	const size_t known = size < results[i].size ? size : results[i].size;
	int r;
	unsigned char *got = ask_for(objects, i, size, &r);
	const bool is_same = r == 0 && memcmp(got, &size, sizeof(size)) == 0 &&
			     memcmp(got + sizeof(size), full + sizeof(size), known - sizeof(size)) == 0 &&
			     has_only(got + known, size - known, 0);

	if (!is_same)
		diagnose("%zu bytes: %d", size, r);
	free(got);
	return is_same;
}

static void test_result(struct objects *objects, size_t i)
{
	const char *name = results[i].name;
	size_t wrong = 0, unset = 0;
	int r;
	unsigned char *full = ask_for(objects, i, results[i].size, &r);

	is_int(r, 0, "%s: all of it", name);
	for (size_t size = 0; size < sizeof(size_t); size++) {
		unsigned char *got = ask_for(objects, i, size, &r);

		unset += r == -EINVAL && memcmp(got, &size, sizeof(size)) == 0;
		free(got);
	}
	is_number(unset, sizeof(size_t), "%s: no size", name);
	for (size_t size = sizeof(size_t); size <= results[i].size; size++)
		wrong += !is_result(objects, i, size, full);
	is_number(wrong, 0, "%s: an older caller", name);
	ok(is_result(objects, i, results[i].size + MORE, full), "%s: a newer caller", name);
	ok(is_result(objects, i, SIZE_MOST, full), "%s: the largest size", name);
	is_int(ask_with_size(objects, i, SIZE_WRONG), -E2BIG, "%s: a wrong size", name);
	is_int(ask_with_size(objects, i, SIZE_MOST + 1), -E2BIG, "%s: one byte too many", name);
	free(full);
}

int main(void)
{
	struct objects objects;

	objects_open(&objects);
	for (size_t i = 0; i < TAP_COUNT(results); i++)
		test_result(&objects, i);
	objects_close(&objects);
	return tap_done();
}
