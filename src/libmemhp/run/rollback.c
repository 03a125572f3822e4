/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rolls back what a run has changed, in reverse order, with timeouts of its
 * own. Whether to roll back is decided in run.c, and attempt.c makes each
 * change.
 */
#include "run.h"

static void note_rolled_back(const struct memhp_outcome *back, const struct change *change, struct memhp_outcome *told)
{
	/* A block with the result "done" has a reason only if its removal failed: that is the failure. */
	if (told->result != MEMHP_RESULT_DONE)
		told->reason = MEMHP_REASON_NONE;
	told->result = MEMHP_RESULT_ROLLED_BACK;
	told->is_gone = back->is_gone;
	/* Memory of DMA32 may come back as Normal: not a failure, but it is reported. */
	if (change->action == MEMHP_ACTION_ONLINE && !back->is_gone && back->zone != memhp_block_zone(told->block)) {
		told->reason = MEMHP_REASON_WRONG_ZONE;
		told->blocker = NULL;
	}
}

/* The block stays changed; the outcome says why rollback failed. */
static void note_failed(struct outcome *outcome, struct outcome *back)
{
	const enum memhp_result result = outcome->told.result;

	outcome_take_failure(outcome, back);
	outcome->told.is_rollback_failed = true;
	outcome->told.result = result;
}

static void rollback_one(struct run *run, struct outcome *outcome)
{
	const uint64_t begin_ms = clock_ms();
	struct memhp_outcome *told = &outcome->told;
	const bool was_movable = memhp_block_zone(told->block) == MEMHP_ZONE_MOVABLE;
	cleanup(outcome_clear) struct outcome back = { .told.block = told->block };
	struct change change = {
		.action = run->request->action == MEMHP_ACTION_ONLINE ? MEMHP_ACTION_OFFLINE : MEMHP_ACTION_ONLINE,
		.target = was_movable ? MEMHP_TARGET_MOVABLE : MEMHP_TARGET_KERNEL,
		.begin_ms = begin_ms,
		.limit = limit_add(begin_ms, rollback_timeout(&run->options)),
	};

	change_block(run, &change, &back);
	told->state = back.told.state;
	told->zone = back.told.zone;
	told->attempts += back.told.attempts;
	told->elapsed_ms += back.told.elapsed_ms;
	if (state_is_wanted(back.told.state, change.action) || back.told.is_gone)
		note_rolled_back(&back.told, &change, told);
	else if (back.told.reason == MEMHP_REASON_VANISHED)
		told->is_gone = true;
	else
		note_failed(outcome, &back);
}

/* Another agent may have changed a block again after it was rolled back. */
static void find_redone(struct run *run)
{
	for (size_t i = 0; i < run->report->count; i++) {
		struct memhp_outcome *told = &run->report->outcomes[i].told;
		struct memhp_block now;

		if (told->result != MEMHP_RESULT_ROLLED_BACK)
			continue;
		now = look_at(run, told->block);
		look_note(&now, told);
		if (!told->is_gone && told->state != memhp_block_state(told->block))
			look_note_undone(run, &now, MEMHP_RESULT_DONE, told);
	}
}

/* A removed block cannot be rolled back, and one that another agent has changed back is not written to. */
static bool can_roll_back(const struct memhp_outcome *told)
{
	return memhp_outcome_has_changed(told) && !told->is_gone && told->result != MEMHP_RESULT_REMOVED &&
	       told->state != memhp_block_state(told->block);
}

/* Rollback ignores the deadline and the first stop request; a second one ends it. */
void roll_back(struct run *run)
{
	run->stop.ignored = 1;
	for (size_t i = run->report->count; i > 0 && !stop_is_due(&run->stop); i--) {
		struct outcome *outcome = &run->report->outcomes[i - 1];

		if (can_roll_back(&outcome->told))
			rollback_one(run, outcome);
	}
	settle(run);
	find_redone(run);
}
