/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of numbers.
 */
#ifndef MEMHP_RANGES_H
#define MEMHP_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers from first to last, both included. */
struct range {
	uint64_t first, last;
};

/* A set of numbers: ranges that ascend and do not touch. */
struct ranges {
	struct range *items;
	size_t count;
};
void ranges_free(struct ranges *ranges);
/* Adds a range anywhere; ranges_sort() makes a set of it again. Both 0 or -ENOMEM. */
int ranges_add(struct ranges *ranges, uint64_t first, uint64_t last);
void ranges_sort(struct ranges *ranges);
bool ranges_have(const struct ranges *ranges, uint64_t number);
/* "8-31, 40"; at most so many ranges, then "and 3 more ranges". The caller frees it. */
char *ranges_text(const struct ranges *ranges, size_t most);
/* How many numbers they hold. */
uint64_t ranges_size(const struct ranges *ranges);
/* Whether they hold one number. */
bool ranges_are_one(const struct ranges *ranges);

#endif
