/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * online and offline --wait: waits until the memory that the operands and filters name is
 * there. What happens to it then is decided afterwards, by what is there at that time.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../shared/guard.h"
#include "change-plan.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_monitor *, memhp_monitor_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)

/* Where it is not known how many blocks will come: they are complete if no more was added for this time. */
#define QUIET_MS 500

struct wait {
	struct change_context *context;
	struct memhp_monitor *monitor;
	struct limit limit;
	uint64_t added_ms;            /* when a block was added last */
	bool is_told;
};

/* A block of its own must be there, even if the filters leave it out; of others there must be any. */
static bool has_operand(const struct change_context *context, const struct memhp_snapshot *snapshot,
			const struct operand *operand)
{
	const struct blocks_there there = { .block_size = context->block_size, .page_size = memhp_page_size(context->memhp) };
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block)
		if (operand_covers(operand, &there, memhp_block_id(block)) &&
		    (operand->is_single || change_takes(context, block)))
			return true;
	return false;
}

/* Whether any block is there that the filters let pass, for a share of all blocks. */
static bool has_any(const struct change_context *context, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block)
		if (change_takes(context, block))
			return true;
	return false;
}

/* The first operand for which something is missing; NULL: all is there. *ret_is_open: more may come. */
static const struct operand *find_missing(const struct wait *wait, const struct memhp_snapshot *snapshot, bool *ret_is_open,
					  int *ret_error)
{
	const struct change_context *context = wait->context;
	const struct operands *operands = context->operands;
	const bool has_amount = operands_count(operands, OPERAND_AMOUNT);

	*ret_is_open = false;
	*ret_error = 0;
	for (size_t i = 0; i < operands->count; i++) {
		const struct operand *operand = &operands->items[i];
		bool is_there;

		if (operand->kind == OPERAND_AMOUNT) {
			*ret_error = change_suffices(context, snapshot);
			is_there = *ret_error > 0;
		} else {
			is_there = has_amount || (operand->kind == OPERAND_SHARE ? has_any(context, snapshot) :
						  has_operand(context, snapshot, operand));
			*ret_is_open |= !has_amount && !operand->is_single;
		}
		if (!is_there)
			return operand;
	}
	return NULL;
}

/* The name of what is missing, in messages. It may be there, but not pass the filters. */
static const char *missing_name(const struct operand *missing)
{
	return missing->kind == OPERAND_ALL || missing->kind == OPERAND_SHARE ? "memory" : missing->word;
}

static void tell_waiting(struct wait *wait, const struct operand *missing)
{
	if (!wait->is_told)
		notice("waiting for %s to appear", missing_name(missing));
	wait->is_told = true;
}

/* Hears what has happened since the last time. */
static int hear(struct wait *wait)
{
	const struct memhp_event *event = NULL;
	int r;

	while ((r = memhp_monitor_next(wait->monitor, &event)) > 0)
		if (event->type == MEMHP_EVENT_ADDED || event->type == MEMHP_EVENT_LOST)
			wait->added_ms = clock_ms();
	return r;
}

/* Waits until something happens. Returns an exit status if nothing more is waited for. */
static int wait_for_more(struct wait *wait, struct limit quiet, const struct operand *missing)
{
	struct pollfd fds[] = {
		{ .fd = memhp_monitor_fd(wait->monitor), .events = POLLIN },
		{ .fd = wait->context->stop_fd, .events = POLLIN },
	};

	if (limit_is_over(wait->limit)) {
		if (missing)
			error("timed out waiting for %s to appear", missing_name(missing));
		else
			error("timed out: memory is still being added");
		return EXIT_TIMEOUT;
	}
	if (poll(fds, 2, limit_poll_ms(limit_earlier(wait->limit, quiet))) < 0 && errno != EINTR)
		return library_error("poll", -errno);
	return fds[1].revents ? guard_stopped() : EXIT_DONE;
}

static int wait_until_there(struct wait *wait)
{
	struct change_context *context = wait->context;

	for (;;) {
		cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *now = NULL;
		const struct operand *missing;
		struct limit quiet = LIMIT_NONE;
		bool is_open;
		int r = hear(wait), status;

		if (r == 0)
			r = memhp_snapshot_take(context->memhp, CHANGE_ATTRS, &now);
		if (r < 0)
			return library_error("wait", r);
		missing = find_missing(wait, now, &is_open, &r);
		if (r < 0)
			return library_error("wait", r);
		if (!missing && (!is_open || (!memhp_monitor_pending(wait->monitor) &&
					      clock_ms() - wait->added_ms >= QUIET_MS)))
			return EXIT_DONE;
		if (missing)
			tell_waiting(wait, missing);
		else
			quiet = limit_add(wait->added_ms, QUIET_MS);
		status = wait_for_more(wait, quiet, missing);
		if (status != EXIT_DONE)
			return status;
	}
}

/* The events are only a reason to look again: whether udev has handled them does not matter. */
int change_wait(struct change_context *context)
{
	const struct memhp_monitor_options options = {
		.size = sizeof(options), .attrs = CHANGE_ATTRS, .settle_ms = MEMHP_NO_WAIT,
	};
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(cleanup_memhp_monitor_free) struct memhp_monitor *monitor = NULL;
	struct wait wait = {
		.context = context, .limit = limit_earlier(context->deadline, context->wait), .added_ms = clock_ms(),
	};
	int status = machine_open(context->globals, &memhp);
	int r;

	if (status != EXIT_DONE)
		return status;
	context->stop_fd = signals_open();
	if (context->stop_fd < 0)
		return library_error("signalfd", context->stop_fd);
	r = memhp_monitor_new(memhp, &options, &monitor);
	if (r < 0)
		return library_error("monitor", r);
	wait.monitor = monitor;
	context->memhp = memhp;
	context->block_size = memhp_snapshot_block_size(memhp_monitor_snapshot(monitor));
	status = change_check_amount(context);
	if (status == EXIT_DONE)
		status = wait_until_there(&wait);
	context->memhp = NULL;
	return status;
}
