/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MOVABLE:KERNEL as arithmetic: sums of zones, the ratio in percent, how much more
 * memory may become MOVABLE, and how the kernel documentation rates the ratio. Exact, in
 * fractions of 128 bits. Pure. Where the limit comes from is left to others.
 */
#include "zones.h"
#include "../sized.h"

__extension__ typedef unsigned __int128 wide;

/*
 * admin-guide/mm/memory-hotplug.rst, "ZONE_MOVABLE Sizing Considerations": 3:1 or even
 * 4:1 (MEMHP_RATIO_USUAL) is usually fine. The kernel's own limit is 301. From 63:1 on,
 * the memory maps alone (64 bytes per page of 4096) take all of the kernel's memory.
 */
#define OK_MOST 301
#define CRITICAL_LEAST 6300

/* mm/memory_hotplug.c: auto_movable_stats_account_zone() also counts CMA only once. */
static int add_zone(struct memhp_ratio *ratio, const struct memhp_zonestat *zone, uint64_t page_size)
{
	uint64_t present = memhp_zonestat_present(zone), cma = memhp_zonestat_cma(zone);
	bool is_movable = memhp_zonestat_zone(zone) == MEMHP_ZONE_MOVABLE;

	if (!is_movable && !memhp_zone_is_kernel(memhp_zonestat_zone(zone)))
		return 0;
	if (cma > present)
		cma = present;
	if (__builtin_mul_overflow(present, page_size, &present) || __builtin_mul_overflow(cma, page_size, &cma))
		return -ERANGE;
	if (__builtin_add_overflow(ratio->kernel, is_movable ? 0 : present - cma, &ratio->kernel) ||
	    __builtin_add_overflow(ratio->movable, is_movable ? present : cma, &ratio->movable) ||
	    __builtin_add_overflow(ratio->cma, cma, &ratio->cma))
		return -ERANGE;
	return 0;
}

int memhp_ratio_sum(const struct memhp_stats *stats, uint64_t page_size, const unsigned int *node,
		    struct memhp_ratio *ret)
{
	struct memhp_ratio ratio = { .size = sizeof(ratio) };
	const struct memhp_zonestat *zone;
	bool is_there = !node;

	memhp_stats_foreach(stats, zone) {
		int r;

		if (node && memhp_zonestat_node(zone) != *node)
			continue;
		is_there = true;
		r = add_zone(&ratio, zone, page_size);
		if (r < 0)
			return r;
	}
	if (!is_there)
		return -ENOENT;
	return sized_give(ret, &ratio, sizeof(ratio));
}

static uint64_t percent_of(const struct memhp_ratio *ratio)
{
	wide percent;

	if (!ratio->kernel)
		return UINT64_MAX;
	percent = (wide)ratio->movable * 100 / ratio->kernel;
	return percent < UINT64_MAX ? (uint64_t)percent : UINT64_MAX;
}

static bool is_above(const struct memhp_ratio *ratio, uint64_t percent)
{
	return (wide)ratio->movable * 100 > (wide)ratio->kernel * percent;
}

int memhp_ratio_percent(const struct memhp_ratio *callers, uint64_t *ret)
{
	struct memhp_ratio ratio;
	int r = sized_take(&ratio, sizeof(ratio), callers);

	if (r < 0)
		return r;
	*ret = percent_of(&ratio);
	return 0;
}

int memhp_ratio_exceeds(const struct memhp_ratio *callers, uint64_t percent)
{
	struct memhp_ratio ratio;
	int r = sized_take(&ratio, sizeof(ratio), callers);

	return r < 0 ? r : is_above(&ratio, percent);
}

int memhp_ratio_headroom(const struct memhp_ratio *callers, unsigned int limit, uint64_t block_size, uint64_t *ret)
{
	struct memhp_ratio ratio;
	wide allowed, room;
	int r = sized_take(&ratio, sizeof(ratio), callers);

	if (r < 0)
		return r;
	if (!block_size)
		return -EINVAL;
	allowed = (wide)ratio.kernel * limit / 100;
	room = allowed > ratio.movable ? allowed - ratio.movable : 0;
	if (room > UINT64_MAX)
		room = UINT64_MAX;
	*ret = (uint64_t)room - (uint64_t)room % block_size;
	return 0;
}

int memhp_ratio_balance(const struct memhp_ratio *callers)
{
	struct memhp_ratio ratio;
	int r = sized_take(&ratio, sizeof(ratio), callers);

	if (r < 0)
		return r;
	if (!ratio.kernel)
		return ratio.movable ? MEMHP_BALANCE_MOVABLE_ONLY : MEMHP_BALANCE_UNKNOWN;
	if (!is_above(&ratio, OK_MOST))
		return MEMHP_BALANCE_OK;
	if (!is_above(&ratio, MEMHP_RATIO_USUAL))
		return MEMHP_BALANCE_HIGH;
	return percent_of(&ratio) < CRITICAL_LEAST ? MEMHP_BALANCE_IMBALANCED : MEMHP_BALANCE_CRITICAL;
}

const char *memhp_balance_name(enum memhp_balance balance)
{
	static const char *const names[] = {
		[MEMHP_BALANCE_OK] = "ok",
		[MEMHP_BALANCE_HIGH] = "high",
		[MEMHP_BALANCE_IMBALANCED] = "imbalanced",
		[MEMHP_BALANCE_CRITICAL] = "critical",
		[MEMHP_BALANCE_MOVABLE_ONLY] = "movable-only",
	};

	return (size_t)balance < sizeof(names) / sizeof(names[0]) ? names[balance] : NULL;
}
