/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The device that a block belongs to, for its removal: used by unplug.c.
 */
#ifndef MEMHP_DEVICE_H
#define MEMHP_DEVICE_H

#include "../blocks/block.h"
#include "../blocks/origin.h"

/* How a kind of device is removed: a word is written to a file of the device. */
struct way {
	const char *file, *word;
	bool is_queued;               /* the removal goes on after the write has ended */
};
/* NULL: its device cannot be removed from here. */
const struct way *device_way(const struct memhp_block *block);
/* Opens the directory of the device: for an ACPI device, the target of the block's link. */
int device_open(const struct memhp *memhp, const struct memhp_block *block, struct sysdir *ret);
bool device_is_same(const struct memhp_block *a, const struct memhp_block *b);

#endif
