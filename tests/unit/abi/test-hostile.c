/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each exported function, with arguments that no careful program gives: values that
 * its enum does not have, unknown flags, counts of 0, numbers at their end, NULL where
 * the header allows it. It may fail, but it reads and changes nothing by them.
 * tests/consistency.bats holds that no exported function is missing here.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "objects.h"

/* The name of the check is the call itself. */
#define HOLDS(...) ok(__VA_ARGS__, "%s", #__VA_ARGS__)
#define FAILS(call, error) is_int(call, -(error), "%s", #call)

/* Values of an enum that it does not have. */
static const int wrong[] = { -1, INT_MIN, INT_MAX, 1000, 1 << 24 };

static void test_words(int value)
{
	HOLDS(!memhp_state_name((enum memhp_state)value));
	HOLDS(!memhp_zone_name((enum memhp_zone)value));
	HOLDS(!memhp_origin_name((enum memhp_origin)value));
	HOLDS(!memhp_result_name((enum memhp_result)value));
	HOLDS(!memhp_attr_name((enum memhp_attr)value));
	HOLDS(!memhp_balance_name((enum memhp_balance)value));
	HOLDS(!memhp_consideration_name((enum memhp_consideration)value));
	HOLDS(!memhp_advice_name((enum memhp_advice)value));
	HOLDS(!memhp_page_name((enum memhp_page)value));
	HOLDS(!memhp_source_name((enum memhp_source)value));
	HOLDS(!memhp_reason_name((enum memhp_reason)value));
	HOLDS(!memhp_zone_is_kernel((enum memhp_zone)value));
}

static void test_values(struct objects *o, int value)
{
	const struct memhp_sizing sizing = { .size = sizeof(sizing) };
	const uint64_t first[] = { 0 };
	struct memhp_request request = { .size = sizeof(request), .blocks = first, .block_count = 1 };
	struct memhp_addition addition = { .size = sizeof(addition), .amount = OBJECTS_BLOCK_SIZE };
	struct memhp_addition_zones zones = { .size = sizeof(zones) };
	struct memhp_plan *plan = NULL;
	uint64_t figure = 7;
	bool is_certain = true;

	FAILS(memhp_block_error(o->block, (enum memhp_attr)value), EINVAL);
	HOLDS(memhp_pages_count(memhp_scan_find(o->scan, o->block), (enum memhp_page)value) == 0);
	FAILS(memhp_sizing_judge(&sizing, (enum memhp_consideration)value, &figure), EINVAL);
	is_number(figure, 7, "no figure");
	HOLDS(!memhp_forecast_online(o->forecast, o->block, (enum memhp_target)value, &is_certain));
	HOLDS(!is_certain);
	request.action = (enum memhp_action)value;
	FAILS(memhp_plan_new(o->snapshot, &request, &plan), EINVAL);
	request.action = MEMHP_ACTION_ONLINE;
	request.target = (enum memhp_target)value;
	FAILS(memhp_plan_new(o->snapshot, &request, &plan), EINVAL);
	HOLDS(!plan);
	addition.target = (enum memhp_target)value;
	FAILS(memhp_forecast_add(o->forecast, &addition, &zones), EINVAL);
	addition.target = MEMHP_TARGET_AUTO;
	addition.device = (enum memhp_device)value;
	FAILS(memhp_forecast_add(o->forecast, &addition, &zones), EINVAL);
	HOLDS(zones.kernel == 0 && zones.movable == 0);
}

static void test_flags(struct objects *o)
{
	static const unsigned int unknown[] = { 1U << 9, 1U << 31, UINT_MAX };
	struct memhp_probe probe = { .size = sizeof(probe), .is_supported = true, .is_aligned = true };
	struct memhp_snapshot *snapshot = NULL;

	for (size_t i = 0; i < TAP_COUNT(unknown); i++) {
		FAILS(memhp_snapshot_take(o->memhp, MEMHP_ATTR_STATE | unknown[i], &snapshot), EINVAL);
		FAILS(memhp_probe_judge(&probe, MEMHP_PROBE_FORCE | unknown[i]), EINVAL);
		FAILS(memhp_probe(o->memhp, OBJECTS_BLOCK_SIZE, 0, -1, MEMHP_PROBE_FORCE | unknown[i]), EINVAL);
	}
	HOLDS(!snapshot);
	FAILS(memhp_block_error(o->block, 0), EINVAL);
	FAILS(memhp_block_error(o->block, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES), EINVAL);
	FAILS(memhp_block_error(o->block, MEMHP_ATTR_HOLES << 1), EINVAL);
	HOLDS(!memhp_attr_name(MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES));
}

