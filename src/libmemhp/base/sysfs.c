/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files and directories of sysfs and procfs. This is the only place that opens and reads
 * them. Attributes are read with a single read(2), because the kernel produces each as a
 * whole. What the content means is left to the callers.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base.h"

/* What is written are words and commands. */
#define LINE_SIZE 4096
/* /proc/zoneinfo has 40 MB on a machine with 64 nodes and 2,000 processors. */
#define FILE_MAX (64U << 20)

static int path_join(const char *directory, const char *name, char ret[PATH_MAX])
{
	const int length = snprintf(ret, PATH_MAX, "%s/%s", directory, name);

	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/*
 * Opens name, which has no "..", below dir. In a given root, the first attempt follows
 * no link, which is enough for a kernel's own attributes. Only a path that contains a
 * link is resolved from the root.
 */
static int open_below(const struct sysdir *dir, const char *name, int flags)
{
	char path[PATH_MAX];
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	int fd;

	if (!dir->memhp->confined)
		fd = openat(dir->fd, name, flags | O_CLOEXEC);
	else
		fd = (int)syscall(SYS_openat2, dir->fd, name, &how, sizeof(how));
	if (fd >= 0)
		return fd;
	if (!dir->memhp->confined || errno == ENOENT || errno == ENODEV)
		return -errno;
	fd = path_join(dir->path, name, path);
	return fd < 0 ? fd : resolve_open(dir->memhp->root, path, flags);
}

int sysdir_open(const struct memhp *memhp, const char *mount, const char *path, struct sysdir *ret)
{
	const int flags = O_PATH | O_DIRECTORY;
	int r = path_join(mount, path, ret->path);

	if (r < 0)
		return r;
	if (memhp->confined)
		r = resolve_open(memhp->root, ret->path, flags);
	else
		r = openat(memhp->root, ret->path, flags | O_CLOEXEC);
	if (r < 0)
		return memhp->confined ? r : -errno;
	ret->memhp = memhp;
	ret->fd = r;
	return 0;
}

void sysdir_close(struct sysdir *dir)
{
	cleanup_close(&dir->fd);
	dir->fd = -1;
}

static ssize_t read_once(int fd, char *buffer, size_t size)
{
	ssize_t length;

	do
		length = read(fd, buffer, size);
	while (length < 0 && errno == EINTR);
	return length < 0 ? -errno : length;
}

ssize_t attribute_text(int fd, char *buffer, size_t size)
{
	ssize_t length = read_once(fd, buffer, size);

	if (length < 0)
		return length;
	if ((size_t)length == size)
		return -EMSGSIZE;
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	return length ? length : -ENODATA;
}

ssize_t sysdir_read(const struct sysdir *dir, const char *name, char *buffer, size_t size)
{
	cleanup(cleanup_close) int fd = sysdir_open_to_read(dir, name);

	return fd < 0 ? fd : attribute_text(fd, buffer, size);
}

/* O_NONBLOCK: a FIFO in a given tree must not block us. sysfs ignores the flag. */
int sysdir_open_to_read(const struct sysdir *dir, const char *name)
{
	return open_below(dir, name, O_RDONLY | O_NONBLOCK);
}

int sysdir_open_to_write(const struct sysdir *dir, const char *name)
{
	return open_below(dir, name, O_WRONLY | O_NONBLOCK);
}

int sysdir_write(const struct sysdir *dir, const char *name, const char *text)
{
	cleanup(cleanup_close) int fd = sysdir_open_to_write(dir, name);
	char line[LINE_SIZE];
	ssize_t length;
	size_t size = strlen(text) + 1;

	if (fd < 0)
		return fd;
	if (size >= sizeof(line))
		return -EMSGSIZE;
	snprintf(line, sizeof(line), "%s\n", text);
	do
		length = write(fd, line, size);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;
	/* Below a given root this may be a plain file; cut off what is left of its previous content. */
	if (dir->memhp->confined && !sysdir_is_sysfs(dir) && ftruncate(fd, length) < 0)
		return -errno;
	return (size_t)length == size ? 0 : -EIO;
}

int sysdir_read_all(const struct sysdir *dir, const char *name, char **ret, size_t *ret_length)
{
	cleanup(cleanup_close) int fd = open_below(dir, name, O_RDONLY | O_NONBLOCK);
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0, size = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		if (size - length < 4096) {
			char *more;

			if (size > FILE_MAX)
				return -EFBIG;
			size = size ? 2 * size : 16384;
			more = realloc(text, size);
			if (!more)
				return -ENOMEM;
			text = more;
		}
		n = read_once(fd, text + length, size - length - 1);
		if (n < 0)
			return (int)n;
		length += (size_t)n;
	} while (n > 0);
	text[length] = '\0';
	*ret = take_ptr(text);
	*ret_length = length;
	return 0;
}

