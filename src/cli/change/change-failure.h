/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Failures of blocks and devices, collected so that equal ones are one line.
 */
#ifndef MEMHP_CHANGE_FAILURE_H
#define MEMHP_CHANGE_FAILURE_H

#include "../base/ranges.h"
#include "../base/text.h"
#include "change-columns.h"

/* What failed in the same way: blocks or devices. */
struct failure {
	char *text;              /* what went wrong, why, and what to do */
	struct ranges blocks;
	char *devices;           /* "PNP0C80:00, PNP0C80:01", or NULL */
	struct lines findings;   /* about single ones: errors */
	struct lines log;        /* and what --verbose adds */
};

struct failures {
	struct failure *items;
	size_t count;
};
void failures_free(struct failures *failures);
/* A block that was not changed, or not as requested. */
void failures_add_block(struct failures *failures, const struct change_row *row);
/* A device that was not removed; is_pending: it may still be. */
void failures_add_device(struct failures *failures, const struct change_row *row, bool is_pending);
/* Prints them in the order in which they came. */
void failures_report(struct failures *failures);

#endif
