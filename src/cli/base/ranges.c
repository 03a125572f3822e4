/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stores sets of numbers, such as blocks or nodes, as ranges, and formats them as
 * text. Pure: no input and no output. What the numbers mean is up to the callers.
 */
#include "ranges.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../libmemhp/number.h"
#include "shortage.h"
#include "text.h"

void ranges_free(struct ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct ranges){ 0 };
}

/* Returns space for one more range. The array doubles whenever it is full, which is at each power of two. */
static struct range *ranges_grow(const struct ranges *ranges)
{
	if (ranges->count & (ranges->count - 1))
		return ranges->items;
	return reallocarray(ranges->items, ranges->count ? 2 * ranges->count : 1, sizeof(*ranges->items));
}

int ranges_add(struct ranges *ranges, uint64_t first, uint64_t last)
{
	struct range *items;

	if (ranges->count && ranges->items[ranges->count - 1].last + 1 == first && first) {
		ranges->items[ranges->count - 1].last = last;
		return 0;
	}
	items = ranges_grow(ranges);
	if (!items) {
		shortage_note();
		return -ENOMEM;
	}
	ranges->items = items;
	ranges->items[ranges->count++] = (struct range){ first, last };
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return number_compare(x->first, y->first);
}

void ranges_sort(struct ranges *ranges)
{
	size_t kept = 0;

	if (!ranges->count)
		return;
	qsort(ranges->items, ranges->count, sizeof(*ranges->items), compare_ranges);
	for (size_t i = 1; i < ranges->count; i++) {
		struct range *last = &ranges->items[kept];
		const struct range *next = &ranges->items[i];

		if (last->last == UINT64_MAX || next->first <= last->last + 1) {
			if (next->last > last->last)
				last->last = next->last;
		} else {
			ranges->items[++kept] = *next;
		}
	}
	ranges->count = kept + 1;
}

bool ranges_have(const struct ranges *ranges, uint64_t number)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->items[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ranges->count && ranges->items[low].first <= number;
}

uint64_t ranges_size(const struct ranges *ranges)
{
	uint64_t size = 0;

	for (size_t i = 0; i < ranges->count; i++)
		size += ranges->items[i].last - ranges->items[i].first + 1;
	return size;
}

bool ranges_are_one(const struct ranges *ranges)
{
	return ranges->count == 1 && ranges->items[0].first == ranges->items[0].last;
}

char *ranges_text(const struct ranges *ranges, size_t most)
{
	size_t shown = ranges->count <= most ? ranges->count : most;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = text_open(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < shown; i++) {
		const struct range *range = &ranges->items[i];

		fprintf(stream, "%s%" PRIu64, i ? ", " : "", range->first);
		if (range->last != range->first)
			fprintf(stream, "-%" PRIu64, range->last);
	}
	if (shown < ranges->count)
		fprintf(stream, " and %zu more range%s", ranges->count - shown,
			ranges->count - shown == 1 ? "" : "s");
	return text_close(stream, &text);
}
