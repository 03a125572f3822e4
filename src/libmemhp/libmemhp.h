/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmemhp: Linux memory hot(un)plug as a library.
 *
 * Glossary
 *   block   memory block N, /sys/devices/system/memory/memoryN; it covers the
 *           physical addresses [N * block_size, (N + 1) * block_size)
 *   state   online, offline, going-offline
 *   zone    the zone that manages an online block
 *   zones   the words of the block's valid_zones file; of a block that is not
 *           online the first is what the kernel would choose now
 *   origin  where a block came from: boot, hotplug, virtio-mem, ...
 *
 * Conventions
 *   - Functions returning int return 0 or a count, or a negative errno. Results
 *     come last, in parameters named ret..., which are untouched on failure.
 *   - The objects that *_new, *_take, *_read, memhp_forecast_copy() and memhp_run() return belong
 *     to the caller, who hands them to the *_free function of the same object; *_free accepts NULL and returns NULL.
 *     Everything else is borrowed, constant, and lives as long as its owner.
 *   - A structure that begins with size is the caller's, who sets it to its sizeof before the
 *     call, also of a result. It may be that of an older or newer header: fields which the caller
 *     does not know are taken as 0, or as their default, and not written; those which the
 *     library does not know stay as they are. Without size: -EINVAL, and nothing is written.
 *   - Sizes and addresses are bytes unless a comment says pages.
 *   - There is no global state, nothing is printed, no environment is read and
 *     no signal handler is installed. A context may be used by one thread at a
 *     time, and a forecast too; all other objects are immutable and may be read by any
 *     number of threads, also after the context was freed.
 *
 * All functions are available since 0.1.
 */
#ifndef LIBMEMHP_H
#define LIBMEMHP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Words ------------------------------------------------------------------- */

enum memhp_state {
	MEMHP_STATE_UNKNOWN = 0,  /* not asked for, unreadable, or a word we do not know */
	MEMHP_STATE_ONLINE,
	MEMHP_STATE_OFFLINE,
	MEMHP_STATE_GOING_OFFLINE,
};

enum memhp_zone {
	MEMHP_ZONE_UNKNOWN = 0,
	MEMHP_ZONE_DMA,
	MEMHP_ZONE_DMA32,
	MEMHP_ZONE_NORMAL,
	MEMHP_ZONE_HIGHMEM,
	MEMHP_ZONE_MOVABLE,
	MEMHP_ZONE_DEVICE,
	MEMHP_ZONE_NONE,          /* the kernel's "none": several zones or nodes in one block */
};

enum memhp_origin {
	MEMHP_ORIGIN_UNKNOWN = 0, /* cannot be proved */
	MEMHP_ORIGIN_BOOT,        /* in the memory map that the kernel was started with */
	MEMHP_ORIGIN_HOTPLUG,     /* added later: ACPI, DLPAR, probe */
	MEMHP_ORIGIN_VIRTIO_MEM,
	MEMHP_ORIGIN_KMEM,        /* dax: CXL, PMEM, HBM */
	MEMHP_ORIGIN_HV_BALLOON,
	MEMHP_ORIGIN_XEN,
};

/* Whether an online block can be taken offline: memhp_block_offlinable() judges
 * without looking at its pages, memhp_scan_judge() by them. */
enum memhp_offlinable {
	MEMHP_OFFLINABLE_UNKNOWN = 0, /* the block is not online, or its zone is unknown */
	MEMHP_OFFLINABLE_NO,          /* and that stays so */
	MEMHP_OFFLINABLE_UNLIKELY,
	MEMHP_OFFLINABLE_LIKELY,
	MEMHP_OFFLINABLE_YES,
};

/* What a memhp_offlinable rests on. */
enum memhp_why {
	MEMHP_WHY_UNKNOWN = 0,
	MEMHP_WHY_NO_OFFLINING,       /* kernel without CONFIG_MEMORY_HOTREMOVE */
	MEMHP_WHY_SEVERAL_ZONES,      /* several zones or nodes in the block */
	MEMHP_WHY_MEMORY_HOLES,       /* not all of the block is System RAM */
	MEMHP_WHY_OFFLINE_DISABLED,   /* boot memory, which this architecture keeps */
	MEMHP_WHY_KERNEL_ZONE,        /* a zone that also serves unmovable allocations */
	MEMHP_WHY_MOVABLE,            /* ZONE_MOVABLE: movable allocations only */
	/* By the pages: */
	MEMHP_WHY_RESERVED_PAGES,     /* they are never given back */
	MEMHP_WHY_UNMOVABLE_PAGES,    /* slab, page tables, other pages of the kernel */
	MEMHP_WHY_UNKNOWN_PAGES,      /* in a kernel zone most likely the kernel's */
	MEMHP_WHY_DRIVER_PAGES,       /* a driver keeps them and may not let them go */
	MEMHP_WHY_HUGE_PAGES,         /* promised, or in use where the kernel has no place for them */
	MEMHP_WHY_NO_ROOM,            /* more to migrate than is available elsewhere */
	MEMHP_WHY_MIGRATE,            /* pages to migrate, and nothing in the way */
	MEMHP_WHY_FREE,               /* nothing to migrate */
};

/* The kernel's word for a state or zone, memhp's word for an origin ("boot",
 * "virtio-mem", ...); NULL for the UNKNOWN value and for no value. Static strings. */
const char *memhp_state_name(enum memhp_state state);
const char *memhp_zone_name(enum memhp_zone zone);
const char *memhp_origin_name(enum memhp_origin origin);

/* The value of a word, case-insensitive; UNKNOWN when there is no such word. */
enum memhp_state memhp_state_from_name(const char *name);
enum memhp_zone memhp_zone_from_name(const char *name);
enum memhp_origin memhp_origin_from_name(const char *name);

/* True for every zone that serves unmovable allocations: all but Movable and
 * Device (and NONE, UNKNOWN). */
bool memhp_zone_is_kernel(enum memhp_zone zone);

/* What became of one step of a change. */
enum memhp_result {
	MEMHP_RESULT_PLANNED = 0,
	MEMHP_RESULT_DONE,
	MEMHP_RESULT_ALREADY,
	MEMHP_RESULT_FAILED,
	MEMHP_RESULT_TIMEOUT,
	MEMHP_RESULT_INTERRUPTED,
	MEMHP_RESULT_SKIPPED,       /* not tried any more */
	MEMHP_RESULT_ROLLED_BACK,
	MEMHP_RESULT_UNSETTLED,     /* a killed write, or a removal, had not ended when patience did */
	MEMHP_RESULT_REMOVED,       /* offline, and removed with its device */
};
/* "done", "rolled-back", ...; NULL for no such one. Static strings. */
const char *memhp_result_name(enum memhp_result result);

