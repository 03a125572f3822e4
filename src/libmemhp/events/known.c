/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks as they are known to a monitor, and which events would explain how the
 * machine differs from that. A block that was removed and added again has the same
 * number, but another inode number: kernfs numbers its entries (fs/kernfs/dir.c:
 * __kernfs_new_node()).
 */
#include <string.h>

#include "events.h"

void known_free(struct known *known)
{
	for (size_t i = 0; i < known->count; i++)
		known_see(&known->items[i], NULL);
	free(known->items);
	*known = (struct known){ 0 };
}

void known_see(struct known_block *known, const struct memhp_block *block)
{
	const struct memhp_block *before = known->seen;

	known->seen = block;
	if (block)
		(void)snapshot_keep(block->snapshot);
	if (before)
		snapshot_drop(before->snapshot);
}

uint64_t known_inode(const struct attribute_dirs *dirs, uint64_t id)
{
	char name[32];

	snprintf(name, sizeof(name), "memory%llu", (unsigned long long)id);
	return sysdir_inode(&dirs->memory, name);
}

/* A block that is going offline is still online. */
static enum memhp_state known_state(const struct memhp_block *block)
{
	const enum memhp_state state = memhp_block_state(block);

	return state == MEMHP_STATE_GOING_OFFLINE ? MEMHP_STATE_ONLINE : state;
}

int known_begin(const struct attribute_dirs *dirs, const struct memhp_snapshot *snapshot, struct known *ret)
{
	const struct memhp_block *block;
	struct known known = { .size = (size_t)snapshot->count + 1 };

	known.items = calloc(known.size, sizeof(*known.items));
	if (!known.items)
		return -ENOMEM;
	memhp_snapshot_foreach(snapshot, block) {
		struct known_block *item = &known.items[known.count++];

		*item = (struct known_block){
			.id = block->id, .inode = known_inode(dirs, block->id), .state = known_state(block),
		};
		known_see(item, block);
	}
	*ret = known;
	return 0;
}

/* The place of a block, or where it belongs. */
static size_t known_place(const struct known *known, uint64_t id)
{
	return number_place(known->items, known->count, sizeof(*known->items), id);
}

struct known_block *known_find(const struct known *known, uint64_t id)
{
	const size_t place = known_place(known, id);

	return place < known->count && known->items[place].id == id ? &known->items[place] : NULL;
}

int known_add(struct known *known, uint64_t id, struct known_block **ret)
{
	const size_t place = known_place(known, id);

	if (known->count == known->size) {
		const size_t size = known->size ? 2 * known->size : 64;
		struct known_block *items = reallocarray(known->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		known->items = items;
		known->size = size;
	}
	memmove(&known->items[place + 1], &known->items[place], (known->count - place) * sizeof(*known->items));
	known->count++;
	known->items[place] = (struct known_block){ .id = id };
	*ret = &known->items[place];
	return 0;
}

void known_remove(struct known *known, struct known_block *block)
{
	const size_t place = (size_t)(block - known->items);

	known_see(block, NULL);
	known->count--;
	memmove(block, block + 1, (known->count - place) * sizeof(*block));
}

/* The kernel adds a block offline, and then brings it online. One without an inode has vanished meanwhile. */
static int compare_new(const struct known_block *now, known_fn fn, void *data)
{
	int r;

	if (!now->inode)
		return 0;
	r = fn(data, now->id, MEMHP_EVENT_ADDED);
	return r == 0 && now->state == MEMHP_STATE_ONLINE ? fn(data, now->id, MEMHP_EVENT_ONLINE) : r;
}

static int compare_block(const struct known_block *before, const struct known_block *now, known_fn fn, void *data)
{
	int r;

	if (before->inode != now->inode || !now->inode) {
		r = fn(data, before->id, MEMHP_EVENT_REMOVED);
		return r == 0 ? compare_new(now, fn, data) : r;
	}
	if (before->state == now->state || now->state == MEMHP_STATE_UNKNOWN)
		return 0;
	return fn(data, now->id, now->state == MEMHP_STATE_ONLINE ? MEMHP_EVENT_ONLINE : MEMHP_EVENT_OFFLINE);
}

int known_compare(const struct known *before, const struct known *now, known_fn fn, void *data)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < before->count || j < now->count)) {
		const struct known_block *old = &before->items[i], *new = &now->items[j];
		const bool has_old = i < before->count && (j == now->count || old->id <= new->id);
		const bool has_new = j < now->count && (i == before->count || new->id <= old->id);

		if (has_old && has_new)
			r = compare_block(old, new, fn, data);
		else if (has_old)
			r = fn(data, old->id, MEMHP_EVENT_REMOVED);
		else
			r = compare_new(new, fn, data);
		i += has_old;
		j += has_new;
	}
	return r;
}
