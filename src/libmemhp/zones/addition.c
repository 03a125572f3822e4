/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that does not exist yet: into which zones it would go if it were added and
 * brought online now. Assumes that it lies above all other memory, where hypervisors and
 * most firmware put it. Pure. The cost of its memory map is left to memmap.c.
 */
#include "forecast.h"
#include "../sized.h"

/* More than any machine can address. */
#define ADDRESS_BITS 52

/* Pages in the span of a zone that are not present: added memory could lie there. */
static uint64_t hole(const struct model_node *node, enum memhp_zone zone)
{
	return node->zones[zone].spanned - node->zones[zone].present;
}

/*
 * mm/memory_hotplug.c: default_zone_for_pfn() depends on the address, which is not
 * known: its choice between two parts of a zone differs from the one above all memory.
 */
static bool depends_on_address(const struct memhp_forecast *forecast, const struct model_range *range)
{
	const struct memhp_zone_rules *rules = &forecast->model.rules;
	const struct model_node *node = model_find_node(&forecast->model, range->node);

	if (rules->is_auto_movable)
		return false;
	if (rules->is_movable_node_unknown && hole(node, MEMHP_ZONE_NORMAL) >= range->pages)
		return true;
	return hole(node, rules->has_movable_node ? MEMHP_ZONE_NORMAL : MEMHP_ZONE_MOVABLE) >= range->pages;
}

/* All blocks of the range get the same answer, except in a dynamic group (virtio-mem), where the
 * kernel decides for each block. */
static void online_all(struct memhp_forecast *forecast, const struct model_range *all, enum memhp_target target,
		       bool is_certain, uint64_t *ret_movable)
{
	const struct zone_model *model = &forecast->model;
	struct model_range range = *all;
	uint64_t end = all->start + all->pages;

	if (model->groups[all->group].is_dynamic)
		range.pages = forecast->block_pages;
	for (; range.start < end; range.start += range.pages) {
		enum memhp_zone zone = model_choose(model, &range, target);

		if (zone == MEMHP_ZONE_MOVABLE)
			*ret_movable += range.pages;
		forecast_move(forecast, &range, zone, is_certain);
	}
}

int memhp_forecast_add(struct memhp_forecast *forecast, const struct memhp_addition *addition,
		       struct memhp_addition_zones *ret)
{
	struct memhp_addition what;
	struct memhp_addition_zones zones = { .size = sizeof(zones) };
	const uint64_t block_size = forecast->snapshot->block_size;
	struct model_group group = { 0 };
	struct model_range range;
	struct model_node *node = NULL;
	uint64_t movable = 0, page_size;
	int r = sized_check(ret);

	if (r == 0)
		r = sized_take(&what, offsetof(struct memhp_addition, reserved), addition);
	if (r < 0)
		return r;
	if (!what.amount || what.amount % block_size || !target_exists(what.target) ||
	    (unsigned int)what.device > MEMHP_DEVICE_VIRTIO_MEM)
		return -EINVAL;
	if (!forecast->has_zones)
		return -ENODATA;
	page_size = block_size / forecast->block_pages;
	range = (struct model_range){
		.start = forecast->next_start, .pages = what.amount / page_size, .node = what.node,
	};
	if (range.start + range.pages > (UINT64_C(1) << ADDRESS_BITS) / page_size)
		return -ERANGE;
	group.node = what.node;
	group.is_dynamic = what.device == MEMHP_DEVICE_VIRTIO_MEM;
	group.pages = group.is_dynamic ? forecast->block_pages : range.pages;
	r = model_add_node(&forecast->model, what.node, &node);
	if (r == 0)
		r = model_add_group(&forecast->model, &group, &range.group);
	if (r < 0)
		return r;
	/* Only MOVABLE or KERNEL matters; which kernel zone it would be does not. */
	zones.is_certain = what.target != MEMHP_TARGET_AUTO ||
			   (forecast_is_certain(forecast, &range, what.target) &&
			    !depends_on_address(forecast, &range));
	/* The memory map is allocated before the memory goes online. */
	memmap_add(forecast, &what, &zones);
	online_all(forecast, &range, what.target, zones.is_certain, &movable);
	forecast->next_start += range.pages;
	zones.movable = movable * page_size;
	zones.kernel = what.amount - zones.movable;
	return sized_give(ret, &zones, sizeof(zones));
}

const char *memhp_device_name(enum memhp_device device)
{
	static const char *const names[] = {
		[MEMHP_DEVICE_DIMM] = "dimm",
		[MEMHP_DEVICE_VIRTIO_MEM] = "virtio-mem",
	};

	return (size_t)device < sizeof(names) / sizeof(names[0]) ? names[device] : NULL;
}
