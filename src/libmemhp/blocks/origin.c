/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where memory came from, as /proc/iomem, the boot memory map and the loaded drivers
 * prove it for a range. Nothing is guessed: without a proof the origin is unknown. The
 * two maps are read in iomem.c and e820.c.
 */
#include <string.h>
#include <sys/utsname.h>

#include "origin.h"


struct origins {
	struct iomem iomem;
	struct e820 e820;
	uint64_t block_size;
	bool has_probe;          /* users can add memory through the probe file */
	bool has_hv_balloon;
	bool has_xen_balloon;
	char arch[ARCH_SIZE];    /* "" if unknown */
};

/* drivers/virtio/virtio_mem.c: virtio_mem_create_resource(); drivers/dax/kmem.c: kmem_name */
static const struct {
	const char *name;
	enum memhp_origin origin;
} drivers[] = {
	{ "System RAM (virtio_mem)", MEMHP_ORIGIN_VIRTIO_MEM },
	{ "System RAM (kmem)", MEMHP_ORIGIN_KMEM },
};

static bool has_entry(const struct memhp *memhp, const char *path, const char *name)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;

	return sysdir_open(memhp, memhp->sysfs, path, &dir) == 0 && sysdir_has(&dir, name);
}

static int is_device(const char *name, void *data)
{
	(void)data;
	/* Devices of a vmbus driver have a GUID as their name. */
	return strlen(name) == 36 && name[8] == '-' && name[13] == '-';
}

static bool has_hv_balloon(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;

	return sysdir_open(memhp, memhp->sysfs, "bus/vmbus/drivers/hv_balloon", &dir) == 0 &&
	       sysdir_list(&dir, ".", is_device, NULL) > 0;
}

bool has_foreign_balloon(const struct memhp *memhp)
{
	return has_hv_balloon(memhp) || has_entry(memhp, "devices/system/xen_memory", "xen_memory0");
}

/*
 * kernel.arch exists since 6.1. Before that, uname(2) names the architecture of the
 * running system; for the tree of another machine it is unknown.
 */
void arch_read(const struct memhp *memhp, char ret[ARCH_SIZE])
{
	cleanup(sysdir_close) struct sysdir kernel = SYSDIR_CLOSED;
	struct utsname name;

	ret[0] = '\0';
	if (sysdir_open(memhp, memhp->proc, "sys/kernel", &kernel) == 0 &&
	    sysdir_read(&kernel, "arch", ret, ARCH_SIZE) > 0)
		return;
	ret[0] = '\0';
	if (!memhp->confined && uname(&name) == 0)
		snprintf(ret, ARCH_SIZE, "%s", name.machine);
	else if (has_entry(memhp, "kernel/boot_params", "data"))
		strcpy(ret, "x86_64");
}

static int read_iomem(const struct memhp *memhp, struct iomem *ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	if (r == 0)
		r = sysdir_read_all(&proc, "iomem", &text, &length);
	if (r == 0)
		r = strlen(text) == length ? iomem_parse(text, ret) : -EBADMSG;
	/* An unreadable file proves as little as a masked one. */
	if (r < 0 && r != -ENOMEM) {
		*ret = (struct iomem){ .masked = true };
		r = 0;
	}
	return r;
}

int origins_read(const struct memhp *memhp, uint64_t block_size, struct origins **ret)
{
	cleanup(cleanup_origins_free) struct origins *origins = calloc(1, sizeof(*origins));
	int r;

	if (!origins)
		return -ENOMEM;
	r = read_iomem(memhp, &origins->iomem);
	if (r == 0)
		r = e820_read(memhp, &origins->e820);
	if (r < 0)
		return r;
	origins->block_size = block_size;
	origins->has_probe = has_entry(memhp, "devices/system/memory", "probe");
	origins->has_hv_balloon = has_hv_balloon(memhp);
	origins->has_xen_balloon = has_entry(memhp, "devices/system/xen_memory", "xen_memory0");
	arch_read(memhp, origins->arch);
	*ret = take_ptr(origins);
	return 0;
}

struct origins *origins_free(struct origins *origins)
{
	if (!origins)
		return NULL;
	iomem_free(&origins->iomem);
	free(origins);
	return NULL;
}

const struct iomem *origins_iomem(const struct origins *origins)
{
	return &origins->iomem;
}

/* arch/arm64/mm/mmu.c: prevent_bootmem_remove_notifier(), since 5.7 */
bool origins_keep_boot_memory(const struct origins *origins)
{
	return strcmp(origins->arch, "aarch64") == 0;
}

