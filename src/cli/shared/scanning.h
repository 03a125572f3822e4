/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEMHP_SCAN_CLI_H
#define MEMHP_SCAN_CLI_H

#include "../../libmemhp/clock.h"
#include "../../libmemhp/libmemhp.h"
#include "../change/change.h"
#include "../input/selection.h"

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
/* The same of the blocks that a command shows. */
int scan_selected(const struct globals *globals, struct memhp *memhp, const struct memhp_snapshot *snapshot,
		  const struct selection *selection, const struct filters *filters, struct memhp_scan **ret);
/* The same of the candidates of a plan that was made without looking; of an amount no more than it
 * takes to choose well. */
int scan_candidates(const struct change_context *context, const struct memhp_snapshot *snapshot,
		    const struct memhp_plan *plan, const struct memhp_request *request, struct memhp_scan **ret);
/* Bytes of a block's pages of some kinds, which are the bits of kinds. */
uint64_t pages_bytes(const struct memhp_pages *pages, unsigned int kinds, uint64_t block_size);
/* One warning and EXIT_PARTLY when the pages of blocks could not be read. */
int scan_report_faults(const struct globals *globals, const struct memhp_scan *scan,
		       const struct memhp_snapshot *snapshot);
/* Whether a block can go offline, by its pages too with a scan (which may be NULL). */
struct memhp_verdict scan_verdict(const struct memhp_scan *scan, const struct memhp_block *block);
/* "likely", or NULL. */
const char *offlinable_name(enum memhp_offlinable offlinable);
/* "Movable, 4096 pages to migrate, 1.2G free elsewhere": what such a verdict rests on, or NULL. It may
 * stand in ret. */
const char *scan_why_text(const struct memhp_scan *scan, const struct memhp_block *block,
			  const struct memhp_verdict *verdict, char *ret, size_t size);
/* "312 reserved pages": the same of several blocks, whose pages the verdict counts. */
const char *scan_doubt_text(const struct memhp_verdict *verdict, char *ret, size_t size);

#endif
