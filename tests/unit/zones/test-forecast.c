/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forecasts of small machines, read from trees of files: what the kernel does not
 * export is found out, what is missing or contradicts itself makes answers
 * uncertain. The arithmetic itself is test-zonemodel's affair.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/zones/forecast.h"
#include "../tap.h"
#include "../tree.h"

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN)
#define SIZE (UINT64_C(128) << 20)
#define PAGES (SIZE / 4096)
#define FIRST 32
#define CONTIG "contig-zones"
#define AUTO "auto-movable"
#define PARAMETERS "sys/module/memory_hotplug/parameters"

/*
 * 512 MiB (blocks 0-3), then a letter a block from 32 on: two DIMMs (32-35, 36-37),
 * virtio-mem (40-43), something without a device (45). N, M: online there; n, m:
 * offline, with that as the first word; g: going offline; a blank: not there.
 */
struct machine {
	const char *name;
	const char *blocks;
	const char *policy;      /* or NULL: as before 5.15 */
	unsigned int ratio;
	const char *flaw;        /* what is special, or NULL */
	const char *zones;       /* of those offline, in their order; ! certain */
};

static const struct machine machines[] = {
	{ CONTIG, "nnnnnn  nnnn n", CONTIG, 301, NULL, "N!N!N!N!N!N!N!N!N!N!N!" },
	{ "before 5.15", "nnnnnn  nnnn n", NULL, 301, NULL, "N!N!N!N!N!N!N!N!N!N!N!" },
	{ "between two Movable", "MmMnnn  nnnn n", CONTIG, 301, NULL, "M!N!N!N!N!N!N!N!N!" },
	{ "within Movable, but behind it", "NnMmmm  mMnn n", CONTIG, 301, NULL, "N!M!M!M!M!N!N!N!" },
	{ "movable_node", "mmmmmm  mmmm m", CONTIG, 301, "movable_node", "M!M!M!M!M!M!M!M!M!M!M!" },
	{ AUTO, "mmmmmm  mmmm m", AUTO, 301, NULL, "M!M!M!M!M!M!M!M!M!M!M!" },
	{ "only some fits", "mmmmmm  mmmm m", AUTO, 201, NULL, "M!M!M!M!M!M!M!M!N!M!M!" },
	{ "a DIMM that does not fit", "nnnnmm  mmmm m", AUTO, 80, NULL, "N!N!N!N!M!M!M!N!M!N!N!" },
	{ "the rest of a DIMM", "MmmmNn  mmmm m", AUTO, 201, NULL, "M!M!M!N!M!M!M!M!N!" },
	{ "what was added is not early", "NnNnNN  mmmm m", AUTO, 100, NULL, "N!N!M!M!M!M!N!" },
	{ "kernel memory of virtio-mem", "NNNNNN  NMmM m", AUTO, 60, NULL, "M!N!" },
	{ "ratio 0", "nnnnnn  nnnn n", AUTO, 0, "nothing logged", "N!N!N!N!N!N!N!N!N!N!N!" },
	/* no memory map of the boot there: the DIMM with a block that is offline was added */
	{ "arm64", "mmmmNn  mmmm", AUTO, 201, "arm64", "M!M!M!M!N!M!M!M!M!" },
	{ "arm64, a DIMM that may be boot memory", "mmmmNN  mmmm", AUTO, 201, "arm64", "M!MMMMMMM" },
	{ "arm64, " CONTIG, "nnnnNN  nnnn", CONTIG, 201, "arm64", "N!N!N!N!N!N!N!N!" },
	/* what is not known */
	{ "no zoneinfo", "nnnnnn  nnnn n", CONTIG, 301, "no zoneinfo", "N!NNNNNNNNNN" },
	{ "zoneinfo is garbage", "nnnnnn  nnnn n", CONTIG, 301, "garbage zoneinfo", "N!NNNNNNNNNN" },
	{ "no command line", "nnnnnn  nnnn n", CONTIG, 301, "no command line", "N!NNNNNNNNNN" },
	{ "no command line, between two Movable", "MmMnnn  nnnn n", CONTIG, 301, "no command line", "M!NNNNNNNN" },
	{ "no command line, " AUTO, "mmmmmm  mmmm m", AUTO, 301, "no command line", "M!MMMMMMMMMM" },
	{ "no /sys/module", "nnnnnn  nnnn n", NULL, 301, "no modules", "N!NNNNNNNNNN" },
	{ "a policy that nobody knows", "nnnnnn  nnnn n", "fill-up", 301, NULL, "N!NNNNNNNNNN" },
	{ "masked iomem, " CONTIG, "nnnnnn  nnnn n", CONTIG, 301, "masked iomem", "N!N!N!N!N!N!N!N!N!N!N!" },
	{ "masked iomem, " AUTO, "mmmmmm  mmmm m", AUTO, 301, "masked iomem", "M!MMMMMMMMMM" },
	{ "the kernel says otherwise", "nmmmmm  mmmm m", AUTO, 301, NULL, "N!MMMMMMMMMM" },
	{ "the kernel says otherwise of the last", "mmmmmm  mmmm n", AUTO, 301, NULL, "M!MMMMMMMMMN" },
	{ "a block that is leaving", "mmmmmm  mmmm g", AUTO, 301, NULL, "M!MMMMMMMMM" },
	{ "a block that is leaving, " CONTIG, "nnnnnn  nnnn g", CONTIG, 301, NULL, "N!N!N!N!N!N!N!N!N!N!" },
	{ "fewer pages than blocks", "NNnnmm  mmmm m", AUTO, 301, "no pages", "N!NMMMMMMM" },
	/* units of virtio-mem */
	{ "pairs of blocks, nothing logged", "mmmmmm  mmmm m", AUTO, 301, "nothing logged", "M!MMMMMMMMMM" },
	{ "a block without its neighbour", "mmmmmm  mmm  m", AUTO, 301, "nothing logged", "M!M!M!M!M!M!M!M!M!M!" },
	{ "big blocks", "mmmmmm  mmmm m", AUTO, 201, "big", "M!M!M!M!M!M!M!M!N!N!M!" },
	{ "big blocks before, small ones now", "mmmmmm  mmmm m", AUTO, 201, "small again", "M!M!M!M!M!M!M!M!N!M!M!" },
	{ "a unit of no power of two", "mmmmmm  mmmm m", AUTO, 201, "odd", "M!MMMMMMMNMM" },
};

