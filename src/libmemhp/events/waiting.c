/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The events that were not reported yet: a queue. When an event may leave it is decided
 * in monitor.c.
 */
#include <string.h>

#include "events.h"

static uint64_t realtime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Makes room for one more: where others have left, or more of it. */
static int make_room(struct waiting *waiting)
{
	size_t size = waiting->size;
	struct waiting_event *items;

	if (waiting->first + waiting->count < size)
		return 0;
	if (waiting->first > size / 2) {
		memmove(waiting->items, &waiting->items[waiting->first], waiting->count * sizeof(*waiting->items));
		waiting->first = 0;
		return 0;
	}
	size = size ? 2 * size : 64;
	items = reallocarray(waiting->items, size, sizeof(*items));
	if (!items)
		return -ENOMEM;
	waiting->items = items;
	waiting->size = size;
	return 0;
}

int waiting_add(struct waiting *waiting, enum memhp_event_type type, uint64_t block, uint64_t seqnum)
{
	int r = make_room(waiting);

	if (r < 0)
		return r;
	waiting->items[waiting->first + waiting->count++] = (struct waiting_event){
		.type = type, .block = block, .seqnum = seqnum, .arrived_ms = clock_ms(), .time_ms = realtime_ms(),
	};
	return 0;
}

struct waiting_event *waiting_at(const struct waiting *waiting, size_t place)
{
	return &waiting->items[waiting->first + place];
}

void waiting_drop_first(struct waiting *waiting)
{
	waiting->first++;
	waiting->count--;
	if (!waiting->count)
		waiting->first = 0;
}

void waiting_free(struct waiting *waiting)
{
	free(waiting->items);
	*waiting = (struct waiting){ 0 };
}
