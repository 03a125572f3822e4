/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second phase of hotunplug: which devices can be removed, which plans take devices as a
 * whole, what an end of a removal means. How it goes is unplug.bats'.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/blocks/block.h"
#include "../../../src/libmemhp/reasons/reasons.h"
#include "../tap.h"
#include "../tree.h"

#define SIZE (UINT64_C(128) << 20)
#define MOST 16

/* Blocks a letter: the device (a, b: ACPI; "-": none), upper case online, lower case offline, and a
 * digit before it: going-offline. Ids from 0. */
static size_t make_blocks(const char *text, struct memhp_snapshot *snapshot)
{
	static const char *const names[] = { "a", "b", "c" };

	for (; *text; text++) {
		struct memhp_block *block = &snapshot->blocks[snapshot->count];
		char letter = *text;

		*block = (struct memhp_block){ .id = snapshot->count++, .snapshot = snapshot };
		block->present = MEMHP_ATTR_STATE | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_ZONES;
		block->state = (unsigned int)(letter >= 'a' ? MEMHP_STATE_OFFLINE : letter >= 'A' || letter == '-' ?
					      MEMHP_STATE_ONLINE : MEMHP_STATE_GOING_OFFLINE) & 0xfU;
		block->zones[0] = MEMHP_ZONE_MOVABLE;
		block->zones[1] = MEMHP_ZONE_NORMAL;
		block->zone_count = block->state == MEMHP_STATE_ONLINE ? 1 : 2;
		block->origin = MEMHP_ORIGIN_HOTPLUG;
		letter = letter >= 'a' ? (char)(letter - 'a' + 'A') : letter >= '0' && letter <= '9' ? 'A' : letter;
		block->device = letter == '-' ? NULL : names[letter - 'A'];
		block->owns_device = block->device != NULL;
	}
	return snapshot->count;
}

static const struct {
	const char *name;
	const char *machine;
	const char *blocks;      /* asked for */
	uint64_t amount;         /* blocks */
	int64_t left;            /* -1: none */
	uint64_t requested;
	const char *steps;       /* those that are no reserve */
} plans[] = {
	{ "a whole device", "--AAABBB", "2 3 4", 0, -1, 3, "4 3 2" },
	{ "a part", "--AAABBB", "2 4", 0, 3, 2, "4 2" },
	{ "one whole, one in part", "--AAABBB", "2 3 4 5", 0, 6, 4, "5 4 3 2" },
	{ "the rest is offline", "AAaaB", "0 1", 0, -1, 2, "1 0" },
	{ "the rest goes offline for another", "AA0", "0 1", 0, 2, 2, "1 0" },
	{ "all is offline already, one is named", "aaaB", "1", 0, -1, 1, "1" },
	{ "no device", "---A", "0 1", 0, -1, 2, "1 0" },
	{ "nothing for an amount", "AAA", "", 1, -1, 1, "" },
	{ "an amount: the device that fits", "AAABB", "0 1 2 3 4", 2, -1, 2, "4 3" },
	{ "less than any device", "AAABB", "0 1 2 3 4", 1, 3, 1, "4" },
	{ "what is offline is taken first, and counts", "AAAaBB", "0 1 2 3 4 5", 4, -1, 4, "3 2 1 0" },
	{ "one that is offline goes before one in use", "aaBB", "0 1 2 3", 2, -1, 2, "1 0" },
	{ "an amount is never exceeded", "aaaa", "0 1 2 3", 2, 0, 2, "3 2" },
	{ "rather others than a rest", "AAABC", "0 1 2 3 4", 3, -1, 3, "2 1 0" },
	{ "several make it up", "AAABBC", "0 1 2 3 4 5", 4, -1, 4, "5 2 1 0" },
	{ "they cannot", "AAABBB", "0 1 2 3 4 5", 4, 0, 4, "5 4 3 2" },
	{ "more than there is", "AABB", "0 1 2 3", 9, -1, 9, "3 2 1 0" },
};

static void test_plan(size_t n)
{
	struct memhp_block blocks[MOST];
	struct memhp_snapshot snapshot = {
		.block_size = SIZE, .blocks = blocks, .attrs = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN };
	uint64_t ids[MOST];
	struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .blocks = ids, .unplug = true,
		.amount = plans[n].amount * SIZE,
	};
	const struct memhp_block *left = &blocks[MOST - 1];
	const struct memhp_step *step;
	struct memhp_plan *plan = NULL;
	char seen[64] = "";
	int at;

	make_blocks(plans[n].machine, &snapshot);
	for (const char *text = plans[n].blocks; sscanf(text, "%" SCNu64 "%n", &ids[request.block_count], &at) == 1; text += at)
		request.block_count++;
	if (memhp_plan_new(&snapshot, &request, &plan) < 0 || memhp_plan_find_left(plan, &left) < 0)
		bail_out("no plan");
	memhp_plan_foreach(plan, step)
		if (!memhp_step_is_reserve(step))
			snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%" PRIu64, *seen ? " " : "",
				 memhp_block_id(memhp_step_block(step)));
	is_str(seen, plans[n].steps, "plan: %s: steps", plans[n].name);
	is_int(left ? (int64_t)memhp_block_id(left) : -1, plans[n].left, "plan: %s: left", plans[n].name);
	is_number(memhp_plan_requested(plan) / SIZE, plans[n].requested, "plan: %s: requested", plans[n].name);
	memhp_plan_free(plan);
}

