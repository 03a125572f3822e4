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

static void note_into(struct handled *handled, const char *events)
{
	while (*events) {
		enum event_source source = *events == 'k' ? EVENT_KERNEL : EVENT_UDEV;
		char *end;

		if (handled_note(handled, source, strtoull(events + 1, &end, 10)) < 0)
			bail_out("no memory");
		events = end + (*end == ' ');
	}
}

static size_t note_all(const char *events)
{
	struct handled handled = { 0 };
	size_t waiting;

	note_into(&handled, events);
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

/* What is left after the events up to a number were forgotten. h: udev has handled it, w: it waits for udev, .: the
 * kernel's event has not come, -: it is not known. */
static const struct {
	const char *name;
	const char *events;
	uint64_t forget;
	const char *left;     /* of the events 1 to 5 */
	size_t waiting;
} forgotten[] = {
	{ "none of nothing", "", 3, "-----", 0 },
	{ "none: it is below the first one", "k2 k3", 1, "-ww--", 2 },
	{ "the first one", "k1 k2 u2", 1, "-h---", 0 },
	{ "one in between, and those before", "k1 k2 k3 k5 u5", 3, "----h", 0 },
	{ "one that is not known", "k1 k2 k4 u1", 3, "---w-", 1 },
	{ "all of them", "k1 u1 k5", 5, "-----", 0 },
	{ "more than there are", "k1 k2", 18446744073709551615U, "-----", 0 },
	{ "what only udev has sent", "u1 u3 k4", 2, "--.w-", 1 },
};

static void test_forget(size_t i)
{
	struct handled handled = { 0 };
	char left[] = "-----";

	note_into(&handled, forgotten[i].events);
	handled_forget(&handled, forgotten[i].forget);
	for (size_t j = 0; j < handled.count; j++) {
		const struct handled_item *item = &handled.items[j];

		if (item->seqnum >= 1 && item->seqnum <= 5)
			left[item->seqnum - 1] = !item->has_come ? '.' : item->is_handled ? 'h' : 'w';
	}
	is_str(left, forgotten[i].left, "forget %s", forgotten[i].name);
	is_number(handled.waiting, forgotten[i].waiting, "forget %s: how many wait", forgotten[i].name);
	for (uint64_t seqnum = 0; seqnum <= 6; seqnum++) {
		const char state = seqnum >= 1 && seqnum <= 5 ? left[seqnum - 1] : '-';

		ok(handled_has(&handled, seqnum) == (state == 'h' || state == '.'), "forget %s: %d is%s handled",
		   forgotten[i].name, (int)seqnum, state == 'h' || state == '.' ? "" : " not");
	}
	handled_free(&handled);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(forgotten); i++)
		test_forget(i);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_number(note_all(cases[i].events), cases[i].waiting, "%s", cases[i].name);
	test_many();
	return tap_done();
}
