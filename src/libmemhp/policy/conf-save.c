/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes /etc/memhp.conf: first to a new file beside it, which replaces it once it is
 * safely on the disk. At every moment, one of the two is there and complete. Also finds
 * out whether the file is applied at boot. What it may contain is decided in conf.c.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "policy.h"

/* The first lines of a new file. */
static const char preamble[] =
	"# Settings that memhp applies at boot; see memhp.conf(5). Check them with \"memhp policy --check\".\n"
	"\n";

struct temporary {
	int dir, fd;
	char name[64];            /* "": no temporary file exists */
};

static void temporary_remove(struct temporary *temporary)
{
	int saved = errno;

	cleanup_close(&temporary->fd);
	if (*temporary->name)
		(void)unlinkat(temporary->dir, temporary->name, 0);
	errno = saved;
}

static int temporary_open(struct temporary *temporary)
{
	for (unsigned int i = 0; i < 100; i++) {
		snprintf(temporary->name, sizeof(temporary->name), "." CONF_NAME ".%d-%u", (int)getpid(), i);
		temporary->fd = openat(temporary->dir, temporary->name,
				       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (temporary->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	*temporary->name = '\0';
	return -errno;
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

static int conf_replace(int dir, const char *text, bool exists)
{
	cleanup(temporary_remove) struct temporary temporary = { .dir = dir, .fd = -1 };
	int r = temporary_open(&temporary);

	if (r == 0)
		r = write_all(temporary.fd, text, strlen(text));
	if (r == 0)
		r = take_over_mode(&temporary, exists);
	if (r < 0)
		return r;
	if (fsync(temporary.fd) < 0 || renameat(dir, temporary.name, dir, CONF_NAME) < 0)
		return -errno;
	*temporary.name = '\0';
	/* The new name is on the disk only after the directory is synced. Some file systems do not
	 * support that. */
	if (fsync(dir) < 0 && errno != EINVAL && errno != EROFS)
		return -errno;
	return 0;
}

/* The previous text, after a check: a file that we do not understand must not be rewritten. */
static int read_before(struct memhp *memhp, char **ret, bool *ret_exists)
{
	cleanup(cleanup_memhp_conf_free) struct memhp_conf *conf = NULL;
	size_t length = 0;
	int r = memhp_conf_read(memhp, &conf);

	if (r < 0)
		return r;
	*ret_exists = conf->exists;
	if (conf->exists)
		return conf_read_text(memhp, ret, &length);
	*ret = strdup(preamble);
	return *ret ? 0 : -ENOMEM;
}

int memhp_conf_save(struct memhp *memhp, const struct memhp_setting *settings, size_t count)
{
	cleanup(sysdir_close) struct sysdir etc = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *before = NULL, *after = NULL;
	cleanup(cleanup_close) int dir = -1;
	char target[8];
	bool exists = false;
	int r = sysdir_open(memhp, "etc", "", &etc);

	if (r < 0)
		return fault(memhp, "etc", -r, NULL);
	/* Replacing the link by a file would leave the target of the link unchanged. */
	if (sysdir_readlink(&etc, CONF_NAME, target, sizeof(target)) >= 0)
		return fault(memhp, CONF_PATH, ELOOP, "a symbolic link; replace it with a regular file");
	r = read_before(memhp, &before, &exists);
	if (r < 0)
		return r;
	after = conf_rewrite(before, settings, count);
	if (!after)
		return -ENOMEM;
	if (!count || (exists && strcmp(before, after) == 0))
		return 0;
	dir = openat(etc.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -errno : conf_replace(dir, after, exists);
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
