/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Zones: /proc/zoneinfo as an object, and what a page costs. What the files of a forecast
 * share is in forecast.h and zonemodel.h.
 */
#ifndef MEMHP_ZONES_H
#define MEMHP_ZONES_H

#include "../blocks/block.h"

DEFINE_CLEANUP(struct memhp_stats *, memhp_stats_free)
DEFINE_CLEANUP(struct memhp_forecast *, memhp_forecast_free)

/* include/linux/mm_types.h: sizeof(struct page) of every 64-bit kernel, by CONFIG_HAVE_ALIGNED_STRUCT_PAGE */
#define STRUCT_PAGE 64

/* zoneinfo.c */
int stats_parse(const char *text, struct memhp_stats **ret);
/* Reads them where they can be read; else NULL, and no fault of the call. -ENOMEM. */
int stats_try(struct memhp *memhp, struct memhp_stats **ret);
/* Pages that the kernel keeps free for itself (its low watermark), 0 where that is not told. */
uint64_t zonestat_low(const struct memhp_zonestat *zonestat);

#endif
