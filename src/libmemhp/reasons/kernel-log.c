/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel log says about a block during a write: the kernel reports the reason
 * of a failed offlining nowhere else. Recognises the lines. Which reason follows is
 * decided in reason.c.
 */
#include <string.h>

#include "reasons.h"

/* "[mem 0x100000000-0x107ffffff]" */
static bool names_range(const char *line, const struct log_range *range)
{
	const char *at = strstr(line, "[mem 0x");
	uint64_t start = 0;

	if (!at)
		return false;
	at += strlen("[mem 0x");
	return number_parse(at, strspn(at, "0123456789abcdef"), 16, &start) == 0 &&
	       start >= range->start && start <= range->end;
}

/* arch/arm64/mm/mmu.c: "Boot memory [70000000 78000000] offlining attempted" */
static bool names_boot_memory(const char *line, const struct log_range *range)
{
	const char *at = strstr(line, "Boot memory [");
	uint64_t start = 0;

	if (!at)
		return false;
	at += strlen("Boot memory [");
	return number_parse(at, strspn(at, "0123456789abcdef"), 16, &start) == 0 && start == range->start &&
	       strstr(at, "] offlining attempted");
}

/* mm/memory_hotplug.c: offline_pages(), the reasons in its pr_debug() */
static const struct {
	const char *text;
	unsigned int fact;
} reasons[] = {
	{ "failed due to memory holes", LOG_HOLES },
	{ "failed due to multizone range", LOG_ZONES },
	{ "failed due to failure to isolate range", LOG_ISOLATION },
	{ "failed due to node notifier failure", LOG_NOTIFIER },
	{ "failed due to notifier failure", LOG_NOTIFIER },
	{ "failed due to signal backoff", LOG_SIGNAL },
	{ "failed due to unmovable page", LOG_KEPT },
	{ "failed due to failure to dissolve huge pages", LOG_HUGETLB },
};

/* Lines that name neither a block nor a page: they may be about the block, because they appeared during the write. */
static const struct {
	const char *text;
	unsigned int fact;
} notices[] = {
	{ "to MEM_GOING_", LOG_NOTIFIER },                       /* lib/notifier-error-inject.c */
	{ "memory block onlining denied", LOG_NOTIFIER },        /* virtio_mem */
};

/* do_migrate_range(): "migrating pfn 70123 failed ret:-12", "failed to isolate pfn 70123". Numbers are hex. */
bool log_line_page(const char *line, const struct log_range *range, uint64_t *ret_pfn)
{
	static const char *const texts[] = { "migrating pfn ", "failed to isolate pfn " };
	const char *at;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		at = strstr(line, texts[i]);
		if (!at)
			continue;
		at += strlen(texts[i]);
		at += strncmp(at, "0x", 2) == 0 ? 2 : 0;
		return number_parse(at, strspn(at, "0123456789abcdef"), 16, ret_pfn) == 0 && log_range_has(range, *ret_pfn);
	}
	return false;
}

/* mm/migrate.c: migrate_pages() returns a negative errno, or how many pages it could not move. */
static unsigned int migration_facts(const char *line)
{
	const char *result = strstr(line, " failed ret:");

	if (!result)
		return strstr(line, "failed to isolate pfn ") ? LOG_BUSY_PAGE : LOG_MIGRATION;
	result += strlen(" failed ret:");
	if (strcmp(result, "-12") == 0)
		return LOG_MIGRATION | LOG_NO_ROOM;
	return *result >= '1' && *result <= '9' ? LOG_MIGRATION | LOG_HELD : LOG_MIGRATION;
}

/*
 * drivers/acpi/scan.c: acpi_scan_try_to_offline() names the block: "memory memory39:
 * Offline failed.". acpi_generic_hotplug_event() and acpi_scan_try_to_offline() name the
 * device: "acpi PNP0C80:00: Eject disabled". The firmware gets more information (_OST)
 * than user space.
 */
bool log_line_refusal(const char *line, const char *device, uint64_t *ret_block)
{
	const char *colon = strchr(line, ' ') ? strstr(line, ": ") : NULL;
	const char *name = strchr(line, ' ');
	size_t length = strlen(device);

	if (!colon || !name || name > colon)
		return false;
	name++;
	*ret_block = UINT64_MAX;
	if (strncmp(name, device, length) == 0 && name + length == colon)
		return strstr(colon, "Eject disabled") || strstr(colon, "Offline disabled");
	return strncmp(line, "memory memory", 13) == 0 && strcmp(colon, ": Offline failed.") == 0 &&
	       number_parse(line + 13, (size_t)(colon - line) - 13, 10, ret_block) == 0;
}

/* arch/x86/kernel/dumpstack.c: __die_header(), arch/x86/mm/fault.c: show_fault_oops(),
 * lib/bug.c: report_bug(). The other architectures use the same words. */
bool log_line_is_crash(const char *line)
{
	static const char *const texts[] = {
		"BUG: unable to handle", "kernel BUG at ", "Oops: ", "general protection fault", "Internal error: ",
		"Unable to handle kernel", "Kernel panic",
	};

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strstr(line, texts[i]))
			return true;
	return false;
}

