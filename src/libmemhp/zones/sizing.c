/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The figures for the kernel's sizing considerations: what needs kernel memory, and what
 * cannot be in ZONE_MOVABLE. Reads them from files of procfs and sysfs that everybody
 * may read. What the figures mean is decided in advice.c.
 */
#include <stdio.h>
#include <string.h>

#include "../blocks/origin.h"
#include "../policy/policy.h"
#include "../sized.h"
#include "zones.h"

#define UNKNOWN UINT64_MAX

/* Converts a number of pages (or of another unit) to bytes; UNKNOWN if that exceeds 64 bits. */
static uint64_t bytes_of(uint64_t count, uint64_t unit)
{
	uint64_t bytes = 0;

	return __builtin_mul_overflow(count, unit, &bytes) ? UNKNOWN : bytes;
}

static uint64_t sizing_add(uint64_t a, uint64_t b)
{
	return a == UNKNOWN || b == UNKNOWN || a > UNKNOWN - b ? UNKNOWN : a + b;
}

static int read_number(const struct sysdir *dir, const char *name, uint64_t *ret)
{
	char text[32];
	ssize_t length = sysdir_read(dir, name, text, sizeof(text));

	return length < 0 ? (int)length : number_parse(text, (size_t)length, 10, ret) < 0 ? -EBADMSG : 0;
}

/* Zones ---------------------------------------------------------------------- */

static void sum_zones(const struct memhp *memhp, const struct memhp_stats *stats, struct memhp_sizing *sizing)
{
	struct memhp_ratio ratio = { .size = sizeof(ratio) };
	const struct memhp_zonestat *zone;

	sizing->kernel_free = sizing->dax_maps = 0;
	if (memhp_ratio_sum(stats, memhp->page_size, NULL, &ratio) == 0) {
		sizing->kernel = ratio.kernel;
		sizing->movable = ratio.movable;
		sizing->cma = ratio.cma;
	}
	memhp_stats_foreach(stats, zone) {
		if (memhp_zone_is_kernel(memhp_zonestat_zone(zone)))
			sizing->kernel_free = sizing_add(sizing->kernel_free,
							 bytes_of(memhp_zonestat_free_pages(zone), memhp->page_size));
		if (memhp_zonestat_zone(zone) == MEMHP_ZONE_DEVICE)
			sizing->dax_maps = sizing_add(sizing->dax_maps, bytes_of(memhp_zonestat_spanned(zone), STRUCT_PAGE));
	}
}

/* Device memory that holds its own memory map. */
struct self_mapped {
	const struct sysdir *dir;
	uint64_t bytes;
};

/* drivers/nvdimm/pfn_devs.c and dax_devs.c: the mode is "pmem", or else "ram" or "none". */
static int add_self_mapped(const char *name, void *data)
{
	struct self_mapped *found = data;
	char path[96], mode[16];
	uint64_t size = 0;

	if (strlen(name) > 64 || (strncmp(name, "pfn", 3) != 0 && strncmp(name, "dax", 3) != 0))
		return 0;
	snprintf(path, sizeof(path), "%s/mode", name);
	if (sysdir_read(found->dir, path, mode, sizeof(mode)) <= 0 || strcmp(mode, "pmem") != 0)
		return 0;
	snprintf(path, sizeof(path), "%s/size", name);
	if (read_number(found->dir, path, &size) == 0)
		found->bytes = sizing_add(found->bytes, size);
	return 0;
}

static void leave_out_self_mapped(const struct memhp *memhp, struct memhp_sizing *sizing)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	struct self_mapped found = { .dir = &dir };
	uint64_t maps;

	if (!sizing->dax_maps || sizing->dax_maps == UNKNOWN || sysdir_open(memhp, memhp->sysfs, "bus/nd/devices", &dir) < 0)
		return;
	(void)sysdir_list(&dir, ".", add_self_mapped, &found);
	maps = found.bytes / memhp->page_size * STRUCT_PAGE;
	sizing->dax_maps -= maps < sizing->dax_maps ? maps : sizing->dax_maps;
}

/* Huge pages ------------------------------------------------------------------ */

/* "Node 0, zone      DMA      1      1 ...": one number per order. 0 if unknown. */
static int largest_of_buddy(const struct memhp *memhp, uint64_t *ret)
{
	cleanup(cleanup_free) char *text = NULL;
	const int r = counters_read(memhp, "buddyinfo", &text);
	const char *zone = r < 0 ? NULL : strstr(text, ", zone ");
	const char *end = zone ? zone + strcspn(zone, "\n") : NULL;
	unsigned int words = 0, orders;

	for (const char *at = zone; at < end; at += strcspn(at, " \n")) {
		at += strspn(at, " ");
		words += at < end;
	}
	/* The words without the comma, "zone" and the name of the zone. */
	orders = words > 3 ? words - 3 : 0;
	*ret = orders && orders < 32 ? memhp->page_size << (orders - 1) : 0;
	return r == -ENOMEM ? r : 0;
}