/* Numbers, counts and texts ------------------------------------------------------- */

static void test_texts(struct objects *o)
{
	static const char *const texts[] = { "", " ", "/", "..", "../../x", "%s%n", "\n", "a/b", "\xff" };
	char value[MEMHP_VALUE_SIZE] = "kept";
	const struct memhp_parameter *parameter = memhp_policy_next(o->policy, NULL);

	for (size_t i = 0; i < TAP_COUNT(texts); i++) {
		diagnose("text %zu", i);
		HOLDS(!memhp_state_from_name(texts[i]));
		HOLDS(!memhp_zone_from_name(texts[i]));
		HOLDS(!memhp_origin_from_name(texts[i]));
		FAILS(memhp_device_absence(o->memhp, texts[i]), ENODEV);
		HOLDS(!memhp_policy_find(o->policy, texts[i]));
		HOLDS(memhp_parameter_check(parameter, texts[i], value) < 0);
		HOLDS(!memhp_conf_value(o->conf, texts[i]));
		HOLDS(!memhp_conf_line(o->conf, texts[i]));
	}
	is_str(value, "kept", "no value");
}

static void test_long_text(struct objects *o)
{
	static char text[100000];
	char value[MEMHP_VALUE_SIZE];
	const struct memhp_parameter *parameter;

	memset(text, '1', sizeof(text) - 1);
	HOLDS(!memhp_state_from_name(text));
	HOLDS(memhp_device_absence(o->memhp, text) < 0);
	HOLDS(!memhp_policy_find(o->policy, text));
	memhp_policy_foreach(o->policy, parameter)
		ok(memhp_parameter_check(parameter, text, value) < 0, "%s: a long text", memhp_parameter_name(parameter));
}

static void test_numbers(struct objects *o)
{
	const struct memhp_ratio ratio = { .size = sizeof(ratio), .kernel = UINT64_MAX, .movable = UINT64_MAX };
	const unsigned int last = UINT_MAX;
	struct memhp_ratio sum = { .size = sizeof(sum) };
	struct memhp_bound bound = { .size = sizeof(bound) };
	struct memhp_probe probe = { .size = sizeof(probe) };
	uint64_t number = 0;

	HOLDS(!memhp_snapshot_find(o->snapshot, UINT64_MAX));
	HOLDS(!memhp_snapshot_find_from(o->snapshot, UINT64_MAX));
	HOLDS(!memhp_snapshot_has_node(o->snapshot, last));
	FAILS(memhp_node_is_possible(o->memhp, last), ENODATA);
	HOLDS(!memhp_policy_unknown(o->policy, SIZE_MAX));
	FAILS(memhp_ratio_sum(o->stats, 4096, &last, &sum), ENOENT);
	FAILS(memhp_ratio_sum(o->stats, UINT64_MAX, NULL, &sum), ERANGE);
	FAILS(memhp_ratio_headroom(&ratio, UINT_MAX, 0, &number), EINVAL);
	FAILS(memhp_ratio_headroom(&ratio, UINT_MAX, UINT64_MAX, &number), 0);
	FAILS(memhp_ratio_percent(&ratio, &number), 0);
	HOLDS(memhp_ratio_exceeds(&ratio, UINT64_MAX) == 0);
	HOLDS(memhp_ratio_balance(&ratio) == MEMHP_BALANCE_OK);
	FAILS(memhp_bound_find(o->memhp, &last, 1, UINT64_MAX, &bound), 0);
	HOLDS(bound.by_cpuset == 0);
	FAILS(memhp_bound_find(o->memhp, NULL, 0, 0, &bound), 0);
	FAILS(memhp_probe_check(o->memhp, UINT64_MAX, &probe), 0);
	FAILS(memhp_probe_judge(&probe, 0), EOPNOTSUPP);
	FAILS(memhp_oom_kills(o->memhp, &number), ENOENT);
}

