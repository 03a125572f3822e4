/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor below a given root, where nothing can be heard and the blocks are compared:
 * which events it reports when a tree has changed, in which order, and the blocks in them.
 * Events of real kernels are in tests/live.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/libmemhp/clock.h"
#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define INTERVAL_MS 50
/* A busy machine is not at fault. */
#define PATIENCE_MS 120000
/* How long an added block waits for its links; see deliver.c. */
#define LINKS_MS 1000

static struct tree *tree;
static struct memhp *memhp;
static struct memhp_monitor *monitor;

/* Blocks are added and replaced as the kernel does it: with their links. */
static void add_block(uint64_t id, const char *state, const char *zones, unsigned int node)
{
	tree_block(tree, id, state, zones);
	tree_node(tree, node, id);
}

static void remove_block(uint64_t id, unsigned int node)
{
	tree_remove(tree, TREE_MEMORY "/memory%" PRIu64, id);
	tree_remove(tree, TREE_NODE "/node%u/memory%" PRIu64, node, id);
}

/* As another block: the new directory is there before the old one is removed, so that its inode is another one. */
static void replace_block(uint64_t id, const char *state, const char *zones, unsigned int node)
{
	char name[100];

	tree_block(tree, 1000, state, zones);
	remove_block(id, node);
	snprintf(name, sizeof(name), TREE_MEMORY "/memory%" PRIu64, id);
	if (renameat(tree->fd, TREE_MEMORY "/memory1000", tree->fd, name) < 0)
		bail_out("%s: %s", name, strerror(errno));
	tree_node(tree, node, id);
}

/* Events --------------------------------------------------------------------------------- */

/* The next event, waiting for the descriptor, or NULL if a comparison has found none. */
static const struct memhp_event *next_event(void)
{
	const uint64_t begin_ms = clock_ms();
	const struct memhp_event *event = NULL;

	for (uint64_t now_ms = begin_ms; now_ms - begin_ms < PATIENCE_MS; now_ms = clock_ms()) {
		struct pollfd ready = { .fd = memhp_monitor_fd(monitor), .events = POLLIN };
		int r;

		if (poll(&ready, 1, PATIENCE_MS) != 1 || ready.revents != POLLIN)
			bail_out("the descriptor is not readable");
		r = memhp_monitor_next(monitor, &event);
		if (r < 0)
			bail_out("no event: %s", strerror(-r));
		if (r > 0)
			return event;
		/* Either this call has compared, or one since the beginning. */
		if (!memhp_monitor_pending(monitor) && now_ms - begin_ms > INTERVAL_MS)
			return NULL;
	}
	bail_out("an event is held back");
}

/* "online Normal 0 virtio1": a block's state, zone, nodes and device */
static void append_block(char text[300], const struct memhp_block *block)
{
	const unsigned int *nodes = NULL;
	const unsigned int count = memhp_block_nodes(block, &nodes);
	const char *state = memhp_state_name(memhp_block_state(block));
	const char *zone = memhp_zone_name(memhp_block_zone(block));
	const size_t length = strlen(text);

	snprintf(text + length, 300 - length, "%s %s %d %s", state ? state : "?", zone ? zone : "?",
		 count == 1 ? (int)nodes[0] : -(int)count - 1,
		 memhp_block_device(block) ? memhp_block_device(block) : "?");
}

static void is_event(const char *expected)
{
	const struct memhp_event *event = next_event();
	char text[300] = "none";

	if (event) {
		snprintf(text, sizeof(text), "%s %d: ", memhp_event_type_name(event->type),
			 event->block ? (int)memhp_block_id(event->block) : -1);
		if (event->block)
			append_block(text, event->block);
		if (event->before) {
			snprintf(text + strlen(text), sizeof(text) - strlen(text), ", before: ");
			append_block(text, event->before);
		}
		ok(event->seqnum == 0 && !event->is_settled, "found by comparing");
		ok(!event->before || memhp_block_id(event->before) == memhp_block_id(event->block), "of the same block");
	}
	is_str(text, expected, "%s", expected);
}

