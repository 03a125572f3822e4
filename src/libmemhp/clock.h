/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time in milliseconds of the monotonic clock, and limits: the moment after which
 * nothing new begins. Library and program both use it.
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

/* A type of its own, so that neither a duration nor a 0 is taken for a limit. */
struct limit {
	uint64_t at_ms;       /* of clock_ms(); UINT64_MAX: there is no limit */
};
#define LIMIT_NONE ((struct limit){ UINT64_MAX })

static inline struct limit limit_add(uint64_t begin_ms, uint64_t duration_ms)
{
	return (struct limit){ duration_ms < UINT64_MAX - begin_ms ? begin_ms + duration_ms : UINT64_MAX };
}

/* In the interface of the library a duration of 0 stands for no limit. */
static inline struct limit limit_after(uint64_t begin_ms, uint64_t duration_ms)
{
	return duration_ms ? limit_add(begin_ms, duration_ms) : LIMIT_NONE;
}

/* A limit that far in the future; 0: it is over. */
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

/* UINT64_MAX where there is no limit. */
static inline uint64_t limit_left_ms(struct limit limit)
{
	const uint64_t now_ms = clock_ms();

	return limit_is_none(limit) ? UINT64_MAX : limit.at_ms > now_ms ? limit.at_ms - now_ms : 0;
}

static inline bool limit_is_over(struct limit limit)
{
	return limit_left_ms(limit) == 0;
}

/* How long poll(2) is to wait. Who waits for more than it can count asks again. */
static inline int limit_poll_ms(struct limit limit)
{
	const uint64_t left_ms = limit_left_ms(limit);

	return limit_is_none(limit) ? -1 : left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

/* The way back to a duration of the interface: 1 ms where the limit has passed. */
static inline uint64_t limit_duration_ms(struct limit limit)
{
	const uint64_t left_ms = limit_left_ms(limit);

	return limit_is_none(limit) ? 0 : left_ms ? left_ms : 1;
}

#endif
