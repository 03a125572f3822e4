/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One write(2) to an attribute, from its beginning to its end or to its kill.
 */
#ifndef MEMHP_WRITER_H
#define MEMHP_WRITER_H

#include "stop.h"

struct writing {
	int fd;
	const char *word;
	struct limit limit;                   /* the write is killed then, */
	struct stop *stop;                    /* or when a stop is due */
	void (*meanwhile)(void *data);        /* called now and then while it goes on; or NULL */
	/* After a kill: whether the block has reached a stable state. NULL: when the write has ended. */
	bool (*is_settled)(void *data);
	void *data;
};

struct written {
	bool has_begun;           /* false: no process could be started, and nothing was written */
	int error;                /* 0, or an errno: of the write, or of starting its process */
	bool was_killed;          /* EINTR, unless it had ended before */
	bool was_late;            /* killed at its limit */
	bool was_interrupted;     /* by its own alarm, and gave up what was going offline */
	bool has_settled;         /* false: who was killed has not ended, or what it wrote about is in between */
};

struct written writer_run(const struct writing *writing);

#endif
