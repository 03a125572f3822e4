/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/iomem: its lines, whether it hides its addresses, and whether a range has
 * holes, counted as mm/memory_hotplug.c: offline_pages() counts. What it proves of
 * a block's origin is test-origin.c's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../../src/libmemhp/blocks/origin.h"
#include "../tap.h"

#define PAGE UINT64_C(4096)
#define M128 (UINT64_C(128) << 20)

static int parse(const char *text, struct iomem *ret)
{
	char *copy = strdup(text);
	int r;

	if (!copy)
		bail_out("no memory");
	r = iomem_parse(copy, ret);
	free(copy);
	return r;
}

/* Linux 6.12 in QEMU: boot memory, memory of dax and of virtio-mem. */
static const char mixed[] =
	"00000000-00000fff : Reserved\n"
	"00001000-0009fbff : System RAM\n"
	"0009fc00-0009ffff : Reserved\n"
	"000f0000-000fffff : Reserved\n"
	"  000f0000-000fffff : System ROM\n"
	"00100000-7ffdffff : System RAM\n"
	"  13c00000-14bfffff : Kernel code\n"
	"  162d6000-167fffff : Kernel bss\n"
	"7ffe0000-7fffffff : Reserved\n"
	"b0000000-bfffffff : PCI ECAM 0000 [bus 00-ff]\n"
	"  b0000000-bfffffff : Reserved\n"
	"    b0000000-bfffffff : pnp 00:05\n"
	"100000000-13fffffff : System RAM\n"
	"140000000-17fffffff : Soft Reserved\n"
	"  140000000-17fffffff : dax0.0\n"
	"    140000000-17fffffff : System RAM (kmem)\n"
	"1c0000000-2bfffffff : virtio0\n"
	"  1c0000000-1dfffffff : System RAM (virtio_mem)\n"
	"fd00000000-ffffffffff : Reserved\n";

static const struct {
	size_t index;
	uint64_t start, end;
	unsigned int depth;
	const char *name;
	bool is_ram;
} resources[] = {
	{ 0, 0, 0xfff, 0, "Reserved", false },
	{ 1, 0x1000, 0x9fbff, 0, "System RAM", true },
	{ 4, 0xf0000, 0xfffff, 1, "System ROM", false },
	{ 6, 0x13c00000, 0x14bfffff, 1, "Kernel code", false },
	{ 9, 0xb0000000, 0xbfffffff, 0, "PCI ECAM 0000 [bus 00-ff]", false },
	{ 11, 0xb0000000, 0xbfffffff, 2, "pnp 00:05", false },
	{ 14, 0x140000000, 0x17fffffff, 1, "dax0.0", false },
	{ 15, 0x140000000, 0x17fffffff, 2, "System RAM (kmem)", true },
	{ 17, 0x1c0000000, 0x1dfffffff, 1, "System RAM (virtio_mem)", true },
	{ 18, 0xfd00000000, 0xffffffffff, 0, "Reserved", false },
};

static void test_real(void)
{
	struct iomem iomem = { 0 };

	is_int(parse(mixed, &iomem), 0, "a real text");
	is_number(iomem.count, 19, "a real text: lines");
	ok(!iomem.masked, "a real text shows its addresses");
	for (size_t i = 0; i < TAP_COUNT(resources) && iomem.count == 19; i++) {
		const struct resource *got = &iomem.resources[resources[i].index];

		is_number(got->start, resources[i].start, "%s: start", resources[i].name);
		is_number(got->end, resources[i].end, "%s: end", resources[i].name);
		is_number(got->depth, resources[i].depth, "%s: depth", resources[i].name);
		is_str(got->name, resources[i].name, "%s: name", resources[i].name);
		ok(resource_is_ram(got) == resources[i].is_ram, "%s: RAM or not", resources[i].name);
	}
	iomem_free(&iomem);
}

