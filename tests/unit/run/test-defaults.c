/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the options of a run mean that a caller has not set: a run with nothing but the size is a
 * safe one. The file state of a tree is an ordinary one, to which every write succeeds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/libmemhp/run/run.h"
#include "../tap.h"
#include "../tree.h"

static const struct {
	const char *name;
	struct memhp_run_options given, meant;
	uint64_t rollback_ms;
} options[] = {
	{ "nothing is set", { 0 },
	  { .timeout_ms = 60000, .interval_ms = 500, .retries = 3, .settle_ms = 3000, .stop_fd = -1 }, 60000 },
	{ "everything is set",
	  { .timeout_ms = 1, .deadline_ms = 2, .interval_ms = 3, .retries = 4, .settle_ms = 5, .stop_fd = 6 },
	  { .timeout_ms = 1, .deadline_ms = 2, .interval_ms = 3, .retries = 4, .settle_ms = 5, .stop_fd = 6 }, 1 },
	{ "none is wanted",
	  { .timeout_ms = MEMHP_NO_LIMIT, .interval_ms = MEMHP_NO_WAIT, .retries = MEMHP_NO_RETRIES,
	    .settle_ms = MEMHP_NO_WAIT, .stop_fd = -2 },
	  { .timeout_ms = MEMHP_NO_LIMIT, .stop_fd = -1 }, 60000 },
	{ "no timeout but a deadline", { .timeout_ms = MEMHP_NO_LIMIT, .deadline_ms = 7 },
	  { .timeout_ms = MEMHP_NO_LIMIT, .deadline_ms = 7, .interval_ms = 500, .retries = 3, .settle_ms = 3000,
	    .stop_fd = -1 }, 7 },
};

static void test_options(size_t i)
{
	const struct memhp_run_options *meant = &options[i].meant;
	struct memhp_run_options got = options[i].given;

	run_options_complete(&got);
	is_number(got.timeout_ms, meant->timeout_ms, "%s: timeout", options[i].name);
	is_number(got.deadline_ms, meant->deadline_ms, "%s: deadline", options[i].name);
	is_number(got.interval_ms, meant->interval_ms, "%s: interval", options[i].name);
	is_number(got.retries, meant->retries, "%s: retries", options[i].name);
	is_number(got.settle_ms, meant->settle_ms, "%s: wait for udev", options[i].name);
	is_int(got.stop_fd, meant->stop_fd, "%s: descriptor", options[i].name);
	is_number(rollback_timeout(&got), options[i].rollback_ms, "%s: timeout of a rollback", options[i].name);
}

static const char *read_state(const struct tree *tree, char ret[16])
{
	int fd = openat(tree->fd, TREE_MEMORY "/memory1/state", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, ret, 15);

	ret[length < 0 ? 0 : length] = '\0';
	if (fd >= 0)
		close(fd);
	return ret;
}

/* The standard input is at its end: poll(2) calls it readable. */
static void test_run(void)
{
	static const uint64_t blocks[] = { 1 };
	const struct memhp_run_options unset = { .size = sizeof(unset) };
	const struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .blocks = blocks, .block_count = 1,
	};
	struct tree *tree = tree_new();
	char state[16];
	struct memhp *memhp = NULL;
	struct memhp_snapshot *snapshot = NULL;
	struct memhp_plan *plan = NULL;
	const struct memhp_run_options closed = { .size = sizeof(closed), .stop_fd = 1 << 20 };
	struct memhp_report *report = NULL;
	const struct memhp_outcome *outcome;

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_block(tree, 0, "online\n", "Normal\n");
	tree_block(tree, 1, "online\n", "Movable\n");
	tree_text(tree, "", TREE_MEMORY "/probe");
	if (memhp_new(tree->root, &memhp) < 0 ||
	    memhp_snapshot_take(memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN, &snapshot) < 0 ||
	    memhp_plan_new(snapshot, &request, &plan) < 0)
		bail_out("no plan");
	is_int(memhp_run(memhp, plan, &closed, &report), -EBADF, "a descriptor that is not open");
	is_str(read_state(tree, state), "online\n", "then nothing is written");
	if (memhp_run(memhp, plan, &unset, &report) < 0)
		bail_out("no run");
	outcome = memhp_report_next(report, NULL);
	ok(!memhp_report_was_stopped(report), "only the size: the standard input does not stop the run");
	is_str(outcome ? memhp_result_name(outcome->result) : NULL, "done", "only the size: the block is offline");
	is_int(memhp_probe(memhp, UINT64_C(0x40000000), 0, 0, MEMHP_PROBE_FORCE), -ENOENT,
	       "nor does it stop a probe");
	memhp_report_free(report);
	memhp_plan_free(plan);
	memhp_snapshot_free(snapshot);
	memhp_free(memhp);
	tree_free(tree);
}

int main(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0 || dup2(ends[0], 0) < 0 || close(ends[0]) < 0 || close(ends[1]) < 0)
		bail_out("no pipe: %s", strerror(errno));
	for (size_t i = 0; i < TAP_COUNT(options); i++)
		test_options(i);
	test_run();
	return tap_done();
}
