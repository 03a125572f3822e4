/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filter --device: parses its names and shell patterns, compares them with devices of
 * blocks, and reports a named device that has no blocks. Why it has none is read by the
 * library.
 */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../base/machine.h"
#include "../base/message.h"
#include "filter.h"

/* An item of the lists; longer ones are the name of no device. */
#define ITEM_SIZE (NAME_MAX + 2)

/* Copies the next item of a list and skips it; false at the end. */
static bool next_item(const char **list, char ret[ITEM_SIZE])
{
	const size_t length = strcspn(*list, ",");

	if (!**list)
		return false;
	snprintf(ret, ITEM_SIZE, "%.*s", (int)(length < ITEM_SIZE ? length : ITEM_SIZE), *list);
	*list += length + ((*list)[length] == ',');
	return true;
}

int filter_parse_devices(const char *value, void *field)
{
	struct filters *filters = field;
	size_t length = strlen(value);

	if (!length || value[0] == ',' || value[length - 1] == ',' || strstr(value, ",,"))
		return usage_error("--device: '%s' has an empty item", value);
	if (filters->device_lists == OPTION_COUNT(filters->devices))
		return usage_error("--device: given too many times");
	filters->devices[filters->device_lists++] = value;
	return EXIT_DONE;
}

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[\\");
}

static bool names_device(const char *name, const char *device)
{
	return is_pattern(name) ? fnmatch(name, device, FNM_CASEFOLD) == 0 : strcasecmp(name, device) == 0;
}

bool filter_has_device(const struct filters *filters, const char *device)
{
	char name[ITEM_SIZE];

	for (size_t i = 0; device && i < filters->device_lists; i++)
		for (const char *list = filters->devices[i]; next_item(&list, name);)
			if (names_device(name, device))
				return true;
	return false;
}

static bool has_blocks(const struct memhp_snapshot *snapshot, const char *name)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block)
		if (memhp_block_device(block) && strcasecmp(memhp_block_device(block), name) == 0)
			return true;
	return false;
}

/* Devices of drivers are only known by /proc/iomem, which may be masked. */
static bool may_have_blocks(enum memhp_absence absence)
{
	return absence == MEMHP_ABSENCE_UNKNOWN || absence == MEMHP_ABSENCE_SYSTEM_RAM ||
	       absence == MEMHP_ABSENCE_NO_DRIVER || absence == MEMHP_ABSENCE_NOT_PLUGGED;
}

static int report_absence(const struct memhp_snapshot *snapshot, const char *name, int absence)
{
	static const char *const reasons[] = {
		[MEMHP_ABSENCE_UNKNOWN] = "",
		[MEMHP_ABSENCE_NOT_MEMORY] = " (not a memory device)",
		[MEMHP_ABSENCE_DEVDAX] = " (mode devdax)",
		[MEMHP_ABSENCE_SYSTEM_RAM] = " (mode system-ram, but no memory is added)",
		[MEMHP_ABSENCE_NO_DRIVER] = " (no driver is bound to it)",
		[MEMHP_ABSENCE_EMPTY_SLOT] = " (the slot is empty)",
		[MEMHP_ABSENCE_NOT_ADDED] = " (the kernel has not added its memory; see the kernel log)",
		[MEMHP_ABSENCE_NOT_PLUGGED] = " (no memory is plugged)",
	};

	if (absence == -ENODEV)
		error("device %s does not exist", name);
	else if (absence == -ENOENT)
		error("no block belongs to a device %s", name);
	else if (absence < 0)
		return library_error(name, absence);
	else if (may_have_blocks((enum memhp_absence)absence) && memhp_snapshot_iomem_is_masked(snapshot))
		error("which blocks belong to %s is unknown: /proc/iomem is unreadable or hides its addresses", name);
	else
		error("%s has no memory blocks%s", name, reasons[absence]);
	return EXIT_FAILED;
}

int filter_check_devices(const struct filters *filters, struct memhp *memhp, const struct memhp_snapshot *snapshot)
{
	char name[ITEM_SIZE];

	for (size_t i = 0; i < filters->device_lists; i++)
		for (const char *list = filters->devices[i]; next_item(&list, name);)
			if (!is_pattern(name) && !has_blocks(snapshot, name))
				return report_absence(snapshot, name, memhp_device_absence(memhp, name));
	return EXIT_DONE;
}
