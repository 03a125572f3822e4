/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processes in /proc: which entries are processes, and their names. What is searched
 * in them is left to the callers.
 */
#include <ctype.h>
#include <string.h>

#include "base.h"

bool process_parse(const char *entry, uint64_t *ret_pid)
{
	return isdigit((unsigned char)entry[0]) && strlen(entry) <= 20 && number_parse(entry, strlen(entry), 10, ret_pid) == 0;
}

void process_read_name(const struct sysdir *proc, const char *pid, char *ret, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/comm", pid);
	if (sysdir_read(proc, path, ret, size) < 0)
		ret[0] = '\0';
}
