/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that memhp does not make, or only in one way, each allocation failing in turn. What memhp makes of the others
 * is in nomemory.bats.
 *
 * shortage-calls ROOT: prints TAP. The root is one of nomemory.bats.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shortage-turns.h"

#define ALL (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

struct tree tree;
struct memhp *memhp;
static struct memhp_snapshot *snapshot;
static struct memhp_stats *stats;
static struct memhp_scan *scan;
static struct memhp_forecast *forecast;

/* Calls ------------------------------------------------------------------------------- */

static int call_new(void)
{
	struct memhp *other = NULL;
	int r = memhp_new(tree.root, &other);

	memhp_free(other);
	return r;
}

static int call_snapshot(void)
{
	struct memhp_snapshot *taken = NULL;
	const struct memhp_block *block;
	int r = memhp_snapshot_take(memhp, ALL, &taken);

	if (r < 0)
		return r;
	memhp_snapshot_foreach(taken, block)
		answer("%" PRIu64 " %d %d %s\n", memhp_block_id(block), memhp_block_state(block),
		       memhp_block_origin(block), memhp_block_device(block) ? memhp_block_device(block) : "");
	memhp_snapshot_free(taken);
	return 0;
}

static int call_lock(void)
{
	struct memhp_lock *lock = NULL;
	int r = memhp_lock_take(memhp, NULL, &lock);

	if (r == 0)
		answer("%d", memhp_lock_error(lock));
	memhp_lock_free(lock);
	return r;
}

static int call_plan_of(const struct memhp_request *request)
{
	struct memhp_plan *plan = NULL;
	const struct memhp_step *step;
	const struct memhp_block *left = NULL;
	int r = memhp_plan_new(snapshot, request, &plan);

	if (r == 0)
		r = memhp_plan_find_left(plan, &left);
	for (step = r == 0 ? memhp_plan_next(plan, NULL) : NULL; step; step = memhp_plan_next(plan, step))
		answer("%" PRIu64 " %d %d %d\n", memhp_block_id(memhp_step_block(step)), memhp_step_zone(step),
		       memhp_step_reason(step), memhp_step_is_certain(step));
	memhp_plan_free(plan);
	return r;
}

static int call_plan_all(void)
{
	const struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .all = true, .scan = scan,
	};

	return call_plan_of(&request);
}

static int call_plan_online(void)
{
	const struct memhp_request request = { .size = sizeof(request), .all = true, .forecast = forecast };

	return call_plan_of(&request);
}

static int call_plan_amount(void)
{
	const struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .all = true, .amount = 2 << 20, .scan = scan,
		.whole_devices = true, .unplug = true,
	};

	return call_plan_of(&request);
}

static int call_forecast(void)
{
	const struct memhp_addition addition = { .size = sizeof(addition), .amount = 4 << 20, .node = 1 };
	struct memhp_addition_zones zones = { .size = sizeof(zones) };
	struct memhp_forecast *read = NULL, *copy = NULL;
	int r = memhp_forecast_read(memhp, snapshot, &read);

	if (r == 0)
		r = memhp_forecast_copy(read, &copy);
	if (r == 0)
		r = memhp_forecast_add(copy, &addition, &zones);
	answer("%" PRIu64 " %" PRIu64, zones.kernel, zones.movable);
	memhp_forecast_free(read);
	memhp_forecast_free(copy);
	return r;
}

static int call_bound(void)
{
	const unsigned int nodes[] = { 1 };
	struct memhp_bound bound = { .size = sizeof(bound) };
	int r = memhp_bound_find(memhp, nodes, 1, 0, &bound);

	answer("%zu %zu %zu %zu %s", bound.processes, bound.processes_seen, bound.by_cpuset, bound.by_policy, bound.name);
	return r;
}

static int call_absences(void)
{
	static const char *const names[] = { "dax0.0", "PNP0C80:00", "virtio0", "sda", "" };
	int r = 0;

	for (size_t i = 0; i < TAP_COUNT(names) && r != -ENOMEM; i++) {
		r = memhp_device_absence(memhp, names[i]);
		answer("%d ", r);
	}
	return r == -ENOMEM ? r : 0;
}

static int call_preview(void)
{
	const struct memhp_setting settings[] = {
		{ sizeof(settings[0]), "auto_movable_ratio", "500" }, { sizeof(settings[0]), "exclude", "9" },
	};
	char *before = NULL, *after = NULL;
	int r = memhp_conf_preview(memhp, settings, TAP_COUNT(settings), &before, &after);

	answer("%s|%s", before ? before : "-", after ? after : "-");
	free(before);
	free(after);
	return r;
}

