/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where memory came from, on trees as different machines have them: what is proved
 * by /proc/iomem, the boot memory map and the drivers present, and that nothing is
 * said where nothing is proved (DESIGN.md, chapter 1; KERNEL.md, K14).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/blocks/origin.h"
#include "../tap.h"
#include "../tree.h"

#define M128 (UINT64_C(128) << 20)

/* Boot memory 0-15 and 32-39, kmem 40-47, a DIMM 48-55, virtio-mem 56-59. */
#define MIXED_IOMEM                                                        \
	"00001000-0009fbff : System RAM\n"                                 \
	"00100000-7ffdffff : System RAM\n"                                 \
	"  13c00000-14bfffff : Kernel code\n"                              \
	"100000000-13fffffff : System RAM\n"                               \
	"140000000-17fffffff : Soft Reserved\n"                            \
	"  140000000-17fffffff : dax0.0\n"                                 \
	"    140000000-17fffffff : System RAM (kmem)\n"                    \
	"180000000-1bfffffff : System RAM\n"                               \
	"1c0000000-2bfffffff : virtio0\n"                                  \
	"  1c0000000-1dfffffff : System RAM (virtio_mem)\n"

#define MASKED_IOMEM                                                       \
	"00000000-00000000 : System RAM\n"                                 \
	"00000000-00000000 : System RAM\n"                                 \
	"  00000000-00000000 : Kernel code\n"                              \
	"00000000-00000000 : dax0.0\n"                                     \
	"  00000000-00000000 : System RAM (kmem)\n"

/* Memory of two resources, the first with the kernel; nothing but the architecture tells of the second. */
#define PLAIN_IOMEM                                                        \
	"00000000-3fffffff : System RAM\n"                                 \
	"  01000000-01ffffff : Kernel code\n"                              \
	"40000000-7fffffff : System RAM\n"                                 \
	"80000000-b7efffff : System RAM\n"

#define GUID "1eccfd72-4b41-45ef-b73a-4a6e44c12924"

enum drivers { PROBE = 1, HV = 2, HV_UNUSED = 4, XEN = 8, BIG_MAP = 16 };

static const struct world {
	const char *name, *iomem, *arch;
	const char *cmdline;        /* with a boot memory map; NULL: no map */
	unsigned int drivers;
} worlds[] = {
	[0] = { "x86", MIXED_IOMEM, "x86_64", "quiet", 0 },
	[1] = { "x86 without privilege", MASKED_IOMEM, "x86_64", "quiet", 0 },
	[2] = { "x86 without iomem", NULL, "x86_64", "quiet", 0 },
	[3] = { "x86 with mem=", MIXED_IOMEM, "x86_64", "mem=8G", 0 },
	[4] = { "x86 with memmap=exactmap", MIXED_IOMEM, "x86_64", "memmap=exactmap memmap=4G@0", 0 },
	[5] = { "x86 with a probe file", MIXED_IOMEM, "x86_64", "quiet", PROBE },
	[6] = { "Hyper-V", MIXED_IOMEM, "x86_64", "quiet", HV },
	[7] = { "Hyper-V without a balloon", MIXED_IOMEM, "x86_64", "quiet", HV_UNUSED },
	[8] = { "Hyper-V with a probe file", MIXED_IOMEM, "x86_64", "quiet", HV | PROBE },
	[9] = { "Xen", MIXED_IOMEM, "x86_64", "quiet", XEN },
	[10] = { "Xen with a probe file", MIXED_IOMEM, "x86_64", "quiet", XEN | PROBE },
	[11] = { "Hyper-V with memmap=exactmap", MIXED_IOMEM, "x86_64", "memmap=exactmap", HV },
	[12] = { "x86 before 6.1", MIXED_IOMEM, NULL, "quiet", 0 },
	[13] = { "arm64", PLAIN_IOMEM, "aarch64", NULL, 0 },
	[14] = { "arm64 with a probe file", PLAIN_IOMEM, "aarch64", NULL, PROBE },
	[15] = { "ppc64", PLAIN_IOMEM, "ppc64le", NULL, PROBE },
	[16] = { "s390", PLAIN_IOMEM, "s390x", NULL, 0 },
	[17] = { "some machine", PLAIN_IOMEM, NULL, NULL, 0 },
	[18] = { "two answers",
		 "0-3ffffff : dax0.0\n  0-3ffffff : System RAM (kmem)\n4000000-7ffffff : System RAM\n",
		 "x86_64", NULL, 0 },
	[19] = { "other drivers",
		 "0-7ffffff : foo0\n  0-7ffffff : System RAM (foo)\n"
		 "8000000-fffffff : System RAM (kmem)\n",
		 "x86_64", NULL, 0 },
	[20] = { "garbage in iomem", "00000000-3fffffff : System RAM\njunk\n", "x86_64", NULL, 0 },
	[21] = { "kmem in the boot map", MIXED_IOMEM, "x86_64", "efi_fake_mem=1G@5G:0x40000", BIG_MAP },
};

