/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which zone the kernel chooses for memory that is brought online, exactly as
 * mm/memory_hotplug.c computes it (the same from 5.15 to 7.3), and how its counts
 * change. Pure integer arithmetic. The initial counts are determined in accounts.c.
 */
#include <string.h>

#include "zonemodel.h"

void model_free(struct zone_model *model)
{
	free(model->nodes);
	free(model->groups);
	free(model->units);
	*model = (struct zone_model){ 0 };
}

static int copy_array(const void *items, size_t count, size_t size, void *ret)
{
	void *copy = calloc(count + 1, size);

	if (!copy)
		return -ENOMEM;
	if (count)
		memcpy(copy, items, count * size);
	memcpy(ret, &copy, sizeof(copy));
	return 0;
}

int model_copy(const struct zone_model *model, struct zone_model *ret)
{
	struct zone_model copy = { .rules = model->rules };
	int r = copy_array(model->nodes, model->node_count, sizeof(*model->nodes), &copy.nodes);

	if (r == 0)
		r = copy_array(model->groups, model->group_count, sizeof(*model->groups), &copy.groups);
	if (r == 0)
		r = copy_array(model->units, model->unit_count, sizeof(*model->units), &copy.units);
	if (r < 0) {
		model_free(&copy);
		return r;
	}
	copy.node_count = model->node_count;
	copy.group_count = model->group_count;
	copy.unit_count = model->unit_count;
	*ret = copy;
	return 0;
}

const struct model_node *model_find_node(const struct zone_model *model, unsigned int node)
{
	for (size_t i = 0; i < model->node_count; i++)
		if (model->nodes[i].node == node)
			return &model->nodes[i];
	return NULL;
}