/* mm/page_alloc.c: bad_page(): "BUG: Bad page state in process memhp  pfn:70123" */
static bool names_bad_page(const char *line, const struct log_range *range)
{
	const char *at = strstr(line, "BUG: Bad page state in process ") ? strrchr(line, ' ') : NULL;
	uint64_t pfn = 0;

	if (!at || strncmp(at, " pfn:", 5) != 0)
		return false;
	at += 5;
	return number_parse(at, strspn(at, "0123456789abcdef"), 16, &pfn) == 0 && log_range_has(range, pfn);
}

unsigned int log_line_facts(const char *line, const struct log_range *range)
{
	uint64_t pfn = 0;

	if (log_line_page(line, range, &pfn))
		return migration_facts(line);
	if (names_boot_memory(line, range))
		return LOG_BOOT_MEMORY;
	if (names_bad_page(line, range))
		return LOG_BUG;
	for (size_t i = 0; names_range(line, range) && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(line, reasons[i].text))
			return reasons[i].fact;
	return 0;
}

unsigned int log_line_notices(const char *line)
{
	for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++)
		if (strstr(line, notices[i].text))
			return notices[i].fact;
	return 0;
}

static void add_page(struct page_list *pages, uint64_t pfn)
{
	for (size_t i = 0; i < pages->count; i++)
		if (pages->pfns[i] == pfn)
			return;
	if (pages->count < PAGES_NAMED)
		pages->pfns[pages->count++] = pfn;
}

/* The facts about the write that follow from the description of a page. */
static unsigned int dump_facts(const struct page_dump *dump)
{
	switch (dump->cause) {
	case DUMP_UNMOVABLE:
		return dump->is_huge ? LOG_HUGETLB : dump->is_reserved ? LOG_RESERVED : LOG_UNMOVABLE;
	case DUMP_MIGRATION:
		return LOG_MIGRATION;
	case DUMP_ISOLATION:
		return LOG_BUSY_PAGE;
	case DUMP_OTHER:
		return 0;
	}
	return 0;
}

/* Lines that are kept: during a write that lasts a minute, the kernel repeats them many times. */
#define LINES_KEPT 24

struct log_reader {
	const struct log_range *range;
	struct dump_reader dumps;
	struct log_evidence *evidence;
	FILE *text;
	unsigned int lines;
};

static void log_keep(struct log_reader *reader, const char *line, bool is_reason)
{
	if (!is_reason && reader->lines >= LINES_KEPT)
		return;
	fprintf(reader->text, "%s%s", reader->lines++ ? "\n" : "", line);
}

/* Returns whether the line belongs to a description of a page. */
static bool log_take_dump(struct log_reader *reader, const char *task, const char *line)
{
	struct log_evidence *evidence = reader->evidence;
	struct page_dump dump = { 0 };
	const enum dump_line kind = dump_read(&reader->dumps, task, line, reader->range, &dump);

	if (kind == DUMP_LINE_OURS || kind == DUMP_LINE_LAST)
		log_keep(reader, line, false);
	if (kind == DUMP_LINE_LAST) {
		evidence->facts |= dump_facts(&dump);
		if (!evidence->has_dump)
			evidence->dump = dump;
		evidence->has_dump = true;
	}
	if (kind == DUMP_LINE_NOBODYS)
		evidence->notices |= dump_facts(&dump);
	return kind != DUMP_LINE_NONE;
}

static void log_take_line(struct log_reader *reader, const char *task, const char *line)
{
	struct log_evidence *evidence = reader->evidence;
	unsigned int facts = log_line_facts(line, reader->range);
	unsigned int more = facts ? 0 : log_line_notices(line);
	uint64_t pfn = 0;

	if (log_take_dump(reader, task, line))
		return;
	if (log_line_page(line, reader->range, &pfn))
		add_page(&evidence->pages, pfn);
	evidence->facts |= facts;
	evidence->notices |= more;
	if (facts || more)
		log_keep(reader, line, facts && !(facts & (LOG_MIGRATION | LOG_BUSY_PAGE | LOG_BUG)));
}

int log_read(const struct kmsg *kmsg, const struct log_range *range, struct log_evidence *ret)
{
	struct log_reader reader = { .range = range, .evidence = ret };
	cleanup(cleanup_free) char *last = NULL;
	char record[KMSG_RECORD_MAX], task[KMSG_TASK_MAX];
	bool has_failed = false;
	size_t size = 0;
	const char *text;

	*ret = (struct log_evidence){ .is_heard = kmsg->fd >= 0 };
	reader.text = open_memstream(&ret->text, &size);
	if (!reader.text)
		return -ENOMEM;
	while ((text = kmsg_next(kmsg, record, task))) {
		log_take_line(&reader, task, text);
		free(last);
		last = strdup(text);
		has_failed |= !last;
	}
	has_failed |= ferror(reader.text);
	if (fclose(reader.text) != 0 || !ret->text || has_failed)
		return -ENOMEM;
	if (size)
		return 0;
	free(ret->text);
	ret->text = take_ptr(last);
	return 0;
}

void log_evidence_free(struct log_evidence *evidence)
{
	free(evidence->text);
	evidence->text = NULL;
}
