/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's descriptions of pages, as its versions print them: what is read of each, and to which
 * page a line belongs when several are described at the same time. The log itself is
 * test-kernel-log.c's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/reasons/reasons.h"
#include "../tap.h"

/* Block 14 of 128 MiB: pages 0x70000 to 0x77fff of 4 KiB. */
static const struct log_range block = { 0x70000000, 0x77ffffff, 4096, UINT64_MAX };

#define LINES_MAX 8

/* Those of 6.1, 6.12 and 7.3 were logged in guests, with pages of other blocks; raw lines are left out. Those of
 * 5.10 follow its source. */
static const struct description {
	const char *name;
	const char *lines[LINES_MAX];
	struct page_dump dump;
} descriptions[] = {
	{ "5.10, a reserved page",
	  { "page:00000000b3e1a9c7 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70000",
	    "flags: 0xfffffc0001000(reserved)",
	    "raw: 000fffffc0001000 ffffea0001c00008 ffffea0001c00008 0000000000000000",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x70000, .cause = DUMP_UNMOVABLE, .is_reserved = true } },
	{ "5.10, a page of a file",
	  { "page:00000000c0ffee00 refcount:3 mapcount:1 mapping:000000001a2b3c4d index:0x7 pfn:0x70123",
	    "aops:ext4_da_aops ino:c0a dentry name:\"data.db\"",
	    "flags: 0xfffffc0020036(referenced|uptodate|lru|active|mappedtodisk)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x70123, .cause = DUMP_MIGRATION, .mapping = "ext4_da_aops", .file = "data.db" } },
	{ "6.1, a reserved page",
	  { "page:0000000009eb007d refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x77e00",
	    "flags: 0x1fffffc0001000(reserved|node=0|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x77e00, .cause = DUMP_UNMOVABLE, .is_reserved = true } },
	{ "6.1, slab",
	  { "page:00000000e8dcb25a refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70000",
	    "flags: 0x197ffffc0000200(slab|node=6|zone=2|lastcpupid=0x1fffff)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x70000, .cause = DUMP_UNMOVABLE } },
	{ "6.1, a page table",
	  { "page:00000000e8dcb25a refcount:1 mapcount:0 mapping:0000000000000000 index:0xff445047c310ad00 pfn:0x70000",
	    "flags: 0x197ffffc0000000(node=6|zone=2|lastcpupid=0x1fffff)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x70000, .cause = DUMP_UNMOVABLE } },
	{ "6.1, a page of a file",
	  { "page:00000000b51e0967 refcount:4 mapcount:0 mapping:00000000c474b54f index:0x0 pfn:0x70000",
	    "memcg:ff445047c1146000",
	    "aops:ext4_da_aops ino:c dentry name(?):\"ledger.db\"",
	    "flags: 0x11fffffc0002024(uptodate|active|private|node=4|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x70000, .cause = DUMP_MIGRATION, .mapping = "ext4_da_aops", .file = "ledger.db" } },
	{ "6.1, metadata of a file system",
	  { "page:0000000005dcb14e refcount:3 mapcount:0 mapping:000000009e7e90fc index:0x23 pfn:0x70003",
	    "memcg:ff11074f81142000",
	    "aops:def_blk_aops ino:700000",
	    "flags: 0x157ffffc0020006(referenced|uptodate|mappedtodisk|node=5|zone=2|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x70003, .cause = DUMP_MIGRATION, .mapping = "def_blk_aops", .major = 7, .minor = 0 } },
	{ "6.1, an anonymous page",
	  { "page:0000000001562f43 refcount:3 mapcount:1 mapping:0000000000000000 index:0x7f38fcee1 pfn:0x70400",
	    "memcg:ff445047c1146000",
	    "anon flags: 0x11fffffc00a000e(referenced|uptodate|dirty|mappedtodisk|swapbacked|node=4|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x70400, .cause = DUMP_MIGRATION } },
	{ "6.12, a reserved page",
	  { "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x77e00",
	    "flags: 0x1fffffc0002000(reserved|node=0|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x77e00, .cause = DUMP_UNMOVABLE, .is_reserved = true } },
	{ "6.12, slab",
	  { "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70009",
	    "flags: 0x197ffffc0000000(node=6|zone=2|lastcpupid=0x1fffff)",
	    "page_type: f5(slab)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x70009, .cause = DUMP_UNMOVABLE } },
	{ "6.12, a page table",
	  { "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0xff30de51c2395d80 pfn:0x70000",
	    "flags: 0x197ffffc0000000(node=6|zone=2|lastcpupid=0x1fffff)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x70000, .cause = DUMP_UNMOVABLE } },
	{ "6.12, a page of a file",
	  { "page: refcount:4 mapcount:0 mapping:00000000e2707f7d index:0x6000 pfn:0x74602",
	    "memcg:ff30de51c104d800",
	    "aops:ext4_da_aops ino:c dentry name(?):\"ledger.db\"",
	    "flags: 0x11fffffc000420c(referenced|uptodate|workingset|private|node=4|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x74602, .cause = DUMP_MIGRATION, .mapping = "ext4_da_aops", .file = "ledger.db" } },
	{ "6.12, metadata of a file system",
	  { "page: refcount:3 mapcount:0 mapping:000000004c80daf9 index:0x27ec pfn:0x700ff",
	    "memcg:ff2f49224104d800",
	    "aops:def_blk_aops ino:700000 dentry name(?):\"\"",
	    "flags: 0x157ffffc000080c(referenced|uptodate|owner_2|node=5|zone=2|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x700ff, .cause = DUMP_MIGRATION, .mapping = "def_blk_aops", .major = 7, .minor = 0 } },
	{ "6.12, a huge page",
	  { "page: refcount:2 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70000",
	    "head: order:18 mapcount:1 entire_mapcount:1 nr_pages_mapped:0 pincount:0",
	    "anon flags: 0x57ffffc0000848(uptodate|owner_2|head|node=1|zone=2|lastcpupid=0x1fffff)",
	    "page_type: f4(hugetlb)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x70000, .cause = DUMP_MIGRATION, .is_huge = true } },
	{ "7.3, a reserved page",
	  { "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x77e00",
	    "flags: 0x1fffffc0002000(reserved|node=0|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x77e00, .cause = DUMP_UNMOVABLE, .is_reserved = true } },
	{ "7.3, a page table",
	  { "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0xff21c8ad4106a300 pfn:0x70000",
	    "flags: 0x197ffffc0000000(node=6|zone=2|lastcpupid=0x1fffff)",
	    "page_type: f2(table)",
	    "page dumped because: unmovable page" },
	  { .pfn = 0x70000, .cause = DUMP_UNMOVABLE } },
	{ "7.3, a large folio of a file",
	  { "page: refcount:514 mapcount:0 mapping:000000007e001bb5 index:0x0 pfn:0x77800",
	    "head: order:9 mapcount:0 entire_mapcount:0 nr_pages_mapped:0 pincount:0",
	    "memcg:ff21c8ad4121d4c0",
	    "aops:ext4_da_aops ino:c dentry name(?):\"ledger.db\"",
	    "flags: 0x11fffffc200004c(referenced|uptodate|head|node=4|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x77800, .cause = DUMP_MIGRATION, .mapping = "ext4_da_aops", .file = "ledger.db" } },
	{ "7.3, a page of a file in memory",
	  { "page: refcount:3 mapcount:0 mapping:00000000cd2fa1e8 index:0x2800 pfn:0x77800",
	    "memcg:ff21c8ad4121d4c0",
	    "aops:shmem_aops ino:3 dentry name(?):\"scratch.bin\"",
	    "flags: 0x11fffffc402011c(referenced|uptodate|dirty|active|swapbacked|node=4|zone=3|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x77800, .cause = DUMP_MIGRATION, .mapping = "shmem_aops", .file = "scratch.bin" } },
	{ "7.3, metadata of a file system",
	  { "page: refcount:3 mapcount:0 mapping:000000005ddbb0ae index:0x1aef pfn:0x7003f",
	    "memcg:ff2d4cf68121d800",
	    "aops:def_blk_aops ino:700000 dentry name(?):\"\"",
	    "flags: 0x157ffffc000080c(referenced|uptodate|owner_2|node=5|zone=2|lastcpupid=0x1fffff)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x7003f, .cause = DUMP_MIGRATION, .mapping = "def_blk_aops", .major = 7, .minor = 0 } },
	{ "7.3, a huge page",
	  { "page: refcount:2 mapcount:0 mapping:0000000000000000 index:0x7f5d80000 pfn:0x70000",
	    "head: order:18 mapcount:1 entire_mapcount:1 nr_pages_mapped:0 pincount:0",
	    "anon flags: 0x57ffffc0000848(uptodate|owner_2|head|node=1|zone=2|lastcpupid=0x1fffff)",
	    "page_type: f4(hugetlb)",
	    "page dumped because: migration failure" },
	  { .pfn = 0x70000, .cause = DUMP_MIGRATION, .is_huge = true } },
	{ "a name with a quote in it",
	  { "page: refcount:3 mapcount:0 mapping:ffff888003c1f0a8 index:0x0 pfn:0x74445",
	    "aops:shmem_aops ino:3 dentry name(?):\"a \"b\"\"", "flags: 0x10000000002003d(locked|uptodate|lru|swapbacked)",
	    "page dumped because: isolation failed" },
	  { .pfn = 0x74445, .cause = DUMP_ISOLATION, .mapping = "shmem_aops", .file = "a \"b\"" } },
	{ "another reason",
	  { "page: refcount:0 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x75001",
	    "flags: 0x100000000000000(node=0|zone=3)", "page dumped because: nonzero _refcount" },
	  { .pfn = 0x75001, .cause = DUMP_OTHER } },
};

static bool is_same(const struct page_dump *a, const struct page_dump *b)
{
	return a->pfn == b->pfn && a->cause == b->cause && a->is_reserved == b->is_reserved && a->is_huge == b->is_huge &&
	       strcmp(a->mapping, b->mapping) == 0 && strcmp(a->file, b->file) == 0 && a->major == b->major && a->minor == b->minor;
}

static void test_alone(const struct description *description)
{
	struct dump_reader reader = { 0 };
	struct page_dump dump = { 0 };
	enum dump_line kind = DUMP_LINE_NONE;

	for (size_t i = 0; i < LINES_MAX && description->lines[i]; i++)
		kind = dump_read(&reader, "", description->lines[i], &block, &dump);
	ok(kind == DUMP_LINE_LAST && is_same(&dump, &description->dump), "%s", description->name);
}

/* Descriptions of pages in other blocks, and of pages that the kernel does not number. */
static const char *const others[][LINES_MAX] = {
	{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x30000",
	  "flags: 0xfffffc0001000(reserved|node=0|zone=1)", "page dumped because: unmovable page" },
	{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x78000",
	  "aops:xfs_address_space_operations ino:83 dentry name(?):\"other\"", "flags: 0x17(slab|lru)", "page_type: f5(slab)",
	  "page dumped because: migration failure" },
	{ "page:ffffea0001c00000 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0",
	  "flags: 0xfffffc0000200(slab)", "page dumped because: unmovable page" },
};

static unsigned int seed = 1;

static unsigned int random_below(unsigned int limit)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % limit;
}

/* Mixes two descriptions, line by line; returns what was read of ours, or whether nothing was. */
static bool mix(const char *const *ours, const char *const *other, bool has_tasks, struct page_dump *ret)
{
	struct dump_reader reader = { 0 };
	struct page_dump dump = { 0 };
	size_t i = 0, j = 0;
	bool is_read = false;

	while ((i < LINES_MAX && ours[i]) || (j < LINES_MAX && other[j])) {
		bool is_ours = i < LINES_MAX && ours[i] && (j >= LINES_MAX || !other[j] || random_below(2));
		const char *line = is_ours ? ours[i++] : other[j++];

		if (dump_read(&reader, !has_tasks ? "" : is_ours ? "T1" : "T2", line, &block, &dump) != DUMP_LINE_LAST)
			continue;
		is_read = true;
		*ret = dump;
	}
	return is_read;
}

/* With the tasks all is told apart; without them nothing wrong is read. */
static void test_mixed(void)
{
	unsigned int wrong = 0, missing = 0, read = 0;

	for (unsigned int i = 0; i < 200; i++) {
		const struct description *ours = &descriptions[random_below(TAP_COUNT(descriptions))];
		const char *const *other = others[random_below(TAP_COUNT(others))];
		struct page_dump dump;

		missing += !mix(ours->lines, other, true, &dump) || !is_same(&dump, &ours->dump);
		if (mix(ours->lines, other, false, &dump)) {
			read++;
			wrong += !is_same(&dump, &ours->dump);
		}
	}
	is_number(missing, 0, "with tasks: 200 of 200 told apart");
	is_number(wrong, 0, "without tasks: none of %u is wrong", read);
	ok(read > 10, "without tasks some are told apart");
}

int main(void)
{
	struct dump_reader reader = { 0 };
	struct page_dump dump = { 0 };

	for (size_t i = 0; i < TAP_COUNT(descriptions); i++)
		test_alone(&descriptions[i]);
	test_mixed();
	is_int(dump_read(&reader, "", "usb 1-1: new device", &block, &dump), DUMP_LINE_NONE, "another line");
	is_int(dump_read(&reader, "", "page dumped because: unmovable page", &block, &dump), DUMP_LINE_NOBODYS,
	       "a page, but the line with its number was lost");
	is_int(dump.cause, DUMP_UNMOVABLE, "its cause");
	return tap_done();
}