static void test_counts(struct objects *o)
{
	const struct memhp_request nothing = { .size = sizeof(nothing) };
	const struct memhp_request lost = { .size = sizeof(lost), .block_count = 1 };
	const struct memhp_scan_options none = { .size = sizeof(none) };
	const struct memhp_scan_options no_ids = { .size = sizeof(no_ids), .block_count = 1 };
	char *before = NULL, *after = NULL;
	struct memhp_scan *scan = NULL;
	struct memhp_plan *plan = NULL;

	FAILS(memhp_plan_new(o->snapshot, &nothing, &plan), EINVAL);
	FAILS(memhp_plan_new(o->snapshot, &lost, &plan), EINVAL);
	FAILS(memhp_scan_take(o->memhp, o->snapshot, &no_ids, &scan), EINVAL);
	FAILS(memhp_scan_take(o->memhp, o->snapshot, &none, &scan), 0);
	HOLDS(memhp_scan_count(scan) == 0);
	HOLDS(!memhp_scan_find(scan, o->block));
	FAILS(memhp_scan_error(scan, o->block), ENODATA);
	HOLDS(memhp_block_resources(o->block, NULL, 0) == 0);
	FAILS(memhp_policy_set(o->memhp, o->policy, NULL, 0, NULL, NULL), 0);
	FAILS(memhp_conf_save(o->memhp, NULL, 0), 0);
	FAILS(memhp_conf_preview(o->memhp, NULL, 0, &before, &after), 0);
	HOLDS(!memhp_scan_free(scan));
	free(before);
	free(after);
}

/* Nothing, where there may be nothing ------------------------------------------------ */

static void test_nothing(struct objects *o)
{
	struct memhp *memhp = NULL;

	HOLDS(!memhp_free(NULL));
	HOLDS(!memhp_snapshot_free(NULL));
	HOLDS(!memhp_stats_free(NULL));
	HOLDS(!memhp_policy_free(NULL));
	HOLDS(!memhp_conf_free(NULL));
	HOLDS(!memhp_scan_free(NULL));
	HOLDS(!memhp_forecast_free(NULL));
	HOLDS(!memhp_plan_free(NULL));
	HOLDS(!memhp_report_free(NULL));
	FAILS(memhp_new("", &memhp), ENOENT);
	FAILS(memhp_new("/dev/null", &memhp), ENOTDIR);
	HOLDS(!memhp);
	memhp_set_fault_handler(o->memhp, NULL, NULL);
	HOLDS(memhp_block_offlinable(o->block, NULL) == MEMHP_OFFLINABLE_UNLIKELY);
}

static void test_settings(struct objects *o)
{
	const struct memhp_parameter *parameter;

	memhp_policy_foreach(o->policy, parameter) {
		const char *name = memhp_parameter_name(parameter);

		ok(!memhp_parameter_value(parameter) == !memhp_parameter_source(parameter, NULL), "%s: a source", name);
		ok(!memhp_parameter_expected(parameter, NULL, NULL), "%s: nothing is expected", name);
		ok(memhp_parameter_error(parameter) <= 0, "%s: an error or none", name);
		ok(!memhp_parameter_cmdline(parameter) && !memhp_parameter_ignored(parameter), "%s: no value", name);
		ok(memhp_parameter_kind(parameter) <= MEMHP_KIND_SIZE, "%s: a kind", name);
		ok(!memhp_parameter_is_writable(parameter), "%s: cannot be written", name);
		ok(memhp_parameter_is_kept(parameter) == (memhp_parameter_order(parameter) > 0), "%s: kept", name);
		ok(memhp_parameter_path(parameter) || memhp_parameter_boot(parameter), "%s: has a place", name);
		(void)memhp_parameter_default(parameter);
		(void)memhp_parameter_since(parameter);
		(void)memhp_parameter_config(parameter);
		(void)memhp_parameter_words(parameter);
	}
	HOLDS(!memhp_conf_exists(o->conf));
	FAILS(memhp_conf_is_applied(o->memhp), ENODATA);
	HOLDS(!memhp_crash_kernel_is_stale(o->memhp));
}

