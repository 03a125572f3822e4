/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a block can go offline, judged by everything except its
 * pages. Pure. A scan of the pages may change the verdict; that is
 * left to pages/verdict.c.
 */
#include "block.h"

struct verdict {
	enum memhp_offlinable offlinable;
	enum memhp_why why;
};

/* In the order of the kernel's own checks (mm/memory_hotplug.c: offline_pages()). */
static struct verdict offlinable_judge(const struct offline_facts *facts)
{
	if (facts->state != MEMHP_STATE_ONLINE)
		return (struct verdict){ MEMHP_OFFLINABLE_UNKNOWN, MEMHP_WHY_UNKNOWN };
	if (facts->lacks_zones && facts->cannot_offline)
		return (struct verdict){ MEMHP_OFFLINABLE_NO, MEMHP_WHY_NO_OFFLINING };
	if (facts->zone == MEMHP_ZONE_NONE)
		return (struct verdict){ MEMHP_OFFLINABLE_NO, MEMHP_WHY_SEVERAL_ZONES };
	if (facts->has_holes > 0)
		return (struct verdict){ MEMHP_OFFLINABLE_NO, MEMHP_WHY_MEMORY_HOLES };
	if (facts->keeps_boot_memory && facts->origin == MEMHP_ORIGIN_BOOT)
		return (struct verdict){ MEMHP_OFFLINABLE_NO, MEMHP_WHY_OFFLINE_DISABLED };
	/* Without privileges the origin is not known. Memory without a device is most often boot memory. */
	if (facts->keeps_boot_memory && facts->origin == MEMHP_ORIGIN_UNKNOWN && !facts->has_device)
		return (struct verdict){ MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_OFFLINE_DISABLED };
	if (facts->zone == MEMHP_ZONE_MOVABLE)
		return (struct verdict){ MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE };
	if (memhp_zone_is_kernel(facts->zone))
		return (struct verdict){ MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE };
	return (struct verdict){ MEMHP_OFFLINABLE_UNKNOWN, facts->lacks_zones ? MEMHP_WHY_NO_ZONES : MEMHP_WHY_UNKNOWN };
}

enum memhp_offlinable offlinable_find(const struct offline_facts *facts, enum memhp_why *ret_why)
{
	struct verdict verdict = offlinable_judge(facts);

	if (ret_why)
		*ret_why = verdict.why;
	return verdict.offlinable;
}

const char *memhp_offlinable_name(enum memhp_offlinable offlinable)
{
	static const char *const names[] = {
		[MEMHP_OFFLINABLE_NO] = "no",
		[MEMHP_OFFLINABLE_UNLIKELY] = "unlikely",
		[MEMHP_OFFLINABLE_LIKELY] = "likely",
		[MEMHP_OFFLINABLE_YES] = "yes",
	};

	return (size_t)offlinable < sizeof(names) / sizeof(names[0]) ? names[offlinable] : NULL;
}

const char *memhp_why_name(enum memhp_why why)
{
	static const char *const names[] = {
		[MEMHP_WHY_NO_OFFLINING] = "no-offlining",
		[MEMHP_WHY_SEVERAL_ZONES] = "several-zones",
		[MEMHP_WHY_MEMORY_HOLES] = "memory-holes",
		[MEMHP_WHY_OFFLINE_DISABLED] = "offline-disabled",
		[MEMHP_WHY_KERNEL_ZONE] = "kernel-zone",
		[MEMHP_WHY_MOVABLE] = "movable",
		[MEMHP_WHY_NO_ZONES] = "no-zones",
		[MEMHP_WHY_RESERVED_PAGES] = "reserved-pages",
		[MEMHP_WHY_UNMOVABLE_PAGES] = "unmovable-pages",
		[MEMHP_WHY_UNKNOWN_PAGES] = "unknown-pages",
		[MEMHP_WHY_DRIVER_PAGES] = "driver-pages",
		[MEMHP_WHY_HUGE_PAGES] = "huge-pages",
		[MEMHP_WHY_NO_ROOM] = "no-room",
		[MEMHP_WHY_MIGRATE] = "migrate",
		[MEMHP_WHY_FREE] = "free",
		[MEMHP_WHY_HVO] = "hvo",
	};

	return (size_t)why < sizeof(names) / sizeof(names[0]) ? names[why] : NULL;
}
