/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hint for each reason: what the user can do. One row per reason.
 */
#include "hint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char *const hints[] = {
	[MEMHP_REASON_NONE] = NULL,
	[MEMHP_REASON_SEVERAL_ZONES] =
		"boot memory that spans several zones or nodes can never be taken offline",
	[MEMHP_REASON_MEMORY_HOLES] =
		"a block that is only partly System RAM can never be taken offline",
	[MEMHP_REASON_UNMOVABLE_PAGES] =
		"the kernel uses pages that cannot be moved; next time bring this memory online as movable",
	[MEMHP_REASON_ISOLATION_FAILED] = "another task is using these pages; try again",
	[MEMHP_REASON_MIGRATION_FAILING] =
		"pages are held (pinned, in a pipe, RDMA, vfio), or there is no room for them elsewhere; find out what holds them",
	[MEMHP_REASON_LOCK_HELD] =
		"another memory or CPU hot(un)plug is running; wait for it or stop its process",
	[MEMHP_REASON_NOTIFIER] = "a driver refused it; --explain and the kernel log show more",
	[MEMHP_REASON_HUGETLB] =
		"huge pages could not be dissolved; free memory, or release the huge pages",
	[MEMHP_REASON_HWPOISON] = "there are pages with memory errors",
	[MEMHP_REASON_OFFLINE_DISABLED] = "this architecture never takes boot memory offline",
	[MEMHP_REASON_NO_PERMISSION] = "run memhp as root",
	[MEMHP_REASON_READ_ONLY] = "sysfs is mounted read-only, as in a container; run memhp on the host",
	[MEMHP_REASON_VANISHED] = "removed in the meantime",
	[MEMHP_REASON_RACED] = "another agent (a udev rule, a daemon) changed it back",
	[MEMHP_REASON_WRONG_ZONE] =
		"online in another zone than requested; to choose again, take it offline first",
	[MEMHP_REASON_RATIO] = "--force overrides",
	[MEMHP_REASON_NO_ROOM] = "--force overrides",
	[MEMHP_REASON_UNKNOWN] = "the kernel reports no reason; its log may show one (--explain)",
	[MEMHP_REASON_DEVICE_IN_USE] = "a device is removed only when all of its blocks are offline",
	[MEMHP_REASON_REMOVAL_FAILED] =
		"all of it is offline, but the kernel or the firmware did not remove it; the kernel log may show why",
	[MEMHP_REASON_NO_CHILD] = "no process could be started for the write",
};

/* Which limit was met when no process could be started. */
static const struct {
	int error;
	const char *limit;
} child_limits[] = {
	{ EAGAIN, "the limit of processes is reached (pids.max of the cgroup, ulimit -u)" },
	{ EMFILE, "the limit of open files is reached (ulimit -n)" },
	{ ENFILE, "the system's limit of open files is reached (fs.file-max)" },
	{ ENOMEM, "there is no memory for it" },
	{ EPERM, "a seccomp filter forbids it" },
};

static const char *child_hint(int error, char text[HINT_SIZE])
{
	for (size_t i = 0; i < sizeof(child_limits) / sizeof(child_limits[0]); i++) {
		if (child_limits[i].error != error)
			continue;
		snprintf(text, HINT_SIZE, "%s: %s", hints[MEMHP_REASON_NO_CHILD], child_limits[i].limit);
		return text;
	}
	return hints[MEMHP_REASON_NO_CHILD];
}

const char *outcome_hint(const struct memhp_outcome *outcome, enum memhp_action action, bool may_explain,
			 char text[HINT_SIZE])
{
	if (outcome->has_crashed)
		return "the kernel crashed while it removed the memory, and may hold its hotplug lock for ever; restart the machine";
	if (outcome->is_gone)
		return "the block was removed after that";
	if (outcome->reason == MEMHP_REASON_NO_CHILD)
		return child_hint(outcome->error, text);
	if (outcome->reason == MEMHP_REASON_HWPOISON && action == MEMHP_ACTION_ONLINE)
		return "memory with errors cannot be brought online again";
	/* drivers/acpi/device_sysfs.c: eject_store() */
	if (outcome->reason == MEMHP_REASON_REMOVAL_FAILED && outcome->error == ENODEV)
		return "removal is disabled: /sys/firmware/acpi/hotplug/memory/enabled is 0";
	/* These hints advise --explain otherwise. */
	if (!may_explain && outcome->reason == MEMHP_REASON_NOTIFIER)
		return "a driver refused it; the kernel log shows more";
	if (!may_explain && outcome->reason == MEMHP_REASON_UNKNOWN)
		return "the kernel reports no reason; its log may show one";
	/* Root lacks capabilities in a container. */
	if (outcome->reason == MEMHP_REASON_NO_PERMISSION && geteuid() == 0)
		return "root lacks the privilege, as in a container; run memhp on the host";
	if (!outcome->blocker)
		return hints[outcome->reason];
	if (outcome->reason == MEMHP_REASON_DEVICE_IN_USE) {
		snprintf(text, HINT_SIZE, "a device is removed only when all of its blocks are offline, and block %" PRIu64
			 " is not", memhp_block_id(outcome->blocker));
		return text;
	}
	/* For a removal it is the kernel's own worker, which no signal ends. */
	snprintf(text, HINT_SIZE, "block %" PRIu64 " is going offline, for another process or for the removal of "
		 "its device; wait for it or stop that process", memhp_block_id(outcome->blocker));
	return text;
}
