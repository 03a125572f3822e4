/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stop requests, and the pauses between retries. Where a request comes from is the
 * caller's choice: any descriptor that becomes readable. What is stopped is left to the
 * callers.
 */
#ifndef MEMHP_STOP_H
#define MEMHP_STOP_H

#include "../base/base.h"

/* defaults.c: what a timeout or a descriptor means that the caller gave: 0 is none that was set. Pure. */
uint64_t timeout_or_default(uint64_t timeout_ms);
int stop_fd_or_none(int fd);

struct stop {
	int fd;                       /* readable: a stop is requested; -1: never */
	unsigned int count;           /* number of requests; those close to the first are one with it */
	unsigned int ignored;         /* this many requests have no effect */
	void (*noted)(void *data);    /* consumes what made fd readable; NULL: fd counts only once */
	void *data;
	uint64_t first_ms;            /* when the first request was noted */
	uint64_t quiet_ms;            /* when fd was last not readable; earlier than that no request is waiting */
};

/* -EBADF if fd cannot be waited for: it is not open, or was opened with O_PATH. */
int stop_check(const struct stop *stop);
/* Call it after each poll of fd, with what poll() returned for it: notes a request. Returns whether
 * there was one. */
bool stop_polled(struct stop *stop, short revents);
/* Checks for a stop request and records it. */
void stop_look(struct stop *stop);
bool stop_is_due(const struct stop *stop);
/* Sleeps until the limit, or until a stop request takes effect. */
void stop_sleep(struct stop *stop, struct limit limit);

/* Retries after a temporary failure. */
struct retry {
	unsigned int left;
	uint64_t pause_ms;            /* before the next retry; increases */
};
/* The pause after this one: twice as long, up to 8 s. A first pause that is longer than that stays. Pure. */
uint64_t retry_next_pause_ms(uint64_t pause_ms);
/* Waits before the next retry. Returns false if there is none: no retries or no time left, or a
 * stop is requested. */
bool retry_wait(struct retry *retry, struct limit limit, struct stop *stop);

#endif
