/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hint for each reason: what the user can do. One row per reason; where what to do depends on
 * the cause, a function.
 */
#include "hint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "../base/text.h"
#include "../shared/verdict-text.h"

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
	[MEMHP_REASON_RESERVED_PAGES] = "it has pages that are reserved since boot and never freed; choose other blocks",
	[MEMHP_REASON_SIGNAL] = "a signal interrupted the write (a debugger, a freezer); try again",
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

/* In ZONE_MOVABLE unmovable pages are temporary. */
static const char *unmovable_hint(const struct memhp_outcome *outcome, char text[HINT_SIZE])
{
	(void)text;
	if (memhp_block_zone(outcome->block) == MEMHP_ZONE_MOVABLE)
		return "pages that a driver or the kernel uses are in the way for now; try again";
	switch (memhp_block_origin(outcome->block)) {
	case MEMHP_ORIGIN_BOOT:
		return "the kernel uses pages that cannot be moved; boot memory is free of them with movablecore= or "
		       "kernelcore= on the kernel command line";
	case MEMHP_ORIGIN_UNKNOWN:
		return "the kernel uses pages that cannot be moved; memory in the zone Movable is free of them";
	case MEMHP_ORIGIN_HOTPLUG:
	case MEMHP_ORIGIN_VIRTIO_MEM:
	case MEMHP_ORIGIN_KMEM:
	case MEMHP_ORIGIN_HV_BALLOON:
	case MEMHP_ORIGIN_XEN:
		return hints[MEMHP_REASON_UNMOVABLE_PAGES];
	}
	return hints[MEMHP_REASON_UNMOVABLE_PAGES];
}

static const char *reserved_hint(const struct memhp_outcome *outcome, char text[HINT_SIZE])
{
	const char *names[3];
	unsigned int count = memhp_block_resources(outcome->block, names, 3);

	if (!count)
		return hints[MEMHP_REASON_RESERVED_PAGES];
	snprintf(text, HINT_SIZE, "it has pages that are reserved since boot and never freed (/proc/iomem: %s%s%s%s%s); choose "
		 "other blocks", names[0], count > 1 ? ", " : "", count > 1 ? names[1] : "", count > 2 ? ", " : "",
		 count > 2 ? names[2] : "");
	return text;
}

/* The change was made, but nothing shows that it holds. */
static const char *unreadable_hint(const struct memhp_outcome *outcome, char text[HINT_SIZE])
{
	snprintf(text, HINT_SIZE, outcome->state_text[0] ? "it was changed, but its state reads \"%s\"" :
		 "it was changed, but its state cannot be read", outcome->state_text);
	text_disarm(text);
	return text;
}

static uint64_t page_size_of(const struct memhp_outcome *outcome)
{
	const uint64_t all = pages_total_count(outcome->pages);

	return all ? (memhp_block_end(outcome->block) - memhp_block_start(outcome->block) + 1) / all : 0;
}

static const char *huge_hint(const struct memhp_outcome *outcome, char text[HINT_SIZE])
{
	char total[24], one[24], size[32] = "";

	if (!outcome->pages || !memhp_pages_count(outcome->pages, MEMHP_PAGE_HUGE))
		return hints[MEMHP_REASON_HUGETLB];
	size_text(memhp_pages_count(outcome->pages, MEMHP_PAGE_HUGE) * page_size_of(outcome), total);
	size_text(outcome->huge_size, one);
	if (outcome->huge_size)
		snprintf(size, sizeof(size), " (%s each)", one);
	snprintf(text, HINT_SIZE, "it has %s of huge pages%s that are reserved or in use, or cannot be dissolved now; "
		 "release them, or free memory", total, size);
	return text;
}

/* Why a block went on and on offlining. */
static const char *migration_hint(const struct memhp_outcome *outcome, char text[HINT_SIZE])
{
	const struct memhp_pages *pages = outcome->pages;

	if (outcome->has_found_bug)
		return "the kernel reports a bug of its own (see its log); leave this memory alone until the next boot";
	/* Huge pages in use move to free huge pages only. */
	if (pages && memhp_pages_work(pages) && !memhp_pages_count(pages, MEMHP_PAGE_MIGRATE))
		return huge_hint(outcome, text);
	if (pages && !memhp_pages_work(pages) && !outcome->has_held_pages && !outcome->lacks_room)
		return "the kernel was not done, but nothing is left to migrate; try again with a longer --timeout, and see its log";
	if (outcome->lacks_room && !outcome->has_held_pages)
		return "there is no room for its pages elsewhere; free memory, or take less offline";
	if (outcome->has_held_pages && !outcome->lacks_room)
		return "pages are held (pinned, in a pipe, RDMA, vfio); find out what holds them";
	return hints[MEMHP_REASON_MIGRATION_FAILING];
}

/* The reasons for which the hint depends on the cause. */
static const char *(*const causes[])(const struct memhp_outcome *outcome, char text[HINT_SIZE]) = {
	[MEMHP_REASON_UNMOVABLE_PAGES] = unmovable_hint,
	[MEMHP_REASON_RESERVED_PAGES] = reserved_hint,
	[MEMHP_REASON_MIGRATION_FAILING] = migration_hint,
	[MEMHP_REASON_HUGETLB] = huge_hint,
};
#define CAUSES (sizeof(causes) / sizeof(causes[0]))

const char *outcome_hint(const struct memhp_outcome *outcome, enum memhp_action action, bool may_explain,
			 char text[HINT_SIZE])
{
	if (outcome->has_crashed)
		return "the kernel crashed while it removed the memory, and may hold its hotplug lock for ever; restart the machine";
	if (outcome->is_gone)
		return "the block was removed after that";
	if (outcome->is_unreadable)
		return unreadable_hint(outcome, text);
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
	if ((size_t)outcome->reason < CAUSES && causes[outcome->reason])
		return causes[outcome->reason](outcome, text);
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
