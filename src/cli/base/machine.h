/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that a command works on.
 */
#ifndef MEMHP_MACHINE_H
#define MEMHP_MACHINE_H

#include "../../libmemhp/libmemhp.h"
#include "../command.h"

/* What names of files begin with: the directory of --sysroot, or "". */
const char *machine_root(const struct globals *globals);
/* The context that --sysroot asks for. This and the next two say what is wrong and return an exit
 * status. */
int machine_open(const struct globals *globals, struct memhp **ret);
/* A snapshot; tells when /proc/iomem hides what it was to be made of. */
int machine_take_snapshot(const struct globals *globals, struct memhp *memhp, unsigned int attrs,
			  struct memhp_snapshot **ret);
/* Both. */
int machine_open_snapshot(const struct globals *globals, unsigned int attrs,
			  struct memhp **ret_memhp, struct memhp_snapshot **ret_snapshot);
/* After a change: says so if the crash kernel should be reloaded. */
void machine_check_crash_kernel(struct memhp *memhp);

#endif
