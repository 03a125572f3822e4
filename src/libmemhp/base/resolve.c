/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens paths below a root directory so that no symbolic link leads outside it.
 * openat2(2) does this in the kernel. Where that call is missing or forbidden (before
 * Linux 5.6, under an emulator or a seccomp filter), the path is walked component by
 * component, with the same result. Which files are opened is left to the callers.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "base.h"

#define LINKS_MAX 40
#define DEPTH_MAX 512

/* The directories from the root (never closed) down to the current one. */
struct walk {
	int fds[DEPTH_MAX];
	unsigned int depth;
	unsigned int links;
	char todo[2 * PATH_MAX];
};

static void walk_rewind(struct walk *walk, unsigned int depth)
{
	while (walk->depth > depth)
		close(walk->fds[walk->depth--]);
}

static void walk_cleanup(struct walk *walk)
{
	int saved = errno;

	walk_rewind(walk, 0);
	errno = saved;
}

/* Cuts the next component off todo; false if nothing is left. */
static bool next_component(struct walk *walk, char component[NAME_MAX + 1], int *ret_error)
{
	char *begin = walk->todo + strspn(walk->todo, "/");
	size_t length = strcspn(begin, "/");

	*ret_error = length > NAME_MAX ? -ENAMETOOLONG : 0;
	if (!length || *ret_error)
		return false;
	memcpy(component, begin, length);
	component[length] = '\0';
	memmove(walk->todo, begin + length, strlen(begin + length) + 1);
	return true;
}

/* Puts the target of a link in front of the rest of the path. */
static int follow_link(struct walk *walk, const char *target, size_t length)
{
	size_t rest = strlen(walk->todo);

	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (length + rest + 1 > sizeof(walk->todo))
		return -ENAMETOOLONG;
	/* The rest begins with a slash or is empty. */
	memmove(walk->todo + length, walk->todo, rest + 1);
	memcpy(walk->todo, target, length);
	if (length && target[0] == '/')
		walk_rewind(walk, 0);
	return 0;
}

static int enter(struct walk *walk, const char *name)
{
	int fd;

	if (walk->depth + 1 == DEPTH_MAX)
		return -ELOOP;
	fd = openat(walk->fds[walk->depth], name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	walk->fds[++walk->depth] = fd;
	return 0;
}

int resolve_walk(int root, const char *path, int flags)
{
	cleanup(walk_cleanup) struct walk walk = { .fds = { root } };
	char name[NAME_MAX + 1], target[PATH_MAX];
	int r = 0;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(walk.todo, path);
	while (next_component(&walk, name, &r)) {
		/* A trailing slash requests a directory, so even O_NOFOLLOW follows the link. */
		bool is_last = walk.todo[0] == '\0';
		ssize_t length;
		int fd;

		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			walk_rewind(&walk, walk.depth ? walk.depth - 1 : 0);
			continue;
		}
		length = readlinkat(walk.fds[walk.depth], name, target, sizeof(target));
		if (length >= 0 && !(is_last && (flags & O_NOFOLLOW))) {
			r = follow_link(&walk, target, (size_t)length);
		} else if (is_last) {
			fd = openat(walk.fds[walk.depth], name, flags | O_NOFOLLOW | O_CLOEXEC);
			return fd < 0 ? -errno : fd;
		} else {
			r = enter(&walk, name);
		}
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	r = openat(walk.fds[walk.depth], ".", flags | O_CLOEXEC);
	return r < 0 ? -errno : r;
}

int resolve_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd >= 0)
		return fd;
	/* EAGAIN: something was renamed while ".." was resolved. EPERM: a seccomp filter, or a real error. */
	if (errno == ENOSYS || errno == EPERM || errno == EAGAIN)
		return resolve_walk(root, path, flags);
	return -errno;
}