static const struct {
	size_t world;
	uint64_t block;
	bool has_firmware_node;
	enum memhp_origin origin;
	const char *device;
} blocks[] = {
	{ 0, 0, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 0, 1, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 0, 15, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 0, 32, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 0, 32, true, MEMHP_ORIGIN_BOOT, NULL },         /* boot DIMMs have a firmware_node too */
	{ 0, 40, false, MEMHP_ORIGIN_KMEM, "dax0.0" },
	{ 0, 47, false, MEMHP_ORIGIN_KMEM, "dax0.0" },
	{ 0, 48, true, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 0, 48, false, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 0, 56, false, MEMHP_ORIGIN_VIRTIO_MEM, "virtio0" },
	{ 0, 60, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 0, 100, true, MEMHP_ORIGIN_UNKNOWN, NULL },
	/* the boot map is readable for everyone; firmware_node alone proves nothing */
	{ 1, 1, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 1, 40, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 1, 48, true, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 1, 56, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 2, 32, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 2, 48, true, MEMHP_ORIGIN_UNKNOWN, NULL },
	/* a map that is no longer the kernel's: resources with the kernel or with odd ends are boot memory */
	{ 3, 1, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 3, 32, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 3, 32, true, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 3, 48, true, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 4, 1, true, MEMHP_ORIGIN_BOOT, NULL },
	{ 4, 48, true, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 4, 48, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 4, 40, false, MEMHP_ORIGIN_KMEM, "dax0.0" },
	/* who can add plain memory */
	{ 5, 32, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 5, 48, false, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 6, 32, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 6, 48, false, MEMHP_ORIGIN_HV_BALLOON, NULL },
	{ 6, 48, true, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 6, 40, false, MEMHP_ORIGIN_KMEM, "dax0.0" },
	{ 7, 48, false, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 8, 48, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 8, 48, true, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 9, 48, false, MEMHP_ORIGIN_XEN, NULL },
	{ 9, 48, true, MEMHP_ORIGIN_HOTPLUG, NULL },
	{ 9, 0, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 10, 48, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 11, 48, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 11, 1, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 12, 1, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 12, 48, false, MEMHP_ORIGIN_HOTPLUG, NULL },
	/* without a boot map */
	{ 13, 0, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 13, 7, true, MEMHP_ORIGIN_BOOT, NULL },
	{ 13, 8, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 13, 8, true, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 13, 16, true, MEMHP_ORIGIN_BOOT, NULL },
	{ 14, 8, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 14, 0, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 15, 8, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 15, 0, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 16, 8, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 16, 0, false, MEMHP_ORIGIN_BOOT, NULL },
	{ 17, 8, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	/* half a block is no answer */
	{ 18, 0, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	{ 19, 0, false, MEMHP_ORIGIN_UNKNOWN, "foo0" },
	{ 19, 1, false, MEMHP_ORIGIN_KMEM, NULL },
	{ 20, 0, false, MEMHP_ORIGIN_UNKNOWN, NULL },
	/* what the kernel itself says now goes before what the firmware said */
	{ 21, 40, false, MEMHP_ORIGIN_KMEM, "dax0.0" },
	{ 21, 32, false, MEMHP_ORIGIN_BOOT, NULL },
};

static const struct tree_e820 map[] = {
	{ 0x0, 0x9fc00, 1 },
	{ 0x9fc00, 0x400, 2 },
	{ 0x100000, 0x7fee0000, 1 },
	{ 0x100000000, 0x40000000, 1 },
	{ 0x140000000, 0x40000000, 1 },
};

static struct tree *make(const struct world *world)
{
	struct tree *tree = tree_new();
	size_t entries = world->drivers & BIG_MAP ? 5 : 4;

	tree_dir(tree, TREE_MEMORY);
	tree_dir(tree, "proc");
	if (world->iomem)
		tree_text(tree, world->iomem, "proc/iomem");
	if (world->arch)
		tree_text(tree, world->arch, "proc/sys/kernel/arch");
	if (world->cmdline) {
		tree_text(tree, world->cmdline, "proc/cmdline");
		tree_boot_params(tree, map, entries, (unsigned char)entries);
	}
	if (world->drivers & PROBE)
		tree_text(tree, "", TREE_MEMORY "/probe");
	if (world->drivers & (HV | HV_UNUSED))
		tree_text(tree, "", "sys/bus/vmbus/drivers/hv_balloon/bind");
	if (world->drivers & HV)
		tree_link(tree, "../../../../devices/" GUID, "sys/bus/vmbus/drivers/hv_balloon/" GUID);
	if (world->drivers & XEN)
		tree_dir(tree, "sys/devices/system/xen_memory/xen_memory0");
	return tree;
}

static struct origins *read_origins(const struct tree *tree)
{
	struct origins *origins = NULL;
	struct memhp *memhp = NULL;

	if (memhp_new(tree->root, &memhp) < 0 || origins_read(memhp, M128, &origins) < 0)
		bail_out("%s", tree->root);
	memhp_free(memhp);
	return origins;
}

static void test_blocks(const struct origins *origins, size_t world)
{
	for (size_t i = 0; i < TAP_COUNT(blocks); i++) {
		uint64_t start = blocks[i].block * M128;
		const char *device = "untouched";
		enum memhp_origin origin;
		char name[128];

		if (blocks[i].world != world)
			continue;
		snprintf(name, sizeof(name), "%s, block %" PRIu64 "%s", worlds[world].name, blocks[i].block,
			 blocks[i].has_firmware_node ? " with firmware_node" : "");
		origin = origins_find(origins, start, start + (M128 - 1), blocks[i].has_firmware_node,
				      &device);
		is_str(memhp_origin_name(origin), memhp_origin_name(blocks[i].origin), "%s: origin", name);
		is_str(device, blocks[i].device, "%s: device", name);
	}
}

static void test_worlds(void)
{
	for (size_t i = 0; i < TAP_COUNT(worlds); i++) {
		struct tree *tree = make(&worlds[i]);
		struct origins *origins = read_origins(tree);
		bool is_masked = i == 1 || i == 2 || i == 20;

		tree_free(tree);
		test_blocks(origins, i);
		ok(origins_iomem(origins)->masked == is_masked, "%s: iomem is %smasked", worlds[i].name,
		   is_masked ? "" : "not ");
		origins_free(origins);
	}
}

/* Whatever is no text that the kernel prints proves no more than a masked one: no hole, no origin. */
static void test_spoilt_iomem(void)
{
	static const struct {
		const char *name, *data;
		size_t length;
	} files[] = {
		{ "an empty file", "", 0 },
		{ "a NUL at the end", MIXED_IOMEM, sizeof(MIXED_IOMEM) },
		{ "a NUL in the middle", "0-fff : System RAM\n\0" "1000-1fff : Reserved\n", 40 },
		{ "a binary file", "\0\1\2\3", 4 },
		{ "a text cut within a line", MIXED_IOMEM, 45 },
	};

	for (size_t i = 0; i < TAP_COUNT(files); i++) {
		struct tree *tree = make(&worlds[16]);
		struct origins *origins;
		const char *device;

		tree_data(tree, files[i].data, files[i].length, "proc/iomem");
		origins = read_origins(tree);
		ok(origins_iomem(origins)->masked, "%s in iomem's place: nothing is known", files[i].name);
		is_int(origins_find(origins, M128, 2 * M128 - 1, false, &device), MEMHP_ORIGIN_UNKNOWN,
		       "%s in iomem's place: no origin", files[i].name);
		origins_free(origins);
		tree_free(tree);
	}
}

int main(void)
{
	test_worlds();
	test_spoilt_iomem();
	return tap_done();
}
