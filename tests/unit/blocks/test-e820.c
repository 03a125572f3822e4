/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot memory map of x86: what is RAM in it, and how far it is proof. It is
 * none where the command line changed it, or where it was cut. What follows for a
 * block's origin is test-origin.c's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/blocks/origin.h"
#include "../tap.h"
#include "../tree.h"

static const struct {
	const char *cmdline;
	bool proves_boot, proves_added;
} cmdlines[] = {
	/* nothing about the map */
	{ "", true, true },
	{ " \n", true, true },
	{ "BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro quiet\n", true, true },
	{ "memhp_default_state=online movable_node kernelcore=4G\n", true, true },
	{ "memory_hotplug.memmap_on_memory=1 memory_hotplug.online_policy=auto-movable\n", true, true },
	{ "crashkernel=256M hugepages=4 cma=64M memtest=1 mem_encrypt=on mem_sleep_default=s2idle\n", true,
	  true },
	{ "mem memmap\n", true, true },
	{ "nomem=4G xmemmap=1G@1G foo.mem=4G MEM=4G\n", true, true },
	/* RAM taken away: what is in the map need not be boot memory */
	{ "mem=4G\n", false, true },
	{ "mem=4G", false, true },
	{ "quiet mem=0x40000000 ro\n", false, true },
	{ "quiet   mem=768M\n", false, true },
	{ "quiet\tmem=768M\n", false, true },
	{ "\"mem=768M\" quiet\n", false, true },
	{ "mem=4G mem=2G\n", false, true },
	{ "memmap=64M$0x18690000\n", false, true },
	{ "memmap=64K#0x18690000\n", false, true },
	{ "memmap=4G!12G\n", false, true },
	{ "memmap=2G\n", false, true },
	/* RAM added: what is outside of it need not have been added later either */
	{ "memmap=4G@4G\n", false, false },
	{ "memmap=exactmap memmap=640K@0 memmap=1G@1M\n", false, false },
	{ "memmap=exactmap,640K@0,1G@1M\n", false, false },
	{ "memmap=64M$0x18690000 memmap=1G@4G\n", false, false },
	{ "quiet\tmemmap=1G@4G\n", false, false },
	{ "memmap=1G%4G-2+1\n", false, false },
	{ "memmap=1G%4G+1\n", false, false },
	{ "memmap=1G%4G-2+0x1\n", false, false },
	{ "memmap=1G%4G-2+0X1\n", false, false },
	{ "memmap=1G%4G-2+01\n", false, false },
	/* arch/x86/platform/efi/efi.c: do_add_efi_memmap() adds what the loader left out */
	{ "add_efi_memmap\n", true, false },
	{ "quiet add_efi_memmap ro\n", true, false },
};

static void test_cmdlines(void)
{
	for (size_t i = 0; i < TAP_COUNT(cmdlines); i++) {
		struct e820 map = { .proves_boot = true, .proves_added = true };

		e820_apply_cmdline(&map, cmdlines[i].cmdline);
		ok(map.proves_boot == cmdlines[i].proves_boot, "'%s' %s what is boot memory",
		   cmdlines[i].cmdline, cmdlines[i].proves_boot ? "proves" : "does not prove");
		ok(map.proves_added == cmdlines[i].proves_added, "'%s' %s what was added",
		   cmdlines[i].cmdline, cmdlines[i].proves_added ? "proves" : "does not prove");
	}
}

/* No word makes a proof of a map that is none. */
static void test_no_proof(void)
{
	for (size_t i = 0; i < TAP_COUNT(cmdlines); i++) {
		struct e820 map = { 0 };

		e820_apply_cmdline(&map, cmdlines[i].cmdline);
		ok(!map.proves_boot && !map.proves_added, "'%s' proves nothing alone", cmdlines[i].cmdline);
	}
}

#define RAM 1
#define RESERVED 2
#define SOFT_RESERVED 0xefffffff

/* QEMU with 3 GiB: 2 GiB below 4 GiB, less what firmware keeps. */
static const struct tree_e820 qemu[] = {
	{ 0x0, 0x9fc00, RAM },
	{ 0x9fc00, 0x400, RESERVED },
	{ 0xf0000, 0x10000, RESERVED },
	{ 0x100000, 0x7fee0000, RAM },
	{ 0x7ffe0000, 0x20000, RESERVED },
	{ 0x100000000, 0x40000000, RAM },
	{ 0x140000000, 0x40000000, SOFT_RESERVED },
};

static const struct tree_e820 odd[] = {
	{ 0x100000, 0, RAM },                              /* empty */
	{ UINT64_MAX, 2, RAM },                            /* beyond the last address */
	{ 0x200000, 0x1000, 0 },
	{ 0x300000, 0x1000, 0x100000001 & UINT32_MAX },    /* RAM */
	{ 0x400000, 0x1000, 0x01000000 },                  /* RAM if it were big-endian */
	{ UINT64_MAX - 0xfff, 0x1000, RAM },               /* up to the last address */
};

static const struct tree_e820 no_ram[] = { { 0, 0x1000, RESERVED } };