/* Context ----------------------------------------------------------------- */

struct memhp;

/*
 * Opens a context. With root == NULL it is the running system, whose sysfs and
 * procfs are looked up in the mount table. Otherwise sys/, proc/, etc/ and run/
 * below the directory root are used, and no path, also no symbolic link, ever
 * leads out of it.
 *
 * Errors: -ENOENT, -ENOTDIR, -EACCES (root cannot be opened), -EBADMSG (the file
 * .page_size below root is not a power of two), -ENOMEM.
 */
int memhp_new(const char *root, struct memhp **ret);
struct memhp *memhp_free(struct memhp *memhp);

/*
 * Whom to tell which file was at fault when a function fails: called at most
 * once for each failing call, in the calling thread, before that call returns.
 * path is relative to the root; error is a positive errno; text says what is
 * wrong with the file's content, or is NULL when the errno tells it all.
 */
typedef void (*memhp_fault_fn)(void *data, const char *path, int error, const char *text);
void memhp_set_fault_handler(struct memhp *memhp, memhp_fault_fn fn, void *data);

/* Bytes of a page: of the running system, or what the tree's .page_size says. */
uint64_t memhp_page_size(const struct memhp *memhp);

/* Snapshot: all blocks at one moment ---------------------------------------- */

struct memhp_snapshot;
struct memhp_block;

/* What to read of every block. Ids are always known. */
enum memhp_attr {
	MEMHP_ATTR_STATE            = 1 << 0,
	MEMHP_ATTR_ZONES            = 1 << 1,
	MEMHP_ATTR_NODES            = 1 << 2,
	MEMHP_ATTR_REMOVABLE        = 1 << 3,
	MEMHP_ATTR_PHYS_DEVICE      = 1 << 4,
	MEMHP_ATTR_CONFIGURED       = 1 << 5,  /* s390 */
	MEMHP_ATTR_MEMMAP_ON_MEMORY = 1 << 6,  /* s390 */
	MEMHP_ATTR_ORIGIN           = 1 << 7,  /* origin and device */
	MEMHP_ATTR_HOLES            = 1 << 8,
};

/* The file that an attribute is read from, as below the block's directory ("valid_zones"); NULL for no attribute. */
const char *memhp_attr_name(enum memhp_attr attr);

/*
 * Reads the attributes attrs (memhp_attr, or-ed) of all blocks. Blocks that
 * vanish meanwhile are left out. memoryN/online is never read: that blocks
 * behind a block that is going offline (drivers/base/core.c: online_show()).
 * Many blocks are read by several threads, all of which have ended when the
 * function returns; signals stay with the caller's threads. Meanwhile they hold copies of
 * the caller's descriptors: a file that another thread closes then is closed when they end.
 *
 * An attribute that a block lacks, or that cannot be read or understood, does
 * not fail the call: see memhp_block_error().
 *
 * Errors: -EOPNOTSUPP (no memory hotplug: no /sys/devices/system/memory with a
 * block size), -EBADMSG (block_size_bytes is not a power of two in hex), other
 * errnos of opening and reading, -ENOMEM.
 */
int memhp_snapshot_take(struct memhp *memhp, unsigned int attrs, struct memhp_snapshot **ret);
struct memhp_snapshot *memhp_snapshot_free(struct memhp_snapshot *snapshot);

/* Bytes of a block, a power of two. */
uint64_t memhp_snapshot_block_size(const struct memhp_snapshot *snapshot);
/* Number of blocks. */
uint64_t memhp_snapshot_count(const struct memhp_snapshot *snapshot);
/* Number of memoryN directories left out because their N is no valid id: the
 * block would not fit into 64 address bits. */
uint64_t memhp_snapshot_invalid_ids(const struct memhp_snapshot *snapshot);
/* Whether there is a node of that number. Needs MEMHP_ATTR_NODES. */
bool memhp_snapshot_has_node(const struct memhp_snapshot *snapshot, unsigned int node);
/* Whether /proc/iomem could not be read or hid its addresses, as it does without
 * CAP_SYS_ADMIN. Needs MEMHP_ATTR_ORIGIN or MEMHP_ATTR_HOLES. */
bool memhp_snapshot_iomem_is_masked(const struct memhp_snapshot *snapshot);

/* The block after prev by address, the first one for NULL; NULL at the end. */
const struct memhp_block *memhp_snapshot_next(const struct memhp_snapshot *snapshot,
					      const struct memhp_block *prev);
/* The block of that id, or NULL. */
const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id);
/* The first block whose id is at least id, or NULL. */
const struct memhp_block *memhp_snapshot_find_from(const struct memhp_snapshot *snapshot, uint64_t id);

#define memhp_snapshot_foreach(snapshot, block)                            \
	for ((block) = memhp_snapshot_next((snapshot), NULL); (block);     \
	     (block) = memhp_snapshot_next((snapshot), (block)))

/* Whether the machine can have a node of that number, also one without memory yet: 1 or 0; -ENODATA
 * where the kernel does not tell. Other errors: those of opening and reading, -EBADMSG. */
int memhp_node_is_possible(struct memhp *memhp, unsigned int node);

/* Block: a view into its snapshot ------------------------------------------- */

uint64_t memhp_block_id(const struct memhp_block *block);
/* First byte, and last byte. */
uint64_t memhp_block_start(const struct memhp_block *block);
uint64_t memhp_block_end(const struct memhp_block *block);

/*
 * 0 when the attribute was read; -ENODATA when it was not asked for or the
 * block has no such file; -EBADMSG when its content was not understood; another
 * negative errno when it could not be read. Getters return UNKNOWN, -1, NULL or
 * 0 elements then.
 */
int memhp_block_error(const struct memhp_block *block, enum memhp_attr attr);

enum memhp_state memhp_block_state(const struct memhp_block *block);
/* The managing zone; UNKNOWN unless the state is online. Needs MEMHP_ATTR_STATE and _ZONES. */
enum memhp_zone memhp_block_zone(const struct memhp_block *block);
/* The words of valid_zones in the kernel's order; returns their number. */
unsigned int memhp_block_zones(const struct memhp_block *block, const enum memhp_zone **ret);
/* The nodes that the block is linked to, ascending; returns their number. */
unsigned int memhp_block_nodes(const struct memhp_block *block, const unsigned int **ret);
/* 1, 0, or -1 when unknown. removable is the kernel's legacy file and says
 * nothing of the block on current kernels. */