/* include/linux/hugetlb.h: hstate_is_gigantic() */
static void sizing_add_pool(const struct memhp *memhp, const struct hugetlb_pool *pool, uint64_t buddy,
			    struct memhp_sizing *sizing)
{
	const uint64_t bytes = pool->pages == UNKNOWN ? UNKNOWN : bytes_of(pool->pages, pool->size);
	/* mm/hugetlb_vmemmap.c keeps one page of each map. */
	const uint64_t map = pool->size / memhp->page_size * STRUCT_PAGE;
	const uint64_t saved = map > memhp->page_size ? map - memhp->page_size : 0;

	if (!buddy && bytes)
		sizing->gigantic = sizing->huge = UNKNOWN;
	else if (pool->size > buddy)
		sizing->gigantic = sizing_add(sizing->gigantic, bytes);
	else
		sizing->huge = sizing_add(sizing->huge, bytes);
	sizing->hvo_debt = sizing_add(sizing->hvo_debt, bytes == UNKNOWN ? UNKNOWN : bytes_of(pool->pages, saved));
}

static int sizing_read_huge_pages(const struct memhp *memhp, struct memhp_sizing *sizing)
{
	struct hugetlb_pools pools;
	uint64_t buddy = 0;
	int r = hugetlb_read(memhp, &pools) < 0 ? 1 : largest_of_buddy(memhp, &buddy);

	if (r != 0)
		return r < 0 ? r : 0;
	sizing->gigantic = sizing->huge = sizing->hvo_debt = 0;
	for (unsigned int i = 0; i < pools.count; i++)
		sizing_add_pool(memhp, &pools.items[i], buddy, sizing);
	return 0;
}

/* CONFIG_ARCH_ENABLE_HUGEPAGE_MIGRATION. If no kernel configuration can be read, checks for the
 * architectures that always have it. */
static int huge_pages_migrate(const struct memhp *memhp, const char *config)
{
	static const char *const names[] = { "x86_64", "aarch64", "ppc64", "ppc64le", "riscv64" };
	char arch[ARCH_SIZE];

	if (config)
		return kconfig_has(config, "CONFIG_ARCH_ENABLE_HUGEPAGE_MIGRATION");
	arch_read(memhp, arch);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], arch) == 0)
			return 1;
	return -1;
}

static int read_hvo(const struct memhp *memhp, struct memhp_sizing *sizing)
{
	int r;

	sizing->has_hvo = hvo_read(memhp);
	r = sizing->has_hvo == 1 && sizing->hvo_debt ? hvo_may_corrupt(memhp) : 0;
	sizing->hvo_may_corrupt = r > 0;
	return r < 0 ? r : 0;
}

/* Counters -------------------------------------------------------------------- */

static int read_vmstat(const struct memhp *memhp, struct memhp_sizing *sizing)
{
	cleanup(cleanup_free) char *text = NULL;
	uint64_t more = 0, less = 0;
	int r = counters_read(memhp, "vmstat", &text);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* The kernel prints the two counters one after the other while they change. */
	if (counter_find(text, "nr_foll_pin_acquired", &more) == 0 && counter_find(text, "nr_foll_pin_released", &less) == 0)
		sizing->pinned = more > less ? bytes_of(more - less, memhp->page_size) : 0;
	/* mm/balloon_compaction.c counts the pages of the balloons that use it; a kernel without
	 * such a balloon has no counter. */
	sizing->balloon_compacts = counter_find(text, "balloon_migrate", &more) == 0;
	if (counter_find(text, "nr_balloon_pages", &more) == 0)
		sizing->ballooned = bytes_of(more, memhp->page_size);
	else if (counter_find(text, "balloon_inflate", &more) == 0 && counter_find(text, "balloon_deflate", &less) == 0)
		sizing->ballooned = more > less ? bytes_of(more - less, memhp->page_size) : 0;
	else
		sizing->ballooned = strstr(text, "balloon_") ? UNKNOWN : 0;
	return 0;
}

static int read_page_tables(const struct memhp *memhp, struct memhp_sizing *sizing)
{
	uint64_t tables = 0, second = 0;
	int r = meminfo_read(memhp, "PageTables", &tables);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* Page tables of virtual machines, since 6.1. */
	r = meminfo_read(memhp, "SecPageTables", &second);
	sizing->page_tables = sizing_add(tables, second);
	return r == -ENOMEM ? r : 0;
}

/* KASAN ------------------------------------------------------------------------ */

