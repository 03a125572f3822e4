/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which event of a monitor is reported next, and the block that it is about. An event is
 * compared with what is known: one that brings nothing new is dropped, because a
 * snapshot or a comparison has shown the change before. How events arrive is left to monitor.c.
 */
#include <string.h>

#include "monitor.h"

/* How long the event of an added block waits for the links of the block, and how often they are checked. */
#define LINKS_MS 1000
#define LOOK_MS 50
/* How many blocks are read at a time, and how long what was read counts as now. */
#define BATCH_MAX 256
#define BATCH_MS 100

static const char *const event_names[] = {
	[MEMHP_EVENT_ADDED] = "added",
	[MEMHP_EVENT_ONLINE] = "online",
	[MEMHP_EVENT_OFFLINE] = "offline",
	[MEMHP_EVENT_REMOVED] = "removed",
	[MEMHP_EVENT_LOST] = "lost",
};

const char *memhp_event_type_name(enum memhp_event_type type)
{
	return (size_t)type < sizeof(event_names) / sizeof(event_names[0]) ? event_names[type] : NULL;
}

/* When ------------------------------------------------------------------------ */

/* Whether udev will not make the event wait any longer. */
static bool udev_is_done(const struct memhp_monitor *monitor, const struct waiting_event *event)
{
	return !event->arrived_ms || !event->seqnum || monitor->udev == UDEV_SILENT ||
	       monitor->options.settle_ms == MEMHP_NO_WAIT || handled_has(&monitor->handled, event->seqnum);
}

static struct limit udev_limit(const struct memhp_monitor *monitor, const struct waiting_event *event)
{
	return limit_add(event->arrived_ms, monitor->options.settle_ms);
}

static bool may_wait_for_links(const struct waiting_event *event)
{
	return event->type == MEMHP_EVENT_ADDED && event->arrived_ms &&
	       !limit_is_over(limit_add(event->arrived_ms, LINKS_MS));
}

struct limit monitor_due(const struct memhp_monitor *monitor)
{
	const struct waiting_event *first;

	if (!monitor->waiting.count)
		return LIMIT_NONE;
	first = waiting_at(&monitor->waiting, 0);
	if (!udev_is_done(monitor, first))
		return udev_limit(monitor, first);
	return limit_in(may_wait_for_links(first) ? LOOK_MS : 0);
}

/* The kernel makes the link to the node, and then the one to the firmware's device, after the event. */
static bool has_links(const struct memhp_monitor *monitor, const struct memhp_block *block)
{
	const unsigned int attrs = monitor->options.attrs;

	if (attrs & MEMHP_ATTR_NODES && monitor->dirs.have_nodes && !block->node_count)
		return false;
	return !(attrs & MEMHP_ATTR_ORIGIN) || block->device;
}

/* Reads the blocks of the events that udev does not make wait. */
static int read_batch(struct memhp_monitor *monitor)
{
	cleanup(ids_free) struct ids ids = { 0 };
	size_t count = 0;
	int r = 0;

	monitor->batch = memhp_snapshot_free(monitor->batch);
	monitor->batch_left = 0;
	for (; r == 0 && count < monitor->waiting.count && count < BATCH_MAX; count++) {
		const struct waiting_event *event = waiting_at(&monitor->waiting, count);

		if (!udev_is_done(monitor, event))
			break;
		if (event->type != MEMHP_EVENT_LOST)
			r = ids_add(&ids, event->block);
	}
	ids_sort(&ids);
	if (r == 0)
		r = snapshot_take(monitor->memhp, &monitor->dirs, monitor->options.attrs, &ids, &monitor->batch);
	if (r < 0)
		return r;
	/* Some blocks alone do not show it. */
	monitor->batch->cannot_offline = monitor->base->cannot_offline;
	monitor->batch_left = count;
	monitor->batch_ms = clock_ms();
	return 0;
}

/* Whether the first event may be reported now, with its block read: 1 or 0. */
static int may_report(struct memhp_monitor *monitor, const struct waiting_event *first)
{
	const struct memhp_block *block;

	if (!udev_is_done(monitor, first) && !limit_is_over(udev_limit(monitor, first)))
		return 0;
	if (!udev_is_done(monitor, first))
		monitor->udev = UDEV_SILENT;
	if (!monitor->batch_left || limit_is_over(limit_add(monitor->batch_ms, BATCH_MS))) {
		int r = read_batch(monitor);

		if (r < 0)
			return r;
	}
	block = memhp_snapshot_find(monitor->batch, first->block);
	if (!block || !may_wait_for_links(first) || has_links(monitor, block))
		return 1;
	monitor->batch_left = 0;
	return 0;
}

/* What ------------------------------------------------------------------------ */

static void drop_first(struct memhp_monitor *monitor)
{
	const uint64_t seqnum = waiting_at(&monitor->waiting, 0)->seqnum;

	waiting_drop_first(&monitor->waiting);
	monitor->batch_left--;
	if (seqnum)
		handled_forget(&monitor->handled, seqnum);
}

/* The block as it was known, with the state and zones of now; now: NULL if the block is not there any more. */
static struct memhp_block remembered(const struct memhp_block *seen, const struct memhp_block *now)
{
	const unsigned int changing = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;
	const struct memhp_block none = { 0 };
	struct memhp_block block = *seen;

