/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths below a root: the kernel's openat2() and the walk that stands in for it
 * come to the same end, and no link, no "..", and nobody who swaps directories
 * meanwhile leads out of the root.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../../src/libmemhp/base/base.h"
#include "../tap.h"
#include "../tree.h"

typedef int (*resolve_fn)(int root, const char *path, int flags);

static const resolve_fn resolvers[] = { resolve_open, resolve_walk };
static const char *const resolver_names[] = { "openat2", "walk" };

/* What an open came to: an error, or a file (its text, or what else it is). */
static void describe(int fd, char ret[64])
{
	struct stat st;
	ssize_t length;

	if (fd < 0) {
		snprintf(ret, 64, "%s", strerrorname_np(-fd));
		return;
	}
	if (fstat(fd, &st) < 0)
		bail_out("fstat: %m");
	if (S_ISREG(st.st_mode)) {
		length = read(fd, ret, 63);
		ret[length > 0 ? length : 0] = '\0';
		if (length < 0)
			snprintf(ret, 64, "path of a file");
	} else {
		snprintf(ret, 64, "%s",
			 S_ISLNK(st.st_mode)   ? "a link"
			 : S_ISDIR(st.st_mode) ? "a directory"
					       : "?");
	}
	if (!(fcntl(fd, F_GETFD) & FD_CLOEXEC))
		snprintf(ret, 64, "not closed on exec");
	close(fd);
}

#define D O_DIRECTORY
#define N O_NOFOLLOW
#define P O_PATH

static const struct {
	const char *path;
	int flags;
	const char *result;
} cases[] = {
	/* no links */
	{ "a/file", 0, "in a" },
	{ "/a/file", 0, "in a" },
	{ "//a///file", 0, "in a" },
	{ "./a/././file", 0, "in a" },
	{ "a/sub/../file", 0, "in a" },
	{ "a", 0, "a directory" },
	{ "a", D, "a directory" },
	{ "a/", D, "a directory" },
	{ "a/.", P | D, "a directory" },
	{ ".", 0, "a directory" },
	{ "/", D, "a directory" },
	{ "a/file", P, "path of a file" },
	{ "a/missing", 0, "ENOENT" },
	{ "missing/file", 0, "ENOENT" },
	{ "missing/..", 0, "ENOENT" },
	{ "a/file/x", 0, "ENOTDIR" },
	{ "a/file/.", 0, "ENOTDIR" },
	{ "a/file/..", 0, "ENOTDIR" },
	{ "a/file", D, "ENOTDIR" },
	{ "a/file/", 0, "ENOTDIR" },
	{ "", 0, "ENOENT" },
	/* above the root is the root */
	{ "..", D, "a directory" },
	{ "../../../a/file", 0, "in a" },
	{ "a/../../../b/file", 0, "in b" },
	{ "/../a/file", 0, "in a" },
	{ "../secret", 0, "decoy" },
	{ "a/../../root/secret", 0, "ENOENT" },
	/* links inside */
	{ "link", 0, "in a" },
	{ "a/up", 0, "in b" },
	{ "dir/file", 0, "in a" },
	{ "dir", D, "a directory" },
	{ "dir/", D, "a directory" },
	{ "dir/../secret", 0, "decoy" },
	{ "a/sub/../sub/deep/../../file", 0, "in a" },
	{ "chain", 0, "in a" },
	/* absolute links begin at the root */
	{ "abs", 0, "in a" },
	{ "abs-dir/file", 0, "in a" },
	{ "abs-dir/up", 0, "in b" },
	{ "a/sub/abs-up", 0, "in b" },
	{ "abs-root/secret", 0, "decoy" },
	/* links that would lead out */
	{ "out", 0, "decoy" },
	{ "out-far", 0, "decoy" },
	{ "out-dir/secret", 0, "decoy" },
	{ "out-abs", 0, "ENOENT" },
	{ "out-proc", 0, "ENOENT" },
	{ "a/sub/out", 0, "decoy" },
	/* what leads nowhere */
	{ "dangling", 0, "ENOENT" },
	{ "dangling/file", 0, "ENOENT" },
	{ "link/file", 0, "ENOTDIR" },
	{ "self", 0, "ELOOP" },
	{ "self/file", 0, "ELOOP" },
	{ "loop1", 0, "ELOOP" },
	{ "loop1/x", 0, "ELOOP" },
	{ "a/circle/circle/circle/file", 0, "in a" },
	{ "grow", 0, "ELOOP" },
	/* links as links */
	{ "link", N, "ELOOP" },
	{ "link", N | P, "a link" },
	{ "self", N | P, "a link" },
	{ "dangling", N | P, "a link" },
	{ "out-abs", N | P, "a link" },
	{ "dir/up", N | P, "a link" },
	{ "dir/file", N, "in a" },
	{ "dir", N | D, "ENOTDIR" },
	{ "dir/.", N | D, "a directory" },
	{ "dir/", N | D, "a directory" },
	{ "link/", 0, "ENOTDIR" },
	{ "slash", 0, "ENOTDIR" },
	{ "a/file", N, "in a" },
	{ "a", N | D, "a directory" },
};