int model_add_node(struct zone_model *model, unsigned int node, struct model_node **ret)
{
	const struct model_node *found = model_find_node(model, node);
	struct model_node *more;

	if (!found) {
		more = reallocarray(model->nodes, model->node_count + 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		model->nodes = more;
		model->nodes[model->node_count] = (struct model_node){ .node = node };
		found = &model->nodes[model->node_count++];
	}
	*ret = &model->nodes[found - model->nodes];
	return 0;
}

int model_add_group(struct zone_model *model, const struct model_group *group, size_t *ret)
{
	struct model_group *more = reallocarray(model->groups, model->group_count + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	model->groups = more;
	model->groups[model->group_count] = *group;
	*ret = model->group_count++;
	return 0;
}

static struct model_group *group_of(const struct zone_model *model, const struct model_range *range)
{
	return model->groups && range->group < model->group_count ? &model->groups[range->group] : NULL;
}

/* NULL if the range has no group, or a static one. */
static const struct model_group *dynamic_group(const struct zone_model *model, const struct model_range *range)
{
	const struct model_group *group = group_of(model, range);

	return group && group->is_dynamic ? group : NULL;
}

static bool has_large_unit(const struct zone_model *model, const struct model_range *range)
{
	const struct model_group *group = dynamic_group(model, range);

	return group && group->pages != range->pages;
}

static uint64_t unit_start(const struct zone_model *model, const struct model_range *range)
{
	return range->start / model->groups[range->group].pages * model->groups[range->group].pages;
}

static struct model_unit *find_unit(const struct zone_model *model, const struct model_range *range)
{
	const uint64_t start = unit_start(model, range);

	/* Most often the last unit is the one that is needed. */
	for (size_t i = model->unit_count; i > 0; i--)
		if (model->units[i - 1].group == range->group && model->units[i - 1].start == start)
			return &model->units[i - 1];
	return NULL;
}

int model_add_unit(struct zone_model *model, const struct model_range *range)
{
	struct model_unit *more;

	if (!has_large_unit(model, range) || find_unit(model, range))
		return 0;
	more = reallocarray(model->units, model->unit_count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	model->units = more;
	model->units[model->unit_count++] = (struct model_unit){
		.group = range->group, .start = unit_start(model, range), .first_kernel = UINT64_MAX,
	};
	return 0;
}

/* include/linux/mmzone.h: zone_intersects() */
static bool intersects(const struct model_zone *zone, uint64_t start, uint64_t pages)
{
	return zone->spanned && start < zone->start + zone->spanned && start + pages > zone->start;
}

/* default_kernel_zone_for_pfn() */
static enum memhp_zone kernel_zone(const struct model_node *node, uint64_t start, uint64_t pages)
{
	for (enum memhp_zone zone = MEMHP_ZONE_DMA; zone < MEMHP_ZONE_NORMAL; zone++)
		if (intersects(&node->zones[zone], start, pages))
			return zone;
	return MEMHP_ZONE_NORMAL;
}

/* default_zone_for_pfn() */
static enum memhp_zone contig_zone(const struct zone_model *model, const struct model_node *node,
				   const struct model_range *range)
{
	const enum memhp_zone kernel = kernel_zone(node, range->start, range->pages);
	const bool in_kernel = intersects(&node->zones[kernel], range->start, range->pages);
	const bool in_movable = intersects(&node->zones[MEMHP_ZONE_MOVABLE], range->start, range->pages);

	if (in_kernel != in_movable)
		return in_kernel ? kernel : MEMHP_ZONE_MOVABLE;
	return model->rules.has_movable_node ? MEMHP_ZONE_MOVABLE : kernel;
}

/* auto_movable_stats_account_zone(), over the populated zones of a node */
static void account_zones(const struct model_node *node, uint64_t *early, uint64_t *movable)
{
	for (enum memhp_zone i = MEMHP_ZONE_DMA; i < MODEL_ZONES; i++) {
		const struct model_zone *zone = &node->zones[i];

		if (!zone->present)
			continue;
		if (i == MEMHP_ZONE_MOVABLE) {
			*movable += zone->present;
			continue;
		}
		*movable += zone->cma;
		*early += zone->early - zone->cma;
	}
}

/*
 * auto_movable_stats_account_group(): the early pages that the movable memory of another
 * device needs. In the kernel the ratio is an int, so a ratio above INT_MAX becomes a
 * huge unsigned divisor.
 */
static uint64_t required_early(const struct model_group *group, unsigned int ratio)
{
	const uint64_t divisor = ratio > INT32_MAX ? UINT64_MAX - UINT32_MAX + ratio : ratio;
	const uint64_t pages = group->movable * 100 / divisor - group->kernel;

	return pages <= INT64_MAX ? pages : 0;
}

/* auto_movable_can_online_movable(); node NULL: all nodes */
static bool can_online_movable(const struct zone_model *model, const struct model_node *node,
			       const struct model_range *range, uint64_t pages)
{
	const struct model_group *own = dynamic_group(model, range);
	uint64_t early = 0, movable = 0, required = 0, others = 0;

	for (size_t i = 0; i < model->node_count; i++)
		if (!node || node == &model->nodes[i])
			account_zones(&model->nodes[i], &early, &movable);
	for (size_t i = 0; i < model->group_count; i++) {
		const struct model_group *group = &model->groups[i];

		if (!group->is_dynamic || group == own || (node && group->node != node->node))
			continue;
		required += required_early(group, model->rules.ratio);
		others += group->movable;
	}
	if (early <= required)
		return false;
	early -= required;
	movable -= others;
	if (own)
		early += own->kernel;
	/* In the kernel, a product beyond 64 bits wraps around, too. */
	return movable + pages <= model->rules.ratio * early / 100;
}

/* auto_movable_zone_for_pfn() */
static enum memhp_zone auto_movable_zone(const struct zone_model *model, const struct model_node *node,
					 const struct model_range *range)
{
	const struct model_group *group = group_of(model, range);
	uint64_t start = range->start, pages = range->pages;

	if (!model->rules.ratio || (group && !group->is_dynamic && group->kernel))
		return kernel_zone(node, start, pages);
	if (group && !group->is_dynamic) {
		pages = group->pages - group->movable;
	} else if (has_large_unit(model, range)) {
		const struct model_unit *unit = find_unit(model, range);

		/* While the kernel walks through the unit, it advances the page number by which it
		 * then looks up the kernel zone. */
		if (unit && unit->first_kernel != UINT64_MAX)
			return kernel_zone(node, unit->first_kernel, pages);
		start = unit_start(model, range) + group->pages;
		pages = group->pages - (unit ? unit->movable : 0);
	}
	if (can_online_movable(model, NULL, range, pages) &&
	    (!model->rules.is_numa_aware || can_online_movable(model, node, range, pages)))
		return MEMHP_ZONE_MOVABLE;
	return kernel_zone(node, start, pages);
}

/* zone_for_pfn_range() */
enum memhp_zone model_choose(const struct zone_model *model, const struct model_range *range,
			     enum memhp_target target)
{
	const struct model_node *node = model_find_node(model, range->node);

	switch (target) {
	case MEMHP_TARGET_MOVABLE:
		return MEMHP_ZONE_MOVABLE;
	case MEMHP_TARGET_KERNEL:
		return kernel_zone(node, range->start, range->pages);
	case MEMHP_TARGET_AUTO:
		break;
	}
	return model->rules.is_auto_movable ? auto_movable_zone(model, node, range) : contig_zone(model, node, range);
}

bool model_depends_on_movable_node(const struct zone_model *model, const struct model_range *range,
				   enum memhp_target target)
{
	struct zone_model with = *model, without = *model;

	with.rules.has_movable_node = true;
	without.rules.has_movable_node = false;
	return model_choose(&with, range, target) != model_choose(&without, range, target);
}

void model_account_group(struct zone_model *model, const struct model_range *range, enum memhp_zone zone)
{
	struct model_group *group = group_of(model, range);
	struct model_unit *unit = has_large_unit(model, range) ? find_unit(model, range) : NULL;

	if (!group)
		return;
	if (zone == MEMHP_ZONE_MOVABLE) {
		group->movable += range->pages;
		if (unit)
			unit->movable += range->pages;
		return;
	}
	group->kernel += range->pages;
	if (unit && range->start < unit->first_kernel)
		unit->first_kernel = range->start;
}

/* online_pages(): resize_zone_range(), adjust_present_page_count() */
void model_online(struct zone_model *model, const struct model_range *range, enum memhp_zone zone)
{
	const struct model_node *node = model_find_node(model, range->node);
	struct model_zone *counts = &model->nodes[node - model->nodes].zones[zone];
	uint64_t end = counts->spanned ? counts->start + counts->spanned : 0;

	if (!counts->spanned || range->start < counts->start)
		counts->start = range->start;
	if (range->start + range->pages > end)
		end = range->start + range->pages;
	counts->spanned = end - counts->start;
	counts->present += range->pages;
	counts->free += range->pages;
	if (range->is_early)
		counts->early += range->pages;
	model_account_group(model, range, zone);
}
