/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a device has no memory blocks, as its bus in sysfs shows. Only reads. That no block
 * belongs to it is known to the callers.
 */
#include <string.h>

#include "block.h"
#include "origin.h"

/* A device that is looked for on all buses. */
struct search {
	const struct memhp *memhp;
	const char *name;                /* in any case */
	char bus[NAME_MAX + 1];
	char found[NAME_MAX + 1];        /* as the bus has it, or "" */
};

static int is_searched(const char *name, void *data)
{
	struct search *search = data;

	if (strcasecmp(name, search->name) != 0 || strlen(name) >= sizeof(search->found))
		return 0;
	strcpy(search->found, name);
	return 1;
}

/* A bus without devices, or one that cannot be read, has none of that name. The devices of a bus are links. */
static int search_bus(const char *bus, void *data)
{
	struct search *search = data;
	cleanup(sysdir_close) struct sysdir directory = SYSDIR_CLOSED;
	char path[NAME_MAX + 16];

	if (*bus == '.' || strlen(bus) >= sizeof(search->bus))
		return 0;
	snprintf(path, sizeof(path), "bus/%s", bus);
	if (sysdir_open(search->memhp, search->memhp->sysfs, path, &directory) < 0 ||
	    sysdir_list(&directory, "devices", is_searched, search) <= 0)
		return 0;
	strcpy(search->bus, bus);
	return 1;
}

/* drivers/dax/bus.c; "unplugged" since Linux 7.0 */
static enum memhp_absence absence_of_dax(const struct sysdir *device)
{
	char target[PATH_MAX];
	const char *driver;
	const ssize_t length = sysdir_readlink(device, "driver", target, sizeof(target));

	if (length <= 0)
		return length == -ENOENT ? MEMHP_ABSENCE_NO_DRIVER : MEMHP_ABSENCE_UNKNOWN;
	driver = strrchr(target, '/');
	driver = driver ? driver + 1 : target;
	if (strcmp(driver, "device_dax") == 0)
		return MEMHP_ABSENCE_DEVDAX;
	return strcmp(driver, "kmem") == 0 ? MEMHP_ABSENCE_SYSTEM_RAM : MEMHP_ABSENCE_UNKNOWN;
}

static int is_physical_node(const char *name, void *data)
{
	(void)data;
	return strncmp(name, "physical_node", 13) == 0;
}

/*
 * drivers/acpi/acpi_memhotplug.c: acpi_memory_enable_device() links the blocks that it has
 * added. A slot without a DIMM has the status 0, one with a DIMM 15 (measured with QEMU).
 */
static enum memhp_absence absence_of_acpi(const struct sysdir *device)
{
	char text[32];

	if (sysdir_read(device, "hid", text, sizeof(text)) > 0 && strcmp(text, "PNP0C80") != 0)
		return MEMHP_ABSENCE_NOT_MEMORY;
	if (sysdir_read(device, "status", text, sizeof(text)) <= 0)
		return MEMHP_ABSENCE_UNKNOWN;
	if (strcmp(text, "0") == 0)
		return MEMHP_ABSENCE_EMPTY_SLOT;
	return sysdir_list(device, ".", is_physical_node, NULL) == 0 ? MEMHP_ABSENCE_NOT_ADDED : MEMHP_ABSENCE_UNKNOWN;
}

/* include/uapi/linux/virtio_ids.h: VIRTIO_ID_MEM is 24 */
static enum memhp_absence absence_of_virtio(const struct sysdir *device)
{
	char text[32];

	if (sysdir_read(device, "device", text, sizeof(text)) <= 0)
		return MEMHP_ABSENCE_UNKNOWN;
	return strcmp(text, "0x0018") == 0 ? MEMHP_ABSENCE_NOT_PLUGGED : MEMHP_ABSENCE_NOT_MEMORY;
}

static const struct {
	const char *bus;
	enum memhp_absence (*absence)(const struct sysdir *device);
} buses[] = {
	{ "dax", absence_of_dax },
	{ "acpi", absence_of_acpi },
	{ "virtio", absence_of_virtio },
};

int memhp_device_absence(struct memhp *memhp, const char *name)
{
	cleanup(sysdir_close) struct sysdir all = SYSDIR_CLOSED, device = SYSDIR_CLOSED;
	struct search search = { .memhp = memhp, .name = name };
	char path[2 * NAME_MAX + 16];
	int r = sysdir_open(memhp, memhp->sysfs, "bus", &all);

	if (r == 0)
		r = sysdir_list(&all, ".", search_bus, &search);
	if (r <= 0)
		return r == 0 ? -ENODEV : fault(memhp, "sys/bus", -r, NULL);
	snprintf(path, sizeof(path), "bus/%s/devices/%s", search.bus, search.found);
	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		if (strcmp(buses[i].bus, search.bus) == 0)
			return sysdir_open(memhp, memhp->sysfs, path, &device) < 0 ? MEMHP_ABSENCE_UNKNOWN :
			       (int)buses[i].absence(&device);
	return MEMHP_ABSENCE_NOT_MEMORY;
}

const char *memhp_absence_name(enum memhp_absence absence)
{
	static const char *const names[] = {
		[MEMHP_ABSENCE_NOT_MEMORY] = "not-memory",
		[MEMHP_ABSENCE_DEVDAX] = "devdax",
		[MEMHP_ABSENCE_SYSTEM_RAM] = "system-ram",
		[MEMHP_ABSENCE_NO_DRIVER] = "no-driver",
		[MEMHP_ABSENCE_EMPTY_SLOT] = "empty-slot",
		[MEMHP_ABSENCE_NOT_ADDED] = "not-added",
		[MEMHP_ABSENCE_NOT_PLUGGED] = "not-plugged",
	};

	return (size_t)absence < sizeof(names) / sizeof(names[0]) ? names[absence] : NULL;
}
