/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters --node, --in-zone, --state, --origin and --device: parses them and
 * applies them to blocks. Pure, except for messages about wrong words. Names of devices
 * are compared in filter-devices.c; operands are handled in selection.c.
 */
#include "filter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "notation.h"

int filter_parse_nodes(const char *value, void *field)
{
	const char *problem = numbers_parse(value, UINT32_MAX, field);

	cleanup(cleanup_free) char *hint = problem ? notation_hint_nodes(value, false) : NULL;

	return problem ? usage_error("--node: '%s' %s%s", value, problem, hint ? hint : "") : EXIT_DONE;
}

static const char *zone_word(unsigned int zone)
{
	return memhp_zone_name((enum memhp_zone)zone);
}

static const char *state_word(unsigned int state)
{
	return memhp_state_name((enum memhp_state)state);
}

static const char *origin_word(unsigned int origin)
{
	return memhp_origin_name((enum memhp_origin)origin);
}

/* The targets of online, and the words that the kernel has for them. */
static const struct choice_hint zone_hints[] = {
	{ "kernel", "DMA,DMA32,Normal,HighMem" },
	{ "online_kernel", "DMA,DMA32,Normal,HighMem" },
	{ "online_movable", "Movable" },
	{ NULL, NULL },
};
static const struct choices zone_choices = {
	.hints = zone_hints, .option = "--in-zone", .what = "zone", .is_list = true, .name = zone_word,
};
static const struct choice_hint state_hints[] = {
	{ "going_offline", "going-offline" },
	{ "on", "online" },
	{ "off", "offline" },
	{ NULL, NULL },
};
static const struct choices state_choices = {
	.hints = state_hints, .option = "--state", .what = "state", .is_list = true, .name = state_word,
};
static const struct choices origin_choices = {
	.option = "--origin", .what = "origin", .is_list = true, .name = origin_word,
};

const struct option filter_options[] = {
	{ .name = "node", .metavar = "LIST", .parse = filter_parse_nodes,
	  .offset = offsetof(struct filters, nodes), .help = "nodes, such as 0,2-3" },
	{ .name = "in-zone", .metavar = "NAMES", .offset = offsetof(struct filters, zones),
	  .help = ":", .choices = &zone_choices },
	{ .name = "state", .metavar = "NAMES", .offset = offsetof(struct filters, states),
	  .help = ":", .choices = &state_choices },
	{ .name = "origin", .metavar = "NAMES", .offset = offsetof(struct filters, origins),
	  .help = ":", .choices = &origin_choices },
	{ .name = "device", .metavar = "NAMES", .parse = filter_parse_devices,
	  .help = "devices, such as virtio0,dax*" },
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

/* An unknown value is bit 0. No name stands for it, so no filter passes it. */
bool filters_pass(const struct filters *filters, const struct memhp_block *block)
{
	return (!filters->nodes.count || is_on_node(filters, block)) &&
	       (!filters->zones || filters->zones >> memhp_block_zone(block) & 1) &&
	       (!filters->states || filters->states >> memhp_block_state(block) & 1) &&
	       (!filters->origins || filters->origins >> memhp_block_origin(block) & 1) &&
	       (!filters->device_lists || filter_has_device(filters, memhp_block_device(block)));
}
