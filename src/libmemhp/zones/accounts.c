/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's internal accounts, reconstructed from what can be read: which memory
 * exists since boot, which device added which blocks, and in which units. What cannot be
 * determined becomes a doubt, never a guess. zonemodel.c calculates with the accounts.
 */
#include <string.h>

#include "forecast.h"

static const struct memhp_block *blocks_of(const struct memhp_forecast *forecast)
{
	return forecast->snapshot->blocks;
}

/* Zones ---------------------------------------------------------------------- */

static int accounts_add_zones(struct memhp_forecast *forecast, const struct memhp_stats *stats)
{
	const struct memhp_zonestat *stat;

	memhp_stats_foreach(stats, stat) {
		const enum memhp_zone zone = memhp_zonestat_zone(stat);
		struct model_node *node = NULL;
		int r = model_add_node(&forecast->model, memhp_zonestat_node(stat), &node);

		if (r < 0)
			return r;
		if (zone == MEMHP_ZONE_UNKNOWN || zone >= MODEL_ZONES)
			continue;
		node->zones[zone] = (struct model_zone){
			.start = memhp_zonestat_start_pfn(stat),
			.spanned = memhp_zonestat_spanned(stat),
			.present = memhp_zonestat_present(stat),
			.early = memhp_zonestat_present(stat),
			.cma = memhp_zonestat_cma(stat),
		};
		if (memhp_zonestat_free_pages(stat) > zonestat_low(stat))
			node->zones[zone].free = memhp_zonestat_free_pages(stat) - zonestat_low(stat);
		/* mm/vmstat.c: zoneinfo_show_print() prints the start of populated zones only. */
		if (node->zones[zone].spanned && !node->zones[zone].present)
			forecast->doubts |= DOUBT_SPANS;
	}
	return 0;
}

/* Groups --------------------------------------------------------------------- */

/* Finds the last line such as "virtio_mem virtio0: subblock size: 0x200000" and returns its
 * number. *ret_at is where that number is, or NULL if there is no such line. */
static uint64_t logged_size(const char *log, const char *device, const char *key, const char **ret_at)
{
	static const char driver[] = "virtio_mem ";
	const char *const parts[] = { device, ": ", key, ": 0x" };
	uint64_t size = 0;

	*ret_at = NULL;
	for (const char *line = log; (line = strstr(line, driver));) {
		const char *at = line += sizeof(driver) - 1;

		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && at; i++)
			at = strncmp(at, parts[i], strlen(parts[i])) == 0 ? at + strlen(parts[i]) : NULL;
		if (!at)
			continue;
		*ret_at = at;
		if (number_parse(at, strspn(at, "0123456789abcdef"), 16, &size) < 0)
			size = 0;
	}
	return size;
}

/* drivers/virtio/virtio_mem.c: virtio_mem_init_hotplug() logs one of the two sizes each time the
 * driver starts. */
uint64_t virtio_mem_unit(const char *log, const char *device, uint64_t block_size)
{
	const char *at_big, *at_sub;
	const uint64_t big = logged_size(log, device, "big block size", &at_big);

	(void)logged_size(log, device, "subblock size", &at_sub);
	return at_sub && (!at_big || at_sub > at_big) ? block_size : big;
}

static const struct memhp_block *find_of_device(const struct memhp_forecast *forecast, uint64_t id, const char *device)
{
	const struct memhp_block *block = memhp_snapshot_find(forecast->snapshot, id);

	return block && memhp_block_device(block) && strcmp(memhp_block_device(block), device) == 0 ? block : NULL;
}

/* Memory comes in whole units. A block without its neighbour in the next larger unit is therefore
 * a unit itself. */
static bool has_single_block(const struct memhp_forecast *forecast, const char *device)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(forecast->snapshot, block)
		if (find_of_device(forecast, memhp_block_id(block), device) &&
		    !find_of_device(forecast, memhp_block_id(block) ^ 1, device))
			return true;
	return false;
}