/* Attributes that were not read, of a block in no device ------------------------------ */

static void test_unread(struct objects *o)
{
	struct memhp_snapshot *snapshot = NULL;
	const struct memhp_block *block;
	const enum memhp_zone *zones = NULL;
	const unsigned int *nodes = NULL;

	FAILS(memhp_snapshot_take(o->memhp, 0, &snapshot), 0);
	HOLDS(memhp_snapshot_count(snapshot) == 1 && memhp_snapshot_invalid_ids(snapshot) == 0);
	HOLDS(memhp_snapshot_block_size(snapshot) == OBJECTS_BLOCK_SIZE);
	(void)memhp_snapshot_iomem_is_masked(snapshot);
	block = memhp_snapshot_next(snapshot, NULL);
	HOLDS(!memhp_snapshot_next(snapshot, block));
	HOLDS(memhp_block_id(block) == 0 && memhp_block_start(block) == 0);
	HOLDS(memhp_block_end(block) == OBJECTS_BLOCK_SIZE - 1);
	HOLDS(!memhp_block_state(block) && !memhp_block_zone(block));
	HOLDS(memhp_block_zones(block, &zones) == 0);
	HOLDS(memhp_block_nodes(block, &nodes) == 0);
	HOLDS(memhp_block_removable(block) == -1 && memhp_block_configured(block) == -1);
	HOLDS(memhp_block_memmap_on_memory(block) == -1 && memhp_block_phys_device(block) == -1);
	HOLDS(!memhp_block_origin(block) && !memhp_block_device(block) && !memhp_block_is_stranded(block));
	HOLDS(memhp_block_has_holes(block) == -1);
	FAILS(memhp_block_can_unplug(o->memhp, block), EPERM);
	HOLDS(memhp_block_unplug_may_crash(o->memhp, block) >= 0);
	HOLDS(!memhp_snapshot_free(snapshot));
}

/* Ends of lists ----------------------------------------------------------------------- */

static void test_ends(struct objects *o)
{
	const struct memhp_zonestat *zone = memhp_stats_next(o->stats, NULL);
	const struct memhp_step *step = memhp_plan_next(o->plan, NULL);
	const struct memhp_pages *pages = memhp_scan_find(o->scan, o->block);
	const struct memhp_block *left = NULL;

	HOLDS(!memhp_stats_next(o->stats, zone));
	HOLDS(memhp_zonestat_node(zone) == 0 && memhp_zonestat_zone(zone) == MEMHP_ZONE_NORMAL);
	HOLDS(memhp_zonestat_present(zone) == 32768 && memhp_zonestat_managed(zone) == 32768);
	HOLDS(memhp_zonestat_spanned(zone) == 32768 && memhp_zonestat_free_pages(zone) == 1);
	HOLDS(memhp_zonestat_cma(zone) == 0 && memhp_zonestat_start_pfn(zone) == 0);
	HOLDS(!memhp_plan_next(o->plan, step));
	HOLDS(!memhp_plan_next_passed(o->plan, NULL) && !memhp_plan_next_pool(o->plan, NULL));
	HOLDS(memhp_plan_requested(o->plan) == OBJECTS_BLOCK_SIZE && memhp_plan_pending(o->plan) == 0);
	HOLDS(memhp_plan_available(o->plan) == OBJECTS_BLOCK_SIZE);
	FAILS(memhp_plan_find_left(o->plan, &left), 0);
	HOLDS(!left);
	HOLDS(memhp_step_block(step) == o->block && !memhp_step_pages(step));
	HOLDS(memhp_step_is_already(step) && !memhp_step_is_reserve(step) && memhp_step_is_certain(step));
	HOLDS(memhp_step_zone(step) == MEMHP_ZONE_NORMAL && !memhp_step_reason(step));
	HOLDS(memhp_pages_unmovable(pages) == 0 && memhp_pages_work(pages) == 0);
	HOLDS(memhp_page_size(o->memhp) == 4096);
}