ssize_t sysdir_readlink(const struct sysdir *dir, const char *name, char *buffer, size_t size)
{
	cleanup(cleanup_close) int fd = -1;
	ssize_t length;

	if (dir->memhp->confined) {
		fd = open_below(dir, name, O_PATH | O_NOFOLLOW);
		if (fd < 0)
			return fd;
		length = readlinkat(fd, "", buffer, size - 1);
	} else {
		length = readlinkat(dir->fd, name, buffer, size - 1);
	}
	if (length < 0)
		return -errno;
	buffer[length] = '\0';
	return length;
}

/* AT_EACCESS only spares the kernel a second set of credentials: F_OK checks no permissions. */
int sysdir_find(const struct sysdir *dir, const char *name)
{
	return faccessat(dir->fd, name, F_OK, AT_SYMLINK_NOFOLLOW | AT_EACCESS) == 0 ? 0 : -errno;
}

bool sysdir_has(const struct sysdir *dir, const char *name)
{
	return sysdir_find(dir, name) == 0;
}

bool sysdir_is_writable(const struct sysdir *dir, const char *name)
{
	struct stat st;

	return fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0222);
}

bool sysdir_is_sysfs(const struct sysdir *dir)
{
	struct statfs fs;

	return fstatfs(dir->fd, &fs) == 0 && fs.f_type == SYSFS_MAGIC;
}

uint64_t sysdir_subdirectories(const struct sysdir *dir)
{
	struct stat st;

	return fstat(dir->fd, &st) == 0 && st.st_nlink > 2 ? st.st_nlink - 2 : 0;
}

uint64_t sysdir_inode(const struct sysdir *dir, const char *name)
{
	struct stat st;

	return fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

/* getdents64(2) needs no memory of its own, as opendir(3) does. */
int sysdir_list(const struct sysdir *dir, const char *name, sysdir_list_fn fn, void *data)
{
	cleanup(cleanup_close) int fd = open_below(dir, name, O_RDONLY | O_DIRECTORY);
	_Alignas(struct dirent64) char entries[32768];
	long length;
	int r = 0;

	if (fd < 0)
		return fd;
	while (r == 0) {
		length = syscall(SYS_getdents64, fd, entries, sizeof(entries));
		if (length <= 0)
			return length < 0 ? -errno : 0;
		for (const char *at = entries; at < entries + length && r == 0;) {
			const struct dirent64 *entry = (const void *)at;

			/* "." and ".." are nothing that the directory has. */
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				r = fn(entry->d_name, data);
			at += entry->d_reclen;
		}
	}
	return r;
}

int name_number(const char *name, const char *prefix, uint64_t *ret)
{
	size_t skip = strlen(prefix);
	const char *digits = name + skip;

	/* The kernel pads no numbers, so "memory07" is not a block. */
	if (strncmp(name, prefix, skip) != 0 || (digits[0] == '0' && digits[1]))
		return -EINVAL;
	return number_parse(digits, strlen(digits), 10, ret);
}
