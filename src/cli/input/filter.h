/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: which of the blocks that are named a command works on.
 */
#ifndef MEMHP_FILTER_H
#define MEMHP_FILTER_H

#include "../../libmemhp/libmemhp.h"
#include "../base/options.h"
#include "operand.h"

/* Which of the named blocks pass: each filter that was given must hold. */
struct filters {
	struct ranges nodes;
	unsigned int zones, states, origins;   /* bit by value */
	const char *devices[64];               /* comma lists, as given */
	size_t device_lists;
};

/* The options --node, --in-zone, --state, --origin, --device, whose target is a struct filters. */
extern const struct option filter_options[];
extern const size_t filter_option_count;
/* Parses the value of --node into a struct ranges. */
int filter_parse_nodes(const char *value, void *field);

void filters_free(struct filters *filters);
bool filters_are_given(const struct filters *filters);
/* What must be read of the blocks. */
unsigned int filters_attrs(const struct filters *filters);
/* The first node asked for that the machine lacks; false when there is none. */
bool filters_find_missing_node(const struct filters *filters, const struct memhp_snapshot *snapshot, uint64_t *ret);
bool filters_pass(const struct filters *filters, const struct memhp_block *block);

#endif
