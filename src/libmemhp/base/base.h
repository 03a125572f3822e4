/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of base, which know nothing about memory: the root directory of a
 * machine, its files and their notations, the kernel log, and threads. What the content
 * of a file means is left to the rooms above. Nothing here is exported.
 */
#ifndef MEMHP_BASE_H
#define MEMHP_BASE_H

#include <limits.h>
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
	bool confined;        /* a root was given: no path may lead outside it */
	char *sysfs;          /* where sysfs is, relative to the root */
	char *proc;           /* where procfs is, relative to the root */
	uint64_t page_size;
	memhp_fault_fn fault;
	void *fault_data;
	unsigned int threads;    /* the most that may read; 0: no limit */
	uint64_t unsettled_pid;  /* the process that the last probe left behind, or 0 */
};

/* context.c: reports to the fault handler; returns -error, for "return fault(...)". */
int fault(const struct memhp *memhp, const char *path, int error, const char *text);

/* sysroot.c: sets sysfs and proc. */
int sysroot_find(struct memhp *memhp);

/* resolve.c: opens a path below the descriptor root; symbolic links are resolved below it, too. */
int resolve_open(int root, const char *path, int flags);
int resolve_walk(int root, const char *path, int flags);

/* sysfs.c: a directory of sysfs or procfs, and the files below it. */
struct sysdir {
	const struct memhp *memhp;
	int fd;
	char path[PATH_MAX];  /* relative to the root */
};
#define SYSDIR_CLOSED { .fd = -1 }

/* None of these allocates memory, except sysdir_read_all(). ret is not changed on failure, apart from its path. */
int sysdir_open(const struct memhp *memhp, const char *mount, const char *path, struct sysdir *ret);
void sysdir_close(struct sysdir *dir);
/* Reads one attribute, NUL-terminated. Returns its length without the final newline. -ENODATA:
 * empty; -EMSGSIZE: longer than the buffer. */
ssize_t sysdir_read(const struct sysdir *dir, const char *name, char *buffer, size_t size);
/* The same for an attribute that is already open. Reads that very file, even if another file has
 * its name by now. */
ssize_t attribute_text(int fd, char *buffer, size_t size);
/* Reads a file of any length up to a sane limit (-EFBIG), NUL-terminated. */
int sysdir_read_all(const struct sysdir *dir, const char *name, char **ret, size_t *ret_length);
ssize_t sysdir_readlink(const struct sysdir *dir, const char *name, char *buffer, size_t size);
/* Whether there is such a file or link. In a given root, name has only one component, so that no
 * link can lead elsewhere. */
bool sysdir_has(const struct sysdir *dir, const char *name);
/* As sysdir_has(): 0, or why not; -ENOENT: there is none. */
int sysdir_find(const struct sysdir *dir, const char *name);
/* The inode number of name, which has only one component; 0 if there is no such file. */
uint64_t sysdir_inode(const struct sysdir *dir, const char *name);
/* Whether it is a file with write permission for anyone. */
bool sysdir_is_writable(const struct sysdir *dir, const char *name);
/* Whether this is the sysfs of a kernel, even below a given root. */
bool sysdir_is_sysfs(const struct sysdir *dir);
/* Calls fn for each name in dir/name. Stops at the first non-zero result and returns it. */
typedef int (*sysdir_list_fn)(const char *name, void *data);
int sysdir_list(const struct sysdir *dir, const char *name, sysdir_list_fn fn, void *data);
/* Open a file to read it piece by piece, or an attribute for one write. */
int sysdir_open_to_read(const struct sysdir *dir, const char *name);
int sysdir_open_to_write(const struct sysdir *dir, const char *name);
/* Writes a line to an attribute with one write(2). */
int sysdir_write(const struct sysdir *dir, const char *name, const char *text);
/* The number in a name such as "memory12" or "node3"; -EINVAL if name does not have that form. */
int name_number(const char *name, const char *prefix, uint64_t *ret);
/* The number of subdirectories, taken from the link count; 0 if the link count does not show it. */
uint64_t sysdir_subdirectories(const struct sysdir *dir);

/* counters.c: reads a file of procfs such as /proc/vmstat; finds the number that follows a name in it
 * (-ENODATA: no such name); reads a line of /proc/meminfo, in bytes. */
int counters_read(const struct memhp *memhp, const char *name, char **ret);
int counter_find(const char *text, const char *key, uint64_t *ret);
int meminfo_read(const struct memhp *memhp, const char *key, uint64_t *ret);

/* hugetlb.c: the pools, in the order in which the kernel lists them; none without
 * CONFIG_HUGETLB_PAGE. Negative: some or all cannot be read. */
#define HUGE_SIZES_MAX 8
struct hugetlb_pools {
	struct hugetlb_pool {
		uint64_t size;                   /* of one huge page, in bytes */
		uint64_t pages, free, promised;  /* number of pages; UINT64_MAX: cannot be read */
	} items[HUGE_SIZES_MAX];
	unsigned int count;
};
int hugetlb_read(const struct memhp *memhp, struct hugetlb_pools *ret);

/* process.c: whether an entry of /proc is a process, and its number. */
bool process_parse(const char *entry, uint64_t *ret_pid);
/* Its command; "" if that cannot be read. */
void process_read_name(const struct sysdir *proc, const char *pid, char *ret, size_t size);

/* symbols.c: which symbols the kernel has, one bit per name; -ENODATA if no symbol can be read;
 * -ENOMEM. Takes some 50 ms. */
int symbols_find(const struct memhp *memhp, const char *const *names, size_t count, unsigned int *ret);

/* kmsg.c: the kernel log, record by record. */
struct kmsg {
	int fd;               /* -1 if the log cannot be read */
};
#define KMSG_CLOSED { .fd = -1 }
#define KMSG_RECORD_MAX 8192

void kmsg_open(const struct memhp *memhp, struct kmsg *ret);
void kmsg_close(struct kmsg *kmsg);
/* Skips everything logged until now. */
void kmsg_skip(const struct kmsg *kmsg);
/* The next record in full, NUL-terminated; false if there is none. */
bool kmsg_record(const struct kmsg *kmsg, char record[KMSG_RECORD_MAX]);
/* Only the text of the next record, which stays in the buffer; NULL if there is none. task: who wrote it,
 * "" if the kernel does not say; may be NULL. */
#define KMSG_TASK_MAX 24
const char *kmsg_next(const struct kmsg *kmsg, char record[KMSG_RECORD_MAX], char task[KMSG_TASK_MAX]);

/* thread.c: reader threads. False if no thread can be started. */
bool thread_start(pthread_t *ret, void *(*fn)(void *), void *data);
/* For threads that open files by the thousand; called first in the new thread. It keeps only these descriptors
 * open, -1 being none, and standard error. */
void thread_detach_tables(const int *kept, size_t count);
/* How many threads, at most max, are worth starting for so many items on the processors available. */
unsigned int thread_count(uint64_t items, uint64_t items_per_thread, unsigned int max);
/* max, or less if the context allows fewer. */
unsigned int thread_most(const struct memhp *memhp, unsigned int max);

#endif
