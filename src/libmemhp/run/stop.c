/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stop requests: counts them, and ends waits and the pauses between retries
 * when one arrives. What is stopped, and what happens then, is left to the
 * callers.
 */
#include <poll.h>

#include "stop.h"

#define PAUSE_MAX_MS 8000

void stop_note(struct stop *stop)
{
	stop->count++;
	if (stop->noted)
		stop->noted(stop->data);
	else
		stop->fd = -1;
}

void stop_look(struct stop *stop)
{
	struct pollfd fd = { .fd = stop->fd, .events = POLLIN };

	if (stop->fd >= 0 && poll(&fd, 1, 0) > 0)
		stop_note(stop);
}

bool stop_is_due(const struct stop *stop)
{
	return stop->count > stop->ignored;
}

void stop_sleep(struct stop *stop, struct limit limit)
{
	while (!limit_is_over(limit) && !stop_is_due(stop)) {
		struct pollfd fd = { .fd = stop->fd, .events = POLLIN };

		if (poll(&fd, 1, limit_poll_ms(limit)) > 0)
			stop_note(stop);
	}
}

bool retry_wait(struct retry *retry, struct limit limit, struct stop *stop)
{
	/* If the limit passes before the next attempt could begin, the failure that is known stands. */
	if (!retry->left || stop_is_due(stop) || limit_left_ms(limit) <= retry->pause_ms)
		return false;
	stop_sleep(stop, limit_in(retry->pause_ms));
	retry->left--;
	retry->pause_ms = 2 * retry->pause_ms < PAUSE_MAX_MS ? 2 * retry->pause_ms : PAUSE_MAX_MS;
	return !stop_is_due(stop);
}
