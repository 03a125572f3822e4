/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listens to the events of memory blocks through libudev: the kernel's own
 * (lib/kobject_uevent.c), and udev's, which it sends when all its rules for an event and
 * the programs that they start are done. Which events matter is left to the callers.
 */
#include <fcntl.h>
#include <libudev.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "events.h"

/* Some 37,000 events. It takes CAP_NET_ADMIN to have more than net.core.rmem_max. */
#define BUFFER_SIZE (16 << 20)

static const char *const source_names[EVENT_SOURCES] = { "kernel", "udev" };

void listener_close(struct listener *listener)
{
	for (unsigned int i = 0; i < EVENT_SOURCES; i++) {
		if (listener->sources[i])
			udev_monitor_unref(listener->sources[i]);
		listener->sources[i] = NULL;
	}
	if (listener->udev)
		udev_unref(listener->udev);
	listener->udev = NULL;
}

/* /run/udev/queue is of no use: udevd makes it only when it reads an event. */
bool listener_expects_udev(const struct memhp *memhp)
{
	cleanup(cleanup_close) int fd = memhp->confined ? -1 : resolve_open(memhp->root, "run/udev/control", O_PATH);

	return fd >= 0;
}

/* The inode of the initial user namespace: include/linux/proc_ns.h: PROC_USER_INIT_INO. */
#define INITIAL_USER_NAMESPACE 0xeffffffdU

/*
 * The kernel sends its events to those network namespaces that the initial user namespace
 * owns (lib/kobject_uevent.c: uevent_net_init()). The owner of the caller's own one is
 * known only if the caller is in the owner or in one of its ancestors (fs/nsfs.c:
 * NS_GET_USERNS). A kernel without namespaces has no such file.
 */
int listener_hears_kernel(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	cleanup(cleanup_close) int namespace = -1, owner = -1;
	struct stat status;

	if (memhp->confined)
		return 0;
	if (sysdir_open(memhp, memhp->proc, "", &proc) < 0)
		return -1;
	namespace = sysdir_open_to_read(&proc, "thread-self/ns/net");
	if (namespace < 0)
		return namespace == -ENOENT ? 1 : -1;
	owner = ioctl(namespace, NS_GET_USERNS);
	if (owner < 0 || fstat(owner, &status) < 0)
		return -1;
	return status.st_ino == INITIAL_USER_NAMESPACE;
}

static int listener_open_source(struct listener *listener, enum event_source source, unsigned int buffer)
{
	struct udev_monitor *opened = udev_monitor_new_from_netlink(listener->udev, source_names[source]);

	listener->sources[source] = opened;
	if (!opened)
		return -errno;
	/* If this fails, the buffer is small, and lost events are noticed. */
	(void)udev_monitor_set_receive_buffer_size(opened, (int)buffer);
	if (udev_monitor_filter_add_match_subsystem_devtype(opened, "memory", NULL) < 0 ||
	    udev_monitor_enable_receiving(opened) < 0)
		return -EIO;
	return 0;
}

int listener_open(const struct memhp *memhp, unsigned int buffer, struct listener *ret)
{
	int r = 0;

	*ret = (struct listener)LISTENER_CLOSED;
	if (memhp->confined)
		return -EOPNOTSUPP;
	ret->udev = udev_new();
	if (!ret->udev)
		return -ENOMEM;
	for (unsigned int i = 0; i < EVENT_SOURCES && r == 0; i++)
		r = listener_open_source(ret, (enum event_source)i, buffer ? buffer : BUFFER_SIZE);
	if (r < 0)
		listener_close(ret);
	return r;
}

int listener_fd(const struct listener *listener, enum event_source source)
{
	return listener->sources[source] ? udev_monitor_get_fd(listener->sources[source]) : -1;
}

static const struct {
	const char *action;
	enum memhp_event_type type;
} actions[] = {
	{ "add", MEMHP_EVENT_ADDED },
	{ "online", MEMHP_EVENT_ONLINE },
	{ "offline", MEMHP_EVENT_OFFLINE },
	{ "remove", MEMHP_EVENT_REMOVED },
};

/* lib/kobject_uevent.c: kobject_synth_uevent() marks an event that a write to the file uevent makes, as
 * "udevadm trigger" does (Linux 4.13). */
static int event_type(struct udev_device *device)
{
	const char *action = udev_device_get_action(device);

	if (!action || udev_device_get_property_value(device, "SYNTH_UUID"))
		return 0;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(action, actions[i].action) == 0)
			return (int)actions[i].type;
	return 0;
}

/* False: it is not about a block. */
static bool read_event(struct udev_device *device, struct event *ret)
{
	const char *name = udev_device_get_sysname(device);

	ret->seqnum = udev_device_get_seqnum(device);
	ret->type = event_type(device);
	return name && name_number(name, "memory", &ret->block) == 0;
}

int listener_next(struct listener *listener, enum event_source source, struct event *ret)
{
	bool is_block = false;

	while (!is_block) {
		struct udev_device *device;

		errno = 0;
		device = udev_monitor_receive_device(listener->sources[source]);
		if (!device)
			return errno == EAGAIN ? 0 : -errno;
		is_block = read_event(device, ret);
		udev_device_unref(device);
	}
	return 1;
}
