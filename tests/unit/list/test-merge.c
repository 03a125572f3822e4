/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of `memhp list`: on trees and with columns by chance a row never stands for
 * blocks that differ in it, and no two rows could have been one. The program under
 * test is $MEMHP, or memhp in the working directory.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tap.h"
#include "../tree.h"

#define ROUNDS 120
#define M128 (INT64_C(128) << 20)

/* Columns that tell of a block; all others tell of the row. */
static const char *const columns[] = {
	"STATE", "NODE", "NODES", "ZONE", "ZONES", "OFFLINABLE", "WHY", "ORIGIN", "DEVICE", "REMOVABLE",
	"PHYS-DEVICE", "CONFIGURED", "MEMMAP-ON-MEMORY",
};

static const char *program;

static unsigned long chance(unsigned long of)
{
	return (unsigned long)random() % of;
}

static const char *one_of(const char *const *words, size_t count)
{
	return words[chance(count)];
}

#define ONE_OF(...)                                                                                          \
	one_of((const char *const[]){ __VA_ARGS__ },                                                         \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void make_block(const struct tree *tree, unsigned int id, bool is_spoilt)
{
	const char *state = ONE_OF("online\n", "online\n", "online\n", "offline\n", "going-offline\n");
	const char *zones = strcmp(state, "online\n") == 0
				    ? ONE_OF("Normal\n", "Movable\n", "Movable\n", "none\n")
				    : ONE_OF("Normal Movable\n", "Movable Normal\n");

	if (is_spoilt && chance(4) == 0)
		state = ONE_OF("garbage\n", "");
	if (is_spoilt && chance(4) == 0)
		zones = ONE_OF("garbage\n", "");
	tree_block(tree, id, state, chance(12) ? zones : NULL);
	tree_text(tree, ONE_OF("0\n", "1\n", "1\n"), TREE_MEMORY "/memory%u/removable", id);
	if (chance(8))
		tree_text(tree, ONE_OF("0\n", "0\n", "1\n"), TREE_MEMORY "/memory%u/phys_device", id);
	if (chance(3))
		tree_text(tree, ONE_OF("0\n", "1\n"), "sys/firmware/memory/memory%u/config", id);
	if (chance(3))
		tree_text(tree, ONE_OF("0\n", "1\n"), "sys/firmware/memory/memory%u/memmap_on_memory", id);
	for (unsigned int node = 0; node < 3; node++)
		if (chance(3) == 0)
			tree_node(tree, node, id);
	if (chance(4) == 0)
		tree_link(tree, ONE_OF("../PNP0C80:00", "../PNP0C80:01"),
			  TREE_MEMORY "/memory%u/firmware_node", id);
}

static void make_iomem(const struct tree *tree, unsigned int last)
{
	char text[4096];
	size_t length = 0;

	for (uint64_t id = 0; id <= last; id += 2) {
		uint64_t start = id * M128, end = start + 2 * M128 - 1;
		const char *device = ONE_OF("dax0.0", "dax1.0", "virtio0");

		if (chance(2))
			length += (size_t)snprintf(text + length, sizeof(text) - length,
						   "%" PRIx64 "-%" PRIx64 " : System RAM\n", start, end);
		else
			length += (size_t)snprintf(text + length, sizeof(text) - length,
						   "%" PRIx64 "-%" PRIx64 " : %s\n  %" PRIx64 "-%" PRIx64
						   " : System RAM (%s)\n", start, end, device, start, end,
						   device[0] == 'd' ? "kmem" : "virtio_mem");
	}
	tree_text(tree, text, "proc/iomem");
}

static struct tree *make_world(void)
{
	struct tree *tree = tree_new();
	unsigned int last = 2 + (unsigned int)chance(24);
	bool is_spoilt = chance(4) == 0;

	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_text(tree, "x86_64\n", "proc/sys/kernel/arch");
	for (unsigned int id = 0; id <= last; id++)
		if (chance(10))
			make_block(tree, id, is_spoilt);
	make_iomem(tree, last);
	return tree;
}

/* Up to so many of the columns, in any order. */
static void choose_columns(char *ret, size_t size, unsigned long most)
{
	size_t length = strlen(ret);

	for (unsigned long i = chance(most) + 1; i > 0; i--)
		length += (size_t)snprintf(ret + length, size - length, "%s%s", length ? "," : "",
					   columns[chance(TAP_COUNT(columns))]);
}

static struct json_object *run(const struct tree *tree, const char *list, const char *options)
{
	char command[8192];
	struct json_object *document;
	char *text = NULL;
	size_t size = 0;
	FILE *pipe;
	int status;

	snprintf(command, sizeof(command), "'%s' list -J -s '%s' -o %s %s 2>/dev/null", program, tree->root,
		 list, options);
	pipe = popen(command, "r");
	if (!pipe || getdelim(&text, &size, '\0', pipe) < 0)
		bail_out("no output: %s", command);
	status = pclose(pipe);
	if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 64))
		bail_out("status %#x: %s", (unsigned int)status, command);
	document = json_tokener_parse(text);
	free(text);
	if (!document)
		bail_out("no document: %s", command);
	return document;
}

static struct json_object *member(struct json_object *object, const char *name)
{
	return json_object_object_get(object, name);
}

static int64_t number(struct json_object *object, const char *name)
{
	return json_object_get_int64(member(object, name));
}

/* PHYS-DEVICE is phys_device. */
static void key_of(const char *column, char ret[32])
{
	size_t i = 0;

	for (; column[i] && i < 31; i++)
		ret[i] = (char)(column[i] == '-' ? '_' : column[i] >= 'A' ? column[i] | 0x20 : column[i]);
	ret[i] = '\0';
}

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ',') && (at[length] == ',' || !at[length]))
			return true;
	return false;
}