static int call_conf(void)
{
	const struct memhp_setting setting = { sizeof(setting), "auto_movable_ratio", "301" };
	struct memhp_conf *conf = NULL;
	int r = memhp_conf_read(memhp, &conf);

	if (r == 0) {
		answer("%s", memhp_conf_value(conf, "exclude"));
		r = memhp_conf_save(memhp, &setting, 1);
	}
	memhp_conf_free(conf);
	return r;
}

static int call_policy(void)
{
	const struct memhp_setting setting = { sizeof(setting), "auto_movable_ratio", "301" };
	const struct memhp_parameter *parameter;
	struct memhp_policy *read = NULL;
	int r = memhp_policy_read(memhp, &read);

	if (r == 0) {
		memhp_policy_foreach(read, parameter)
			answer("%s=%s ", memhp_parameter_name(parameter), memhp_parameter_value(parameter) ?
			       memhp_parameter_value(parameter) : "");
		r = memhp_policy_set(memhp, read, &setting, 1, NULL, NULL);
	}
	memhp_policy_free(read);
	return r;
}

static int call_figures(void)
{
	struct memhp_figures figures = { .size = sizeof(figures) };
	struct memhp_sizing sizing = { .size = sizeof(sizing) };
	struct memhp_stats *read = NULL;
	int r = memhp_stats_read(memhp, &read);

	if (r == 0)
		r = memhp_figures_read(memhp, &figures);
	if (r == 0)
		r = memhp_sizing_read(memhp, snapshot, stats, &sizing);
	answer("%" PRIu64 " %" PRIu64 " %" PRIu64, figures.kernel, figures.available, sizing.kernel);
	memhp_stats_free(read);
	return r;
}

static int call_probe(void)
{
	struct memhp_probe probe = { .size = sizeof(probe) };
	int r = memhp_probe_check(memhp, UINT64_C(700) << 20, &probe);

	answer("%d %d %s", probe.is_supported, probe.is_iomem_known, probe.resource);
	return r;
}

static int call_unplug(void)
{
	const struct memhp_block *block = memhp_snapshot_find(snapshot, 8);
	int r = memhp_block_can_unplug(memhp, block);

	answer("%d", r);
	if (r != -ENOMEM)
		r = memhp_block_unplug_may_crash(memhp, block);
	return r;
}

static const struct call calls[] = {
	{ "memhp_new", call_new, 1, 1 },
	{ "memhp_snapshot_take", call_snapshot, 1, 1 },
	{ "memhp_lock_take", call_lock, 1, 1 },
	{ "memhp_plan_new, all", call_plan_all, 1, 1 },
	{ "memhp_plan_new, all, with a forecast", call_plan_online, 1, 1 },
	{ "memhp_plan_new, an amount of all", call_plan_amount, 1, 1 },
	{ "memhp_forecast_read, _copy, _add", call_forecast, 1, 1 },
	{ "memhp_bound_find", call_bound, 1, 1 },
	{ "memhp_device_absence", call_absences, 1, 0 },
	{ "memhp_conf_preview", call_preview, 1, 1 },
	{ "memhp_conf_read, _save", call_conf, 1, 1 },
	{ "memhp_policy_read, _set", call_policy, 1, 1 },
	{ "memhp_stats_read, memhp_figures_read, memhp_sizing_read", call_figures, 1, 1 },
	{ "memhp_probe_check", call_probe, 1, 1 },
	{ "memhp_block_can_unplug, memhp_block_unplug_may_crash", call_unplug, 1, 1 },
	{ "memhp_monitor_new, _next", call_monitor, 1, 1 },
	{ "memhp_monitor_new, _next, several failures", call_monitor, 4, 1 },
};

static void open_objects(const char *root)
{
	const uint64_t ids[] = { 4, 5, 8 };
	const struct memhp_scan_options options = { .size = sizeof(options), .blocks = ids, .block_count = 3 };

	snprintf(tree.root, sizeof(tree.root), "%s", root);
	tree.fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree.fd < 0 || memhp_new(root, &memhp) < 0)
		bail_out("%s: no root", root);
	memhp_set_threads(memhp, 1);
	if (memhp_snapshot_take(memhp, ALL, &snapshot) < 0 || memhp_stats_read(memhp, &stats) < 0 ||
	    memhp_scan_take(memhp, snapshot, &options, &scan) < 0 ||
	    memhp_forecast_read(memhp, snapshot, &forecast) < 0)
		bail_out("%s: cannot be read", root);
}

int main(int argc, char **argv)
{
	turns_open();
	open_objects(argc == 2 ? argv[1] : "");
	for (size_t i = 0; i < TAP_COUNT(calls); i++)
		in_turn(&calls[i]);
	memhp_forecast_free(forecast);
	memhp_scan_free(scan);
	memhp_stats_free(stats);
	memhp_snapshot_free(snapshot);
	memhp_free(memhp);
	close(tree.fd);
	return tap_done();
}
