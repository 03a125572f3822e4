/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of the public monitor: monitor.c (opening, hearing, comparing, the
 * descriptor) and deliver.c (which event is next, and the block that it is about).
 */
#ifndef MEMHP_MONITOR_H
#define MEMHP_MONITOR_H

#include "events.h"

DEFINE_CLEANUP(struct memhp_monitor *, memhp_monitor_free)

/* Whether udev is waited for. */
enum udev_state {
	UDEV_SILENT,          /* no: it does not run, or has not been heard in time */
	UDEV_EXPECTED,        /* yes, though it has not been heard yet */
	UDEV_HEARD,
};

struct memhp_monitor {
	struct memhp *memhp;
	struct memhp_monitor_options options;   /* with the values that 0 stands for */
	struct attribute_dirs dirs;
	struct listener listener;
	int epoll, timer;
	int hears_kernel;             /* 1: proved, 0: it does not, -1: unknown */
	enum udev_state udev;
	bool has_lost;                /* events, and what has changed was not found out yet */
	uint64_t compared_ms;         /* when the blocks were compared last */
	uint64_t compared_seqnum;     /* the kernel's last event at that time; 0: unknown */
	struct memhp_snapshot *base;
	struct known known;
	struct handled handled;
	struct waiting waiting;
	struct memhp_snapshot *batch; /* the blocks of the first events, or NULL */
	size_t batch_left;            /* how many of them were not reported yet */
	uint64_t batch_ms;
	struct memhp_event event;     /* the last one that was reported */
	struct memhp_block view;      /* its block, if that or its links are gone */
	const struct memhp_snapshot *before; /* has the event's block as it was before, or NULL */
};

/* deliver.c: reports the next event, if one may be reported now: 1, 0 if not. -ENOMEM and errors of reading. */
int monitor_deliver(struct memhp_monitor *monitor);
/* deliver.c: when to try again; LIMIT_NONE: when something is heard. */
struct limit monitor_due(const struct memhp_monitor *monitor);

#endif
