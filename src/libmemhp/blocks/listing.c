/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the listings of directories show: which blocks exist, which nodes they
 * are on, and how large a block is. The files of each block are left to
 * attribute.c.
 */
#include <string.h>

#include "block.h"

/* More than any machine can address, so nothing larger is a block size. */
#define BLOCK_SIZE_MAX (UINT64_C(1) << 52)

void ids_free(struct ids *ids)
{
	free(ids->ids);
}

int ids_add(struct ids *ids, uint64_t id)
{
	if (ids->count == ids->size) {
		size_t size = ids->size ? 2 * ids->size : 256;
		uint64_t *more = reallocarray(ids->ids, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		ids->ids = more;
		ids->size = size;
	}
	ids->ids[ids->count++] = id;
	return 0;
}

struct id_list {
	struct ids ids;
	const char *prefix;
	uint64_t max;
};

static void id_list_free(struct id_list *list)
{
	ids_free(&list->ids);
}

static int list_id(const char *name, void *data)
{
	struct id_list *list = data;
	uint64_t id = 0;
	int r = name_number(name, list->prefix, &id);

	if (r == -EINVAL)
		return 0;
	if (r == -ERANGE || id > list->max) {
		list->ids.invalid++;
		return 0;
	}
	return ids_add(&list->ids, id);
}

static int ids_compare(const void *a, const void *b)
{
	return number_compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* The kernel lists directories in hash order. */
void ids_sort(struct ids *ids)
{
	if (ids->count)
		qsort(ids->ids, ids->count, sizeof(*ids->ids), ids_compare);
}

int block_size_read(const struct sysdir *memory, uint64_t *ret)
{
	static const char name[] = "block_size_bytes";
	char text[64], path[PATH_MAX + 32];
	uint64_t size = 0;
	ssize_t length = sysdir_read(memory, name, text, sizeof(text));

	snprintf(path, sizeof(path), "%s/%s", memory->path, name);
	if (length == -ENOENT) {
		fault(memory->memhp, path, ENOENT, NULL);
		return -EOPNOTSUPP;
	}
	if (length < 0 && length != -ENODATA && length != -EMSGSIZE)
		return fault(memory->memhp, path, (int)-length, NULL);
	if (length <= 0 || number_parse(text, (size_t)length, 16, &size) < 0)
		return fault(memory->memhp, path, EBADMSG, "not a hexadecimal number");
	if (!size || (size & (size - 1)))
		return fault(memory->memhp, path, EBADMSG, "not a power of two");
	if (size < memory->memhp->page_size || size > BLOCK_SIZE_MAX)
		return fault(memory->memhp, path, EBADMSG, "not a valid memory block size");
	*ret = size;
	return 0;
}

int listing_blocks(const struct sysdir *memory, uint64_t block_size, struct ids *ret)
{
	struct id_list list = { .prefix = "memory", .max = UINT64_MAX / block_size };
	int r = sysdir_list(memory, ".", list_id, &list);

	ids_sort(&list.ids);
	*ret = list.ids;
	return r < 0 ? fault(memory->memhp, memory->path, -r, NULL) : 0;
}

struct node_scan {
	unsigned int node;
	listing_fn fn;
	void *data;
};

static int found_block(const char *name, void *data)
{
	const struct node_scan *scan = data;
	uint64_t id = 0;

	return name_number(name, "memory", &id) < 0 ? 0 : scan->fn(id, scan->node, scan->data);
}

/*
 * Finds the nodes of blocks in the directories of the nodes: one listing per node
 * instead of one per block. If a node vanishes or cannot be listed, the links of its
 * blocks are used instead.
 */
int listing_nodes(const struct memhp *memhp, struct memhp_snapshot *snapshot, listing_fn fn, void *data)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(id_list_free) struct id_list list = { .prefix = "node", .max = UINT32_MAX };
	int r = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir);

	if (r == 0)
		r = sysdir_list(&dir, ".", list_id, &list);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	ids_sort(&list.ids);
	snapshot->nodes = calloc(list.ids.count + 1, sizeof(*snapshot->nodes));
	if (!snapshot->nodes)
		return -ENOMEM;
	for (size_t i = 0; i < list.ids.count; i++) {
		struct node_scan scan = { (unsigned int)list.ids.ids[i], fn, data };
		char name[32];

		snprintf(name, sizeof(name), "node%u", scan.node);
		r = sysdir_list(&dir, name, found_block, &scan);
		if (r == -ENOMEM || r > 0)
			return r;
		snapshot->nodes[snapshot->node_count++] = scan.node;
	}
	return 0;
}

/* lib/bitmap.c: bitmap_print_to_pagebuf(): "0-3,8" */
static int list_has(const char *list, uint64_t number)
{
	for (const char *item = list;; item++) {
		const size_t length = strcspn(item, ","), digits = strcspn(item, ",-");
		uint64_t first = 0, last = 0;

		if (number_parse(item, digits, 10, &first) < 0)
			return -EBADMSG;
		last = first;
		if (digits < length && number_parse(item + digits + 1, length - digits - 1, 10, &last) < 0)
			return -EBADMSG;
		if (number >= first && number <= last)
			return 1;
		item += length;
		if (!*item)
			return 0;
	}
}

int memhp_node_is_possible(struct memhp *memhp, unsigned int node)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	char list[4096];
	ssize_t length;
	int r = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir);

	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	length = sysdir_read(&dir, "possible", list, sizeof(list));
	if (length < 0)
		return length == -ENOENT ? -ENODATA : (int)length;
	return list_has(list, node);
}
