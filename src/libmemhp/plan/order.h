/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by plan.c, order.c and run/queue.c: a candidate for going
 * offline, and its rating. Which blocks are candidates is decided in
 * candidate.c.
 */
#ifndef MEMHP_ORDER_H
#define MEMHP_ORDER_H

#include "../pages/pages.h"

/* The criteria by which blocks and whole devices are compared. */
struct rating {
	unsigned int chance;                 /* of going offline; 0 is best */
	unsigned int scarcity;               /* of the memory of its zone; 0 is best */
	uint64_t work;                       /* less is better */
	uint64_t last;                       /* number of its last block; more is better */
};

struct order_item {
	const struct memhp_block *block;
	const struct memhp_pages *pages;     /* or NULL */
	size_t device_rank;                  /* rank of its device, if that is emptied as a whole */
	bool is_never;
	struct rating rating;
};

/* Sets all fields except block and device_rank. scan may be NULL: then Movable and the address decide. */
void order_rate(struct order_item *item, const struct memhp_scan *scan);
void order_sort(struct order_item *items, size_t count);
/* Sorts the items: first those of devices that can be emptied as a whole, up to wanted blocks.
 * exactly: prefer devices that have exactly wanted blocks in total. -ENOMEM. */
int order_whole_devices(struct order_item *items, size_t count, const struct memhp_snapshot *snapshot, size_t wanted,
			bool exactly);

#endif
