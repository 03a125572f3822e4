/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel log says about a block during a write: the kernel reports the reason
 * of a failed offlining nowhere else. Recognises the lines. Which reason follows is
 * decided in reason.c.
 */
#include <string.h>

#include "reasons.h"

/* "pfn:0x12345" or "migrating pfn 12345": dump_page() and do_migrate_range() print hex. */
static bool names_page_in(const char *line, const struct log_range *range, uint64_t *ret_pfn)
{
	static const char *const keys[] = { "pfn:0x", "pfn 0x", "pfn:", "pfn " };

	for (unsigned int i = 0; i < 4; i++) {
		const char *at = strstr(line, keys[i]);

		if (!at)
			continue;
		at += strlen(keys[i]);
		return number_parse(at, strspn(at, "0123456789abcdef"), 16, ret_pfn) == 0 &&
		       *ret_pfn >= range->start / range->page_size && *ret_pfn <= range->end / range->page_size;
	}
	return false;
}

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
	{ "failed due to unmovable page", LOG_UNMOVABLE },
	{ "failed due to failure to dissolve huge pages", LOG_HUGETLB },
};

/* Lines without an address; they count because they appeared during the write. */
static const struct {
	const char *text;
	unsigned int fact;
} notices[] = {
	{ "page dumped because: unmovable page", LOG_UNMOVABLE },
	{ "page dumped because: migration failure", LOG_MIGRATION },
	{ "page dumped because: isolation failed", LOG_MIGRATION },
	{ "to MEM_GOING_", LOG_NOTIFIER },                       /* lib/notifier-error-inject.c */
	{ "memory block onlining denied", LOG_NOTIFIER },        /* virtio_mem */
	{ "offlining attempted", LOG_BOOT_MEMORY },              /* arch/arm64/mm/mmu.c */
};

bool log_line_page(const char *line, const struct log_range *range, uint64_t *ret_pfn)
{
	return (strstr(line, "migrating pfn ") || strstr(line, "failed to isolate pfn ")) &&
	       names_page_in(line, range, ret_pfn);
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

unsigned int log_line_facts(const char *line, const struct log_range *range)
{
	unsigned int facts = 0;
	uint64_t pfn = 0;

	if (names_range(line, range))
		for (unsigned int i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
			if (strstr(line, reasons[i].text))
				facts |= reasons[i].fact;
	for (unsigned int i = 0; i < sizeof(notices) / sizeof(notices[0]); i++)
		if (strstr(line, notices[i].text))
			facts |= notices[i].fact;
	if (log_line_page(line, range, &pfn))
		facts |= LOG_MIGRATION;
	return facts;
}

static void add_page(struct page_list *pages, uint64_t pfn)
{
	for (size_t i = 0; i < pages->count; i++)
		if (pages->pfns[i] == pfn)
			return;
	if (pages->count < PAGES_NAMED)
		pages->pfns[pages->count++] = pfn;
}

unsigned int log_read(const struct kmsg *kmsg, const struct log_range *range, char **ret_line, struct page_list *pages)
{
	cleanup(cleanup_free) char *best = NULL, *last = NULL;
	char record[KMSG_RECORD_MAX];
	unsigned int facts = 0;
	const char *text;

	*ret_line = NULL;
	while ((text = kmsg_next(kmsg, record))) {
		unsigned int more = log_line_facts(text, range);
		uint64_t pfn = 0;

		if (log_line_page(text, range, &pfn))
			add_page(pages, pfn);
		/* The last line that gives a reason in words says most; without one, the first
		 * line that shows a fact. */
		if (more && (!best || strstr(text, "failed due to"))) {
			free(best);
			best = strdup(text);
		}
		facts |= more;
		free(last);
		last = strdup(text);
	}
	*ret_line = best ? take_ptr(best) : take_ptr(last);
	return facts;
}
