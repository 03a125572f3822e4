/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where sysfs and procfs are, relative to the root directory. Below a given root they
 * have fixed names. On the running system the fixed names are used if those file systems
 * are mounted there; otherwise the mount table is read. This is the only user of
 * libmount. It is loaded only for that purpose, because loading it and its libraries
 * takes a sixth of the time of a listing.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <libmount.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base.h"

/* The functions that are used from libmount. */
static const char soname[] = "libmount.so.1";

struct libmount {
	void *handle;
	__typeof__(&mnt_new_table_from_file) new_table_from_file;
	__typeof__(&mnt_unref_table) unref_table;
	__typeof__(&mnt_new_iter) new_iter;
	__typeof__(&mnt_free_iter) free_iter;
	__typeof__(&mnt_reset_iter) reset_iter;
	__typeof__(&mnt_table_next_fs) table_next_fs;
	__typeof__(&mnt_fs_get_fstype) fs_get_fstype;
	__typeof__(&mnt_fs_get_root) fs_get_root;
	__typeof__(&mnt_fs_get_target) fs_get_target;
};

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{ "mnt_new_table_from_file", offsetof(struct libmount, new_table_from_file) },
	{ "mnt_unref_table", offsetof(struct libmount, unref_table) },
	{ "mnt_new_iter", offsetof(struct libmount, new_iter) },
	{ "mnt_free_iter", offsetof(struct libmount, free_iter) },
	{ "mnt_reset_iter", offsetof(struct libmount, reset_iter) },
	{ "mnt_table_next_fs", offsetof(struct libmount, table_next_fs) },
	{ "mnt_fs_get_fstype", offsetof(struct libmount, fs_get_fstype) },
	{ "mnt_fs_get_root", offsetof(struct libmount, fs_get_root) },
	{ "mnt_fs_get_target", offsetof(struct libmount, fs_get_target) },
};

static void libmount_close(struct libmount *libmount)
{
	if (libmount->handle)
		dlclose(libmount->handle);
}

static bool libmount_open(struct libmount *libmount)
{
	libmount->handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; libmount->handle && i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(libmount->handle, functions[i].name);

		if (!function)
			return false;
		memcpy((char *)libmount + functions[i].offset, &function, sizeof(function));
	}
	return libmount->handle;
}

/* The first mount of a whole file system of that type; bind mounts of parts of it do not count. */
static const char *find_mount(const struct libmount *lib, struct libmnt_table *table, struct libmnt_iter *iter,
			      const char *type)
{
	struct libmnt_fs *fs = NULL;

	lib->reset_iter(iter, MNT_ITER_FORWARD);
	while (lib->table_next_fs(table, iter, &fs) == 0) {
		const char *fstype = lib->fs_get_fstype(fs);
		const char *part = lib->fs_get_root(fs);
		const char *target = lib->fs_get_target(fs);

		if (fstype && target && strcmp(fstype, type) == 0 && (!part || strcmp(part, "/") == 0))
			return target;
	}
	return NULL;
}

/* The path relative to the root directory; usual if path is NULL. */
static char *relative(const char *path, const char *usual)
{
	path = path ? path + strspn(path, "/") : usual;
	return strdup(*path ? path : ".");
}

/* Whether a whole file system of that type is mounted at that name. Its root directory has inode
 * number 1: fs/proc/root.c: proc_get_tree(), fs/kernfs/dir.c: kernfs_create_root(). */
static bool is_root_of(const struct memhp *memhp, const char *name, long type)
{
	cleanup(cleanup_close) int fd = openat(memhp->root, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == type && fstat(fd, &st) == 0 && st.st_ino == 1;
}

static void ask_mount_table(struct memhp *memhp)
{
	cleanup(libmount_close) struct libmount lib = { 0 };
	struct libmnt_table *table;
	struct libmnt_iter *iter;

	if (!libmount_open(&lib))
		return;
	table = lib.new_table_from_file("/proc/self/mountinfo");
	iter = lib.new_iter(MNT_ITER_FORWARD);
	if (table && iter) {
		memhp->sysfs = relative(find_mount(&lib, table, iter, "sysfs"), "sys");
		memhp->proc = relative(find_mount(&lib, table, iter, "proc"), "proc");
	}
	lib.free_iter(iter);
	lib.unref_table(table);
}

int sysroot_find(struct memhp *memhp)
{
	if (!memhp->confined &&
	    (!is_root_of(memhp, "sys", SYSFS_MAGIC) || !is_root_of(memhp, "proc", PROC_SUPER_MAGIC)))
		ask_mount_table(memhp);
	if (!memhp->sysfs)
		memhp->sysfs = relative(NULL, "sys");
	if (!memhp->proc)
		memhp->proc = relative(NULL, "proc");
	return memhp->sysfs && memhp->proc ? 0 : -ENOMEM;
}
