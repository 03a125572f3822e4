/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's choice of a zone as arithmetic: zones, groups of memory and the rules,
 * all in pages. forecast.c and accounts.c fill the model with what can be read. Which of
 * its answers are certain is decided there.
 */
#ifndef MEMHP_ZONEMODEL_H
#define MEMHP_ZONEMODEL_H

#include "zones.h"

/* One zone of one node. mm/memory_hotplug.c uses only the fields before free. */
struct model_zone {
	uint64_t start, spanned;
	uint64_t present;
	uint64_t early;       /* present since boot: zone->present_early_pages */
	uint64_t cma;
	uint64_t free;        /* pages that can be allocated without reclaim; for memmap.c */
};

#define MODEL_ZONES (MEMHP_ZONE_MOVABLE + 1)
struct model_node {
	unsigned int node;
	struct model_zone zones[MODEL_ZONES];   /* indexed by enum memhp_zone */
};

/* drivers/base/memory.c: struct memory_group, the memory that one device added */
struct model_group {
	const char *device;   /* borrowed; NULL for a group that is only assumed */
	bool is_dynamic;
	unsigned int node;
	uint64_t pages;       /* static group: its size; dynamic group: its unit */
	uint64_t movable, kernel;
};

/* A unit of a dynamic group, if it is larger than a block. */
struct model_unit {
	size_t group;
	uint64_t start;
	uint64_t movable;     /* pages online in ZONE_MOVABLE */
	uint64_t first_kernel; /* the lowest page that is online in a kernel zone, or UINT64_MAX */
};

struct zone_model {
	struct memhp_zone_rules rules;
	struct model_node *nodes;
	size_t node_count;
	struct model_group *groups;
	size_t group_count;
	struct model_unit *units;
	size_t unit_count;
};

#define MODEL_NO_GROUP SIZE_MAX
/* A block to bring online. */
struct model_range {
	uint64_t start, pages;
	unsigned int node;
	size_t group;         /* an index, or MODEL_NO_GROUP */
	bool is_early;
};

void model_free(struct zone_model *model);
int model_copy(const struct zone_model *model, struct zone_model *ret);
/* Add a node or a group; -ENOMEM. A node that the model has already is found. */
int model_add_node(struct zone_model *model, unsigned int node, struct model_node **ret);
int model_add_group(struct zone_model *model, const struct model_group *group, size_t *ret);
/* Adds the unit of the range to the model; does nothing if the unit is one block. */
int model_add_unit(struct zone_model *model, const struct model_range *range);

const struct model_node *model_find_node(const struct zone_model *model, unsigned int node);
/* The zone that the kernel would choose now for the range. The model must know its node. */
enum memhp_zone model_choose(const struct zone_model *model, const struct model_range *range,
			     enum memhp_target target);
/* Whether that depends on movable_node. */
bool model_depends_on_movable_node(const struct zone_model *model, const struct model_range *range,
				   enum memhp_target target);
/* The range is online in a zone that counts it already: updates the group and the unit only. */
void model_account_group(struct zone_model *model, const struct model_range *range, enum memhp_zone zone);
/* Brings the range online in a zone. */
void model_online(struct zone_model *model, const struct model_range *range, enum memhp_zone zone);

#endif
