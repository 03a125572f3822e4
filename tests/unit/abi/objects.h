/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object of each kind, of a tree with one block that is online. Nothing of this
 * machine is in them.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "../../../src/libmemhp/libmemhp.h"
#include "../tree.h"

#define OBJECTS_BLOCK_SIZE (UINT64_C(128) << 20)

struct objects {
	struct tree *tree;
	struct memhp *memhp;
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;
	struct memhp_stats *stats;
	struct memhp_policy *policy;
	struct memhp_conf *conf;
	struct memhp_scan *scan;
	struct memhp_forecast *forecast;
	struct memhp_plan *plan;
	struct memhp_report *report;
};

/* Whatever fails ends the test. */
void objects_open(struct objects *objects);
void objects_close(struct objects *objects);

/* memhp_forecast_add() to a copy of the forecast, because the call changes it. */
int objects_add(const struct objects *objects, const void *addition, void *zones);

/* The largest size of a structure, and one that none has. A library that believes it runs out of the heap. */
#define SIZE_MOST ((size_t)4096)
#define SIZE_WRONG ((size_t)1 << (sizeof(size_t) == 8 ? 40 : 24))

/* A structure of a caller that says to have so many bytes. The heap has these bytes, but at least those of the
 * size itself, filled with one value. */
unsigned char *structure_new(size_t size, size_t bytes, int fill);

#endif
