/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp probe: adds memory that the firmware does not announce. probe-check.c checks
 * all blocks before the first write. Nobody can check that there is memory at an
 * address, so the user must confirm it. probe-report.c prints the results.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../libmemhp/cleanup.h"
#include "../base/changes.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../shared/system-log.h"
#include "../change/change.h"
#include "cmd-probe.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)

static int parse_online(const char *value, void *field)
{
	struct probe_args *args = field;

	args->online = true;
	return choices_parse(&target_choices, value, &args->target);
}

static const struct option probe_options[] = {
	{ .name = "online", .metavar = "TARGET", .bare = "auto", .parse = parse_online,
	  .help = "also bring it online:", .choices = &target_choices },
	{ .name = "yes", .letter = 'y', .offset = offsetof(struct probe_args, yes), .help = "do not ask for confirmation" },
	{ .name = "force", .offset = offsetof(struct probe_args, force), .help = "override refusals" },
	{ .name = "dry-run", .offset = offsetof(struct probe_args, dry_run),
	  .help = "only check, change nothing" },
};

static void probe_run_free(struct probe_run *run)
{
	guard_end(&run->guard);
	free(run->rows);
}

/* Decide ---------------------------------------------------------------------- */

static size_t probe_count_result(const struct probe_run *run, enum memhp_result result)
{
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++)
		count += run->rows[i].result == result;
	return count;
}

static bool probe_has_result(const struct probe_run *run, enum memhp_result result)
{
	return probe_count_result(run, result) > 0;
}

static const struct probe_row *first_planned(const struct probe_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->rows[i].result == MEMHP_RESULT_PLANNED)
			return &run->rows[i];
	return NULL;
}

/* Only the user can know whether there is memory at these addresses. */
static int probe_confirm(const struct probe_run *run)
{
	const struct probe_row *first = first_planned(run);
	size_t count = probe_count_result(run, MEMHP_RESULT_PLANNED);
	char answer[16] = "";

	if (run->args->yes || run->args->dry_run || !first)
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return usage_error("the kernel cannot check whether there is memory; --yes confirms that there is");
	fprintf(stderr, "The kernel cannot check whether there is memory; it crashes where there is none.\n"
			"Probe %zu block%s from 0x%" PRIx64 "? [y/N] ", count, count == 1 ? "" : "s",
		first->probe.address);
	if (!signals_allow_read(STDIN_FILENO)) {
		fputc('\n', stderr);
		return guard_stopped();
	}
	if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return EXIT_DONE;
	error("not confirmed");
	return EXIT_FAILED;
}

/* Write ----------------------------------------------------------------------- */

/* The timeout of one block. */
#define PROBE_TIMEOUT_MS 60000

/* The library checks the address again, right before the write. It may refuse what the first check did
 * not: the machine may have changed while the user was asked or another memhp held the lock. */
static void probe_write(struct probe_run *run, struct probe_row *row)
{
	const int r = memhp_probe(run->memhp, row->probe.address, PROBE_TIMEOUT_MS, run->guard.stop_fd,
				  probe_flags(run));

	if (r == 0)
		changes_note();
	guard_leave_writer(&run->guard, memhp_probe_unsettled_pid(run->memhp));
	row->error = -r;
	row->result = r == 0 ? MEMHP_RESULT_DONE : r == -ETIMEDOUT ? MEMHP_RESULT_TIMEOUT :
		      r == -ECANCELED ? MEMHP_RESULT_INTERRUPTED : r == -EINPROGRESS ? MEMHP_RESULT_UNSETTLED :
		      MEMHP_RESULT_FAILED;
	if (row->result != MEMHP_RESULT_FAILED || memhp_probe_check(run->memhp, row->probe.address, &row->probe) < 0)
		return;
	/* Another process added the block in the meantime. */
	if (r == -EEXIST && row->probe.is_present) {
		row->result = MEMHP_RESULT_ALREADY;
		row->error = 0;
	}
	row->is_refused = row->error && memhp_probe_judge(&row->probe, probe_flags(run)) == r;
}

static void probe_write_rows(struct probe_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct probe_row *row = &run->rows[i];

		if (row->result != MEMHP_RESULT_PLANNED)
			continue;
		if (signals_take())
			row->result = MEMHP_RESULT_SKIPPED;
		else
			probe_write(run, row);
	}
	/* One may have arrived during the last block. */
	(void)signals_take();
}

static int probe_exit_status(const struct probe_run *run)
{
	const bool has_failed = probe_has_result(run, MEMHP_RESULT_FAILED) ||
				probe_has_result(run, MEMHP_RESULT_INTERRUPTED);

	if (probe_has_result(run, MEMHP_RESULT_UNSETTLED))
		return EXIT_PARTLY;
	if (!has_failed && !probe_has_result(run, MEMHP_RESULT_TIMEOUT))
		return EXIT_DONE;
	if (changes_were_made())
		return EXIT_PARTLY;
	return has_failed ? EXIT_FAILED : EXIT_TIMEOUT;
}