static const struct {
	const char *name;
	bool is_ram;
} names[] = {
	{ "System RAM", true },
	{ "System RAM (kmem)", true },
	{ "System RAM (virtio_mem)", true },
	{ "System RAM (something new)", true },
	{ "System RAMdisk", false },
	{ "System ROM", false },
	{ "System", false },
	{ "system ram", false },
	{ " System RAM", false },
	{ "Not System RAM", false },
	{ "Crash kernel", false },
	{ "RAM buffer", false },
	{ "", false },
};

static void test_names(void)
{
	for (size_t i = 0; i < TAP_COUNT(names); i++) {
		char name[64];
		struct resource resource = { .name = name };

		snprintf(name, sizeof(name), "%s", names[i].name);
		ok(resource_is_ram(&resource) == names[i].is_ram, "'%s' is %sRAM", names[i].name,
		   names[i].is_ram ? "" : "no ");
	}
}

static const struct {
	const char *text;
	int result;
	size_t count;
	bool masked;
} texts[] = {
	/* without CAP_SYS_ADMIN, or with nothing in it, nothing is proved */
	{ "00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n", 0, 2, true },
	{ "0-0 : System RAM\n", 0, 1, true },
	{ "", 0, 0, true },
	{ "\n", 0, 0, true },
	{ "00000000-00000000 : System RAM\n00001000-00001fff : Reserved\n", 0, 2, false },
	{ "00000000-00000fff : System RAM\n", 0, 1, false },
	/* no newline at the end, names of any kind */
	{ "00000000-00000fff : System RAM", 0, 1, false },
	{ "00000000-00000fff : a : b - c\n", 0, 1, false },
	{ "00000000-00000fff : <BAD>\n", 0, 1, false },
	{ "00000000-00000fff : \n", 0, 1, false },
	{ "0000000000000000-ffffffffffffffff : PCI mem\n", 0, 1, false },
	{ "00001000-00001000 : one byte\n", 0, 1, false },
	/* garbage */
	{ "System RAM\n", -EBADMSG, 0, false },
	{ "00000000-00000fff\n", -EBADMSG, 0, false },
	{ "00000000-00000fff System RAM\n", -EBADMSG, 0, false },
	{ "00000000 : System RAM\n", -EBADMSG, 0, false },
	{ "-00000fff : System RAM\n", -EBADMSG, 0, false },
	{ "00000000- : System RAM\n", -EBADMSG, 0, false },
	{ "0x0-0xfff : System RAM\n", -EBADMSG, 0, false },
	{ "0000000g-00000fff : System RAM\n", -EBADMSG, 0, false },
	{ "00000000-00000fff-1 : System RAM\n", -EBADMSG, 0, false },
	{ "00000000 -00000fff : System RAM\n", -EBADMSG, 0, false },
	{ "\t00000000-00000fff : System RAM\n", -EBADMSG, 0, false },
	{ "00001000-00000fff : reversed\n", -EBADMSG, 0, false },
	{ "0-10000000000000000 : System RAM\n", -EBADMSG, 0, false },
	{ "10000000000000000-10000000000000001 : System RAM\n", -EBADMSG, 0, false },
	{ "00000000-00000fff : System RAM\n00100000-7ff", -EBADMSG, 0, false },
	{ "00000000-00000fff : System RAM\njunk\n", -EBADMSG, 0, false },
	{ "\x7f""ELF\x02\x01\x01", -EBADMSG, 0, false },
};

static void test_texts(void)
{
	for (size_t i = 0; i < TAP_COUNT(texts); i++) {
		struct iomem iomem = { .count = 77 };
		int r = parse(texts[i].text, &iomem);

		is_int(r, texts[i].result, "text '%s'", texts[i].text);
		if (r < 0) {
			is_number(iomem.count, 77, "text '%s': result left alone", texts[i].text);
			continue;
		}
		is_number(iomem.count, texts[i].count, "text '%s': lines", texts[i].text);
		ok(iomem.masked == texts[i].masked, "text '%s': masked or not", texts[i].text);
		iomem_free(&iomem);
	}
}

