/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order in which blocks go offline for an amount: least work
 * first, or whole devices first. Pure. Which blocks are candidates is
 * decided in candidate.c.
 */
#include <string.h>

#include "order.h"

/* The maximum size of the table of find_sums(). */
#define SUMS_MAX (16U << 20)

/* The chance that a block goes offline, best first. */
enum chance { CHANCE_GOOD, CHANCE_UNSEEN, CHANCE_BAD };

/* How scarce memory is of which a block would be taken: some devices need memory below 4 GiB (DMA32),
 * or below 16 MiB (DMA). */
enum scarcity { SCARCITY_MOVABLE, SCARCITY_NORMAL, SCARCITY_LOW, SCARCITY_LOWEST };

static enum scarcity scarcity_of(enum memhp_zone zone)
{
	switch (zone) {
	case MEMHP_ZONE_MOVABLE:
		return SCARCITY_MOVABLE;
	case MEMHP_ZONE_UNKNOWN:
	case MEMHP_ZONE_NORMAL:
	case MEMHP_ZONE_HIGHMEM:
	case MEMHP_ZONE_DEVICE:
	case MEMHP_ZONE_NONE:
		return SCARCITY_NORMAL;
	case MEMHP_ZONE_DMA32:
		return SCARCITY_LOW;
	case MEMHP_ZONE_DMA:
		return SCARCITY_LOWEST;
	}
	return SCARCITY_NORMAL;
}

static enum chance chance_of(enum memhp_offlinable offlinable, const struct memhp_pages *pages)
{
	switch (offlinable) {
	case MEMHP_OFFLINABLE_YES:
	case MEMHP_OFFLINABLE_LIKELY:
		return CHANCE_GOOD;
	case MEMHP_OFFLINABLE_UNLIKELY:
	case MEMHP_OFFLINABLE_NO:
	case MEMHP_OFFLINABLE_UNKNOWN:
		return pages ? CHANCE_BAD : CHANCE_UNSEEN;
	}
	return CHANCE_BAD;
}

/* For a block with a bad chance: the pages that keep it online count, not those to migrate. */
static uint64_t obstacles_of(const struct memhp_pages *pages)
{
	return memhp_pages_unmovable(pages) + pages->counts[MEMHP_PAGE_UNKNOWN] + pages->counts[MEMHP_PAGE_DRIVER];
}

void order_rate(struct order_item *item, const struct memhp_scan *scan)
{
	struct memhp_verdict verdict = { .size = sizeof(verdict) };

	/* Removing an offline block needs no work. */
	if (memhp_block_state(item->block) == MEMHP_STATE_OFFLINE) {
		item->rating = (struct rating){ .last = memhp_block_id(item->block) };
		return;
	}
	item->pages = scan ? memhp_scan_find(scan, item->block) : NULL;
	if (scan)
		(void)memhp_scan_judge(scan, item->block, &verdict);
	else
		verdict.offlinable = memhp_block_offlinable(item->block, NULL);
	item->is_never = verdict.offlinable == MEMHP_OFFLINABLE_NO;
	item->rating = (struct rating){
		.chance = scan ? chance_of(verdict.offlinable, item->pages) : CHANCE_GOOD,
		.scarcity = scarcity_of(memhp_block_zone(item->block)),
		.work = item->pages ? memhp_pages_work(item->pages) : UINT64_MAX,
		.last = memhp_block_id(item->block),
	};
	if (item->pages && item->rating.chance == CHANCE_BAD && item->rating.scarcity > SCARCITY_MOVABLE)
		item->rating.work = obstacles_of(item->pages);
}

static unsigned int is_low(const struct rating *rating)
{
	return rating->scarcity < SCARCITY_LOW ? 0 : rating->scarcity;
}

/* Low memory last, whatever the chance; then by chance, Movable first, by work, the highest address first. */
static int compare_ratings(const struct rating *x, const struct rating *y)
{
	if (is_low(x) != is_low(y))
		return number_compare(is_low(x), is_low(y));
	if (x->chance != y->chance)
		return number_compare(x->chance, y->chance);
	if (x->scarcity != y->scarcity)
		return number_compare(x->scarcity, y->scarcity);
	if (x->work != y->work)
		return number_compare(x->work, y->work);
	return number_compare(y->last, x->last);
}

static int item_by_work(const void *a, const void *b)
{
	const struct order_item *x = a, *y = b;

	if (x->device_rank != y->device_rank)
		return number_compare(x->device_rank, y->device_rank);
	return compare_ratings(&x->rating, &y->rating);
}

void order_sort(struct order_item *items, size_t count)
{
	qsort(items, count, sizeof(*items), item_by_work);
}

/* Whole devices ------------------------------------------------------------------ */

struct device {
	const char *name;
	size_t candidates, left;      /* of its blocks; left: all that are candidates or not offline */
	struct rating rating;         /* the worst chance and the sum of the work */
	size_t rank;                  /* position among the devices that are emptied as a whole */
};