static void test_report(struct objects *o)
{
	const struct memhp_outcome *outcome = memhp_report_next(o->report, NULL);

	HOLDS(!memhp_outcome_has_changed(outcome));
	HOLDS(!memhp_outcome_next_holder(outcome, NULL) && !memhp_outcome_next_suspect(outcome, NULL));
	HOLDS(!memhp_report_next(o->report, outcome));
	HOLDS(memhp_report_is_met(o->report));
	HOLDS(!memhp_report_was_stopped(o->report) && !memhp_report_was_late(o->report));
	HOLDS(!memhp_report_is_incomplete(o->report) && memhp_report_explain_error(o->report) == 0);
	HOLDS(memhp_report_settled(o->report) == -1 && memhp_report_unsettled_pid(o->report) == 0);
	HOLDS(memhp_report_added(o->report) == 0 && memhp_report_changed(o->report) == 0);
	HOLDS(memhp_report_elapsed_ms(o->report) < 60000);
}

/* That their structure has no size; test-sized.c and test-filled.c ask more. */
static void test_no_size(struct objects *o)
{
	struct memhp_sizing sizing = { 0 };
	struct memhp_verdict verdict = { 0 };
	struct memhp_zone_rules rules = { 0 };
	struct memhp_figures figures = { 0 };
	struct memhp_plan_room room = { 0 };
	const struct memhp_run_options options = { 0 };
	struct memhp_report *report = NULL;

	FAILS(memhp_sizing_read(o->memhp, o->snapshot, o->stats, &sizing), EINVAL);
	FAILS(memhp_scan_judge(o->scan, o->block, &verdict), EINVAL);
	FAILS(memhp_policy_zone_rules(o->policy, &rules), EINVAL);
	FAILS(memhp_figures_read(o->memhp, &figures), EINVAL);
	FAILS(memhp_plan_judge(o->plan, &figures), EINVAL);
	FAILS(memhp_plan_room(o->plan, &figures, &room), EINVAL);
	FAILS(memhp_run(o->memhp, o->plan, &options, &report), EINVAL);
	HOLDS(!report);
}

/* A root with nothing in it. */
static void test_empty(struct objects *o)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;
	struct memhp_stats *stats = NULL;
	struct memhp_policy *policy = NULL;
	struct memhp_conf *conf = NULL;
	struct memhp_forecast *forecast = NULL, *copy = NULL;

	FAILS(memhp_new(tree->root, &memhp), 0);
	FAILS(memhp_stats_read(memhp, &stats), ENOENT);
	FAILS(memhp_policy_read(memhp, &policy), 0);
	FAILS(memhp_conf_read(memhp, &conf), 0);
	FAILS(memhp_forecast_read(memhp, o->snapshot, &forecast), 0);
	FAILS(memhp_forecast_copy(forecast, &copy), 0);
	HOLDS(!memhp_forecast_free(copy) && !memhp_forecast_free(forecast));
	HOLDS(!memhp_conf_free(conf) && !memhp_policy_free(policy) && !memhp_free(memhp));
	tree_free(tree);
}

int main(void)
{
	struct objects objects;

	objects_open(&objects);
	tree_dir(objects.tree, "sys/bus/memory/devices");
	tree_dir(objects.tree, "etc");
	for (size_t i = 0; i < TAP_COUNT(wrong); i++) {
		diagnose("value %d", wrong[i]);
		test_words(wrong[i]);
		test_values(&objects, wrong[i]);
	}
	test_flags(&objects);
	test_texts(&objects);
	test_long_text(&objects);
	test_numbers(&objects);
	test_counts(&objects);
	test_nothing(&objects);
	test_settings(&objects);
	test_unread(&objects);
	test_ends(&objects);
	test_report(&objects);
	test_no_size(&objects);
	test_empty(&objects);
	objects_close(&objects);
	return tap_done();
}