static bool is_flawed(const struct machine *machine, const char *flaw)
{
	return machine->flaw && strcmp(machine->flaw, flaw) == 0;
}

static void print_zone(char *text, size_t size, const char *name, const char *blocks, char letter)
{
	uint64_t first = 0, last = 0, count = 0;

	for (uint64_t i = 0; blocks[i]; i++) {
		if (blocks[i] != letter)
			continue;
		first = count++ ? first : i;
		last = i;
	}
	snprintf(text + strlen(text), size - strlen(text),
		 "Node 0, zone %s\n  pages free 0\n spanned %" PRIu64 "\n present %" PRIu64 "\n managed 0\n cma 0\n", name,
		 count ? (last - first + 1) * PAGES : 0, count * PAGES);
	if (count)
		snprintf(text + strlen(text), size - strlen(text), " start_pfn: %" PRIu64 "\n", (FIRST + first) * PAGES);
}

static void put_zoneinfo(const struct tree *tree, const struct machine *machine)
{
	char text[2048] = "Node 0, zone DMA32\n  pages free 0\n spanned 131072\n present 131072\n managed 0\n cma 0\n"
			  " start_pfn: 0\n";

	print_zone(text, sizeof(text), "Normal", is_flawed(machine, "no pages") ? "" : machine->blocks, 'N');
	print_zone(text, sizeof(text), "Movable", machine->blocks, 'M');
	if (!is_flawed(machine, "no zoneinfo"))
		tree_text(tree, is_flawed(machine, "garbage zoneinfo") ? "Node 0, zone\n" : text, "proc/zoneinfo");
}

