/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: node, zone, state, origin and device of the blocks that a command
 * works on. Pure but for the messages about wrong words.
 */
#include "filter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../base/message.h"

int filter_parse_nodes(const char *value, void *field)
{
	const char *problem = numbers_parse(value, UINT32_MAX, field);

	return problem ? usage_error("--node: '%s' %s", value, problem) : EXIT_DONE;
}

/* A comma list of words, each a value of an enum: sets their bits. */
static int filter_parse_words(const char *option, const char *value, int (*value_of)(const char *), unsigned int *ret)
{
	for (const char *text = value;; text++) {
		size_t length = strcspn(text, ",");
		char word[32];
		int bit;

		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		bit = length < sizeof(word) ? value_of(word) : 0;
		if (!bit && !length)
			return usage_error("%s: '%s' has an empty item", option, value);
		if (!bit)
			return usage_error("%s: unknown name '%.*s'", option, (int)length, text);
		*ret |= 1U << bit;
		text += length;
		if (!*text)
			return EXIT_DONE;
	}
}

static int zone_value(const char *word)
{
	return (int)memhp_zone_from_name(word);
}

static int state_value(const char *word)
{
	return (int)memhp_state_from_name(word);
}

static int origin_value(const char *word)
{
	return (int)memhp_origin_from_name(word);
}

static int filter_parse_zones(const char *value, void *field)
{
	return filter_parse_words("--in-zone", value, zone_value, field);
}

static int filter_parse_states(const char *value, void *field)
{
	return filter_parse_words("--state", value, state_value, field);
}

static int filter_parse_origins(const char *value, void *field)
{
	return filter_parse_words("--origin", value, origin_value, field);
}

static int filter_parse_devices(const char *value, void *field)
{
	struct filters *filters = field;
	size_t length = strlen(value);

	if (!length || value[0] == ',' || value[length - 1] == ',' || strstr(value, ",,"))
		return usage_error("--device: '%s' has an empty item", value);
	if (filters->device_lists == OPTION_COUNT(filters->devices))
		return usage_error("--device: given too often");
	filters->devices[filters->device_lists++] = value;
	return EXIT_DONE;
}

const struct option filter_options[] = {
	{ .name = "node", .metavar = "LIST", .parse = filter_parse_nodes,
	  .offset = offsetof(struct filters, nodes), .help = "blocks of these nodes: 0,2-3" },
	{ .name = "in-zone", .metavar = "NAMES", .parse = filter_parse_zones,
	  .offset = offsetof(struct filters, zones), .help = "blocks in these zones" },
	{ .name = "state", .metavar = "NAMES", .parse = filter_parse_states,
	  .offset = offsetof(struct filters, states), .help = "blocks in these states" },
	{ .name = "origin", .metavar = "NAMES", .parse = filter_parse_origins,
	  .offset = offsetof(struct filters, origins), .help = "blocks of these origins" },
	{ .name = "device", .metavar = "NAMES", .parse = filter_parse_devices, .help = "blocks of these devices" },
};
const size_t filter_option_count = OPTION_COUNT(filter_options);

void filters_free(struct filters *filters)
{
	ranges_free(&filters->nodes);
}

unsigned int filters_attrs(const struct filters *filters)
{
	unsigned int attrs = 0;

	if (filters->nodes.count)
		attrs |= MEMHP_ATTR_NODES;
	if (filters->zones)
		attrs |= MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;
	if (filters->states)
		attrs |= MEMHP_ATTR_STATE;
	if (filters->origins || filters->device_lists)
		attrs |= MEMHP_ATTR_ORIGIN;
	return attrs;
}

bool filters_are_given(const struct filters *filters)
{
	return filters_attrs(filters) != 0;
}

bool filters_find_missing_node(const struct filters *filters, const struct memhp_snapshot *snapshot, uint64_t *ret)
{
	for (size_t i = 0; i < filters->nodes.count; i++) {
		const struct range *range = &filters->nodes.items[i];

		for (uint64_t node = range->first; node <= range->last; node++) {
			if (!memhp_snapshot_has_node(snapshot, (unsigned int)node)) {
				*ret = node;
				return true;
			}
		}
	}
	return false;
}

static bool is_on_node(const struct filters *filters, const struct memhp_block *block)
{
	const unsigned int *nodes;
	unsigned int count = memhp_block_nodes(block, &nodes);

	for (unsigned int i = 0; i < count; i++)
		if (ranges_have(&filters->nodes, nodes[i]))
			return true;
	return false;
}

static bool is_of_device(const struct filters *filters, const char *device)
{
	for (size_t i = 0; device && i < filters->device_lists; i++) {
		const char *name = filters->devices[i];

		for (;; name++) {
			size_t length = strcspn(name, ",");

			if (strlen(device) == length && strncasecmp(name, device, length) == 0)
				return true;
			name += length;
			if (!*name)
				break;
		}
	}
	return false;
}

/* An unknown value has bit 0, which no word has. */
bool filters_pass(const struct filters *filters, const struct memhp_block *block)
{
	return (!filters->nodes.count || is_on_node(filters, block)) &&
	       (!filters->zones || filters->zones >> memhp_block_zone(block) & 1) &&
	       (!filters->states || filters->states >> memhp_block_state(block) & 1) &&
	       (!filters->origins || filters->origins >> memhp_block_origin(block) & 1) &&
	       (!filters->device_lists || is_of_device(filters, memhp_block_device(block)));
}
