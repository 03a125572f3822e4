/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /proc/iomem: the tree of physical address ranges, and how much of a range is
 * System RAM. What this proves about the origin of a block is decided in
 * origin.c.
 */
#include <string.h>

#include "origin.h"

/* "  01000000-022090c7 : Kernel code"; each level is indented by two blanks. */
static int iomem_parse_line(char *line, struct resource *ret)
{
	size_t indent = strspn(line, " ");
	char *start = line + indent;
	char *dash = strchr(start, '-');
	char *separator = strstr(start, " : ");

	if (!dash || !separator || dash > separator)
		return -EBADMSG;
	if (number_parse(start, (size_t)(dash - start), 16, &ret->start) < 0 ||
	    number_parse(dash + 1, (size_t)(separator - dash - 1), 16, &ret->end) < 0 ||
	    ret->start > ret->end)
		return -EBADMSG;
	ret->depth = (unsigned int)(indent / 2);
	ret->name = strdup(separator + 3);
	return ret->name ? 0 : -ENOMEM;
}

static int iomem_append(struct iomem *iomem, struct resource *resource)
{
	struct resource *more = iomem->resources;
	const struct resource *last = iomem->count ? &more[iomem->count - 1] : NULL;

	resource->reach = last && last->reach > resource->end ? last->reach : resource->end;
	iomem->descends |= last && resource->start < last->start;

	/* The array grows at each power of two. */
	if ((iomem->count & (iomem->count - 1)) == 0) {
		more = reallocarray(more, iomem->count ? 2 * iomem->count : 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
	}
	iomem->resources = more;
	iomem->resources[iomem->count++] = *resource;
	return 0;
}

int iomem_parse(char *text, struct iomem *ret)
{
	cleanup(iomem_free) struct iomem iomem = { .masked = true };
	char *line;

	while ((line = strsep(&text, "\n"))) {
		struct resource resource = { 0 };
		int r;

		if (!*line)
			continue;
		r = iomem_parse_line(line, &resource);
		if (r < 0)
			return r;
		r = iomem_append(&iomem, &resource);
		if (r < 0) {
			free(resource.name);
			return r;
		}
		/* kernel/resource.c: r_show() prints zeros without CAP_SYS_ADMIN. */
		if (resource.end != 0)
			iomem.masked = false;
	}
	*ret = iomem;
	iomem = (struct iomem){ 0 };
	return 0;
}

void iomem_free(struct iomem *iomem)
{
	for (size_t i = 0; i < iomem->count; i++)
		free(iomem->resources[i].name);
	free(iomem->resources);
}

size_t iomem_narrow(const struct iomem *iomem, uint64_t start, uint64_t end, size_t *ret_stop)
{
	size_t first = 0, high = iomem->count, stop = 0;

	while (first < high) {
		size_t middle = first + (high - first) / 2;

		if (iomem->resources[middle].reach < start)
			first = middle + 1;
		else
			high = middle;
	}
	high = iomem->count;
	while (stop < high) {
		size_t middle = stop + (high - stop) / 2;

		if (iomem->resources[middle].start <= end)
			stop = middle + 1;
		else
			high = middle;
	}
	*ret_stop = iomem->descends ? iomem->count : stop;
	return first;
}

/* "System RAM", or "System RAM (driver)": memory that a driver manages. */
bool resource_is_ram(const struct resource *resource)
{
	static const char ram[] = "System RAM";
	char next = '\0';

	if (strncmp(resource->name, ram, sizeof(ram) - 1) != 0)
		return false;
	next = resource->name[sizeof(ram) - 1];
	return next == '\0' || next == ' ';
}

unsigned int iomem_names(const struct iomem *iomem, uint64_t start, uint64_t end, const char **ret, unsigned int count)
{
	unsigned int known, found = 0;
	size_t stop = 0;

	for (size_t i = iomem_narrow(iomem, start, end, &stop); i < stop && found < count && !iomem->masked; i++) {
		const struct resource *resource = &iomem->resources[i];

		if (resource->start > end || resource->end < start || resource_is_ram(resource))
			continue;
		for (known = 0; known < found && strcmp(ret[known], resource->name) != 0; known++)
			;
		if (known == found)
			ret[found++] = resource->name;
	}
	return found;
}

/*
 * mm/memory_hotplug.c: offline_pages() counts the whole pages of System RAM in the block
 * (kernel/resource.c: walk_system_ram_range()), and refuses the block if any page is
 * missing.
 */
bool iomem_has_holes(const struct iomem *iomem, uint64_t start, uint64_t end, uint64_t page_size)
{
	uint64_t pages = 0, next = start;
	size_t stop = 0;

	for (size_t i = iomem_narrow(iomem, start, end, &stop); i < stop && next >= start && next <= end; i++) {
		const struct resource *resource = &iomem->resources[i];
		uint64_t first, last;

		if (resource->start > end || resource->end < next || !resource_is_ram(resource))
			continue;
		first = resource->start > next ? resource->start : next;
		last = resource->end < end ? resource->end : end;
		/* Resources inside a range that was counted are not counted again. */
		next = last + 1;
		/* Numbers of the first whole page, and of the page after the last whole one. */
		first = first / page_size + (first % page_size != 0);
		last = last / page_size + (last % page_size == page_size - 1);
		if (last > first)
			pages += last - first;
	}
	return pages < (end - start) / page_size + 1;
}