static struct tree *make_tree(void)
{
	struct tree *tree = tree_new();
	char absolute[PATH_MAX + 16];

	snprintf(absolute, sizeof(absolute), "%s/secret", tree->root);
	tree_text(tree, "secret", "secret");
	tree_text(tree, "decoy", "root/secret");
	tree_text(tree, "in a", "root/a/file");
	tree_text(tree, "in b", "root/b/file");
	tree_dir(tree, "root/a/sub/deep");
	tree_link(tree, "a/file", "root/link");
	tree_link(tree, "../b/file", "root/a/up");
	tree_link(tree, "a", "root/dir");
	tree_link(tree, "link", "root/chain");
	tree_link(tree, "/a/file", "root/abs");
	tree_link(tree, "/a", "root/abs-dir");
	tree_link(tree, "/", "root/abs-root");
	tree_link(tree, "/a/up", "root/a/sub/abs-up");
	tree_link(tree, "../secret", "root/out");
	tree_link(tree, "a/../../../../secret", "root/out-far");
	tree_link(tree, "..", "root/out-dir");
	tree_link(tree, absolute, "root/out-abs");
	tree_link(tree, "/proc/self/cmdline", "root/out-proc");
	tree_link(tree, "../../../secret", "root/a/sub/out");
	tree_link(tree, "nowhere", "root/dangling");
	tree_link(tree, "self", "root/self");
	tree_link(tree, "loop2", "root/loop1");
	tree_link(tree, "loop1", "root/loop2");
	tree_link(tree, ".", "root/a/circle");
	tree_link(tree, "grow/x", "root/grow");
	tree_link(tree, "a/file/", "root/slash");
	return tree;
}

