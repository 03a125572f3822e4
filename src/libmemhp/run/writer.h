/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One write(2) to an attribute, from its start until it ends or is killed. Used by
 * attempt.c, unplug.c and probe.c, which know what they write. What a failure means is
 * decided in reason.c.
 */
#ifndef MEMHP_WRITER_H
#define MEMHP_WRITER_H

#include "stop.h"

struct writing {
	int fd;
	const char *word;
	struct limit limit;                   /* the write is killed at this time, */
	struct stop *stop;                    /* or when a stop request takes effect */
	void (*meanwhile)(void *data);        /* called from time to time during the write; may be NULL */
	/* After a kill: whether the block has a stable state. NULL: things have settled when the
	 * write has ended. */
	bool (*is_settled)(void *data);
	void *data;
};

struct written {
	bool has_begun;           /* false: no process could be started; nothing was written */
	int error;                /* 0, or an errno of the write or of starting its process */
	bool was_killed;          /* error is EINTR, unless the write had ended before */
	bool was_late;            /* killed at its limit */
	bool was_interrupted;     /* ended by its own alarm, and gave up taking the block offline */
	bool has_settled;         /* false: the killed process has not ended, or the block is still in transition */
};

struct written writer_run(const struct writing *writing);

#endif
