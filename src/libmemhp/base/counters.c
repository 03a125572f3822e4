/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of procfs that list names with numbers, such as meminfo and vmstat.
 * Finds the number that follows a name. What most numbers count is left to the
 * callers.
 */
#include <string.h>

#include "base.h"

/* "MemAvailable:    1234 kB" or "nr_free_pages 1234" */
int counter_find(const char *text, const char *key, uint64_t *ret)
{
	const size_t key_length = strlen(key);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *digits = line + key_length + 1;

		if (strncmp(line, key, key_length) != 0 || (line[key_length] != ':' && line[key_length] != ' '))
			continue;
		digits += strspn(digits, " ");
		return number_parse(digits, strcspn(digits, " \n"), 10, ret) < 0 ? -EBADMSG : 0;
	}
	return -ENODATA;
}

int counters_read(const struct memhp *memhp, const char *name, char **ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	return r < 0 ? r : sysdir_read_all(&proc, name, ret, &length);
}

int meminfo_read(const struct memhp *memhp, const char *key, uint64_t *ret)
{
	cleanup(cleanup_free) char *text = NULL;
	uint64_t kib = 0;
	int r = counters_read(memhp, "meminfo", &text);

	if (r >= 0)
		r = counter_find(text, key, &kib);
	if (r < 0)
		return r;
	if (kib > UINT64_MAX >> 10)
		return -EBADMSG;
	*ret = kib << 10;
	return 0;
}

int memhp_oom_kills(struct memhp *memhp, uint64_t *ret)
{
	cleanup(cleanup_free) char *text = NULL;
	int r = counters_read(memhp, "vmstat", &text);

	return r < 0 ? r : counter_find(text, "oom_kill", ret);
}
