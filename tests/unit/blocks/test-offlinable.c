/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a block can go offline, by all that is known without its pages: each
 * reason alone, and which goes first where several hold. Reading the facts is
 * others' business.
 */
#include <string.h>

#include "../../../src/libmemhp/blocks/block.h"
#include "../tap.h"

#define ONLINE MEMHP_STATE_ONLINE

static const struct {
	const char *name;
	struct offline_facts facts;
	enum memhp_offlinable offlinable;
	enum memhp_why why;
} cases[] = {
	{ "Movable", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_HOTPLUG, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE },
	{ "virtio-mem, Movable", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_VIRTIO_MEM, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE },
	{ "Movable, no more known", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_UNKNOWN, -1, false, false, false, false },
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE },
	{ "boot memory, Movable", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_BOOT, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE },
	{ "Normal", { ONLINE, MEMHP_ZONE_NORMAL, MEMHP_ORIGIN_BOOT, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE },
	{ "DMA", { ONLINE, MEMHP_ZONE_DMA, MEMHP_ORIGIN_BOOT, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE },
	{ "DMA32", { ONLINE, MEMHP_ZONE_DMA32, MEMHP_ORIGIN_HOTPLUG, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE },
	{ "HighMem", { ONLINE, MEMHP_ZONE_HIGHMEM, MEMHP_ORIGIN_UNKNOWN, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE },
	{ "Normal, holes unknown", { ONLINE, MEMHP_ZONE_NORMAL, MEMHP_ORIGIN_UNKNOWN, -1, false, false, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE },
	/* what never changes */
	{ "several zones", { ONLINE, MEMHP_ZONE_NONE, MEMHP_ORIGIN_BOOT, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_SEVERAL_ZONES },
	{ "holes, Normal", { ONLINE, MEMHP_ZONE_NORMAL, MEMHP_ORIGIN_BOOT, 1, false, false, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_MEMORY_HOLES },
	{ "holes, Movable", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_BOOT, 1, false, false, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_MEMORY_HOLES },
	{ "holes, zone unknown", { ONLINE, MEMHP_ZONE_UNKNOWN, MEMHP_ORIGIN_UNKNOWN, 1, false, false, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_MEMORY_HOLES },
	{ "no offlining", { ONLINE, MEMHP_ZONE_UNKNOWN, MEMHP_ORIGIN_BOOT, 0, true, false, false, true },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_NO_OFFLINING },
	{ "arm64 boot memory, Normal", { ONLINE, MEMHP_ZONE_NORMAL, MEMHP_ORIGIN_BOOT, 0, false, true, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_OFFLINE_DISABLED },
	{ "arm64 boot memory, Movable", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_BOOT, 0, false, true, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_OFFLINE_DISABLED },
	{ "arm64 boot memory, holes unknown", { ONLINE, MEMHP_ZONE_DMA, MEMHP_ORIGIN_BOOT, -1, false, true, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_OFFLINE_DISABLED },
	/* arm64 keeps only its boot memory */
	{ "arm64 DIMM, Movable", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_HOTPLUG, 0, false, true, false, false },
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE },
	{ "arm64 DIMM, Normal", { ONLINE, MEMHP_ZONE_NORMAL, MEMHP_ORIGIN_HOTPLUG, 0, false, true, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_KERNEL_ZONE },
	/* nothing proves the origin, as without root: what may be boot memory is not promised */
	{ "arm64, Movable, origin unknown", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_UNKNOWN, -1, false, true, false, false },
	  MEMHP_OFFLINABLE_UNLIKELY, MEMHP_WHY_OFFLINE_DISABLED },
	{ "arm64, Movable, of a device", { ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_ORIGIN_UNKNOWN, -1, false, true, true, false },
	  MEMHP_OFFLINABLE_LIKELY, MEMHP_WHY_MOVABLE },
	/* the order in which the kernel refuses (K18) */
	{ "arm64 boot memory with holes", { ONLINE, MEMHP_ZONE_NORMAL, MEMHP_ORIGIN_BOOT, 1, false, true, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_MEMORY_HOLES },
	{ "arm64 boot memory, several zones", { ONLINE, MEMHP_ZONE_NONE, MEMHP_ORIGIN_BOOT, 0, false, true, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_SEVERAL_ZONES },
	{ "no offlining, and holes", { ONLINE, MEMHP_ZONE_UNKNOWN, MEMHP_ORIGIN_BOOT, 1, true, true, false, true },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_NO_OFFLINING },
	/* what cannot be said */
	{ "no valid_zones file", { ONLINE, MEMHP_ZONE_UNKNOWN, MEMHP_ORIGIN_BOOT, 0, true, false, false, false },
	  MEMHP_OFFLINABLE_UNKNOWN, MEMHP_WHY_NO_ZONES },
	{ "no valid_zones file, and holes", { ONLINE, MEMHP_ZONE_UNKNOWN, MEMHP_ORIGIN_BOOT, 1, true, false, false, false },
	  MEMHP_OFFLINABLE_NO, MEMHP_WHY_MEMORY_HOLES },
	{ "zone unknown", { ONLINE, MEMHP_ZONE_UNKNOWN, MEMHP_ORIGIN_HOTPLUG, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_UNKNOWN, MEMHP_WHY_UNKNOWN },
	{ "Device", { ONLINE, MEMHP_ZONE_DEVICE, MEMHP_ORIGIN_UNKNOWN, 0, false, false, false, false },
	  MEMHP_OFFLINABLE_UNKNOWN, MEMHP_WHY_UNKNOWN },
};

/* Of a block that is not online there is nothing to say, whatever else holds. */
static void test_not_online(struct offline_facts facts, const char *name)
{
	static const enum memhp_state states[] = {
		MEMHP_STATE_UNKNOWN, MEMHP_STATE_OFFLINE, MEMHP_STATE_GOING_OFFLINE,
	};

	for (size_t i = 0; i < TAP_COUNT(states); i++) {
		enum memhp_why why = MEMHP_WHY_MOVABLE;

		facts.state = states[i];
		is_int(offlinable_find(&facts, &why), MEMHP_OFFLINABLE_UNKNOWN, "%s, state %d", name,
		       (int)states[i]);
		is_int(why, MEMHP_WHY_UNKNOWN, "%s, state %d: why", name, (int)states[i]);
	}
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(cases); i++) {
		enum memhp_why why = MEMHP_WHY_UNKNOWN;

		is_int(offlinable_find(&cases[i].facts, &why), cases[i].offlinable, "%s", cases[i].name);
		is_int(why, cases[i].why, "%s: why", cases[i].name);
		is_int(offlinable_find(&cases[i].facts, NULL), cases[i].offlinable, "%s: nobody asks why",
		       cases[i].name);
		test_not_online(cases[i].facts, cases[i].name);
	}
	return tap_done();
}