static void put_system(const struct tree *tree, const struct machine *machine)
{
	static const struct tree_e820 ram = { 0, 4 * SIZE, 1 };
	static const char masked[] = "00000000-00000000 : System RAM\n";
	static const char iomem[] =
		"00000000-1fffffff : System RAM\n  01000000-01ffffff : Kernel code\n"
		"100000000-11fffffff : System RAM\n120000000-12fffffff : System RAM\n"
		"140000000-15fffffff : virtio0\n  140000000-15fffffff : System RAM (virtio_mem)\n"
		"168000000-16fffffff : System RAM\n";
	static const char small[] = "6,1,1,-;virtio_mem virtio0: subblock size: 0x200000\n";
	static const char big[] = "6,1,1,-;virtio_mem virtio0: big block size: 0x10000000\n";
	char text[256];

	if (!is_flawed(machine, "arm64"))
		tree_boot_params(tree, &ram, 1, 1);
	tree_text(tree, is_flawed(machine, "arm64") ? "aarch64\n" : "x86_64\n", "proc/sys/kernel/arch");
	tree_text(tree, is_flawed(machine, "masked iomem") ? masked : iomem, "proc/iomem");
	if (!is_flawed(machine, "no command line"))
		tree_text(tree, is_flawed(machine, "movable_node") ? "quiet movable_node\n" : "quiet\n", "proc/cmdline");
	if (!is_flawed(machine, "no modules"))
		tree_dir(tree, "sys/module");
	put_zoneinfo(tree, machine);
	snprintf(text, sizeof(text), "%s%s", is_flawed(machine, "big") || is_flawed(machine, "small again") ? big : "",
		 is_flawed(machine, "big") ? "" : is_flawed(machine, "odd") ?
		 "6,1,1,-;virtio_mem virtio0: big block size: 0x18000000\n" : small);
	if (!is_flawed(machine, "nothing logged"))
		tree_text(tree, text, "dev/kmsg");
	if (!machine->policy)
		return;
	tree_text(tree, machine->policy, PARAMETERS "/online_policy");
	snprintf(text, sizeof(text), "%u\n", machine->ratio);
	tree_text(tree, text, PARAMETERS "/auto_movable_ratio");
	tree_text(tree, "N\n", PARAMETERS "/auto_movable_numa_aware");
}

static void put_block(const struct tree *tree, char letter, uint64_t id)
{
	const bool is_online = letter == 'N' || letter == 'M';

	if (letter == ' ')
		return;
	tree_block(tree, id, is_online ? "online" : letter == 'g' ? "going-offline" : "offline",
		   letter == 'N' ? "Normal" : letter == 'M' ? "Movable" : letter == 'm' ? "Movable Normal" : "Normal Movable");
	tree_node(tree, 0, id);
	if (id < FIRST + 6)
		tree_link(tree, id < FIRST + 4 ? "../../../LNXSYSTM:00/PNP0C80:00" : "../../../LNXSYSTM:00/PNP0C80:01",
			  TREE_MEMORY "/memory%" PRIu64 "/firmware_node", id);
}

/* What is made of the machine; all of it is freed by release(). */
struct sight {
	struct tree *tree;
	struct memhp *memhp;
	struct memhp_snapshot *snapshot;
	struct memhp_forecast *forecast;
};

static struct sight look_at(const struct machine *machine)
{
	struct sight sight = { .tree = tree_new() };

	tree_text(sight.tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_text(sight.tree, "4096\n", ".page_size");
	for (uint64_t id = 0; id < 4; id++) {
		tree_block(sight.tree, id, "online", id ? "DMA32" : "none");
		tree_node(sight.tree, 0, id);
	}
	for (uint64_t i = 0; machine->blocks[i]; i++)
		put_block(sight.tree, machine->blocks[i], FIRST + i);
	put_system(sight.tree, machine);
	if (memhp_new(sight.tree->root, &sight.memhp) < 0 ||
	    memhp_snapshot_take(sight.memhp, ATTRS, &sight.snapshot) < 0 ||
	    memhp_forecast_read(sight.memhp, sight.snapshot, &sight.forecast) < 0)
		bail_out("no forecast of %s", machine->name);
	return sight;
}

static void release(struct sight *sight)
{
	memhp_forecast_free(sight->forecast);
	memhp_snapshot_free(sight->snapshot);
	memhp_free(sight->memhp);
	tree_free(sight->tree);
}

static void online_all(struct memhp_forecast *forecast, const struct memhp_snapshot *snapshot,
		       enum memhp_target target, char *ret)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block) {
		bool is_certain = false;
		const char *zone;

		if (memhp_block_state(block) != MEMHP_STATE_OFFLINE)
			continue;
		zone = memhp_zone_name(memhp_forecast_online(forecast, block, target, &is_certain));
		*ret++ = zone ? *zone : '?';
		if (is_certain)
			*ret++ = '!';
	}
	*ret = '\0';
}

