/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking into blocks: which of them, for how long, and what is said of it.
 */
#ifndef MEMHP_SCANNING_H
#define MEMHP_SCANNING_H

#include <stdbool.h>

#include "../../libmemhp/clock.h"
#include "../../libmemhp/libmemhp.h"
#include "../command.h"

/* Which blocks are looked into, and how. */
struct scan_request {
	const struct globals *globals;
	const uint64_t *ids;      /* in the order in which they are read */
	size_t count, enough, preferred;    /* as in memhp_scan_options */
	bool no_progress;
	bool is_asked_for;        /* not only to do better: say also that the kernel has no such file */
	struct limit limit;       /* then what was read so far must do */
	int stop_fd;              /* -1: none; likewise */
};

/*
 * Looks into the blocks, with a line on a terminal when that takes long. Where their pages cannot
 * be seen *ret is NULL and one notice says why. Returns an exit status.
 */
int scan_blocks(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct scan_request *request,
		struct memhp_scan **ret);
/* Tells, as a warning or as a notice, that the pages of blocks could not be read; false: all could be. */
bool scan_tell_faults(const struct globals *globals, const struct memhp_scan *scan,
		      const struct memhp_snapshot *snapshot,
		      void (*tell)(const char *format, ...) __attribute__((format(printf, 1, 2))));

#endif
