/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time in milliseconds of the monotonic clock, and limits. A limit is the point in time
 * after which nothing new begins: the end of a timeout or a deadline. The library and
 * the program both use this file. How long a timeout is, and what follows when it has
 * expired, is left to the callers.
 */
#ifndef MEMHP_CLOCK_H
#define MEMHP_CLOCK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Stop requests that arrive within this time of the first one are one stop: one event often delivers
 * several signals. */
#define STOP_SAME_MS 1000

/* A type of its own, so that nobody passes a duration or a plain 0 as a limit. */
struct limit {
	uint64_t at_ms;       /* as clock_ms() counts; UINT64_MAX: no limit */
};
#define LIMIT_NONE ((struct limit){ UINT64_MAX })

static inline struct limit limit_add(uint64_t begin_ms, uint64_t duration_ms)
{
	return (struct limit){ duration_ms < UINT64_MAX - begin_ms ? begin_ms + duration_ms : UINT64_MAX };
}

/* In the library's interface, a duration of 0 means no limit. */
static inline struct limit limit_after(uint64_t begin_ms, uint64_t duration_ms)
{
	return duration_ms ? limit_add(begin_ms, duration_ms) : LIMIT_NONE;
}

/* The limit that is duration_ms from now; 0: it has already passed. */
static inline struct limit limit_in(uint64_t duration_ms)
{
	return limit_add(clock_ms(), duration_ms);
}

static inline bool limit_is_none(struct limit limit)
{
	return limit.at_ms == UINT64_MAX;
}

static inline struct limit limit_earlier(struct limit a, struct limit b)
{
	return a.at_ms < b.at_ms ? a : b;
}

/* UINT64_MAX if there is no limit. */
static inline uint64_t limit_left_ms(struct limit limit)
{
	const uint64_t now_ms = clock_ms();

	return limit_is_none(limit) ? UINT64_MAX : limit.at_ms > now_ms ? limit.at_ms - now_ms : 0;
}

static inline bool limit_is_over(struct limit limit)
{
	return limit_left_ms(limit) == 0;
}

/* The timeout for poll(2). A wait longer than an int can hold ends early; the caller polls again. */
static inline int limit_poll_ms(struct limit limit)
{
	const uint64_t left_ms = limit_left_ms(limit);

	return limit_is_none(limit) ? -1 : left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

#endif
