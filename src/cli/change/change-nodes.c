/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which nodes a plan leaves with little or no memory, and messages about the processes
 * that are bound to them or were ended for lack of memory. The library finds the
 * processes.
 */
#include "change-nodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/ranges.h"
#include "../base/text.h"

/* How long to search for processes. */
#define BOUND_MS 250

/* A node is as good as empty if less than one part of so many is left. */
#define LITTLE_LEFT 8

struct node_sum {
	unsigned int node;
	uint64_t online, leaving;
};

struct node_sums {
	struct node_sum *items;
	size_t count;
};

static void node_sums_free(struct node_sums *sums)
{
	free(sums->items);
}

/* NULL: no memory. */
static struct node_sum *node_sum_of(struct node_sums *sums, unsigned int node)
{
	struct node_sum *items;

	/* Neighbouring blocks are of the same node, which was added last. */
	for (size_t i = sums->count; i > 0; i--)
		if (sums->items[i - 1].node == node)
			return &sums->items[i - 1];
	items = reallocarray(sums->items, sums->count + 1, sizeof(*items));
	if (!items)
		return NULL;
	sums->items = items;
	items[sums->count] = (struct node_sum){ .node = node };
	return &items[sums->count++];
}

static void node_sums_add(struct node_sums *sums, const struct memhp_block *block, uint64_t size, bool is_leaving)
{
	const unsigned int *nodes;
	const unsigned int count = memhp_block_nodes(block, &nodes);

	for (unsigned int i = 0; i < count; i++) {
		struct node_sum *sum = node_sum_of(sums, nodes[i]);

		if (!sum)
			return;
		*(is_leaving ? &sum->leaving : &sum->online) += size;
	}
}

static void sum_up(const struct change_context *context, const struct memhp_plan *plan, struct node_sums *ret)
{
	const struct memhp_block *block;
	const struct memhp_step *step;

	memhp_snapshot_foreach(context->snapshot, block)
		if (memhp_block_state(block) == MEMHP_STATE_ONLINE)
			node_sums_add(ret, block, context->block_size, false);
	memhp_plan_foreach(plan, step)
		if (!memhp_step_is_reserve(step) && !memhp_step_is_already(step))
			node_sums_add(ret, memhp_step_block(step), context->block_size, true);
}

/* "without memory", "with 128M of 4G" */
static void left_text(uint64_t online, uint64_t leaving, char ret[64])
{
	char left[24], all[24];

	size_text(online - leaving, left);
	size_text(online, all);
	if (online == leaving)
		snprintf(ret, 64, "without memory");
	else
		snprintf(ret, 64, "with %s of %s", left, all);
}

static void tell_bound(const struct ranges *nodes, const char *left, const struct memhp_bound *bound)
{
	cleanup(cleanup_free) char *text = ranges_text(nodes, RANGES_SHOWN);
	const size_t count = bound->by_cpuset + bound->by_policy;
	const bool is_one = ranges_are_one(nodes);
	char seen[80] = "";

	if (bound->processes_seen < bound->processes)
		snprintf(seen, sizeof(seen), " (%zu of %zu processes searched)", bound->processes_seen, bound->processes);
	if (count)
		notice("node%s %s would be left %s; %zu process%s bound to %s by a cpuset or a memory policy, such as %" PRIu64
		       " (%s)%s", is_one ? "" : "s", text ? text : "", left, count, count == 1 ? " is" : "es are",
		       is_one ? "it" : "them", bound->pid, bound->name, seen);
	else if (*seen)
		notice("node%s %s would be left %s; no process that is bound to %s was found%s", is_one ? "" : "s",
		       text ? text : "", left, is_one ? "it" : "them", seen);
}

void nodes_tell_bound(const struct change_context *context, const struct memhp_plan *plan)
{
	cleanup(node_sums_free) struct node_sums sums = { 0 };
	cleanup(ranges_free) struct ranges emptied = { 0 };
	cleanup(cleanup_free) unsigned int *nodes = NULL;
	struct memhp_bound bound = { .size = sizeof(bound) };
	uint64_t online = 0, leaving = 0;
	size_t count = 0;
	char left[64];

	if (context->action != MEMHP_ACTION_OFFLINE || context->globals->quiet)
		return;
	sum_up(context, plan, &sums);
	nodes = calloc(sums.count + 1, sizeof(*nodes));
	for (size_t i = 0; nodes && i < sums.count; i++) {
		const struct node_sum *sum = &sums.items[i];

		if (!sum->leaving || sum->online - sum->leaving >= sum->online / LITTLE_LEFT)
			continue;
		nodes[count++] = sum->node;
		(void)ranges_add(&emptied, sum->node, sum->node);
		online += sum->online;
		leaving += sum->leaving;
	}
	if (!count || memhp_bound_find(context->memhp, nodes, count, BOUND_MS, &bound) < 0)
		return;
	ranges_sort(&emptied);
	left_text(online, leaving, left);
	tell_bound(&emptied, left, &bound);
}

uint64_t nodes_oom_kills(const struct change_context *context)
{
	uint64_t kills;

	return memhp_oom_kills(context->memhp, &kills) == 0 ? kills : UINT64_MAX;
}

void nodes_tell_oom_kills(const struct change_context *context, uint64_t before)
{
	const uint64_t now = nodes_oom_kills(context);

	if (before == UINT64_MAX || now == UINT64_MAX || now <= before)
		return;
	warning("memory ran out: the kernel's OOM killer ended %" PRIu64 " process%s during this change; the kernel log has %s",
		now - before, now - before == 1 ? "" : "es", now - before == 1 ? "its name" : "their names");
}
