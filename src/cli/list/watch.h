/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp list --watch: watch.c waits for changes, watch-line.c prints them.
 */
#ifndef MEMHP_WATCH_H
#define MEMHP_WATCH_H

#include "../../libmemhp/clock.h"
#include "cmd-list.h"

/* The columns of a change, after TIME and EVENT, unless others are chosen. */
#define WATCH_STANDARD_COLUMNS "BLOCK,STATE,NODE,ZONES,DEVICE"
/* What the JSON line of a change needs. */
#define WATCH_ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN)

struct watch {
	const struct globals *globals;
	struct list *list;
	struct memhp *memhp;
	struct memhp_monitor *monitor;
	unsigned int attrs;
	int status;
	struct limit limit;
	struct blocks_there there;
	enum memhp_hearing hearing;
	bool is_told;                /* hearing */
	struct columns columns;      /* of a line */
	unsigned int widths[COLUMNS_MAX];
	bool has_heading;
	bool is_unread;              /* nothing that is printed arrives any more */
	bool has_changed;            /* since the map was drawn */
	uint64_t drawn_ms;
};

/* Checks which options go with --watch. */
int watch_check(const struct globals *globals, const struct list *list);
/* Subscribes and takes the snapshot that is printed first. Both return an exit status. */
int watch_open(const struct globals *globals, struct memhp *memhp, unsigned int attrs, struct memhp_monitor **ret);
/* Prints the changes after that snapshot. status: that of the rows, which have been printed. Returns an exit status. */
int watch_run(const struct globals *globals, struct list *list, struct memhp *memhp, struct memhp_monitor *monitor,
	      unsigned int attrs, int status);
void watch_end(struct watch *watch);

/* watch-line.c: prepares the lines. All of these return 0 or -ENOMEM but watch_finish(), which returns the exit
 * status. */
int watch_begin(struct watch *watch);
int watch_line(struct watch *watch, const struct memhp_event *event);
/* The end of JSON Lines. */
int watch_finish(struct watch *watch);

#endif