static int device_by_name(const void *a, const void *b)
{
	const struct device *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int device_by_work(const void *a, const void *b)
{
	const struct device *x = a, *y = b;

	return compare_ratings(&x->rating, &y->rating);
}

static struct device *find_device(struct device *devices, size_t count, const struct memhp_block *block)
{
	const struct device key = { .name = memhp_block_device(block) };

	return key.name ? bsearch(&key, devices, count, sizeof(key), device_by_name) : NULL;
}

/* The devices of the candidates, each once, sorted by name. */
static size_t list_devices(const struct order_item *items, size_t count, struct device *ret)
{
	size_t named = 0, kept = 0;

	for (size_t i = 0; i < count; i++)
		if (memhp_block_device(items[i].block))
			ret[named++] = (struct device){
				.name = memhp_block_device(items[i].block), .rank = SIZE_MAX };
	qsort(ret, named, sizeof(*ret), device_by_name);
	for (size_t i = 0; i < named; i++)
		if (!kept || strcmp(ret[kept - 1].name, ret[i].name) != 0)
			ret[kept++] = ret[i];
	return kept;
}

static void add_candidate(struct device *device, const struct rating *rating)
{
	struct rating *all = &device->rating;

	device->candidates++;
	all->chance = rating->chance > all->chance ? rating->chance : all->chance;
	all->scarcity = rating->scarcity > all->scarcity ? rating->scarcity : all->scarcity;
	if (__builtin_add_overflow(all->work, rating->work, &all->work))
		all->work = UINT64_MAX;
	all->last = rating->last > all->last ? rating->last : all->last;
}

/*
 * Which sums of blocks can be made of whole devices: sums[i * (wanted + 1) + n] is true
 * if some of the devices i, i + 1, ... have n blocks in total. NULL: the table would be
 * too large.
 */
static int find_sums(const struct device *devices, size_t count, size_t wanted, bool **ret)
{
	const size_t width = wanted + 1;
	bool *sums;

	*ret = NULL;
	if (width >= SUMS_MAX / (count + 1))
		return 0;
	sums = *ret = calloc((count + 1) * width, sizeof(*sums));
	if (!sums)
		return -ENOMEM;
	sums[count * width] = true;
	for (size_t i = count; i-- > 0;)
		for (size_t n = 0; n < width; n++)
			sums[i * width + n] = sums[(i + 1) * width + n] ||
				(n >= devices[i].candidates && sums[(i + 1) * width + n - devices[i].candidates]);
	return 0;
}

/*
 * Ranks the devices to empty: the best that fit. With exactly, a device is taken only if
 * the devices after it can make up the rest; this is ignored if no combination of whole
 * devices has exactly wanted blocks.
 */
static int choose_devices(struct device *devices, size_t count, size_t wanted, bool exactly)
{
	cleanup(cleanup_free) bool *sums = NULL;
	const int r = exactly ? find_sums(devices, count, wanted, &sums) : 0;
	const size_t width = wanted + 1;
	bool can_be = sums && sums[wanted];
	size_t rank = 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (devices[i].candidates > wanted ||
		    (can_be && !sums[(i + 1) * width + wanted - devices[i].candidates]))
			continue;
		wanted -= devices[i].candidates;
		devices[i].rank = rank++;
	}
	return 0;
}

int order_whole_devices(struct order_item *items, size_t count, const struct memhp_snapshot *snapshot, size_t wanted,
			bool exactly)
{
	cleanup(cleanup_free) struct device *devices = calloc(count + 1, sizeof(*devices));
	cleanup(cleanup_free) struct device *chosen = calloc(count + 1, sizeof(*chosen));
	const struct memhp_block *block;
	struct device *device;
	size_t device_count, chosen_count = 0;

	if (!devices || !chosen)
		return -ENOMEM;
	device_count = list_devices(items, count, devices);
	for (size_t i = 0; i < count; i++) {
		device = find_device(devices, device_count, items[i].block);
		if (!device)
			continue;
		add_candidate(device, &items[i].rating);
		device->left += memhp_block_state(items[i].block) == MEMHP_STATE_OFFLINE;
	}
	memhp_snapshot_foreach(snapshot, block) {
		device = memhp_block_state(block) == MEMHP_STATE_OFFLINE ? NULL : find_device(devices, device_count, block);
		if (device)
			device->left++;
	}
	/* A device can be emptied as a whole if none of its blocks has to stay. */
	for (size_t i = 0; i < device_count; i++)
		if (devices[i].left == devices[i].candidates)
			chosen[chosen_count++] = devices[i];
	qsort(chosen, chosen_count, sizeof(*chosen), device_by_work);
	if (choose_devices(chosen, chosen_count, wanted, exactly) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < chosen_count; i++) {
		device = bsearch(&chosen[i], devices, device_count, sizeof(*devices), device_by_name);
		device->rank = chosen[i].rank;
	}
	/* Blocks of other devices come after those of devices that are emptied as a whole. */
	for (size_t i = 0; i < count; i++) {
		device = find_device(devices, device_count, items[i].block);
		items[i].device_rank = device ? device->rank : SIZE_MAX;
	}
	order_sort(items, count);
	return 0;
}
