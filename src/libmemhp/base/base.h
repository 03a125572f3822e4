/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What two or more files of the library share. Nothing here is exported.
 */
#ifndef MEMHP_INTERNAL_H
#define MEMHP_INTERNAL_H

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#include "../cleanup.h"
#include "../libmemhp.h"
#include "../number.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)
DEFINE_CLEANUP(struct memhp_stats *, memhp_stats_free)
DEFINE_CLEANUP(struct memhp_forecast *, memhp_forecast_free)
DEFINE_CLEANUP(struct memhp_scan *, memhp_scan_free)
DEFINE_CLEANUP(struct memhp_plan *, memhp_plan_free)
DEFINE_CLEANUP(struct memhp_report *, memhp_report_free)

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

/* thread.c: threads that read. False: none can be had. */
bool thread_start(pthread_t *ret, void *(*fn)(void *), void *data);
/* Called first by a thread that opens files by the thousand. */
void thread_detach_tables(void);
/* How many threads, of at most max, that many items are worth on these processors. */
unsigned int thread_count(uint64_t items, uint64_t items_per_thread, unsigned int max);

/* zone.c */
#define ZONES_MAX 4
enum memhp_state state_parse(const char *text, size_t length);
/* A valid_zones line: the number of words, or -EBADMSG. */
int zones_parse(const char *text, size_t length, enum memhp_zone ret[ZONES_MAX]);
enum memhp_zone zone_parse(const char *text, size_t length);

/* iomem.c: /proc/iomem and what it proves of a range. */
struct resource {
	uint64_t start, end;
	uint64_t reach;       /* the highest end up to here */
	unsigned int depth;
	char *name;
};
struct iomem {
	bool masked;
	bool descends;        /* somewhere a start is below the one before, as in no kernel's */
	struct resource *resources;
	size_t count;
};
int iomem_parse(char *text, struct iomem *ret);
void iomem_free(struct iomem *iomem);
/* No resource before the index that it returns, and none from *ret_stop on, touches the range. */
size_t iomem_narrow(const struct iomem *iomem, uint64_t start, uint64_t end, size_t *ret_stop);
bool resource_is_ram(const struct resource *resource);
bool iomem_has_holes(const struct iomem *iomem, uint64_t start, uint64_t end, uint64_t page_size);

/* bootmap.c: the memory map that an x86 kernel was started with. */
struct bootmap {
	struct { uint64_t start, end; } ram[128];
	unsigned int count;
	bool proves_boot;     /* a block in it is boot memory */
	bool proves_added;    /* a block outside was added later */
};
void bootmap_read(const struct memhp *memhp, struct bootmap *ret);
bool bootmap_overlaps(const struct bootmap *bootmap, uint64_t start, uint64_t end);
void bootmap_apply_cmdline(struct bootmap *bootmap, const char *cmdline);

/* origin.c: where memory came from, and what is known of the whole machine for it. */
struct origins;
int origins_read(const struct memhp *memhp, uint64_t block_size, struct origins **ret);
struct origins *origins_free(struct origins *origins);
DEFINE_CLEANUP(struct origins *, origins_free)
const struct iomem *origins_iomem(const struct origins *origins);
/* Whether the architecture never lets boot memory go. */
bool origins_keep_boot_memory(const struct origins *origins);
/* Origin of [start, end]; ret_device is a driver's device or NULL, borrowed from origins. */
enum memhp_origin origins_find(const struct origins *origins, uint64_t start, uint64_t end,
			       bool has_firmware_node, const char **ret_device);

/* Whether Hyper-V's or Xen's balloon is here, which hold memory as they like. */
bool has_foreign_balloon(const struct memhp *memhp);
/* The machine's name as uname(1) says it, "" where that is unknown. */
#define ARCH_SIZE 65
void arch_read(const struct memhp *memhp, char ret[ARCH_SIZE]);

/* predict.c: pure decisions */
struct offline_facts {
	enum memhp_state state;
	enum memhp_zone zone;
	enum memhp_origin origin;
	int has_holes;            /* 1, 0, -1 unknown */
	bool lacks_zones;         /* there is no valid_zones file */
	bool keeps_boot_memory;   /* the architecture does */
	bool has_device;          /* firmware or a driver names its device */
};
enum memhp_offlinable predict_offlinable(const struct offline_facts *facts, enum memhp_why *ret_why);

/* include/linux/mm_types.h: sizeof(struct page) of every 64-bit kernel, by CONFIG_HAVE_ALIGNED_STRUCT_PAGE */
#define STRUCT_PAGE 64

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

/* figures.c: a file such as /proc/vmstat, and the number behind a name in it; -ENODATA: no such
 * name. Bytes of a line of /proc/meminfo. */
int counters_read(const struct memhp *memhp, const char *name, char **ret);
int counter_find(const char *text, const char *key, uint64_t *ret);
int meminfo_read(const struct memhp *memhp, const char *key, uint64_t *ret);

/* stats.c */
int stats_parse(const char *text, struct memhp_stats **ret);
/* Reads them where they can be read; else NULL, and no fault of the call. -ENOMEM. */
int stats_try(struct memhp *memhp, struct memhp_stats **ret);
/* Pages that the kernel keeps free for itself (its low watermark), 0 where that is not told. */
uint64_t zonestat_low(const struct memhp_zonestat *zonestat);

#endif