static void begin(uint64_t interval_ms)
{
	const struct memhp_monitor_options options = {
		.size = sizeof(options), .attrs = MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN,
		.interval_ms = interval_ms,
	};

	memhp_monitor_free(monitor);
	monitor = NULL;
	if (memhp_monitor_new(memhp, &options, &monitor) < 0)
		bail_out("no monitor");
}

/* Tests ---------------------------------------------------------------------------------- */

static void test_begin(void)
{
	const struct memhp_snapshot *snapshot;

	begin(INTERVAL_MS);
	snapshot = memhp_monitor_snapshot(monitor);
	is_number(memhp_snapshot_count(snapshot), 4, "the blocks at the beginning");
	is_int(memhp_monitor_hearing(monitor), MEMHP_HEARING_NONE, "below a given root nothing is heard");
	is_number(memhp_monitor_pending(monitor), 0, "nothing is held back");
	is_event("none");
	is_int(memhp_monitor_hearing(monitor), MEMHP_HEARING_NONE, "nor later");
	tree_text(tree, "offline\n", TREE_MEMORY "/memory1/state");
	ok(memhp_block_state(memhp_snapshot_find(snapshot, 1)) == MEMHP_STATE_ONLINE, "the snapshot stays as it is");
	is_event("offline 1: offline ? 0 virtio0, before: online Normal 0 virtio0");
	is_event("none");
	tree_text(tree, "online\n", TREE_MEMORY "/memory1/state");
	is_event("online 1: online Normal 0 virtio0, before: offline ? 0 virtio0");
	is_event("none");
}

static void test_states(void)
{
	tree_text(tree, "going-offline\n", TREE_MEMORY "/memory1/state");
	is_event("none");
	tree_text(tree, "offline\n", TREE_MEMORY "/memory1/state");
	is_event("offline 1: offline ? 0 virtio0, before: online Normal 0 virtio0");
	tree_text(tree, "nonsense\n", TREE_MEMORY "/memory1/state");
	is_event("none");
	tree_remove(tree, TREE_MEMORY "/memory1/state");
	is_event("none");
	tree_text(tree, "online\n", TREE_MEMORY "/memory1/state");
	is_event("online 1: online Normal 0 virtio0, before: offline ? 0 virtio0");
	/* Changes that undid each other. */
	tree_text(tree, "offline\n", TREE_MEMORY "/memory1/state");
	tree_text(tree, "online\n", TREE_MEMORY "/memory1/state");
	is_event("none");
}

static void test_removed(void)
{
	remove_block(2, 1);
	is_event("removed 2: ? ? 1 virtio1, before: offline ? 1 virtio1");
	is_event("none");
	add_block(2, "offline\n", "Movable Normal\n", 1);
	is_event("added 2: offline ? 1 virtio1");
	is_event("none");
	remove_block(2, 1);
	is_event("removed 2: ? ? 1 virtio1, before: offline ? 1 virtio1");
	add_block(2, "online\n", "Movable\n", 1);
	is_event("added 2: online Movable 1 virtio1");
	is_event("online 2: online Movable 1 virtio1, before: online Movable 1 virtio1");
	is_event("none");
}

static void test_replaced(void)
{
	replace_block(3, "online\n", "Movable\n", 1);
	is_event("removed 3: ? ? 1 virtio1, before: online Movable 1 virtio1");
	is_event("added 3: online Movable 1 virtio1");
	is_event("online 3: online Movable 1 virtio1, before: online Movable 1 virtio1");
	is_event("none");
	replace_block(3, "offline\n", "Movable Normal\n", 1);
	is_event("removed 3: ? ? 1 virtio1, before: online Movable 1 virtio1");
	is_event("added 3: offline ? 1 virtio1");
	is_event("none");
}

