/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a monitor knows of the blocks, and which events explain how the machine differs
 * from that. How the blocks are read is in test-monitor.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/events/events.h"
#include "../tap.h"

/* Blocks: their number, the inode of their directory, and + online, - offline, ? unknown. */
static const struct {
	const char *name;
	const char *before, *now, *events;
} cases[] = {
	{ "nothing", "", "", "" },
	{ "no change", "1:10+ 2:11- 3:12?", "1:10+ 2:11- 3:12?", "" },
	{ "the first one, online", "", "1:10+", "added 1, online 1" },
	{ "the first one, offline", "", "0:10-", "added 0" },
	{ "one of an unknown state", "", "1:10?", "added 1" },
	{ "the last one", "1:10+", "", "removed 1" },
	{ "all of them", "1:10+ 2:11- 3:12?", "", "removed 1, removed 2, removed 3" },
	{ "brought online", "1:10-", "1:10+", "online 1" },
	{ "taken offline", "1:10+", "1:10-", "offline 1" },
	{ "its state can be read now, online", "1:10?", "1:10+", "online 1" },
	{ "its state can be read now, offline", "1:10?", "1:10-", "offline 1" },
	{ "its state cannot be read now", "1:10+ 2:11-", "1:10? 2:11?", "" },
	{ "another block with that number", "1:10-", "1:20-", "removed 1, added 1" },
	{ "and it is online", "1:10+", "1:20+", "removed 1, added 1, online 1" },
	{ "and its state is unknown", "1:10+", "1:20?", "removed 1, added 1" },
	{ "a lower inode is another one, too", "1:20+", "1:10+", "removed 1, added 1, online 1" },
	{ "removed in front", "1:10+ 2:11+", "2:11+", "removed 1" },
	{ "removed in between", "1:10+ 2:11+ 3:12+", "1:10+ 3:12+", "removed 2" },
	{ "removed at the end", "1:10+ 2:11+", "1:10+", "removed 2" },
	{ "added in front", "2:11+", "1:10- 2:11+", "added 1" },
	{ "added in between", "1:10+ 3:12+", "1:10+ 2:11- 3:12+", "added 2" },
	{ "added at the end", "1:10+", "1:10+ 18446744073709551615:11-", "added 18446744073709551615" },
	{ "all others", "1:10+ 3:12+", "2:11+ 4:13-", "removed 1, added 2, online 2, removed 3, added 4" },
	{ "block by block, not event by event", "1:10+ 2:11- 3:12+ 5:14-", "1:10- 2:21+ 4:13+ 5:14+",
	  "offline 1, removed 2, added 2, online 2, removed 3, added 4, online 4, online 5" },
	{ "a new one that has vanished meanwhile", "1:10+", "1:10+ 2:0?", "" },
	{ "a known one that has vanished meanwhile", "1:10+", "1:0?", "removed 1" },
	{ "one that had vanished from the beginning", "1:0?", "1:0?", "removed 1" },
	{ "one that had vanished and is there now", "1:0?", "1:10-", "removed 1, added 1" },
};

static struct known parse(const char *text)
{
	struct known known = { 0 };

	while (*text) {
		struct known_block *block = NULL;
		const uint64_t id = strtoull(text, (char **)&text, 10);
		const uint64_t inode = strtoull(text + 1, (char **)&text, 10);

		if (known_add(&known, id, &block) < 0)
			bail_out("no memory");
		block->inode = inode;
		block->state = *text == '+' ? MEMHP_STATE_ONLINE :
			       *text == '-' ? MEMHP_STATE_OFFLINE : MEMHP_STATE_UNKNOWN;
		text += text[1] ? 2 : 1;
	}
	return known;
}

struct told {
	char text[300];
	unsigned int calls, most;     /* the call with this number fails */
};

static int tell(void *data, uint64_t block, enum memhp_event_type type)
{
	struct told *told = data;
	const size_t length = strlen(told->text);

	if (++told->calls == told->most)
		return -ENOMEM;
	snprintf(told->text + length, sizeof(told->text) - length, "%s%s %" PRIu64, length ? ", " : "",
		 memhp_event_type_name(type), block);
	return 0;
}

static void test_compare(size_t i)
{
	struct known before = parse(cases[i].before), now = parse(cases[i].now);
	struct told told = { 0 };

	is_int(known_compare(&before, &now, tell, &told), 0, "%s", cases[i].name);
	is_str(told.text, cases[i].events, "%s: events", cases[i].name);
	for (unsigned int most = 1; most <= told.calls; most++) {
		struct told part = { .most = most };

		is_int(known_compare(&before, &now, tell, &part), -ENOMEM, "%s: event %u fails", cases[i].name, most);
		is_int(part.calls, most, "%s: it is the last one", cases[i].name);
	}
	known_free(&before);
	known_free(&now);
}

/* Ascending, whatever the order in which they come and go. */
static void test_set(void)
{
	struct known known = { 0 };
	struct known_block *block = NULL;
	bool is_ascending = true;
	size_t missing = 0, left = 0;

	ok(!known_find(&known, 0), "nothing is known");
	for (uint64_t i = 0; i < 1009; i++)
		if (known_add(&known, i * 599 % 1009, &block) < 0 || block->id != i * 599 % 1009 ||
		    block->inode || block->seen)
			bail_out("a block cannot be added");
	for (size_t i = 1; i < known.count; i++)
		is_ascending &= known.items[i - 1].id < known.items[i].id;
	ok(is_ascending && known.count == 1009, "each once, ascending");
	for (uint64_t i = 0; i < 1009; i += 2)
		known_remove(&known, known_find(&known, i));
	for (uint64_t i = 0; i < 1009; i++) {
		left += i % 2 == 0 && known_find(&known, i);
		missing += i % 2 == 1 && !known_find(&known, i);
	}
	is_number(left, 0, "none that was removed is left");
	is_number(missing, 0, "none of the others is missing");
	is_number(known.count, 504, "their number");
	ok(!known_find(&known, UINT64_MAX), "the highest number is not known");
	known_free(&known);
	ok(!known.items && !known.count && !known.size, "freed");
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(cases); i++)
		test_compare(i);
	test_set();
	return tap_done();
}
