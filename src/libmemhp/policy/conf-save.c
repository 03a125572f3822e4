/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes /etc/memhp.conf: first to a new file beside it, which replaces it once it is
 * safely on the disk. At every moment, one of the two is there and complete; a new file
 * that a killed process left is removed by the next one. Also finds out whether the file
 * is applied at boot. What it may contain is decided in conf.c,
 * what it becomes in conf-rewrite.c.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "policy.h"

/* The first lines of a new file. */
static const char preamble[] =
	"# Settings that memhp applies at boot; see memhp.conf(5). Check them with \"memhp policy --check\".\n"
	"\n";

/*
 * The new file, until it replaces the old one. Its name is always the same, so that a
 * later process finds the file of one that was killed. A process owns the file if it holds
 * a lock on it and the file still has this name. Others wait; they remove a file that
 * nobody has locked.
 */
#define TEMPORARY_NAME "." CONF_NAME ".new"
/* How long to wait for another process that is saving. */
#define PATIENCE_MS 5000

struct temporary {
	int dir, fd;
	bool exists;              /* under its name, and is ours */
};

static void temporary_remove(struct temporary *temporary)
{
	int saved = errno;

	if (temporary->exists)
		(void)unlinkat(temporary->dir, TEMPORARY_NAME, 0);
	temporary->exists = false;
	cleanup_close(&temporary->fd);
	temporary->fd = -1;
	errno = saved;
}

static int lock_before(int fd, struct limit limit)
{
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (limit_is_over(limit))
			return -EBUSY;
		(void)poll(NULL, 0, 10);
	}
	return 0;
}

/* The name may have got another file, or none, before the lock was taken. */
static bool has_the_name(int dir, int fd)
{
	struct stat file, name;

	return fstat(fd, &file) == 0 && fstatat(dir, TEMPORARY_NAME, &name, AT_SYMLINK_NOFOLLOW) == 0 &&
	       file.st_dev == name.st_dev && file.st_ino == name.st_ino;
}

