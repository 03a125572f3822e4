/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What there is outside of a block for its pages to go to: free memory, other nodes,
 * free hugetlb pages of each size, and in which zones CMA lies. What cannot be read
 * is unknown.
 */
#include <string.h>

#include "pages.h"

/* "hugepages-2048kB": the kernel's directory of one size */
static int add_size(const char *name, void *data)
{
	static const char prefix[] = "hugepages-";
	const char *digits = name + sizeof(prefix) - 1;
	struct room *room = data;
	uint64_t kib = 0;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 || room->huge_sizes == HUGE_SIZES_MAX ||
	    number_parse(digits, strspn(digits, "0123456789"), 10, &kib) < 0 || kib > UINT64_MAX >> 10)
		return 0;
	room->huge[room->huge_sizes++].size = kib << 10;
	return 0;
}

/* One of the kernel's numbers of pages of that size, 0 when it cannot be read. */
static uint64_t read_count(const struct sysdir *dir, uint64_t size, const char *file)
{
	char name[64], text[32];
	uint64_t count = 0;
	ssize_t length;

	snprintf(name, sizeof(name), "hugepages-%llukB/%s", (unsigned long long)(size >> 10), file);
	length = sysdir_read(dir, name, text, sizeof(text));
	return length > 0 && number_parse(text, (size_t)length, 10, &count) == 0 ? count : 0;
}

static void read_huge_pages(const struct memhp *memhp, struct room *room)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;

	if (sysdir_open(memhp, memhp->sysfs, "kernel/mm/hugepages", &dir) < 0)
		return;
	(void)sysdir_list(&dir, ".", add_size, room);
	for (unsigned int i = 0; i < room->huge_sizes; i++) {
		uint64_t free = read_count(&dir, room->huge[i].size, "free_hugepages");
		uint64_t promised = read_count(&dir, room->huge[i].size, "resv_hugepages");

		room->huge[i].free = free > promised ? free - promised : 0;
	}
}

/* "0" or "0-1,3" */
static bool has_several_nodes(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	char text[64];

	return sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir) == 0 &&
	       sysdir_read(&dir, "has_memory", text, sizeof(text)) > 0 && text[strspn(text, "0123456789")];
}

static int read_zones(struct memhp *memhp, struct room *room)
{
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	const struct memhp_zonestat *zone;
	int r = stats_try(memhp, &stats);

	if (r < 0 || !stats)
		return r;
	memhp_stats_foreach(stats, zone)
		if (memhp_zonestat_cma(zone))
			room->cma_zones |= 1U << memhp_zonestat_zone(zone);
	return 0;
}

int room_read(struct memhp *memhp, struct room *ret)
{
	struct room room = { .free = UINT64_MAX, .available = UINT64_MAX };
	int r = meminfo_read(memhp, "MemFree", &room.free);

	if (r != -ENOMEM)
		r = meminfo_read(memhp, "MemAvailable", &room.available);
	if (r != -ENOMEM)
		r = read_zones(memhp, &room);
	if (r == -ENOMEM)
		return r;
	read_huge_pages(memhp, &room);
	room.has_nodes = has_several_nodes(memhp);
	*ret = room;
	return 0;
}

uint64_t room_huge_size(const struct room *room, uint64_t least, uint64_t *ret_free)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < room->huge_sizes; i++) {
		if (room->huge[i].size < least || (size && room->huge[i].size > size))
			continue;
		size = room->huge[i].size;
		*ret_free = room->huge[i].free;
	}
	return size;
}
