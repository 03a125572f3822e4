/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See tree.h. Knows the layout of sysfs as far as blocks and nodes go.
 */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

/* A file system in memory where there is one: some tests make thousands of files. */
static const char *temporary(void)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp && *tmp)
		return tmp;
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

struct tree *tree_new(void)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		bail_out("no memory");
	snprintf(tree->root, sizeof(tree->root), "%s/memhp-unit-XXXXXX", temporary());
	if (!mkdtemp(tree->root))
		bail_out("%s: %s", tree->root, strerror(errno));
	tree->fd = open(tree->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree->fd < 0)
		bail_out("%s: %s", tree->root, strerror(errno));
	return tree;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

struct tree *tree_free(struct tree *tree)
{
	nftw(tree->root, remove_one, 32, FTW_DEPTH | FTW_PHYS);
	close(tree->fd);
	free(tree);
	return NULL;
}

/* The path of the arguments, in a buffer, with all directories above made. */
#define MAKE_PATH(tree, buffer, format)                                    \
	do {                                                               \
		va_list args_;                                             \
									   \
		va_start(args_, format);                                   \
		vsnprintf(buffer, sizeof(buffer), format, args_);          \
		va_end(args_);                                             \
		make_above(tree, buffer);                                  \
	} while (0)

static void make_above(const struct tree *tree, char *path)
{
	char *last = strrchr(path, '/');
	bool is_there = !last;

	if (last) {
		*last = '\0';
		is_there = faccessat(tree->fd, path, F_OK, 0) == 0;
		*last = '/';
	}
	for (char *slash = strchr(path, '/'); slash && !is_there; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (*path && mkdirat(tree->fd, path, 0777) < 0 && errno != EEXIST)
			bail_out("%s: %s", path, strerror(errno));
		*slash = '/';
	}
}

static void write_file(const struct tree *tree, const char *path, const void *data, size_t length)
{
	int fd = openat(tree->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, data, length) != (ssize_t)length || close(fd) < 0)
		bail_out("%s: %s", path, strerror(errno));
}

void tree_text(const struct tree *tree, const char *text, const char *path, ...)
{
	char name[PATH_MAX];

	MAKE_PATH(tree, name, path);
	write_file(tree, name, text, strlen(text));
}

void tree_data(const struct tree *tree, const void *data, size_t length, const char *path, ...)
{
	char name[PATH_MAX];

	MAKE_PATH(tree, name, path);
	write_file(tree, name, data, length);
}

void tree_dir(const struct tree *tree, const char *path, ...)
{
	char name[PATH_MAX];

	MAKE_PATH(tree, name, path);
	if (mkdirat(tree->fd, name, 0777) < 0 && errno != EEXIST)
		bail_out("%s: %s", name, strerror(errno));
}

void tree_link(const struct tree *tree, const char *target, const char *path, ...)
{
	char name[PATH_MAX];

	MAKE_PATH(tree, name, path);
	if (symlinkat(target, tree->fd, name) < 0)
		bail_out("%s: %s", name, strerror(errno));
}

void tree_fifo(const struct tree *tree, const char *path, ...)
{
	char name[PATH_MAX];

	MAKE_PATH(tree, name, path);
	if (mkfifoat(tree->fd, name, 0666) < 0)
		bail_out("%s: %s", name, strerror(errno));
}

void tree_remove(const struct tree *tree, const char *path, ...)
{
	char name[PATH_MAX], absolute[2 * PATH_MAX];

	MAKE_PATH(tree, name, path);
	snprintf(absolute, sizeof(absolute), "%s/%s", tree->root, name);
	nftw(absolute, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

void tree_block(const struct tree *tree, uint64_t id, const char *state, const char *zones)
{
	tree_dir(tree, TREE_MEMORY "/memory%" PRIu64, id);
	if (state)
		tree_text(tree, state, TREE_MEMORY "/memory%" PRIu64 "/state", id);
	if (zones)
		tree_text(tree, zones, TREE_MEMORY "/memory%" PRIu64 "/valid_zones", id);
}

void tree_node(const struct tree *tree, unsigned int node, uint64_t id)
{
	char target[128];

	snprintf(target, sizeof(target), "../../node/node%u", node);
	tree_link(tree, target, TREE_MEMORY "/memory%" PRIu64 "/node%u", id, node);
	snprintf(target, sizeof(target), "../../memory/memory%" PRIu64, id);
	tree_link(tree, target, TREE_NODE "/node%u/memory%" PRIu64, node, id);
}

static void put_little_endian(unsigned char *to, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

/* arch/x86/include/uapi/asm/bootparam.h: struct boot_params, a page long */
void tree_boot_params(const struct tree *tree, const struct tree_e820 *map, size_t count,
		      unsigned char entries)
{
	unsigned char data[0x2d0 + 20 * TREE_E820_MAX] = { 0 };
	size_t length = 0x2d0 + 20 * count;

	data[0x1e8] = entries;
	for (size_t i = 0; i < count; i++) {
		unsigned char *entry = data + 0x2d0 + 20 * i;

		put_little_endian(entry, map[i].start, 8);
		put_little_endian(entry + 8, map[i].size, 8);
		put_little_endian(entry + 16, map[i].type, 4);
	}
	tree_data(tree, data, count == entries && length < 4096 ? 4096 : length,
		  "sys/kernel/boot_params/data");
}
