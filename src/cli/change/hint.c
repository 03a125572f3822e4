/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people are told of a reason: a row each.
 */
#include "hint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static const char *const hints[] = {
	[MEMHP_REASON_NONE] = NULL,
	[MEMHP_REASON_SEVERAL_ZONES] =
		"the block spans several zones or nodes; such boot memory can never be offlined",
	[MEMHP_REASON_MEMORY_HOLES] =
		"part of the block is no System RAM; a block with holes can never be offlined",
	[MEMHP_REASON_UNMOVABLE_PAGES] =
		"the kernel uses pages of the block that cannot be moved; online it as movable next time",
	[MEMHP_REASON_ISOLATION_FAILED] = "something else works on the same pages just now; try again",
	[MEMHP_REASON_MIGRATION_FAILING] =
		"pages of the block are held (pinned, in a pipe, by RDMA or vfio) or there is no room for them elsewhere; look at who holds them",
	[MEMHP_REASON_LOCK_HELD] =
		"another memory or CPU hot(un)plug is running; wait for it, or end its process",
	[MEMHP_REASON_NOTIFIER] = "a driver vetoed it; --explain and the kernel log tell more",
	[MEMHP_REASON_HUGETLB] =
		"huge pages could not be dissolved; free kernel memory, or the huge pages",
	[MEMHP_REASON_HWPOISON] = "the block has pages with memory errors",
	[MEMHP_REASON_OFFLINE_DISABLED] = "this architecture keeps the memory that it was booted with",
	[MEMHP_REASON_NO_PERMISSION] = "run it as root",
	[MEMHP_REASON_READ_ONLY] = "sysfs is mounted read-only, as in a container; run it on the host",
	[MEMHP_REASON_VANISHED] = "the block was removed meanwhile",
	[MEMHP_REASON_RACED] = "another agent (a udev rule, a daemon) changed it back",
	[MEMHP_REASON_WRONG_ZONE] =
		"the block is in another zone than the one asked for; offline it first to choose again",
	[MEMHP_REASON_RATIO] = "--force overrides",
	[MEMHP_REASON_NO_ROOM] = "--force overrides",
	[MEMHP_REASON_UNKNOWN] = "the kernel gives no reason; its log may (--explain)",
	[MEMHP_REASON_DEVICE_IN_USE] = "a device is removed only when all of its blocks are offline",
	[MEMHP_REASON_REMOVAL_FAILED] =
		"all of it is offline, but the kernel or the firmware did not remove it; the kernel log may tell why",
};

const char *outcome_hint(const struct memhp_outcome *outcome, enum memhp_action action, char text[HINT_SIZE])
{
	if (outcome->reason == MEMHP_REASON_HWPOISON && action == MEMHP_ACTION_ONLINE)
		return "the block has pages with memory errors and cannot be onlined again";
	/* drivers/acpi/device_sysfs.c: eject_store() */
	if (outcome->reason == MEMHP_REASON_REMOVAL_FAILED && outcome->error == ENODEV)
		return "removal is switched off: /sys/firmware/acpi/hotplug/memory/enabled is 0";
	if (!outcome->blocker)
		return hints[outcome->reason];
	if (outcome->reason == MEMHP_REASON_DEVICE_IN_USE) {
		snprintf(text, HINT_SIZE, "a device is removed only when all of its blocks are offline, and block %" PRIu64
			 " is not", memhp_block_id(outcome->blocker));
		return text;
	}
	/* The kernel's own worker when a device is to be removed, which no signal ends. */
	snprintf(text, HINT_SIZE, "block %" PRIu64 " is going offline, for another process or for the removal of "
		 "its device; wait for it, or end that process", memhp_block_id(outcome->blocker));
	return text;
}
