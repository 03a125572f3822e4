/* SPDX-License-Identifier: 0BSD */
/*
 * offline-amount [--root DIR] [MIB]: takes 1024 MiB offline, or that many, within 30 seconds.
 *
 * This example shows an amount: the library chooses the blocks, and another one for each that fails.
 * Each failure has a reason. It changes the machine, and needs root.
 * Build it with: cc offline-amount.c $(pkg-config --cflags --libs libmemhp) -o offline-amount
 */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <libmemhp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_MS 30000
/* What such plans need to know. Blocks with holes can never go offline, and are left out. */
#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

/* Library functions return 0 or more, or a negative errno. */
static void check(int r, const char *what)
{
	if (r < 0)
		errx(1, "%s: %s", what, r == -ENOSPC ? "its contents have no room elsewhere" : strerror(-r));
}

static void print_outcome(const struct memhp_outcome *outcome)
{
	printf("block %" PRIu64 ": %s", memhp_block_id(outcome->block), memhp_result_name(outcome->result));
	if (outcome->reason != MEMHP_REASON_NONE)
		printf(", %s", memhp_reason_name(outcome->reason));
	if (outcome->error)
		printf(", %s", strerror(outcome->error));
	printf("\n");
}

int main(int argc, char **argv)
{
	const char *root = argc > 2 && strcmp(argv[1], "--root") == 0 ? argv[2] : NULL;
	const int operands = argc - (root ? 3 : 1);
	const long mib = operands == 1 ? atol(argv[argc - 1]) : 1024;
	/* Structures begin with their size. What is not set is 0, the default of each field. */
	struct memhp_lock_options lock_options = { .size = sizeof(lock_options), .timeout_ms = LIMIT_MS };
	struct memhp_request request = { .size = sizeof(request), .action = MEMHP_ACTION_OFFLINE };
	struct memhp_run_options options = { .size = sizeof(options), .deadline_ms = LIMIT_MS };
	const struct memhp_outcome *outcome;
	struct memhp *memhp;
	struct memhp_lock *lock;
	struct memhp_snapshot *snapshot;
	struct memhp_plan *plan;
	struct memhp_report *report;
	struct timespec now;

	if (operands > 1 || mib <= 0)
		errx(2, "usage: offline-amount [--root DIR] [MIB]");
	/* The time begins here: the wait for the lock is part of it. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	options.begin_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	check(memhp_new(root, &memhp), "no access to this machine");
	check(memhp_lock_take(memhp, &lock_options, &lock), "cannot take the lock");
	check(memhp_snapshot_take(memhp, ATTRS, &snapshot), "cannot read the memory blocks");
	request.amount = (uint64_t)mib << 20; /* a multiple of the block size, or the plan fails with EINVAL */
	request.all = true; /* of all blocks; with a scan, those with the least work would be first */
	check(memhp_plan_new(snapshot, &request, &plan), "cannot plan this amount");
	check(memhp_run(memhp, plan, &options, &report), "cannot take memory offline");
	memhp_report_foreach(report, outcome)
		print_outcome(outcome);
	const uint64_t changed = memhp_report_changed(report);
	printf("%" PRIu64 " of %ld MiB are offline%s\n", changed >> 20, mib,
	       memhp_report_was_late(report) ? ", the time is up" : "");
	/* If a write could not be stopped, the next program that takes the lock knows it. */
	memhp_lock_leave_writer(lock, memhp_report_unsettled_pid(report));
	memhp_report_free(report);
	memhp_plan_free(plan);
	memhp_snapshot_free(snapshot); /* after what uses its blocks */
	memhp_lock_free(lock);
	memhp_free(memhp);
	return changed >= request.amount ? 0 : 1;
}
