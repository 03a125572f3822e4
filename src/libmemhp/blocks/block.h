/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of blocks: a block as a snapshot keeps it, and the steps that fill
 * it in. attribute.c and collect.c write blocks; the getters in block.c read them. A
 * block is kept small: large machines have 131,072 of them. Where memory came from is
 * left to origin.c.
 */
#ifndef MEMHP_BLOCK_H
#define MEMHP_BLOCK_H

#include <pthread.h>
#include <stdatomic.h>

#include "../base/base.h"

DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)

/* zone.c */
#define ZONES_MAX 4
enum memhp_state state_parse(const char *text, size_t length);
/* Parses a valid_zones line. Returns the number of words, or -EBADMSG. */
int zones_parse(const char *text, size_t length, enum memhp_zone ret[ZONES_MAX]);
enum memhp_zone zone_parse(const char *text, size_t length);

struct memhp_block {
	uint64_t id;
	const struct memhp_snapshot *snapshot;
	union {
		unsigned int node;     /* node_count <= 1 */
		unsigned int *nodes;   /* if there are more; ascending, owned */
	};
	const char *device;
	enum memhp_zone zones[ZONES_MAX];
	int32_t phys_device;
	uint16_t node_count;
	uint16_t present;              /* attributes that were read */
	uint16_t garbage;              /* attributes with unexpected content */
	uint16_t unreadable;           /* attributes that could not be read */
	uint8_t error;                 /* errno of the first unreadable attribute */
	uint8_t state : 4;
	uint8_t zone_count : 4;
	uint8_t origin;
	bool is_removable : 1;
	bool is_configured : 1;
	bool has_memmap_on_memory : 1;
	bool has_holes : 1;
	bool owns_device : 1;          /* device is the target of firmware_node; otherwise origins owns it */
	bool is_stranded : 1;          /* memory of a dax device that has lost its driver */
	bool vanished : 1;
};
_Static_assert(sizeof(struct memhp_block) <= 64, "a block fits into a cache line");

struct memhp_snapshot {
	/* Itself, for those that keep it alive: they have it as a constant. NULL if nobody can free it. */
	struct memhp_snapshot *self;
	atomic_size_t keepers;         /* how many keep it alive besides its owner */
	uint64_t block_size;
	uint64_t count;
	uint64_t invalid_ids;
	unsigned int attrs;
	bool keeps_boot_memory;
	bool cannot_offline;           /* proved; only with MEMHP_ATTR_ZONES */
	struct memhp_block *blocks;
	unsigned int *nodes;           /* of the machine, ascending */
	size_t node_count;
	struct origins *origins;       /* NULL unless requested */
};

/* Whether the snapshot has all of these attributes, as far as they could be read. */
static inline bool snapshot_has(const struct memhp_snapshot *snapshot, unsigned int attrs)
{
	return (snapshot->attrs & attrs) == attrs;
}

/* Where the attributes of blocks are. A closed directory has no attributes. */
struct attribute_dirs {
	struct sysdir memory;          /* /sys/devices/system/memory */
	struct sysdir firmware;        /* /sys/firmware/memory (s390) */
	bool are_live;                 /* the sysfs of a kernel, where blocks come and go */
	bool have_nodes;               /* /sys/devices/system/node exists */
};

/* All bits of enum memhp_attr. */
#define ATTRIBUTES_ALL (2U * MEMHP_ATTR_HOLES - 1)

#define ATTRIBUTE_DIRS_CLOSED { .memory = SYSDIR_CLOSED, .firmware = SYSDIR_CLOSED }
/* attribute.c: opens the directories that attrs need; -EOPNOTSUPP without memory hotplug. */
int attribute_dirs_open(const struct memhp *memhp, unsigned int attrs, struct attribute_dirs *dirs);
void attribute_dirs_close(struct attribute_dirs *dirs);

/* listing.c */
int block_size_read(const struct sysdir *memory, uint64_t *ret);
/* The numbers of all blocks, ascending. Numbers beyond the address space are only counted. */
struct ids {
	uint64_t *ids;                 /* owned */
	size_t count, size;
	uint64_t invalid;
};
int listing_blocks(const struct sysdir *memory, uint64_t block_size, struct ids *ret);
/* -ENOMEM */
int ids_add(struct ids *ids, uint64_t id);
void ids_sort(struct ids *ids);
void ids_free(struct ids *ids);
/* Sets the nodes of the machine, and calls fn for each block of each node until fn returns a value
 * other than 0. */
typedef int (*listing_fn)(uint64_t block, unsigned int node, void *data);
int listing_nodes(const struct memhp *memhp, struct memhp_snapshot *snapshot, listing_fn fn, void *data);

/*
 * reader.c: reads the blocks of a snapshot while they are found. Between reader_begin()
 * and reader_finish(), blocks may be added within the space allocated, and none may be
 * changed. reader_found() is called after each.
 */
#define READERS_MAX 8
struct reader {
	struct memhp_snapshot *snapshot;
	const struct attribute_dirs *dirs;
	pthread_t threads[READERS_MAX];
	unsigned int started;
	pthread_mutex_t lock;          /* protects the fields below */
	pthread_cond_t more;
	uint64_t next, known;          /* blocks below known may be read, blocks below next were taken */
	bool is_complete;
	int error;
};
void reader_begin(struct reader *reader, struct memhp_snapshot *snapshot, const struct attribute_dirs *dirs,
		  uint64_t expected);
void reader_found(struct reader *reader);
/* Reads the remaining blocks. Returns the error of one that failed. */
int reader_finish(struct reader *reader);

/* collect.c: as memhp_snapshot_take(), of these blocks only (ascending) unless only is NULL. Of some blocks, the
 * nodes of the machine and a kernel that cannot take memory offline are not known. */
int snapshot_take(const struct memhp *memhp, const struct attribute_dirs *dirs, unsigned int attrs,
		  const struct ids *only, struct memhp_snapshot **ret);
/* snapshot.c: keeps the snapshot alive, and ends that. What was made of a snapshot may outlive its owner. */
const struct memhp_snapshot *snapshot_keep(const struct memhp_snapshot *snapshot);
void snapshot_drop(const struct memhp_snapshot *snapshot);
/* snapshot.c: removes all blocks and nodes. */
void snapshot_clear(struct memhp_snapshot *snapshot);

/* attribute.c: reads attrs of a block; sets vanished if the block no longer exists. */
int attributes_read(const struct attribute_dirs *dirs, unsigned int attrs, struct memhp_block *block);
/* Whether the kernel proves that it cannot take memory offline: no block has valid_zones. */
bool attributes_rule_out_offlining(const struct attribute_dirs *dirs, const struct memhp_snapshot *snapshot);
/* block.c: adds a node to the nodes of a block, which stay ascending and without duplicates. */
int block_add_node(struct memhp_block *block, unsigned int node);
void block_free(struct memhp_block *block);
void block_free_device(struct memhp_block *block);

/* offlinable.c: pure */
struct offline_facts {
	enum memhp_state state;
	enum memhp_zone zone;
	enum memhp_origin origin;
	int has_holes;            /* 1, 0, -1 unknown */
	bool lacks_zones;         /* there is no valid_zones file */
	bool keeps_boot_memory;   /* the architecture never takes it offline */
	bool has_device;          /* the firmware or a driver names its device */
	bool cannot_offline;      /* the kernel lacks CONFIG_MEMORY_HOTREMOVE: proved */
};
enum memhp_offlinable offlinable_find(const struct offline_facts *facts, enum memhp_why *ret_why);

#endif
