/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking into blocks, for list and for changes: the line on a terminal meanwhile,
 * and what is said where it cannot be done. What follows is verdict.c's.
 */
#include "scanning.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/text.h"

/* Shorter work needs no line; a line is drawn anew after so long. */
#define PATIENCE_MS 1000
#define INTERVAL_MS 200

struct watch {
	const struct scan_request *request;
	uint64_t block_size, begin_ms, drawn_ms;
	bool is_wanted;
};

static void draw(const struct watch *watch, size_t done, size_t total, uint64_t elapsed_ms)
{
	char seen[24], all[24];

	size_text(done * watch->block_size, seen);
	size_text(total * watch->block_size, all);
	fprintf(stderr, "\r\033[Klooking into blocks: %zu/%zu, %s/%s, about %" PRIu64 "s left", done, total, seen, all,
		elapsed_ms * (total - done) / done / 1000 + 1);
	fflush(stderr);
}

static bool on_progress(void *data, size_t done, size_t total)
{
	struct watch *watch = data;
	const struct scan_request *request = watch->request;
	struct pollfd fd = { .fd = request->stop_fd, .events = POLLIN };
	uint64_t now = clock_ms();

	if (request->stop_fd >= 0 && poll(&fd, 1, 0) > 0)
		return false;
	if (limit_is_over(request->limit))
		return false;
	if (watch->is_wanted && now - watch->begin_ms >= PATIENCE_MS && now - watch->drawn_ms >= INTERVAL_MS) {
		draw(watch, done, total, now - watch->begin_ms);
		watch->drawn_ms = now;
	}
	return true;
}

int scan_blocks(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct scan_request *request,
		struct memhp_scan **ret)
{
	struct watch watch = {
		.request = request,
		.block_size = memhp_snapshot_block_size(snapshot),
		.begin_ms = clock_ms(),
		.is_wanted = !request->no_progress && message_is_watched(request->globals),
	};
	const struct memhp_scan_options options = {
		.size = sizeof(options),
		.blocks = request->ids,
		.block_count = request->count,
		.enough = request->enough,
		.preferred = request->preferred,
		.progress = on_progress,
		.data = &watch,
	};
	int r;

	/* What is at fault is said here, and need not keep anything else from being done. */
	memhp_set_fault_handler(memhp, NULL, NULL);
	r = memhp_scan_take(memhp, snapshot, &options, ret);
	memhp_set_fault_handler(memhp, message_fault, (void *)request->globals->sysroot);
	if (watch.drawn_ms)
		fputs("\r\033[K", stderr);
	if (r == 0)
		return EXIT_DONE;
	if (r == -ENOMEM)
		return library_error("scan", r);
	if (r == -ENOENT && request->is_asked_for)
		notice("the pages of blocks cannot be seen: this kernel has no %s/proc/kpageflags (CONFIG_PROC_PAGE_MONITOR)",
		       machine_root(request->globals));
	else if (r != -ENOENT)
		notice("the pages of blocks cannot be seen: %s/proc/kpageflags: %s%s", machine_root(request->globals), strerror(-r),
		       r == -EACCES || r == -EPERM ? " (run as root)" : "");
	return EXIT_DONE;
}

/* Told as a warning or as a notice. */
static bool tell_faults(const struct globals *globals, const struct memhp_scan *scan, const struct memhp_snapshot *snapshot,
			void (*tell)(const char *format, ...) __attribute__((format(printf, 1, 2))))
{
	const struct memhp_block *block, *first = NULL;
	uint64_t count = 0;
	int r;

	memhp_snapshot_foreach(snapshot, block) {
		r = memhp_scan_error(scan, block);
		if (r == 0 || r == -ENODATA)
			continue;
		if (!first)
			first = block;
		count++;
	}
	if (!first)
		return false;
	r = memhp_scan_error(scan, first);
	tell("the pages of %" PRIu64 " block%s could not be read, first block %" PRIu64 ": %s/proc/kpageflags: %s", count,
		count == 1 ? "" : "s", memhp_block_id(first), machine_root(globals), r == -EBADMSG ? "ends before" : strerror(-r));
	return true;
}

int scan_selected(const struct globals *globals, struct memhp *memhp, const struct memhp_snapshot *snapshot,
		  const struct selection *selection, const struct filters *filters, struct memhp_scan **ret)
{
	cleanup(cleanup_free) uint64_t *ids = calloc(memhp_snapshot_count(snapshot) + 1, sizeof(*ids));
	struct scan_request request = {
		.globals = globals, .ids = ids, .is_asked_for = true, .limit = LIMIT_NONE, .stop_fd = -1,
	};
	const struct memhp_block *block;

	if (!ids)
		return library_error("scan", -ENOMEM);
	memhp_snapshot_foreach(snapshot, block)
		if (selection_has(selection, block) && filters_pass(filters, block))
			ids[request.count++] = memhp_block_id(block);
	return scan_blocks(memhp, snapshot, &request, ret);
}

int scan_candidates(const struct change_context *context, const struct memhp_snapshot *snapshot,
		    const struct memhp_plan *plan, const struct memhp_request *request, struct memhp_scan **ret)
{
	const size_t wanted = memhp_plan_pending(plan) / context->block_size;
	cleanup(cleanup_free) uint64_t *ids = calloc(memhp_snapshot_count(snapshot) + 1, sizeof(*ids));
	struct scan_request scan = {
		.globals = context->globals,
		.ids = ids,
		.enough = request->amount && !request->whole_devices && !request->unplug ? wanted : 0,
		.no_progress = context->args->no_progress,
		.is_asked_for = context->args->order == ORDER_WORK,
		.limit = limit_after(clock_ms(), context->args->deadline_ms / 4),
		.stop_fd = context->stop_fd,
	};
	const struct memhp_step *step;
	size_t movable = 0;
	int status;

	if (!ids)
		return library_error("scan", -ENOMEM);
	memhp_plan_foreach(plan, step) {
		movable += memhp_block_zone(memhp_step_block(step)) == MEMHP_ZONE_MOVABLE;
		ids[scan.count++] = memhp_block_id(memhp_step_block(step));
	}
	/* Movable goes first; where it suffices the other zones need no look. */
	scan.preferred = scan.enough && movable >= wanted ? movable : 0;
	status = scan.count ? scan_blocks(context->memhp, snapshot, &scan, ret) : EXIT_DONE;
	/* Those are taken by their addresses. */
	if (*ret)
		(void)tell_faults(context->globals, *ret, snapshot, notice);
	return status;
}

int scan_report_faults(const struct globals *globals, const struct memhp_scan *scan,
		       const struct memhp_snapshot *snapshot)
{
	return tell_faults(globals, scan, snapshot, warning) ? EXIT_PARTLY : EXIT_DONE;
}
