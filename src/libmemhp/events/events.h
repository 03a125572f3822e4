/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events of memory blocks: those that the kernel sends, and those with which udev says
 * that it has handled an event of the kernel (listener.c); which of the kernel's events
 * udev has not handled yet (handled.c); the blocks as they are known, and how the machine
 * differs from that (known.c). monitor.c makes the public monitor of these.
 */
#ifndef MEMHP_EVENTS_H
#define MEMHP_EVENTS_H

#include "../blocks/block.h"

struct udev;
struct udev_monitor;

enum event_source { EVENT_KERNEL, EVENT_UDEV, EVENT_SOURCES };

/* One that the kernel or udev has sent. */
struct event {
	uint64_t seqnum;      /* the kernel's number of the event; udev's event has the same one */
	uint64_t block;
	int type;             /* a memhp_event_type, or 0: the event is of another type, or does not come from the
			       * kernel itself, but from a write to the file uevent */
};

struct listener {
	struct udev *udev;
	struct udev_monitor *sources[EVENT_SOURCES];
};
#define LISTENER_CLOSED { .udev = NULL }

/*
 * listener.c: subscribes to both sources. buffer: bytes; 0: as many as are useful.
 * -EOPNOTSUPP: the root is not the running system's. A listener may be deaf without any
 * error: in a network namespace of its own it does not hear udev, in a user namespace not
 * even the kernel.
 */
int listener_open(const struct memhp *memhp, unsigned int buffer, struct listener *ret);
/* Whether udev runs, or has run: only a killed udevd leaves its file behind. */
bool listener_expects_udev(const struct memhp *memhp);
/* Whether the kernel's events reach this process: 1, 0, or -1 if that cannot be found out. */
int listener_hears_kernel(const struct memhp *memhp);
void listener_close(struct listener *listener);
/* Readable when listener_next() has an event. */
int listener_fd(const struct listener *listener, enum event_source source);
/* The next event of a block that has arrived; 1, or 0 if there is none, or a negative errno (-ENOBUFS:
 * events were lost). Does not wait. */
int listener_next(struct listener *listener, enum event_source source, struct event *ret);

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
bool handled_has(const struct handled *handled, uint64_t seqnum);
/* Forgets the events up to this number. */
void handled_forget(struct handled *handled, uint64_t seqnum);
void handled_free(struct handled *handled);

/* known.c: the blocks after the events that were reported, ascending. */
struct known_block {
	uint64_t id;
	uint64_t inode;               /* of its directory; another one: another block with the same number; 0: not there */
	enum memhp_state state;       /* UNKNOWN, ONLINE or OFFLINE */
	const struct memhp_block *seen; /* when it was read last, or NULL; owns its snapshot */
};
struct known {
	struct known_block *items;    /* owned */
	size_t count, size;
};
/* The blocks of a snapshot. -ENOMEM. */
int known_begin(const struct attribute_dirs *dirs, const struct memhp_snapshot *snapshot, struct known *ret);
void known_free(struct known *known);
struct known_block *known_find(const struct known *known, uint64_t id);
/* The block is not known yet. -ENOMEM. */
int known_add(struct known *known, uint64_t id, struct known_block **ret);
void known_remove(struct known *known, struct known_block *block);
void known_see(struct known_block *known, const struct memhp_block *block);
/* The inode number of a block's directory now; 0 if there is none. */
uint64_t known_inode(const struct attribute_dirs *dirs, uint64_t id);
/* Calls fn for each event that would make the blocks in before those in now, block by block, until it returns a
 * value other than 0, and returns that. Pure. */
typedef int (*known_fn)(void *data, uint64_t block, enum memhp_event_type type);
int known_compare(const struct known *before, const struct known *now, known_fn fn, void *data);

/* waiting.c: events that were not reported yet, in the order of their numbers. */
struct waiting_event {
	enum memhp_event_type type;
	uint64_t block, seqnum;       /* seqnum 0: found by comparing */
	uint64_t arrived_ms;          /* clock_ms(); 0: it waits for nothing */
	uint64_t time_ms;             /* CLOCK_REALTIME */
};
struct waiting {
	struct waiting_event *items;  /* owned */
	size_t first, count, size;    /* of the room: items first to first + count are in use */
};
int waiting_add(struct waiting *waiting, enum memhp_event_type type, uint64_t block, uint64_t seqnum);
/* The event at this place; 0 is the first. */
struct waiting_event *waiting_at(const struct waiting *waiting, size_t place);
void waiting_drop_first(struct waiting *waiting);
void waiting_free(struct waiting *waiting);

#endif