	if (!now)
		now = &none;
	block.state = now->state;
	block.zone_count = now->zone_count;
	memcpy(block.zones, now->zones, sizeof(block.zones));
	block.present = (uint16_t)((seen->present & ~changing) | (now->present & changing));
	block.garbage = (uint16_t)((seen->garbage & ~changing) | (now->garbage & changing));
	block.unreadable = (uint16_t)((seen->unreadable & ~changing) | (now->unreadable & changing));
	return block;
}

/* Fills in the event that is reported. block: NULL if it is not there any more. known: as it was before. */
static void tell(struct memhp_monitor *monitor, const struct waiting_event *event, enum memhp_event_type type,
		 const struct known_block *known, const struct memhp_block *block)
{
	const struct memhp_block bare = { .id = event->block, .snapshot = monitor->base };
	const struct memhp_block *seen = known ? known->seen : NULL;

	monitor->event = (struct memhp_event){
		.type = type, .block = block, .before = seen,
		.seqnum = type == event->type ? event->seqnum : 0, .time_ms = event->time_ms,
		.is_settled = event->seqnum && handled_has(&monitor->handled, event->seqnum),
	};
	if (type == MEMHP_EVENT_LOST)
		return;
	/* The links of a block that is being removed may already be gone. */
	if (block && (!seen || has_links(monitor, block) || !has_links(monitor, seen)))
		return;
	monitor->view = remembered(seen ? seen : &bare, block);
	monitor->event.block = &monitor->view;
}

/* What is known of a block does not get less: its links may already be gone. */
static void see(struct memhp_monitor *monitor, struct known_block *known, const struct memhp_block *block)
{
	if (block && (!known->seen || has_links(monitor, block) || !has_links(monitor, known->seen)))
		known_see(known, block);
}

/* The directory may still be there: the kernel removes it after the event (drivers/base/core.c: device_del()). */
static int report_removed(struct memhp_monitor *monitor, const struct waiting_event *event, struct known_block *known)
{
	if (!known)
		return 0;
	tell(monitor, event, MEMHP_EVENT_REMOVED, known, NULL);
	known_remove(&monitor->known, known);
	return 1;
}

static int learn(struct memhp_monitor *monitor, uint64_t block, struct known_block **ret)
{
	int r = known_add(&monitor->known, block, ret);

	if (r == 0)
		(*ret)->inode = known_inode(&monitor->dirs, block);
	return r;
}

static int report_added(struct memhp_monitor *monitor, const struct waiting_event *event, const struct memhp_block *block)
{
	struct known_block *known = NULL;
	int r = learn(monitor, event->block, &known);

	if (r < 0)
		return r;
	tell(monitor, event, MEMHP_EVENT_ADDED, known, block);
	known->state = MEMHP_STATE_OFFLINE;
	see(monitor, known, block);
	return 1;
}

static int report_state(struct memhp_monitor *monitor, const struct waiting_event *event, struct known_block *known,
			const struct memhp_block *block)
{
	const enum memhp_state state = event->type == MEMHP_EVENT_ONLINE ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE;

	if (known->state == state)
		return 0;
	tell(monitor, event, event->type, known, block);
	known->state = state;
	see(monitor, known, block);
	return 1;
}

/* Whether another block has the number of the one that is known, whose removal was not heard of. */
static bool is_replaced(const struct memhp_monitor *monitor, const struct known_block *known)
{
	const uint64_t inode = known_inode(&monitor->dirs, known->id);

	return inode && known->inode && inode != known->inode;
}

/* Reports the first event: 1, or 0 if it brings nothing new. *ret_is_done is false if it must be reported again. */
static int report_first(struct memhp_monitor *monitor, const struct waiting_event *event, bool *ret_is_done)
{
	const struct memhp_block *block = memhp_snapshot_find(monitor->batch, event->block);
	struct known_block *known = known_find(&monitor->known, event->block);
	int r = 0;

	snapshot_drop(monitor->before);
	monitor->before = known && known->seen ? snapshot_keep(known->seen->snapshot) : NULL;
	switch (event->type) {
	case MEMHP_EVENT_LOST:
		tell(monitor, event, MEMHP_EVENT_LOST, NULL, NULL);
		return 1;
	case MEMHP_EVENT_REMOVED:
		return report_removed(monitor, event, known);
	case MEMHP_EVENT_ADDED:
		if (!known)
			return report_added(monitor, event, block);
		*ret_is_done = !block || !is_replaced(monitor, known);
		return *ret_is_done ? 0 : report_removed(monitor, event, known);
	case MEMHP_EVENT_ONLINE:
	case MEMHP_EVENT_OFFLINE:
		if (!known)
			r = learn(monitor, event->block, &known);
		return r < 0 ? r : report_state(monitor, event, known, block);
	}
	return 0;
}

int monitor_deliver(struct memhp_monitor *monitor)
{
	while (monitor->waiting.count) {
		const struct waiting_event *first = waiting_at(&monitor->waiting, 0);
		bool is_done = true;
		int r = may_report(monitor, first);

		if (r <= 0)
			return r;
		r = report_first(monitor, first, &is_done);
		if (r < 0)
			return r;
		if (is_done)
			drop_first(monitor);
		if (r > 0)
			return r;
	}
	handled_free(&monitor->handled);
	return 0;
}
