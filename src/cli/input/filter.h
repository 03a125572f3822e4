/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: they narrow the blocks that a command works on by node, zone, state,
 * origin and device. Which blocks the operands name is decided in selection.c.
 */
#ifndef MEMHP_FILTER_H
#define MEMHP_FILTER_H

#include "../../libmemhp/libmemhp.h"
#include "../base/options.h"
#include "operand.h"

/* The filters that were given. A block has to pass all of them. */
struct filters {
	struct ranges nodes;
	unsigned int zones, states, origins;   /* bit N: the enum value N */
	const char *devices[64];               /* comma-separated lists of names and shell patterns, as given */
	size_t device_lists;
};

/* The options --node, --in-zone, --state, --origin and --device. They are stored in a struct filters. */
extern const struct option filter_options[];
extern const size_t filter_option_count;
/* Parses the value of --node into a struct ranges. */
int filter_parse_nodes(const char *value, void *field);

void filters_free(struct filters *filters);
bool filters_are_given(const struct filters *filters);
/* The attributes that must be read to apply the filters. */
unsigned int filters_attrs(const struct filters *filters);
/* Finds the first requested node that the machine does not have. Returns false if there is none. */
bool filters_find_missing_node(const struct filters *filters, const struct memhp_snapshot *snapshot, uint64_t *ret);
bool filters_pass(const struct filters *filters, const struct memhp_block *block);

/* filter-devices.c: the value of --device into a struct filters. */
int filter_parse_devices(const char *value, void *field);
/* Whether one of the names and patterns is that of the device, which may be NULL. */
bool filter_has_device(const struct filters *filters, const char *device);
/* Reports a device that was named without a pattern and has no block, and returns EXIT_FAILED. */
int filter_check_devices(const struct filters *filters, struct memhp *memhp, const struct memhp_snapshot *snapshot);

#endif