static uint64_t find_unit_pages(struct memhp_forecast *forecast, const struct forecast_facts *facts, const char *device)
{
	const uint64_t block_size = forecast->snapshot->block_size;
	uint64_t unit = facts->log ? virtio_mem_unit(facts->log, device, block_size) : 0;

	if (unit >= block_size && !(unit & (unit - 1)))
		return unit / facts->page_size;
	if (!has_single_block(forecast, device))
		forecast->doubts |= DOUBT_COUNTS;
	return forecast->block_pages;
}

/* Blocks of one device are mostly adjacent. */
static size_t find_group(const struct memhp_forecast *forecast, size_t index)
{
	const struct zone_model *model = &forecast->model;
	const char *device = memhp_block_device(&blocks_of(forecast)[index]);
	const size_t last = index ? forecast->groups[index - 1] : MODEL_NO_GROUP;

	if (last != MODEL_NO_GROUP && strcmp(model->groups[last].device, device) == 0)
		return last;
	for (size_t i = 0; i < model->group_count; i++)
		if (strcmp(model->groups[i].device, device) == 0)
			return i;
	return MODEL_NO_GROUP;
}

/* Whether a block of the device is offline on a machine that never takes boot memory offline: then
 * the device was hot-added. */
static bool is_added_device(const struct memhp_forecast *forecast, const char *device)
{
	const struct memhp_block *block;

	if (forecast->snapshot->keeps_boot_memory)
		memhp_snapshot_foreach(forecast->snapshot, block)
			if (memhp_block_state(block) == MEMHP_STATE_OFFLINE &&
			    find_of_device(forecast, memhp_block_id(block), device))
				return true;
	return false;
}

/*
 * Memory is added in groups by drivers/acpi/acpi_memhotplug.c, drivers/dax/kmem.c and
 * drivers/virtio/virtio_mem.c. Boot memory has no group, even if the firmware lists it.
 */
static bool has_group(const struct memhp_forecast *forecast, size_t index)
{
	const struct memhp_block *block = &blocks_of(forecast)[index];
	const char *device = memhp_block_device(block);

	switch (memhp_block_origin(block)) {
	case MEMHP_ORIGIN_HOTPLUG:
		return device;
	case MEMHP_ORIGIN_VIRTIO_MEM:
	case MEMHP_ORIGIN_KMEM:
		return true;
	case MEMHP_ORIGIN_UNKNOWN:
		/* If the counts are in doubt already, the search is not worth it. */
		return device && (find_group(forecast, index) != MODEL_NO_GROUP ||
				  (!(forecast->doubts & DOUBT_COUNTS) && is_added_device(forecast, device)));
	case MEMHP_ORIGIN_BOOT:
	case MEMHP_ORIGIN_HV_BALLOON:
	case MEMHP_ORIGIN_XEN:
		return false;
	}
	return false;
}

static int join_group(struct memhp_forecast *forecast, const struct forecast_facts *facts, size_t index)
{
	const struct memhp_block *block = &blocks_of(forecast)[index];
	const char *device = memhp_block_device(block);
	struct model_group group = {
		.device = device,
		.is_dynamic = memhp_block_origin(block) == MEMHP_ORIGIN_VIRTIO_MEM,
	};
	const bool is_member = has_group(forecast, index);
	const unsigned int *nodes;
	size_t *found = &forecast->groups[index];

	if (!is_member || !device) {
		/* Memory of unknown origin is in an unknown group, unless no device can have added it. */
		if (is_member || (memhp_block_origin(block) == MEMHP_ORIGIN_UNKNOWN && device))
			forecast->doubts |= DOUBT_COUNTS;
		return 0;
	}
	*found = find_group(forecast, index);
	if (*found != MODEL_NO_GROUP)
		return 0;
	group.node = memhp_block_nodes(block, &nodes) ? nodes[0] : 0;
	group.pages = group.is_dynamic ? find_unit_pages(forecast, facts, device) : 0;
	return model_add_group(&forecast->model, &group, found);
}

