/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A world's files, as the fake kernel reads and writes them: the attributes of blocks, replaced
 * all at once, the kernel log, and what dynamic debug lets into it.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fake.h"

int get(const struct file *file, const char *path, char *text, size_t size)
{
	int fd = (int)system_call(SYS_openat, file->root, path, O_RDONLY | O_CLOEXEC, 0);
	long length = fd < 0 ? -1 : system_call(SYS_read, fd, text, size - 1);

	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	if (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	return length < 0 ? -1 : 0;
}

void put(const struct file *file, const char *path, const char *text)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), ".new-%d", (int)getpid());
	fd = (int)system_call(SYS_openat, file->root, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	system_call(SYS_write, fd, text, strlen(text));
	system_call(SYS_write, fd, "\n", 1);
	close(fd);
	renameat(file->root, name, file->root, path);
}

void block_path(unsigned long id, const char *name, char ret[256])
{
	snprintf(ret, 256, MEMORY "/memory%lu/%s", id, name);
}

void set_block(const struct file *file, unsigned long id, const char *state, const char *zones)
{
	char path[256];

	block_path(id, "valid_zones", path);
	if (zones && faccessat(file->root, path, F_OK, 0) == 0)
		put(file, path, zones);
	block_path(id, "state", path);
	put(file, path, state);
}

bool is_gone(const struct file *file)
{
	char path[256];

	block_path(file->id, "", path);
	return faccessat(file->root, path, F_OK, 0) < 0;
}

void remove_block(const struct file *file)
{
	char path[256], gone[64];

	block_path(file->id, "", path);
	snprintf(gone, sizeof(gone), ".gone-%lu-%d", file->id, (int)getpid());
	renameat(file->root, path, file->root, gone);
}

/* Records as /dev/kmsg has them; a line that begins with a blank belongs to the record before. */
void kernel_log(const struct file *file, const char *text)
{
	int fd = (int)system_call(SYS_openat, file->root, KMSG, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
	char record[1024];

	snprintf(record, sizeof(record), "4,%ld,%ld,-;%s\n SUBSYSTEM=memory\n", (long)clock(), (long)time(NULL), text);
	if (fd >= 0)
		system_call(SYS_write, fd, record, strlen(record));
	close(fd);
}

/* One record for each read(2). */
long read_record(const struct file *file, int fd, char *buffer, size_t size)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	long length = system_call(SYS_pread64, fd, buffer, size, at), end;

	(void)file;
	for (end = 0; end < length; end++)
		if (buffer[end] == '\n' && (end + 1 == length || buffer[end + 1] != ' '))
			break;
	if (length <= 0 || end == length) {
		errno = length <= 0 ? EAGAIN : EINVAL;
		return -1;
	}
	lseek(fd, at + end + 1, SEEK_SET);
	return end + 1;
}

unsigned long long block_size(const struct file *file)
{
	char text[32];

	return get(file, MEMORY "/block_size_bytes", text, sizeof(text)) < 0 ? 0 : strtoull(text, NULL, 16);
}

/* The reason of a failed offlining is a pr_debug, where that is on. */
void debug_log(const struct change *change, int error)
{
	const char *reason = *change->reason ? change->reason : error == EINTR ? "signal backoff" :
			     error == EBUSY ? "failure to isolate range" :
			     error == EINVAL ? "memory holes" : "notifier failure";
	unsigned long long size = block_size(change->file), start = change->file->id * size;
	static char control[65536];
	char text[256], *line;

	get(change->file, DEBUG, control, sizeof(control));
	line = strstr(control, "offline_pages =");
	if (!line || !memchr(line + 15, 'p', strcspn(line + 15, " \n")))
		return;
	snprintf(text, sizeof(text), "memory offlining [mem 0x%010llx-0x%010llx] failed due to %s",
		 start, start + size - 1, reason);
	kernel_log(change->file, text);
}

/* "file mm/memory_hotplug.c [line N] +p": the one flag that memhp uses. */
int write_debug(const struct file *file, char *command)
{
	static char old[65536], new[65536];
	char name[128], sign = 0;
	unsigned int wanted = 0, number;
	size_t length = 0;
	int fd;

	if (sscanf(command, "file %127s line %u %cp", name, &wanted, &sign) != 3 &&
	    sscanf(command, "file %127s %cp", name, &sign) != 2)
		return -EINVAL;
	get(file, DEBUG, old, sizeof(old));
	for (char *line = strtok(old, "\n"); line; line = strtok(NULL, "\n")) {
		char *flags = strstr(line, " =");
		size_t there = strlen(name);
		bool is_meant = strncmp(line, name, there) == 0 && sscanf(line + there, ":%u", &number) == 1 &&
				(!wanted || wanted == number) && flags;
		char others[16] = "", *out = others;

		for (char *c = flags + 2; is_meant && *c != ' '; c++)
			if (*c != 'p' && *c != '_')
				*out++ = *c;
		if (is_meant && sign == '+')
			memmove(others + 1, others, sizeof(others) - 1), others[0] = 'p';
		if (is_meant)
			length += (size_t)sprintf(new + length, "%.*s =%s%s\n", (int)(flags - line), line,
						  *others ? others : "_", flags + 2 + strcspn(flags + 2, " "));
		else
			length += (size_t)sprintf(new + length, "%s\n", line);
	}
	/* In place: memhp locks the file. */
	fd = (int)system_call(SYS_openat, file->root, DEBUG, O_WRONLY | O_CLOEXEC, 0);
	system_call(SYS_pwrite64, fd, new, length, 0);
	ftruncate(fd, (off_t)length);
	close(fd);
	return 0;
}
