/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that a command works on: the running system, or the tree below the
 * directory of --sysroot. Commands open it and take their snapshots here. What they
 * do with the blocks is up to them.
 */
#ifndef MEMHP_MACHINE_H
#define MEMHP_MACHINE_H

#include "../../libmemhp/libmemhp.h"
#include "../command.h"

/* The prefix of file names in messages: the directory of --sysroot, or "". */
const char *machine_root(const struct globals *globals);
/* Opens the machine that --sysroot selects. This function and the next two report errors and return an exit status. */
int machine_open(const struct globals *globals, struct memhp **ret);
/* Prints a notice if a part of the snapshot may be unknown. */
void machine_note_snapshot(const struct globals *globals, const struct memhp_snapshot *snapshot);
/* Takes a snapshot. Prints a notice if /proc/iomem hides the addresses that origins and holes depend on. */
int machine_take_snapshot(const struct globals *globals, struct memhp *memhp, unsigned int attrs,
			  struct memhp_snapshot **ret);
/* Opens the machine and takes a snapshot. */
int machine_open_snapshot(const struct globals *globals, unsigned int attrs,
			  struct memhp **ret_memhp, struct memhp_snapshot **ret_snapshot);
/* To be called after a change: prints a notice if the crash kernel should be reloaded. */
void machine_check_crash_kernel(struct memhp *memhp);

#endif
