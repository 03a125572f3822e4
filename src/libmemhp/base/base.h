/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The room that knows nothing of memory: a machine's root, its files and their
 * notations, the kernel log, threads. Nothing here is exported.
 */
#ifndef MEMHP_BASE_H
#define MEMHP_BASE_H

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#include "../cleanup.h"
#include "../clock.h"
#include "../libmemhp.h"
#include "../number.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)

struct memhp {
	int root;             /* O_PATH descriptor of the root directory */
	bool confined;        /* a root was given: no path may lead out of it */
	char *sysfs;          /* where sysfs is, relative to the root */
	char *proc;           /* where procfs is, relative to the root */
	uint64_t page_size;
	memhp_fault_fn fault;
	void *fault_data;
};

/* context.c: tells the fault handler; returns -error, for "return fault(...)". */
int fault(const struct memhp *memhp, const char *path, int error, const char *text);

/* sysroot.c: fills sysfs and proc. */
int sysroot_find(struct memhp *memhp);

/* resolve.c: opens a path below the descriptor root, links resolved below it. */
int resolve_open(int root, const char *path, int flags);
int resolve_walk(int root, const char *path, int flags);

/* sysfs.c: a directory of sysfs or procfs, and the files below it. */
struct sysdir {
	const struct memhp *memhp;
	int fd;
	char *path;           /* relative to the root */
};
#define SYSDIR_CLOSED { .fd = -1 }

int sysdir_open(const struct memhp *memhp, const char *mount, const char *path, struct sysdir *ret);
void sysdir_close(struct sysdir *dir);
/* One attribute: its length without the final newline, the text NUL-terminated.
 * -ENODATA: empty; -EMSGSIZE: longer than the buffer. */
ssize_t sysdir_read(const struct sysdir *dir, const char *name, char *buffer, size_t size);
/* The same of one that is open: of that very file, also when another has its name since. */
ssize_t attribute_text(int fd, char *buffer, size_t size);
/* A file of any length up to a sane limit (-EFBIG), NUL-terminated. */
int sysdir_read_all(const struct sysdir *dir, const char *name, char **ret, size_t *ret_length);
ssize_t sysdir_readlink(const struct sysdir *dir, const char *name, char *buffer, size_t size);
/* Whether there is such a file or link. In a given root name has one component, so that no link
 * can lead elsewhere. */
bool sysdir_has(const struct sysdir *dir, const char *name);
/* Whether it is a file that somebody may write. */
bool sysdir_is_writable(const struct sysdir *dir, const char *name);
/* Whether it is a kernel's own sysfs, also below a given root. */
bool sysdir_is_sysfs(const struct sysdir *dir);
/* Calls fn for each name below dir/name; stops at and returns its first non-zero result. */
typedef int (*sysdir_list_fn)(const char *name, void *data);
int sysdir_list(const struct sysdir *dir, const char *name, sysdir_list_fn fn, void *data);
/* Opens a file for reading piece by piece, or an attribute for one write. */
int sysdir_open_to_read(const struct sysdir *dir, const char *name);
int sysdir_open_to_write(const struct sysdir *dir, const char *name);
/* Writes a line to an attribute, by one write(2). */
int sysdir_write(const struct sysdir *dir, const char *name, const char *text);
/* The number in names such as "memory12" and "node3"; -EINVAL when name is no such name. */
int name_number(const char *name, const char *prefix, uint64_t *ret);
/* How many directories a directory has: what its link count tells. 0 where it tells nothing. */
uint64_t sysdir_subdirectories(const struct sysdir *dir);

/* counters.c: a file such as /proc/vmstat, and the number behind a name in it; -ENODATA: no such
 * name. Bytes of a line of /proc/meminfo. */
int counters_read(const struct memhp *memhp, const char *name, char **ret);
int counter_find(const char *text, const char *key, uint64_t *ret);
int meminfo_read(const struct memhp *memhp, const char *key, uint64_t *ret);

/* hugetlb.c: the pools, by the kernel's own order; none without CONFIG_HUGETLB_PAGE. Negative: they,
 * or some, cannot be read. */
#define HUGE_SIZES_MAX 8
struct hugetlb_pools {
	struct hugetlb_pool {
		uint64_t size;                   /* of a page, in bytes */
		uint64_t pages, free, promised;  /* pages; UINT64_MAX: cannot be read */
	} items[HUGE_SIZES_MAX];
	unsigned int count;
};
int hugetlb_read(const struct memhp *memhp, struct hugetlb_pools *ret);

/* kmsg.c: the kernel log, record by record. */
struct kmsg {
	int fd;               /* or -1 where it cannot be read */
};
#define KMSG_CLOSED { .fd = -1 }
#define KMSG_RECORD_MAX 8192

void kmsg_open(const struct memhp *memhp, struct kmsg *ret);
void kmsg_close(struct kmsg *kmsg);
/* Passes over what was logged until now. */
void kmsg_skip(const struct kmsg *kmsg);
/* The next record as it is, NUL-terminated; false when there is no more. */
bool kmsg_record(const struct kmsg *kmsg, char record[KMSG_RECORD_MAX]);
/* Its text alone, within the record; NULL when there is no more. */
const char *kmsg_next(const struct kmsg *kmsg, char record[KMSG_RECORD_MAX]);

/* thread.c: threads that read. False: none can be had. */
bool thread_start(pthread_t *ret, void *(*fn)(void *), void *data);
/* Called first by a thread that opens files by the thousand. */
void thread_detach_tables(void);
/* How many threads, of at most max, that many items are worth on these processors. */
unsigned int thread_count(uint64_t items, uint64_t items_per_thread, unsigned int max);

#endif
