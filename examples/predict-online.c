/* SPDX-License-Identifier: 0BSD */
/*
 * predict-online [--root DIR]: predicts the zone of each offline memory block, then brings all of them
 * online and prints the results.
 *
 * This example shows a forecast, a plan and a run. It changes the machine, and needs root.
 * Build it with: cc predict-online.c $(pkg-config --cflags --libs libmemhp) -o predict-online
 */
#include <err.h>
#include <inttypes.h>
#include <libmemhp.h>
#include <stdio.h>
#include <string.h>

/* What plans and forecasts need to know of every block. */
#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN)

/* Library functions return 0 or more, or a negative errno. */
static void check(int r, const char *what)
{
	if (r < 0)
		errx(1, "%s: %s", what, strerror(-r));
}

/* A value that is not known has no name. */
static const char *word(const char *name)
{
	return name ? name : "unknown";
}

static int print_outcome(const struct memhp_outcome *outcome)
{
	const int failed = outcome->result != MEMHP_RESULT_DONE;

	printf("block %" PRIu64 ": %s, %s\n", memhp_block_id(outcome->block), memhp_result_name(outcome->result),
	       word(failed ? memhp_reason_name(outcome->reason) : memhp_zone_name(outcome->zone)));
	return failed;
}

int main(int argc, char **argv)
{
	const char *root = argc == 3 && strcmp(argv[1], "--root") == 0 ? argv[2] : NULL;
	/* Structures begin with their size. What is not set is 0, the default of each field. */
	struct memhp_request request = { .size = sizeof(request), .action = MEMHP_ACTION_ONLINE };
	struct memhp_run_options options = { .size = sizeof(options) };
	const struct memhp_outcome *outcome;
	const struct memhp_step *step;
	struct memhp *memhp;
	struct memhp_lock *lock;
	struct memhp_snapshot *snapshot;
	struct memhp_forecast *forecast;
	struct memhp_plan *plan;
	struct memhp_report *report;
	int status = 0;

	if (argc != (root ? 3 : 1))
		errx(2, "usage: predict-online [--root DIR]");
	check(memhp_new(root, &memhp), "no access to this machine");
	check(memhp_lock_take(memhp, NULL, &lock), "cannot take the lock"); /* before the snapshot */
	check(memhp_snapshot_take(memhp, ATTRS, &snapshot), "cannot read the memory blocks");
	check(memhp_forecast_read(memhp, snapshot, &forecast), "no forecast");
	request.target = MEMHP_TARGET_AUTO; /* the kernel chooses the zones */
	request.forecast = forecast;
	request.all = true; /* also those that are online: there is nothing to do for them */
	check(memhp_plan_new(snapshot, &request, &plan), "no plan");
	memhp_plan_foreach(plan, step)
		if (!memhp_step_is_already(step))
			printf("block %" PRIu64 ": planned, %s, %s\n", memhp_block_id(memhp_step_block(step)),
			       word(memhp_zone_name(memhp_step_zone(step))),
			       memhp_step_is_certain(step) ? "certain" : "not certain");
	check(memhp_run(memhp, plan, &options, &report), "cannot bring memory online");
	memhp_report_foreach(report, outcome)
		if (outcome->result != MEMHP_RESULT_ALREADY)
			status |= print_outcome(outcome);
	memhp_report_free(report);
	memhp_plan_free(plan);
	memhp_forecast_free(forecast);
	memhp_snapshot_free(snapshot); /* after what uses its blocks */
	memhp_lock_free(lock);
	memhp_free(memhp);
	return status;
}
