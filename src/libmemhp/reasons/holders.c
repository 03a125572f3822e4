/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes map certain pages: reads /proc/PID/pagemap of each process until the
 * timeout. Mappings may be huge and empty (PROT_NONE reservations of 16 TiB are common),
 * so the ranges that have pages are found first. Processes that hold a page without mapping it are
 * suspects.c's. Which pages are of interest is decided in findings.c.
 */
#include <string.h>
#include <sys/ioctl.h>

#include "reasons.h"

/* Entries of pagemap (fs/proc/task_mmu.c): the low 55 bits hold the number of a present page. */
#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_PFN ((UINT64_C(1) << 55) - 1)
#define ENTRIES 4096

/* How long one process may take: one with too many pages must not hide the others. */
#define PROCESS_MS 250

/* include/uapi/linux/fs.h since 6.7. The headers of the machine that builds may be older. */
struct scan_region {
	uint64_t start, end, categories;
};
struct scan_args {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define SCAN_IOCTL _IOWR('f', 16, struct scan_args)
#define SCAN_PRESENT (UINT64_C(1) << 3)
#define REGIONS 64

struct hunt {
	struct sysdir proc;
	const struct page_list *wanted;
	struct findings *findings;
	uint64_t page_size;
	struct limit limit;           /* of the whole search */
	struct limit process_limit;   /* of one process */
	bool has_scan;                /* the kernel says where pages are present */
	bool is_cut;                  /* the search of the process was not completed */
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
static bool maps_page(struct hunt *hunt, int fd, uint64_t start, uint64_t end)
{
	uint64_t entries[ENTRIES];

	for (uint64_t page = start / hunt->page_size, last = end / hunt->page_size; page < last;) {
		uint64_t wanted = last - page < ENTRIES ? last - page : ENTRIES;
		ssize_t length = pread(fd, entries, (size_t)wanted * sizeof(entries[0]), (off_t)(page * sizeof(entries[0])));

		if (length < (ssize_t)sizeof(entries[0]))
			return false;
		for (size_t i = 0; i < (size_t)length / sizeof(entries[0]); i++)
			if (is_wanted(hunt, entries[i]))
				return true;
		page += (uint64_t)length / sizeof(entries[0]);
		if (page < last && limit_is_over(hunt->process_limit)) {
			hunt->is_cut = true;
			return false;
		}
	}
	return false;
}

/* The same, reading only where pages are present. Kernels before 6.7 cannot say where. */
static bool maps_page_where_present(struct hunt *hunt, int fd, uint64_t start, uint64_t end)
{
	struct scan_region regions[REGIONS];
	struct scan_args args = {
		.size = sizeof(args), .end = end, .vec = (uint64_t)(uintptr_t)regions, .vec_len = REGIONS,
		.category_mask = SCAN_PRESENT, .return_mask = SCAN_PRESENT,
	};

	for (args.start = start; args.start < end; args.start = args.walk_end) {
		int count = ioctl(fd, SCAN_IOCTL, &args);

		if (count < 0)
			return maps_page(hunt, fd, args.start, end);
		for (int i = 0; i < count; i++)
			if (maps_page(hunt, fd, regions[i].start, regions[i].end))
				return true;
		if (hunt->is_cut || args.walk_end <= args.start)
			return false;
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

/* The lines of smaps begin with those of maps. "Rss:                 132 kB": the second line after it. */
static bool mapping_has_pages(const char *mapping)
{
	const char *next = strchr(mapping, '\n'), *rss = next ? strstr(next, "\nRss:") : NULL;
	uint64_t start, end;

	/* The line of the next mapping ends this one. */
	while (next && rss && next < rss) {
		if (parse_mapping(next + 1, &start, &end))
			return true;
		next = strchr(next + 1, '\n');
	}
	return !rss || strtoull(rss + strlen("\nRss:"), NULL, 10);
}

/* A table of 16 TiB of nothing is long, so kernels that cannot skip it are asked which mappings have pages. */
static int read_mappings(struct hunt *hunt, const char *pid, char **ret)
{
	size_t length = 0;
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", pid, hunt->has_scan ? "maps" : "smaps");
	if (sysdir_read_all(&hunt->proc, path, ret, &length) == 0 && length)
		return 0;
	snprintf(path, sizeof(path), "%s/maps", pid);
	return sysdir_read_all(&hunt->proc, path, ret, &length) == 0 && length ? 0 : -ENODATA;
}

static bool is_holder(struct hunt *hunt, const char *pid)
{
	cleanup(cleanup_close) int fd = -1;
	cleanup(cleanup_free) char *maps = NULL;
	uint64_t start = 0, end = 0;
	char path[64];

	hunt->process_limit = limit_earlier(limit_in(PROCESS_MS), hunt->limit);
	hunt->is_cut = false;
	snprintf(path, sizeof(path), "%s/pagemap", pid);
	fd = sysdir_open_to_read(&hunt->proc, path);
	if (fd < 0 || read_mappings(hunt, pid, &maps) < 0)
		return false;
	for (const char *line = maps; *line && !hunt->is_cut; line += strcspn(line, "\n"), line += *line == '\n')
		if (parse_mapping(line, &start, &end) && (hunt->has_scan || mapping_has_pages(line)) &&
		    maps_page_where_present(hunt, fd, start, end))
			return true;
	return false;
}

static int look_at_process(const char *name, void *data)
{
	struct hunt *hunt = data;
	struct findings *findings = hunt->findings;
	struct memhp_holder holder = { 0 };

	if (!process_parse(name, &holder.pid))
		return 0;
	findings->processes++;
	if (limit_is_over(hunt->limit) || findings->holder_count == HOLDERS_NAMED)
		return 0;
	if (is_holder(hunt, name)) {
		process_read_name(&hunt->proc, name, holder.name, sizeof(holder.name));
		findings->holders[findings->holder_count++] = holder;
	}
	findings->processes_seen += !hunt->is_cut;
	return 0;
}

/* Whether the kernel says where pages are present. */
static bool can_scan(const struct sysdir *proc)
{
	cleanup(cleanup_close) int fd = sysdir_open_to_read(proc, "self/pagemap");
	struct scan_region region;
	struct scan_args args = {
		.size = sizeof(args), .vec = (uint64_t)(uintptr_t)&region, .vec_len = 1,
		.category_mask = SCAN_PRESENT, .return_mask = SCAN_PRESENT,
	};

	return fd >= 0 && ioctl(fd, SCAN_IOCTL, &args) >= 0;
}

void holders_find(const struct sysdir *proc, const struct page_list *wanted, uint64_t page_size, struct limit limit,
		  struct findings *ret)
{
	struct hunt hunt = {
		.proc = *proc, .wanted = wanted, .findings = ret, .page_size = page_size, .limit = limit,
		.has_scan = can_scan(proc),
	};

	if (wanted->count)
		(void)sysdir_list(proc, ".", look_at_process, &hunt);
}