static int add_groups(struct memhp_forecast *forecast, const struct forecast_facts *facts)
{
	int r = 0;

	forecast->groups = calloc(forecast->snapshot->count + 1, sizeof(*forecast->groups));
	if (!forecast->groups)
		return -ENOMEM;
	for (size_t i = 0; i < forecast->snapshot->count; i++)
		forecast->groups[i] = MODEL_NO_GROUP;
	for (size_t i = 0; i < forecast->snapshot->count && r == 0; i++)
		r = join_group(forecast, facts, i);
	return r;
}

/* Blocks --------------------------------------------------------------------- */

bool accounts_range(const struct memhp_forecast *forecast, const struct memhp_block *block,
		    struct model_range *ret)
{
	const unsigned int *nodes;
	unsigned int count = memhp_block_nodes(block, &nodes);
	/* Without CONFIG_NUMA there is only node 0. */
	const bool has_nodes = forecast->snapshot->node_count;

	if (count > 1 || (!count && has_nodes))
		return false;
	*ret = (struct model_range){
		.start = memhp_block_id(block) * forecast->block_pages,
		.pages = forecast->block_pages,
		.node = count ? nodes[0] : 0,
		.group = forecast->groups[block - blocks_of(forecast)],
		.is_early = memhp_block_origin(block) == MEMHP_ORIGIN_BOOT,
	};
	return model_find_node(&forecast->model, ret->node);
}

bool accounts_may_be_early(const struct model_range *range, const struct memhp_block *block)
{
	return memhp_block_origin(block) == MEMHP_ORIGIN_UNKNOWN && range->group == MODEL_NO_GROUP;
}

/* Hot-added pages do not count as early: adjust_present_page_count(). */
static int account_block(struct memhp_forecast *forecast, const struct memhp_block *block)
{
	const enum memhp_zone zone = memhp_block_zone(block);
	struct model_range range;
	struct model_node *node = NULL;
	uint64_t *early;
	int r;

	if (!accounts_range(forecast, block, &range)) {
		/* The block is on several nodes or in several zones, which is possible for boot
		 * memory only. */
		if (memhp_block_origin(block) != MEMHP_ORIGIN_BOOT)
			forecast->doubts |= DOUBT_COUNTS;
		return 0;
	}
	if (range.group != MODEL_NO_GROUP && !forecast->model.groups[range.group].is_dynamic)
		forecast->model.groups[range.group].pages += range.pages;
	r = model_add_unit(&forecast->model, &range);
	if (r == 0)
		r = model_add_node(&forecast->model, range.node, &node);
	if (r < 0 || !node || memhp_block_state(block) == MEMHP_STATE_OFFLINE)
		return r;
	if (range.is_early && memhp_block_state(block) == MEMHP_STATE_ONLINE)
		return 0;
	if (zone != MEMHP_ZONE_MOVABLE &&
	    (!memhp_zone_is_kernel(zone) || accounts_may_be_early(&range, block))) {
		forecast->doubts |= DOUBT_COUNTS;
		return 0;
	}
	model_account_group(&forecast->model, &range, zone);
	early = &node->zones[zone].early;
	/* The two counts were read at different moments, and memory changed in between. */
	if (*early < range.pages)
		forecast->doubts |= DOUBT_COUNTS;
	else
		*early -= range.pages;
	return 0;
}

int accounts_fill(struct memhp_forecast *forecast, const struct forecast_facts *facts)
{
	const struct memhp_block *block;
	int r = accounts_add_zones(forecast, facts->stats);

	/* Only /proc/iomem shows which device added which memory, and what is boot memory. */
	if (!forecast->snapshot->origins || memhp_snapshot_iomem_is_masked(forecast->snapshot))
		forecast->doubts |= DOUBT_COUNTS;
	if (r == 0)
		r = add_groups(forecast, facts);
	if (r < 0)
		return r;
	memhp_snapshot_foreach(forecast->snapshot, block) {
		r = account_block(forecast, block);
		if (r < 0)
			return r;
	}
	return 0;
}
