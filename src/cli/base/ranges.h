/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of numbers, such as blocks or nodes, stored as ranges. Large sets of adjacent
 * numbers stay small that way. What the numbers mean is up to the callers.
 */
#ifndef MEMHP_RANGES_H
#define MEMHP_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The numbers from first to last, both included. */
struct range {
	uint64_t first, last;
};

/* A set of numbers: ranges in ascending order that neither overlap nor touch. */
struct ranges {
	struct range *items;
	size_t count;
};
void ranges_free(struct ranges *ranges);
/* ranges_add() takes ranges in any order. Call ranges_sort() afterwards to make them a set again.
 * ranges_add() returns 0 or -ENOMEM. */
int ranges_add(struct ranges *ranges, uint64_t first, uint64_t last);
void ranges_sort(struct ranges *ranges);
bool ranges_have(const struct ranges *ranges, uint64_t number);
/* "8-31, 40": at most "most" ranges, then "and 3 more ranges". The caller frees it. NULL: out of memory. */
char *ranges_text(const struct ranges *ranges, size_t most);
/* The count of numbers in the set. */
uint64_t ranges_size(const struct ranges *ranges);
/* Whether the set holds exactly one number. */
bool ranges_are_one(const struct ranges *ranges);

#endif
