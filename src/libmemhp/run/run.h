/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A run: a plan that is carried out. What run.c (the whole plan), queue.c (its steps),
 * attempt.c (one block), unplug.c (devices), rollback.c (the way back), look.c (what is
 * now), report.c (what became of it) and dyndbg.c share.
 */
#ifndef MEMHP_RUN_H
#define MEMHP_RUN_H

#include "../plan/plan.h"
#include "reason.h"
#include "writer.h"

DEFINE_CLEANUP(struct memhp_report *, memhp_report_free)

struct findings;

/* What became of one block, and the memory that its report points to. */
struct outcome {
	struct memhp_outcome told;    /* borrows the others */
	char *kernel_log;
	struct findings *findings;
};

struct memhp_report {
	struct outcome *outcomes;
	size_t count;
	uint64_t begin_ms, elapsed_ms;
	uint64_t block_size;
	bool was_stopped, was_late;
};

/* report.c: what is told of a failure; both are taken over and may be NULL. */
void outcome_set_log(struct outcome *outcome, char *kernel_log);
void outcome_set_findings(struct outcome *outcome, struct findings *findings);
/* What another try failed by: why, and what was found. It is taken from there. */
void outcome_take_failure(struct outcome *outcome, struct outcome *from);
void outcome_clear(struct outcome *outcome);

/* queue.c: the steps of a plan, one after the other. */
struct queue;
int queue_new(const struct memhp *memhp, const struct memhp_plan *plan, struct queue **ret);
struct queue *queue_free(struct queue *queue);
DEFINE_CLEANUP(struct queue *, queue_free)
/* NULL at the end. */
const struct memhp_step *queue_next(struct queue *queue);
/* The step that came last was tried. Its pages are elsewhere: what was known of other blocks may be
 * wrong now. */
void queue_note_moved(struct queue *queue);

struct run {
	const struct memhp *memhp;
	const struct memhp_plan *plan;
	const struct memhp_request *request;
	struct memhp_run_options options;
	struct attribute_dirs dirs;
	struct kmsg kmsg;
	struct limit deadline;        /* of the whole run */
	struct stop stop;
	struct memhp_report *report;
};

/* One block's change: forward, or back again. */
struct change {
	enum memhp_action action;
	enum memhp_target target;
	uint64_t begin_ms;
	struct limit limit;
	/* Of the last write: */
	bool was_going_offline;       /* seen meanwhile */
	bool is_foreign;              /* it was already, by another's doing */
	struct written written;
};

/* look.c: the block as it is now; vanished when it is gone. */
struct memhp_block look_at(const struct run *run, const struct memhp_block *block);
/* look.c: the block that is going offline, for whomever; NULL if none is. */
const struct memhp_block *look_for_blocker(const struct run *run, const struct memhp_block *block);
/* look.c: records that somebody else changed the block again, or removed it. */
void look_note_undone(const struct memhp_block *now, enum memhp_result result, struct memhp_outcome *outcome);
/* look.c: looks for what ends the run, notes it, and says whether it is over. */
bool run_note_end(struct run *run);
/* look.c: tells the caller of a block. */
void run_tell(const struct run *run, const struct memhp_outcome *outcome);

/* attempt.c: makes the change with all its retries, within its limit. */
void change_block(struct run *run, struct change *change, struct outcome *outcome);
/* rollback.c: undoes what was changed. */
void roll_back(struct run *run);
/* unplug.c: removes the devices that are offline as a whole; whether none was left. */
bool unplug_devices(struct run *run);
/* unplug.c: what was offline before the run and is not removed was not what was asked for. */
void unplug_close(struct run *run);

/* dyndbg.c: dynamic debug of mm/memory_hotplug.c. */
struct dyndbg {
	const struct memhp *memhp;
	char *saved;                  /* the flags of each of its messages, as they were; NULL: not on */
};
int dyndbg_begin(const struct memhp *memhp, struct dyndbg *ret);
void dyndbg_end(struct dyndbg *dyndbg);

#endif
