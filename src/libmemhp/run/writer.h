/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One write(2) to an attribute, from its start until it ends or is killed. Used by
 * attempt.c, unplug.c and probe.c, which know what they write. What a failure means is
 * decided in reasons/reason.c.
 */
#ifndef MEMHP_WRITER_H
#define MEMHP_WRITER_H

#include "stop.h"

struct writing {
	int fd;
	const char *word;
	struct limit limit;                   /* the write is killed at this time, */
	struct stop *stop;                    /* or when a stop request takes effect */
	/* Called from time to time, with the milliseconds that the write has lasted (0: the child has not
	 * begun with it). May be NULL. */
	void (*meanwhile)(void *data, uint64_t lasted_ms);
	/* After a kill: whether the block has a stable state. NULL: things have settled when the
	 * write has ended. */
	bool (*is_settled)(void *data);
	void *data;
};

struct written {
	bool has_no_child;        /* no process could be started; nothing was written */
	bool is_not_begun;        /* the limit had already passed; nothing was written */
	int error;                /* 0, or an errno of the write or of starting its process */
	bool was_killed;          /* error is EINTR, unless the write had ended before */
	bool was_late;            /* killed at its limit */
	bool was_interrupted;     /* ended by its own alarm, and gave up taking the block offline */
	bool was_waiting;         /* killed by its own alarm, because it did not give up: it waited for the lock */
	bool has_settled;         /* false: the killed process has not ended, or the block is still in transition */
	uint64_t lasted_ms;       /* how long the write took, or 0 */
	pid_t unsettled_pid;      /* the killed process that has not ended, or 0 */
};

struct written writer_run(const struct writing *writing);

/* Whether a write that was killed lasted long enough to find something out. Until then, what an earlier
 * attempt failed for may be ahead of it as well. */
static inline bool written_has_learned(const struct written *written)
{
	return written->lasted_ms >= 1000;
}

#endif
