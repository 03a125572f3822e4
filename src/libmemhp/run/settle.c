/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waits for udev after the changes. Its rules may undo a change, and they run after the
 * write has ended: only when udev has handled the kernel's event of a change is the
 * state of the block final. What another agent undid is found in run.c.
 */
#include <poll.h>

#include "run.h"

void settling_begin(struct run *run)
{
	struct settling *settling = &run->settling;

	settling->left_ms = run->options.settle_ms;
	settling->is_listening = settling->left_ms && listener_expects_udev(run->memhp) &&
				 listener_open(run->memhp, 0, &settling->listener) == 0;
}

/* Whether the run wrote to the block. The last blocks are the most likely ones. */
static bool has_written(const struct run *run, uint64_t block)
{
	for (size_t i = run->report->count; i > 0; i--) {
		const struct memhp_outcome *told = &run->report->outcomes[i - 1].told;

		if (memhp_block_id(told->block) == block)
			return told->attempts > 0;
	}
	return false;
}

/* Notes what has arrived from one source; returns whether an event of the block was among it. */
static bool settling_read(struct run *run, enum event_source source, uint64_t block)
{
	struct settling *settling = &run->settling;
	struct event event = { 0 };
	bool found = false;
	int r;

	while ((r = listener_next(&settling->listener, source, &event)) > 0) {
		found |= event.block == block;
		if (has_written(run, event.block) && handled_note(&settling->handled, source, event.seqnum) < 0)
			settling->has_lost = true;
	}
	settling->has_lost |= r < 0;
	return found;
}

/* The kernel's event can be read as soon as write(2) returns. If it cannot, this process hears
 * nothing, as in a user namespace of its own. */
void settling_note(struct run *run, const struct memhp_block *block, bool has_changed)
{
	struct settling *settling = &run->settling;

	if (!settling->is_listening)
		return;
	(void)settling_read(run, EVENT_UDEV, memhp_block_id(block));
	if (!settling_read(run, EVENT_KERNEL, memhp_block_id(block)) && has_changed && !settling->has_lost)
		settling->is_listening = false;
}

/* An event that udev has handled may have made a rule change the block again: the kernel's event of that
 * has arrived before udev's, and is waited for as well. */
static bool settling_is_done(struct run *run)
{
	(void)settling_read(run, EVENT_UDEV, UINT64_MAX);
	(void)settling_read(run, EVENT_KERNEL, UINT64_MAX);
	return run->settling.has_lost || !run->settling.handled.waiting;
}

void settle(struct run *run)
{
	struct settling *settling = &run->settling;
	const uint64_t begin_ms = clock_ms();
	const struct limit limit = limit_earlier(limit_add(begin_ms, settling->left_ms), run->deadline);
	uint64_t elapsed_ms;

	if (!settling->is_listening)
		return;
	stop_look(&run->stop);
	while (!settling_is_done(run) && !limit_is_over(limit) && !run->stop.count) {
		struct pollfd fds[] = {
			{ .fd = listener_fd(&settling->listener, EVENT_KERNEL), .events = POLLIN },
			{ .fd = listener_fd(&settling->listener, EVENT_UDEV), .events = POLLIN },
			{ .fd = run->stop.fd, .events = POLLIN },
		};

		if (poll(fds, 3, limit_poll_ms(limit)) >= 0)
			(void)stop_polled(&run->stop, fds[2].revents);
	}
	elapsed_ms = clock_ms() - begin_ms;
	settling->left_ms -= elapsed_ms < settling->left_ms ? elapsed_ms : settling->left_ms;
}

int settling_result(const struct run *run)
{
	const struct settling *settling = &run->settling;

	return !settling->is_listening ? -1 : !settling->has_lost && !settling->handled.waiting;
}

void settling_end(struct run *run)
{
	listener_close(&run->settling.listener);
	handled_free(&run->settling.handled);
}