int memhp_block_removable(const struct memhp_block *block);
int memhp_block_configured(const struct memhp_block *block);
int memhp_block_memmap_on_memory(const struct memhp_block *block);
/* Number of the storage increment (s390), 0 elsewhere, -1 when unknown. */
int64_t memhp_block_phys_device(const struct memhp_block *block);
/* Origin, and the device that the memory belongs to ("virtio0", "dax0.0",
 * "PNP0C80:01") or NULL. Both need MEMHP_ATTR_ORIGIN. */
enum memhp_origin memhp_block_origin(const struct memhp_block *block);
const char *memhp_block_device(const struct memhp_block *block);
/*
 * 1 when part of the block is no System RAM, 0 when all of it is, -1 when
 * unknown. mm/memory_hotplug.c: offline_pages() refuses such a block (EINVAL).
 * Needs MEMHP_ATTR_HOLES.
 */
int memhp_block_has_holes(const struct memhp_block *block);

/*
 * Whether the block can be taken offline, judged by its zone, origin, holes and
 * the architecture. Pure; needs MEMHP_ATTR_STATE, _ZONES, _ORIGIN and _HOLES.
 * ret_why may be NULL.
 */
enum memhp_offlinable memhp_block_offlinable(const struct memhp_block *block, enum memhp_why *ret_why);

/* Zone statistics: /proc/zoneinfo -------------------------------------------- */

struct memhp_stats;
struct memhp_zonestat;

/*
 * Reads the zones of all nodes, populated or not, in the kernel's order.
 * Errors: those of opening and reading, -EBADMSG (content not understood),
 * -ENOMEM.
 */
int memhp_stats_read(struct memhp *memhp, struct memhp_stats **ret);
struct memhp_stats *memhp_stats_free(struct memhp_stats *stats);
const struct memhp_zonestat *memhp_stats_next(const struct memhp_stats *stats,
					      const struct memhp_zonestat *prev);

#define memhp_stats_foreach(stats, zonestat)                               \
	for ((zonestat) = memhp_stats_next((stats), NULL); (zonestat);     \
	     (zonestat) = memhp_stats_next((stats), (zonestat)))

unsigned int memhp_zonestat_node(const struct memhp_zonestat *zonestat);
enum memhp_zone memhp_zonestat_zone(const struct memhp_zonestat *zonestat);
/* Pages. start_pfn is only known of populated zones, else 0. cma is 0 on kernels
 * without CONFIG_CMA. */
