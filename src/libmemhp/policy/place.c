/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the files of the parameters are, how one is read, and what it means that their
 * directory cannot be opened. Which parameters there are is policy.c's business.
 */
#include <string.h>

#include "policy.h"

/* Relative to the mount point of sysfs. */
static const char *const directories[PLACE_COUNT] = {
	[PLACE_MEMORY] = "devices/system/memory",
	[PLACE_MODULE] = "module/memory_hotplug/parameters",
};

const char *place_path(enum place place)
{
	return directories[place];
}

int place_open(const struct memhp *memhp, enum place place, struct sysdir *ret)
{
	return sysdir_open(memhp, memhp->sysfs, directories[place], ret);
}

int parameter_read(const struct sysdir *dir, const struct definition *definition, char ret[VALUE_MAX])
{
	char text[VALUE_MAX];
	ssize_t length;

	if (definition->kind == VALUE_EXISTS) {
		strcpy(ret, sysdir_has(dir, definition->name) ? "Y" : "N");
		return 0;
	}
	length = sysdir_read(dir, definition->name, text, sizeof(text));
	if (length < 0)
		return length == -ENOENT ? -ENODATA : length == -ENODATA ? -EBADMSG : (int)length;
	if (strlen(text) != (size_t)length)
		return -EBADMSG;
	return value_print(definition->kind, text, ret);
}

/*
 * Why the files of that place cannot be read: -ENODATA if the kernel has none of them.
 * Each kernel has the directory above it; the saved tree of a machine may lack it, and
 * then proves nothing.
 */
int place_error(const struct memhp *memhp, enum place place, int error)
{
	cleanup(sysdir_close) struct sysdir above = SYSDIR_CLOSED;

	if (error == -ENOENT && (place != PLACE_MODULE || sysdir_open(memhp, memhp->sysfs, "module", &above) == 0))
		return -ENODATA;
	return error;
}
