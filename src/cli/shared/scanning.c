/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scans blocks for list and for changes. Draws a progress line on a terminal, and
 * reports why a scan is not possible. The callers choose the blocks; verdict-text.c
 * explains the results.
 */
#include "scanning.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "../base/machine.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../base/unread.h"

/* A shorter scan gets no progress line. The line is redrawn at this interval. */
#define PATIENCE_MS 1000
#define INTERVAL_MS 200

struct scan_watch {
	const struct scan_request *request;
	uint64_t block_size, begin_ms, drawn_ms;
	bool is_wanted;
};

static void scan_draw(const struct scan_watch *watch, size_t done, size_t total, uint64_t elapsed_ms)
{
	char seen[24], all[24];

	size_text(done * watch->block_size, seen);
	size_text(total * watch->block_size, all);
	fprintf(stderr, "\r\033[Kscanning blocks: %zu/%zu, %s/%s, about %" PRIu64 "s left", done, total, seen,
		all, elapsed_ms * (total - done) / done / 1000 + 1);
	fflush(stderr);
}

static bool scan_on_progress(void *data, size_t done, size_t total)
{
	struct scan_watch *watch = data;
	const struct scan_request *request = watch->request;
	struct pollfd fd = { .fd = request->stop_fd, .events = POLLIN };
	uint64_t now = clock_ms();

	if (request->stop_fd >= 0 && poll(&fd, 1, 0) > 0)
		return false;
	if (limit_is_over(request->limit))
		return false;
	if (watch->is_wanted && now - watch->begin_ms >= PATIENCE_MS && now - watch->drawn_ms >= INTERVAL_MS) {
		scan_draw(watch, done, total, now - watch->begin_ms);
		watch->drawn_ms = now;
	}
	return true;
}

int scan_blocks(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct scan_request *request,
		struct memhp_scan **ret)
{
	struct scan_watch watch = {
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
		.progress = scan_on_progress,
		.data = &watch,
	};
	const char *so = request->is_for_plan ? ", so OFFLINABLE rests on the zone only" : "";
	int r;

	/* The messages are printed here, and a failed scan does not stop the command. */
	memhp_set_fault_handler(memhp, NULL, NULL);
	r = memhp_scan_take(memhp, snapshot, &options, ret);
	memhp_set_fault_handler(memhp, message_fault, (void *)request->globals->sysroot);
	if (watch.drawn_ms)
		fputs("\r\033[K", stderr);
	if (r == 0)
		return EXIT_DONE;
	if (r == -ENOMEM)
		return library_error("scan", r);
	if (r != -ENOENT) {
		unread_note("proc/kpageflags", r);
		notice("cannot read page information%s: %s/proc/kpageflags: %s%s", so,
		       machine_root(request->globals), strerror(-r), permission_advice(-r));
	} else if (request->is_asked_for) {
		notice("cannot read page information%s: %s/proc/kpageflags does not exist "
		       "(needs CONFIG_PROC_PAGE_MONITOR)", so, machine_root(request->globals));
	}
	return EXIT_DONE;
}

bool scan_tell_faults(const struct globals *globals, const struct memhp_scan *scan,
		      const struct memhp_snapshot *snapshot,
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
	unread_note("proc/kpageflags", r);
	tell("cannot read page information of %" PRIu64 " block%s, first block %" PRIu64 ": %s/proc/kpageflags: %s",
		count, count == 1 ? "" : "s", memhp_block_id(first), machine_root(globals),
		r == -EBADMSG ? "the file is too short" : strerror(-r));
	return true;
}
