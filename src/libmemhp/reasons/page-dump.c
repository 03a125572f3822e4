/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's description of a page, several lines of the log (mm/debug.c: dump_page(), __dump_page()):
 *
 *   page: refcount:3 mapcount:1 mapping:00000000c0ffee00 index:0x7 pfn:0x70123
 *   aops:ext4_da_aops ino:c0a dentry name(?):"data.db"
 *   flags: 0x17ffffc0000036(referenced|uptodate|lru|active|node=0|zone=2|lastcpupid=0x1fffff)
 *   page dumped because: migration failure
 *
 * Which lines belong together, and which facts they give about the page. Only the first line has the
 * page's number. Where several descriptions are mixed, the lines are assigned by the kernel's task; without
 * it, all but the first lines belong to none. Pure. What follows is decided in reason.c.
 */
#include <string.h>

#include "reasons.h"

bool log_range_has(const struct log_range *range, uint64_t pfn)
{
	return pfn != UINT64_MAX && (pfn == range->head || (pfn >= range->start / range->page_size &&
							    pfn <= range->end / range->page_size));
}

static bool begins_with(const char *line, const char *prefix)
{
	return strncmp(line, prefix, strlen(prefix)) == 0;
}

/* "pfn:0x70123". Kernels before 5.9 do not print it. */
static uint64_t dump_pfn(const char *line)
{
	const char *at = strstr(line, " pfn:0x");
	uint64_t pfn = 0;

	if (!at)
		return UINT64_MAX;
	at += strlen(" pfn:0x");
	return number_parse(at, strspn(at, "0123456789abcdef"), 16, &pfn) == 0 ? pfn : UINT64_MAX;
}

/* The lines after the first one. */
static bool is_of_dump(const char *line)
{
	static const char *const prefixes[] = {
		"head:", "memcg:", "aops:", "mapping->a", "flags: ", "anon flags: ", "ksm flags: ", "anon ", "page_type:", "raw: ",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins_with(line, prefixes[i]))
			return true;
	return false;
}

/* "flags: 0x17ffffc0001000(reserved|node=0|zone=2|lastcpupid=0x1fffff) CMA" */
static bool has_flag(const char *line, const char *flag)
{
	const char *open = strchr(line, '(');
	size_t length = strlen(flag);

	for (const char *at = open; at && *at && *at != ')'; at = strpbrk(at, "|)")) {
		at++;
		if (strncmp(at, flag, length) == 0 && strchr("|)", at[length]))
			return true;
	}
	return false;
}

/* block/bdev.c: bdev_add(): the inode of a block device has its number, 12 bits of major and 20 of minor
 * (include/linux/kdev_t.h). */
static void dump_read_device(const char *inode, struct page_dump *dump)
{
	uint64_t number = 0;

	if (number_parse(inode, strspn(inode, "0123456789abcdef"), 16, &number) < 0)
		return;
	dump->major = (unsigned int)(number >> 20 & 0xfff);
	dump->minor = (unsigned int)(number & 0xfffff);
}

/* "aops:ext4_da_aops ino:c0a dentry name(?):"data.db"": 5.10 writes dentry name:"data.db". A kernel cannot
 * be sure of the name, which it reads without a lock. */
static void dump_read_mapping(const char *line, struct page_dump *dump)
{
	const char *inode = strstr(line, " ino:"), *name = strstr(line, " dentry name");
	const char *open = name ? strchr(name, '"') : NULL, *close = open ? strrchr(open + 1, '"') : NULL;
	const char *colon = strstr(line, "aops:");

	if (colon)
		snprintf(dump->mapping, sizeof(dump->mapping), "%.*s", (int)strcspn(colon + 5, " "), colon + 5);
	/* Before 6.10 only the file system shows that a page is huge. */
	dump->is_huge |= strcmp(dump->mapping, "hugetlbfs_aops") == 0;
	if (inode && strcmp(dump->mapping, "def_blk_aops") == 0)
		dump_read_device(inode + strlen(" ino:"), dump);
	if (close && close > open + 1)
		snprintf(dump->file, sizeof(dump->file), "%.*s", (int)(close - open - 1), open + 1);
}

static void dump_read_flags(const char *line, struct page_dump *dump)
{
	dump->is_reserved = has_flag(line, "reserved");
}

static void dump_read_line(const char *line, struct page_dump *dump)
{
	if (strstr(line, "aops:"))
		dump_read_mapping(line, dump);
	else if (strstr(line, "flags: 0x"))
		dump_read_flags(line, dump);
	else if (begins_with(line, "page_type:"))
		dump->is_huge |= strstr(line, "(hugetlb)") != NULL;
}

static enum dump_cause dump_cause_of(const char *line)
{
	static const struct {
		const char *text;
		enum dump_cause cause;
	} causes[] = {
		{ "page dumped because: unmovable page", DUMP_UNMOVABLE },
		{ "page dumped because: migration failure", DUMP_MIGRATION },
		{ "page dumped because: isolation failed", DUMP_ISOLATION },
	};

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(line, causes[i].text) == 0)
			return causes[i].cause;
	return DUMP_OTHER;
}

/* The track of a task. Without CONFIG_PRINTK_CALLER all tasks are "". More than there is room for share one. */
static struct dump_track *find_track(struct dump_reader *reader, const char *task)
{
	struct dump_track *track = reader->tracks, *last = track + DUMP_TRACKS - 1;

	while (track < last && track->is_used && strcmp(track->task, task) != 0)
		track++;
	if (!track->is_used)
		snprintf(track->task, sizeof(track->task), "%s", task);
	track->is_used = true;
	return track;
}

static enum dump_line dump_begin(struct dump_track *track, const char *line, bool is_ours)
{
	track->is_mixed = track->open;
	track->are_ours = is_ours && (track->are_ours || !track->open);
	track->open++;
	track->dump = (struct page_dump){ .pfn = dump_pfn(line) };
	return is_ours && !track->is_mixed ? DUMP_LINE_OURS : DUMP_LINE_OTHERS;
}

static enum dump_line dump_end(struct dump_track *track, const char *line)
{
	const bool is_known = track->open && track->dump.pfn != UINT64_MAX;
	const bool is_ours = track->open && track->are_ours;

	track->dump.cause = dump_cause_of(line);
	track->open -= track->open > 0;
	track->is_mixed &= track->open > 0;
	return is_ours ? DUMP_LINE_LAST : is_known ? DUMP_LINE_OTHERS : DUMP_LINE_NOBODYS;
}

enum dump_line dump_read(struct dump_reader *reader, const char *task, const char *line, const struct log_range *range,
			 struct page_dump *ret)
{
	struct dump_track *track;
	enum dump_line kind;

	if (!begins_with(line, "page:") && !begins_with(line, "page dumped because: ") && !is_of_dump(line))
		return DUMP_LINE_NONE;
	track = find_track(reader, task);
	if (begins_with(line, "page:"))
		return dump_begin(track, line, log_range_has(range, dump_pfn(line)));
	if (begins_with(line, "page dumped because: ")) {
		kind = dump_end(track, line);
		*ret = track->dump;
		return kind;
	}
	if (!track->open || track->is_mixed)
		return DUMP_LINE_OTHERS;
	dump_read_line(line, &track->dump);
	return track->are_ours ? DUMP_LINE_OURS : DUMP_LINE_OTHERS;
}
