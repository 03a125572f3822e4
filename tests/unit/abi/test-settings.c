/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays of settings whose elements have the size that the caller's header gives them.
 * They are on the heap in exactly that size, so that AddressSanitizer sees any byte
 * that is read beyond.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "objects.h"

#define FULL sizeof(struct memhp_setting)
#define ALIGNED _Alignof(struct memhp_setting)

static const struct memhp_setting settings[] = {
	{ FULL, "online_policy", "auto-movable" },
	{ FULL, "auto_movable_ratio", "5" },
};

static const struct {
	const char *name;
	size_t sizes[2];
	size_t byte;          /* of the last element, set to 1; 0: none */
	int error;
} arrays[] = {
	{ "as this header has them", { FULL, FULL }, 0, 0 },
	{ "newer ones", { FULL + ALIGNED, FULL + ALIGNED }, 0, 0 },
	{ "much newer ones", { 4096, 4096 }, 0, 0 },
	{ "an unknown field", { FULL + ALIGNED, FULL + ALIGNED }, FULL, -E2BIG },
	{ "the last byte of it", { FULL + ALIGNED, FULL + ALIGNED }, FULL + ALIGNED - 1, -E2BIG },
	{ "too large", { 4096 + ALIGNED, 4096 + ALIGNED }, 0, -E2BIG },
	{ "without a value", { FULL - ALIGNED, FULL - ALIGNED }, 0, -EINVAL },
	{ "without a name", { sizeof(size_t), sizeof(size_t) }, 0, -EINVAL },
	{ "no size", { 0, 0 }, 0, -EINVAL },
	{ "no place for a structure", { FULL + 1, FULL + 1 }, 0, -EINVAL },
	{ "several sizes", { FULL + ALIGNED, FULL }, 0, -EINVAL },
	{ "the second without a size", { FULL, 0 }, 0, -EINVAL },
};

static unsigned char *array_new(size_t row)
{
	const size_t first = arrays[row].sizes[0], *sizes = arrays[row].sizes;
	const size_t least = first < sizeof(size_t) ? sizeof(size_t) : first;
	unsigned char *array = calloc(2, least);

	if (!array)
		bail_out("no memory");
	for (size_t i = 0; i < TAP_COUNT(settings); i++) {
		memcpy(array + i * first, &settings[i], least < FULL ? least : FULL);
		memcpy(array + i * first, &sizes[i], sizeof(sizes[i]));
	}
	if (arrays[row].byte)
		array[first + arrays[row].byte] = 1;
	return array;
}

static void count_steps(void *data, const struct memhp_policy_step *step)
{
	ok(!step->set && !step->restored, "nothing was written: %s", step->value);
	++*(size_t *)data;
}

static void test_array(struct objects *objects, size_t row)
{
	const int error = arrays[row].error;
	unsigned char *array = array_new(row);
	char *before = NULL, *after = NULL;
	size_t steps = 0;

	is_int(memhp_conf_preview(objects->memhp, (void *)array, 2, &before, &after), error ? error : 1,
	       "%s: preview", arrays[row].name);
	ok(error ? !after : strstr(after, "auto_movable_ratio = 5\n") && strstr(after, "online_policy = auto-movable\n"),
	   "%s: the text", arrays[row].name);
	is_int(memhp_conf_save(objects->memhp, (void *)array, 2), error ? error : 1, "%s: save", arrays[row].name);
	/* The tree has no such parameters. */
	is_int(memhp_policy_set(objects->memhp, objects->policy, (void *)array, 2, count_steps, &steps),
	       error ? error : -ENOENT, "%s: set", arrays[row].name);
	is_number(steps, error ? 0 : 2, "%s: steps", arrays[row].name);
	tree_remove(objects->tree, "etc/memhp.conf");
	free(before);
	free(after);
	free(array);
}

int main(void)
{
	struct objects objects;

	objects_open(&objects);
	tree_dir(objects.tree, "etc");
	for (size_t i = 0; i < TAP_COUNT(arrays); i++)
		test_array(&objects, i);
	objects_close(&objects);
	return tap_done();
}