static const struct {
	const char *name;
	const struct tree_e820 *map;
	size_t count;
	unsigned char entries;
	const char *cmdline;         /* NULL: no such file */
	unsigned int ram;
	bool proves_boot, proves_added;
} maps[] = {
	{ "QEMU's", qemu, 7, 7, "quiet\n", 3, true, true },
	{ "with an empty command line", qemu, 7, 7, "", 3, true, true },
	{ "with mem=", qemu, 7, 7, "mem=1G\n", 3, false, true },
	{ "with memmap=exactmap", qemu, 7, 7, "memmap=exactmap memmap=1G@0\n", 3, false, false },
	{ "without a command line", qemu, 7, 7, NULL, 0, false, false },
	{ "with odd entries", odd, 6, 6, "", 2, true, true },
	{ "without RAM", no_ram, 1, 1, "", 0, false, false },
	{ "without entries", qemu, 0, 0, "", 0, false, false },
	{ "cut before its last entry", qemu, 6, 7, "", 0, false, false },
	{ "with more entries than there can be", qemu, 7, 129, "", 0, false, false },
	{ "that says 255 entries", qemu, 7, 255, "", 0, false, false },
};

static void read_map(const struct tree *tree, struct e820 *ret)
{
	struct memhp *memhp = NULL;

	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("%s", tree->root);
	e820_read(memhp, ret);
	memhp_free(memhp);
}

static void test_maps(void)
{
	for (size_t i = 0; i < TAP_COUNT(maps); i++) {
		struct tree *tree = tree_new();
		struct e820 map = { .count = 77, .proves_boot = true, .proves_added = true };

		tree_boot_params(tree, maps[i].map, maps[i].count, maps[i].entries);
		if (maps[i].cmdline)
			tree_text(tree, maps[i].cmdline, "proc/cmdline");
		read_map(tree, &map);
		is_int(map.count, maps[i].ram, "a map %s: ranges of RAM", maps[i].name);
		ok(map.proves_boot == maps[i].proves_boot, "a map %s: what is boot memory", maps[i].name);
		ok(map.proves_added == maps[i].proves_added, "a map %s: what was added", maps[i].name);
		tree_free(tree);
	}
}

/* A full map may go on elsewhere (setup_data), so that what is not in it need not have been added. */
static void test_full_map(void)
{
	struct tree *tree = tree_new();
	struct tree_e820 full[129];
	struct e820 map;

	for (unsigned int i = 0; i < TAP_COUNT(full); i++)
		full[i] = (struct tree_e820){ i * UINT64_C(0x10000000), 0x1000, RAM };
	tree_text(tree, "", "proc/cmdline");
	tree_boot_params(tree, full, 127, 127);
	read_map(tree, &map);
	ok(map.count == 127 && map.proves_boot && map.proves_added, "a map of 127 entries is complete");
	tree_boot_params(tree, full, 128, 128);
	read_map(tree, &map);
	is_int(map.count, 128, "a map of 128 entries: ranges of RAM");
	ok(map.proves_boot, "a map of 128 entries proves what is boot memory");
	ok(!map.proves_added, "a map of 128 entries does not prove what was added");
	tree_boot_params(tree, full, 129, 129);
	read_map(tree, &map);
	is_int(map.count, 0, "no map has 129 entries");
	tree_free(tree);
}

/* What is no boot_params. */
static void test_garbage(void)
{
	static const size_t lengths[] = { 0, 1, 0x1e8, 0x1e9, 0x2cf, 0x2d0, 0x2d0 + 19 };
	unsigned char data[4096];

	memset(data, 1, sizeof(data));
	for (size_t i = 0; i < TAP_COUNT(lengths); i++) {
		struct tree *tree = tree_new();
		struct e820 map = { .count = 77, .proves_boot = true, .proves_added = true };

		tree_text(tree, "", "proc/cmdline");
		tree_data(tree, data, lengths[i], "sys/kernel/boot_params/data");
		read_map(tree, &map);
		ok(!map.count && !map.proves_boot && !map.proves_added, "%zu bytes are no map", lengths[i]);
		tree_free(tree);
	}
}

static const struct {
	uint64_t start, end;
	bool overlaps;
} overlaps[] = {
	{ 0x0, 0x7ffffff, true },
	{ 0x9fc00, 0xfffff, false },
	{ 0x9fbff, 0xfffff, true },
	{ 0x9fc00, 0x100000, true },
	{ 0x78000000, 0x7fffffff, true },
	{ 0x7ffe0000, 0x7fffffff, false },
	{ 0x7ffdffff, 0x7ffdffff, true },
	{ 0x80000000, 0xffffffff, false },
	{ 0x100000000, 0x107ffffff, true },
	{ 0x138000000, 0x13fffffff, true },
	{ 0x140000000, 0x147ffffff, false },
	{ 0x0, UINT64_MAX, true },
	{ 0x140000000, UINT64_MAX, false },
};

static void test_overlaps(void)
{
	struct tree *tree = tree_new();
	struct e820 map, empty = { 0 };

	tree_text(tree, "", "proc/cmdline");
	tree_boot_params(tree, qemu, TAP_COUNT(qemu), TAP_COUNT(qemu));
	read_map(tree, &map);
	for (size_t i = 0; i < TAP_COUNT(overlaps); i++) {
		ok(e820_overlaps(&map, overlaps[i].start, overlaps[i].end) == overlaps[i].overlaps,
		   "0x%" PRIx64 "-0x%" PRIx64 " has %sboot memory", overlaps[i].start, overlaps[i].end,
		   overlaps[i].overlaps ? "" : "no ");
		ok(!e820_overlaps(&empty, overlaps[i].start, overlaps[i].end),
		   "nothing is in an empty map");
	}
	tree_free(tree);
}

int main(void)
{
	test_cmdlines();
	test_no_proof();
	test_maps();
	test_full_map();
	test_garbage();
	test_overlaps();
	return tap_done();
}
