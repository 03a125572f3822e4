/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words of the kernel's memory interface and their values: states and zones,
 * and memhp's own words for origins. No other file compares these words as
 * strings.
 */
#include <string.h>
#include <strings.h>

#include "block.h"

struct word {
	const char *name;
	int value;
};

/* drivers/base/memory.c: state_show() */
static const struct word states[] = {
	{ "online", MEMHP_STATE_ONLINE },
	{ "offline", MEMHP_STATE_OFFLINE },
	{ "going-offline", MEMHP_STATE_GOING_OFFLINE },
	{ NULL, MEMHP_STATE_UNKNOWN },
};

/* mm/page_alloc.c: zone_names[]; for "none", drivers/base/memory.c: valid_zones_show() */
static const struct word zones[] = {
	{ "Normal", MEMHP_ZONE_NORMAL },
	{ "Movable", MEMHP_ZONE_MOVABLE },
	{ "DMA32", MEMHP_ZONE_DMA32 },
	{ "DMA", MEMHP_ZONE_DMA },
	{ "none", MEMHP_ZONE_NONE },
	{ "HighMem", MEMHP_ZONE_HIGHMEM },
	{ "Device", MEMHP_ZONE_DEVICE },
	{ NULL, MEMHP_ZONE_UNKNOWN },
};

static const struct word origins[] = {
	{ "boot", MEMHP_ORIGIN_BOOT },
	{ "hotplug", MEMHP_ORIGIN_HOTPLUG },
	{ "virtio-mem", MEMHP_ORIGIN_VIRTIO_MEM },
	{ "kmem", MEMHP_ORIGIN_KMEM },
	{ "hv-balloon", MEMHP_ORIGIN_HV_BALLOON },
	{ "xen", MEMHP_ORIGIN_XEN },
	{ NULL, MEMHP_ORIGIN_UNKNOWN },
};

static const char *word_name(const struct word *words, int value)
{
	while (words->name && words->value != value)
		words++;
	return words->name;
}

static int word_value(const struct word *words, const char *name)
{
	while (words->name && strcasecmp(words->name, name) != 0)
		words++;
	return words->value;
}

/* Exact comparison with the words that the kernel prints. */
static int word_parse(const struct word *words, const char *text, size_t length)
{
	while (words->name && (strlen(words->name) != length || memcmp(words->name, text, length) != 0))
		words++;
	return words->value;
}

const char *memhp_state_name(enum memhp_state state)
{
	return word_name(states, (int)state);
}

const char *memhp_zone_name(enum memhp_zone zone)
{
	return word_name(zones, (int)zone);
}

const char *memhp_origin_name(enum memhp_origin origin)
{
	return word_name(origins, (int)origin);
}

enum memhp_state memhp_state_from_name(const char *name)
{
	return (enum memhp_state)word_value(states, name);
}

enum memhp_zone memhp_zone_from_name(const char *name)
{
	return (enum memhp_zone)word_value(zones, name);
}

enum memhp_origin memhp_origin_from_name(const char *name)
{
	return (enum memhp_origin)word_value(origins, name);
}

bool memhp_zone_is_kernel(enum memhp_zone zone)
{
	return zone >= MEMHP_ZONE_DMA && zone <= MEMHP_ZONE_HIGHMEM;
}

enum memhp_state state_parse(const char *text, size_t length)
{
	return (enum memhp_state)word_parse(states, text, length);
}

enum memhp_zone zone_parse(const char *text, size_t length)
{
	return (enum memhp_zone)word_parse(zones, text, length);
}

int zones_parse(const char *text, size_t length, enum memhp_zone ret[ZONES_MAX])
{
	const char *end = text + length;
	int count = 0;

	for (;;) {
		const char *blank = memchr(text, ' ', (size_t)(end - text));
		const char *stop = blank ? blank : end;
		enum memhp_zone zone = zone_parse(text, (size_t)(stop - text));

		if (zone == MEMHP_ZONE_UNKNOWN || count == ZONES_MAX)
			return -EBADMSG;
		ret[count++] = zone;
		if (!blank)
			return count;
		text = blank + 1;
	}
}
