/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listens to the events of memory blocks through libudev: the kernel's own
 * (lib/kobject_uevent.c), and udev's, which it sends when all its rules for an event and
 * the programs that they start are done. Which events matter is left to the callers.
 */
#include <fcntl.h>
#include <libudev.h>
#include <string.h>

#include "events.h"

/* Some 37,000 events. It takes CAP_NET_ADMIN to have more than net.core.rmem_max. */
#define BUFFER_SIZE (16 << 20)

static const char *const source_names[EVENT_SOURCES] = { "kernel", "udev" };

void monitor_close(struct monitor *monitor)
{
	for (unsigned int i = 0; i < EVENT_SOURCES; i++) {
		if (monitor->sources[i])
			udev_monitor_unref(monitor->sources[i]);
		monitor->sources[i] = NULL;
	}
	if (monitor->udev)
		udev_unref(monitor->udev);
	monitor->udev = NULL;
}

/* /run/udev/queue is of no use: udevd makes it only when it reads an event. */
static bool udev_runs(const struct memhp *memhp)
{
	cleanup(cleanup_close) int fd = memhp->confined ? -1 : resolve_open(memhp->root, "run/udev/control", O_PATH);

	return fd >= 0;
}

static int monitor_open_source(struct monitor *monitor, enum event_source source)
{
	struct udev_monitor *opened = udev_monitor_new_from_netlink(monitor->udev, source_names[source]);

	monitor->sources[source] = opened;
	if (!opened)
		return -errno;
	/* If this fails, the buffer is small, and lost events are noticed. */
	(void)udev_monitor_set_receive_buffer_size(opened, BUFFER_SIZE);
	if (udev_monitor_filter_add_match_subsystem_devtype(opened, "memory", NULL) < 0 ||
	    udev_monitor_enable_receiving(opened) < 0)
		return -EIO;
	return 0;
}

int monitor_open(const struct memhp *memhp, struct monitor *ret)
{
	int r = 0;

	*ret = (struct monitor)MONITOR_CLOSED;
	if (!udev_runs(memhp))
		return -EOPNOTSUPP;
	ret->udev = udev_new();
	if (!ret->udev)
		return -ENOMEM;
	for (unsigned int i = 0; i < EVENT_SOURCES && r == 0; i++)
		r = monitor_open_source(ret, (enum event_source)i);
	if (r < 0)
		monitor_close(ret);
	return r;
}

int monitor_fd(const struct monitor *monitor, enum event_source source)
{
	return monitor->sources[source] ? udev_monitor_get_fd(monitor->sources[source]) : -1;
}

/* False: it is not about a block. */
static bool read_event(struct udev_device *device, struct event *ret)
{
	const char *name = udev_device_get_sysname(device);

	ret->seqnum = udev_device_get_seqnum(device);
	return name && name_number(name, "memory", &ret->block) == 0;
}

int monitor_next(struct monitor *monitor, enum event_source source, struct event *ret)
{
	bool is_block = false;

	while (!is_block) {
		struct udev_device *device;

		errno = 0;
		device = udev_monitor_receive_device(monitor->sources[source]);
		if (!device)
			return errno == EAGAIN ? 0 : -errno;
		is_block = read_event(device, ret);
		udev_device_unref(device);
	}
	return 1;
}
