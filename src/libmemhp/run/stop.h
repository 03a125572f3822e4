/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests to stop, and the pauses between tries.
 */
#ifndef MEMHP_STOP_H
#define MEMHP_STOP_H

#include "../base/base.h"

struct stop {
	int fd;                       /* readable: a stop is asked for; -1: never */
	unsigned int count;           /* how often that was */
	unsigned int ignored;         /* the first so many do not count */
	void (*noted)(void *data);    /* takes what made fd readable; NULL: fd counts once */
	void *data;
};

/* fd is readable. */
void stop_note(struct stop *stop);
/* Notes a stop that may have been asked for. */
void stop_look(struct stop *stop);
bool stop_is_due(const struct stop *stop);
/* Sleeps, until a stop is due at most. */
void stop_sleep(struct stop *stop, struct limit limit);

/* Further tries after a failure that may pass. */
struct retry {
	unsigned int left;
	uint64_t pause_ms;            /* before the next one; grows */
};
/* Waits for the next try; false when there is none: no try or no time is left, or a stop is due. */
bool retry_wait(struct retry *retry, struct limit limit, struct stop *stop);

#endif
