/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log: what one line says of a block, as the kernel's versions print it,
 * and which lines are kept. Descriptions of pages are test-page-dump.c's. Records come from a socket that keeps them
 * apart as /dev/kmsg does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../src/libmemhp/reasons/reasons.h"
#include "../tap.h"

/* Block 14 of 128 MiB: pages 0x70000 to 0x77fff of 4 KiB. */
static const struct log_range block = { 0x70000000, 0x77ffffff, 4096, UINT64_MAX };
/* A block of 256 MiB with pages of 64 KiB: 0x4000 to 0x4fff. */
static const struct log_range large = { 0x40000000, 0x4fffffff, 65536, UINT64_MAX };

static const struct {
	const char *line;
	unsigned int facts;
} cases[] = {
	/* mm/memory_hotplug.c: offline_pages(), a pr_debug */
	{ "memory offlining [mem 0x0070000000-0x0077ffffff] failed due to memory holes", LOG_HOLES },
	{ "memory offlining [mem 0x70000000-0x77ffffff] failed due to multizone range", LOG_ZONES },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to isolate range", LOG_ISOLATION },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to node notifier failure", LOG_NOTIFIER },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to notifier failure", LOG_NOTIFIER },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to signal backoff", LOG_SIGNAL },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to unmovable page", LOG_KEPT },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to dissolve huge pages", LOG_HUGETLB },
	/* with what a console puts before it */
	{ "memory_hotplug: memory offlining [mem 0x0070000000-0x0077ffffff] failed due to memory holes", LOG_HOLES },
	/* of the neighbours */
	{ "memory offlining [mem 0x0068000000-0x006fffffff] failed due to memory holes", 0 },
	{ "memory offlining [mem 0x0078000000-0x007fffffff] failed due to unmovable page", 0 },
	{ "memory offlining [mem 0x7000000000-0x7007ffffff] failed due to notifier failure", 0 },
	/* page-dump.c reads these */
	{ "page dumped because: unmovable page", 0 },
	{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70123", 0 },
	{ "page:00000000c0ffee00 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70123", 0 },
	{ "page dumped because: VM_BUG_ON_PAGE(PagePoisoned(page))", 0 },
	/* mm/memory_hotplug.c: do_migrate_range(): numbers in hex without 0x */
	{ "migrating pfn 70000 failed ret:1", LOG_MIGRATION | LOG_HELD },
	{ "migrating pfn 70000 failed ret:-12", LOG_MIGRATION | LOG_NO_ROOM },
	{ "migrating pfn 70000 failed ret:-11", LOG_MIGRATION },
	{ "migrating pfn 70000 failed ", LOG_MIGRATION },
	{ "migrating pfn 0x70000 failed ret:0", LOG_MIGRATION },
	{ "migrating pfn 77fff failed ret:-16", LOG_MIGRATION },
	{ "migrating pfn 6ffff failed ret:1", 0 },
	{ "migrating pfn 78000 failed ret:1", 0 },
	{ "failed to isolate pfn 75555", LOG_BUSY_PAGE },
	{ "failed to isolate pfn 35555", 0 },
	/* mm/page_alloc.c: bad_page(), in hex without 0x */
	{ "BUG: Bad page state in process memhp  pfn:70200", LOG_BUG },
	{ "BUG: Bad page state in process a pfn:70200 pfn:6ffff", 0 },
	{ "BUG: Bad page state in process memhp  pfn:78000", 0 }, { "BUG: Bad page state in process memhp", 0 },
	{ "page:ffffea0001c08000 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70200", 0 },
	/* drivers and notifiers: they name no block, but for arm64's */
	{ "Injecting error (-12) to MEM_GOING_OFFLINE", 0 }, { "virtio_mem virtio0: memory block onlining denied", 0 },
	{ "Boot memory [70000000 78000000] offlining attempted", LOG_BOOT_MEMORY },
	{ "Boot memory [68000000 70000000] offlining attempted", 0 }, { "Boot memory [", 0 },
	/* nothing at all */
	{ "", 0 }, { " ", 0 }, { "online_pages [mem 0x070000000-0x077ffffff] failed", 0 },
	{ "Offlined Pages 32768", 0 }, { "BIOS-e820: [mem 0x0000000070000000-0x0000000077ffffff] usable", 0 },
	/* cut off, or garbage */
	{ "memory offlining [mem 0x failed due to memory holes", 0 },
	{ "memory offlining [mem failed due to memory holes", 0 },
	{ "failed due to memory holes", 0 },
	{ "memory offlining [mem 0x10000000070000000-0x10000000077ffffff] failed due to memory holes", 0 },
	{ "migrating pfn ", 0 }, { "migrating pfn failed", 0 }, { "migrating pfn -1 failed ret:1", 0 },
	{ "migrating pfn fffffffffffffffffffff failed ret:1", 0 }, { "failed to isolate pfn ", 0 },
};