/* From the last byte of RAM on, and a hole within a block; kmem and virtio-mem are nested. */
static const struct {
	const char *text;
	uint64_t start, size, page;
	bool has_holes;
} holes[] = {
	{ mixed, 0, M128, PAGE, true },
	{ mixed, M128, M128, PAGE, false },
	{ mixed, 2 * M128, 2 * M128, PAGE, false },
	{ mixed, 15 * M128, M128, PAGE, true },
	{ mixed, 16 * M128, M128, PAGE, true },
	{ mixed, 32 * M128, M128, PAGE, false },
	{ mixed, 40 * M128, M128, PAGE, false },
	{ mixed, 40 * M128, 8 * M128, PAGE, false },
	{ mixed, 47 * M128, M128, PAGE, false },
	{ mixed, 48 * M128, M128, PAGE, true },
	{ mixed, 56 * M128, 4 * M128, PAGE, false },
	{ mixed, 59 * M128, M128, PAGE, false },
	{ mixed, 60 * M128, M128, PAGE, true },
	{ mixed, 32 * M128, 16 * M128, PAGE, false },
	{ mixed, 32 * M128, 32 * M128, PAGE, true },
	/* the edges of a single range */
	{ "00000000-07ffffff : System RAM\n", 0, M128, PAGE, false },
	{ "00001000-07ffffff : System RAM\n", 0, M128, PAGE, true },
	{ "00000001-07ffffff : System RAM\n", 0, M128, PAGE, true },
	{ "00000000-07fffffe : System RAM\n", 0, M128, PAGE, true },
	{ "00000000-07ffefff : System RAM\n", 0, M128, PAGE, true },
	{ "00000000-08000000 : System RAM\n", 0, M128, PAGE, false },
	/* two ranges side by side; only whole pages of each count */
	{ "0-3ffffff : System RAM\n4000000-7ffffff : System RAM\n", 0, M128, PAGE, false },
	{ "0-3ffffff : System RAM\n4000000-7ffffff : System RAM (kmem)\n", 0, M128, PAGE, false },
	{ "0-3ffffff : System RAM\n4001000-7ffffff : System RAM\n", 0, M128, PAGE, true },
	{ "0-3fff7ff : System RAM\n3fff800-7ffffff : System RAM\n", 0, M128, PAGE, true },
	{ "0-3ffffff : System RAM\n4000000-7ffffff : Reserved\n", 0, M128, PAGE, true },
	/* what lies within RAM takes nothing away, and RAM counts once */
	{ "0-7ffffff : System RAM\n  1000-1fff : Crash kernel\n  2000-2fff : Reserved\n", 0, M128, PAGE,
	  false },
	{ "0-3ffffff : System RAM\n  0-3ffffff : System RAM (kmem)\n", 0, M128, PAGE, true },
	{ "0-7ffffff : System RAM\n  0-3ffffff : System RAM (kmem)\n", 0, M128, PAGE, false },
	{ "0-7ffffff : dax0.0\n  0-3ffffff : System RAM (kmem)\n", 0, M128, PAGE, true },
	{ "0-7ffffff : dax0.0\n  0-3ffffff : System RAM (kmem)\n  4000000-7ffffff : System RAM (kmem)\n", 0,
	  M128, PAGE, false },
	/* pages of other sizes */
	{ "0-ffffff : System RAM\n", 0, UINT64_C(16) << 20, 65536, false },
	{ "1000-ffffff : System RAM\n", 0, UINT64_C(16) << 20, 65536, true },
	{ "0-ffefff : System RAM\n", 0, UINT64_C(16) << 20, 65536, true },
	{ "0-7fffff : System RAM\n800000-ffffff : System RAM\n", 0, UINT64_C(16) << 20, 65536, false },
	{ "0-7fefff : System RAM\n7ff000-ffffff : System RAM\n", 0, UINT64_C(16) << 20, 65536, true },
	{ "0-7fefff : System RAM\n7ff000-ffffff : System RAM\n", 0, UINT64_C(16) << 20, PAGE, false },
	{ "0-1fffffff : System RAM\n", 0, UINT64_C(512) << 20, 16384, false },
	{ "0-1fffefff : System RAM\n", 0, UINT64_C(512) << 20, 16384, true },
	/* the last addresses of all */
	{ "fffffffff8000000-ffffffffffffffff : System RAM\n", UINT64_MAX - M128 + 1, M128, PAGE, false },
	{ "fffffffff8000000-fffffffffffffffe : System RAM\n", UINT64_MAX - M128 + 1, M128, PAGE, true },
	{ "fffffffff8001000-ffffffffffffffff : System RAM\n", UINT64_MAX - M128 + 1, M128, PAGE, true },
	{ "0-ffffffffffffffff : System RAM\n", UINT64_MAX - M128 + 1, M128, PAGE, false },
	{ "0-ffffffffffffffff : System RAM\n", 0, M128, PAGE, false },
	{ "0-ffffffffffffffff : Reserved\n", 0, M128, PAGE, true },
};

