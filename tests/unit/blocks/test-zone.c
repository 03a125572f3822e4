/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the kernel's memory interface: states, zones and the lines of
 * valid_zones exactly as the kernel prints them, names from users in any case.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/blocks/block.h"
#include "../tap.h"

static const struct {
	const char *name;
	enum memhp_state value;
} states[] = {
	{ "online", MEMHP_STATE_ONLINE },
	{ "offline", MEMHP_STATE_OFFLINE },
	{ "going-offline", MEMHP_STATE_GOING_OFFLINE },
};

static const struct {
	const char *name;
	enum memhp_zone value;
	bool is_kernel;
} zones[] = {
	{ "DMA", MEMHP_ZONE_DMA, true },
	{ "DMA32", MEMHP_ZONE_DMA32, true },
	{ "Normal", MEMHP_ZONE_NORMAL, true },
	{ "HighMem", MEMHP_ZONE_HIGHMEM, true },
	{ "Movable", MEMHP_ZONE_MOVABLE, false },
	{ "Device", MEMHP_ZONE_DEVICE, false },
	{ "none", MEMHP_ZONE_NONE, false },
};

static const struct {
	const char *name;
	enum memhp_origin value;
} origins[] = {
	{ "boot", MEMHP_ORIGIN_BOOT },
	{ "hotplug", MEMHP_ORIGIN_HOTPLUG },
	{ "virtio-mem", MEMHP_ORIGIN_VIRTIO_MEM },
	{ "kmem", MEMHP_ORIGIN_KMEM },
	{ "hv-balloon", MEMHP_ORIGIN_HV_BALLOON },
	{ "xen", MEMHP_ORIGIN_XEN },
};