/* How many bytes share one byte of shadow memory: 8 or 16; 0 without KASAN, negative if unknown (-ENOMEM). */
static int kasan_by_symbols(const struct memhp *memhp)
{
	static const char *const names[] = { "__asan_load1", "__hwasan_load1" };
	unsigned int found = 0;
	int r = symbols_find(memhp, names, sizeof(names) / sizeof(names[0]), &found);

	if (r < 0)
		return r;
	return found & 1 ? 8 : found & 2 ? 16 : 0;
}

static int kasan_scale(const struct memhp *memhp, const char *config)
{
	if (!config)
		return kasan_by_symbols(memhp);
	return kconfig_has(config, "CONFIG_KASAN_GENERIC") ? 8 : kconfig_has(config, "CONFIG_KASAN_SW_TAGS") ? 16 : 0;
}

static int read_kasan(const struct memhp *memhp, const char *config, struct memhp_sizing *sizing)
{
	const int scale = kasan_scale(memhp, config);

	if (scale >= 0)
		sizing->kasan = scale ? sizing_add(sizing->kernel, sizing->movable) / (unsigned int)scale : 0;
	return scale == -ENOMEM ? scale : 0;
}

/* Offline blocks ----------------------------------------------------------------- */

/* Whether memory maps may lie in the memory itself; nothing shows for which blocks they do. */
static int may_be_on_memory(struct memhp *memhp, bool *ret)
{
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	const struct memhp_parameter *parameter;
	const char *value;
	int r = memhp_policy_read(memhp, &policy);

	if (r < 0)
		return r;
	parameter = memhp_policy_find(policy, "memmap_on_memory");
	value = memhp_parameter_value(parameter);
	*ret = memhp_parameter_error(parameter) != -ENODATA && (!value || strcmp(value, "N") != 0);
	return 0;
}

static int count_offline(struct memhp *memhp, const struct memhp_snapshot *snapshot, struct memhp_sizing *sizing)
{
	const uint64_t map = memhp_snapshot_block_size(snapshot) / memhp->page_size * STRUCT_PAGE;
	const struct memhp_block *block;
	bool is_on_memory = false;
	int r = may_be_on_memory(memhp, &is_on_memory);

	if (r < 0)
		return r;
	sizing->offline_maps = 0;
	memhp_snapshot_foreach(snapshot, block) {
		const int own = memhp_block_memmap_on_memory(block);

		if (memhp_block_state(block) == MEMHP_STATE_UNKNOWN ||
		    (memhp_block_state(block) == MEMHP_STATE_OFFLINE && own < 0 && is_on_memory))
			sizing->offline_maps = UNKNOWN;
		if (memhp_block_state(block) == MEMHP_STATE_OFFLINE && own != 1)
			sizing->offline_maps = sizing_add(sizing->offline_maps, map);
	}
	return 0;
}

/* All --------------------------------------------------------------------------- */

/* What is not about zones and blocks. */
static int read_system(struct memhp *memhp, struct memhp_sizing *sizing)
{
	cleanup(cleanup_free) char *config = NULL;
	int r = kconfig_read(memhp, &config);

	if (r == 0)
		r = sizing_read_huge_pages(memhp, sizing);
	if (r < 0)
		return r;
	sizing->huge_can_migrate = huge_pages_migrate(memhp, config);
	sizing->has_foreign_balloon = has_foreign_balloon(memhp);
	r = read_hvo(memhp, sizing);
	if (r == 0)
		r = read_vmstat(memhp, sizing);
	if (r == 0)
		r = read_page_tables(memhp, sizing);
	return r == 0 ? read_kasan(memhp, config, sizing) : r;
}

int memhp_sizing_read(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct memhp_stats *stats,
		      struct memhp_sizing *ret)
{
	struct memhp_sizing sizing = {
		.size = sizeof(sizing),
		.kernel = UNKNOWN, .movable = UNKNOWN, .cma = UNKNOWN, .gigantic = UNKNOWN, .huge = UNKNOWN,
		.pinned = UNKNOWN, .page_tables = UNKNOWN, .ballooned = UNKNOWN, .hvo_debt = UNKNOWN,
		.kasan = UNKNOWN, .balloon_compacts = -1,
	};
	int r = sized_check(ret);

	if (r < 0)
		return r;
	if (!snapshot_has(snapshot, MEMHP_ATTR_STATE))
		return -EINVAL;
	r = count_offline(memhp, snapshot, &sizing);
	if (r < 0)
		return r;
	sum_zones(memhp, stats, &sizing);
	leave_out_self_mapped(memhp, &sizing);
	r = read_system(memhp, &sizing);
	if (r < 0)
		return r;
	return sized_give(ret, &sizing, sizeof(sizing));
}
