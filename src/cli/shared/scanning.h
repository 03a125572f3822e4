/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scans: which blocks, for how long, and what is reported about them. Reading and
 * judging the pages is left to the library.
 */
#ifndef MEMHP_SCANNING_H
#define MEMHP_SCANNING_H

#include <stdbool.h>

#include "../../libmemhp/clock.h"
#include "../../libmemhp/libmemhp.h"
#include "../command.h"

/* Which blocks to scan, and how. */
struct scan_request {
	const struct globals *globals;
	const uint64_t *ids;      /* the blocks, in the order of the scan */
	size_t count, enough, preferred;    /* as in memhp_scan_options */
	bool no_progress;
	bool is_asked_for;        /* the user requested the scan: report a missing file too */
	bool is_for_plan;         /* its OFFLINABLE rests on the zone if there is no scan: a notice says it */
	struct limit limit;       /* when it is over, the scan stops and what it has read is used */
	int stop_fd;              /* the same once it is readable; -1: none */
};

/*
 * Scans the blocks, with a progress line on a terminal if that takes long. If page
 * information cannot be read, *ret is NULL and one notice says why. Returns an exit
 * status.
 */
int scan_blocks(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct scan_request *request,
		struct memhp_scan **ret);
/* Reports blocks whose page information could not be read, by warning() or notice(). Returns false
 * if there are none. */
bool scan_tell_faults(const struct globals *globals, const struct memhp_scan *scan,
		      const struct memhp_snapshot *snapshot,
		      void (*tell)(const char *format, ...) __attribute__((format(printf, 1, 2))));

#endif
