/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events of memory blocks: those that the kernel sends, and those with which udev says
 * that it has handled an event of the kernel (monitor.c); and which of the kernel's
 * events udev has not handled yet (handled.c). How long to wait for udev is left to the
 * callers.
 */
#ifndef MEMHP_EVENTS_H
#define MEMHP_EVENTS_H

#include "../base/base.h"

struct udev;
struct udev_monitor;

enum event_source { EVENT_KERNEL, EVENT_UDEV, EVENT_SOURCES };

struct event {
	uint64_t seqnum;      /* the kernel's number of the event; udev's event has the same one */
	uint64_t block;
};

struct monitor {
	struct udev *udev;
	struct udev_monitor *sources[EVENT_SOURCES];
};
#define MONITOR_CLOSED { .udev = NULL }

/*
 * monitor.c: subscribes to both sources. -EOPNOTSUPP: udev does not run, or the root is
 * not the running system's. A listener may be deaf without any error: in a network
 * namespace of its own it does not hear udev, in a user namespace not even the kernel.
 */
int monitor_open(const struct memhp *memhp, struct monitor *ret);
void monitor_close(struct monitor *monitor);
/* Readable when monitor_next() has an event. */
int monitor_fd(const struct monitor *monitor, enum event_source source);
/* The next event of a block that has arrived; 1, or 0 if there is none, or a negative errno (-ENOBUFS:
 * events were lost). Does not wait. */
int monitor_next(struct monitor *monitor, enum event_source source, struct event *ret);

/* handled.c: a set of events, ascending by number. */
struct handled {
	struct handled_item {
		uint64_t seqnum;
		bool has_come;        /* from the kernel */
		bool is_handled;      /* by udev */
	} *items;                     /* owned */
	size_t count, size;
	size_t waiting;               /* that have come and are not handled */
};
/* Notes an event from one of the sources. Both may come in any order. -ENOMEM. */
int handled_note(struct handled *handled, enum event_source source, uint64_t seqnum);
void handled_free(struct handled *handled);

#endif
