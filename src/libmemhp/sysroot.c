/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where sysfs and procfs are, relative to the root directory: fixed names below
 * a given root, the mount table's answer on the running system. The only user of
 * libmount.
 */
#include <libmount.h>
#include <string.h>

#include "internal.h"

DEFINE_CLEANUP(struct libmnt_table *, mnt_unref_table)
DEFINE_CLEANUP(struct libmnt_iter *, mnt_free_iter)

/* The first mount of the whole file system of that type; bind mounts of parts do not count. */
static const char *find_mount(struct libmnt_table *table, struct libmnt_iter *iter, const char *type)
{
	struct libmnt_fs *fs = NULL;

	mnt_reset_iter(iter, MNT_ITER_FORWARD);
	while (mnt_table_next_fs(table, iter, &fs) == 0) {
		const char *fstype = mnt_fs_get_fstype(fs);
		const char *part = mnt_fs_get_root(fs);
		const char *target = mnt_fs_get_target(fs);

		if (fstype && target && strcmp(fstype, type) == 0 && (!part || strcmp(part, "/") == 0))
			return target;
	}
	return NULL;
}

/* A path relative to the root directory. */
static char *relative(const char *path)
{
	path += strspn(path, "/");
	return strdup(*path ? path : ".");
}

int sysroot_find(struct memhp *memhp)
{
	cleanup(cleanup_mnt_unref_table) struct libmnt_table *table = NULL;
	cleanup(cleanup_mnt_free_iter) struct libmnt_iter *iter = NULL;
	const char *sysfs = NULL, *proc = NULL;

	if (!memhp->confined) {
		table = mnt_new_table_from_file("/proc/self/mountinfo");
		iter = mnt_new_iter(MNT_ITER_FORWARD);
		if (table && iter) {
			sysfs = find_mount(table, iter, "sysfs");
			proc = find_mount(table, iter, "proc");
		}
	}
	memhp->sysfs = relative(sysfs ? sysfs : "sys");
	memhp->proc = relative(proc ? proc : "proc");
	return memhp->sysfs && memhp->proc ? 0 : -ENOMEM;
}