/* The name in capitals, or in small letters. */
static const char *changed(const char *name, char buffer[32], bool upper)
{
	snprintf(buffer, 32, "%s", name);
	for (char *c = buffer; *c; c++) {
		if (upper && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
		else if (!upper && *c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	return buffer;
}

static void test_states(void)
{
	char other[32];

	for (size_t i = 0; i < TAP_COUNT(states); i++) {
		const char *name = states[i].name;

		is_str(memhp_state_name(states[i].value), name, "name of state %s", name);
		is_int(memhp_state_from_name(name), states[i].value, "state %s by name", name);
		is_int(memhp_state_from_name(changed(name, other, true)), states[i].value, "%s", other);
		is_int(state_parse(name, strlen(name)), states[i].value, "the kernel's %s", name);
		is_int(state_parse(other, strlen(other)), MEMHP_STATE_UNKNOWN, "the kernel has no %s", other);
		is_int(state_parse(name, strlen(name) - 1), MEMHP_STATE_UNKNOWN, "%s without its end", name);
	}
	is_str(memhp_state_name(MEMHP_STATE_UNKNOWN), NULL, "an unknown state has no name");
}

static void test_zones(void)
{
	char upper[32], lower[32];

	for (size_t i = 0; i < TAP_COUNT(zones); i++) {
		const char *name = zones[i].name;

		is_str(memhp_zone_name(zones[i].value), name, "name of zone %s", name);
		is_int(memhp_zone_from_name(name), zones[i].value, "zone %s by name", name);
		is_int(memhp_zone_from_name(changed(name, upper, true)), zones[i].value, "%s", upper);
		is_int(memhp_zone_from_name(changed(name, lower, false)), zones[i].value, "%s", lower);
		is_int(zone_parse(name, strlen(name)), zones[i].value, "the kernel's %s", name);
		ok(memhp_zone_is_kernel(zones[i].value) == zones[i].is_kernel, "%s is %s kernel zone", name,
		   zones[i].is_kernel ? "a" : "no");
		if (strcmp(lower, name) != 0)
			is_int(zone_parse(lower, strlen(lower)), MEMHP_ZONE_UNKNOWN, "the kernel has no %s",
			       lower);
	}
	is_str(memhp_zone_name(MEMHP_ZONE_UNKNOWN), NULL, "an unknown zone has no name");
	ok(!memhp_zone_is_kernel(MEMHP_ZONE_UNKNOWN), "an unknown zone is no kernel zone");
}

static void test_origins(void)
{
	char other[32];

	for (size_t i = 0; i < TAP_COUNT(origins); i++) {
		const char *name = origins[i].name;

		is_str(memhp_origin_name(origins[i].value), name, "name of origin %s", name);
		is_int(memhp_origin_from_name(name), origins[i].value, "origin %s by name", name);
		is_int(memhp_origin_from_name(changed(name, other, true)), origins[i].value, "%s", other);
	}
	is_str(memhp_origin_name(MEMHP_ORIGIN_UNKNOWN), NULL, "an unknown origin has no name");
}

static const char *const no_words[] = {
	"",
	" ",
	"on",
	"online ",
	" online",
	"online\n",
	"onlinee",
	"going_offline",
	"going offline",
	"ERROR-UNKNOWN-7",
	"DMA3",
	"DMA321",
	"Normal Movable",
	"Norma",
	"Movablee",
	"virtio_mem",
	"unknown",
	"1",
};

static void test_no_words(void)
{
	for (size_t i = 0; i < TAP_COUNT(no_words); i++) {
		const char *word = no_words[i];

		is_int(memhp_state_from_name(word), MEMHP_STATE_UNKNOWN, "'%s' is no state", word);
		is_int(memhp_zone_from_name(word), MEMHP_ZONE_UNKNOWN, "'%s' is no zone", word);
		is_int(memhp_origin_from_name(word), MEMHP_ORIGIN_UNKNOWN, "'%s' is no origin", word);
		is_int(state_parse(word, strlen(word)), MEMHP_STATE_UNKNOWN, "'%s' is no state of the kernel",
		       word);
		is_int(zone_parse(word, strlen(word)), MEMHP_ZONE_UNKNOWN, "'%s' is no zone of the kernel",
		       word);
	}
}

#define LINE(text) text, sizeof(text) - 1

static const struct {
	const char *text;
	size_t length;
	int result;
	enum memhp_zone zones[ZONES_MAX];
} lines[] = {
	{ LINE("Normal"), 1, { MEMHP_ZONE_NORMAL } },
	{ LINE("none"), 1, { MEMHP_ZONE_NONE } },
	{ LINE("DMA"), 1, { MEMHP_ZONE_DMA } },
	{ LINE("DMA32"), 1, { MEMHP_ZONE_DMA32 } },
	{ LINE("HighMem"), 1, { MEMHP_ZONE_HIGHMEM } },
	{ LINE("Normal Movable"), 2, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE } },
	{ LINE("Movable Normal"), 2, { MEMHP_ZONE_MOVABLE, MEMHP_ZONE_NORMAL } },
	{ LINE("DMA32 Movable"), 2, { MEMHP_ZONE_DMA32, MEMHP_ZONE_MOVABLE } },
	{ LINE("DMA32 Normal Movable"), 3, { MEMHP_ZONE_DMA32, MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE } },
	{ LINE("DMA DMA32 Normal Movable"), 4,
	  { MEMHP_ZONE_DMA, MEMHP_ZONE_DMA32, MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE } },
	/* blanks: one between words, none elsewhere */
	{ LINE(""), -EBADMSG, { 0 } },
	{ LINE(" "), -EBADMSG, { 0 } },
	{ LINE(" Normal"), -EBADMSG, { 0 } },
	{ LINE("Normal "), -EBADMSG, { 0 } },
	{ LINE("Normal  Movable"), -EBADMSG, { 0 } },
	{ LINE("Normal\tMovable"), -EBADMSG, { 0 } },
	{ LINE("Normal\nMovable"), -EBADMSG, { 0 } },
	{ LINE("Normal\n"), -EBADMSG, { 0 } },
	{ LINE("Normal,Movable"), -EBADMSG, { 0 } },
	/* words */
	{ LINE("normal"), -EBADMSG, { 0 } },
	{ LINE("NORMAL"), -EBADMSG, { 0 } },
	{ LINE("None"), -EBADMSG, { 0 } },
	{ LINE("Norma"), -EBADMSG, { 0 } },
	{ LINE("Normall"), -EBADMSG, { 0 } },
	{ LINE("Normal Fast"), -EBADMSG, { 0 } },
	{ LINE("Fast Normal"), -EBADMSG, { 0 } },
	{ LINE("Normal Movabl"), -EBADMSG, { 0 } },
	{ LINE("online"), -EBADMSG, { 0 } },
	{ LINE("DMA DMA32 Normal HighMem Movable"), -EBADMSG, { 0 } },
	{ LINE("Normal Normal Normal Normal Normal Normal"), -EBADMSG, { 0 } },
	/* what is not text */
	{ LINE("Normal\0"), -EBADMSG, { 0 } },
	{ LINE("Nor\0mal"), -EBADMSG, { 0 } },
	{ LINE("\0Normal"), -EBADMSG, { 0 } },
	{ LINE("Normal \0Movable"), -EBADMSG, { 0 } },
	{ LINE("Normal\xff"), -EBADMSG, { 0 } },
	{ LINE("\xff\xfe\x80"), -EBADMSG, { 0 } },
};

static void test_lines(void)
{
	for (size_t i = 0; i < TAP_COUNT(lines); i++) {
		enum memhp_zone got[ZONES_MAX] = { 0 };
		int r = zones_parse(lines[i].text, lines[i].length, got);

		is_int(r, lines[i].result, "line %zu '%s'", i, lines[i].text);
		for (int k = 0; k < lines[i].result; k++)
			is_int(got[k], lines[i].zones[k], "line %zu '%s': word %d", i, lines[i].text, k);
	}
}

/* The line ends where its length says, not at a NUL. */
static void test_length(void)
{
	enum memhp_zone got[ZONES_MAX] = { 0 };

	is_int(zones_parse("Normal Movable and more", 14, got), 2, "only so many characters");
	is_int(zones_parse("DMA32", 3, got), 1, "a word that goes on behind the end");
	is_int(got[0], MEMHP_ZONE_DMA, "a word that goes on behind the end: DMA");
}

int main(void)
{
	test_states();
	test_zones();
	test_origins();
	test_no_words();
	test_lines();
	test_length();
	return tap_done();
}
