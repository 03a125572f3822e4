/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A forecast: the model of the kernel's accounting for one snapshot, and what is
 * in doubt about it. Shared by forecast.c, accounts.c, addition.c and memmap.c.
 */
#ifndef MEMHP_FORECAST_H
#define MEMHP_FORECAST_H

#include "zones.h"
#include "zonemodel.h"

/* What is not known; an answer that rests on it is not certain. */
enum doubt {
	DOUBT_RULES = 1 << 0,    /* policy, ratio, ... */
	DOUBT_SPANS = 1 << 1,    /* where zones begin and end */
	DOUBT_COUNTS = 1 << 2,   /* pages of zones and groups */
	DOUBT_REFUTED = 1 << 3,  /* valid_zones of some block says otherwise */
};

/* What is known of memmap_on_memory. */
struct memmap_rules {
	bool is_on;              /* the parameter is set */
	bool is_known;           /* or could not be understood */
	bool is_by_block;        /* the kernel surely puts each block's map there, also of many at once */
};

struct memhp_forecast {
	const struct memhp_snapshot *snapshot;
	uint64_t block_pages;
	unsigned int doubts;
	bool has_moved;          /* something went online: valid_zones are of the past */
	bool has_zones;          /* the model was filled; else valid_zones are all there is */
	struct zone_model model;
	size_t *groups;          /* of each block of the snapshot */
	uint64_t next_start;     /* pages; where memory could be added */
	struct memmap_rules memmap;
};

/* What a forecast is made of, beside the snapshot. */
struct forecast_facts {
	uint64_t page_size;
	const struct memhp_stats *stats;     /* or NULL */
	struct memhp_zone_rules rules;
	const char *log;                     /* the kernel's lines about virtio_mem, or NULL */
	struct memmap_rules memmap;
};

/* forecast.c; facts NULL: valid_zones are all there is. Pure. */
int forecast_new(const struct memhp_snapshot *snapshot, const struct forecast_facts *facts,
		 struct memhp_forecast **ret);
/* Adds what an answer by policy under the model's rules may rest on to doubts that matter. */
bool forecast_is_certain(const struct memhp_forecast *forecast, enum memhp_target target);
/* What onlining a range left in doubt. */
void forecast_move(struct memhp_forecast *forecast, const struct model_range *range, enum memhp_zone zone,
		   bool is_certain);

/* accounts.c: fills the model; doubts are what it could not find out. Pure. */
int accounts_fill(struct memhp_forecast *forecast, const struct forecast_facts *facts);
/* The block as the model sees it; false when its node is not known. */
bool accounts_range(const struct memhp_forecast *forecast, const struct memhp_block *block,
		    struct model_range *ret);
/* Whether it is unknown if the block counts as memory that is there since boot. */
bool accounts_may_be_early(const struct model_range *range, const struct memhp_block *block);
/* memmap.c: where the map of memory to be added is allocated, which makes less free there. Pure. */
void memmap_add(struct memhp_forecast *forecast, const struct memhp_addition *addition,
		struct memhp_addition_zones *ret);
/* Bytes of a virtio-mem device's big blocks as its lines of the kernel log tell, 0 when they do not. */
uint64_t virtio_mem_unit(const char *log, const char *device, uint64_t block_size);

#endif
