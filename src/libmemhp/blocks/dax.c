/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether kmem, which added the memory of a dax device, still drives that device. Only
 * reads. How the memory is removed is left to run/device.c.
 */
#include <stdio.h>
#include <string.h>

#include "origin.h"

/* A name from /proc/iomem becomes a part of a path. */
bool dax_is_name(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/');
}

/*
 * drivers/dax/kmem.c: dev_dax_kmem_remove() cannot fail. If a block of the device is online,
 * the memory stays, usable, without a driver that could remove it, and with its name in
 * /proc/iomem: no driver can be bound again. Measured on 6.1, 6.12 and 7.3.
 */
bool dax_is_lost(const struct memhp *memhp, const char *name)
{
	cleanup(sysdir_close) struct sysdir devices = SYSDIR_CLOSED;
	char path[NAME_MAX + 16], target[PATH_MAX];
	const char *driver;
	ssize_t length;

	/* A tree that was copied may lack the bus. */
	if (!dax_is_name(name) || strlen(name) > NAME_MAX ||
	    sysdir_open(memhp, memhp->sysfs, "bus/dax/devices", &devices) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/driver", name);
	length = sysdir_readlink(&devices, path, target, sizeof(target));
	if (length <= 0)
		return length == -ENOENT;
	driver = strrchr(target, '/');
	return strcmp(driver ? driver + 1 : target, "kmem") != 0;
}
