/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block as a snapshot keeps it: filled by attribute.c and snapshot.c, read by
 * the getters in block.c. Kept small: large machines have 131,072 of them.
 */
#ifndef MEMHP_BLOCK_H
#define MEMHP_BLOCK_H

#include "internal.h"

struct memhp_block {
	uint64_t id;
	const struct memhp_snapshot *snapshot;
	union {
		unsigned int node;     /* node_count <= 1 */
		unsigned int *nodes;   /* more; ascending, owned */
	};
	const char *device;
	enum memhp_zone zones[ZONES_MAX];
	int32_t phys_device;
	uint16_t node_count;
	uint16_t present;              /* attributes that were read */
	uint16_t garbage;              /* attributes that were not understood */
	uint16_t unreadable;           /* attributes that could not be read */
	uint8_t error;                 /* errno of the first of these */
	uint8_t state : 4;
	uint8_t zone_count : 4;
	uint8_t origin;
	bool is_removable : 1;
	bool is_configured : 1;
	bool has_memmap_on_memory : 1;
	bool has_holes : 1;
	bool owns_device : 1;          /* the target of firmware_node; else the snapshot's origins do */
	bool vanished : 1;
};
_Static_assert(sizeof(struct memhp_block) <= 64, "a block fits into a cache line");

struct memhp_snapshot {
	uint64_t block_size;
	uint64_t count;
	uint64_t invalid_ids;
	unsigned int attrs;
	bool keeps_boot_memory;
	struct memhp_block *blocks;
	unsigned int *nodes;           /* of the machine, ascending */
	size_t node_count;
	struct origins *origins;       /* NULL unless asked for */
};

/* Where the attributes of blocks are. A closed directory has no attribute. */
struct attribute_dirs {
	struct sysdir memory;          /* /sys/devices/system/memory */
	struct sysdir firmware;        /* /sys/firmware/memory (s390) */
	bool are_live;                 /* a kernel's, in which blocks come and go */
	bool have_nodes;               /* there is /sys/devices/system/node */
};

#define ATTRIBUTE_DIRS_CLOSED { .memory = SYSDIR_CLOSED, .firmware = SYSDIR_CLOSED }
/* snapshot.c: opens what attrs need; -EOPNOTSUPP without memory hotplug. */
int attribute_dirs_open(const struct memhp *memhp, unsigned int attrs, struct attribute_dirs *dirs);
void attribute_dirs_close(struct attribute_dirs *dirs);

/* discover.c: which nodes there are, and which blocks each has. Needs no snapshot. */
struct node_member {
	uint64_t block;
	unsigned int node;
};
struct node_listing {
	unsigned int *nodes;           /* ascending */
	size_t node_count;
	struct node_member *members;   /* by block, ascending */
	size_t member_count;
};
int node_listing_read(const struct memhp *memhp, struct node_listing *ret);
void node_listing_free(struct node_listing *listing);

/* discover.c: fill in block_size, blocks (by id, ascending), and the nodes of a listing, which
 * become the snapshot's. */
int discover_block_size(const struct sysdir *memory, uint64_t *ret);
int discover_blocks(const struct sysdir *memory, struct memhp_snapshot *snapshot);
int discover_blocks_of_nodes(const struct sysdir *memory, const struct node_listing *listing,
			     struct memhp_snapshot *snapshot);
int discover_nodes(struct node_listing *listing, struct memhp_snapshot *snapshot);

/* attribute.c: reads attrs of a block; sets vanished when it is no longer there. */
int attributes_read(const struct attribute_dirs *dirs, unsigned int attrs, struct memhp_block *block);
/* attribute.c: adds a node to a block's nodes, kept ascending and without duplicates. */
int block_add_node(struct memhp_block *block, unsigned int node);

#endif