/*
 * Architectures where memory is added only by ACPI (which leaves a firmware_node), by a
 * driver that names its resource, by a balloon or by hand. DLPAR (pseries) and standby
 * increments (s390) leave no trace.
 */
static bool adders_are_known(const struct origins *origins)
{
	return strcmp(origins->arch, "x86_64") == 0 || strcmp(origins->arch, "aarch64") == 0;
}

/* The parent of the resource in the tree, which names the device; NULL at the top level or if it
 * has no name. */
static const char *parent_name(const struct iomem *iomem, const struct resource *resource)
{
	unsigned int depth = resource->depth;

	while (resource-- > iomem->resources)
		if (resource->depth < depth)
			return *resource->name ? resource->name : NULL;
	return NULL;
}

static enum memhp_origin driver_of(const struct resource *resource)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (strcmp(drivers[i].name, resource->name) == 0)
			return drivers[i].origin;
	return MEMHP_ORIGIN_UNKNOWN;
}

/*
 * Memory added in one go is one resource. Hot-added memory comes in whole blocks, and
 * never contains the kernel's own image.
 */
static bool is_boot_resource(const struct origins *origins, const struct resource *resource)
{
	const struct iomem *iomem = &origins->iomem;
	const struct resource *child = resource + 1;

	if (resource->start % origins->block_size || (resource->end + 1) % origins->block_size)
		return true;
	for (; child < iomem->resources + iomem->count && child->depth > resource->depth; child++)
		if (strncmp(child->name, "Kernel ", 7) == 0)
			return true;
	return false;
}

/* Who added plain System RAM that is not in the boot map. */
static enum memhp_origin adder(const struct origins *origins, bool has_firmware_node)
{
	if (has_firmware_node)
		return MEMHP_ORIGIN_HOTPLUG;
	if (origins->has_hv_balloon)
		return origins->has_probe ? MEMHP_ORIGIN_UNKNOWN : MEMHP_ORIGIN_HV_BALLOON;
	if (origins->has_xen_balloon)
		return origins->has_probe ? MEMHP_ORIGIN_UNKNOWN : MEMHP_ORIGIN_XEN;
	return MEMHP_ORIGIN_HOTPLUG;
}

static enum memhp_origin plain_origin(const struct origins *origins, const struct resource *resource,
				      uint64_t start, uint64_t end, bool has_firmware_node)
{
	bool is_open = origins->has_probe || origins->has_hv_balloon || origins->has_xen_balloon;

	if (is_boot_resource(origins, resource))
		return MEMHP_ORIGIN_BOOT;
	if (origins->e820.proves_added && !e820_overlaps(&origins->e820, start, end))
		return adder(origins, has_firmware_node);
	if (adders_are_known(origins) && !is_open && !has_firmware_node)
		return MEMHP_ORIGIN_BOOT;
	return MEMHP_ORIGIN_UNKNOWN;
}

/* The origin of the range according to one resource of System RAM. */
static enum memhp_origin resource_origin(const struct origins *origins, const struct resource *resource,
					 uint64_t start, uint64_t end, bool has_firmware_node, bool is_in_e820)
{
	if (strcmp(resource->name, "System RAM") != 0)
		return driver_of(resource);
	if (is_in_e820)
		return MEMHP_ORIGIN_BOOT;
	return plain_origin(origins, resource, start, end, has_firmware_node);
}

enum memhp_origin origins_find(const struct origins *origins, uint64_t start, uint64_t end,
			       bool has_firmware_node, const char **ret_device)
{
	const bool is_in_e820 = origins->e820.proves_boot && e820_overlaps(&origins->e820, start, end);
	const struct iomem *iomem = &origins->iomem;
	enum memhp_origin origin = is_in_e820 ? MEMHP_ORIGIN_BOOT : MEMHP_ORIGIN_UNKNOWN;
	bool found = false;
	size_t stop = 0;

	*ret_device = NULL;
	for (size_t i = iomem_narrow(iomem, start, end, &stop); i < stop && !iomem->masked; i++) {
		const struct resource *resource = &iomem->resources[i];
		enum memhp_origin one;

		if (resource->start > end || resource->end < start || !resource_is_ram(resource))
			continue;
		one = resource_origin(origins, resource, start, end, has_firmware_node, is_in_e820);
		/* Two different answers for one block prove nothing. */
		if (found && one != origin) {
			*ret_device = NULL;
			return MEMHP_ORIGIN_UNKNOWN;
		}
		found = true;
		origin = one;
		if (strcmp(resource->name, "System RAM") != 0)
			*ret_device = parent_name(iomem, resource);
	}
	return origin;
}
