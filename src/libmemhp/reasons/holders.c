/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes map certain pages: reads /proc/PID/pagemap of each process until the
 * timeout. Nothing shows who holds a page without mapping it. Which pages are of
 * interest is decided in findings.c.
 */
#include <ctype.h>
#include <string.h>

#include "reasons.h"

/* Entries of pagemap (fs/proc/task_mmu.c): the low 55 bits hold the number of a present page. */
#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_PFN ((UINT64_C(1) << 55) - 1)
#define ENTRIES 4096

struct hunt {
	struct sysdir proc;
	const struct page_list *wanted;
	struct findings *findings;
	uint64_t page_size;
	struct limit limit;
};

static bool is_wanted(const struct hunt *hunt, uint64_t entry)
{
	if (!(entry & ENTRY_PRESENT))
		return false;
	for (size_t i = 0; i < hunt->wanted->count; i++)
		if (hunt->wanted->pfns[i] == (entry & ENTRY_PFN))
			return true;
	return false;
}

/* Whether one of the wanted pages is mapped in the address range [start, end). */
static bool maps_page(const struct hunt *hunt, int fd, uint64_t start, uint64_t end)
{
	uint64_t entries[ENTRIES];

	for (uint64_t page = start / hunt->page_size, last = end / hunt->page_size; page < last;) {
		uint64_t wanted = last - page < ENTRIES ? last - page : ENTRIES;
		ssize_t length = pread(fd, entries, (size_t)wanted * sizeof(entries[0]), (off_t)(page * sizeof(entries[0])));

		if (length < (ssize_t)sizeof(entries[0]) || limit_is_over(hunt->limit))
			return false;
		for (size_t i = 0; i < (size_t)length / sizeof(entries[0]); i++)
			if (is_wanted(hunt, entries[i]))
				return true;
		page += (uint64_t)length / sizeof(entries[0]);
	}
	return false;
}

/* "7f0000000000-7f0000021000 rw-p ..." */
static bool parse_mapping(const char *line, uint64_t *ret_start, uint64_t *ret_end)
{
	size_t first = strspn(line, "0123456789abcdef"), second;

	if (line[first] != '-')
		return false;
	second = strspn(line + first + 1, "0123456789abcdef");
	return number_parse(line, first, 16, ret_start) == 0 &&
	       number_parse(line + first + 1, second, 16, ret_end) == 0 && *ret_start < *ret_end;
}

static bool is_holder(const struct hunt *hunt, const char *pid)
{
	cleanup(cleanup_close) int fd = -1;
	cleanup(cleanup_free) char *maps = NULL;
	uint64_t start = 0, end = 0;
	size_t length = 0;
	char path[64];

	snprintf(path, sizeof(path), "%s/maps", pid);
	if (sysdir_read_all(&hunt->proc, path, &maps, &length) < 0 || !length)
		return false;
	snprintf(path, sizeof(path), "%s/pagemap", pid);
	fd = sysdir_open_to_read(&hunt->proc, path);
	for (const char *line = maps; fd >= 0 && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (parse_mapping(line, &start, &end) && maps_page(hunt, fd, start, end))
			return true;
	return false;
}

static int look_at_process(const char *name, void *data)
{
	struct hunt *hunt = data;
	struct memhp_holder *holder = &hunt->findings->holders[hunt->findings->holder_count];
	char path[64];

	if (!isdigit((unsigned char)name[0]) || strlen(name) > 20 ||
	    number_parse(name, strlen(name), 10, &holder->pid) < 0 || !is_holder(hunt, name))
		return limit_is_over(hunt->limit);
	snprintf(path, sizeof(path), "%s/comm", name);
	if (sysdir_read(&hunt->proc, path, holder->name, sizeof(holder->name)) < 0)
		holder->name[0] = '\0';
	return ++hunt->findings->holder_count == HOLDERS_NAMED;
}

void holders_find(const struct memhp *memhp, const struct page_list *wanted, struct limit limit, struct findings *ret)
{
	struct hunt hunt = {
		.proc = SYSDIR_CLOSED, .wanted = wanted, .findings = ret,
		.page_size = memhp->page_size, .limit = limit,
	};

	if (wanted->count && sysdir_open(memhp, memhp->proc, "", &hunt.proc) == 0)
		(void)sysdir_list(&hunt.proc, ".", look_at_process, &hunt);
	sysdir_close(&hunt.proc);
}
