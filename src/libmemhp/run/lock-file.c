/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the lock file, reads it and writes it. Its first line is the process that holds
 * the lock; a line "writer PID START" stands for a write that an earlier holder left
 * behind. Only a regular file with one name is ever written. Who waits for whom is left
 * to lock.c.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "lock-file.h"

#define LOCK_NAME "memhp.lock"
#define WRITER "writer "
/* More than the library ever writes. */
#define LOCK_FILE_MAX 1024

int lock_file_fault(const struct memhp *memhp, int error, const char *text)
{
	return fault(memhp, "run/" LOCK_NAME, error, text);
}

/* In a given root no link may lead outside. */
static int open_run(const struct memhp *memhp)
{
	const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	const int fd = openat(memhp->root, "run", memhp->confined ? flags | O_NOFOLLOW : flags);

	return fd < 0 ? -errno : fd;
}

static int refuse_file(const struct memhp *memhp, const struct stat *status)
{
	if (S_ISLNK(status->st_mode))
		return lock_file_fault(memhp, ELOOP, "a symbolic link");
	if (!S_ISREG(status->st_mode))
		return lock_file_fault(memhp, EINVAL, "not a regular file");
	return status->st_nlink > 1 ? lock_file_fault(memhp, EMLINK, "a hard link") : 0;
}

int lock_file_open(const struct memhp *memhp, int *ret)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	cleanup(cleanup_close) int run = open_run(memhp), fd = -1;
	struct stat status;
	int r;

	*ret = -1;
	if (run == -ENOENT && memhp->confined)
		return 0;
	if (run < 0)
		return lock_file_fault(memhp, -run, NULL);
	/* Looks before it opens: opening a device has effects. */
	r = fstatat(run, LOCK_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0 ? refuse_file(memhp, &status) : 0;
	if (r < 0)
		return r;
	fd = openat(run, LOCK_NAME, flags, 0600);
	if (fd < 0 || fstat(fd, &status) < 0)
		return lock_file_fault(memhp, errno, NULL);
	r = refuse_file(memhp, &status);
	if (r == 0)
		*ret = take_fd(&fd);
	return r;
}

bool lock_file_is_current(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_nlink == 1;
}

/* Reads what is at most LOCK_FILE_MAX bytes of anything, as text. */
static void read_lock_file(int fd, char ret[LOCK_FILE_MAX + 1])
{
	ssize_t length = pread(fd, ret, LOCK_FILE_MAX, 0);

	ret[length > 0 ? length : 0] = '\0';
}

uint64_t lock_file_holder(int fd)
{
	char text[LOCK_FILE_MAX + 1];
	uint64_t pid = 0;

	read_lock_file(fd, text);
	(void)number_parse(text, strcspn(text, "\n"), 10, &pid);
	return pid;
}

/*
 * "123 (memhp) S 1 ...": the state is the 3rd field of /proc/PID/stat, the start the
 * 22nd. The name may contain anything. A zombie has ended. Returns false if there is no
 * such process.
 */
static bool find_process(uint64_t pid, struct left_write *ret)
{
	char path[64], text[LOCK_FILE_MAX + 1];
	cleanup(cleanup_close) int fd = -1;
	const char *field;

	snprintf(path, sizeof(path), "/proc/%" PRIu64 "/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	read_lock_file(fd, text);
	field = strrchr(text, ')');
	if (!field || strncmp(field, ") Z", 3) == 0 || strncmp(field, ") X", 3) == 0)
		return false;
	for (int i = 2; i < 22 && field; i++)
		field = strchr(field + 1, ' ');
	ret->pid = pid;
	return field && number_parse(field + 1, strcspn(field + 1, " \n"), 10, &ret->start) == 0;
}

static bool has_left_write(const struct left_writes *left, uint64_t pid)
{
	for (size_t i = 0; i < left->count; i++)
		if (left->items[i].pid == pid)
			return true;
	return false;
}

void left_writes_add(struct left_writes *left, uint64_t pid)
{
	if (left->count < LEFT_WRITES_MAX && !has_left_write(left, pid) &&
	    find_process(pid, &left->items[left->count]))
		left->count++;
}

static bool has_ended(const struct left_write *write)
{
	struct left_write now;

	return !find_process(write->pid, &now) || now.start != write->start;
}

/* "writer PID START" */
static bool parse_left_write(const char *line, size_t length, struct left_write *ret)
{
	const char *pid = line + strlen(WRITER), *start;

	if (length <= strlen(WRITER) || strncmp(line, WRITER, strlen(WRITER)) != 0)
		return false;
	start = memchr(pid, ' ', length - strlen(WRITER));
	return start && number_parse(pid, (size_t)(start - pid), 10, &ret->pid) == 0 &&
	       number_parse(start + 1, (size_t)(line + length - start) - 1, 10, &ret->start) == 0;
}

void lock_file_read_left(int fd, struct left_writes *ret)
{
	char text[LOCK_FILE_MAX + 1];

	*ret = (struct left_writes){ 0 };
	read_lock_file(fd, text);
	for (const char *line = text; *line && ret->count < LEFT_WRITES_MAX; line += *line == '\n') {
		const size_t length = strcspn(line, "\n");
		struct left_write write;

		if (parse_left_write(line, length, &write) && !has_left_write(ret, write.pid) && !has_ended(&write))
			ret->items[ret->count++] = write;
		line += length;
	}
}

int lock_file_write(int fd, uint64_t holder, const struct left_writes *left)
{
	char text[LOCK_FILE_MAX] = "";
	size_t length = 0;
	int r = 0;

	if (!lock_file_is_current(fd))
		return -ESTALE;
	if (holder)
		length += (size_t)snprintf(text, sizeof(text), "%" PRIu64 "\n", holder);
	for (size_t i = 0; i < left->count; i++)
		if (!has_ended(&left->items[i]))
			length += (size_t)snprintf(text + length, sizeof(text) - length, WRITER "%" PRIu64 " %" PRIu64 "\n",
						   left->items[i].pid, left->items[i].start);
	errno = 0;
	/* Overwritten first and cut afterwards, so that a reader finds a complete line. */
	if (length && pwrite(fd, text, length, 0) != (ssize_t)length)
		r = errno ? -errno : -EIO;
	if (ftruncate(fd, r < 0 ? 0 : (off_t)length) < 0 && r == 0)
		r = -errno;
	return r;
}
