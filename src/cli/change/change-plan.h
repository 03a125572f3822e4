/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From operands to a plan. The functions say what is wrong and return an exit status.
 */
#ifndef MEMHP_CHANGE_PLAN_H
#define MEMHP_CHANGE_PLAN_H

#include "change-context.h"

/* change-request.c: what is asked for; its ids are *ret_ids, which the caller frees. */
int change_request(const struct change_context *context, const struct memhp_snapshot *snapshot,
		   const struct operands *operands, uint64_t **ret_ids, struct memhp_request *ret);

/* change-plan.c: a request as a plan, after a look into the blocks where that helps (*ret_scan, else
 * NULL; the plan borrows it), and whether the plan is refused. */
int change_make_plan(const struct change_context *context, const struct memhp_snapshot *snapshot,
		     struct memhp_request *request, struct memhp_scan **ret_scan, struct memhp_plan **ret);
int change_judge(const struct change_context *context, const struct memhp_plan *plan);

#endif
