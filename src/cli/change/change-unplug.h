/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What offline --unplug adds to a change.
 */
#ifndef MEMHP_CHANGE_UNPLUG_H
#define MEMHP_CHANGE_UNPLUG_H

#include "change-context.h"

/* Leaves the blocks that can be removed: of those that an amount is taken from others are left out, else
 * they are an error. An exit status. */
int unplug_narrow(const struct change_context *context, bool is_amount, struct ranges *blocks);
/* Refuses a plan that leaves part of a device in use; an exit status. */
int unplug_judge(const struct change_context *context, const struct memhp_plan *plan);
/* The last line of such a plan; of a run, what is told of its devices, and the names of those that
 * are removed ("PNP0C80:00, PNP0C80:01"; the caller frees them). */
void unplug_close_plan(const struct change_context *context, const struct memhp_plan *plan);
void unplug_tell_devices(const struct change_context *context, const struct memhp_report *report);
char *unplug_names(const struct change_context *context, const struct memhp_report *report);
/* Whether an outcome tells of the removal of its device rather than of its block. */
bool unplug_is_told_by_device(const struct change_context *context, const struct memhp_outcome *outcome);

#endif
