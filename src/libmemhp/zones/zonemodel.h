/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's choice of a zone as arithmetic: zones, groups of memory and the
 * rules, all in pages. Filled by forecast.c and accounts.c from what can be read.
 */
#ifndef MEMHP_ZONEMODEL_H
#define MEMHP_ZONEMODEL_H

#include "zones.h"

/* One zone of one node: mm/memory_hotplug.c looks at no more of it than is before free. */
struct model_zone {
	uint64_t start, spanned;
	uint64_t present;
	uint64_t early;       /* present since boot: zone->present_early_pages */
	uint64_t cma;
	uint64_t free;        /* what can be allocated without reclaim; for memmap.c */
};

#define MODEL_ZONES (MEMHP_ZONE_MOVABLE + 1)
struct model_node {
	unsigned int node;
	struct model_zone zones[MODEL_ZONES];   /* by enum memhp_zone */
};

/* drivers/base/memory.c: struct memory_group, what one device added */
struct model_group {
	const char *device;   /* borrowed; NULL of one that is only thought of */
	bool is_dynamic;
	unsigned int node;
	uint64_t pages;       /* of a static group its size, of a dynamic one its unit */
	uint64_t movable, kernel;
};

/* A unit of a dynamic group, when it is larger than a block. */
struct model_unit {
	size_t group;
	uint64_t start;
	uint64_t movable;     /* pages online in ZONE_MOVABLE */
	uint64_t first_kernel; /* the lowest page that is online elsewhere, or UINT64_MAX */
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
/* A block to be onlined. */
struct model_range {
	uint64_t start, pages;
	unsigned int node;
	size_t group;         /* index, or MODEL_NO_GROUP */
	bool is_early;
};

void model_free(struct zone_model *model);
int model_copy(const struct zone_model *model, struct zone_model *ret);
/* Room for one more, or -ENOMEM. A node that is known already is found. */
int model_add_node(struct zone_model *model, unsigned int node, struct model_node **ret);
int model_add_group(struct zone_model *model, const struct model_group *group, size_t *ret);
/* Makes the unit of a range known; nothing for a range whose unit is one block. */
int model_add_unit(struct zone_model *model, const struct model_range *range);

const struct model_node *model_find_node(const struct zone_model *model, unsigned int node);
/* The zone that onlining the range would choose now; its node has to be known. */
enum memhp_zone model_choose(const struct zone_model *model, const struct model_range *range,
			     enum memhp_target target);
/* The range is online in a zone: group and unit only, for what the zone counts already. */
void model_account_group(struct zone_model *model, const struct model_range *range, enum memhp_zone zone);
/* The range goes online in a zone. */
void model_online(struct zone_model *model, const struct model_range *range, enum memhp_zone zone);

#endif