/* In the order of the blocks, each with what belongs to it. */
static void test_several(void)
{
	remove_block(2, 1);
	tree_text(tree, "online\n", TREE_MEMORY "/memory3/state");
	tree_text(tree, "Movable\n", TREE_MEMORY "/memory3/valid_zones");
	add_block(4, "offline\n", "Movable Normal\n", 1);
	tree_text(tree, "offline\n", TREE_MEMORY "/memory1/state");
	is_event("offline 1: offline ? 0 virtio0, before: online Normal 0 virtio0");
	is_number(memhp_monitor_pending(monitor), 3, "the others are pending");
	is_event("removed 2: ? ? 1 virtio1, before: online Movable 1 virtio1");
	is_event("online 3: online Movable 1 virtio1, before: offline ? 1 virtio1");
	is_event("added 4: offline ? 1 virtio1");
	is_event("none");
}

/* What has changed again is reported as it is now, and what the events said first, one after the other. */
static void test_meanwhile(void)
{
	tree_text(tree, "online\n", TREE_MEMORY "/memory1/state");
	add_block(2, "online\n", "Movable\n", 1);
	is_event("online 1: online Normal 0 virtio0, before: offline ? 0 virtio0");
	remove_block(2, 1);
	/* The block was read with the event before, or after it was removed. */
	while (next_event())
		;
	add_block(2, "offline\n", "Movable Normal\n", 1);
	is_event("added 2: offline ? 1 virtio1");
	is_event("none");
}

/* An added block without the link to its node waits for it, but not forever. */
static void test_links(void)
{
	const uint64_t begin_ms = clock_ms();

	tree_block(tree, 5, "offline\n", "Movable Normal\n");
	is_event("added 5: offline ? -1 virtio1");
	ok(clock_ms() - begin_ms >= LINKS_MS, "it has waited for its link");
	tree_node(tree, 1, 5);
	tree_text(tree, "online\n", TREE_MEMORY "/memory5/state");
	tree_text(tree, "Movable\n", TREE_MEMORY "/memory5/valid_zones");
	is_event("online 5: online Movable 1 virtio1, before: offline ? -1 virtio1");
	/* The kernel removes the links first. */
	tree_remove(tree, TREE_MEMORY "/memory5/node1");
	tree_text(tree, "offline\n", TREE_MEMORY "/memory5/state");
	is_event("offline 5: offline ? 1 virtio1, before: online Movable 1 virtio1");
	remove_block(5, 1);
	is_event("removed 5: ? ? 1 virtio1, before: online Movable 1 virtio1");
	is_event("none");
}

static void test_descriptor(void)
{
	const struct memhp_event *event = NULL;
	struct pollfd ready = { .events = POLLIN };

	begin(UINT64_MAX);
	ready.fd = memhp_monitor_fd(monitor);
	is_int(poll(&ready, 1, PATIENCE_MS), 1, "readable at first: the caller must ask once");
	is_int(memhp_monitor_next(monitor, &event), 0, "there is nothing");
	is_int(poll(&ready, 1, 0), 0, "not readable before the interval is over");
	remove_block(4, 1);
	is_int(memhp_monitor_next(monitor, &event), 0, "and then nothing is compared");
	ok(!event, "no event");
	ok(fcntl(ready.fd, F_GETFD) & FD_CLOEXEC, "other programs do not get it");
}

int main(void)
{
	tree = tree_new();
	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_text(tree, "4096\n", ".page_size");
	tree_text(tree, "00000000-0fffffff : virtio0\n  00000000-0fffffff : System RAM (virtio_mem)\n"
		  "10000000-4fffffff : virtio1\n  10000000-4fffffff : System RAM (virtio_mem)\n", "proc/iomem");
	add_block(0, "online\n", "Normal\n", 0);
	add_block(1, "online\n", "Normal\n", 0);
	add_block(2, "offline\n", "Movable Normal\n", 1);
	add_block(3, "online\n", "Movable\n", 1);
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	test_begin();
	test_states();
	test_removed();
	test_replaced();
	test_several();
	test_meanwhile();
	test_links();
	test_descriptor();
	monitor = memhp_monitor_free(monitor);
	memhp_free(memhp);
	tree = tree_free(tree);
	return tap_done();
}
