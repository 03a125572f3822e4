/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks there are, how large they are, and which nodes they are on: what
 * the listings of directories tell. The blocks' own files are attribute.c's.
 */
#include <string.h>

#include "block.h"

/* More than any machine can address: what is above is no size of a block. */
#define BLOCK_SIZE_MAX (UINT64_C(1) << 52)

struct ids {
	uint64_t *ids;
	size_t count, size;
};

static void ids_free(struct ids *ids)
{
	free(ids->ids);
}

static int ids_add(struct ids *ids, uint64_t id)
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
	uint64_t invalid;
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
		list->invalid++;
		return 0;
	}
	return ids_add(&list->ids, id);
}

static int compare_ids(const void *a, const void *b)
{
	return number_compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* The kernel lists directories in the order of a hash. */
static void ids_sort(struct ids *ids)
{
	if (ids->count)
		qsort(ids->ids, ids->count, sizeof(*ids->ids), compare_ids);
}

int discover_block_size(const struct sysdir *memory, uint64_t *ret)
{
	static const char name[] = "block_size_bytes";
	cleanup(cleanup_free) char *path = NULL;
	char text[64];
	uint64_t size = 0;
	ssize_t length = sysdir_read(memory, name, text, sizeof(text));

	if (asprintf(&path, "%s/%s", memory->path, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (length == -ENOENT) {
		fault(memory->memhp, path, ENOENT, NULL);
		return -EOPNOTSUPP;
	}
	if (length < 0 && length != -ENODATA && length != -EMSGSIZE)
		return fault(memory->memhp, path, (int)-length, NULL);
	if (length <= 0 || number_parse(text, (size_t)length, 16, &size) < 0)
		return fault(memory->memhp, path, EBADMSG, "not a number in hex");
	if (!size || (size & (size - 1)))
		return fault(memory->memhp, path, EBADMSG, "not a power of two");
	if (size < memory->memhp->page_size || size > BLOCK_SIZE_MAX)
		return fault(memory->memhp, path, EBADMSG, "not a size that a memory block can have");
	*ret = size;
	return 0;
}

static int make_room(struct memhp_snapshot *snapshot, size_t count)
{
	snapshot->blocks = calloc(count + 1, sizeof(*snapshot->blocks));
	return snapshot->blocks ? 0 : -ENOMEM;
}

static void add_block(struct memhp_snapshot *snapshot, uint64_t id)
{
	snapshot->blocks[snapshot->count++] = (struct memhp_block){ .id = id, .snapshot = snapshot };
}

int discover_blocks(const struct sysdir *memory, struct memhp_snapshot *snapshot)
{
	cleanup(id_list_free) struct id_list list = {
		.prefix = "memory",
		.max = UINT64_MAX / snapshot->block_size,
	};
	int r = sysdir_list(memory, ".", list_id, &list);

	if (r < 0)
		return fault(memory->memhp, memory->path, -r, NULL);
	snapshot->invalid_ids = list.invalid;
	ids_sort(&list.ids);
	r = make_room(snapshot, list.ids.count);
	for (size_t i = 0; i < list.ids.count && r == 0; i++)
		add_block(snapshot, list.ids.ids[i]);
	return r;
}

/* Members are in the order of blocks. */
static bool is_first_of_block(const struct node_listing *listing, size_t i)
{
	return i == 0 || listing->members[i - 1].block != listing->members[i].block;
}

/*
 * The blocks that nodes have are all there are if the directory of memory has as many
 * subdirectories, which the number of its links tells (fs/kernfs/inode.c:
 * kernfs_refresh_inode()): this spares a second listing. The one other subdirectory
 * is power. 1 when it is so, 0 when not or when it cannot be told.
 */
int discover_blocks_of_nodes(const struct sysdir *memory, const struct node_listing *listing,
			     struct memhp_snapshot *snapshot)
{
	const size_t members = listing->member_count;
	uint64_t count = 0;
	int r;

	for (size_t i = 0; i < members; i++)
		count += is_first_of_block(listing, i);
	if (!count || listing->members[members - 1].block > UINT64_MAX / snapshot->block_size ||
	    count + sysdir_has(memory, "power") != sysdir_subdirectories(memory))
		return 0;
	r = make_room(snapshot, count);
	for (size_t i = 0; i < members && r == 0; i++)
		if (is_first_of_block(listing, i))
			add_block(snapshot, listing->members[i].block);
	return r < 0 ? r : 1;
}

struct node_scan {
	struct node_listing *listing;
	unsigned int node;
	size_t size;
};

static int add_member(const char *name, void *data)
{
	struct node_scan *scan = data;
	struct node_listing *listing = scan->listing;
	uint64_t id = 0;

	if (name_number(name, "memory", &id) < 0)
		return 0;
	if (listing->member_count == scan->size) {
		size_t size = scan->size ? 2 * scan->size : 256;
		struct node_member *more = reallocarray(listing->members, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		listing->members = more;
		scan->size = size;
	}
	listing->members[listing->member_count++] = (struct node_member){ .block = id, .node = scan->node };
	return 0;
}

static int compare_members(const void *a, const void *b)
{
	const struct node_member *x = a, *y = b;

	return number_compare(x->block, y->block);
}

/*
 * Nodes by the nodes' directories: one listing a node instead of one a block. A
 * node that vanishes or cannot be listed leaves its blocks to their own links.
 */
int node_listing_read(const struct memhp *memhp, struct node_listing *ret)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(id_list_free) struct id_list list = { .prefix = "node", .max = UINT32_MAX };
	struct node_scan scan = { .listing = ret };
	int r = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir);

	if (r == 0)
		r = sysdir_list(&dir, ".", list_id, &list);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	ids_sort(&list.ids);
	ret->nodes = calloc(list.ids.count + 1, sizeof(*ret->nodes));
	if (!ret->nodes)
		return -ENOMEM;
	for (size_t i = 0; i < list.ids.count; i++) {
		char name[32];

		scan.node = (unsigned int)list.ids.ids[i];
		snprintf(name, sizeof(name), "node%u", scan.node);
		r = sysdir_list(&dir, name, add_member, &scan);
		if (r == -ENOMEM)
			return r;
		ret->nodes[ret->node_count++] = scan.node;
	}
	if (ret->member_count)
		qsort(ret->members, ret->member_count, sizeof(*ret->members), compare_members);
	return 0;
}

void node_listing_free(struct node_listing *listing)
{
	free(listing->nodes);
	free(listing->members);
}

int discover_nodes(struct node_listing *listing, struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < listing->member_count; i++) {
		const struct node_member *member = &listing->members[i];
		struct memhp_block *block = (struct memhp_block *)memhp_snapshot_find(snapshot, member->block);
		int r = block ? block_add_node(block, member->node) : 0;

		if (r < 0)
			return r;
	}
	snapshot->nodes = take_ptr(listing->nodes);
	snapshot->node_count = listing->node_count;
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
