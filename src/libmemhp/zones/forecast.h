/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A forecast: the model of the kernel's accounts for one snapshot, and the doubts about
 * it. Shared by forecast.c, accounts.c, addition.c and memmap.c. The arithmetic of the
 * model is in zonemodel.h.
 */
#ifndef MEMHP_FORECAST_H
#define MEMHP_FORECAST_H

#include "zones.h"
#include "zonemodel.h"

/* What is not known. An answer that depends on it is not certain. */
enum doubt {
	DOUBT_RULES = 1 << 0,    /* policy, ratio, ... */
	DOUBT_SPANS = 1 << 1,    /* where zones begin and end */
	DOUBT_COUNTS = 1 << 2,   /* pages of zones and groups */
	DOUBT_REFUTED = 1 << 3,  /* valid_zones of a block contradicts the model */
};

/* What is known about memmap_on_memory. */
struct memmap_rules {
	bool is_on;              /* the parameter is set */
	bool is_known;           /* false: the value could not be read or understood */
	bool is_by_block;        /* certain: each block's map is there, even if several are added at once */
};

struct memhp_forecast {
	const struct memhp_snapshot *snapshot;  /* kept */
	uint64_t block_pages;
	unsigned int doubts;
	bool has_moved;          /* something went online: valid_zones is out of date */
	bool has_zones;          /* the model was filled; otherwise there is only valid_zones */
	struct zone_model model;
	size_t *groups;          /* the group of each block of the snapshot */
	uint64_t next_start;     /* page number at which memory could be added */
	struct memmap_rules memmap;
};

/* The inputs of a forecast, in addition to the snapshot. */
struct forecast_facts {
	uint64_t page_size;
	const struct memhp_stats *stats;     /* or NULL */
	struct memhp_zone_rules rules;
	const char *log;                     /* records of the kernel log about virtio_mem, or NULL */
	struct memmap_rules memmap;
};

/* forecast.c. facts NULL: use valid_zones only. Pure. */
int forecast_new(const struct memhp_snapshot *snapshot, const struct forecast_facts *facts,
		 struct memhp_forecast **ret);
/* Whether no doubt affects the model's answer for this range and target. */
bool forecast_is_certain(const struct memhp_forecast *forecast, const struct model_range *range,
			 enum memhp_target target);
/* Applies the onlining of a range to the model; adds doubts if it was not certain. */
void forecast_move(struct memhp_forecast *forecast, const struct model_range *range, enum memhp_zone zone,
		   bool is_certain);

/* accounts.c: fills the model; what it cannot determine becomes a doubt. Pure. */
int accounts_fill(struct memhp_forecast *forecast, const struct forecast_facts *facts);
/* The block as the model has it; false if its node is not known. */
bool accounts_range(const struct memhp_forecast *forecast, const struct memhp_block *block,
		    struct model_range *ret);
/* Whether the block may or may not count as boot memory, because its origin is not known. */
bool accounts_may_be_early(const struct model_range *range, const struct memhp_block *block);
/* memmap.c: where the memory map of added memory is allocated; takes it from the free memory there. Pure. */
void memmap_add(struct memhp_forecast *forecast, const struct memhp_addition *addition,
		struct memhp_addition_zones *ret);
/* The unit of a virtio-mem device in bytes, according to the kernel log; 0 if the log does not show it. */
uint64_t virtio_mem_unit(const char *log, const char *device, uint64_t block_size);

/* Whether a caller's target is one of those that this library knows. */
static inline bool target_exists(enum memhp_target target)
{
	return (unsigned int)target <= MEMHP_TARGET_MOVABLE;
}

#endif