static const struct {
	const char *line;
	unsigned int facts;
} large_cases[] = {
	{ "migrating pfn 4000 failed ret:1", LOG_MIGRATION | LOG_HELD },
	{ "migrating pfn 4fff failed ret:-16", LOG_MIGRATION },
	{ "migrating pfn 3fff failed ret:1", 0 },
	{ "migrating pfn 40000 failed ret:1", 0 },
	{ "memory offlining [mem 0x0040000000-0x004fffffff] failed due to memory holes", LOG_HOLES },
};

/* drivers/acpi/scan.c: the end of a removal of PNP0C80:01; block NONE: for the device's own sake. */
#define NONE UINT64_MAX
static const struct {
	const char *line;
	bool is_one;
	uint64_t block;
} refusals[] = {
	{ "memory memory39: Offline failed.", true, 39 },
	{ "memory memory0: Offline failed.", true, 0 },
	{ "acpi PNP0C80:01: Eject disabled", true, NONE },
	{ "acpi PNP0C80:01: Offline disabled.", true, NONE },
	{ "acpi PNP0C80:00: Eject disabled", false, 0 },
	{ "acpi PNP0C80:011: Eject disabled", false, 0 },
	{ "acpi PNP0C80:01: Already enumerated", false, 0 },
	{ "memory memory39: Offline failed. Not.", false, 0 },
	{ "memory memory: Offline failed.", false, 0 },
	{ "memory memory3x: Offline failed.", false, 0 },
	{ "memory memory99999999999999999999999: Offline failed.", false, 0 },
	{ "cpu cpu1: Offline failed.", false, 0 },
	{ "Offline failed.", false, 0 }, { ": Offline failed.", false, 0 }, { "", false, 0 }, { " ", false, 0 },
	{ "memory offlining [mem 0x070000000-0x077ffffff] failed due to notifier failure", false, 0 },
};

static void test_refusals(void)
{
	for (size_t i = 0; i < TAP_COUNT(refusals); i++) {
		uint64_t id = 0;

		ok(log_line_refusal(refusals[i].line, "PNP0C80:01", &id) == refusals[i].is_one, "refusal: '%s'", refusals[i].line);
		if (refusals[i].is_one)
			is_number(id, refusals[i].block, "refusal: '%s': block", refusals[i].line);
	}
}

/* Records in their order; the facts, those of lines that name no block, the lines that are kept. */
static const struct {
	const char *name;
	const char *records[6];
	unsigned int facts, notices;
	const char *text;
} logs[] = {
	{ "empty", { NULL }, 0, 0, NULL },
	{ "others' lines: the last, for want of a better one",
	  { "6,1,1,-;usb 1-1: new device\n", "4,2,2,-;migrating pfn 1 failed ret:1\n" }, 0, 0,
	  "migrating pfn 1 failed ret:1" },
	{ "one record, with its dictionary",
	  { "4,1,1,-;page dumped because: unmovable page\n SUBSYSTEM=memory\n DEVICE=+memory:memory14\n" },
	  0, LOG_UNMOVABLE, NULL },
	{ "a page is described, and the reason",
	  { "4,1,1,-;page: refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x70123\n",
	    "4,2,2,-;page dumped because: unmovable page\n", "6,5,5,-;eth0: link up\n",
	    "7,3,3,-;memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to isolate range\n" },
	  LOG_UNMOVABLE | LOG_ISOLATION, 0,
	  "page: refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x70123\npage dumped because: unmovable page\n"
	  "memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to isolate range" },
	{ "what others say is left out",
	  { "4,1,1,-;page: refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x30123\n",
	    "4,2,2,-;flags: 0x17ffffc0000200(slab|node=0|zone=1)\n", "4,2,2,-;page dumped because: unmovable page\n",
	    "4,3,3,-;migrating pfn 70001 failed ret:-12\n" },
	  LOG_MIGRATION | LOG_NO_ROOM, 0, "migrating pfn 70001 failed ret:-12" },
	{ "a semicolon in the text", { "4,1,1,-,caller=T1;Injecting error (-1) to MEM_GOING_ONLINE; so be it\n" },
	  0, LOG_NOTIFIER, "Injecting error (-1) to MEM_GOING_ONLINE; so be it" },
	{ "garbage", { "4,1,1", ";", "\n", "4,2,2,-;page dumped because: isolation failed\n" }, 0, LOG_BUSY_PAGE, NULL },
	{ "two tasks at once",
	  { "4,1,1,-,caller=T7;page: refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x70123\n",
	    "4,2,1,-,caller=T8;page: refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x30123\n",
	    "4,3,1,-,caller=T8;flags: 0x17ffffc0001000(reserved|node=0|zone=2)\n",
	    "4,4,1,-,caller=T7;page dumped because: migration failure\n",
	    "4,5,1,-,caller=T8;page dumped because: unmovable page\n" },
	  LOG_MIGRATION, 0,
	  "page: refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x70123\npage dumped because: migration failure" },
};

