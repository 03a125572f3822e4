/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions that the kernel has, by its symbols: they show what it can do where no file does. Which
 * symbol stands for what is left to the callers.
 */
#include <stdio.h>
#include <string.h>

#include "base.h"

DEFINE_CLEANUP(FILE *, fclose)

/* "ffffffff81000000 T _text", of a module with its name after a tab */
static bool is_symbol(const char *line, const char *name)
{
	const char *at = strchr(line, ' ');
	size_t length = strlen(name);

	at = at ? strchr(at + 1, ' ') : NULL;
	return at && strncmp(at + 1, name, length) == 0 && strchr("\t\n", at[1 + length]);
}

int symbols_find(const struct memhp *memhp, const char *const *names, size_t count, unsigned int *ret)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(cleanup_fclose) FILE *file = NULL;
	cleanup(cleanup_close) int fd = -1;
	unsigned int found = 0;
	bool is_empty = true;
	char line[256];
	int r = sysdir_open(memhp, memhp->proc, "", &dir);

	if (r < 0)
		return r == -ENOMEM ? r : -ENODATA;
	fd = sysdir_open_to_read(&dir, "kallsyms");
	if (fd < 0)
		return -ENODATA;
	file = fdopen(fd, "r");
	if (!file)
		return -ENOMEM;
	(void)take_fd(&fd);
	while (found != (1U << count) - 1 && fgets(line, sizeof(line), file)) {
		is_empty = false;
		for (size_t i = 0; i < count; i++)
			found |= is_symbol(line, names[i]) ? 1U << i : 0;
	}
	/* The buffer is allocated by the first read. */
	if (is_empty)
		return ferror(file) && errno == ENOMEM ? -ENOMEM : -ENODATA;
	*ret = found;
	return 0;
}
