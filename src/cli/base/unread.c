/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remembers the files that could not be read or understood. Attributes of blocks can be
 * many; they are not compared with each other.
 */
#include "unread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shortage.h"
#include "text.h"

static struct unread *first, *last;

/* Takes over the path. */
static void unread_add(char *path, int code)
{
	struct unread *file = calloc(1, sizeof(*file));

	if (!file) {
		shortage_note();
		free(path);
		return;
	}
	file->path = path;
	file->error = strerrorname_np(abs(code));
	if (last)
		last->next = file;
	else
		first = file;
	last = file;
}

void unread_note(const char *path, int code)
{
	char *whole = NULL;

	for (const struct unread *file = first; file; file = file->next)
		if (strcmp(file->path + 1, path + (*path == '/')) == 0)
			return;
	if (text_asprintf(&whole, "/%s", path + (*path == '/')) >= 0)
		unread_add(whole, code);
}

void unread_note_attribute(const struct memhp_block *block, enum memhp_attr attr)
{
	char *path = NULL;

	if (text_asprintf(&path, "/sys/devices/system/memory/memory%" PRIu64 "/%s", memhp_block_id(block),
			  memhp_attr_name(attr)) >= 0)
		unread_add(path, memhp_block_error(block, attr));
}

void unread_note_parameters(const struct memhp_policy *policy)
{
	const struct memhp_parameter *parameter;

	memhp_policy_foreach(policy, parameter) {
		const char *path = memhp_parameter_path(parameter);
		const int code = memhp_parameter_error(parameter);
		char *below = NULL;

		if (!path || code == 0 || code == -ENODATA || code == -ENOENT)
			continue;
		if (text_asprintf(&below, "sys/%s", path) < 0)
			return;
		unread_note(below, code);
		free(below);
	}
}

const struct unread *unread_next(const struct unread *prev)
{
	return prev ? prev->next : first;
}
