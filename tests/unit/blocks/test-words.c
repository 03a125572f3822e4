/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the library's enumerations: each value has one of its own, what is no value
 * has none, since a program may pass on what it does not know.
 */
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"

/* A row: the words of values from first to last, by steps of one or, where they are bits, of the next bit. */
#define WORDS(object, first, last, are_bits) { #object, object##_word, first, last, are_bits }
#define WORD(object)                                                       \
	static const char *object##_word(int value)                        \
	{                                                                  \
		return memhp_##object##_name((enum memhp_##object)value);  \
	}

WORD(state)
WORD(zone)
WORD(origin)
WORD(result)
WORD(attr)
WORD(balance)
WORD(consideration)
WORD(advice)
WORD(page)
WORD(source)
WORD(reason)
WORD(offlinable)
WORD(why)
WORD(absence)
WORD(kind)
WORD(target)
WORD(device)
WORD(action)
WORD(pass)

static const struct {
	const char *name;
	const char *(*word)(int value);
	int first, last;
	bool are_bits;
} words[] = {
	WORDS(state, MEMHP_STATE_ONLINE, MEMHP_STATE_GOING_OFFLINE, false),
	WORDS(zone, MEMHP_ZONE_DMA, MEMHP_ZONE_NONE, false),
	WORDS(origin, MEMHP_ORIGIN_BOOT, MEMHP_ORIGIN_XEN, false),
	WORDS(result, MEMHP_RESULT_PLANNED, MEMHP_RESULT_REMOVED, false),
	WORDS(attr, MEMHP_ATTR_STATE, MEMHP_ATTR_HOLES, true),
	WORDS(balance, MEMHP_BALANCE_OK, MEMHP_BALANCE_MOVABLE_ONLY, false),
	WORDS(consideration, 0, MEMHP_CONSIDER_OFFLINE_BLOCKS, false),
	WORDS(advice, MEMHP_ADVICE_OK, MEMHP_ADVICE_WARN, false),
	WORDS(page, 0, MEMHP_PAGE_MEMMAP, false),
	WORDS(source, MEMHP_SOURCE_CMDLINE, MEMHP_SOURCE_RUNTIME, false),
	WORDS(reason, MEMHP_REASON_SEVERAL_ZONES, MEMHP_REASON_SIGNAL, false),
	WORDS(offlinable, MEMHP_OFFLINABLE_NO, MEMHP_OFFLINABLE_YES, false),
	WORDS(why, MEMHP_WHY_NO_OFFLINING, MEMHP_WHY_HVO, false),
	WORDS(absence, MEMHP_ABSENCE_NOT_MEMORY, MEMHP_ABSENCE_NOT_PLUGGED, false),
	WORDS(kind, MEMHP_KIND_WORD, MEMHP_KIND_SIZE, false),
	WORDS(target, MEMHP_TARGET_AUTO, MEMHP_TARGET_MOVABLE, false),
	WORDS(device, MEMHP_DEVICE_DIMM, MEMHP_DEVICE_VIRTIO_MEM, false),
	WORDS(action, MEMHP_ACTION_ONLINE, MEMHP_ACTION_OFFLINE, false),
	WORDS(pass, MEMHP_PASS_DRIVER, MEMHP_PASS_MISPLACED, false),
};

static void test_values(const char *name, const char *(*word)(int value), int first, int last, bool are_bits)
{
	const char *before = "";

	for (int value = first; value <= last; value = are_bits ? value << 1 : value + 1) {
		const char *text = word(value) ? word(value) : "";

		ok(*text && strcmp(text, before) != 0, "%s %d: %s", name, value, text);
		before = text;
	}
}

int main(void)
{
	static const int none[] = { -1, -1000000, 1 << 20, 0x7fffffff };

	for (size_t i = 0; i < TAP_COUNT(words); i++) {
		test_values(words[i].name, words[i].word, words[i].first, words[i].last, words[i].are_bits);
		if (words[i].first == 1)
			is_str(words[i].word(0), NULL, "%s: unknown", words[i].name);
		is_str(words[i].word(words[i].are_bits ? words[i].last << 1 : words[i].last + 1), NULL, "%s: one more",
		       words[i].name);
		for (size_t k = 0; k < TAP_COUNT(none); k++)
			is_str(words[i].word(none[k]), NULL, "%s %d", words[i].name, none[k]);
	}
	return tap_done();
}