static void test_online(void)
{
	struct memhp_block blocks[MOST];
	struct memhp_snapshot snapshot = { .block_size = SIZE, .blocks = blocks };
	struct memhp_request request = { .size = sizeof(request), .action = MEMHP_ACTION_ONLINE, .unplug = true };
	struct memhp_plan *plan = NULL;

	is_int(memhp_plan_new(&snapshot, &request, &plan), -EINVAL, "nothing is removed by onlining");
}

/* Devices of the tree below. */
static const struct {
	const char *name;
	uint64_t id;
	const char *device;
	bool is_acpi;
	enum memhp_origin origin;
	int result;
} devices[] = {
	{ "boot memory", 0, NULL, false, MEMHP_ORIGIN_BOOT, -EPERM },
	{ "memory without a device", 0, NULL, false, MEMHP_ORIGIN_HOTPLUG, -EPERM },
	{ "nothing known", 0, NULL, false, MEMHP_ORIGIN_UNKNOWN, -EPERM },
	{ "virtio-mem", 0, "virtio0", false, MEMHP_ORIGIN_VIRTIO_MEM, -EPERM },
	{ "hv-balloon", 0, NULL, false, MEMHP_ORIGIN_HV_BALLOON, -EPERM },
	{ "xen", 0, NULL, false, MEMHP_ORIGIN_XEN, -EPERM },
	{ "a DIMM", 8, "PNP0C80:00", true, MEMHP_ORIGIN_HOTPLUG, 0 },
	{ "a DIMM of which the origin is not known", 8, "PNP0C80:00", true, MEMHP_ORIGIN_UNKNOWN, 0 },
	{ "a DIMM that was there at boot", 8, "PNP0C80:00", true, MEMHP_ORIGIN_BOOT, 0 },
	{ "a DIMM without eject", 9, "PNP0C80:01", true, MEMHP_ORIGIN_HOTPLUG, -EOPNOTSUPP },
	{ "a block that was removed", 14, "PNP0C80:00", true, MEMHP_ORIGIN_HOTPLUG, -ENOENT },
	{ "a block that is being removed", 15, "PNP0C80:00", true, MEMHP_ORIGIN_HOTPLUG, -ENOENT },
	{ "a block of a dax device that was removed", 14, "dax9.0", false, MEMHP_ORIGIN_KMEM, -ENOENT },
	{ "a DIMM that is gone", 10, "PNP0C80:02", true, MEMHP_ORIGIN_HOTPLUG, -ENXIO },
	{ "a link out of the tree", 11, "PNP0C80:03", true, MEMHP_ORIGIN_HOTPLUG, -ENXIO },
	{ "a dax device", 12, "dax0.0", false, MEMHP_ORIGIN_KMEM, 0 },
	{ "a dax device of an older kernel", 13, "dax1.0", false, MEMHP_ORIGIN_KMEM, -EOPNOTSUPP },
	{ "a dax device without a driver", 13, "dax2.0", false, MEMHP_ORIGIN_KMEM, -ENXIO },
	{ "a dax device with another driver", 13, "dax3.0", false, MEMHP_ORIGIN_KMEM, -ENXIO },
	{ "a dax device that is gone", 13, "dax9.0", false, MEMHP_ORIGIN_KMEM, -ENXIO },
	{ "kmem without a name", 13, NULL, false, MEMHP_ORIGIN_KMEM, -EPERM },
	{ "a name that is a path", 13, "../../dax/devices/dax0.0", false, MEMHP_ORIGIN_KMEM, -EPERM },
	{ "a name of dots", 13, "..", false, MEMHP_ORIGIN_KMEM, -EPERM },
};