/* Removes what is there under the name, unless another process needs it: then waits for that. */
static int temporary_clear(int dir, struct limit limit)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	cleanup(cleanup_close) int fd = -1;
	struct stat st;
	int r;

	if (fstatat(dir, TEMPORARY_NAME, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	/* Neither a link is followed nor a pipe opened. */
	if (S_ISREG(st.st_mode)) {
		fd = openat(dir, TEMPORARY_NAME, O_WRONLY | flags);
		if (fd < 0 && errno == EACCES)
			fd = openat(dir, TEMPORARY_NAME, O_RDONLY | flags);
		if (fd < 0)
			return errno == ENOENT ? 0 : -errno;
		r = lock_before(fd, limit);
		if (r < 0)
			return r;
		if (!has_the_name(dir, fd))
			return 0;
	}
	return unlinkat(dir, TEMPORARY_NAME, 0) < 0 && errno != ENOENT ? -errno : 0;
}

static int temporary_open(struct temporary *temporary)
{
	const struct limit limit = limit_in(PATIENCE_MS);
	int r = 0;

	while (r == 0 && !temporary->exists) {
		cleanup_close(&temporary->fd);
		temporary->fd = openat(temporary->dir, TEMPORARY_NAME,
				       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (temporary->fd < 0 && errno != EEXIST)
			return -errno;
		r = temporary->fd < 0 ? temporary_clear(temporary->dir, limit) : lock_before(temporary->fd, limit);
		/* Also if it cannot be locked: then it is removed. */
		temporary->exists = temporary->fd >= 0 && has_the_name(temporary->dir, temporary->fd);
		if (r == 0 && !temporary->exists && limit_is_over(limit))
			r = -EBUSY;
	}
	return r;
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR)
			return -errno;
		text += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Mode and owner are those of the previous file; everybody may read a new one. */
static int take_over_mode(const struct temporary *temporary, bool exists)
{
	struct stat st;

	if (!exists)
		return fchmod(temporary->fd, 0644) < 0 ? -errno : 0;
	if (fstatat(temporary->dir, CONF_NAME, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if ((st.st_uid != geteuid() || st.st_gid != getegid()) && fchown(temporary->fd, st.st_uid, st.st_gid) < 0)
		return -errno;
	return fchmod(temporary->fd, st.st_mode & 07777) < 0 ? -errno : 0;
}

static int conf_replace(struct temporary *temporary, const char *text, bool exists)
{
	int r = write_all(temporary->fd, text, strlen(text));

	if (r == 0)
		r = take_over_mode(temporary, exists);
	if (r < 0)
		return r;
	if (fsync(temporary->fd) < 0 || renameat(temporary->dir, TEMPORARY_NAME, temporary->dir, CONF_NAME) < 0)
		return -errno;
	temporary->exists = false;
	/* The new name is on the disk only after the directory is synced. Some file systems do not
	 * support that. */
	if (fsync(temporary->dir) < 0 && errno != EINVAL && errno != EROFS)
		return -errno;
	return 0;
}

/* The previous text, after a check: a file that we do not understand must not be rewritten. NULL: *ret_error, a
 * negative errno, says why. */
static char *read_before(struct memhp *memhp, bool *ret_exists, int *ret_error)
{
	cleanup(cleanup_memhp_conf_free) struct memhp_conf *conf = NULL;
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0;
	int r = conf_read_text(memhp, &text, &length);

	*ret_exists = r == 0;
	*ret_error = -ENOMEM;
	if (r == -ENOENT)
		return strdup(preamble);
	if (r == 0)
		r = conf_understand(memhp, text, length, &conf);
	*ret_error = r;
	return r < 0 ? NULL : take_ptr(text);
}

/* The text with the settings in it; none after an error. Returns whether it differs from the present one, or a
 * negative errno. An error of the file has been reported. */
static int make_text(struct memhp *memhp, const struct memhp_setting *settings, size_t count, char **ret,
		     bool *ret_exists)
{
	int r;
	cleanup(cleanup_free) char *before = read_before(memhp, ret_exists, &r);

	if (!before)
		return r;
	free(*ret);
	*ret = NULL;
	r = conf_rewrite(before, settings, count, ret);
	if (r < 0)
		return r;
	return count && (!*ret_exists || strcmp(before, *ret) != 0);
}

static int open_etc(struct memhp *memhp, struct sysdir *ret)
{
	char target[8];
	int r = sysdir_open(memhp, "etc", "", ret);

	if (r < 0)
		return fault(memhp, "etc", -r, NULL);
	/* Replacing the link by a file would leave the target of the link unchanged. */
	if (sysdir_readlink(ret, CONF_NAME, target, sizeof(target)) >= 0)
		return fault(memhp, CONF_PATH, ELOOP, "a symbolic link; replace it with a regular file");
	return 0;
}

int memhp_conf_preview(struct memhp *memhp, const struct memhp_setting *callers, size_t count, char **ret_before,
		       char **ret_after)
{
	cleanup(cleanup_free) struct memhp_setting *settings = NULL;
	cleanup(sysdir_close) struct sysdir etc = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *before = NULL;
	cleanup(cleanup_free) char *after = NULL;
	bool exists = false;
	int r = settings_take(callers, count, &settings);

	if (r == 0)
		r = open_etc(memhp, &etc);
	if (r < 0)
		return r;
	before = read_before(memhp, &exists, &r);
	if (!before)
		return r;
	r = conf_rewrite(before, settings, count, &after);
	if (r < 0)
		return r;
	/* What a new file begins with is new, too. */
	if (!exists)
		*before = '\0';
	r = count && strcmp(before, after) != 0;
	*ret_before = take_ptr(before);
	*ret_after = take_ptr(after);
	return r;
}

int memhp_conf_save(struct memhp *memhp, const struct memhp_setting *callers, size_t count)
{
	cleanup(cleanup_free) struct memhp_setting *settings = NULL;
	cleanup(sysdir_close) struct sysdir etc = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *text = NULL;
	cleanup(cleanup_close) int dir = -1;
	cleanup(temporary_remove) struct temporary temporary = { .dir = -1, .fd = -1 };
	bool exists = false;
	int r = settings_take(callers, count, &settings);

	if (r == 0)
		r = open_etc(memhp, &etc);
	if (r < 0)
		return r;
	r = make_text(memhp, settings, count, &text, &exists);
	/* What a process left that was killed is removed, if that is possible. */
	if (r == 0 && count)
		(void)temporary_clear(etc.fd, limit_in(0));
	if (r <= 0)
		return r;
	dir = temporary.dir = openat(etc.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -errno : temporary_open(&temporary);
	if (r < 0)
		return fault(memhp, CONF_PATH, -r, NULL);
	/* Another process may have saved while this one waited. */
	r = make_text(memhp, settings, count, &text, &exists);
	if (!text)
		return r;
	r = conf_replace(&temporary, text, exists);
	return r < 0 ? fault(memhp, CONF_PATH, -r, NULL) : 1;
}

/* At boot --------------------------------------------------------------------- */

int memhp_conf_is_applied(struct memhp *memhp)
{
	/* Where systemd finds the units that the administrator or the distribution has enabled. */
	static const char *const places[] = { "etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system" };
	cleanup(sysdir_close) struct sysdir systemd = SYSDIR_CLOSED;
	/* The test of sd_booted(3). */
	int r = sysdir_open(memhp, "run/systemd/system", "", &systemd);

	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		cleanup(sysdir_close) struct sysdir wanted = SYSDIR_CLOSED;

		r = sysdir_open(memhp, places[i], "sysinit.target.wants", &wanted);
		if (r == 0 && sysdir_has(&wanted, "memhp.service"))
			return 1;
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}
