/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmemhp: a library for memory hotplug on Linux.
 *
 * Glossary
 *   block   memory block N, /sys/devices/system/memory/memoryN; it covers the
 *           physical addresses [N * block_size, (N + 1) * block_size)
 *   state   online, offline, going-offline
 *   zone    the zone that manages an online block
 *   zones   the words in the block's valid_zones file; for a block that is not
 *           online, the first is the zone that the kernel would choose now
 *   origin  where a block came from: boot, hotplug, virtio-mem, ...
 *
 * Conventions
 *   - Functions that return int return 0 or a count, or a negative errno. Results
 *     come last, in parameters named ret..., which are untouched on failure.
 *   - The caller owns what *_new(), *_take(), *_read(), memhp_forecast_copy() and
 *     memhp_run() return, and frees it with the *_free() function of the same object.
 *     The *_free() functions accept NULL and return NULL. Everything else is
 *     borrowed, constant, and lives as long as its owner.
 *   - Objects may be freed in any order. A plan, a forecast, a scan and a report keep the
 *     snapshot alive that they were made of, and a plan also the scan of its request: what
 *     is borrowed from these lives until the last of them is freed.
 *   - The caller allocates a structure that begins with size, and sets size to the
 *     structure's sizeof before the call, even if the structure is a result. The
 *     caller's header may be older or newer than the library, as with clone3(2):
 *       - Fields unknown to the caller are taken as 0, and are not written. 0 is the
 *         safe value of every field of an argument.
 *       - Fields unknown to the library must be 0 in an argument, otherwise the call
 *         fails with -E2BIG. In a result they are set to 0.
 *       - The call fails with -EINVAL if size is not set, and with -E2BIG if it is
 *         above 4096. All functions with such a structure have these two errors,
 *         whatever others their comments name. Then they write nothing.
 *       - reserved is for later fields, and counts as unknown until then.
 *   - A value of an enum or a flag that the library does not know is -EINVAL. Functions
 *     that return no errno return UNKNOWN, NULL, 0 or false for it.
 *   - Sizes and addresses are in bytes unless a comment says pages. Names that end
 *     in _ms are in milliseconds.
 *   - "Pure" functions read no files and write none.
 *   - The library has no global state, prints nothing, reads no environment variable
 *     and installs no signal handler.
 *   - A context may be used by one thread at a time, and so may a forecast or a lock. All other
 *     objects are immutable. Any number of threads may read them, even after the
 *     context was freed.
 *
 * All functions are available since 0.1.
 */
#ifndef LIBMEMHP_H
#define LIBMEMHP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version ----------------------------------------------------------------- */

/* The version of this header. */
#define MEMHP_VERSION_MAJOR 0
#define MEMHP_VERSION_MINOR 1
#define MEMHP_VERSION "0.1"

/* The version of the library that is loaded, as MEMHP_VERSION has it; it may differ from that of the header
 * that the caller was compiled with. A static string. Pure. Thread safety: any thread, at any time. */
const char *memhp_version(void);

/* Words ------------------------------------------------------------------- */

enum memhp_state {
	MEMHP_STATE_UNKNOWN = 0,  /* not requested, unreadable, or a word that the library does not know */
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
	MEMHP_ZONE_NONE,          /* the kernel's "none": the block spans several zones or nodes */
};

enum memhp_origin {
	MEMHP_ORIGIN_UNKNOWN = 0, /* not proven */
	MEMHP_ORIGIN_BOOT,        /* in the memory map that the kernel was started with */
	MEMHP_ORIGIN_HOTPLUG,     /* added after boot: ACPI, DLPAR, probe */
	MEMHP_ORIGIN_VIRTIO_MEM,
	MEMHP_ORIGIN_KMEM,        /* dax: CXL, PMEM, HBM */
	MEMHP_ORIGIN_HV_BALLOON,
	MEMHP_ORIGIN_XEN,
};

/* Whether an online block can be taken offline. memhp_block_offlinable() judges without the
 * block's pages, memhp_scan_judge() with them. */
enum memhp_offlinable {
	MEMHP_OFFLINABLE_UNKNOWN = 0, /* the block is not online, or its zone is unknown */
	MEMHP_OFFLINABLE_NO,          /* it cannot, and that does not change */
	MEMHP_OFFLINABLE_UNLIKELY,
	MEMHP_OFFLINABLE_LIKELY,
	MEMHP_OFFLINABLE_YES,         /* only after a scan */
};

/* The reason for a memhp_offlinable. */
enum memhp_why {
	MEMHP_WHY_UNKNOWN = 0,
	MEMHP_WHY_NO_OFFLINING,       /* the kernel lacks CONFIG_MEMORY_HOTREMOVE */
	MEMHP_WHY_SEVERAL_ZONES,      /* the block spans several zones or nodes */
	MEMHP_WHY_MEMORY_HOLES,       /* part of the block is not System RAM */
	MEMHP_WHY_OFFLINE_DISABLED,   /* boot memory, and the architecture never takes it offline */
	MEMHP_WHY_KERNEL_ZONE,        /* a zone that also serves unmovable allocations */
	MEMHP_WHY_MOVABLE,            /* ZONE_MOVABLE: movable allocations only */
	MEMHP_WHY_NO_ZONES,           /* no verdict: valid_zones is missing, for an unknown reason */
	/* After a scan: */
	MEMHP_WHY_RESERVED_PAGES,     /* the kernel never frees these */
	MEMHP_WHY_UNMOVABLE_PAGES,    /* slab, page tables, other pages of the kernel */
	MEMHP_WHY_UNKNOWN_PAGES,      /* in a kernel zone these most likely belong to the kernel */
	MEMHP_WHY_DRIVER_PAGES,       /* a driver holds these and may not release them */
	MEMHP_WHY_HUGE_PAGES,         /* promised, in use and the kernel has no place for them, or larger than the
				       * block and the kernel cannot isolate a part of them */
	MEMHP_WHY_NO_ROOM,            /* more to migrate than is available elsewhere */
	MEMHP_WHY_MIGRATE,            /* pages to migrate, and nothing prevents that */
	MEMHP_WHY_FREE,               /* nothing to migrate; unless YES, other pages than free ones */
	MEMHP_WHY_HVO,                /* huge pages that the kernel may not survive to free */
};

/* The kernel's word for a state or zone, and memhp's word for an origin ("boot", "virtio-mem",
 * ...), a memhp_offlinable ("yes", "likely", "unlikely", "no") and a memhp_why ("kernel-zone",
 * "reserved-pages", ...). The words are stable. NULL for UNKNOWN and for values that do not exist.
 * Static strings. Thread safety of all *_name() functions of an enum: any thread, at any time. */
const char *memhp_state_name(enum memhp_state state);
const char *memhp_zone_name(enum memhp_zone zone);
const char *memhp_origin_name(enum memhp_origin origin);
const char *memhp_offlinable_name(enum memhp_offlinable offlinable);
const char *memhp_why_name(enum memhp_why why);

/* The value of a word, ignoring case; UNKNOWN if there is no such word. */
enum memhp_state memhp_state_from_name(const char *name);
enum memhp_zone memhp_zone_from_name(const char *name);
enum memhp_origin memhp_origin_from_name(const char *name);

/* True for the kernel zones, which serve unmovable allocations: all zones other than Movable and
 * Device. False for NONE and UNKNOWN. */
bool memhp_zone_is_kernel(enum memhp_zone zone);

/* The result of one step of a change. */
enum memhp_result {
	MEMHP_RESULT_PLANNED = 0,   /* not finished yet */
	MEMHP_RESULT_DONE,          /* brought online or taken offline, or the setting was written */
	MEMHP_RESULT_ALREADY,       /* already in the wanted state, or the setting has the wanted value */
	MEMHP_RESULT_FAILED,
	MEMHP_RESULT_TIMEOUT,       /* timed out */
	MEMHP_RESULT_INTERRUPTED,   /* the caller stopped the run during this step */
	MEMHP_RESULT_SKIPPED,       /* not tried */
	MEMHP_RESULT_ROLLED_BACK,   /* done, then undone */
	MEMHP_RESULT_UNSETTLED,     /* a killed write, or a removal, had not ended when the library stopped
				     * waiting for it */
	MEMHP_RESULT_REMOVED,       /* offline, and removed with its device */
};
/* "done", "rolled-back", ...; NULL for values that do not exist. Static strings. */
const char *memhp_result_name(enum memhp_result result);

/* Where a duration in milliseconds is a field of a structure, 0 stands for its default. */
#define MEMHP_NO_LIMIT UINT64_MAX  /* of a timeout: there is none */
#define MEMHP_NO_WAIT UINT64_MAX   /* of a wait: there is none */

/* Context ----------------------------------------------------------------- */

struct memhp;

/*
 * Opens a context. If root is NULL, this is the running system; its sysfs and procfs
 * are looked up in the mount table if they are not at /sys and /proc. Otherwise the
 * directories sys/, proc/, etc/ and run/ below the directory root are used. No path
 * and no symbolic link leads out of root.
 *
 * Errors: -ENOENT, -ENOTDIR, -EACCES (root cannot be opened), -EBADMSG (the file
 * .page_size below root is not a power of two of at least 1024), -ENOMEM.
 */
int memhp_new(const char *root, struct memhp **ret);
struct memhp *memhp_free(struct memhp *memhp);

/*
 * Sets the function that is called with the file at fault when a call fails. It is
 * called at most once per failed call, in the calling thread, before that call
 * returns. path is relative to the root. error is a positive errno. text says what is
 * wrong with the content of the file; it is NULL if the errno alone explains the failure.
 */
typedef void (*memhp_fault_fn)(void *data, const char *path, int error, const char *text);
void memhp_set_fault_handler(struct memhp *memhp, memhp_fault_fn fn, void *data);

/*
 * Sets how many threads a call may use at most to read, that of the caller included: 0 (the
 * default): as many as are worth it; 1: that of the caller alone. It counts for the later
 * calls of memhp_snapshot_take() and memhp_scan_take(), also where a snapshot is taken
 * inside another call. Thread safety: as the context.
 */
void memhp_set_threads(struct memhp *memhp, unsigned int max);

/* Bytes per page: the value in .page_size below a given root if there is such a file, otherwise
 * that of the running system. */
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

/* The name of the file that an attribute is read from ("valid_zones"); NULL for values that do not
 * exist. NODES, ORIGIN and HOLES have no file of their own: "node*", "firmware_node", "iomem". */
