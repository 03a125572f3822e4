/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The set of the kernel's events that udev has not handled yet. udev handles events of
 * different devices in any order, and the two sources are separate sockets, so either
 * source may be read first. Pure.
 */
#include <string.h>

#include "events.h"

void handled_free(struct handled *handled)
{
	free(handled->items);
	*handled = (struct handled){ 0 };
}

/* The place of a number, or where it belongs. The kernel's events arrive in ascending order, so
 * that it is nearly always close to the end. */
static size_t handled_place(const struct handled *handled, uint64_t seqnum)
{
	if (handled->count && handled->items[handled->count - 1].seqnum < seqnum)
		return handled->count;
	return number_place(handled->items, handled->count, sizeof(*handled->items), seqnum);
}

static int handled_insert(struct handled *handled, size_t place, uint64_t seqnum)
{
	if (handled->count == handled->size) {
		size_t size = handled->size ? 2 * handled->size : 64;
		struct handled_item *items = reallocarray(handled->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		handled->items = items;
		handled->size = size;
	}
	memmove(&handled->items[place + 1], &handled->items[place], (handled->count - place) * sizeof(*handled->items));
	handled->items[place] = (struct handled_item){ .seqnum = seqnum };
	handled->count++;
	return 0;
}

static bool is_waited_for(const struct handled_item *item)
{
	return item->has_come && !item->is_handled;
}

int handled_note(struct handled *handled, enum event_source source, uint64_t seqnum)
{
	size_t place = handled_place(handled, seqnum);
	struct handled_item *item;
	int r = 0;

	if (place == handled->count || handled->items[place].seqnum != seqnum)
		r = handled_insert(handled, place, seqnum);
	if (r < 0)
		return r;
	item = &handled->items[place];
	handled->waiting -= is_waited_for(item);
	if (source == EVENT_KERNEL)
		item->has_come = true;
	else
		item->is_handled = true;
	handled->waiting += is_waited_for(item);
	return 0;
}

bool handled_has(const struct handled *handled, uint64_t seqnum)
{
	const size_t place = handled_place(handled, seqnum);

	return place < handled->count && handled->items[place].seqnum == seqnum && handled->items[place].is_handled;
}

void handled_forget(struct handled *handled, uint64_t seqnum)
{
	size_t place = handled_place(handled, seqnum);

	if (place < handled->count && handled->items[place].seqnum == seqnum)
		place++;
	for (size_t i = 0; i < place; i++)
		handled->waiting -= is_waited_for(&handled->items[i]);
	handled->count -= place;
	if (handled->count)
		memmove(handled->items, &handled->items[place], handled->count * sizeof(*handled->items));
}
