/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a run checks before and after its writes: the present state of blocks, and
 * whether the run must end. Writes nothing to the machine. What follows is left to the
 * callers.
 */
#include "run.h"

struct memhp_block look_at(const struct run *run, const struct memhp_block *block)
{
	struct memhp_block now = { .id = block->id, .snapshot = block->snapshot };

	(void)attributes_read(&run->dirs, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, &now);
	return now;
}

/* The block whose change holds the hotplug lock: only one block in the whole system can be in transition. */
const struct memhp_block *look_for_blocker(const struct run *run, const struct memhp_block *block)
{
	const struct memhp_block *other;

	memhp_snapshot_foreach(block->snapshot, other) {
		struct memhp_block now = look_at(run, other);

		if (memhp_block_state(&now) == MEMHP_STATE_GOING_OFFLINE)
			return other;
	}
	return NULL;
}

void look_note(const struct memhp_block *now, struct memhp_outcome *outcome)
{
	outcome->state = memhp_block_state(now);
	outcome->zone = memhp_block_zone(now);
	outcome->is_gone = now->vanished && (outcome->result == MEMHP_RESULT_DONE ||
					     outcome->result == MEMHP_RESULT_ROLLED_BACK);
}

/* drivers/base/memory.c: state_show() prints "ERROR-UNKNOWN-4" for a state that it does not know. */
static void look_read_state(const struct run *run, const struct memhp_block *block, struct memhp_outcome *outcome)
{
	char name[64];
	ssize_t length;

	snprintf(name, sizeof(name), "memory%llu/state", (unsigned long long)memhp_block_id(block));
	length = sysdir_read(&run->dirs.memory, name, outcome->state_text, sizeof(outcome->state_text));
	if (length < 0)
		outcome->state_text[0] = '\0';
	outcome->error = length < 0 ? (int)-length : 0;
}

void look_note_undone(const struct run *run, const struct memhp_block *now, enum memhp_result result,
		      struct memhp_outcome *outcome)
{
	outcome->result = result;
	outcome->reason = MEMHP_REASON_RACED;
	look_note(now, outcome);
	if (outcome->state != MEMHP_STATE_UNKNOWN)
		return;
	/* What cannot be understood shows nobody else's change. */
	outcome->reason = MEMHP_REASON_UNKNOWN;
	outcome->is_unreadable = true;
	look_read_state(run, now, outcome);
}

bool run_note_end(struct run *run)
{
	stop_look(&run->stop);
	run->report->was_stopped |= run->stop.count > 0;
	run->report->was_late |= limit_is_over(run->deadline);
	return run->report->was_stopped || run->report->was_late;
}

void run_tell(const struct run *run, const struct memhp_outcome *outcome)
{
	if (run->options.progress)
		run->options.progress(run->options.data, outcome);
}