static void send_records(int fd, const char *const *records, size_t count)
{
	for (size_t i = 0; i < count && records[i]; i++)
		if (send(fd, records[i], strlen(records[i]), 0) < 0)
			bail_out("send: %s", strerror(errno));
}

static struct kmsg open_log(int *ret_end)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
		bail_out("socketpair: %s", strerror(errno));
	*ret_end = ends[1];
	return (struct kmsg){ .fd = ends[0] };
}

static void test_log(size_t i)
{
	struct log_evidence evidence;
	struct kmsg kmsg;
	int end;

	kmsg = open_log(&end);
	send_records(end, logs[i].records, TAP_COUNT(logs[i].records));
	is_int(log_read(&kmsg, &block, &evidence), 0, "log: %s: read", logs[i].name);
	is_number(evidence.facts, logs[i].facts, "log: %s: facts", logs[i].name);
	is_number(evidence.notices, logs[i].notices, "log: %s: notices", logs[i].name);
	if (logs[i].text || !logs[i].notices)
		is_str(evidence.text, logs[i].text, "log: %s: the lines", logs[i].name);
	log_evidence_free(&evidence);
	is_int(log_read(&kmsg, &block, &evidence), 0, "log: %s: read again", logs[i].name);
	ok(!evidence.facts && !evidence.notices && !evidence.text && evidence.is_heard, "log: %s: nothing more", logs[i].name);
	close(end);
	kmsg_close(&kmsg);
	is_int(kmsg.fd, -1, "log: %s: closed", logs[i].name);
}

/* Pages that could not be moved: each once, those of the block, no more than there is room for. */
static void test_pages(void)
{
	static const char *const lines[] = {
		"6,1,1,-;migrating pfn 70010 failed ret:1", "6,2,1,-;migrating pfn 70010 failed ret:1",
		"6,3,1,-;migrating pfn 6ffff failed ret:1", "6,4,1,-;failed to isolate pfn 70020",
		"6,5,1,-;page: refcount:3 mapcount:1 mapping:0 index:0x0 pfn:0x70030",
	};
	struct log_evidence evidence;
	struct kmsg kmsg;
	char text[64];
	int end;

	kmsg = open_log(&end);
	send_records(end, lines, TAP_COUNT(lines));
	(void)log_read(&kmsg, &block, &evidence);
	ok(evidence.pages.count == 2 && evidence.pages.pfns[0] == 0x70010 && evidence.pages.pfns[1] == 0x70020,
	   "pages that could not be moved");
	log_evidence_free(&evidence);
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "6,%u,1,-;migrating pfn %x failed ret:1", i, 0x70100 + i);
		(void)!send(end, text, strlen(text), 0);
	}
	(void)log_read(&kmsg, &block, &evidence);
	ok(evidence.pages.count == PAGES_NAMED && evidence.pages.pfns[PAGES_NAMED - 1] == 0x70107,
	   "no more than there is room for");
	ok(evidence.text && strstr(evidence.text, "pfn 70110 ") && !strstr(evidence.text, "pfn 70120 "), "nor all lines");
	log_evidence_free(&evidence);
	close(end);
	kmsg_close(&kmsg);
}

/* The head of a huge page may lie before the block. */
static void test_head(void)
{
	const struct log_range range = { 0x78000000, 0x7fffffff, 4096, 0x40000 };

	is_number(log_line_facts("migrating pfn 40000 failed ret:1", &range), LOG_MIGRATION | LOG_HELD, "the head of its huge page");
	is_number(log_line_facts("migrating pfn 40001 failed ret:1", &range), 0, "another page");
	is_number(log_line_notices("Injecting error (-12) to MEM_GOING_OFFLINE"), LOG_NOTIFIER, "a notifier");
	is_number(log_line_notices("virtio_mem virtio0: memory block onlining denied"), LOG_NOTIFIER, "a driver");
	is_number(log_line_notices("usb 1-1: new device"), 0, "no notice");
}

int main(void)
{
	struct kmsg closed = KMSG_CLOSED;
	struct log_evidence evidence;

	for (size_t i = 0; i < TAP_COUNT(cases); i++)
		is_number(log_line_facts(cases[i].line, &block), cases[i].facts, "line: %s", cases[i].line);
	for (size_t i = 0; i < TAP_COUNT(large_cases); i++)
		is_number(log_line_facts(large_cases[i].line, &large), large_cases[i].facts, "64 KiB: %s",
			  large_cases[i].line);
	for (size_t i = 0; i < TAP_COUNT(logs); i++)
		test_log(i);
	test_pages();
	test_head();
	test_refusals();
	kmsg_skip(&closed);
	is_int(log_read(&closed, &block, &evidence), 0, "a log that cannot be read");
	ok(!evidence.is_heard && !evidence.facts && !evidence.text, "says nothing, and that is known");
	log_evidence_free(&evidence);
	return tap_done();
}
