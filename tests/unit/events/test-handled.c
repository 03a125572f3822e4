/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of events that udev has not handled yet: events of the kernel and of udev in any
 * order. Where they come from is raced.bats's.
 */
#include <stdlib.h>

#include "../../../src/libmemhp/events/events.h"
#include "../tap.h"

static const struct {
	const char *name;
	const char *events;   /* k12: the kernel's event 12; u12: udev's */
	size_t waiting;
} cases[] = {
	{ "nothing", "", 0 },
	{ "one that has not been handled", "k7", 1 },
	{ "one that has", "k7 u7", 0 },
	{ "udev's is read first", "u7 k7", 0 },
	{ "udev's alone is nothing to wait for", "u7", 0 },
	{ "twice", "k7 k7 u7 u7", 0 },
	{ "several, handled in another order", "k7 k9 k12 u12 u7", 1 },
	{ "all of them", "k7 k9 k12 u12 u7 u9", 0 },
	{ "others between them", "k7 u8 k12 u3 u12 u7", 0 },
	{ "the highest first", "k12 k9 k7 u9", 2 },
	{ "a rule that changes it again", "k7 u7 k8", 1 },
	{ "the highest number", "k18446744073709551615 k1 u1", 1 },
};

static size_t note_all(const char *events)
{
	struct handled handled = { 0 };
	size_t waiting;

	while (*events) {
		enum event_source source = *events == 'k' ? EVENT_KERNEL : EVENT_UDEV;
		char *end;

		if (handled_note(&handled, source, strtoull(events + 1, &end, 10)) < 0)
			bail_out("no memory");
		events = end + (*end == ' ');
	}
	waiting = handled.waiting;
	handled_free(&handled);
	return waiting;
}

static void test_many(void)
{
	struct handled handled = { 0 };
	bool is_ascending = true;

	for (uint64_t i = 0; i < 10000; i++)
		(void)handled_note(&handled, EVENT_KERNEL, i * 7919 % 10007);
	for (size_t i = 1; i < handled.count; i++)
		is_ascending &= handled.items[i - 1].seqnum < handled.items[i].seqnum;
	ok(is_ascending && handled.count == 10000, "many, in any order: each once, ascending");
	is_number(handled.waiting, 10000, "all are waited for");
	for (uint64_t i = 0; i < 10007; i++)
		(void)handled_note(&handled, EVENT_UDEV, i);
	is_number(handled.waiting, 0, "until udev has handled them");
	handled_free(&handled);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_number(note_all(cases[i].events), cases[i].waiting, "%s", cases[i].name);
	test_many();
	return tap_done();
}