static void test_holes(void)
{
	for (size_t i = 0; i < TAP_COUNT(holes); i++) {
		const char *text = holes[i].text == mixed ? "a real text" : holes[i].text;
		uint64_t start = holes[i].start, end = start + (holes[i].size - 1);
		struct iomem iomem = { 0 };

		if (parse(holes[i].text, &iomem) < 0)
			bail_out("%s", holes[i].text);
		ok(iomem_has_holes(&iomem, start, end, holes[i].page) == holes[i].has_holes,
		   "0x%" PRIx64 "-0x%" PRIx64 " has %s in %s", start, end,
		   holes[i].has_holes ? "holes" : "no hole", text);
		iomem_free(&iomem);
	}
}

/* What iomem_narrow() leaves out does not touch the range; of what a kernel prints at one level it
 * leaves nothing else. */
static bool is_narrow(const struct iomem *iomem, uint64_t start, uint64_t end, bool is_flat)
{
	size_t stop = 0, first = iomem_narrow(iomem, start, end, &stop);

	for (size_t i = 0; i < iomem->count; i++) {
		const struct resource *resource = &iomem->resources[i];
		bool touches = resource->start <= end && resource->end >= start;
		bool is_left = i >= first && i < stop;

		if (touches ? !is_left : is_left && is_flat)
			return false;
	}
	return true;
}

static void test_narrow(void)
{
	static const struct {
		const char *text;
		bool is_flat;
	} trees[] = {
		{ "0-f : a\n10-1f : b\n30-3f : c\n50-50 : d\nf0-ff : e\n", true },
		{ "0-ff : a\n  10-1f : b\n    12-13 : c\n  20-20 : d\n", false },
		{ "50-5f : a\n0-f : b\n90-ff : c\n20-2f : d\n", false },
		{ "0-f : a\n0-ffffffffffffffff : b\n20-2f : c\n", false },
		{ "20-2f : a\n", true },
	};

	for (size_t i = 0; i < TAP_COUNT(trees); i++) {
		struct iomem iomem = { 0 };
		bool is_right = parse(trees[i].text, &iomem) == 0;

		for (uint64_t start = 0; start < 0x110; start++)
			for (uint64_t end = start; end < 0x110; end++)
				is_right &= is_narrow(&iomem, start, end, trees[i].is_flat);
		ok(is_right, "only what may touch a range is looked at: tree %zu", i + 1);
		iomem_free(&iomem);
	}
}

int main(void)
{
	test_narrow();
	test_real();
	test_names();
	test_texts();
	test_holes();
	return tap_done();
}
