/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What plan.c, order.c and run/queue.c share: a candidate for going offline, and how it is rated.
 */
#ifndef MEMHP_ORDER_H
#define MEMHP_ORDER_H

#include "../pages/pages.h"

/* What blocks, and devices as a whole, are compared by, in this order. */
struct rating {
	unsigned int chance;                 /* of going at all, 0 is best */
	bool is_movable;                     /* better than not */
	uint64_t work;                       /* less is better */
	uint64_t last;                       /* its last block: more is better */
};

struct order_item {
	const struct memhp_block *block;
	const struct memhp_pages *pages;     /* or NULL */
	size_t device_rank;                  /* of the device that is emptied as a whole */
	bool is_never;
	struct rating rating;
};

/* Fills in all but block and device_rank; scan may be NULL: then Movable and the address decide. */
void order_rate(struct order_item *item, const struct memhp_scan *scan);
void order_sort(struct order_item *items, size_t count);
/* Sorts with devices first that can be emptied as a whole, as far as wanted blocks go; exactly: rather
 * others than such that leave a rest. -ENOMEM. */
int order_whole_devices(struct order_item *items, size_t count, const struct memhp_snapshot *snapshot, size_t wanted,
			bool exactly);

#endif