const char *memhp_attr_name(enum memhp_attr attr);

/*
 * Reads the attributes attrs (memhp_attr, or-ed) of all blocks. Blocks that vanish
 * during the call are omitted. memoryN/online is never read, because reading it
 * waits while a block is going offline (drivers/base/core.c: online_show()).
 *
 * If there are many blocks, several threads read them; see memhp_set_threads(). All of
 * these have ended when the function returns. Signals are delivered to the caller's
 * threads only. A reading thread has a descriptor table of its own, to read faster
 * (unshare(2)). It closes its copies of the caller's descriptors at once, except standard
 * error. Before Linux 5.9 it holds them until it ends: a file that the caller closes in the
 * meantime, such as a pipe, stays open until then.
 *
 * The call does not fail if a block lacks an attribute, or if an attribute cannot be
 * read or understood: see memhp_block_error().
 *
 * Errors: -EINVAL (an unknown attribute), -EOPNOTSUPP (no memory hotplug: no
 * /sys/devices/system/memory with a block size), -EBADMSG (block_size_bytes is not a power of two in hex), other
 * errnos of opening and reading, -ENOMEM.
 */
int memhp_snapshot_take(struct memhp *memhp, unsigned int attrs, struct memhp_snapshot **ret);
struct memhp_snapshot *memhp_snapshot_free(struct memhp_snapshot *snapshot);

/* Bytes per block, a power of two. */
uint64_t memhp_snapshot_block_size(const struct memhp_snapshot *snapshot);
/* Number of blocks. */
uint64_t memhp_snapshot_count(const struct memhp_snapshot *snapshot);
/* Number of memoryN directories that are omitted because N is not a valid id: the block would lie
 * beyond 64-bit addresses. */
uint64_t memhp_snapshot_invalid_ids(const struct memhp_snapshot *snapshot);
/* Whether there is a node with that number. Needs MEMHP_ATTR_NODES. */
bool memhp_snapshot_has_node(const struct memhp_snapshot *snapshot, unsigned int node);
/* Whether /proc/iomem could not be read or hid its addresses, as it does without
 * CAP_SYS_ADMIN. Needs MEMHP_ATTR_ORIGIN or MEMHP_ATTR_HOLES. */
bool memhp_snapshot_iomem_is_masked(const struct memhp_snapshot *snapshot);

/* The block after prev in the order of addresses, or the first one if prev is NULL; NULL at the end. */
const struct memhp_block *memhp_snapshot_next(const struct memhp_snapshot *snapshot,
					      const struct memhp_block *prev);
/* The block with that id, or NULL. */
const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id);
/* The first block whose id is at least id, or NULL. */
const struct memhp_block *memhp_snapshot_find_from(const struct memhp_snapshot *snapshot, uint64_t id);

#define memhp_snapshot_foreach(snapshot, block)                            \
	for ((block) = memhp_snapshot_next((snapshot), NULL); (block);     \
	     (block) = memhp_snapshot_next((snapshot), (block)))

/* Whether the machine can have a node with that number, even one without memory yet: 1 or 0.
 * Errors: -ENODATA (the kernel does not say), -EBADMSG, those of opening and reading. */
int memhp_node_is_possible(struct memhp *memhp, unsigned int node);

/* Why a device has no memory blocks. The values of other kinds of devices may be added. */
enum memhp_absence {
	MEMHP_ABSENCE_UNKNOWN = 0, /* the device exists; nothing shows why */
	MEMHP_ABSENCE_NOT_MEMORY,  /* a device of another kind */
	MEMHP_ABSENCE_DEVDAX,      /* dax: programs map it as a device (drivers/dax/device.c) */
	MEMHP_ABSENCE_SYSTEM_RAM,  /* dax: kmem drives it, but none of its memory is added */
	MEMHP_ABSENCE_NO_DRIVER,   /* dax: no driver is bound */
	MEMHP_ABSENCE_EMPTY_SLOT,  /* ACPI: no DIMM is in the slot */
	MEMHP_ABSENCE_NOT_ADDED,   /* ACPI: the kernel has refused the DIMM, or lacks CONFIG_ACPI_HOTPLUG_MEMORY */
	MEMHP_ABSENCE_NOT_PLUGGED, /* virtio-mem: the host has plugged nothing, or the kernel added nothing of it */
};
/* "not-memory", "devdax", ...; NULL for UNKNOWN and for values that do not exist. Static strings. */
const char *memhp_absence_name(enum memhp_absence absence);

/*
 * Why the device of that name ("dax0.0", "PNP0C80:01", "virtio0"; in any case) has no
 * memory blocks, by what its bus in sysfs shows: a memhp_absence. That no block has it as
 * its memhp_block_device() is up to the caller to know.
 *
 * Errors: -ENODEV (no bus has such a device), -ENOENT (there is no /sys/bus, as in a copy
 * of a part of sysfs: whether the device exists is unknown), those of opening and reading.
 */
int memhp_device_absence(struct memhp *memhp, const char *name);

/* Block: a view into its snapshot ------------------------------------------- */

uint64_t memhp_block_id(const struct memhp_block *block);
/* Addresses of the first and of the last byte. */
uint64_t memhp_block_start(const struct memhp_block *block);
uint64_t memhp_block_end(const struct memhp_block *block);

/*
 * 0 if the attribute was read; -ENODATA if it was not requested or the block has no
 * such file; -EBADMSG if its content was not understood; another negative errno if it
 * could not be read. If it was not read, the getters below return UNKNOWN, -1, NULL
 * or 0 elements. -EINVAL: attr is not one known attribute.
 */
int memhp_block_error(const struct memhp_block *block, enum memhp_attr attr);

enum memhp_state memhp_block_state(const struct memhp_block *block);
/* The zone that manages the block; UNKNOWN unless the block is online. Needs MEMHP_ATTR_STATE and
 * _ZONES. */
enum memhp_zone memhp_block_zone(const struct memhp_block *block);
/* The words of valid_zones in the kernel's order; returns their number. */
unsigned int memhp_block_zones(const struct memhp_block *block, const enum memhp_zone **ret);
/* The nodes that the block is linked to, ascending; returns their number. */
unsigned int memhp_block_nodes(const struct memhp_block *block, const unsigned int **ret);
/* 1, 0, or -1 if unknown. removable is a legacy file of the kernel; on current kernels its value is
 * not meaningful. */
int memhp_block_removable(const struct memhp_block *block);
int memhp_block_configured(const struct memhp_block *block);
int memhp_block_memmap_on_memory(const struct memhp_block *block);
/* Number of the storage increment on s390, 0 on other architectures, -1 if unknown. */
int64_t memhp_block_phys_device(const struct memhp_block *block);
/* The origin, and the device that the memory belongs to ("virtio0", "dax0.0", "PNP0C80:01") or NULL.
 * Both need MEMHP_ATTR_ORIGIN. */
enum memhp_origin memhp_block_origin(const struct memhp_block *block);
const char *memhp_block_device(const struct memhp_block *block);
/* Whether the memory stays until the next boot, because its dax device has lost the driver kmem, which
 * alone can remove it, while blocks were online. The block can still go offline and online. False if that
 * is not known. Needs MEMHP_ATTR_ORIGIN. */
bool memhp_block_is_stranded(const struct memhp_block *block);
/*
 * 1 if part of the block is not System RAM, 0 if all of it is, -1 if unknown. The
 * kernel refuses to take a block with holes offline: EINVAL (mm/memory_hotplug.c:
 * offline_pages()). Needs MEMHP_ATTR_HOLES.
 */
int memhp_block_has_holes(const struct memhp_block *block);

/*
 * What lies in the block besides System RAM, by the names in /proc/iomem: "Crash kernel",
 * "Kernel code", "PCI Bus 0000:00". Each name once, in the order of addresses. Writes at
 * most count of them and returns how many; 0 also if /proc/iomem cannot be read or hides
 * its addresses. The texts live as long as the snapshot. Needs MEMHP_ATTR_ORIGIN or _HOLES.
 */
unsigned int memhp_block_resources(const struct memhp_block *block, const char **ret, unsigned int count);

/*
 * Whether the block can be taken offline, judged by its zone, its origin, its holes and
 * the architecture. Pure. Needs MEMHP_ATTR_STATE, _ZONES, _ORIGIN and _HOLES. ret_why
 * may be NULL.
 */
enum memhp_offlinable memhp_block_offlinable(const struct memhp_block *block, enum memhp_why *ret_why);

/* Monitor: what happens to the blocks ------------------------------------------ */

struct memhp_monitor;

enum memhp_event_type {
	MEMHP_EVENT_ADDED = 1,    /* the block is there; the kernel adds blocks offline */
	MEMHP_EVENT_ONLINE,
	MEMHP_EVENT_OFFLINE,
	MEMHP_EVENT_REMOVED,
	MEMHP_EVENT_LOST,         /* events of the kernel were lost; the events that follow are what has changed */
};
/* "added", "online", "offline", "removed", "lost"; NULL for values that do not exist. Static strings. */
const char *memhp_event_type_name(enum memhp_event_type type);

/* What a monitor learns from. */
enum memhp_hearing {
	MEMHP_HEARING_NONE = 0,   /* no events: it compares what is there with what was, at intervals */
	MEMHP_HEARING_KERNEL,     /* the kernel's events */
	MEMHP_HEARING_UDEV,       /* these, and udev's, which say that its rules are done */
};
/* "none", "kernel", "udev"; NULL for values that do not exist. Static strings. */
const char *memhp_hearing_name(enum memhp_hearing hearing);

/* One change of one block. Borrowed from the monitor until the next call. Later versions may add fields. */
struct memhp_event {
	enum memhp_event_type type;
	/* The block as it is now, which may be more than this event says; without state and zones if it is gone. Its
	 * nodes and its device are those that are known, also of a removed block. NULL: LOST. */
	const struct memhp_block *block;
	/* The block as it was read before, or NULL. */
	const struct memhp_block *before;
	uint64_t seqnum;          /* the kernel's number of the event (SEQNUM); 0: found by comparing */
	uint64_t time_ms;         /* when it was noticed, in milliseconds since 1970 (CLOCK_REALTIME) */
	bool is_settled;          /* udev has handled the event: its rules and their programs are done */
};