static void test_devices(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;

	tree_text(tree, "", "sys/devices/LNXSYSTM:00/PNP0C80:00/eject");
	tree_text(tree, "PNP0C80", "sys/devices/LNXSYSTM:00/PNP0C80:01/hid");
	for (unsigned int i = 0; i < 3; i++) {
		char target[64];

		snprintf(target, sizeof(target), "../../../LNXSYSTM:00/PNP0C80:0%u", i);
		tree_link(tree, target, TREE_MEMORY "/memory%u/firmware_node", 8 + i);
	}
	tree_text(tree, "online", TREE_MEMORY "/memory13/state");
	tree_text(tree, "offline", TREE_MEMORY "/memory15/state");
	tree_link(tree, "/etc/../../../../../../../../../../../proc/self", TREE_MEMORY "/memory11/firmware_node");
	tree_text(tree, "online", "sys/bus/dax/devices/dax0.0/state");
	tree_link(tree, "../../drivers/kmem", "sys/bus/dax/devices/dax1.0/driver");
	tree_text(tree, "1", "sys/bus/dax/devices/dax2.0/target_node");
	tree_link(tree, "../../drivers/device_dax", "sys/bus/dax/devices/dax3.0/driver");
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	for (size_t i = 0; i < TAP_COUNT(devices); i++) {
		struct memhp_block block = { .id = devices[i].id, .device = devices[i].device };

		block.origin = (uint8_t)devices[i].origin;
		block.owns_device = devices[i].is_acpi;
		is_int(memhp_block_can_unplug(memhp, &block), devices[i].result, "device: %s", devices[i].name);
	}
	memhp_free(memhp);
	tree_free(tree);
}

#define REASON(word) MEMHP_REASON_ ## word
#define RESULT(word) MEMHP_RESULT_ ## word

static const struct {
	const char *name;
	struct removal_facts facts;
	enum memhp_reason reason;
	enum memhp_result result;
} ends[] = {
	{ "the file is not for us", { .error = EACCES, .failed_to_open = true }, REASON(NO_PERMISSION), RESULT(FAILED) },
	{ "EPERM on open", { .error = EPERM, .failed_to_open = true }, REASON(NO_PERMISSION), RESULT(FAILED) },
	{ "a read-only sysfs", { .error = EROFS, .failed_to_open = true }, REASON(READ_ONLY), RESULT(FAILED) },
	{ "no such file", { .error = ENOENT, .failed_to_open = true }, REASON(REMOVAL_FAILED), RESULT(FAILED) },
	{ "ENODEV: switched off", { .error = ENODEV }, REASON(REMOVAL_FAILED), RESULT(FAILED) },
	{ "EPERM of the write", { .error = EPERM }, REASON(REMOVAL_FAILED), RESULT(FAILED) },
	{ "EBUSY", { .error = EBUSY }, REASON(REMOVAL_FAILED), RESULT(FAILED) },
	{ "EBUSY, and a block is online again", { .error = EBUSY, .in_use = MEMHP_STATE_ONLINE }, REASON(RACED),
	  RESULT(FAILED) },
	{ "the kernel gave it up", { .end = REMOVAL_REFUSED }, REASON(REMOVAL_FAILED), RESULT(FAILED) },
	{ "because of a block that is online again", { .end = REMOVAL_REFUSED, .in_use = MEMHP_STATE_ONLINE },
	  REASON(RACED), RESULT(FAILED) },
	{ "no end in time", { .end = REMOVAL_LATE, .is_pending = true, .was_waiting = true }, REASON(LOCK_HELD),
	  RESULT(UNSETTLED) },
	{ "nobody looked in time", { .end = REMOVAL_LATE, .is_pending = true }, REASON(NONE), RESULT(UNSETTLED) },
	{ "the kernel crashed", { .end = REMOVAL_REFUSED, .has_crashed = true }, REASON(REMOVAL_FAILED), RESULT(FAILED) },
	{ "no process", { .end = REMOVAL_REFUSED, .error = EAGAIN, .has_no_child = true }, REASON(NO_CHILD), RESULT(FAILED) },
	{ "the kernel is emptying it again",
	  { .end = REMOVAL_LATE, .is_pending = true, .in_use = MEMHP_STATE_GOING_OFFLINE }, REASON(MIGRATION_FAILING),
	  RESULT(UNSETTLED) },
	{ "no end in time, and a block is online again",
	  { .end = REMOVAL_LATE, .is_pending = true, .in_use = MEMHP_STATE_ONLINE }, REASON(RACED), RESULT(UNSETTLED) },
	{ "the write was killed at the limit", { .end = REMOVAL_LATE, .error = EINTR, .was_waiting = true }, REASON(LOCK_HELD),
	  RESULT(TIMEOUT) },
	{ "told to stop while it is under way", { .end = REMOVAL_STOPPED, .is_pending = true, .was_waiting = true }, REASON(LOCK_HELD),
	  RESULT(UNSETTLED) },
	{ "told to stop before it was", { .end = REMOVAL_STOPPED, .error = EINTR }, REASON(NONE), RESULT(INTERRUPTED) },
};

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(plans); i++)
		test_plan(i);
	test_online();
	test_devices();
	for (size_t i = 0; i < TAP_COUNT(ends); i++) {
		is_str(memhp_reason_name(reason_of_removal(&ends[i].facts)), memhp_reason_name(ends[i].reason),
		       "end: %s: reason", ends[i].name);
		is_str(memhp_result_name(result_of_removal(&ends[i].facts)), memhp_result_name(ends[i].result),
		       "end: %s: result", ends[i].name);
	}
	return tap_done();
}