static bool is_mixed(struct json_object *row, const char *key)
{
	struct json_object *mixed = member(row, "mixed");

	for (size_t i = 0; mixed && i < json_object_array_length(mixed); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(mixed, i)), key) == 0)
			return true;
	return false;
}

struct comparison {
	struct json_object *rows, *blocks;   /* merged, and one a block */
	const char *printed, *split;         /* columns; split is NULL: by the printed ones */
	const char *problem;
};

static void fault(struct comparison *all, const char *problem)
{
	if (!all->problem)
		all->problem = problem;
}

/* A cell of the row against those of its blocks, first to last - 1. */
static void compare_cell(struct comparison *all, struct json_object *row, size_t first, size_t last,
			 const char *column)
{
	bool differs = false;
	char key[32];

	key_of(column, key);
	for (size_t i = first; i < last; i++)
		if (!json_object_equal(member(json_object_array_get_idx(all->blocks, i), key),
				       member(json_object_array_get_idx(all->blocks, first), key)))
			differs = true;
	if (differs && !all->split)
		fault(all, "a row has blocks that differ");
	if (differs && all->split && has_word(all->split, column))
		fault(all, "a row has blocks that differ in a column that splits");
	if (!has_word(all->printed, column))
		return;
	if (differs != is_mixed(row, key))
		fault(all,
		      differs ? "a cell that differs is not mixed" : "a cell that does not differ is mixed");
	if (differs && member(row, key))
		fault(all, "a mixed cell has a value");
	if (!differs && !json_object_equal(member(row, key),
					   member(json_object_array_get_idx(all->blocks, first), key)))
		fault(all, "a cell is not its blocks'");
}

/* Whether what splits differs between two blocks. */
static bool is_split(const struct comparison *all, struct json_object *a, struct json_object *b)
{
	const char *list = all->split ? all->split : all->printed;
	char key[32];

	for (size_t i = 0; i < TAP_COUNT(columns); i++) {
		key_of(columns[i], key);
		if (has_word(list, columns[i]) && !json_object_equal(member(a, key), member(b, key)))
			return true;
	}
	return false;
}

static void compare_row(struct comparison *all, struct json_object *row, size_t first, size_t last)
{
	struct json_object *blocks = all->blocks;
	int64_t count = (int64_t)(last - first);

	if (number(row, "count") != count || number(row, "size") != count * M128)
		fault(all, "a count or size is wrong");
	if (number(row, "start") != number(json_object_array_get_idx(blocks, first), "start") ||
	    number(row, "end") != number(json_object_array_get_idx(blocks, last - 1), "end") ||
	    number(row, "end") - number(row, "start") + 1 != count * M128)
		fault(all, "a row does not begin or end with its blocks");
	for (size_t i = 0; i < TAP_COUNT(columns); i++)
		compare_cell(all, row, first, last, columns[i]);
	/* The first block of the row before the next one's is a neighbour that could have been in it. */
	if (last < json_object_array_length(blocks)) {
		struct json_object *next = json_object_array_get_idx(blocks, last);

		if (number(row, "end") + 1 == number(next, "start") &&
		    !is_split(all, json_object_array_get_idx(blocks, first), next))
			fault(all, "two rows could be one");
	}
}

static const char *compare(struct comparison *all)
{
	size_t first = 0, total = json_object_array_length(all->blocks);

	for (size_t i = 0; i < json_object_array_length(all->rows); i++) {
		struct json_object *row = json_object_array_get_idx(all->rows, i);
		size_t last = first;

		while (last < total &&
		       number(json_object_array_get_idx(all->blocks, last), "end") <= number(row, "end"))
			last++;
		if (last == first)
			return "a row without block";
		compare_row(all, row, first, last);
		first = last;
	}
	return first == total ? all->problem : "a block without row";
}

static void test_round(unsigned int seed)
{
	struct tree *tree;
	char printed[512] = "", split[512] = "", list[1100], options[600] = "";
	struct json_object *merged, *single;
	struct comparison all = { .printed = printed };
	const char *problem;

	srandom(seed);
	tree = make_world();
	choose_columns(printed, sizeof(printed), 6);
	if (seed % 3 == 1) {
		all.split = split;
		choose_columns(split, sizeof(split), 2);
		snprintf(options, sizeof(options), "--split %s", split);
	} else if (seed % 3 == 2 && chance(2)) {
		all.split = "";
		snprintf(options, sizeof(options), "--split none");
	}
	snprintf(list, sizeof(list), "START,END,SIZE,COUNT,%s", printed);
	merged = run(tree, list, options);
	snprintf(list, sizeof(list), "START,END,%s%s%s", printed, split[0] ? "," : "", split);
	single = run(tree, list, "-a");
	all.rows = member(merged, "memory");
	all.blocks = member(single, "memory");
	problem = compare(&all);
	is_str(problem, NULL, "seed %u: -o %s %s", seed, printed, options);
	ok(json_object_equal(member(merged, "summary"), member(single, "summary")), "seed %u: sums", seed);
	json_object_put(merged);
	json_object_put(single);
	tree_free(tree);
}

int main(void)
{
	program = getenv("MEMHP");
	if (!program || !*program)
		program = "./memhp";
	if (access(program, X_OK) < 0)
		bail_out("%s: no program to test; set MEMHP", program);
	for (unsigned int seed = 0; seed < ROUNDS; seed++)
		test_round(seed);
	return tap_done();
}
