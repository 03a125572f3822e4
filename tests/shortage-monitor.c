/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A monitor for which memory is short stays usable: after -ENOMEM the next call does what could not be done, and the
 * events are all there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shortage-turns.h"

/* Long enough that a comparison which fails, and is not made again at once, is found. */
#define INTERVAL_MS 5
#define PATIENCE_MS 20000

#define FIRST 100
#define ADDED 70                      /* more than the queue of events has room for at first */
#define EVENTS (1 + 3 + 1 + ADDED)

static void make_block(uint64_t id, const char *state)
{
	tree_block(&tree, id, state, "Movable\n");
	tree_node(&tree, 1, id);
}

static void remove_block(uint64_t id)
{
	tree_remove(&tree, TREE_MEMORY "/memory%" PRIu64, id);
	tree_remove(&tree, TREE_NODE "/node1/memory%" PRIu64, id);
}

/* Three blocks; one goes offline, one is replaced by another one, one is removed, and many are added. */
static void begin_blocks(void)
{
	for (uint64_t id = FIRST; id < FIRST + 3; id++) {
		remove_block(id);
		make_block(id, "online\n");
	}
	for (uint64_t id = FIRST + 3; id < FIRST + 3 + ADDED; id++)
		remove_block(id);
}

static void change_blocks(void)
{
	tree_text(&tree, "offline\n", TREE_MEMORY "/memory%d/state", FIRST);
	tree_block(&tree, 1000, "online\n", "Movable\n");
	remove_block(FIRST + 1);
	remove_block(FIRST + 2);
	for (uint64_t id = FIRST + 3; id < FIRST + 3 + ADDED; id++)
		make_block(id, "offline\n");
	if (renameat(tree.fd, TREE_MEMORY "/memory1000", tree.fd, TREE_MEMORY "/memory101") < 0)
		bail_out("memory101: %s", strerror(errno));
	tree_node(&tree, 1, FIRST + 1);
}

static void tell_event(const struct memhp_event *event)
{
	const unsigned int *nodes = NULL;

	answer("%s %" PRIu64 " %d", memhp_event_type_name(event->type), memhp_block_id(event->block),
	       memhp_block_state(event->block));
	answer(" %d %d\n", memhp_block_nodes(event->block, &nodes) == 1 ? (int)nodes[0] : -1,
	       event->before ? (int)memhp_block_state(event->before) : -1);
}

/* All events, whatever fails meanwhile; what has failed is done by the next call. */
static int hear_all(struct memhp_monitor *monitor)
{
	struct pollfd ready = { .fd = memhp_monitor_fd(monitor), .events = POLLIN };
	const struct memhp_event *event = NULL;
	int r = 0, before;

	for (unsigned int events = 0; events < EVENTS; events += r > 0) {
		before = r;
		if (r == 0 && poll(&ready, 1, PATIENCE_MS) != 1)
			bail_out("the descriptor is not readable");
		r = memhp_monitor_next(monitor, &event);
		if (r > 0)
			tell_event(event);
		else if (r == 0 && before == -ENOMEM)
			bail_out("nothing is done after a failure");
		else if (r < 0 && r != -ENOMEM)
			return r;
	}
	if (memhp_monitor_next(monitor, &event) > 0 || memhp_monitor_pending(monitor))
		answer("and more\n");
	return 0;
}

int call_monitor(void)
{
	const struct memhp_monitor_options options = {
		.size = sizeof(options), .attrs = MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES, .interval_ms = INTERVAL_MS,
	};
	struct memhp_monitor *monitor = NULL;
	int r;

	begin_blocks();
	r = memhp_monitor_new(memhp, &options, &monitor);
	change_blocks();
	if (r == 0)
		r = hear_all(monitor);
	memhp_monitor_free(monitor);
	return r;
}
