/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C library's functions that a program touches files with, preloaded (LD_PRELOAD): what it
 * reads and writes of a world (a tree of world) goes to the fake kernel, all else its way. A
 * write to the real kernel's memory blocks is refused.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake.h"

static void collect(va_list args, long ret[6])
{
	for (int i = 0; i < 6; i++)
		ret[i] = va_arg(args, long);
}

/* The first call of all, which may come from another library's constructor. */
static long find_system_call(long number, ...)
{
	va_list args;
	long a[6];

	va_start(args, number);
	collect(args, a);
	va_end(args);
	*(void **)&system_call = dlsym(RTLD_NEXT, "syscall");
	return system_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

long (*system_call)(long number, ...) = find_system_call;

static const struct kind {
	const char *before, *after;   /* a block's number, or nothing, is between */
	int (*write)(const struct file *file, char *text);
	long (*read)(const struct file *file, int fd, char *buffer, size_t size);
} kinds[] = {
	{ "/" MEMORY "/memory", "/state", write_state, read_attribute },
	{ "/" MEMORY "/memory", "/valid_zones", NULL, read_attribute },
	{ "/" MEMORY "/auto_online_blocks", NULL, write_auto_online, read_parameter },
	{ "/" PARAMETERS "/online_policy", NULL, write_policy, read_parameter },
	{ "/" PARAMETERS "/auto_movable_ratio", NULL, write_ratio, read_parameter },
	{ "/" PARAMETERS "/auto_movable_numa_aware", NULL, write_bool, read_parameter },
	{ "/" MEMORY "/probe", NULL, write_probe, NULL },
	{ "/" ACPI "/PNP0C80:", "/eject", write_eject, NULL },
	{ "/" DAX "/dax", "/state", write_dax_state, NULL },
	{ "/" DEBUG, NULL, write_debug, NULL },
	{ "/" KMSG, NULL, NULL, read_record },
};

static const struct kind *kind_of(char *path, struct file *ret)
{
	char *at = strstr(path, " (deleted)"), *end;

	if (at)
		*at = '\0';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		at = strstr(path, kinds[i].before);
		if (!at)
			continue;
		end = at + strlen(kinds[i].before);
		ret->id = kinds[i].after && isdigit(*end) ? strtoul(end, &end, 10) : NO_BLOCK;
		end += *end == '.' ? 1 + strspn(end + 1, "0123456789") : 0;    /* dax0.0 */
		if (strcmp(end, kinds[i].after ? kinds[i].after : "") != 0)
			continue;
		snprintf(ret->path, sizeof(ret->path), "%s", at + 1);
		*at = '\0';
		ret->root = at == path ? -1 : (int)system_call(SYS_openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		return &kinds[i];
	}
	return NULL;
}

/* What a descriptor, or a name below one, is of a world. */
static const struct kind *find(int fd, const char *name, struct file *ret)
{
	char link[64], path[PATH_MAX + 256];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
	length = readlink(link, path, PATH_MAX - 1);
	if (length <= 0 || path[0] != '/')
		return NULL;
	path[length] = '\0';
	if (name)
		snprintf(path + length, 256, "/%s", name);
	return kind_of(path, ret);
}

ssize_t write(int fd, const void *data, size_t size)
{
	struct file file;
	const struct kind *kind = size ? find(fd, NULL, &file) : NULL;
	char text[4096];
	int r = -EROFS;              /* the real kernel's own */

	if (!kind || !kind->write)
		return system_call(SYS_write, fd, data, size);
	snprintf(text, sizeof(text), "%.*s", (int)size, (const char *)data);
	if (*text && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	if (file.root >= 0)
		r = kind->write(&file, text);
	close(file.root);
	errno = -r;
	return r < 0 ? -1 : (ssize_t)size;
}

ssize_t read(int fd, void *buffer, size_t size)
{
	struct file file = { .root = -1 };
	int saved = errno;
	const struct kind *kind = find(fd, NULL, &file);
	long length;

	errno = saved;
	if (!kind || !kind->read || file.root < 0)
		length = system_call(SYS_read, fd, buffer, size);
	else
		length = kind->read(&file, fd, buffer, size);
	if (kind && file.root >= 0)
		system_call(SYS_close, file.root);
	return length;
}

/* read() of a program built with _FORTIFY_SOURCE */
ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
	return size > room ? abort(), -1 : read(fd, buffer, size);
}

/* The beginning of a file, or "". */
static void read_beginning(const char *path, char *ret, size_t size)
{
	int fd = (int)system_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	long length = fd < 0 ? -1 : system_call(SYS_read, fd, ret, size - 1);

	ret[length < 0 ? 0 : length] = '\0';
	if (fd >= 0)
		close(fd);
}

/* A SIGKILL reaches a process in the kernel when it leaves. */
static int signal_to_send(pid_t pid, int signal)
{
	char path[64], name[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	read_beginning(path, name, sizeof(name));
	return signal == SIGKILL && strncmp(name, IN_KERNEL, strlen(IN_KERNEL)) == 0 ? KILLED : signal;
}

int kill(pid_t pid, int signal)
{
	return (int)system_call(SYS_kill, (long)pid, (long)signal_to_send(pid, signal));
}

/* The process of a pidfd; 0: none. */
static pid_t process_of(int pidfd)
{
	char path[64], text[256];
	const char *line;

	snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", pidfd);
	read_beginning(path, text, sizeof(text));
	line = strstr(text, "\nPid:");
	return line ? (pid_t)strtol(line + strlen("\nPid:"), NULL, 10) : 0;
}

static int open_fault(int dir, const char *name, unsigned long flags)
{
	struct file file = { .root = -1 };
	struct change change = { .file = &file };

	if ((flags & O_ACCMODE) == O_RDONLY || (flags & O_PATH) || !find(dir, name, &file) || file.root < 0)
		return 0;
	read_faults(&change, "open", true);
	system_call(SYS_close, file.root);
	errno = change.open_error;
	return change.open_error ? -1 : 0;
}

#define OPENAT(name)                                                       \
	int name(int dir, const char *path, int flags, ...);               \
	int name(int dir, const char *path, int flags, ...)                \
	{                                                                  \
		va_list args;                                              \
		int mode;                                                  \
									   \
		va_start(args, flags);                                     \
		mode = flags & O_CREAT ? va_arg(args, int) : 0;            \
		va_end(args);                                              \
		return open_fault(dir, path, (unsigned long)flags) < 0 ? -1 : \
		       (int)system_call(SYS_openat, dir, path, flags, mode); \
	}

OPENAT(openat)
OPENAT(openat64)
OPENAT(__openat_2)
OPENAT(__openat64_2)

long syscall(long number, ...)
{
	const struct open_how *how;
	va_list args;
	long a[6];

	va_start(args, number);
	collect(args, a);
	va_end(args);
	how = (const struct open_how *)a[2];
	if (number == SYS_openat2 && open_fault((int)a[0], (const char *)a[1], how->flags) < 0)
		return -1;
	if (number == SYS_pidfd_send_signal)
		a[1] = signal_to_send(process_of((int)a[0]), (int)a[1]);
	return system_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
