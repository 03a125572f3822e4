/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dynamic debug for mm/memory_hotplug.c, where the kernel reports the reason of a failed
 * offlining with pr_debug(). Messages that were on before stay on afterwards; all others
 * are switched off again. A lock on the control file keeps two runs apart: the second
 * would take what the first has switched on for what was on before. kernel-log.c reads
 * the messages.
 */
#include <string.h>
#include <sys/file.h>

#include "reasons.h"

static const char source[] = "mm/memory_hotplug.c";

static int dyndbg_control(const struct memhp *memhp, const char *command)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(cleanup_close) int fd = -1;
	size_t length = strlen(command);
	int r = sysdir_open(memhp, memhp->proc, "dynamic_debug", &dir);

	if (r < 0)
		return r;
	fd = sysdir_open_to_write(&dir, "control");
	if (fd < 0)
		return fd;
	return write(fd, command, length) == (ssize_t)length ? 0 : -errno;
}

static bool is_of_source(const char *line)
{
	return strncmp(line, source, sizeof(source) - 1) == 0 && line[sizeof(source) - 1] == ':';
}

static bool has_messages(const char *text)
{
	for (; *text; text += *text == '\n') {
		if (is_of_source(text))
			return true;
		text += strcspn(text, "\n");
	}
	return false;
}

/* "mm/memory_hotplug.c:1873 [memory_hotplug]offline_pages =p "...": finds the line number if the
 * message is on. */
static bool is_on(const char *line, uint64_t *ret_number)
{
	const char *digits = line + sizeof(source);
	size_t length = strcspn(line, "\n");
	const char *flags = memmem(line, length, " =", 2);

	return is_of_source(line) && flags && flags[2] != '_' &&
	       memchr(flags + 2, 'p', strcspn(flags + 2, " \n")) &&
	       number_parse(digits, strspn(digits, "0123456789"), 10, ret_number) == 0;
}

static int dyndbg_lock(const struct sysdir *dir, int *ret)
{
	cleanup(cleanup_close) int fd = sysdir_open_to_write(dir, "control");

	if (fd < 0)
		return fd;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	*ret = take_fd(&fd);
	return 0;
}

/* A process that another thread of the caller has started may still have a copy of the descriptor, so closing
 * it is not enough. */
static void dyndbg_unlock(struct dyndbg *dyndbg)
{
	if (dyndbg->lock >= 0)
		(void)flock(dyndbg->lock, LOCK_UN);
	cleanup_close(&dyndbg->lock);
	dyndbg->lock = -1;
}

static int dyndbg_save(const struct sysdir *dir, char **ret)
{
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0;
	int r = sysdir_read_all(dir, "control", &text, &length);

	if (r < 0)
		return r;
	if (!has_messages(text))
		return -ENODATA;
	*ret = take_ptr(text);
	return 0;
}

int dyndbg_begin(const struct memhp *memhp, struct dyndbg *ret)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	int r = sysdir_open(memhp, memhp->proc, "dynamic_debug", &dir);

	ret->memhp = memhp;
	if (r == 0)
		r = dyndbg_lock(&dir, &ret->lock);
	if (r == 0)
		r = dyndbg_save(&dir, &ret->saved);
	if (r == 0)
		r = dyndbg_control(memhp, "file mm/memory_hotplug.c +p\n");
	if (r < 0) {
		free(ret->saved);
		ret->saved = NULL;
		dyndbg_unlock(ret);
	}
	return r;
}

void dyndbg_end(struct dyndbg *dyndbg)
{
	if (!dyndbg->saved)
		return;
	(void)dyndbg_control(dyndbg->memhp, "file mm/memory_hotplug.c -p\n");
	for (const char *line = dyndbg->saved; *line; line += *line == '\n') {
		char command[96];
		uint64_t number = 0;

		if (is_on(line, &number)) {
			snprintf(command, sizeof(command), "file %s line %llu +p\n", source, (unsigned long long)number);
			(void)dyndbg_control(dyndbg->memhp, command);
		}
		line += strcspn(line, "\n");
	}
	free(dyndbg->saved);
	dyndbg->saved = NULL;
	dyndbg_unlock(dyndbg);
}
