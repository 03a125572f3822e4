/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a change means for processes: those that are bound to a node that is emptied, and
 * those that the kernel ended because memory ran out.
 */
#ifndef MEMHP_CHANGE_NODES_H
#define MEMHP_CHANGE_NODES_H

#include "change-context.h"

/* Before offlining: a notice about nodes that the plan leaves with little or no memory, if processes are bound
 * to them. */
void nodes_tell_bound(const struct change_context *context, const struct memhp_plan *plan);

/* How many processes the OOM killer has ended since boot; UINT64_MAX: unknown. */
uint64_t nodes_oom_kills(const struct change_context *context);
/* A warning if there are more of them now. */
void nodes_tell_oom_kills(const struct change_context *context, uint64_t before);

#endif