static int open_root(const struct tree *tree)
{
	int root = openat(tree->fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		bail_out("root: %m");
	return root;
}

static void test_cases(int root)
{
	for (size_t i = 0; i < TAP_COUNT(cases); i++) {
		for (size_t k = 0; k < TAP_COUNT(resolvers); k++) {
			char result[64];

			describe(resolvers[k](root, cases[i].path, cases[i].flags), result);
			is_str(result, cases[i].result, "%s '%s' %#x", resolver_names[k], cases[i].path,
			       (unsigned int)cases[i].flags);
		}
	}
}

static void is_result(int root, const char *path, const char *expected, const char *name)
{
	for (size_t k = 0; k < TAP_COUNT(resolvers); k++) {
		char result[64];

		describe(resolvers[k](root, path, 0), result);
		is_str(result, expected, "%s: %s", resolver_names[k], name);
	}
}

/* times copies of a piece, and an end, cut to at most PATH_MAX + 100 characters. */
static const char *repeated(const char *piece, size_t times, const char *end)
{
	static char path[2 * PATH_MAX];
	size_t length = 0;

	for (size_t i = 0; i < times && length < PATH_MAX + 100; i++)
		length += (size_t)snprintf(path + length, sizeof(path) - length, "%s", piece);
	snprintf(path + length, sizeof(path) - length, "%s", end);
	return path;
}

static void test_lengths(const struct tree *tree, int root)
{
	char name[NAME_MAX + 2];

	memset(name, 'n', NAME_MAX + 1);
	name[NAME_MAX + 1] = '\0';
	is_result(root, name, "ENAMETOOLONG", "a name of 256 characters");
	name[NAME_MAX] = '\0';
	is_result(root, name, "ENOENT", "a name of 255 characters that is missing");
	tree_text(tree, "long", "root/%s", name);
	is_result(root, name, "long", "a name of 255 characters");
	is_result(root, repeated("./", 2044, "a/file"), "in a", "a path of 4094 characters");
	is_result(root, repeated("./", 2044, "/a/file"), "in a", "a path of 4095 characters");
	is_result(root, repeated("./", 2045, "a/file"), "ENAMETOOLONG", "a path of 4096 characters");
	tree_link(tree, repeated("a/../", 816, "a/file"), "root/long-link");
	is_result(root, "long-link", "in a", "a link of 4086 characters");
	tree_link(tree, repeated("a/../", 600, "a"), "root/long-dir");
	is_result(root, repeated("./", 1000, "long-dir/file"), "in a", "a long link in a long path");
}

static void test_many(const struct tree *tree, int root)
{
	char target[32];

	/* fs/namei.c: MAXSYMLINKS is 40 */
	tree_link(tree, "a/file", "root/many0");
	for (unsigned int i = 1; i <= 40; i++) {
		snprintf(target, sizeof(target), "many%u", i - 1);
		tree_link(tree, target, "root/many%u", i);
	}
	is_result(root, "many39", "in a", "40 links");
	is_result(root, "many40", "ELOOP", "41 links");
	is_result(root, repeated("a/circle/../", 40, "a/file"), "in a", "40 links in one path");
	is_result(root, repeated("a/circle/../", 41, "a/file"), "ELOOP", "41 links in one path");
	tree_text(tree, "bottom", "root/%s", repeated("d/", 150, "file"));
	is_result(root, repeated("d/", 50, "../d/d/d"), "a directory", "a tree of 52 levels");
	is_result(root, repeated("d/", 150, "file"), "bottom", "a tree of 150 levels");
	is_result(root, repeated("d/", 150, "file/.."), "ENOTDIR", "a tree of 150 levels, and on");
}

/* Trees of directories and links by chance, and paths by chance: the ends never differ. */
static void append_words(char *path, size_t size, bool for_link)
{
	static const char *const words[] = { "..", ".", "d0", "d1", "l0", "l1", "l2", "l3", "f", "none" };
	size_t length = 0;

	path[0] = '\0';
	if (for_link && random() % 4 == 0)
		length += (size_t)snprintf(path, size, "/");
	for (long i = random() % 5; i > 0; i--)
		length += (size_t)snprintf(path + length, size - length, "%s/",
					   words[(unsigned long)random() % TAP_COUNT(words)]);
	snprintf(path + length, size - length, "%s",
		 random() % 2 ? "f" : words[(unsigned long)random() % TAP_COUNT(words)]);
}

static void fill_directory(const struct tree *tree, const char *directory, unsigned int depth)
{
	char path[128];

	tree_text(tree, directory, "%s/f", directory);
	for (unsigned int i = 0; i < 4; i++) {
		append_words(path, sizeof(path), true);
		tree_link(tree, path, "%s/l%u", directory, i);
	}
	for (unsigned int i = 0; i < 2 && depth < 2; i++) {
		snprintf(path, sizeof(path), "%s/d%u", directory, i);
		fill_directory(tree, path, depth + 1);
	}
}

static void test_chance(void)
{
	static const int flags[] = { 0, 0, 0, O_DIRECTORY, O_NOFOLLOW, O_PATH | O_NOFOLLOW };
	unsigned int differences = 0, files = 0, errors = 0;

	for (unsigned int seed = 0; seed < 40; seed++) {
		struct tree *tree = tree_new();
		int root;

		srandom(seed);
		tree_text(tree, "secret", "f");
		fill_directory(tree, "root", 0);
		root = open_root(tree);
		for (unsigned int i = 0; i < 200; i++) {
			int flag = flags[(unsigned long)random() % TAP_COUNT(flags)];
			char path[128], by_kernel[64], by_walk[64];

			append_words(path, sizeof(path), false);
			describe(resolve_open(root, path, flag), by_kernel);
			describe(resolve_walk(root, path, flag), by_walk);
			files += strncmp(by_walk, "root", 4) == 0;
			errors += by_walk[0] == 'E';
			if (strcmp(by_kernel, by_walk) == 0 && strcmp(by_walk, "secret") != 0)
				continue;
			if (!differences++)
				diagnose("seed %u, '%s' %#x: openat2 %s, walk %s", seed, path,
					 (unsigned int)flag, by_kernel, by_walk);
		}
		close(root);
		tree_free(tree);
	}
	is_int(differences, 0, "8,000 paths by chance");
	ok(files > 500 && errors > 500, "of which %u led to files, %u to errors", files, errors);
}

struct swapper {
	int root;
	atomic_bool stop;
};

/* x is now a directory, now a link to what is above the root; p now a file, now a link to a file there. */
static void *swap(void *data)
{
	struct swapper *swapper = data;

	while (!atomic_load(&swapper->stop)) {
		syscall(SYS_renameat2, swapper->root, "x", swapper->root, "y", 2U /* RENAME_EXCHANGE */);
		syscall(SYS_renameat2, swapper->root, "p", swapper->root, "q", 2U);
	}
	return NULL;
}

static void test_race(const struct tree *tree, int root)
{
	static const char *const paths[] = { "p", "x/secret", "p", "x/z/../../secret" };
	struct swapper swapper = { .root = root };
	unsigned int escapes = 0, ends[2] = { 0 };
	pthread_t thread;

	tree_dir(tree, "root/x/z");
	tree_link(tree, "..", "root/y");
	tree_text(tree, "in p", "root/p");
	tree_link(tree, "../secret", "root/q");
	if (pthread_create(&thread, NULL, swap, &swapper) != 0)
		bail_out("no thread");
	for (unsigned int i = 0; i < 20000; i++) {
		char result[64];

		describe(resolvers[i % 8 != 0](root, paths[i / 8 % TAP_COUNT(paths)], 0), result);
		escapes += strcmp(result, "secret") == 0;
		ends[strcmp(result, "decoy") == 0]++;
	}
	atomic_store(&swapper.stop, true);
	pthread_join(thread, NULL);
	is_int(escapes, 0, "nobody who swaps directories for links leads a walk out");
	ok(ends[0] > 100 && ends[1] > 100, "walks ended %u times at the decoy, %u times elsewhere", ends[1],
	   ends[0]);
}

static unsigned int open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

int main(void)
{
	unsigned int before = open_files();
	struct tree *tree = make_tree();
	int root = open_root(tree);

	test_cases(root);
	test_lengths(tree, root);
	test_many(tree, root);
	test_race(tree, root);
	test_chance();
	close(root);
	tree_free(tree);
	is_int(open_files(), before, "no descriptor is left open");
	return tap_done();
}