struct memhp_monitor_options {
	size_t size;              /* sizeof(struct memhp_monitor_options) */
	unsigned int attrs;       /* what to read of the blocks (memhp_attr, or-ed); STATE always is */
	unsigned int buffer_size; /* bytes for events that are not read yet; 0: 16 MiB, some 37,000 events, or as much
				   * as is permitted */
	uint64_t settle_ms;       /* how long an event waits until udev has handled it; 0: 3 s; MEMHP_NO_WAIT: not */
	uint64_t interval_ms;     /* how often to compare if no events can be heard; 0: 1 s */
};

/*
 * Subscribes to the events of memory blocks, then takes a snapshot. memhp_monitor_next()
 * continues from there. options may be NULL. The monitor keeps the context, which must
 * exist as long as the monitor.
 *
 * The kernel's events are what is reported. If udev runs, each is held back until udev has
 * handled it, for at most settle_ms: a rule may have changed the block again. As soon as
 * udev has not handled an event in that time, events are no longer held back, until udev
 * is heard again. An ADDED event is held back until the links to the node and the device
 * are there, for at most a second, because the kernel makes them after the event
 * (drivers/base/memory.c, drivers/acpi/glue.c), if attrs has NODES or ORIGIN.
 *
 * What can be heard depends on namespaces, and no call fails where nothing can
 * (lib/kobject_uevent.c: uevent_net_broadcast()): so it is proved before it is relied on.
 * Where that is not possible, and below a given root, the blocks are compared at intervals.
 *
 * If the kernel could not deliver all events (ENOBUFS), the monitor reports LOST and after
 * it what has changed, also a block that was removed and added again: its directory has
 * another inode number. Nothing is missed, but changes that undid each other.
 *
 * Events that a write to the file uevent causes ("udevadm trigger") are not reported.
 *
 * Thread safety: one thread at a time may use a monitor and its context.
 *
 * Errors: those of memhp_snapshot_take(), -EMFILE, -ENFILE, -ENOMEM, -EINVAL, -E2BIG.
 */
int memhp_monitor_new(struct memhp *memhp, const struct memhp_monitor_options *options, struct memhp_monitor **ret);
struct memhp_monitor *memhp_monitor_free(struct memhp_monitor *monitor);
/* The snapshot from which the events continue. Lives as long as the monitor. */
const struct memhp_snapshot *memhp_monitor_snapshot(const struct memhp_monitor *monitor);
/* A descriptor for poll(2): readable (POLLIN) when memhp_monitor_next() should be called. The monitor owns it;
 * nothing else may be done with it. */
int memhp_monitor_fd(const struct memhp_monitor *monitor);
/*
 * The next event: 1, or 0 if there is none now. Does not wait. *ret is valid until the next
 * call.
 *
 * Errors: -ENOMEM, those of memhp_snapshot_take(). The monitor stays usable: what could not
 * be read is read by the next call.
 */
int memhp_monitor_next(struct memhp_monitor *monitor, const struct memhp_event **ret);
/* How many events have arrived, but are held back. */
size_t memhp_monitor_pending(const struct memhp_monitor *monitor);
/* What it learns from, as far as that is proved: udev is heard after its first event. */
enum memhp_hearing memhp_monitor_hearing(const struct memhp_monitor *monitor);

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
/* The zone after prev, or the first one if prev is NULL; NULL at the end. */
const struct memhp_zonestat *memhp_stats_next(const struct memhp_stats *stats,
					      const struct memhp_zonestat *prev);

#define memhp_stats_foreach(stats, zonestat)                               \
	for ((zonestat) = memhp_stats_next((stats), NULL); (zonestat);     \
	     (zonestat) = memhp_stats_next((stats), (zonestat)))

unsigned int memhp_zonestat_node(const struct memhp_zonestat *zonestat);
enum memhp_zone memhp_zonestat_zone(const struct memhp_zonestat *zonestat);
/* In pages. start_pfn is known for populated zones only, otherwise it is 0. cma is 0 on kernels
 * without CONFIG_CMA. */
