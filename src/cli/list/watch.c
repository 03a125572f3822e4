/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp list --watch: prints each change as it happens, until the time is over, a signal
 * arrives or nobody reads any more. The library's monitor says what has changed;
 * watch-line.c prints one change.
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/clock.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../base/unread.h"
#include "../input/notation.h"

/* The map is drawn at most this often. */
#define REDRAW_MS 100

DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)

int watch_check(const struct globals *globals, const struct list *list)
{
	const struct list_args *args = &list->args;

	if (args->summary != SUMMARY_DEFAULT)
		return usage_error("--watch and --summary exclude each other");
	if (args->scan || page_filters_are_given(&list->page_filters) || columns_have(&list->columns, COLUMN_PAGES) ||
	    columns_have(&list->split, COLUMN_PAGES))
		return usage_error("--watch excludes page columns, and options that scan pages");
	if (args->map && !isatty(STDOUT_FILENO))
		return usage_error("--watch with --map needs a terminal");
	(void)globals;
	return EXIT_DONE;
}

int watch_open(const struct globals *globals, struct memhp *memhp, unsigned int attrs, struct memhp_monitor **ret)
{
	const struct memhp_monitor_options options = { .size = sizeof(options), .attrs = attrs };
	int r;

	/* From here on a signal ends the output in good order. */
	signals_hold();
	r = signals_open();
	if (r >= 0)
		r = memhp_monitor_new(memhp, &options, ret);
	if (r < 0)
		return library_error("monitor", r);
	machine_note_snapshot(globals, memhp_monitor_snapshot(*ret));
	return EXIT_DONE;
}

/* Whether an operand names the block, even if there was none when the operands were resolved. */
static bool is_named(const struct watch *watch, const struct memhp_block *block)
{
	const struct operands *operands = &watch->list->operands;

	for (size_t i = 0; i < operands->count; i++)
		if (operand_covers(&operands->items[i], &watch->there, memhp_block_id(block)))
			return true;
	return !operands->count;
}

/* A block that leaves what the filters let pass is a change, too. */
static bool watch_shows(const struct watch *watch, const struct memhp_event *event)
{
	const struct filters *filters = &watch->list->filters;

	if (!event->block)
		return true;
	return is_named(watch, event->block) && (filters_pass(filters, event->block) ||
						 (event->before && filters_pass(filters, event->before)));
}

/* What was read for an event, and could not be read or understood. */
static void note_faults(struct watch *watch, const struct memhp_block *block)
{
	char path[96];

	for (unsigned int bit = 1; block && bit && bit <= watch->attrs; bit <<= 1) {
		const int r = memhp_block_error(block, (enum memhp_attr)bit);

		if (!(watch->attrs & bit) || r == 0 || r == -ENODATA)
			continue;
		snprintf(path, sizeof(path), "sys/devices/system/memory/memory%llu/%s",
			 (unsigned long long)memhp_block_id(block), memhp_attr_name((enum memhp_attr)bit));
		unread_note(path, r);
		watch->status = EXIT_PARTLY;
	}
}

static void tell_hearing(struct watch *watch)
{
	const enum memhp_hearing hearing = memhp_monitor_hearing(watch->monitor);

	if (watch->is_told && hearing == watch->hearing)
		return;
	if (hearing == MEMHP_HEARING_NONE)
		notice("no events can be heard here; the blocks are compared every second");
	else if (hearing == MEMHP_HEARING_UDEV)
		detail("the events of the kernel and of udev are heard");
	else
		detail("the events of the kernel are heard%s", watch->is_told ? "; udev does not answer" : "");
	watch->hearing = hearing;
	watch->is_told = true;
}

/* Prints what has happened. Returns a negative errno of the monitor. */
static int show_events(struct watch *watch)
{
	const struct memhp_event *event = NULL;
	int r = 0;

	while (!signals_take() && (r = memhp_monitor_next(watch->monitor, &event)) > 0) {
		if (!watch_shows(watch, event))
			continue;
		note_faults(watch, event->block);
		watch->has_changed = true;
		if (!watch->list->args.map)
			r = watch_line(watch, event);
		if (r < 0)
			break;
	}
	tell_hearing(watch);
	return r < 0 ? r : 0;
}

/* Draws the map of what is there now. */
static int redraw(struct watch *watch)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *now = NULL;
	int r = memhp_snapshot_take(watch->memhp, watch->attrs, &now);

	if (r < 0)
		return r;
	fputs("\033[H\033[2J", stdout);
	watch->list->snapshot = now;
	r = map_show(watch->globals, watch->list);
	watch->list->snapshot = memhp_monitor_snapshot(watch->monitor);
	watch->has_changed = false;
	watch->drawn_ms = clock_ms();
	return r;
}

/* Whether what was printed has been written. A reader that is gone is not an error. */
static bool is_written(struct watch *watch)
{
	if (fflush(stdout) == 0)
		return true;
	watch->is_unread = true;
	if (errno != EPIPE) {
		error("cannot write to standard output: %s", strerror(errno));
		watch->status = EXIT_FAILED;
	}
	clearerr(stdout);
	return false;
}

/* Waits for the next event; false: it is time to end. */
static bool watch_wait(struct watch *watch)
{
	const struct limit redraw = watch->list->args.map && watch->has_changed ? limit_add(watch->drawn_ms, REDRAW_MS) :
				    LIMIT_NONE;
	struct pollfd fds[] = {
		{ .fd = memhp_monitor_fd(watch->monitor), .events = POLLIN },
		{ .fd = signals_open(), .events = POLLIN },
		/* Without an event to wait for: a pipe or socket whose reader is gone. */
		{ .fd = STDOUT_FILENO },
	};

	if (poll(fds, 3, limit_poll_ms(limit_earlier(watch->limit, redraw))) < 0)
		return errno == EINTR;
	watch->is_unread = fds[2].revents & (POLLERR | POLLHUP | POLLNVAL);
	return !fds[1].revents && !watch->is_unread && !limit_is_over(watch->limit);
}

static int watch_events(struct watch *watch)
{
	int r;

	do {
		r = show_events(watch);
		if (r == 0 && watch->has_changed && watch->list->args.map && clock_ms() - watch->drawn_ms >= REDRAW_MS)
			r = redraw(watch);
	} while (r == 0 && is_written(watch) && watch_wait(watch));
	return r;
}

int watch_run(const struct globals *globals, struct list *list, struct memhp *memhp, struct memhp_monitor *monitor,
	      unsigned int attrs, int status)
{
	cleanup(watch_end) struct watch watch = {
		.globals = globals, .list = list, .memhp = memhp, .monitor = monitor, .attrs = attrs, .status = status,
		.limit = limit_after(clock_ms(), list->args.watch.ms),
	};
	int r = blocks_there_begin(memhp, list->snapshot, &watch.there);

	if (r == 0)
		r = watch_begin(&watch);
	if (r == 0 && is_written(&watch))
		r = watch_events(&watch);
	if (r < 0)
		watch.status = library_error("watch", r);
	watch.status = signals_status(watch.status);
	return watch_finish(&watch);
}

void watch_end(struct watch *watch)
{
	blocks_there_end(&watch->there);
}
