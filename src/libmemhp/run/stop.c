/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stop requests: counts them, and ends waits and the pauses between retries
 * when one arrives. What is stopped, and what happens then, is left to the
 * callers.
 */
#include <poll.h>

#include "stop.h"

#define PAUSE_MAX_MS 8000
/* How often a sleep looks for a further request: quiet_ms must be recent. */
#define LOOK_MS 100

/*
 * A further request counts only if it certainly arrived STOP_SAME_MS after the first. If
 * nobody looked for a while, it may have arrived right after the first: then it is the
 * same stop.
 */
static void stop_note(struct stop *stop)
{
	if (stop->noted)
		stop->noted(stop->data);
	else
		stop->fd = -1;
	if (!stop->count)
		stop->first_ms = stop->quiet_ms = clock_ms();
	else if (stop->quiet_ms - stop->first_ms < STOP_SAME_MS)
		return;
	stop->count++;
}

/* A descriptor that is closed requests nothing, and is not polled again: poll(2) would return at once each time. */
bool stop_polled(struct stop *stop, short revents)
{
	const bool is_closed = revents & POLLNVAL;

	if (is_closed)
		stop->fd = -1;
	if (revents && !is_closed)
		stop_note(stop);
	else
		stop->quiet_ms = clock_ms();
	return revents && !is_closed;
}

int stop_check(const struct stop *stop)
{
	struct pollfd fd = { .fd = stop->fd };

	return stop->fd >= 0 && poll(&fd, 1, 0) > 0 && fd.revents & POLLNVAL ? -EBADF : 0;
}

static bool stop_poll(struct stop *stop, int timeout_ms)
{
	struct pollfd fd = { .fd = stop->fd, .events = POLLIN };

	return poll(&fd, 1, timeout_ms) >= 0 && stop_polled(stop, fd.revents);
}

void stop_look(struct stop *stop)
{
	if (stop->fd >= 0)
		(void)stop_poll(stop, 0);
}

bool stop_is_due(const struct stop *stop)
{
	return stop->count > stop->ignored;
}

void stop_sleep(struct stop *stop, struct limit limit)
{
	while (!limit_is_over(limit) && !stop_is_due(stop))
		(void)stop_poll(stop, limit_poll_ms(stop->count ? limit_earlier(limit, limit_in(LOOK_MS)) : limit));
}

uint64_t retry_next_pause_ms(uint64_t pause_ms)
{
	if (pause_ms >= PAUSE_MAX_MS)
		return pause_ms;
	return 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
}

bool retry_wait(struct retry *retry, struct limit limit, struct stop *stop)
{
	/* If the limit passes before the next attempt could begin, the failure that is known stands. */
	if (!retry->left || stop_is_due(stop) || limit_left_ms(limit) <= retry->pause_ms)
		return false;
	stop_sleep(stop, limit_in(retry->pause_ms));
	retry->left--;
	retry->pause_ms = retry_next_pause_ms(retry->pause_ms);
	return !stop_is_due(stop);
}
