/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue of events that were not reported yet: what comes first leaves first, and the
 * room that others have left is used again. Who may leave when is in test-monitor.c.
 */
#include <stdlib.h>

#include "../../../src/libmemhp/events/events.h"
#include "../tap.h"

/* So many come and so many leave, again and again, until this many are there. */
static const struct {
	const char *name;
	unsigned int come, leave;
	size_t most;
	size_t room;                  /* no more than this */
} cases[] = {
	{ "one at a time", 1, 1, 1, 64 },
	{ "one more each time", 2, 1, 200, 512 },
	{ "a full queue that is emptied", 64, 64, 64, 64 },
	{ "one more than there is room for", 65, 65, 65, 128 },
	{ "many more come than leave", 64, 3, 3000, 8192 },
	{ "a crowd", 20000, 1, 20000, 65536 },
};

#define ROUNDS 1000

static void add(struct waiting *waiting, uint64_t block)
{
	if (waiting_add(waiting, MEMHP_EVENT_ONLINE, block, block + 1) < 0)
		bail_out("no memory");
}

/* Whether it is the one that came first. */
static bool leaves(struct waiting *waiting, uint64_t block)
{
	const struct waiting_event *first = waiting_at(waiting, 0);
	const bool is_first = first->block == block && first->seqnum == block + 1 && first->type == MEMHP_EVENT_ONLINE;

	waiting_drop_first(waiting);
	return is_first;
}

static void test_queue(size_t i)
{
	struct waiting waiting = { 0 };
	uint64_t last = 0, first = 0;
	size_t wrong = 0;

	for (unsigned int round = 0; round < ROUNDS && waiting.count < cases[i].most; round++) {
		for (unsigned int j = 0; j < cases[i].come; j++)
			add(&waiting, last++);
		wrong += waiting_at(&waiting, waiting.count - 1)->block != last - 1;
		for (unsigned int j = 0; j < cases[i].leave; j++)
			wrong += !leaves(&waiting, first++);
	}
	ok(waiting.size <= cases[i].room, "%s: room for %zu", cases[i].name, waiting.size);
	is_number(waiting.count, last - first, "%s: how many wait", cases[i].name);
	for (size_t place = 0; place < waiting.count; place++)
		wrong += waiting_at(&waiting, place)->block != first + place;
	while (waiting.count)
		wrong += !leaves(&waiting, first++);
	is_number(wrong, 0, "%s: first come, first served", cases[i].name);
	is_number(first, last, "%s: none was lost", cases[i].name);
	waiting_free(&waiting);
	ok(!waiting.items && !waiting.count && !waiting.size, "%s: freed", cases[i].name);
}

static void test_times(void)
{
	const uint64_t before_ms = clock_ms();
	struct waiting waiting = { 0 };
	const struct waiting_event *event;

	add(&waiting, 7);
	event = waiting_at(&waiting, 0);
	ok(event->arrived_ms >= before_ms && event->arrived_ms <= clock_ms(), "it has arrived now");
	ok(event->time_ms / 1000 >= 1500000000, "by the date");
	waiting_free(&waiting);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(cases); i++)
		test_queue(i);
	test_times();
	return tap_done();
}