uint64_t memhp_zonestat_present(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_managed(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_spanned(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_free_pages(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_cma(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_start_pfn(const struct memhp_zonestat *zonestat);

/* Ratio: movable memory to kernel memory ------------------------------------------ */

/* What the kernel's document (admin-guide/mm/memory-hotplug.rst) says of a ratio. */
enum memhp_balance {
	MEMHP_BALANCE_UNKNOWN = 0,  /* there is no memory */
	MEMHP_BALANCE_OK,           /* up to 301 % */
	MEMHP_BALANCE_HIGH,         /* up to 400 % */
	MEMHP_BALANCE_IMBALANCED,
	MEMHP_BALANCE_CRITICAL,     /* from 6300 % on: the memory maps alone do not fit */
	MEMHP_BALANCE_MOVABLE_ONLY, /* no kernel memory */
};
/* "ok", "movable-only", ...; NULL for UNKNOWN. Static strings. */
const char *memhp_balance_name(enum memhp_balance balance);

/* The highest ratio, in percent, that the kernel's document calls usually fine: 4:1. */
#define MEMHP_RATIO_USUAL 400

/* Bytes of a node, or of all. */
struct memhp_ratio {
	size_t size;             /* sizeof(struct memhp_ratio) */
	uint64_t kernel;         /* present in kernel zones, less CMA */
	uint64_t movable;        /* present in ZONE_MOVABLE, and CMA of kernel zones */
	uint64_t cma;            /* of all these zones; it is part of movable */
};

/* Adds up the zones of a node, or of all with NULL; ZONE_DEVICE does not count. Pure.
 * Errors: -ENOENT (no such node), -ERANGE (more than 64 bits). */
int memhp_ratio_sum(const struct memhp_stats *stats, uint64_t page_size, const unsigned int *node,
		    struct memhp_ratio *ret);
/* The rest is pure too, and exact. In percent, rounded down; UINT64_MAX without kernel memory. */
uint64_t memhp_ratio_percent(const struct memhp_ratio *ratio);
/* Whether it is above so many percent, by the smallest fraction of one. */
bool memhp_ratio_exceeds(const struct memhp_ratio *ratio, uint64_t percent);
/* Bytes that may still become movable under a limit in percent, in whole blocks, of which the size
 * is not 0. */
uint64_t memhp_ratio_headroom(const struct memhp_ratio *ratio, unsigned int limit, uint64_t block_size);
enum memhp_balance memhp_ratio_balance(const struct memhp_ratio *ratio);

/* Sizing: what needs kernel memory, or cannot be in ZONE_MOVABLE --------------------- */

/* Figures in bytes, UINT64_MAX where they are unknown; flags 1, 0, or -1 where unknown. */
struct memhp_sizing {
	size_t size;               /* sizeof(struct memhp_sizing) */
	uint64_t kernel, movable;  /* as in struct memhp_ratio */
	uint64_t kernel_free;      /* free in kernel zones */
	uint64_t cma;
	uint64_t gigantic;         /* hugetlb pages larger than the page allocator can serve */
	uint64_t huge;             /* other hugetlb pages */
	int huge_can_migrate;      /* the architecture moves them */
	uint64_t pinned;           /* pins of pages (FOLL_PIN), short ones too; a page may have several */
	uint64_t page_tables;
	uint64_t ballooned;        /* held by a balloon that the kernel counts */
	int balloon_compacts;      /* CONFIG_BALLOON_COMPACTION */
	bool has_foreign_balloon;  /* Hyper-V's or Xen's: not counted, and without compaction */
	int has_hvo;               /* HugeTLB vmemmap optimization is on */
	uint64_t hvo_debt;         /* what dissolving all hugetlb pages would need under it */
	uint64_t kasan;            /* shadow memory of KASAN; 0: it is off */
	uint64_t dax_maps;         /* memory maps of ZONE_DEVICE in kernel memory, at most */
	uint64_t offline_maps;     /* memory maps of blocks that are offline */
};

/*
 * Reads the figures, from files that need no privilege. The snapshot needs
 * MEMHP_ATTR_STATE, and for s390 MEMHP_ATTR_MEMMAP_ON_MEMORY. What cannot be read or
 * understood is unknown. -ENOMEM.
 */
int memhp_sizing_read(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct memhp_stats *stats,
		      struct memhp_sizing *ret);

/* What the kernel's document considers (admin-guide/mm/memory-hotplug.rst, "ZONE_MOVABLE Sizing
 * Considerations"), and with them HVO and CMA. */
enum memhp_consideration {
	MEMHP_CONSIDER_GIGANTIC_PAGES = 0,
	MEMHP_CONSIDER_HUGE_PAGES,
	MEMHP_CONSIDER_PINS,
	MEMHP_CONSIDER_PAGE_TABLES,
	MEMHP_CONSIDER_BALLOON,
	MEMHP_CONSIDER_HVO,
	MEMHP_CONSIDER_KASAN,
	MEMHP_CONSIDER_CMA,
	MEMHP_CONSIDER_DAX_MEMMAP,
	MEMHP_CONSIDER_OFFLINE_BLOCKS,
	MEMHP_CONSIDER_COUNT,      /* how many there are */
};
/* "gigantic-pages", ...; NULL for no such one. Static strings. */
const char *memhp_consideration_name(enum memhp_consideration consideration);

enum memhp_advice {
	MEMHP_ADVICE_UNKNOWN = 0,  /* what it takes is unknown */
	MEMHP_ADVICE_OK,
	MEMHP_ADVICE_NOTE,         /* to be kept in mind */
	MEMHP_ADVICE_WARN,         /* a large part of the kernel's memory, or more than it has */
};
/* "ok", "note", "warn"; NULL for UNKNOWN. Static strings. */
const char *memhp_advice_name(enum memhp_advice advice);

/* What is to be said of one of them, and the bytes that it rests on (UINT64_MAX: unknown). Without
 * any memory in ZONE_MOVABLE there is nothing to warn of. Pure. */
enum memhp_advice memhp_sizing_judge(const struct memhp_sizing *sizing, enum memhp_consideration consideration,
				     uint64_t *ret_figure);

/* Scan: what is in the pages of blocks, from /proc/kpageflags ------------------- */

/* What a page is. Flags tell no more: a page that is pinned looks like any other
 * that can be migrated. */
enum memhp_page {
	MEMHP_PAGE_UNKNOWN = 0,   /* no flag tells: kernel stacks, pages of drivers, per-CPU lists */
	MEMHP_PAGE_FREE,
	MEMHP_PAGE_MIGRATE,       /* in use and movable; THPs count here */
	MEMHP_PAGE_RESERVED,
	MEMHP_PAGE_SLAB,
	MEMHP_PAGE_TABLE,         /* page tables */
	MEMHP_PAGE_KERNEL,        /* other compound pages of the kernel, the huge zero page */
	MEMHP_PAGE_HUGE,          /* hugetlb, in use or not */
	MEMHP_PAGE_POISONED,
	MEMHP_PAGE_DRIVER,        /* kept by a balloon or virtio-mem */
	MEMHP_PAGE_MEMMAP,        /* the block's own memory map, on its first pages */
	MEMHP_PAGE_KINDS,         /* how many there are */
};
/* "reserved", ...; NULL for no kind. Static strings. */
const char *memhp_page_name(enum memhp_page kind);

struct memhp_scan;
struct memhp_pages;

struct memhp_scan_options {
	size_t size;                /* sizeof(struct memhp_scan_options) */
	const uint64_t *blocks;     /* ids, read in this order; all of them in the snapshot */
	size_t block_count;
	size_t enough;              /* stop when so many blocks could go with next to no work; 0: never */
	unsigned int threads;       /* at most; 0: one a processor, up to 8 */
	/* Called in the calling thread after each block that it has read itself. False: stop, with
	 * what was read so far. May be NULL. */
	bool (*progress)(void *data, size_t done, size_t total);
	void *data;
	/* So many of the first blocks come before the others, which are read only when fewer than enough
	 * of these are likely to go. 0: all alike. */
	size_t preferred;
};

/*
 * Looks at every page of the blocks that are online, some 100 ns each, by several
 * threads, all of which have ended when the function returns. Memory: 256 KiB a
 * thread and 64 bytes a block. A block that is not online afterwards has no pages
 * known, nor has one that was not read any more.
 *
 * Needs MEMHP_ATTR_STATE, and for memhp_scan_judge() what memhp_block_offlinable()
 * needs. The scan borrows the snapshot.
 *
 * Errors: those of opening the file (-EACCES without CAP_SYS_ADMIN, -ENOENT without
 * CONFIG_PROC_PAGE_MONITOR), -EINVAL (no such block), -ENOMEM.
 */
int memhp_scan_take(struct memhp *memhp, const struct memhp_snapshot *snapshot,
		    const struct memhp_scan_options *options, struct memhp_scan **ret);
struct memhp_scan *memhp_scan_free(struct memhp_scan *scan);
/* Blocks that were read. */
size_t memhp_scan_count(const struct memhp_scan *scan);
/* The pages of a block, or NULL where they are not known. */
const struct memhp_pages *memhp_scan_find(const struct memhp_scan *scan, const struct memhp_block *block);
/* Why they are not known: -ENODATA (not read, or the block is not online), -EBADMSG (the file ends
 * before), another negative errno of reading; else 0. */
int memhp_scan_error(const struct memhp_scan *scan, const struct memhp_block *block);

/* Pages of a kind; of those that surely cannot be moved (RESERVED, SLAB, TABLE and KERNEL; what is
 * UNKNOWN may be unmovable too); and those to be moved (MIGRATE, and of HUGE what is in use). */
uint64_t memhp_pages_count(const struct memhp_pages *pages, enum memhp_page kind);
uint64_t memhp_pages_unmovable(const struct memhp_pages *pages);
uint64_t memhp_pages_work(const struct memhp_pages *pages);

struct memhp_verdict {
	size_t size;                /* sizeof(struct memhp_verdict) */
	enum memhp_offlinable offlinable;
	enum memhp_why why;
	enum memhp_page kind;       /* of the pages that it rests on, UNKNOWN if on none */
	uint64_t pages;             /* so many */
	uint64_t room;              /* bytes that are free elsewhere, UINT64_MAX: unknown */
	bool has_cma;               /* there is CMA somewhere in the zone, perhaps here */
};
/* Whether a block can be taken offline, by its pages too where they are known. Pure. */
void memhp_scan_judge(const struct memhp_scan *scan, const struct memhp_block *block, struct memhp_verdict *ret);

/* Policy: what becomes of new memory ----------------------------------------- */

struct memhp_policy;
struct memhp_parameter;

/* What a value is: a word, a decimal number, "Y" or "N" (or another word of the
 * kernel's, such as "force"), or bytes in decimal. */
enum memhp_kind {
	MEMHP_KIND_WORD = 0,
	MEMHP_KIND_NUMBER,
	MEMHP_KIND_BOOL,
	MEMHP_KIND_SIZE,
};

/*
 * Reads all parameters of memory hotplug: those of sysfs, and those that only the
 * kernel command line has. A parameter that the kernel lacks, or that cannot be read
 * or understood, does not fail the call: see memhp_parameter_error(). -ENOMEM.
 */
int memhp_policy_read(struct memhp *memhp, struct memhp_policy **ret);
struct memhp_policy *memhp_policy_free(struct memhp_policy *policy);
const struct memhp_parameter *memhp_policy_next(const struct memhp_policy *policy,
						const struct memhp_parameter *prev);
/* The parameter of that name, in which "-" and "_" are the same, or NULL. */
const struct memhp_parameter *memhp_policy_find(const struct memhp_policy *policy, const char *name);

/* Words of the command line for parameters that this kernel does not have at all
 * ("memory_hotplug.online_polcy=auto-movable"), which it ignores without saying so: the
 * one at index, from 0; NULL behind the last one. */
const char *memhp_policy_unknown(const struct memhp_policy *policy, size_t index);

#define memhp_policy_foreach(policy, parameter)                            \
	for ((parameter) = memhp_policy_next((policy), NULL); (parameter); \
	     (parameter) = memhp_policy_next((policy), (parameter)))

/* "online_policy", ... */
const char *memhp_parameter_name(const struct memhp_parameter *parameter);
enum memhp_kind memhp_parameter_kind(const struct memhp_parameter *parameter);
/* 0 when the value was read or can only be on the command line; -ENODATA when this kernel lacks
 * the parameter; -EBADMSG when it was not understood; another negative errno when it could not
 * be read. */
int memhp_parameter_error(const struct memhp_parameter *parameter);
/* The value now, as the kernel prints it (sizes in decimal bytes); NULL when it is unknown or not given. */
const char *memhp_parameter_value(const struct memhp_parameter *parameter);
/* The kernel's default; NULL when that depends on its configuration or on the machine. */
const char *memhp_parameter_default(const struct memhp_parameter *parameter);
/* Whether the kernel lets it be changed while it runs. */
bool memhp_parameter_is_writable(const struct memhp_parameter *parameter);
/* The release of Linux that has it first, and the option of its configuration that it needs; or NULL. */
const char *memhp_parameter_since(const struct memhp_parameter *parameter);
const char *memhp_parameter_config(const struct memhp_parameter *parameter);
/* The value that the kernel took from its command line, or NULL. */
const char *memhp_parameter_cmdline(const struct memhp_parameter *parameter);
/* The last value on the command line that the kernel did not take, without saying so, or NULL. */
const char *memhp_parameter_ignored(const struct memhp_parameter *parameter);

/* What sets it on the kernel command line ("memory_hotplug.online_policy"), or NULL. */
const char *memhp_parameter_boot(const struct memhp_parameter *parameter);
/* Its file, below the mount point of sysfs; NULL when only the command line has it. */
const char *memhp_parameter_path(const struct memhp_parameter *parameter);
/* When it is written where several are: first 1; 0 when it cannot be set while the kernel runs. */
unsigned int memhp_parameter_order(const struct memhp_parameter *parameter);
/* Whether it can be set while the kernel runs, and so stand in the configuration file. */
bool memhp_parameter_is_kept(const struct memhp_parameter *parameter);
/* The words that its value can be given as, ended by NULL; NULL where it is no word of a few. */
const char *const *memhp_parameter_words(const struct memhp_parameter *parameter);

/* Bytes of a value with its NUL, at most. */
#define MEMHP_VALUE_SIZE 64

/*
 * Whether a parameter can be set to a value now; ret is the value as the kernel prints
 * it. Pure. Errors: -EINVAL (no such value), -ERANGE (too large), -EROFS (it cannot be
 * set while the kernel runs), -EOPNOTSUPP (this kernel lacks the parameter).
 */
int memhp_parameter_check(const struct memhp_parameter *parameter, const char *value,
			  char ret[MEMHP_VALUE_SIZE]);

/* One parameter, by its name, and a value as memhp_parameter_check() returns it. */
struct memhp_setting {
	const char *name;
	const char *value;
};

/* What became of one setting; later versions add fields. */
struct memhp_policy_step {
	const struct memhp_parameter *parameter;
	const char *value;              /* asked for */
	const char *before, *now;       /* as read, NULL when that was not possible */
	enum memhp_result result;       /* DONE, ALREADY, FAILED, SKIPPED or ROLLED_BACK */
	int error;                      /* errno, or 0; EIO: written, but another value is read back */
};

/*
 * Sets parameters, in a safe order: ratio, numa_aware, policy, and auto_online_blocks
 * last. Each is read back. When one fails, those before it get their values back.
 * told (which may be NULL) is called for each setting at the end, before the call
 * returns.
 *
 * Errors: that of the setting that failed, nothing being changed; -ENOTRECOVERABLE when
 * a value could not be given back; -EINVAL (a parameter that cannot be set), -ENOMEM.
 */
int memhp_policy_set(struct memhp *memhp, const struct memhp_policy *policy,
		     const struct memhp_setting *settings, size_t count,
		     void (*told)(void *data, const struct memhp_policy_step *step), void *data);

/* What decides the zone of a block that is onlined without asking for one. */
struct memhp_zone_rules {
	size_t size;              /* sizeof(struct memhp_zone_rules) */
	bool is_auto_movable;     /* online_policy; else contig-zones, as before 5.15 */
	unsigned int ratio;       /* auto_movable_ratio, in percent */
	bool is_numa_aware;       /* auto_movable_numa_aware; false without CONFIG_NUMA */
	bool has_movable_node;    /* movable_node is on the command line */
	bool are_known;           /* false: some of them could not be read or understood */
};

/* Pure. */
void memhp_policy_zone_rules(const struct memhp_policy *policy, struct memhp_zone_rules *ret);

/* Configuration: what is to be set at boot ------------------------------------- */

struct memhp_conf;

/*
 * Reads /etc/memhp.conf, below the root. No such file: an object without values.
 * Errors: -EBADMSG (something is not understood; the fault handler is told the line),
 * -EISDIR, -EINVAL (no regular file), -ELOOP (a link that leads nowhere), -EFBIG (above
 * 1 MiB), those of opening and reading, -ENOMEM.
 */
int memhp_conf_read(struct memhp *memhp, struct memhp_conf **ret);
struct memhp_conf *memhp_conf_free(struct memhp_conf *conf);
bool memhp_conf_exists(const struct memhp_conf *conf);
/* The value of a parameter, as the kernel prints it, or of "online_existing" or
 * "exclude", as it stands there; NULL when it is not set. And the line, from 1; or 0. */
const char *memhp_conf_value(const struct memhp_conf *conf, const char *key);
unsigned int memhp_conf_line(const struct memhp_conf *conf, const char *key);

/*
 * Puts settings into the file, which keeps its comments, its mode and its owner: by a
 * new file that takes its place. Returns 1, or 0 when nothing had to be changed.
 * Errors: those of memhp_conf_read(); -ELOOP (it is a symbolic link); those of
 * creating, writing and renaming. Nothing is changed then. Without any settings nothing
 * is written: that asks whether the file is one that could be.
 */
int memhp_conf_save(struct memhp *memhp, const struct memhp_setting *settings, size_t count);

/*
 * Whether the file is applied at boot: 1 where memhp.service is enabled, 0 where systemd runs without
 * it; -ENODATA where systemd does not run, and nobody knows. Other errors: those of opening.
 */
int memhp_conf_is_applied(struct memhp *memhp);

/* Where a value comes from. */
enum memhp_source {
	MEMHP_SOURCE_UNKNOWN = 0, /* there is no value */
	MEMHP_SOURCE_CMDLINE,     /* the kernel command line */
	MEMHP_SOURCE_FILE,        /* the configuration file */
	MEMHP_SOURCE_DEFAULT,     /* the kernel's default */
	MEMHP_SOURCE_RUNTIME,     /* somebody set it since */
};
/* "cmdline", "file", ...; NULL for UNKNOWN. Static strings. */
const char *memhp_source_name(enum memhp_source source);
/* The first of these that says the value that is there; conf may be NULL. Pure. */
enum memhp_source memhp_parameter_source(const struct memhp_parameter *parameter, const struct memhp_conf *conf);
/* The value that there should be: that of the command line, else the file's, else NULL.
 * ret_source (which may be NULL) is which of them. Pure. */
const char *memhp_parameter_expected(const struct memhp_parameter *parameter, const struct memhp_conf *conf,
				     enum memhp_source *ret_source);

/* Forecast: the zones that the kernel would choose ---------------------------- */

struct memhp_forecast;

/* What onlining asks for. */
enum memhp_target {
	MEMHP_TARGET_AUTO,      /* the kernel chooses by its policy */
	MEMHP_TARGET_KERNEL,
	MEMHP_TARGET_MOVABLE,
};

/*
 * Rebuilds the kernel's accounting of zones and devices from a snapshot with
 * MEMHP_ATTR_STATE, _ZONES, _NODES and _ORIGIN, from /proc/zoneinfo, the rules
 * (memhp_policy_zone_rules()) and what the kernel logged of virtio-mem, and checks
 * it against valid_zones of the blocks that are offline. What cannot be read or
 * found out makes answers uncertain and does not fail the call. The forecast
 * borrows the snapshot. -ENOMEM.
 */
int memhp_forecast_read(struct memhp *memhp, const struct memhp_snapshot *snapshot,
			struct memhp_forecast **ret);
/* A forecast that goes on alone from here. */
int memhp_forecast_copy(const struct memhp_forecast *forecast, struct memhp_forecast **ret);
struct memhp_forecast *memhp_forecast_free(struct memhp_forecast *forecast);

/*
 * The zone that a block of the snapshot would get if it were brought online now, and
 * whether that is sure. The forecast goes on from there: the next answer is that for
 * the time after it. UNKNOWN when there is nothing to tell it from. Pure.
 */
enum memhp_zone memhp_forecast_online(struct memhp_forecast *forecast, const struct memhp_block *block,
				      enum memhp_target target, bool *ret_certain);

/* What memory could be added by. */
enum memhp_device {
	MEMHP_DEVICE_DIMM,        /* as a whole: pc-dimm, and memory of a dax device */
	MEMHP_DEVICE_VIRTIO_MEM,  /* block by block */
};

/* Memory that is not there yet: one device. */
struct memhp_addition {
	size_t size;                /* sizeof(struct memhp_addition) */
	uint64_t amount;            /* bytes, a multiple of the block size */
	enum memhp_device device;
	enum memhp_target target;
	unsigned int node;          /* also one that is not there yet */
};

struct memhp_addition_zones {
	size_t size;                /* sizeof(struct memhp_addition_zones) */
	uint64_t kernel, movable;   /* bytes: in a kernel zone (Normal), in ZONE_MOVABLE */
	bool is_certain;
	uint64_t memmap;            /* bytes of its memory map: 64 a page (struct page) */
	bool is_memmap_on_memory;   /* the first pages of its own blocks hold it */
	bool has_memmap_node;       /* else of which node it takes memory is not known */
	unsigned int memmap_node;
	enum memhp_zone memmap_zone;  /* a kernel zone there; UNKNOWN where it takes of several */
	bool is_memmap_certain;
};

/*
 * Into which zones memory would go if it were added above all that is there and
 * brought online now, all of it, and where its memory map would be. The forecast goes
 * on from there. Not certain either where the policy looks at addresses and the memory
 * could fit in between. Of a virtio-mem device it is taken for granted that it is a new
 * one, whose units are not larger than a block. Pure.
 *
 * Errors: -EINVAL (amount is 0 or no multiple of the block size), -ERANGE (beyond
 * what can be addressed), -ENODATA (/proc/zoneinfo could not be read), -ENOMEM.
 */
int memhp_forecast_add(struct memhp_forecast *forecast, const struct memhp_addition *addition,
		       struct memhp_addition_zones *ret);

/* Plan: the ordered steps that would answer a request ------------------------- */

enum memhp_action {
	MEMHP_ACTION_ONLINE,
	MEMHP_ACTION_OFFLINE,
};

struct memhp_request {
	size_t size;                /* sizeof(struct memhp_request) */
	enum memhp_action action;
	enum memhp_target target;   /* onlining only */
	const uint64_t *blocks;     /* ids, in any order; all of them in the snapshot */
	size_t block_count;
	uint64_t amount;            /* bytes, a multiple of the block size; 0: all of the blocks */
	bool total;                 /* the amount counts what is already so */
	bool driver_managed;        /* an amount may take virtio-mem's, hv-balloon's and xen's blocks too */
	/* Onlining: of the same snapshot, to tell zones by; it is copied and stays as it is. NULL:
	 * only valid_zones tell, which is sure of the first block. */
	const struct memhp_forecast *forecast;
	bool whole_devices;         /* an amount to offline empties whole devices first */
	/* What goes offline is removed then, device by device. An amount takes whole devices first, also blocks of
	 * them that are offline already, and nothing replaces a block that fails. Offlining only. */
	bool unplug;
	const struct memhp_scan *scan;  /* of the same snapshot: an amount to offline takes what goes with the
				     * least work; borrowed. NULL: the highest addresses */
};

struct memhp_plan;
struct memhp_step;

/*
 * Plans a request on a snapshot with MEMHP_ATTR_STATE, _ZONES and _ORIGIN (and
 * _HOLES to leave out what can never go offline). Pure: nothing is read or
 * written. The plan borrows the snapshot.
 *
 * Without amount every block is a step, ascending when onlining, descending when
 * offlining. With an amount the steps are candidates: as many as the amount needs,
 * then the ones that may replace a failure. Onlining prefers low addresses.
 * Offlining prefers, in this order: blocks that can go by their pages (with a scan;
 * what can never go is left out), Movable to kernel zones, fewer pages to migrate
 * (with a scan), high addresses; and before all that whole devices that fit, if
 * asked.
 *
 * Errors: -EINVAL (amount is no multiple of the block size, the forecast is of
 * another snapshot, or unplug is not for offlining), -ENOENT (no such block), -ENOMEM.
 */
int memhp_plan_new(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		   struct memhp_plan **ret);
struct memhp_plan *memhp_plan_free(struct memhp_plan *plan);

/*
 * Whether the device that a block belongs to can be removed, once it is wholly offline:
 * 0; -EPERM (it has none, or one that only its driver removes: virtio-mem); -EOPNOTSUPP
 * (an ACPI device whose firmware, or a dax device whose kernel, has no such operation);
 * -ENOMEM. Needs MEMHP_ATTR_ORIGIN.
 */
int memhp_block_can_unplug(struct memhp *memhp, const struct memhp_block *block);
/*
 * The first block that a plan would leave of a device of which it takes others: one that
 * would stay in use, or with an amount one that would be removed beyond it. NULL when the
 * plan takes devices as a whole: no other plan should be run with unplug. Pure. Errors:
 * -ENOMEM.
 */
int memhp_plan_find_left(const struct memhp_plan *plan, const struct memhp_block **ret);

/* Bytes to change: those of the blocks, or the amount less what already counts. */
uint64_t memhp_plan_requested(const struct memhp_plan *plan);
/* Bytes that are to be changed now: those of the steps that are neither already nor reserve. */
uint64_t memhp_plan_pending(const struct memhp_plan *plan);
/* Bytes that the plan's steps can change at most. */
uint64_t memhp_plan_available(const struct memhp_plan *plan);

const struct memhp_step *memhp_plan_next(const struct memhp_plan *plan, const struct memhp_step *prev);
#define memhp_plan_foreach(plan, step)                                     \
	for ((step) = memhp_plan_next((plan), NULL); (step);               \
	     (step) = memhp_plan_next((plan), (step)))

const struct memhp_block *memhp_step_block(const struct memhp_step *step);
/* Its pages, when the request had a scan that knows them, else NULL. */
const struct memhp_pages *memhp_step_pages(const struct memhp_step *step);
/* Nothing can or has to be done: the block is in the wanted state already. */
bool memhp_step_is_already(const struct memhp_step *step);
/* Only tried when a step before it failed. */
bool memhp_step_is_reserve(const struct memhp_step *step);
/* The zone after the step when all steps before it were made, UNKNOWN after offlining, and
 * whether that is sure. */
enum memhp_zone memhp_step_zone(const struct memhp_step *step);
bool memhp_step_is_certain(const struct memhp_step *step);

/* Why a change failed, or why it should not be made. The words are stable. */
enum memhp_reason {
	MEMHP_REASON_NONE = 0,
	MEMHP_REASON_SEVERAL_ZONES,
	MEMHP_REASON_MEMORY_HOLES,
	MEMHP_REASON_UNMOVABLE_PAGES,
	MEMHP_REASON_ISOLATION_FAILED,
	MEMHP_REASON_MIGRATION_FAILING,
	MEMHP_REASON_LOCK_HELD,
	MEMHP_REASON_NOTIFIER,
	MEMHP_REASON_HUGETLB,
	MEMHP_REASON_HWPOISON,
	MEMHP_REASON_OFFLINE_DISABLED,
	MEMHP_REASON_NO_PERMISSION,
	MEMHP_REASON_READ_ONLY,
	MEMHP_REASON_VANISHED,
	MEMHP_REASON_RACED,
	MEMHP_REASON_WRONG_ZONE,
	MEMHP_REASON_RATIO,
	MEMHP_REASON_NO_ROOM,
	MEMHP_REASON_UNKNOWN,
	MEMHP_REASON_DEVICE_IN_USE,   /* not removed: a block of the device is not offline */
	MEMHP_REASON_REMOVAL_FAILED,  /* not removed, though all of it is offline */
};
/* "several-zones", ...; NULL for NONE and for no such one. Static strings. */
const char *memhp_reason_name(enum memhp_reason reason);

/* Of a step that is already: WRONG_ZONE when the block is not in the zone asked for. */
enum memhp_reason memhp_step_reason(const struct memhp_step *step);

/* The figures that a plan is judged by. Bytes; UINT64_MAX where unknown. */
struct memhp_figures {
	size_t size;             /* sizeof(struct memhp_figures) */
	uint64_t kernel;         /* present in kernel zones, less CMA */
	uint64_t movable;        /* present in ZONE_MOVABLE, and CMA of kernel zones */
	uint64_t available;      /* what could be allocated: MemAvailable */
	unsigned int limit;      /* highest MOVABLE:KERNEL in percent */
};

/* Reads them: zone statistics, /proc/meminfo, and as limit auto_movable_ratio under the
 * auto-movable policy, else MEMHP_RATIO_USUAL. What cannot be read is unknown. -ENOMEM. */
int memhp_figures_read(struct memhp *memhp, struct memhp_figures *ret);

/* Whether a crash kernel is loaded whose memory map the kernel does not keep up to date: after
 * a change it must be loaded again. */
bool memhp_crash_kernel_is_stale(struct memhp *memhp);

/*
 * Whether the plan as a whole should be refused: RATIO when onlining as movable
 * would take MOVABLE:KERNEL above the limit, NO_ROOM when more is to go offline
 * than is available (where pages are known: what of it is free or to be migrated),
 * else NONE. Figures that are unknown refuse nothing. Pure.
 */
enum memhp_reason memhp_plan_judge(const struct memhp_plan *plan, const struct memhp_figures *figures);

/* Run: carrying out a plan ----------------------------------------------------- */

/* A process that maps a page which could not be moved. */
struct memhp_holder {
	uint64_t pid;
	char name[32];                     /* its command, or "" */
};

/* What became of one block. Borrowed from the report. */
struct memhp_outcome {
	const struct memhp_block *block;   /* as it was before */
	enum memhp_result result;
	enum memhp_state state;            /* afterwards; UNKNOWN if it cannot be read */
	enum memhp_zone zone;
	unsigned int attempts;             /* writes made */
	uint64_t elapsed_ms;
	int error;                         /* errno of the last write, or 0 */
	enum memhp_reason reason;
	const char *kernel_log;            /* the kernel's line about it, or NULL */
	/* LOCK_HELD: the block that was going offline instead; DEVICE_IN_USE: that is not offline; or NULL. */
	const struct memhp_block *blocker;
	/* After a failure to go offline that may be due to pages; else NULL and 0. */
	const struct memhp_pages *pages;   /* as they were then */
	const uint64_t *held;              /* numbers of the first pages that could not be moved */
	size_t held_count;
	const struct memhp_holder *holders; /* with explain: who maps them, as far as found in time */
	size_t holder_count;
};

struct memhp_run_options {
	size_t size;                /* sizeof(struct memhp_run_options) */
	uint64_t timeout_ms;        /* of one block with all its retries, and of one removal; 0: none */
	uint64_t deadline_ms;       /* of the whole run, from its start; 0: none */
	uint64_t interval_ms;       /* before the first retry, doubled up to 8 s */
	unsigned int retries;       /* more tries after a temporary failure */
	bool all_or_nothing;        /* roll back when the request cannot be met */
	bool explain;               /* dynamic debug of mm/memory_hotplug.c meanwhile */
	/* When this descriptor becomes readable the run stops: the write under way is killed,
	 * the rest skipped or rolled back. When it does so a second time the run ends at once,
	 * also a roll back. -1: none. */
	int stop_fd;
	/* Called each time stop_fd is readable, to read from it. NULL: only the first time counts. */
	void (*stopped)(void *data);
	/* Called before and after each block and some times a second in between, with the
	 * outcome so far (PLANNED while it is worked on). May be NULL. */
	void (*progress)(void *data, const struct memhp_outcome *outcome);
	void *data;
};
/* All fields in their order, as C++17 wants it. */
#define MEMHP_RUN_OPTIONS_DEFAULT                                          \
	{ sizeof(struct memhp_run_options), 60000, 0, 500, 3, false, false, -1, NULL, NULL, NULL }

struct memhp_report;

/*
 * Carries out a plan, one write at a time. Each write is made by a child process
 * with default signal actions, in a process group of its own, that dies with its
 * parent (PR_SET_PDEATHSIG follows the thread that calls this function: keep it
 * alive) and is killed at the limit. The child is no child that a wait(-1) of the
 * caller would see where the kernel allows that, and sends no SIGCHLD then.
 *
 * When the request says unplug, devices of which every block is offline then are
 * removed, one after the other: with all_or_nothing only when all went well before.
 * Their blocks are REMOVED, also those that were no steps. What went offline but was not
 * removed stays DONE, with the reason; what was offline before is FAILED, TIMEOUT,
 * INTERRUPTED or SKIPPED. An ACPI device is removed by the kernel's own worker, which
 * nobody can stop: when it is not seen to end, the blocks are UNSETTLED. What is removed
 * is not rolled back.
 *
 * A result for every step is in the report; failures of blocks do not fail the
 * call. Errors: -ENOMEM, -EINVAL (options).
 */
int memhp_run(struct memhp *memhp, const struct memhp_plan *plan,
	      const struct memhp_run_options *options, struct memhp_report **ret);
struct memhp_report *memhp_report_free(struct memhp_report *report);
/* Outcomes in the order in which the blocks were tried; reserves that were not needed are
 * not among them. */
const struct memhp_outcome *memhp_report_next(const struct memhp_report *report,
					      const struct memhp_outcome *prev);
#define memhp_report_foreach(report, outcome)                              \
	for ((outcome) = memhp_report_next((report), NULL); (outcome);     \
	     (outcome) = memhp_report_next((report), (outcome)))
/* Whether the block is now what it was not before, be it in another zone than the one asked for. Pure. */
bool memhp_outcome_has_changed(const struct memhp_outcome *outcome);
/* Whether stop_fd ended the run, and whether the deadline did. */
bool memhp_report_was_stopped(const struct memhp_report *report);
bool memhp_report_was_late(const struct memhp_report *report);
uint64_t memhp_report_elapsed_ms(const struct memhp_report *report);
/* Bytes that are changed now and were not before. */
uint64_t memhp_report_changed(const struct memhp_report *report);

/* Probe: memory that firmware does not announce ---------------------------------- */

/* What is known of an address before it is probed. */
struct memhp_probe {
	size_t size;                 /* sizeof(struct memhp_probe) */
	uint64_t address;
	uint64_t block_size;
	bool is_supported;           /* the kernel has CONFIG_ARCH_MEMORY_PROBE */
	bool is_aligned;             /* to the block size */
	bool is_present;             /* there is a block already */
	bool iomem_is_masked;        /* /proc/iomem cannot be read or hides its addresses */
	unsigned int address_bits;   /* of the processor's physical addresses; 0: unknown */
	char resource[64];           /* the first one in /proc/iomem that overlaps, or "" */
	uint64_t resource_start, resource_end;
};

/* Reads it; nothing is written. Errors as memhp_snapshot_take(). */
int memhp_probe_check(struct memhp *memhp, uint64_t address, struct memhp_probe *ret);

/*
 * Adds the block at a physical address, which the kernel cannot check: where there
 * is no memory it will crash later. The write is made by a child process as in
 * memhp_run(), within timeout_ms (0: no limit), and ends when stop_fd (-1: none) is
 * readable. Returns when the block is there.
 *
 * Errors: the kernel's (-EINVAL not aligned, -EEXIST something is there already,
 * -E2BIG beyond the addressable range, -ENOMEM, ...), -ETIMEDOUT, -ECANCELED
 * (stopped), -ENOENT (no block appeared).
 */
int memhp_probe(struct memhp *memhp, uint64_t address, uint64_t timeout_ms, int stop_fd);

#ifdef __cplusplus
}
#endif

#endif
