/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Zone statistics from /proc/zoneinfo (mm/vmstat.c: zoneinfo_show_print()):
 * the page counts of each zone of each node. Sums and ratios are left to
 * ratio.c.
 */
#include <stdio.h>
#include <string.h>

#include "zones.h"

struct memhp_zonestat {
	unsigned int node;
	enum memhp_zone zone;
	uint64_t free, spanned, present, managed, low, cma, start_pfn;
	unsigned int found;   /* bit i: fields[i] was found */
};

struct memhp_stats {
	struct memhp_zonestat *zones;
	size_t count;
};

/* The lines of a zone that we need; the per-CPU and event counters below them are skipped. */
static const struct {
	const char *key;
	size_t offset;
} fields[] = {
	{ "pages free", offsetof(struct memhp_zonestat, free) },
	{ "spanned", offsetof(struct memhp_zonestat, spanned) },
	{ "present", offsetof(struct memhp_zonestat, present) },
	{ "managed", offsetof(struct memhp_zonestat, managed) },
	/* Not on every kernel, or not in every zone: */
	{ "low", offsetof(struct memhp_zonestat, low) },
	{ "cma", offsetof(struct memhp_zonestat, cma) },
	{ "start_pfn:", offsetof(struct memhp_zonestat, start_pfn) },
};
/* The bits of the first four fields, which every zone has. Without them the text is truncated. */
#define FIELDS_NEEDED 0xfU

/* "Node 0, zone   Normal" */
static int parse_header(const char *line, size_t length, struct memhp_zonestat *ret)
{
	static const char node[] = "Node ", zone[] = ", zone";
	const char *digits = line + sizeof(node) - 1;
	const char *comma = memmem(line, length, zone, sizeof(zone) - 1);
	const char *name;
	uint64_t number = 0;

	if (!comma || comma < digits ||
	    number_parse(digits, (size_t)(comma - digits), 10, &number) < 0 || number > UINT32_MAX)
		return -EBADMSG;
	name = comma + sizeof(zone) - 1;
	name += strspn(name, " ");
	if (name >= line + length)
		return -EBADMSG;
	ret->node = (unsigned int)number;
	ret->zone = zone_parse(name, (size_t)(line + length - name));
	return 0;
}

static int parse_field(const char *line, size_t length, struct memhp_zonestat *zone)
{
	const char *end = line + length;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		size_t key = strlen(fields[i].key);
		const char *digits = line + key;
		uint64_t value = 0;

		if (length <= key || strncmp(line, fields[i].key, key) != 0 || *digits != ' ')
			continue;
		digits += strspn(digits, " ");
		if (number_parse(digits, (size_t)(end - digits), 10, &value) < 0)
			return -EBADMSG;
		memcpy((char *)zone + fields[i].offset, &value, sizeof(value));
		zone->found |= 1U << i;
		return 0;
	}
	return 0;
}

static struct memhp_zonestat *stats_append(struct memhp_stats *stats)
{
	struct memhp_zonestat *more;

	if ((stats->count & (stats->count - 1)) == 0) {
		more = reallocarray(stats->zones, stats->count ? 2 * stats->count : 1, sizeof(*more));
		if (!more)
			return NULL;
		stats->zones = more;
	}
	stats->zones[stats->count] = (struct memhp_zonestat){ 0 };
	return &stats->zones[stats->count++];
}

int stats_parse(const char *text, struct memhp_stats **ret)
{
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = calloc(1, sizeof(*stats));
	struct memhp_zonestat *zone = NULL;
	int r = 0;

	if (!stats)
		return -ENOMEM;
	for (const char *line = text; *line && r == 0;) {
		size_t length = strcspn(line, "\n");
		size_t indent = strspn(line, " ");

		if (strncmp(line, "Node ", 5) == 0) {
			zone = stats_append(stats);
			r = zone ? parse_header(line, length, zone) : -ENOMEM;
		} else if (zone && indent <= length) {
			r = parse_field(line + indent, length - indent, zone);
		} else {
			r = -EBADMSG;
		}
		line += length;
		line += *line == '\n';
	}
	if (r < 0)
		return r;
	for (size_t i = 0; i < stats->count; i++)
		if ((stats->zones[i].found & FIELDS_NEEDED) != FIELDS_NEEDED)
			return -EBADMSG;
	if (!stats->count)
		return -EBADMSG;
	*ret = take_ptr(stats);
	return 0;
}

int memhp_stats_read(struct memhp *memhp, struct memhp_stats **ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	if (r >= 0)
		r = sysdir_read_all(&proc, "zoneinfo", &text, &length);
	if (r < 0)
		return fault(memhp, "proc/zoneinfo", -r, NULL);
	r = strlen(text) == length ? stats_parse(text, ret) : -EBADMSG;
	return r < 0 ? fault(memhp, "proc/zoneinfo", -r, r == -EBADMSG ? "unexpected content" : NULL) : 0;
}

int stats_try(struct memhp *memhp, struct memhp_stats **ret)
{
	const memhp_fault_fn fault_fn = memhp->fault;
	int r;

	memhp->fault = NULL;
	r = memhp_stats_read(memhp, ret);
	memhp->fault = fault_fn;
	if (r < 0)
		*ret = NULL;
	return r == -ENOMEM ? r : 0;
}

struct memhp_stats *memhp_stats_free(struct memhp_stats *stats)
{
	if (stats)
		free(stats->zones);
	free(stats);
	return NULL;
}

const struct memhp_zonestat *memhp_stats_next(const struct memhp_stats *stats,
					      const struct memhp_zonestat *prev)
{
	const struct memhp_zonestat *next = prev ? prev + 1 : stats->zones;

	return next < stats->zones + stats->count ? next : NULL;
}

unsigned int memhp_zonestat_node(const struct memhp_zonestat *zonestat)
{
	return zonestat->node;
}

enum memhp_zone memhp_zonestat_zone(const struct memhp_zonestat *zonestat)
{
	return zonestat->zone;
}

uint64_t memhp_zonestat_present(const struct memhp_zonestat *zonestat)
{
	return zonestat->present;
}

uint64_t memhp_zonestat_managed(const struct memhp_zonestat *zonestat)
{
	return zonestat->managed;
}

uint64_t zonestat_low(const struct memhp_zonestat *zonestat)
{
	return zonestat->low;
}

uint64_t memhp_zonestat_spanned(const struct memhp_zonestat *zonestat)
{
	return zonestat->spanned;
}

uint64_t memhp_zonestat_free_pages(const struct memhp_zonestat *zonestat)
{
	return zonestat->free;
}

uint64_t memhp_zonestat_cma(const struct memhp_zonestat *zonestat)
{
	return zonestat->cma;
}

uint64_t memhp_zonestat_start_pfn(const struct memhp_zonestat *zonestat)
{
	return zonestat->start_pfn;
}
