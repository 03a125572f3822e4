/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --unplug adds to offline: checks before the run, and messages about devices
 * after it. change.c and the reports call these functions only with --unplug.
 */
#ifndef MEMHP_CHANGE_UNPLUG_H
#define MEMHP_CHANGE_UNPLUG_H

#include "change-failure.h"

/* Keeps only blocks that can be removed. The other ones are skipped if an amount is requested, and
 * are an error otherwise. Returns an exit status. */
int unplug_narrow(const struct change_context *context, bool is_amount, struct ranges *blocks);
/* Refuses a plan that covers only a part of a device. Returns an exit status. */
int unplug_judge(const struct change_context *context, const struct memhp_plan *plan);
/* The first function prints the last line of a plan. The second one prints what happened to the
 * devices of a run. The third one lists the removed devices ("PNP0C80:00, PNP0C80:01"); the caller
 * frees the list. */
void unplug_close_plan(const struct change_context *context, const struct memhp_plan *plan);
void unplug_add_failures(const struct change_context *context, const struct memhp_report *report,
			 struct failures *failures);
char *unplug_names(const struct change_context *context, const struct memhp_report *report);
/* Whether an outcome is about the removal of the device rather than about its block. */
bool unplug_is_reported_by_device(const struct change_context *context, const struct memhp_outcome *outcome);

#endif
