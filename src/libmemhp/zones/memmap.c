/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cost of memory that is added: its memory map, with one struct page per page, and
 * where that is allocated. Follows the rules of mm/sparse-vmemmap.c and of
 * memmap_on_memory. Pure. How much memory is free in each zone is the forecast's
 * account.
 */
#include "forecast.h"

/* With 4 KiB pages: the size of a PMD, and of a pageblock. */
#define SMALL_PAGE 4096
#define SMALL_PMD (UINT64_C(2) << 20)

/*
 * mm/memory_hotplug.c: mhp_supports_memmap_on_memory(): the map of a block must fill
 * whole page tables (PMD), and the rest of the block must be whole pageblocks. For other
 * page sizes both depend on the architecture.
 */
static bool fits_on_memory(const struct memhp_forecast *forecast, bool *ret_certain)
{
	const uint64_t page_size = forecast->snapshot->block_size / forecast->block_pages;

	if (page_size != SMALL_PAGE)
		*ret_certain = false;
	return page_size == SMALL_PAGE && forecast->block_pages * STRUCT_PAGE % SMALL_PMD == 0;
}

/*
 * Only drivers that request it get it: drivers/acpi/acpi_memhotplug.c does, virtio-mem
 * never does. Up to 6.7 it works only for memory that is a single block; for more, the
 * kernel silently does without.
 */
static bool is_on_memory(const struct memhp_forecast *forecast, const struct memhp_addition *addition,
			 bool *ret_certain)
{
	const struct memmap_rules *rules = &forecast->memmap;

	if (addition->device != MEMHP_DEVICE_DIMM)
		return false;
	if (!rules->is_known)
		*ret_certain = false;
	if (!rules->is_on || !fits_on_memory(forecast, ret_certain))
		return false;
	if (addition->amount == forecast->snapshot->block_size || rules->is_by_block)
		return true;
	*ret_certain = false;
	return false;
}

static uint64_t kernel_pages_free(const struct model_node *node)
{
	uint64_t pages = 0;

	for (enum memhp_zone zone = MEMHP_ZONE_DMA; zone <= MEMHP_ZONE_NORMAL; zone++)
		pages += node->zones[zone].free;
	return pages;
}

/* The zone that GFP_KERNEL tries first: zonelists go from the highest zone down (mm/page_alloc.c). */
static enum memhp_zone first_zone(const struct model_node *node)
{
	for (enum memhp_zone zone = MEMHP_ZONE_NORMAL; zone >= MEMHP_ZONE_DMA; zone--)
		if (node->zones[zone].present)
			return zone;
	return MEMHP_ZONE_UNKNOWN;
}

/* The only other node with kernel memory; NULL if there are several or none. */
static struct model_node *other_node(struct zone_model *model, unsigned int node)
{
	struct model_node *found = NULL;

	for (size_t i = 0; i < model->node_count; i++) {
		if (model->nodes[i].node == node || first_zone(&model->nodes[i]) == MEMHP_ZONE_UNKNOWN)
			continue;
		if (found)
			return NULL;
		found = &model->nodes[i];
	}
	return found;
}

/*
 * mm/sparse-vmemmap.c: vmemmap_alloc_block() tries the memory's own node first. If that
 * node has no kernel memory, the nearest other one provides it.
 */
static void allocate(struct memhp_forecast *forecast, unsigned int wanted, uint64_t pages,
		     struct memhp_addition_zones *ret)
{
	const struct model_node *own = model_find_node(&forecast->model, wanted);
	struct model_node *node = first_zone(own) != MEMHP_ZONE_UNKNOWN ?
				  &forecast->model.nodes[own - forecast->model.nodes] :
				  other_node(&forecast->model, wanted);
	enum memhp_zone zone;

	if (!node) {
		ret->is_memmap_certain = false;
		return;
	}
	ret->has_memmap_node = true;
	ret->memmap_node = node->node;
	zone = first_zone(node);
	if (node->zones[zone].free >= pages) {
		ret->memmap_zone = zone;
		node->zones[zone].free -= pages;
		return;
	}
	/* The map takes memory of several zones, and if all of them are too small, of other nodes. */
	ret->is_memmap_certain &= kernel_pages_free(node) >= pages;
	for (; zone >= MEMHP_ZONE_DMA; zone--) {
		const uint64_t part = node->zones[zone].free < pages ? node->zones[zone].free : pages;

		node->zones[zone].free -= part;
		pages -= part;
	}
}

void memmap_add(struct memhp_forecast *forecast, const struct memhp_addition *addition,
		struct memhp_addition_zones *ret)
{
	const uint64_t page_size = forecast->snapshot->block_size / forecast->block_pages;
	const uint64_t pages = addition->amount / page_size;

	ret->memmap = pages * STRUCT_PAGE;
	ret->is_memmap_certain = true;
	ret->is_memmap_on_memory = is_on_memory(forecast, addition, &ret->is_memmap_certain);
	if (ret->is_memmap_on_memory) {
		ret->has_memmap_node = true;
		ret->memmap_node = addition->node;
	} else {
		allocate(forecast, addition->node, (ret->memmap + page_size - 1) / page_size, ret);
	}
}