uint64_t memhp_zonestat_present(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_managed(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_spanned(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_free_pages(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_cma(const struct memhp_zonestat *zonestat);
uint64_t memhp_zonestat_start_pfn(const struct memhp_zonestat *zonestat);

/* Ratio: movable memory to kernel memory ------------------------------------------ */

/* How the kernel documentation (admin-guide/mm/memory-hotplug.rst) rates a ratio. */
enum memhp_balance {
	MEMHP_BALANCE_UNKNOWN = 0,  /* there is no memory */
	MEMHP_BALANCE_OK,           /* up to 301% */
	MEMHP_BALANCE_HIGH,         /* up to 400% */
	MEMHP_BALANCE_IMBALANCED,
	MEMHP_BALANCE_CRITICAL,     /* 6300% or more: the memory maps alone do not fit into kernel memory */
	MEMHP_BALANCE_MOVABLE_ONLY, /* no kernel memory */
};
/* "ok", "movable-only", ...; NULL for UNKNOWN. Static strings. */
const char *memhp_balance_name(enum memhp_balance balance);

/* The highest ratio, in percent, that the kernel documentation calls usually fine: 4:1. */
#define MEMHP_RATIO_USUAL 400

/* Bytes, of one node or of all. */
struct memhp_ratio {
	size_t size;             /* sizeof(struct memhp_ratio) */
	uint64_t kernel;         /* present in kernel zones, less CMA */
	uint64_t movable;        /* present in ZONE_MOVABLE, plus CMA in kernel zones */
	uint64_t cma;            /* in all these zones; it is part of movable */
};

/* Adds up the zones of the node *node, or of all nodes if node is NULL. ZONE_DEVICE does not count. Pure.
 * Errors: -ENOENT (no such node), -ERANGE (more than 64 bits). */
int memhp_ratio_sum(const struct memhp_stats *stats, uint64_t page_size, const unsigned int *node,
		    struct memhp_ratio *ret);
/* The following functions are pure too, and exact. */
/* The ratio in percent, rounded down; UINT64_MAX if there is no kernel memory. */
int memhp_ratio_percent(const struct memhp_ratio *ratio, uint64_t *ret);
/* Whether the ratio is above a percentage, even by a fraction of one percent: 1 or 0. */
int memhp_ratio_exceeds(const struct memhp_ratio *ratio, uint64_t percent);
/* Bytes that can still become movable under a limit in percent, rounded down to whole blocks.
 * Errors: -EINVAL (block_size is 0). */
int memhp_ratio_headroom(const struct memhp_ratio *ratio, unsigned int limit, uint64_t block_size, uint64_t *ret);
/* A memhp_balance. */
int memhp_ratio_balance(const struct memhp_ratio *ratio);

/* Sizing: what needs kernel memory, or cannot be in ZONE_MOVABLE --------------------- */

/* Amounts are in bytes, UINT64_MAX if unknown. Flags are 1, 0, or -1 if unknown. */
struct memhp_sizing {
	size_t size;               /* sizeof(struct memhp_sizing) */
	uint64_t kernel, movable;  /* as in struct memhp_ratio */
	uint64_t kernel_free;      /* free in kernel zones */
	uint64_t cma;
	uint64_t gigantic;         /* hugetlb pages larger than the page allocator can serve */
	uint64_t huge;             /* other hugetlb pages */
	uint64_t pinned;           /* pins of pages (FOLL_PIN), short ones too; a page may have several */
	uint64_t page_tables;
	uint64_t ballooned;        /* held by a balloon that the kernel counts */
	uint64_t hvo_debt;         /* what dissolving all hugetlb pages would need with HVO */
	uint64_t kasan;            /* shadow memory of KASAN; 0: it is off */
	uint64_t dax_maps;         /* memory maps of ZONE_DEVICE in kernel memory; an upper limit */
	uint64_t offline_maps;     /* memory maps of offline blocks */
	int huge_can_migrate;      /* the architecture can migrate huge */
	int balloon_compacts;      /* CONFIG_BALLOON_COMPACTION */
	int has_hvo;               /* HugeTLB vmemmap optimization (HVO) is on */
	bool has_foreign_balloon;  /* Hyper-V's or Xen's: not counted, and without compaction */
	bool hvo_may_corrupt;      /* HVO is on, and this kernel may corrupt memory when it frees huge pages */
	uint8_t reserved[2];
};

/*
 * Reads the figures, from files that need no privilege. The snapshot needs
 * MEMHP_ATTR_STATE, and on s390 MEMHP_ATTR_MEMMAP_ON_MEMORY. What cannot be read or
 * understood is unknown. Errors: -EINVAL (no MEMHP_ATTR_STATE), -ENOMEM.
 */
int memhp_sizing_read(struct memhp *memhp, const struct memhp_snapshot *snapshot, const struct memhp_stats *stats,
		      struct memhp_sizing *ret);

/* The considerations of the kernel documentation (admin-guide/mm/memory-hotplug.rst, "ZONE_MOVABLE
 * Sizing Considerations"), and in addition HVO and CMA. */
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
};
/* "gigantic-pages", ...; NULL for values that do not exist: the values that the library knows are those from 0 to the
 * last one with a name. Static strings. */
const char *memhp_consideration_name(enum memhp_consideration consideration);

enum memhp_advice {
	MEMHP_ADVICE_UNKNOWN = 0,  /* a figure that the advice needs is unknown */
	MEMHP_ADVICE_OK,
	MEMHP_ADVICE_NOTE,         /* worth knowing */
	MEMHP_ADVICE_WARN,         /* a large part of kernel memory, or more than there is */
};
/* "ok", "note", "warn"; NULL for UNKNOWN. Static strings. */
const char *memhp_advice_name(enum memhp_advice advice);

/* The advice on one consideration: a memhp_advice. *ret_figure is the number of bytes that it rests on,
 * UINT64_MAX if unknown. On a machine without memory in ZONE_MOVABLE, WARN becomes NOTE. A figure that
 * the caller's header does not know is unknown. Pure. Errors: -EINVAL (no such consideration). */
int memhp_sizing_judge(const struct memhp_sizing *sizing, enum memhp_consideration consideration,
		       uint64_t *ret_figure);

/* Scan: what is in the pages of blocks, from /proc/kpageflags ------------------- */

/* What a page is. Page flags do not show more: a pinned page looks like any other page that can be
 * migrated. */
enum memhp_page {
	MEMHP_PAGE_UNKNOWN = 0,   /* no flag shows it: kernel stacks, pages of drivers, per-CPU lists */
	MEMHP_PAGE_FREE,
	MEMHP_PAGE_MIGRATE,       /* in use and movable; includes THPs */
	MEMHP_PAGE_RESERVED,
	MEMHP_PAGE_SLAB,
	MEMHP_PAGE_TABLE,         /* page tables */
	MEMHP_PAGE_KERNEL,        /* other compound pages of the kernel, the huge zero page */
	MEMHP_PAGE_HUGE,          /* hugetlb, in use or not */
	MEMHP_PAGE_POISONED,
	MEMHP_PAGE_DRIVER,        /* held by a balloon or by virtio-mem */
	MEMHP_PAGE_MEMMAP,        /* the block's own memory map, on its first pages */
};
/* "reserved", ...; NULL for values that do not exist: the kinds that the library knows are those from 0 to the last
 * one with a name. Static strings. */
const char *memhp_page_name(enum memhp_page kind);

struct memhp_scan;
struct memhp_pages;

struct memhp_scan_options {
	size_t size;                /* sizeof(struct memhp_scan_options) */
	const uint64_t *blocks;     /* ids, read in this order; all must be in the snapshot */
	size_t block_count;
	size_t enough;              /* stop after this many blocks that need almost no migration; 0: never */
	/* Called in the calling thread after each block that this thread has read. If it returns false,
	 * the scan stops and keeps what was read so far. May be NULL. */
	bool (*progress)(void *data, size_t done, size_t total);
	void *data;
	/* This many of the first blocks are read first. The others are read only if fewer than enough of
	 * the first ones can probably go offline. 0: read all alike. */
	size_t preferred;
	unsigned int threads;       /* maximum number, up to 8; 0: one per processor, up to 8; see memhp_set_threads() */
	uint32_t reserved;
};

/*
 * Reads the flags of every page of the given blocks that are online. This takes
 * about 100 ns per page. Several threads read; all of them have ended when the
 * function returns. Memory needed: 256 KiB per thread and 64 bytes per block.
 *
 * The pages of a block remain unknown if the block is no longer online after it was
 * read, or if the scan stopped before it.
 *
 * Needs MEMHP_ATTR_STATE; memhp_scan_judge() also needs what memhp_block_offlinable()
 * needs. The scan keeps the snapshot alive.
 *
 * Errors: those of opening the file (-EACCES without CAP_SYS_ADMIN, -ENOENT without
 * CONFIG_PROC_PAGE_MONITOR) and /sys/devices/system/memory, -EINVAL (no such block, or no
 * MEMHP_ATTR_STATE), -ENOMEM.
 */
int memhp_scan_take(struct memhp *memhp, const struct memhp_snapshot *snapshot,
		    const struct memhp_scan_options *options, struct memhp_scan **ret);
struct memhp_scan *memhp_scan_free(struct memhp_scan *scan);
/* Number of blocks that were read. */
size_t memhp_scan_count(const struct memhp_scan *scan);
/* The pages of a block, or NULL if they are unknown. */
const struct memhp_pages *memhp_scan_find(const struct memhp_scan *scan, const struct memhp_block *block);
/* Why they are unknown: -ENODATA (not read, or the block is not online), -EBADMSG (the file ends
 * before the block does), another negative errno of reading. 0 if they are known. */
int memhp_scan_error(const struct memhp_scan *scan, const struct memhp_block *block);

/* Number of pages of a kind; 0 if there is no such kind. */
uint64_t memhp_pages_count(const struct memhp_pages *pages, enum memhp_page kind);
/* Number of pages that certainly cannot be moved: RESERVED, SLAB, TABLE and KERNEL. UNKNOWN pages may
 * be unmovable too. */
uint64_t memhp_pages_unmovable(const struct memhp_pages *pages);
/* Number of pages to migrate: MIGRATE, and those HUGE pages that are in use. */
uint64_t memhp_pages_work(const struct memhp_pages *pages);

struct memhp_verdict {
	size_t size;                /* sizeof(struct memhp_verdict) */
	uint64_t pages;             /* number of the pages that decided; 0 if pages did not decide */
	uint64_t room;              /* bytes that are free elsewhere; UINT64_MAX: unknown */
	enum memhp_offlinable offlinable;
	enum memhp_why why;
	enum memhp_page kind;       /* kind of these pages; UNKNOWN if pages did not decide */
	bool has_cma;               /* there is CMA in the block's zone, and it may be in this block */
	uint8_t reserved[3];
};
/* Whether a block can be taken offline, judged also by its pages if they are known. Pure. */
int memhp_scan_judge(const struct memhp_scan *scan, const struct memhp_block *block, struct memhp_verdict *ret);

/* Policy: what happens to newly added memory ---------------------------------- */

struct memhp_policy;
struct memhp_parameter;

/* The kind of a value: a word, a decimal number, "Y" or "N" (or another word of the kernel, such as
 * "force"), or bytes in decimal. */
enum memhp_kind {
	MEMHP_KIND_WORD = 0,
	MEMHP_KIND_NUMBER,
	MEMHP_KIND_BOOL,
	MEMHP_KIND_SIZE,
};
/* "word", "number", "bool", "size"; NULL for values that do not exist. Static strings. */
const char *memhp_kind_name(enum memhp_kind kind);

/*
 * Reads all parameters of memory hotplug: those in sysfs, and those that exist only
 * on the kernel command line. The call does not fail if the kernel lacks a parameter,
 * or if a parameter cannot be read or understood: see memhp_parameter_error().
 * Errors: -ENOMEM.
 */
int memhp_policy_read(struct memhp *memhp, struct memhp_policy **ret);
struct memhp_policy *memhp_policy_free(struct memhp_policy *policy);
/* The parameter after prev, or the first one if prev is NULL; NULL at the end. */
const struct memhp_parameter *memhp_policy_next(const struct memhp_policy *policy,
						const struct memhp_parameter *prev);
/* The parameter with that name, or NULL. "-" and "_" are the same. */
const struct memhp_parameter *memhp_policy_find(const struct memhp_policy *policy, const char *name);

/* Words of the kernel command line that name a parameter which this kernel does not have
 * ("memory_hotplug.online_polcy=auto-movable"). The kernel ignores them silently. Returns the word at
 * index, counted from 0; NULL after the last one. */
const char *memhp_policy_unknown(const struct memhp_policy *policy, size_t index);

#define memhp_policy_foreach(policy, parameter)                            \
	for ((parameter) = memhp_policy_next((policy), NULL); (parameter); \
	     (parameter) = memhp_policy_next((policy), (parameter)))

/* "online_policy", ... */
const char *memhp_parameter_name(const struct memhp_parameter *parameter);
enum memhp_kind memhp_parameter_kind(const struct memhp_parameter *parameter);
/* 0 if the value was read, or if the parameter exists only on the kernel command line; -ENODATA if
 * this kernel lacks the parameter; -EBADMSG if the value was not understood; another negative errno if
 * it could not be read. */
int memhp_parameter_error(const struct memhp_parameter *parameter);
/* The current value as the kernel prints it (sizes in decimal bytes); NULL if it is unknown or not set. */
const char *memhp_parameter_value(const struct memhp_parameter *parameter);
/* The kernel's default; NULL if it depends on the kernel's configuration or on the machine. */
const char *memhp_parameter_default(const struct memhp_parameter *parameter);
/* Whether the running kernel allows changing it. */
bool memhp_parameter_is_writable(const struct memhp_parameter *parameter);
/* The first release of Linux that has it, and the configuration option that it needs; or NULL. */
const char *memhp_parameter_since(const struct memhp_parameter *parameter);
const char *memhp_parameter_config(const struct memhp_parameter *parameter);
/* The value that the kernel took from its command line, or NULL. */
const char *memhp_parameter_cmdline(const struct memhp_parameter *parameter);
/* The last value on the kernel command line that the kernel silently ignored, or NULL. */
const char *memhp_parameter_ignored(const struct memhp_parameter *parameter);

/* What sets it on the kernel command line ("memory_hotplug.online_policy"), or NULL. */
const char *memhp_parameter_boot(const struct memhp_parameter *parameter);
/* Its file, relative to the mount point of sysfs; NULL if it exists only on the kernel command line. */
const char *memhp_parameter_path(const struct memhp_parameter *parameter);
/* Its place in the order in which several parameters are written, from 1; 0 if it cannot be set while
 * the kernel runs. */
unsigned int memhp_parameter_order(const struct memhp_parameter *parameter);
/* Whether it can be set while the kernel runs, and therefore in the configuration file. */
bool memhp_parameter_is_kept(const struct memhp_parameter *parameter);
/* The words that can be given as its value, terminated by NULL; NULL if the value is not one of a few
 * words. */
const char *const *memhp_parameter_words(const struct memhp_parameter *parameter);

/* The maximum size of a value in bytes, with its NUL. */
#define MEMHP_VALUE_SIZE 64

/*
 * Whether a parameter can be set to a value now. ret is the value as the kernel prints
 * it. Pure. Errors: -EINVAL (no such value), -ERANGE (too large), -EROFS (it cannot be
 * set while the kernel runs), -EOPNOTSUPP (this kernel lacks the parameter).
 */
int memhp_parameter_check(const struct memhp_parameter *parameter, const char *value,
			  char ret[MEMHP_VALUE_SIZE]);

/* The name of a parameter, and a value as memhp_parameter_check() returns it. Functions take an array of settings;
 * size is that of each element, and the same in all. */
struct memhp_setting {
	size_t size;                    /* sizeof(struct memhp_setting) */
	const char *name;
	const char *value;
};

/* One write of a value, which is then read back. */
struct memhp_policy_write {
	bool is_accepted;               /* the kernel accepted the value */
	const char *read;               /* the value that was read back; NULL: none could be read */
	int error;                      /* errno, or 0; EIO with another value in read: the kernel does not have it */
};

/* The result of one setting. Borrowed from the call. */
struct memhp_policy_step {
	const struct memhp_parameter *parameter;
	const char *value;              /* the requested value */
	const char *before, *now;       /* before and after the call, as read; NULL if it could not be read */
	enum memhp_result result;       /* DONE, ALREADY, FAILED, SKIPPED or ROLLED_BACK */
	int error;                      /* errno, or 0; EIO: written, but another value was read back */
	const struct memhp_policy_write *set;      /* the write of the requested value; NULL: there was none */
	const struct memhp_policy_write *restored; /* the write of the old value; NULL: there was none */
};

/*
 * Sets parameters in a safe order: ratio, numa_aware, policy, and auto_online_blocks
 * last. Each is read back. If one cannot be set, reads differently or cannot be read
 * back, it and the earlier ones are set back to their old values. Before the call
 * returns, report is called once for each setting; it may be NULL.
 *
 * Errors: that of the setting that failed, with nothing changed; -ENOTRECOVERABLE (an
 * old value could not be restored); -EINVAL (a parameter that cannot be set, no value, or
 * settings of several sizes); -ENOMEM.
 */
int memhp_policy_set(struct memhp *memhp, const struct memhp_policy *policy,
		     const struct memhp_setting *settings, size_t count,
		     void (*report)(void *data, const struct memhp_policy_step *step), void *data);

/* What decides the zone of a block that is brought online without a requested zone. */
struct memhp_zone_rules {
	size_t size;              /* sizeof(struct memhp_zone_rules) */
	unsigned int ratio;       /* auto_movable_ratio, in percent */
	bool is_auto_movable;     /* online_policy; false: contig-zones, the only one before 5.15 */
	bool is_numa_aware;       /* auto_movable_numa_aware; false without CONFIG_NUMA */
	bool has_movable_node;    /* movable_node is on the kernel command line */
	bool are_known;           /* false: some of those above movable_node could not be read or understood */
	bool is_movable_node_unknown; /* the kernel command line could not be read */
	uint8_t reserved[7];
};

/* Pure. */
int memhp_policy_zone_rules(const struct memhp_policy *policy, struct memhp_zone_rules *ret);

/* Configuration: what to set at boot ------------------------------------------- */

struct memhp_conf;

/*
 * Reads /etc/memhp.conf below the root. If there is no such file, the result is an
 * object without values. Errors: -EBADMSG (a line is not understood; the fault handler
 * gets its number), -EISDIR, -EINVAL (not a regular file), -ELOOP (a dangling symbolic
 * link), -EFBIG (larger than 1 MiB), those of opening and reading, -ENOMEM.
 */
int memhp_conf_read(struct memhp *memhp, struct memhp_conf **ret);
struct memhp_conf *memhp_conf_free(struct memhp_conf *conf);
/* Whether there is such a file. */
bool memhp_conf_exists(const struct memhp_conf *conf);
/* The value of a parameter as the kernel prints it, or the value of "online_existing" or "exclude" as
 * written in the file; NULL if it is not set. And the number of its line, from 1; 0 if it is not set. */
const char *memhp_conf_value(const struct memhp_conf *conf, const char *key);
unsigned int memhp_conf_line(const struct memhp_conf *conf, const char *key);

/*
 * Puts settings into the file. A new file replaces the old one and keeps its comments,
 * mode and owner. Returns 1, or 0 if no change was needed. If count is 0, nothing
 * is written; the call then only checks that the file could be.
 * Errors: -EINVAL (a setting that memhp_conf_read() would refuse, or whose value it would
 * return as another one); those of memhp_conf_read(); -ELOOP (it is a symbolic link); those of
 * creating, writing and renaming. On an error nothing is changed.
 */
int memhp_conf_save(struct memhp *memhp, const struct memhp_setting *settings, size_t count);

/*
 * What memhp_conf_save() would make of the file, without writing anything: its present
 * text ("" if there is no file) and the new one. The caller frees both. Returns 1 if they
 * differ, otherwise 0. Errors: as memhp_conf_save(), but none of writing.
 */
int memhp_conf_preview(struct memhp *memhp, const struct memhp_setting *settings, size_t count, char **ret_before,
		       char **ret_after);

/*
 * Whether the file is applied at boot: 1 if memhp.service is enabled, 0 if systemd runs
 * and the service is not enabled. Errors: -ENODATA (systemd does not run, so it is
 * unknown), those of opening.
 */
int memhp_conf_is_applied(struct memhp *memhp);

/* Where a value comes from. */
enum memhp_source {
	MEMHP_SOURCE_UNKNOWN = 0, /* there is no value */
	MEMHP_SOURCE_CMDLINE,     /* the kernel command line */
	MEMHP_SOURCE_FILE,        /* the configuration file */
	MEMHP_SOURCE_DEFAULT,     /* the kernel's default */
	MEMHP_SOURCE_RUNTIME,     /* none of these: it was set after boot */
};
/* "cmdline", "file", ...; NULL for UNKNOWN. Static strings. */
const char *memhp_source_name(enum memhp_source source);
/* The first source, in this order, that gives the current value. conf may be NULL. Pure. */
enum memhp_source memhp_parameter_source(const struct memhp_parameter *parameter, const struct memhp_conf *conf);
/* The value that the parameter should have: that of the kernel command line, otherwise that of the
 * file, otherwise NULL. *ret_source says which of them; ret_source and conf may be NULL. Pure. */
const char *memhp_parameter_expected(const struct memhp_parameter *parameter, const struct memhp_conf *conf,
				     enum memhp_source *ret_source);

/* Forecast: the zones that the kernel would choose ---------------------------- */

struct memhp_forecast;

/* The zone that onlining requests. */
enum memhp_target {
	MEMHP_TARGET_AUTO,      /* the kernel chooses by its policy */
	MEMHP_TARGET_KERNEL,
	MEMHP_TARGET_MOVABLE,
};
/* "auto", "kernel", "movable"; NULL for values that do not exist. Static strings. */
const char *memhp_target_name(enum memhp_target target);

/*
 * Rebuilds the kernel's accounting of zones and devices. Its sources are a snapshot
 * with MEMHP_ATTR_STATE, _ZONES, _NODES and _ORIGIN, /proc/zoneinfo, the rules of
 * memhp_policy_zone_rules(), and the kernel log's messages of virtio-mem. The result
 * is checked against valid_zones of the offline blocks. What cannot be read or derived
 * makes answers uncertain, and the call does not fail. The forecast keeps the
 * snapshot alive. Errors: -ENOMEM.
 */
int memhp_forecast_read(struct memhp *memhp, const struct memhp_snapshot *snapshot,
			struct memhp_forecast **ret);
/* A copy, which changes independently from here on. It keeps the same snapshot alive. Errors: -ENOMEM. */
int memhp_forecast_copy(const struct memhp_forecast *forecast, struct memhp_forecast **ret);
struct memhp_forecast *memhp_forecast_free(struct memhp_forecast *forecast);

/*
 * The zone that a block of the snapshot would get if it were brought online now, and
 * whether that is certain. This changes the forecast: the next answer assumes that the
 * block is online. UNKNOWN if it cannot be derived; also if there is no such target, and
 * then the forecast does not change. Pure.
 */
enum memhp_zone memhp_forecast_online(struct memhp_forecast *forecast, const struct memhp_block *block,
				      enum memhp_target target, bool *ret_certain);

/* What could add the memory. */
enum memhp_device {
	MEMHP_DEVICE_DIMM,        /* all at once: pc-dimm, and memory of a dax device */
	MEMHP_DEVICE_VIRTIO_MEM,  /* block by block */
};
/* "dimm", "virtio-mem"; NULL for values that do not exist. Static strings. */
const char *memhp_device_name(enum memhp_device device);

/* Memory that could be added: one device. */
struct memhp_addition {
	size_t size;                /* sizeof(struct memhp_addition) */
	uint64_t amount;            /* bytes, a multiple of the block size */
	enum memhp_device device;
	enum memhp_target target;
	unsigned int node;          /* may be a node that has no memory yet */
	uint32_t reserved;
};

struct memhp_addition_zones {
	size_t size;                /* sizeof(struct memhp_addition_zones) */
	uint64_t kernel, movable;   /* bytes: in a kernel zone (Normal), in ZONE_MOVABLE */
	uint64_t memmap;            /* bytes of its memory map: 64 per page (struct page) */
	unsigned int memmap_node;
	enum memhp_zone memmap_zone;  /* a kernel zone there; UNKNOWN if the map is in several zones or on
				       * its own memory */
	bool is_certain;            /* kernel and movable */
	bool is_memmap_on_memory;   /* the first pages of its own blocks hold the map */
	bool has_memmap_node;       /* false: it is unknown which node's memory holds the map */
	bool is_memmap_certain;
	uint8_t reserved[4];
};

/*
 * The zones that memory would get if it were added above all existing memory and all of
 * it were brought online now, and where its memory map would be. This changes the
 * forecast: the next answer assumes that the memory is there. Pure.
 *
 * The answer is also uncertain if the kernel's choice depends on the address and the
 * memory could fit between existing memory (mm/memory_hotplug.c: default_zone_for_pfn()).
 * A virtio-mem device is assumed to be new and to have units not larger than a block.
 *
 * Errors: -EINVAL (amount is 0 or not a multiple of the block size; no such device or
 * target), -ERANGE (beyond
 * the addressable range), -ENODATA (/proc/zoneinfo could not be read), -ENOMEM.
 */
int memhp_forecast_add(struct memhp_forecast *forecast, const struct memhp_addition *addition,
		       struct memhp_addition_zones *ret);

/* Plan: the ordered steps that fulfil a request -------------------------------- */

enum memhp_action {
	MEMHP_ACTION_ONLINE,
	MEMHP_ACTION_OFFLINE,
};
/* "online", "offline"; NULL for values that do not exist. Static strings. */
const char *memhp_action_name(enum memhp_action action);

struct memhp_request {
	size_t size;                /* sizeof(struct memhp_request) */
	enum memhp_action action;
	enum memhp_target target;   /* onlining only */
	const uint64_t *blocks;     /* ids, in any order; all must be in the snapshot */
	size_t block_count;
	uint64_t amount;            /* bytes, a multiple of the block size; 0: all of the blocks */
	/* Onlining only: predicts the zones of all steps. It must be of the same snapshot; it is copied and
	 * not changed. NULL: only valid_zones predicts them, and if the kernel chooses the zone, only that
	 * of the first block is certain. */
	const struct memhp_forecast *forecast;
	const struct memhp_scan *scan;  /* of the same snapshot; kept alive. An amount to take offline prefers
				     * blocks with the least work. NULL: the highest addresses */
	bool total;                 /* the amount includes what is already in the wanted state and zone */
	bool driver_managed;        /* an amount to take offline may include blocks of virtio-mem, hv-balloon
				     * and xen, whose drivers put back memory that is taken from them */
	bool whole_devices;         /* an amount to take offline empties whole devices first */
	/* Offlining only: afterwards remove what went offline, device by device. An amount then takes whole
	 * devices first, including blocks of theirs that are already offline, and no other block replaces
	 * one that fails. */
	bool unplug;
	bool zone_dma;              /* an amount to take offline may include blocks of the zone DMA */
	bool skip_misplaced;        /* onlining without an amount: passes over blocks that are already online in
				     * another zone, instead of failing for them */
	bool all;                   /* all blocks of the snapshot; blocks must be NULL, block_count 0 */
	uint8_t reserved[1];
};

struct memhp_plan;
struct memhp_step;

/*
 * Plans a request for a snapshot with MEMHP_ATTR_STATE, _ZONES and _ORIGIN. _HOLES is
 * needed as well if an amount should leave out blocks with holes, which can never go
 * offline. Pure. The plan keeps the snapshot and the request's scan alive.
 *
 * Without an amount every block is a step; the order is ascending for onlining and
 * descending for offlining.
 *
 * With an amount the steps are candidates: first as many as the amount needs, then
 * reserves that may replace a block that fails. Some blocks are passed over; see
 * memhp_plan_next_passed(). Onlining prefers low addresses.
 * Offlining prefers, in this order:
 *   1. with whole_devices or unplug, whole devices that fit into the amount
 *   2. with a scan, blocks whose pages allow it; those that can never go offline are
 *      left out
 *   3. Movable over kernel zones
 *   4. with a scan, fewer pages to migrate
 *   5. high addresses
 *
 * Errors: -EINVAL (the snapshot lacks an attribute that is needed, neither blocks nor all,
 * both of them, an empty list without an amount, amount is not a multiple of the block
 * size, the forecast is of another snapshot, unplug is set for onlining, or no such action
 * or target), -ENOENT (no such block), -ENOMEM.
 */
int memhp_plan_new(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		   struct memhp_plan **ret);
struct memhp_plan *memhp_plan_free(struct memhp_plan *plan);

/*
 * Whether the device of a block can be removed when all its blocks are offline: 0 if it
 * can. Errors: -EPERM (the block has no device, or only the device's driver can remove it:
 * virtio-mem); -EOPNOTSUPP (the operation is missing: in the firmware for an ACPI device,
 * in the kernel for a dax device); -ENXIO (the device is gone, or the dax device has lost
 * its driver: the memory stays until the next boot); -ENOENT (the block was removed after
 * the snapshot); those of opening the device; -ENOMEM. Needs MEMHP_ATTR_ORIGIN.
 */
int memhp_block_can_unplug(struct memhp *memhp, const struct memhp_block *block);
/*
 * Whether the kernel may crash when the device of a block is removed: 1 or 0. On x86 that
 * is boot memory of which the device has only a part of a GiB, where the kernel maps
 * memory with pages of 1 GiB (DirectMap1G in /proc/meminfo). 1 also where that cannot be
 * read. Errors: -ENOMEM. Needs MEMHP_ATTR_ORIGIN.
 */
int memhp_block_unplug_may_crash(struct memhp *memhp, const struct memhp_block *block);
/*
 * Finds out whether a plan takes devices only as a whole. *ret is the first block that the
 * plan leaves although it takes other blocks of the same device: a block that would stay in
 * use or, with an amount, an offline one that would be removed beyond the amount. *ret is
 * NULL if there is none; run only such plans with unplug. Pure. Errors: -ENOMEM.
 */
int memhp_plan_find_left(const struct memhp_plan *plan, const struct memhp_block **ret);

/* Bytes requested: those of the blocks, or the amount, which total reduces by what is already in the
 * wanted state and zone. */
uint64_t memhp_plan_requested(const struct memhp_plan *plan);
/* Bytes to change now: those of the steps that are neither already nor reserve and do not fail for certain. */
uint64_t memhp_plan_pending(const struct memhp_plan *plan);
/* Bytes of all steps: the maximum that the plan can reach. */
uint64_t memhp_plan_available(const struct memhp_plan *plan);

/* The step after prev, or the first one if prev is NULL; NULL at the end. */
const struct memhp_step *memhp_plan_next(const struct memhp_plan *plan, const struct memhp_step *prev);
#define memhp_plan_foreach(plan, step)                                     \
	for ((step) = memhp_plan_next((plan), NULL); (step);               \
	     (step) = memhp_plan_next((plan), (step)))

/* Why a plan passes over a block. */
enum memhp_pass {
	MEMHP_PASS_NONE = 0,
	MEMHP_PASS_DRIVER,          /* its driver would undo it; see driver_managed */
	MEMHP_PASS_DMA,             /* the zone DMA; see zone_dma */
	MEMHP_PASS_MISPLACED,       /* already online in another zone; with an amount, or see skip_misplaced */
};
/* "driver", "dma", "misplaced"; NULL for NONE and for values that do not exist. Static strings. */
const char *memhp_pass_name(enum memhp_pass why);
/* A block that is among those of the request, but that the plan passes over. Borrowed from the plan. */
struct memhp_passed {
	const struct memhp_block *block;
	enum memhp_pass why;
};
/* The one after prev, or the first one if prev is NULL; NULL at the end. */
const struct memhp_passed *memhp_plan_next_passed(const struct memhp_plan *plan, const struct memhp_passed *prev);

/* A pool of huge pages that a plan to take memory offline shrinks. Borrowed from the plan. */
struct memhp_pool {
	uint64_t page_size;         /* of one huge page, in bytes */
	uint64_t pages;             /* how many huge pages it loses */
	bool is_least;              /* they are at least as many: others are in use, and may move within the pool */
	uint64_t total;             /* how many it has now; UINT64_MAX: unknown */
};
/* The one after prev, or the first one if prev is NULL; NULL at the end. Needs a scan that knows the pages of
 * the blocks. */
const struct memhp_pool *memhp_plan_next_pool(const struct memhp_plan *plan, const struct memhp_pool *prev);

const struct memhp_block *memhp_step_block(const struct memhp_step *step);
/* The block's pages if the request had a scan that knows them, otherwise NULL. */
const struct memhp_pages *memhp_step_pages(const struct memhp_step *step);
/* Nothing to do: the block is already in the wanted state. */
bool memhp_step_is_already(const struct memhp_step *step);
/* Tried only if a step before it failed. */
bool memhp_step_is_reserve(const struct memhp_step *step);
/* The zone of the block after this step and all steps before it, and whether that is certain. UNKNOWN
 * after offlining. */
enum memhp_zone memhp_step_zone(const struct memhp_step *step);
bool memhp_step_is_certain(const struct memhp_step *step);

/* Why a change failed, or why it should not be made. The words are stable. */
enum memhp_reason {
	MEMHP_REASON_NONE = 0,
	MEMHP_REASON_SEVERAL_ZONES,   /* the block spans several zones or nodes */
	MEMHP_REASON_MEMORY_HOLES,    /* part of the block is not System RAM */
	MEMHP_REASON_UNMOVABLE_PAGES, /* the kernel uses pages of the block that cannot be moved */
	MEMHP_REASON_ISOLATION_FAILED, /* another task is using the same pages; temporary */
	MEMHP_REASON_MIGRATION_FAILING, /* pages are held, or there is no room for them elsewhere */
	MEMHP_REASON_LOCK_HELD,       /* another hotplug operation holds the kernel's lock */
	MEMHP_REASON_NOTIFIER,        /* a driver refused the change */
	MEMHP_REASON_HUGETLB,         /* huge pages could not be dissolved */
	MEMHP_REASON_HWPOISON,        /* the block has pages with memory errors */
	MEMHP_REASON_OFFLINE_DISABLED, /* boot memory, and the architecture never takes it offline */
	MEMHP_REASON_NO_PERMISSION,   /* the caller may not write the file */
	MEMHP_REASON_READ_ONLY,       /* sysfs is mounted read-only */
	MEMHP_REASON_VANISHED,        /* the block is no longer there */
	MEMHP_REASON_RACED,           /* another agent changed the block back */
	MEMHP_REASON_WRONG_ZONE,      /* the block is not in the requested zone */
	MEMHP_REASON_RATIO,           /* MOVABLE:KERNEL would exceed the limit; from memhp_plan_judge() */
	MEMHP_REASON_NO_ROOM,         /* no room elsewhere for what must be migrated; from memhp_plan_judge() */
	MEMHP_REASON_UNKNOWN,         /* the kernel gives no reason */
	MEMHP_REASON_DEVICE_IN_USE,   /* not removed: a block of the device is not offline */
	MEMHP_REASON_REMOVAL_FAILED,  /* not removed, although all of the device is offline; or the kernel crashed */
	MEMHP_REASON_NO_CHILD,        /* no process could be started for the write; the errno says why */
	MEMHP_REASON_RESERVED_PAGES,  /* pages reserved since boot, which the kernel never frees */
	MEMHP_REASON_SIGNAL,          /* a signal that the library did not send interrupted the write */
};
/* "several-zones", ...; NULL for NONE and for values that do not exist. Static strings. */
const char *memhp_reason_name(enum memhp_reason reason);

/*
 * Why a step fails for certain, or NONE. To bring online: WRONG_ZONE, for a block that is
 * already online, but not in the requested zone. To take offline, for a block that can
 * never go: SEVERAL_ZONES, MEMORY_HOLES, OFFLINE_DISABLED or, with a scan, RESERVED_PAGES;
 * UNKNOWN where the kernel cannot take memory offline at all. memhp_run() tries such a
 * block nevertheless.
 */
enum memhp_reason memhp_step_reason(const struct memhp_step *step);

/* The figures that a plan is judged by. Bytes; UINT64_MAX if unknown. */
struct memhp_figures {
	size_t size;             /* sizeof(struct memhp_figures) */
	uint64_t kernel;         /* present in kernel zones, less CMA */
	uint64_t movable;        /* present in ZONE_MOVABLE, plus CMA in kernel zones */
	uint64_t available;      /* what could be allocated: MemAvailable */
	uint64_t free;           /* MemFree */
	uint64_t corrupted;      /* bad pages: HardwareCorrupted */
	unsigned int limit;      /* the highest MOVABLE:KERNEL ratio, in percent */
	uint32_t reserved;
};

/* Reads the figures from the zone statistics and /proc/meminfo. The limit is auto_movable_ratio if the
 * policy is auto-movable, otherwise MEMHP_RATIO_USUAL. What cannot be read is unknown. Errors: -ENOMEM. */
int memhp_figures_read(struct memhp *memhp, struct memhp_figures *ret);

/* Processes that may have memory only of certain nodes. When these lose their memory, the kernel gives the
 * processes memory of other nodes. */
struct memhp_bound {
	size_t size;             /* sizeof(struct memhp_bound) */
	size_t processes;        /* how many there were; 0: none can be bound, because no other node has memory */
	size_t processes_seen;   /* how many of them were searched completely */
	size_t by_cpuset;        /* how many have a cpuset whose memory is all of these nodes */
	size_t by_policy;        /* how many others have a memory policy for these nodes only, for any mapping */
	uint64_t pid;            /* the first one that was found, or 0 */
	char name[32];           /* its command, or "" */
};

/* Looks for processes that are bound to these nodes, until the timeout (0: none). Reads /proc/PID/status, and
 * /proc/PID/numa_maps where permitted; policies of threads other than the main one are not in it.
 * Errors: -ENOENT (no nodes), -ENOMEM, and those of reading. */
int memhp_bound_find(struct memhp *memhp, const unsigned int *nodes, size_t count, uint64_t timeout_ms,
		     struct memhp_bound *ret);

/* How many processes the OOM killer has ended since boot (oom_kill in /proc/vmstat). Errors: -ENODATA (the
 * kernel does not count them), and those of reading. */
int memhp_oom_kills(struct memhp *memhp, uint64_t *ret);

/* Whether a crash kernel is loaded whose memory map the kernel does not keep up to date. After a change
 * it must be loaded again. */
bool memhp_crash_kernel_is_stale(struct memhp *memhp);

/*
 * Whether the plan as a whole should be refused, as memhp_run() does: a memhp_reason. Pure.
 *   RATIO    onlining as Movable would take MOVABLE:KERNEL above the limit
 *   NO_ROOM  what offlining must migrate does not fit into the memory that is left; see
 *            memhp_plan_room()
 *   NONE     otherwise; an unknown figure is not a reason to refuse
 */
int memhp_plan_judge(const struct memhp_plan *plan, const struct memhp_figures *figures);

/* What a plan to take memory offline needs elsewhere, and what is left there. Bytes. */
struct memhp_plan_room {
	size_t size;             /* sizeof(struct memhp_plan_room) */
	uint64_t needed;         /* to migrate */
	uint64_t left;           /* UINT64_MAX: unknown */
	uint64_t guessed;        /* part of needed: all memory of the blocks whose pages are not known */
};

/*
 * Compares what must be migrated with what is left. Memory that is free in the blocks
 * goes with them. The rest is MemAvailable or, if the pages of all blocks are known and
 * it is more, MemFree: the watermarks that MemAvailable leaves out go with the memory.
 * Blocks that can never go offline do not count. Pure.
 */
int memhp_plan_room(const struct memhp_plan *plan, const struct memhp_figures *figures, struct memhp_plan_room *ret);

/* Lock: one program at a time ------------------------------------------------- */

struct memhp_lock;

struct memhp_lock_options {
	size_t size;                /* sizeof(struct memhp_lock_options) */
	uint64_t timeout_ms;        /* how long to wait for the lock; 0: 60 s; UINT64_MAX: no limit */
	int stop_fd;                /* ends the wait when it is readable; 0 or negative: none */
	bool no_wait;               /* fail at once if the lock is held */
	/* Called in the calling thread if the lock is held, before the call waits or fails, and again when another
	 * holder has taken it. holder is the holder's pid, or 0 if it is not known. May be NULL. */
	void (*waiting)(void *data, uint64_t holder);
	void *data;
};

/*
 * Takes the lock that the program memhp holds while it changes memory, so that the two
 * take turns: an flock(2) of /run/memhp.lock, a file of mode 0600 that is made if it is
 * missing and stays afterwards. The functions that change something (memhp_run(),
 * memhp_probe(), memhp_policy_set(), memhp_conf_save()) do not take the lock. Take it
 * before what a change is based on is read: the snapshot, the policy.
 *
 * Below a given root it is run/memhp.lock. If the root has no directory run/, the call
 * succeeds without a lock. options may be NULL.
 *
 * The lock belongs to the process that took it, from whatever thread, and ends with that
 * process. It is not recursive: a second call in the same process waits as one in another
 * process would, and without a limit never returns if the same thread holds the lock. A
 * child that fork(2) has made keeps the lock held until it ends or executes a program; the
 * children of memhp_run() and memhp_probe() do not. The lock may be freed after its context.
 *
 * Errors: -ETIMEDOUT and -EWOULDBLOCK (no_wait; the lock is held, see waiting),
 * -ECANCELED (stop_fd), -EBADF (stop_fd is not open), -ELOOP (the file is a symbolic
 * link, or run/ below a given root is), -EMLINK (a hard link), -EINVAL (not a regular file; size
 * of options not set), -ENOTDIR, -EACCES, -EROFS and others of opening and locking, -ENOMEM.
 * Thread safety: as its context.
 */
int memhp_lock_take(struct memhp *memhp, const struct memhp_lock_options *options, struct memhp_lock **ret);
/* Releases the lock and frees it. Thread safety of this function and the next three: one thread at a time
 * may use a lock. */
struct memhp_lock *memhp_lock_free(struct memhp_lock *lock);
/* 0, or why the pid could not be written into the file, a negative errno: the lock holds, but others that wait
 * do not know for whom. */
int memhp_lock_error(const struct memhp_lock *lock);
/* The pid of a write that this holder or an earlier one left behind, because the process could not be killed,
 * and that had not ended when the lock was taken: it may still take effect. index counts from 0; 0 after the
 * last one. */
uint64_t memhp_lock_left_writer(const struct memhp_lock *lock, size_t index);
/* Leaves such a write to later holders: pid is that of memhp_report_unsettled_pid() or of
 * memhp_probe_unsettled_pid(). Nothing is left if there is no such process, pid is 0, or eight are left already. */
void memhp_lock_leave_writer(struct memhp_lock *lock, uint64_t pid);

/* Run: carrying out a plan ----------------------------------------------------- */

/* A page that kept a block online, as the kernel log describes it (mm/debug.c: dump_page()). */
struct memhp_kept_page {
	uint64_t pfn;
	const char *file;                  /* name of the file that it belongs to, or NULL */
	const char *mapping;               /* name of the operations of its file system ("ext4_da_aops"), or NULL */
	const char *device;                /* name of the block device whose metadata it holds ("sda1"), or NULL */
	unsigned int major, minor;         /* number of that device; 0, 0: none */
};

/* A process that maps a page which could not be moved. */
struct memhp_holder {
	uint64_t pid;
	char name[32];                     /* its command, or "" */
};

/* A process that has descriptors behind which pages can be held without being mapped. It need not hold any of
 * these pages. */
struct memhp_suspect {
	uint64_t pid;
	char name[32];                     /* its command, or "" */
	const char *means;                 /* "vfio", "RDMA", "io_uring" or "pipe" (that is not empty) */
};

/* The result of one block. Borrowed from the report. */
struct memhp_outcome {
	const struct memhp_block *block;   /* as it was before the run */
	enum memhp_result result;
	enum memhp_state state;            /* after the run; UNKNOWN if it cannot be read */
	enum memhp_zone zone;              /* after the run; UNKNOWN unless the block is online */
	unsigned int attempts;             /* number of writes */
	uint64_t elapsed_ms;
	int error;                         /* errno of the last write, or 0 */
	enum memhp_reason reason;
	const char *kernel_log;            /* the kernel's lines about it, separated by newlines, or NULL */
	/* LOCK_HELD: the block that was going offline instead. DEVICE_IN_USE: the block that is not offline.
	 * May be NULL. */
	const struct memhp_block *blocker;
	/* Set after offlining failed and pages may be the cause; otherwise NULL and 0. */
	const struct memhp_pages *pages;   /* as they were at that time */
	const uint64_t *held;              /* PFNs of the first pages that could not be moved */
	size_t held_count;
	bool is_gone;                      /* the block was removed after what the result says */
	bool has_crashed;                  /* the kernel crashed during the removal, by its log */
	bool is_rollback_failed;           /* the block stays changed: errno, reason, log and pages are those of
					    * the attempt to change it back */
	bool is_unreadable;                /* the block was changed, but its state cannot be read (errno) or understood */
	char state_text[32];               /* what its state reads then, or "" */
	bool has_found_bug;                /* by the log, the kernel found a page of the block in a state that cannot be */
	bool has_held_pages;               /* by the log, pages could not be moved because something holds them */
	bool lacks_room;                   /* by the log, there was no memory for them elsewhere */
	uint64_t huge_size;                /* bytes of the largest huge page that reaches into the block; 0: unknown, or none */
	const struct memhp_kept_page *kept; /* the first page that the log describes, or NULL */
	size_t processes, processes_seen;  /* with explain: how many there were, and how many of them were searched */
	const void *found;                 /* the library's own: see memhp_outcome_next_holder(); NULL: nothing */
};

/* With explain: the processes that map the pages held, and those that may hold them without mapping them. A time
 * limit may cut both lists short. The one after prev, or the first one if prev is NULL; NULL at the end. They live
 * as long as the report. Pure. */
const struct memhp_holder *memhp_outcome_next_holder(const struct memhp_outcome *outcome,
						     const struct memhp_holder *prev);
const struct memhp_suspect *memhp_outcome_next_suspect(const struct memhp_outcome *outcome,
						       const struct memhp_suspect *prev);

/* For retries of a run: none. */
#define MEMHP_NO_RETRIES UINT_MAX

/* In every field, 0 stands for a safe default: it is enough to set size. */
struct memhp_run_options {
	size_t size;                /* sizeof(struct memhp_run_options) */
	uint64_t timeout_ms;        /* of one block with all its retries, and of one removal; 0: 60 s; MEMHP_NO_LIMIT */
	uint64_t deadline_ms;       /* of the whole run, from begin_ms; 0: none */
	/* Wait before the first retry; doubles each time, up to 8 s; longer: the same. 0: 500 ms; MEMHP_NO_WAIT */
	uint64_t interval_ms;
	unsigned int retries;       /* maximum number of retries after a temporary failure; 0: 3; MEMHP_NO_RETRIES */
	bool all_or_nothing;        /* roll back if the request cannot be fulfilled */
	bool explain;               /* enable dynamic debug of mm/memory_hotplug.c during the run; see
				     * memhp_report_explain_error() */
	bool force;                 /* run the plan even where the call would refuse it */
	/* When this descriptor becomes readable, the run stops: the current write is killed, and the rest is
	 * skipped or rolled back. When it becomes readable again more than a second later, the run ends at once,
	 * even during a rollback; before that it is the same stop, because one event often delivers several
	 * signals. 0 or negative: none, so the standard input cannot stop a run; duplicate it for that. One that
	 * is closed during the run stops nothing. */
	int stop_fd;
	/* Called each time stop_fd is readable, to read from it. NULL: only the first time counts. */
	void (*stopped)(void *data);
	/* Called with the outcome so far (PLANNED while work is in progress): before and after each block, and
	 * several times per second in between. May be NULL. */
	void (*progress)(void *data, const struct memhp_outcome *outcome);
	void *data;
	bool (*takes)(void *data, const struct memhp_block *block); /* see refill_ms */
	/* How long to wait in all, after the changes, until udev has handled their events; 0: 3 s; MEMHP_NO_WAIT.
	 * The deadline and a stop end the wait. */
	uint64_t settle_ms;
	uint64_t begin_ms;          /* when the deadline began, in milliseconds of CLOCK_MONOTONIC; 0: when the run
				     * begins */
	/* An amount to bring online: how long to look for more blocks when the candidates end, because some drivers
	 * (virtio-mem, hv-balloon, xen) add more as soon as the others are online; 0: does not. takes decides which of
	 * these blocks belong to the request; NULL: none. It is called with data. */
	uint64_t refill_ms;
};

struct memhp_report;

/*
 * Carries out a plan, one write at a time. options may be NULL. A failed block does not make the call fail:
 * the report has a result for every step, except for reserves that were not needed.
 *
 * Children. A child process makes each write. It has the default action for every
 * signal and a process group of its own. It is killed at the timeout or the deadline.
 * It also dies with its parent: PR_SET_PDEATHSIG follows the thread that calls this
 * function, so keep that thread alive. If the kernel allows it, the child sends no
 * SIGCHLD, and a wait(-1) in the caller does not see it.
 *
 * Other agents. A udev rule or a daemon may undo a change. Where udev runs, the library
 * waits until it has handled the kernel's events of the changed blocks: udev repeats the
 * SEQNUM of such an event (lib/kobject_uevent.c) when the rules and their programs are
 * done. Then the library reads all blocks again. A block that was
 * changed back has failed with the reason RACED. A block that was changed and then removed
 * stays DONE, or REMOVED if its whole device is gone and the request says unplug. A
 * program that udev itself has started must set settle_ms to MEMHP_NO_WAIT: udev would
 * wait for it.
 *
 * Rollback. It has its own timeout per block: timeout_ms; without a limit, deadline_ms,
 * otherwise 60 s. The deadline and the first stop do not end it.
 *
 * Removal. If the request says unplug, the devices whose blocks are all offline
 * afterwards are removed one after the other. With all_or_nothing this begins only if
 * everything succeeded before, and ends with the first failure. Results:
 *   - The blocks of a removed device are REMOVED, including those that were not steps.
 *     A removal is not rolled back.
 *   - A block that the run took offline but did not remove stays DONE, with the reason.
 *   - A block that was offline before and is not removed is FAILED, TIMEOUT, INTERRUPTED
 *     or SKIPPED.
 *   - The kernel's own worker removes an ACPI device, and nothing can stop that worker.
 *     If the library does not see it end, the blocks are UNSETTLED.
 *
 * Refusals. Right before the run, the call reads the figures of the machine and judges the
 * plan. Then it returns one of these errors and changes nothing, unless force is set:
 *   -EDQUOT           memhp_plan_judge() says RATIO
 *   -ENOSPC           memhp_plan_judge() says NO_ROOM
 *   -ENOTEMPTY        with unplug: the plan leaves a part of a device, see memhp_plan_find_left()
 *   -ENOTRECOVERABLE  with unplug: the kernel may crash, see memhp_block_unplug_may_crash()
 * A plan with nothing to change is never refused for the first two.
 *
 * Errors: -ENOMEM, -EINVAL (size of options not set), -EBADF (stop_fd is not open), those
 * of opening /sys/devices/system/memory (-EOPNOTSUPP: not there).
 */
int memhp_run(struct memhp *memhp, const struct memhp_plan *plan,
	      const struct memhp_run_options *options, struct memhp_report **ret);
struct memhp_report *memhp_report_free(struct memhp_report *report);
/* The outcome after prev, or the first one if prev is NULL; NULL at the end. The order is that in which
 * the blocks were tried. Reserves that were not needed are left out. */
const struct memhp_outcome *memhp_report_next(const struct memhp_report *report,
					      const struct memhp_outcome *prev);
#define memhp_report_foreach(report, outcome)                              \
	for ((outcome) = memhp_report_next((report), NULL); (outcome);     \
	     (outcome) = memhp_report_next((report), (outcome)))
/* Whether the run left the block in another state than before, even if it is not in the requested zone.
 * After a rollback: whether the block came back as Movable instead of in a kernel zone, or the reverse.
 * Pure. */
bool memhp_outcome_has_changed(const struct memhp_outcome *outcome);
/* Whether the request is fulfilled: enough blocks are DONE, ALREADY or REMOVED, and with unplug all are REMOVED. A
 * run that was stopped or late may have fulfilled it as well. */
bool memhp_report_is_met(const struct memhp_report *report);
/* Whether stop_fd ended the run, and whether the deadline did. */
bool memhp_report_was_stopped(const struct memhp_report *report);
bool memhp_report_was_late(const struct memhp_report *report);
/* Whether memory was short after a failure: the results are right, but reasons and details of failures may be
 * missing. */
bool memhp_report_is_incomplete(const struct memhp_report *report);
/*
 * With explain: 0, or why the debug messages of mm/memory_hotplug.c were not enabled, so
 * that reasons may be missing. -ENOENT: there is no /proc/dynamic_debug/control (the
 * kernel lacks CONFIG_DYNAMIC_DEBUG), -ENODATA: it does not have these messages, -ENOMSG:
 * the kernel log cannot be read, -EBUSY: another run has enabled them, and will disable
 * them at its end; otherwise an error of opening, locking, reading or writing the file.
 */
int memhp_report_explain_error(const struct memhp_report *report);
uint64_t memhp_report_elapsed_ms(const struct memhp_report *report);
/* Whether udev has handled the events of all changed blocks, so that its rules cannot undo a change any
 * more: 1 if it has, 0 if it had not within the time allowed, -1 if the run did not wait: udev does not run
 * or its events cannot be heard, the root is not the running system's, or settle_ms is MEMHP_NO_WAIT. */
int memhp_report_settled(const struct memhp_report *report);
/* A process of the run that was killed and has not ended yet, because the kernel does not let it: its pid,
 * or 0. Its write may still take effect. */
uint64_t memhp_report_unsettled_pid(const struct memhp_report *report);
/* Bytes of the blocks that appeared during the run and were added to its steps; see refill_ms. */
uint64_t memhp_report_added(const struct memhp_report *report);
/* Bytes of the blocks for which memhp_outcome_has_changed() is true. */
uint64_t memhp_report_changed(const struct memhp_report *report);

/* Probe: memory that firmware does not announce ---------------------------------- */

/* What is known about an address before it is probed. */
struct memhp_probe {
	size_t size;                 /* sizeof(struct memhp_probe) */
	uint64_t address;
	uint64_t block_size;
	bool is_supported;           /* the kernel has CONFIG_ARCH_MEMORY_PROBE */
	bool is_aligned;             /* to the block size */
	bool is_present;             /* there already is a block */
	bool is_iomem_known;         /* /proc/iomem can be read and shows its addresses */
	unsigned int address_bits;   /* number of physical address bits of the processor; 0: unknown */
	char resource[64];           /* the first entry of /proc/iomem that overlaps the block, or "" */
	uint64_t resource_start, resource_end;
};

/* Only reads. Errors: those of memhp_snapshot_take(). */
int memhp_probe_check(struct memhp *memhp, uint64_t address, struct memhp_probe *ret);

/* Flags of a probe. */
enum memhp_probe_flag {
	MEMHP_PROBE_FORCE = 1 << 0,  /* write even if /proc/iomem or the processor is against it */
};

/*
 * Why memhp_probe() refuses this address: -EOPNOTSUPP (the kernel lacks
 * CONFIG_ARCH_MEMORY_PROBE), -EINVAL (not aligned; also an unknown flag, or size not
 * set), -EEXIST (the block is present). Without MEMHP_PROBE_FORCE also -E2BIG (beyond
 * the processor's physical addresses), -EACCES (/proc/iomem is masked), -EBUSY
 * (/proc/iomem has an entry there). 0: it does not. Pure.
 */
int memhp_probe_judge(const struct memhp_probe *probe, unsigned int flags);

/*
 * Adds the block at a physical address. The kernel cannot check whether there is
 * memory at this address. If not, it crashes later. The address is checked right before
 * the write, with the flags. A child process makes the write, as in memhp_run(). It is
 * killed after timeout_ms (0: 60 s; MEMHP_NO_LIMIT) or when stop_fd (0 or negative:
 * none) is readable. If that happens before the write, nothing is written. The call returns when the block is
 * there. If a block is there after the write was killed, that is a success.
 *
 * Errors: -EBADF (stop_fd is not open); those of memhp_probe_check() and
 * memhp_probe_judge(); the kernel's (-EEXIST
 * something is there already, -E2BIG beyond the addressable range, -ENOMEM, ...);
 * -ETIMEDOUT, -ECANCELED (stopped) and -EINTR (the child was killed by another process):
 * no block was added; -EINPROGRESS: the killed write has not ended within 10 seconds, so
 * the block may still appear; -ENOENT: the kernel accepted the write, but no block
 * appeared within 2 seconds.
 */
int memhp_probe(struct memhp *memhp, uint64_t address, uint64_t timeout_ms, int stop_fd, unsigned int flags);
/* The process that the last memhp_probe() of this context had to leave behind with -EINPROGRESS: its pid, or 0. See
 * memhp_lock_leave_writer(). Thread safety: as the context. */
uint64_t memhp_probe_unsettled_pid(const struct memhp *memhp);

#ifdef __cplusplus
}
#endif

#endif