/* Logs the change and checks the crash kernel, as after any other change. */
static void probe_tell_change(const struct probe_run *run, const char *request)
{
	cleanup(ranges_free) struct ranges changed = { 0 };
	unsigned int failed = 0;

	for (size_t i = 0; i < run->count; i++) {
		uint64_t block = run->rows[i].probe.address / run->rows[i].probe.block_size;

		if (run->rows[i].result == MEMHP_RESULT_DONE)
			(void)ranges_add(&changed, block, block);
		else if (run->rows[i].result != MEMHP_RESULT_ALREADY)
			failed++;
	}
	if (!run->globals->sysroot)
		system_log_blocks(request, &changed, failed);
	if (changed.count)
		machine_check_crash_kernel(run->memhp);
}

/* Go online ------------------------------------------------------------------- */

/* Brings the new blocks online with the code of online, which then prints the result. */
static int probe_go_online(const struct probe_run *run, const char *request)
{
	cleanup(operands_free) struct operands operands = { 0 };
	struct change_args args = CHANGE_ARGS_DEFAULT;

	args.target = run->args->target;
	args.request = request;
	args.force = run->args->force;
	args.lacks_explain = true;
	operands.items = calloc(run->count + 1, sizeof(*operands.items));
	if (!operands.items)
		return library_error("operands", -ENOMEM);
	if (!run->globals->json)
		(void)probe_report(run, EXIT_DONE);
	for (size_t i = 0; i < run->count; i++) {
		uint64_t block = run->rows[i].probe.address / run->rows[i].probe.block_size;

		operands.items[operands.count++] = (struct operand){
			.kind = OPERAND_BLOCKS, .first = block, .last = block, .is_single = true };
	}
	return change_operands(run->globals, &args, MEMHP_ACTION_ONLINE, &operands);
}

/* The command ------------------------------------------------------------------ */

static int probe_words(struct probe_run *run, const struct words *words, const char *request)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(operands_free) struct operands operands = { 0 };
	int status = probe_parse(run, words, &operands);

	if (run->args->dry_run)
		signals_release();
	if (status == EXIT_DONE)
		status = machine_open(run->globals, &memhp);
	run->memhp = memhp;
	for (size_t i = 0; i < operands.count && status == EXIT_DONE; i++)
		status = probe_add(run, &operands.items[i]);
	for (size_t i = 0; i < run->count && status == EXIT_DONE; i++)
		status = probe_check(run, &run->rows[i]);
	if (status == EXIT_DONE)
		status = probe_confirm(run);
	if (status != EXIT_DONE || run->args->dry_run)
		return status == EXIT_DONE ? probe_report(run, status) : status;
	status = guard_begin(run->globals, limit_after(clock_ms(), GUARD_PATIENCE_MS), &run->guard);
	if (status != EXIT_DONE)
		return status;
	probe_write_rows(run);
	guard_end(&run->guard);
	probe_tell_change(run, request);
	status = probe_exit_status(run);
	if (status == EXIT_DONE && run->args->online && !signals_first())
		return probe_go_online(run, request);
	return probe_report(run, status);
}

static int probe_main(struct globals *globals, int argc, const char **argv)
{
	struct probe_args args = { 0 };
	cleanup(words_free) struct words words = { 0 };
	cleanup(probe_run_free) struct probe_run run = { .globals = globals, .args = &args, .guard = GUARD_NONE };
	const struct option_group groups[] = {
		{ "Probe:", probe_options, OPTION_COUNT(probe_options), &args },
	};
	int status = options_parse(globals, groups, OPTION_COUNT(groups), argc, argv, false, &words);

	if (status != EXIT_DONE || options_answer(globals, groups, OPTION_COUNT(groups), &probe_command))
		return status;
	if (!words.count)
		return usage_error("missing operand: an address or an address range");
	return probe_words(&run, &words, system_log_request(argc, argv));
}

const struct command probe_command = {
	.name = "probe",
	.summary = "add memory that the firmware does not announce",
	.synopsis = "[OPTION...] ADDRESS|RANGE...",
	.about = "Add memory that the firmware does not announce, after checking its address.",
	.operands = "Operands are the address of a block (0x140000000) or the range of several\n"
		    "(0x140000000-0x17fffffff).",
	.examples = "  memhp probe --dry-run 0x140000000\n"
		    "  memhp probe --yes --online=movable 0x140000000-0x17fffffff",
	.can_change = true,
	.run = probe_main,
};