static void test_machine(const struct machine *machine)
{
	struct sight sight = look_at(machine);
	struct memhp_forecast *copy = NULL;
	char zones[64], again[64];

	if (memhp_forecast_copy(sight.forecast, &copy) < 0)
		bail_out("no copy");
	online_all(sight.forecast, sight.snapshot, MEMHP_TARGET_AUTO, zones);
	is_str(zones, machine->zones, "%s", machine->name);
	online_all(copy, sight.snapshot, MEMHP_TARGET_AUTO, again);
	is_str(again, zones, "%s: the copy", machine->name);
	memhp_forecast_free(copy);
	release(&sight);
}

static void test_targets(void)
{
	static const struct machine machine = { "targets", "mmmm", AUTO, 301, "no zoneinfo", NULL };
	static const struct machine known = { "targets", "mmmm", AUTO, 301, NULL, NULL };
	const struct machine *const both[] = { &machine, &known };

	for (size_t i = 0; i < TAP_COUNT(both); i++) {
		struct sight sight = look_at(both[i]);
		char zones[64];

		online_all(sight.forecast, sight.snapshot, MEMHP_TARGET_KERNEL, zones);
		is_str(zones, "N!N!N!N!", "kernel is certain%s", i ? "" : ", also without zoneinfo");
		online_all(sight.forecast, sight.snapshot, MEMHP_TARGET_MOVABLE, zones);
		is_str(zones, "M!M!M!M!", "movable is certain%s", i ? "" : ", also without zoneinfo");
		release(&sight);
	}
}

/* Additions in a row, in blocks. */
struct addition {
	uint64_t blocks;
	enum memhp_device device;
	enum memhp_target target;
	unsigned int node;
	uint64_t movable;
	bool is_certain;
};

#define DIMM MEMHP_DEVICE_DIMM
#define VIRTIO MEMHP_DEVICE_VIRTIO_MEM
#define BY_POLICY MEMHP_TARGET_AUTO
static const struct {
	struct machine machine;
	struct addition additions[4];
} rows[] = {
	{ { CONTIG, "", CONTIG, 301, NULL, NULL },
	  { { 8, DIMM, BY_POLICY, 0, 0, true }, { 8, VIRTIO, BY_POLICY, 1, 0, true },
	    { 8, DIMM, MEMHP_TARGET_MOVABLE, 0, 8, true }, { 8, DIMM, BY_POLICY, 0, 0, true } } },
	{ { "movable_node", "", CONTIG, 301, "movable_node", NULL },
	  { { 8, DIMM, BY_POLICY, 0, 8, true }, { 8, DIMM, MEMHP_TARGET_KERNEL, 0, 0, true }, { 0 } } },
	{ { "a hole in Movable", "M   M", CONTIG, 301, NULL, NULL },
	  { { 3, DIMM, BY_POLICY, 0, 0, false }, { 0 } } },
	{ { "a hole in Movable that is too small", "M   M", CONTIG, 301, NULL, NULL },
	  { { 4, DIMM, BY_POLICY, 0, 0, true }, { 3, DIMM, BY_POLICY, 0, 0, false }, { 0 } } },
	{ { "as measured", "", AUTO, 301, NULL, NULL },
	  { { 8, DIMM, BY_POLICY, 0, 8, true }, { 24, VIRTIO, BY_POLICY, 0, 19, true }, { 4, DIMM, BY_POLICY, 0, 0, true },
	    { 1, DIMM, BY_POLICY, 1, 0, true } } },
	{ { "a whole DIMM or nothing of it", "", AUTO, 100, NULL, NULL },
	  { { 5, DIMM, BY_POLICY, 0, 0, true }, { 4, DIMM, BY_POLICY, 0, 4, true }, { 1, VIRTIO, BY_POLICY, 0, 0, true } } },
	{ { "a petabyte", "", AUTO, 301, NULL, NULL }, { { UINT64_C(1) << 23, DIMM, BY_POLICY, 0, 0, true }, { 0 } } },
	{ { "counts in doubt", "mm", AUTO, 301, "masked iomem", NULL }, { { 1, DIMM, BY_POLICY, 0, 1, false }, { 0 } } },
	{ { "counts in doubt, ratio 0", "nn", AUTO, 0, "masked iomem", NULL }, { { 1, DIMM, BY_POLICY, 0, 0, true }, { 0 } } },
};

