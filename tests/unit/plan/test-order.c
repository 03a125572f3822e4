/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In which order blocks go offline: chances, Movable, work, address; whole devices
 * first. How a block is rated by its pages is test-pages.c', plans are test-plan.c'.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/plan/order.h"
#include "../tap.h"

#define MOST 16

/* A block a word: DEVICE (or "-"), zone (M Movable, N Normal, L DMA32, D DMA), chance 0 to 2, work. */
static const struct {
	const char *name;
	const char *blocks;
	const char *offline;     /* of those devices a block more is offline, or online but no candidate */
	const char *kept;
	size_t wanted;           /* 0: without whole devices */
	const char *order;
	bool exactly;
} orders[] = {
	{ "address alone, from the top", "-M0.0 -M0.0 -M0.0", "", "", 0, "2 1 0", false },
	{ "less work first", "-M0.9 -M0.3 -M0.5", "", "", 0, "1 2 0", false },
	{ "not looked at comes last", "-M0.9 -M0.* -M0.0", "", "", 0, "2 0 1", false },
	{ "Movable before less work", "-N0.0 -M0.9 -N0.1", "", "", 0, "1 0 2", false },
	{ "chances before Movable", "-M2.0 -N0.9 -N1.0", "", "", 0, "1 2 0", false },
	{ "memory below 4 GiB last", "-L0.0 -N1.9 -M0.1", "", "", 0, "2 1 0", false },
	{ "DMA after DMA32", "-D0.0 -L2.9 -N0.1", "", "", 0, "2 1 0", false },
	{ "a device that fits", "aM0.9 aM0.9 -M0.0 -M0.0", "", "", 2, "1 0 3 2", false },
	{ "the device with less work in all", "aM0.9 aM0.0 bM0.4 bM0.4", "", "", 2, "3 2 1 0", false },
	{ "several devices, then what is left", "aM0.1 aM0.1 bM0.2 bM0.2 -M0.0 cM0.0 cM0.0 cM0.0", "", "", 5,
	  "7 6 5 1 0 4 3 2", false },
	{ "one that does not fit is no whole one", "aM0.0 aM0.0 aM0.0 bM0.9", "", "", 2, "3 2 1 0", false },
	{ "a block that must stay", "aM0.0 aM0.0 bM0.9 bM0.9", "", "a", 2, "3 2 1 0", false },
	{ "a block that is offline already", "aM0.0 aM0.0 bM0.9 bM0.9", "a", "", 2, "1 0 3 2", false },
	{ "the worst block rates a device", "aM0.0 aM2.0 bM0.9 bM0.9", "", "", 2, "3 2 0 1", false },
	{ "a Movable device before one of kernel zones", "aM0.0 aN0.0 bM0.9 bM0.9", "", "", 2, "3 2 0 1", false },
	{ "the best one leaves a rest", "aM0.0 bM0.9 bM0.9", "", "", 2, "0 2 1", false },
	{ "exactly: rather others than a rest", "aM0.0 bM0.9 bM0.9", "", "", 2, "2 1 0", true },
	{ "exactly: the best of those that make it up", "aM0.1 bM0.0 cM0.9 cM0.9", "", "", 3, "1 3 2 0", true },
	{ "exactly: nothing makes it up", "aM0.0 bM0.9 bM0.9", "", "", 4, "0 2 1", true },
	{ "no device at all", "-M0.1 -M0.0", "", "", 2, "1 0", false },
	{ "nothing", "", "", "", 2, "", false },
};

static struct memhp_block *add_block(struct memhp_snapshot *snapshot, const char *device, enum memhp_state state)
{
	struct memhp_block *block = &snapshot->blocks[snapshot->count];

	*block = (struct memhp_block){ .id = snapshot->count++, .snapshot = snapshot, .device = device };
	block->state = (unsigned int)state & 0xfU;
	return block;
}

static const char *device_named(char letter)
{
	static const char *const names[] = { "a", "b", "c" };

	return letter >= 'a' && letter <= 'c' ? names[letter - 'a'] : NULL;
}

static size_t make_items(const char *text, struct memhp_snapshot *snapshot, struct order_item *items)
{
	static const char zones[] = "MNLD";
	size_t count = 0;

	for (const char *word = text; *word; word += strcspn(word, " "), word += *word == ' ') {
		const struct memhp_block *block = add_block(snapshot, device_named(word[0]), MEMHP_STATE_ONLINE);

		items[count++] = (struct order_item){
			.block = block,
			.rating.scarcity = (unsigned int)(strchr(zones, word[1]) - zones),
			.rating.chance = (unsigned int)(word[2] - '0'),
			.rating.work = word[4] == '*' ? UINT64_MAX : (uint64_t)(word[4] - '0'),
			.rating.last = memhp_block_id(block),
		};
	}
	return count;
}

static void test_order(size_t n)
{
	struct memhp_block blocks[MOST];
	struct memhp_snapshot snapshot = { .block_size = 1 << 20, .blocks = blocks };
	struct order_item items[MOST];
	size_t count = make_items(orders[n].blocks, &snapshot, items);
	char seen[64] = "";

	for (const char *letter = orders[n].offline; *letter; letter++)
		add_block(&snapshot, device_named(*letter), MEMHP_STATE_OFFLINE);
	for (const char *letter = orders[n].kept; *letter; letter++)
		add_block(&snapshot, device_named(*letter), MEMHP_STATE_ONLINE);
	order_sort(items, count);
	if (orders[n].wanted && order_whole_devices(items, count, &snapshot, orders[n].wanted, orders[n].exactly) < 0)
		bail_out("no memory");
	for (size_t i = 0; i < count; i++)
		snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%" PRIu64, i ? " " : "",
			 memhp_block_id(items[i].block));
	is_str(seen, orders[n].order, "order: %s", orders[n].name);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(orders); i++)
		test_order(i);
	return tap_done();
}
