/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The device of a block: how its kind is removed, whether that is possible, and whether
 * the kernel survives it. Only reads. The removal itself is left to unplug.c.
 */
#include <string.h>

#include "device.h"

#define GIB (UINT64_C(1) << 30)

/*
 * How each kind of device is removed.
 *
 * ACPI: drivers/acpi/device_sysfs.c: eject_store() only queues the work. Then
 * drivers/acpi/scan.c: acpi_device_hotplug() waits for the hotplug lock. It takes blocks
 * offline that are online again, brings these back online if one of them fails, and cannot
 * be cancelled. There is an eject file if the firmware has _EJ0.
 *
 * dax: drivers/dax/kmem.c, since 7.3: "unplugged" takes the whole device offline and removes
 * it, or does nothing. Before that, the only way is to unbind the driver. That loses the
 * memory until the next boot if a block has come online meanwhile
 * (dev_dax_kmem_remove()), so it is never done here.
 */
static const struct way acpi = { "eject", "1", true }, dax = { "state", "unplugged", false };

const struct way *device_way(const struct memhp_block *block)
{
	if (block->owns_device)
		return &acpi;
	return block->origin == MEMHP_ORIGIN_KMEM && dax_is_name(block->device) ? &dax : NULL;
}

int device_open(const struct memhp *memhp, const struct memhp_block *block, struct sysdir *ret)
{
	char path[PATH_MAX];

	if (device_way(block) == &acpi)
		snprintf(path, sizeof(path), "devices/system/memory/memory%llu/firmware_node", (unsigned long long)block->id);
	else if (snprintf(path, sizeof(path), "bus/dax/devices/%s", block->device) >= PATH_MAX)
		return -ENAMETOOLONG;
	return sysdir_open(memhp, memhp->sysfs, path, ret);
}

bool device_is_same(const struct memhp_block *a, const struct memhp_block *b)
{
	return a == b || (a->device && b->device && strcmp(a->device, b->device) == 0);
}

/* The kernel first removes the link from the block to its ACPI device, then the block. */
static bool is_being_removed(const struct memhp *memhp, const struct memhp_block *block)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	char path[64];

	snprintf(path, sizeof(path), "devices/system/memory/memory%llu", (unsigned long long)block->id);
	return sysdir_open(memhp, memhp->sysfs, path, &dir) == -ENOENT ||
	       (dir.fd >= 0 && block->owns_device && !sysdir_has(&dir, "firmware_node"));
}

int memhp_block_can_unplug(struct memhp *memhp, const struct memhp_block *block)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	const struct way *way = device_way(block);
	int r;

	if (!way)
		return -EPERM;
	r = device_open(memhp, block, &dir);
	if (r == -ENOENT)
		return is_being_removed(memhp, block) ? -ENOENT : -ENXIO;
	if (r == 0)
		r = sysdir_find(&dir, way->file);
	if (r != -ENOENT)
		return r;
	/* What is missing: the block, the driver, or the feature. */
	if (is_being_removed(memhp, block))
		return -ENOENT;
	return way == &dax && dax_is_lost(memhp, block->device) ? -ENXIO : -EOPNOTSUPP;
}

/* Whether the device has no block next to this one, so that its memory begins or ends there. */
static bool device_ends_at(const struct memhp_block *block, bool is_end)
{
	const uint64_t id = block->id;
	const struct memhp_block *other =
		!is_end && id == 0 ? NULL : memhp_snapshot_find(block->snapshot, is_end ? id + 1 : id - 1);

	return !other || !device_is_same(other, block);
}

/* Whether boot memory of the device begins or ends within a GiB. */
static bool device_cuts_gib(const struct memhp_block *block)
{
	const struct memhp_block *other;

	memhp_snapshot_foreach(block->snapshot, other) {
		if (!device_is_same(other, block) ||
		    (other->origin != MEMHP_ORIGIN_BOOT && other->origin != MEMHP_ORIGIN_UNKNOWN))
			continue;
		if ((memhp_block_start(other) % GIB && device_ends_at(other, false)) ||
		    ((memhp_block_end(other) + 1) % GIB && device_ends_at(other, true)))
			return true;
	}
	return false;
}

/*
 * arch/x86/mm/init_64.c: remove_pud_table() takes a page of 1 GiB of the direct map, of which
 * only a part is removed, for a table, and frees that. Memory that was hot-added is mapped as
 * it was added. DirectMap1G is missing where the processor has no such pages.
 */
int memhp_block_unplug_may_crash(struct memhp *memhp, const struct memhp_block *block)
{
	char arch[ARCH_SIZE];
	uint64_t mapped = 0;
	int r;

	if (!device_cuts_gib(block))
		return 0;
	arch_read(memhp, arch);
	if (*arch && strcmp(arch, "x86_64") != 0)
		return 0;
	r = meminfo_read(memhp, "DirectMap1G", &mapped);
	if (r == -ENOMEM)
		return r;
	return r != -ENODATA && (r < 0 || mapped);
}