static void test_row(size_t row)
{
	struct sight sight = look_at(&rows[row].machine);

	for (size_t i = 0; i < TAP_COUNT(rows[row].additions) && rows[row].additions[i].blocks; i++) {
		const struct addition *addition = &rows[row].additions[i];
		const struct memhp_addition what = {
			.size = sizeof(what), .amount = addition->blocks * SIZE, .device = addition->device,
			.target = addition->target, .node = addition->node,
		};
		struct memhp_addition_zones zones = { .size = sizeof(zones) };

		is_int(memhp_forecast_add(sight.forecast, &what, &zones), 0, "%s, addition %zu", rows[row].machine.name, i);
		is_number(zones.movable / SIZE, addition->movable, "%s, addition %zu: movable", rows[row].machine.name, i);
		is_number(zones.kernel, what.amount - zones.movable, "%s, addition %zu: kernel", rows[row].machine.name, i);
		is_int(zones.is_certain, addition->is_certain, "%s, addition %zu: certain", rows[row].machine.name, i);
	}
	release(&sight);
}

static const struct {
	const char *name;
	const char *flaw;
	uint64_t amount;
	int error;
} refusals[] = {
	{ "nothing", NULL, 0, -EINVAL },
	{ "half a block", NULL, SIZE / 2, -EINVAL },
	{ "a block and a byte", NULL, SIZE + 1, -EINVAL },
	{ "beyond all addresses", NULL, UINT64_C(1) << 52, -ERANGE },
	{ "16 EiB", NULL, UINT64_MAX / SIZE * SIZE, -ERANGE },
	{ "no zoneinfo", "no zoneinfo", SIZE, -ENODATA },
};

static void test_refusal(size_t i)
{
	const struct machine machine = { refusals[i].name, "", CONTIG, 301, refusals[i].flaw, NULL };
	const struct memhp_addition what = { .size = sizeof(what), .amount = refusals[i].amount };
	struct memhp_addition_zones zones = { .size = sizeof(zones), .kernel = 7 };
	struct sight sight = look_at(&machine);

	is_int(memhp_forecast_add(sight.forecast, &what, &zones), refusals[i].error, "refused: %s", refusals[i].name);
	is_number(zones.kernel, 7, "refused: %s: the result is left alone", refusals[i].name);
	release(&sight);
}

/* A plan with a forecast is that forecast, which stays as it is. */
static void test_plan(void)
{
	static const struct machine machine = { "plan", "mmmmmm  mmmm m", AUTO, 201, NULL, NULL };
	static const uint64_t ids[] = { 45, 43, 42, 41, 40 };
	struct sight sight = look_at(&machine), other = look_at(&machine);
	struct memhp_request request = {
		.size = sizeof(request), .action = MEMHP_ACTION_ONLINE, .blocks = ids, .block_count = TAP_COUNT(ids),
		.amount = 3 * SIZE, .driver_managed = true, .forecast = sight.forecast,
	};
	struct memhp_plan *plan = NULL;
	const struct memhp_step *step;
	unsigned int certain = 0;

	for (int round = 0; round < 2; round++, certain = 0) {
		if (memhp_plan_new(sight.snapshot, &request, &plan) < 0)
			bail_out("no plan");
		memhp_plan_foreach(plan, step)
			certain += memhp_step_is_certain(step);
		is_number(certain, 3, "round %d: the steps are certain, what may replace them is not", round);
		plan = memhp_plan_free(plan);
	}
	is_int(memhp_plan_new(other.snapshot, &request, &plan), -EINVAL, "a forecast of another snapshot");
	ok(!memhp_forecast_free(NULL), "freeing nothing");
	release(&sight);
	release(&other);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(machines); i++)
		test_machine(&machines[i]);
	test_targets();
	for (size_t i = 0; i < TAP_COUNT(rows); i++)
		test_row(i);
	for (size_t i = 0; i < TAP_COUNT(refusals); i++)
		test_refusal(i);
	test_plan();
	return tap_done();
}
