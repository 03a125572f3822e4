/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from operands to a plan. The functions report errors and return an exit
 * status. They decide and read only; change.c carries the plan out.
 */
#ifndef MEMHP_CHANGE_PLAN_H
#define MEMHP_CHANGE_PLAN_H

#include "change-context.h"

/* change-request.c: turns operands and options into a request. *ret_ids holds its block ids; the caller frees them. */
int change_request(const struct change_context *context, const struct memhp_snapshot *snapshot,
		   const struct operands *operands, struct memhp_scan **ret_scan, uint64_t **ret_ids,
		   struct memhp_request *ret);

/* change-request.c: whether operands and filters let a block pass that appeared later. */
bool change_takes(const struct change_context *context, const struct memhp_block *block);

/* change-request.c: whether the amount among the operands is one of whole blocks; an exit status. */
int change_check_amount(const struct change_context *context);
/* change-request.c: whether the blocks that are there suffice for that amount: 1 or 0; -ENOMEM. */
int change_suffices(const struct change_context *context, const struct memhp_snapshot *snapshot);

/* change-plan.c: change_make_plan() makes a plan, after a scan where that helps. *ret_scan is that
 * scan, or NULL; the plan borrows it. change_judge() reports a plan that is refused. */
int change_make_plan(const struct change_context *context, const struct memhp_snapshot *snapshot,
		     struct memhp_request *request, struct memhp_scan **ret_scan, struct memhp_plan **ret);
int change_judge(const struct change_context *context, const struct memhp_plan *plan);

#endif
