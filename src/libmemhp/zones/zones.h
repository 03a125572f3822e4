/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of zones, and by the rooms above: /proc/zoneinfo as an object, and
 * the size of a struct page. What only the files of a forecast share is in forecast.h
 * and zonemodel.h.
 */
#ifndef MEMHP_ZONES_H
#define MEMHP_ZONES_H

#include "../blocks/block.h"

DEFINE_CLEANUP(struct memhp_stats *, memhp_stats_free)
DEFINE_CLEANUP(struct memhp_forecast *, memhp_forecast_free)

/* include/linux/mm_types.h: sizeof(struct page) on every 64-bit kernel, by CONFIG_HAVE_ALIGNED_STRUCT_PAGE */
#define STRUCT_PAGE 64

/* zoneinfo.c */
int stats_parse(const char *text, struct memhp_stats **ret);
/* Reads the statistics. If they cannot be read, *ret is NULL and the call succeeds. -ENOMEM. */
int stats_try(struct memhp *memhp, struct memhp_stats **ret);
/* Pages that the kernel keeps free for itself (the low watermark); 0 if that is not known. */
uint64_t zonestat_low(const struct memhp_zonestat *zonestat);

/* hvo.c: whether HVO is on: 1, 0, or -1 if unknown */
int hvo_read(const struct memhp *memhp);
/* Whether the kernel may corrupt memory when it frees a huge page whose map HVO has optimized: 1,
 * 0, or -ENOMEM. Takes some 50 ms: reads all symbols. */
int hvo_may_corrupt(const struct memhp *memhp);

#endif
