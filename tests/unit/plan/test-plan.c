/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans: which blocks a request means in which order, with which zone, which ones
 * are held in reserve, and when the whole is refused. Snapshots are made by hand, so
 * nothing is read.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/blocks/block.h"
#include "../tap.h"

#define SIZE (UINT64_C(128) << 20)
#define ON MEMHP_ACTION_ONLINE
#define OFF MEMHP_ACTION_OFFLINE
#define AUTO MEMHP_TARGET_AUTO
#define KERNEL MEMHP_TARGET_KERNEL
#define MOVABLE MEMHP_TARGET_MOVABLE
#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)

/* The machine: '0' zone none, 'K' Normal, 'L' DMA32, 'D' DMA, 'M' Movable, 'V' Movable of virtio-mem; with a
 * hole 'H'; going-offline 'G', state unknown '?'; offline, as the kernel would choose: 'm' Movable
 * before Normal, 'k' the other way, 'v' of virtio-mem, 'x' of xen, 'b' of hv-balloon, 'd' of kmem. */
static const struct {
	char letter;
	enum memhp_state state;
	enum memhp_zone zones[2];
	enum memhp_origin origin;
} kinds[] = {
	{ '0', MEMHP_STATE_ONLINE, { MEMHP_ZONE_NONE }, MEMHP_ORIGIN_BOOT },
	{ 'K', MEMHP_STATE_ONLINE, { MEMHP_ZONE_NORMAL }, MEMHP_ORIGIN_BOOT },
	{ 'L', MEMHP_STATE_ONLINE, { MEMHP_ZONE_DMA32 }, MEMHP_ORIGIN_BOOT },
	{ 'D', MEMHP_STATE_ONLINE, { MEMHP_ZONE_DMA }, MEMHP_ORIGIN_BOOT },
	{ 'H', MEMHP_STATE_ONLINE, { MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_BOOT },
	{ 'M', MEMHP_STATE_ONLINE, { MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_HOTPLUG },
	{ 'V', MEMHP_STATE_ONLINE, { MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_VIRTIO_MEM },
	{ 'G', MEMHP_STATE_GOING_OFFLINE, { MEMHP_ZONE_MOVABLE, MEMHP_ZONE_NORMAL }, MEMHP_ORIGIN_HOTPLUG },
	{ '?', MEMHP_STATE_UNKNOWN, { 0 }, MEMHP_ORIGIN_UNKNOWN },
	{ 'm', MEMHP_STATE_OFFLINE, { MEMHP_ZONE_MOVABLE, MEMHP_ZONE_NORMAL }, MEMHP_ORIGIN_HOTPLUG },
	{ 'k', MEMHP_STATE_OFFLINE, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_UNKNOWN },
	{ 'v', MEMHP_STATE_OFFLINE, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_VIRTIO_MEM },
	{ 'x', MEMHP_STATE_OFFLINE, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_XEN },
	{ 'b', MEMHP_STATE_OFFLINE, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_HV_BALLOON },
	{ 'd', MEMHP_STATE_OFFLINE, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, MEMHP_ORIGIN_KMEM },
};

static struct memhp_block make_block(const struct memhp_snapshot *snapshot, char letter, uint64_t id)
{
	struct memhp_block block = { .id = id, .snapshot = snapshot };

	for (size_t i = 0; i < TAP_COUNT(kinds); i++) {
		if (kinds[i].letter != letter)
			continue;
		block.state = kinds[i].state & 0xf;
		block.zones[0] = kinds[i].zones[0];
		block.zones[1] = kinds[i].zones[1];
		block.zone_count = kinds[i].zones[1] ? 2 : kinds[i].zones[0] ? 1 : 0;
		block.origin = (uint8_t)kinds[i].origin;
		block.present = kinds[i].state ? ATTRS : MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES;
		block.has_holes = letter == 'H';
		return block;
	}
	bail_out("no such block: %c", letter);
}

/* Blocks by letter; a blank is a hole in the numbers. */
static void make_snapshot(const char *machine, struct memhp_snapshot *ret)
{
	*ret = (struct memhp_snapshot){ .block_size = SIZE, .attrs = ATTRS };
	ret->blocks = calloc(strlen(machine) + 1, sizeof(*ret->blocks));
	if (!ret->blocks)
		bail_out("no memory");
	for (uint64_t id = 0; machine[id]; id++)
		if (machine[id] != ' ')
			ret->blocks[ret->count++] = make_block(ret, machine[id], id);
}

struct order {
	const char *name;
	const char *machine;
	enum memhp_action action;
	uint64_t amount;         /* blocks */
	bool total, driver_managed;
	const char *blocks;      /* "5 3 3", or NULL: all */
	const char *steps;       /* "5 4= 3?": block, = already, ? reserve */
	uint64_t requested;      /* blocks */
};

static const struct order orders[] = {
	/* by block */
	{ "offline descends", "0KKMMmm", OFF, 0, false, false, "1 4 2 3", "4 3 2 1", 4 },
	{ "online ascends", "0KKMMmmkk", ON, 0, false, false, "8 5 7", "5 7 8", 3 },
	{ "a block twice is one step", "0KKMM", OFF, 0, false, false, "3 4 3 3 4", "4 3", 2 },
	{ "what is so already stays a step", "0KKMMmm", OFF, 0, false, false, "5 4 6", "6= 5= 4", 3 },
	{ "online already", "0KKMMmm", ON, 0, false, false, "5 4 0", "0= 4= 5", 3 },
	{ "a block that can never go is tried when named", "0KHM", OFF, 0, false, false, NULL, "3 2 1 0", 4 },
	{ "named blocks of drivers", "KVvxb", ON, 0, false, false, NULL, "0= 1= 2 3 4", 5 },
	{ "going-offline and unknown states are tried", "KG?", OFF, 0, false, false, NULL, "2 1 0", 3 },
	{ "numbers with holes", "K  M   M", OFF, 0, false, false, "3 7", "7 3", 2 },
	{ "no block for an amount", "KM", OFF, 1, false, false, "", "", 1 },
	/* by amount */
	{ "offline: Movable first, from the top", "0KMKMK", OFF, 3, false, false, NULL, "4 2 5 3? 1?", 3 },
	{ "offline: low memory after other kernel zones", "LKMLK", OFF, 2, false, false, NULL, "2 4 1? 3? 0?", 2 },
	{ "offline: never several zones, holes, other states", "0HGm?M", OFF, 2, false, false, NULL, "5", 2 },
	{ "offline: not virtio-mem's", "KVVM", OFF, 2, false, false, NULL, "3 0", 2 },
	{ "offline: virtio-mem's when named", "KVVM", OFF, 2, false, true, "1 2", "2 1", 2 },
	{ "online: from the bottom, whatever the zone", "0Kkmk", ON, 2, false, false, NULL, "2 3 4?", 2 },
	{ "online: neither of going-offline nor unknown", "KG?m", ON, 2, false, false, NULL, "3", 2 },
	{ "online: a driver's, too: it waits for it", "Kvxbdm", ON, 2, false, false, NULL, "1 2 3? 4? 5?", 2 },
	{ "an amount among named blocks", "KMMMM", OFF, 2, false, false, "1 3 2", "3 2 1?", 2 },
	{ "what is so already is no candidate", "MmMm", OFF, 2, false, false, NULL, "2 0", 2 },
	{ "more than there is", "KMM", OFF, 9, false, false, NULL, "2 1 0", 9 },
	{ "nothing to take", "mm", OFF, 1, false, false, NULL, "", 1 },
	{ "--total counts what is so", "MmMm", OFF, 3, true, false, NULL, "2 0?", 1 },
	{ "--total that is so", "MmMm", OFF, 2, true, false, NULL, "", 0 },
	{ "--total of less than is so", "MmMm", OFF, 1, true, false, NULL, "", 0 },
	{ "--total among named blocks", "MmMmM", OFF, 2, true, false, "0 1 2", "2 0?", 1 },
	{ "--total online", "KKmmm", ON, 3, true, false, NULL, "2 3? 4?", 1 },
};

/* "5 3" as ids; all of the snapshot without a text. */
static size_t list_ids(const char *text, const struct memhp_snapshot *snapshot, uint64_t *ids)
{
	size_t count = 0;
	char *end;

	for (uint64_t i = 0; !text && i < snapshot->count; i++)
		ids[count++] = snapshot->blocks[i].id;
	for (; text && *text; text = *end ? end + 1 : end)
		ids[count++] = strtoull(text, &end, 10);
	return count;
}

static void print_steps(const struct memhp_plan *plan, char *ret, size_t size)
{
	const struct memhp_step *step;

	*ret = '\0';
	memhp_plan_foreach(plan, step)
		snprintf(ret + strlen(ret), size - strlen(ret), "%s%" PRIu64 "%s%s", *ret ? " " : "",
			 memhp_block_id(memhp_step_block(step)), memhp_step_is_already(step) ? "=" : "",
			 memhp_step_is_reserve(step) ? "?" : "");
}

static struct memhp_plan *make_plan(const struct memhp_snapshot *snapshot, struct memhp_request *request, const char *blocks)
{
	struct memhp_plan *plan = NULL;
	uint64_t ids[64];

	request->size = sizeof(*request);
	request->blocks = ids;
	request->block_count = list_ids(blocks, snapshot, ids);
	if (memhp_plan_new(snapshot, request, &plan) < 0)
		bail_out("no plan");
	return plan;
}

static void test_order(const struct order *order)
{
	struct memhp_snapshot snapshot;
	struct memhp_request request = {
		.action = order->action, .amount = order->amount * SIZE,
		.total = order->total, .driver_managed = order->driver_managed,
	};
	struct memhp_plan *plan;
	char steps[256];

	make_snapshot(order->machine, &snapshot);
	plan = make_plan(&snapshot, &request, order->blocks);
	print_steps(plan, steps, sizeof(steps));
	is_str(steps, order->steps, "order: %s", order->name);
	is_number(memhp_plan_requested(plan) / SIZE, order->requested, "order: %s: requested", order->name);
	memhp_plan_free(plan);
	free(snapshot.blocks);
}

static const struct {
	const char *name;
	const char *machine;
	enum memhp_action action;
	enum memhp_target target;
	const char *zones;       /* of the steps; ! certain */
} predictions[] = {
	{ "auto: the kernel's first word, sure for the next one", "Kmkm", ON, AUTO, "Normal! Movable! Normal Movable" },
	{ "auto: only blocks to be onlined change the answer", "KMMk", ON, AUTO, "Normal! Movable! Movable! Normal!" },
	{ "movable is never refused", "kmk", ON, MOVABLE, "Movable! Movable! Movable!" },
	{ "kernel: the kernel zone among the words", "kmd", ON, KERNEL, "Normal! Normal! Normal!" },
	{ "online already: as it is", "KM", ON, MOVABLE, "Normal! Movable!" },
	{ "offline has no zone", "KMm", OFF, AUTO, "-! -! -!" },
};

static void test_prediction(size_t i)
{
	struct memhp_snapshot snapshot;
	struct memhp_request request = { .action = predictions[i].action, .target = predictions[i].target };
	const struct memhp_step *step;
	struct memhp_plan *plan;
	char zones[256] = "";

	make_snapshot(predictions[i].machine, &snapshot);
	plan = make_plan(&snapshot, &request, NULL);
	memhp_plan_foreach(plan, step) {
		const char *zone = memhp_zone_name(memhp_step_zone(step));

		snprintf(zones + strlen(zones), sizeof(zones) - strlen(zones), "%s%s%s", *zones ? " " : "",
			 zone ? zone : "-", memhp_step_is_certain(step) ? "!" : "");
	}
	is_str(zones, predictions[i].zones, "zones: %s", predictions[i].name);
	memhp_plan_free(plan);
	free(snapshot.blocks);
}

/* What a plan passes over: D a driver's, Z the zone DMA, M in another zone; and what it keeps. */
static const struct {
	const char *name;
	const char *machine;
	struct memhp_request request;    /* the amount in blocks */
	const char *passed, *steps;
} passes[] = {
	{ "offline: a driver's", "KVMV", { .action = OFF, .amount = 9 }, "3D 1D", "2 0" },
	{ "offline: not when named", "KVMV", { .action = OFF, .amount = 9, .driver_managed = true }, "", "3 2 1 0" },
	{ "offline: not without an amount", "KVD", { .action = OFF }, "", "2 1 0" },
	{ "offline: only what could go", "KvHVM", { .action = OFF, .amount = 1 }, "3D", "4 0?" },
	{ "offline: the zone DMA", "DDLK", { .action = OFF, .amount = 4 }, "1Z 0Z", "3 2" },
	{ "offline: the zone DMA, named, last", "DDLK", { .action = OFF, .amount = 4, .zone_dma = true }, "", "3 2 1 0" },
	{ "online: an amount, what is online elsewhere", "KMmv", { .action = ON, .target = MOVABLE, .amount = 2 }, "0M", "2 3" },
	{ "online: all, what is online elsewhere", "KMLm", { .action = ON, .target = MOVABLE, .skip_misplaced = true },
	  "0M 2M", "1= 3" },
	{ "online: named, what is online elsewhere", "KMm", { .action = ON, .target = MOVABLE }, "", "0= 1= 2" },
	{ "online: nothing is elsewhere for the kernel", "KMm", { .action = ON, .skip_misplaced = true }, "", "0= 1= 2" },
};

static void test_passes(size_t i)
{
	static const char letters[] = { [MEMHP_PASS_DRIVER] = 'D', [MEMHP_PASS_DMA] = 'Z', [MEMHP_PASS_MISPLACED] = 'M' };
	struct memhp_request request = passes[i].request;
	const struct memhp_passed *passed = NULL;
	struct memhp_snapshot snapshot;
	struct memhp_plan *plan;
	char text[256] = "", steps[256];

	request.amount *= SIZE;
	make_snapshot(passes[i].machine, &snapshot);
	plan = make_plan(&snapshot, &request, NULL);
	while ((passed = memhp_plan_next_passed(plan, passed)))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%" PRIu64 "%c", *text ? " " : "",
			 memhp_block_id(passed->block), letters[passed->why]);
	print_steps(plan, steps, sizeof(steps));
	is_str(text, passes[i].passed, "passed over: %s", passes[i].name);
	is_str(steps, passes[i].steps, "passed over: %s: steps", passes[i].name);
	memhp_plan_free(plan);
	free(snapshot.blocks);
}

/* Blocks that can never go offline say why; they are tried when named, but need no room. */
static void test_never(void)
{
	static const char expected[] = "3:none 2:memory-holes 1:none 0:several-zones ";
	const struct memhp_figures figures = { .size = sizeof(figures), .available = 2 * SIZE, .free = 2 * SIZE };
	struct memhp_request request = { .action = OFF };
	const struct memhp_step *step;
	struct memhp_snapshot snapshot;
	struct memhp_plan *plan;
	char text[256] = "";

	make_snapshot("0KHM", &snapshot);
	plan = make_plan(&snapshot, &request, NULL);
	memhp_plan_foreach(plan, step) {
		const char *reason = memhp_reason_name(memhp_step_reason(step));

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%" PRIu64 ":%s ",
			 memhp_block_id(memhp_step_block(step)), reason ? reason : "none");
	}
	is_str(text, expected, "why blocks can never go");
	is_number(memhp_plan_pending(plan), 2 * SIZE, "they are not pending");
	is_int(memhp_plan_judge(plan, &figures), MEMHP_REASON_NONE, "they need no room");
	memhp_plan_free(plan);
	free(snapshot.blocks);
}

#define UNKNOWN UINT64_MAX

/* Figures in blocks, the limit in percent. */
static const struct {
	const char *name;
	const char *machine;
	enum memhp_action action;
	enum memhp_target target;
	uint64_t amount;
	uint64_t kernel, movable, available;
	unsigned int limit;
	enum memhp_reason reason;
} judgements[] = {
	{ "4:1 is allowed", "Kmmmm", ON, MOVABLE, 0, 1, 0, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "more is not", "Kmmmmm", ON, MOVABLE, 0, 1, 0, UNKNOWN, 400, MEMHP_REASON_RATIO },
	{ "what is there counts", "KMmmmm", ON, MOVABLE, 0, 1, 1, UNKNOWN, 400, MEMHP_REASON_RATIO },
	{ "what is so already does not count twice", "KMMMMm", ON, MOVABLE, 0, 1, 3, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "reserves do not count", "Kmmmmmmmm", ON, MOVABLE, 4, 1, 0, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "the limit is a fraction, not rounded", "KKKmmmmmmmmmm", ON, MOVABLE, 0, 3, 0, UNKNOWN, 333,
	  MEMHP_REASON_RATIO },
	{ "a limit of nothing", "Km", ON, MOVABLE, 0, 1, 0, UNKNOWN, 0, MEMHP_REASON_RATIO },
	{ "no kernel memory at all", "m", ON, MOVABLE, 0, 0, 0, UNKNOWN, 400, MEMHP_REASON_RATIO },
	{ "auto is the kernel's own affair", "Kmmmmmmmm", ON, AUTO, 0, 1, 0, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "kernel only lowers it", "Kmmmmmmmm", ON, KERNEL, 0, 1, 9, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "nothing to do, although it is above", "KMMM", ON, MOVABLE, 0, 1, 3, UNKNOWN, 100, MEMHP_REASON_NONE },
	{ "figures unknown", "Kmmmmmmmm", ON, MOVABLE, 0, UNKNOWN, UNKNOWN, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "all that is available", "KKMM", OFF, AUTO, 0, 2, 2, 4, 400, MEMHP_REASON_NONE },
	{ "more than is available", "KKMM", OFF, AUTO, 0, 2, 2, 3, 400, MEMHP_REASON_NO_ROOM },
	{ "what is offline needs no room", "KKmmmm", OFF, AUTO, 0, 2, 2, 2, 400, MEMHP_REASON_NONE },
	{ "reserves need no room", "KKMM", OFF, AUTO, 2, 2, 2, 2, 400, MEMHP_REASON_NONE },
	{ "available unknown", "KKMM", OFF, AUTO, 0, 2, 2, UNKNOWN, 400, MEMHP_REASON_NONE },
	{ "onlining needs no room", "mm", ON, AUTO, 0, 2, 2, 0, 400, MEMHP_REASON_NONE },
};

static uint64_t bytes(uint64_t blocks)
{
	return blocks == UNKNOWN ? UNKNOWN : blocks * SIZE;
}

static void test_judgement(size_t i)
{
	struct memhp_snapshot snapshot;
	struct memhp_request request = {
		.action = judgements[i].action, .target = judgements[i].target, .amount = judgements[i].amount * SIZE,
	};
	const struct memhp_figures figures = {
		.size = sizeof(figures), .kernel = bytes(judgements[i].kernel), .movable = bytes(judgements[i].movable),
		.available = bytes(judgements[i].available), .free = UNKNOWN, .limit = judgements[i].limit,
	};
	struct memhp_plan *plan;

	make_snapshot(judgements[i].machine, &snapshot);
	plan = make_plan(&snapshot, &request, NULL);
	is_str(memhp_reason_name((enum memhp_reason)memhp_plan_judge(plan, &figures)), memhp_reason_name(judgements[i].reason),
	       "judged: %s", judgements[i].name);
	memhp_plan_free(plan);
	free(snapshot.blocks);
}

static void test_all(void)
{
	static const uint64_t some[] = { 0 };
	struct memhp_request request = { .size = sizeof(request), .action = OFF, .all = true, .amount = 2 * SIZE };
	struct memhp_plan *plan = NULL;
	struct memhp_snapshot snapshot;

	make_snapshot("KK MM", &snapshot);
	is_int(memhp_plan_new(&snapshot, &request, &plan), 0, "all blocks");
	is_number(memhp_plan_available(plan) / SIZE, 4, "all blocks: those of the snapshot");
	is_number(memhp_block_id(memhp_step_block(memhp_plan_next(plan, NULL))), 4, "all blocks: in their order");
	plan = memhp_plan_free(plan);
	request.blocks = some;
	is_int(memhp_plan_new(&snapshot, &request, &plan), -EINVAL, "all blocks, and an empty list");
	free(snapshot.blocks);
}

static void test_errors(void)
{
	static const uint64_t missing[] = { 0, 7 };
	static const enum memhp_attr needed[] = { MEMHP_ATTR_STATE, MEMHP_ATTR_ZONES, MEMHP_ATTR_ORIGIN };
	struct memhp_request request = { .size = sizeof(request), .action = OFF, .blocks = missing, .block_count = 2 };
	struct memhp_plan *plan = NULL;
	struct memhp_snapshot snapshot;

	make_snapshot("KKMM", &snapshot);
	for (size_t i = 0; i < TAP_COUNT(needed); i++) {
		snapshot.attrs = ATTRS & ~(unsigned int)needed[i];
		is_int(memhp_plan_new(&snapshot, &request, &plan), -EINVAL, "a snapshot without %s", memhp_attr_name(needed[i]));
	}
	snapshot.attrs = ATTRS;
	is_int(memhp_plan_new(&snapshot, &request, &plan), -ENOENT, "a block that does not exist");
	request.block_count = 1;
	request.amount = SIZE / 2;
	is_int(memhp_plan_new(&snapshot, &request, &plan), -EINVAL, "an amount that is no multiple");
	request.amount = 0;
	request.block_count = 0;
	is_int(memhp_plan_new(&snapshot, &request, &plan), -EINVAL, "nothing at all");
	ok(!plan, "a failure leaves the result alone");
	ok(!memhp_plan_free(NULL), "freeing nothing");
	free(snapshot.blocks);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(orders); i++)
		test_order(&orders[i]);
	for (size_t i = 0; i < TAP_COUNT(predictions); i++)
		test_prediction(i);
	for (size_t i = 0; i < TAP_COUNT(judgements); i++)
		test_judgement(i);
	for (size_t i = 0; i < TAP_COUNT(passes); i++)
		test_passes(i);
	test_never();
	test_all();
	test_errors();
	return tap_done();
}
