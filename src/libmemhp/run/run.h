/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files that carry out a plan: run.c (the whole plan), defaults.c (its
 * options), permit.c (whether it is refused), queue.c (its steps), refill.c (more steps),
 * attempt.c (one block), unplug.c (devices), rollback.c (undoing changes), look.c (the
 * present state), settle.c (udev) and report.c (the outcomes). How a write is made and ended is in writer.h, why it failed in reasons/.
 */
#ifndef MEMHP_RUN_H
#define MEMHP_RUN_H

#include "../events/events.h"
#include "../plan/plan.h"
#include "../reasons/reasons.h"
#include "writer.h"

DEFINE_CLEANUP(struct memhp_report *, memhp_report_free)

/* The outcome of one block, and the memory that its public part points to. */
struct outcome {
	struct memhp_outcome told;    /* points into the others */
	char *kernel_log;
	struct findings *findings;
	struct page_dump dump;        /* of the page that kept it */
	struct memhp_kept_page kept;
};

struct memhp_report {
	struct outcome *outcomes;
	size_t count, size;
	uint64_t begin_ms, elapsed_ms;
	uint64_t block_size;
	uint64_t requested;           /* bytes */
	bool unplug;                  /* the request includes the removal of the devices */
	bool was_stopped, was_late;
	int settled;                  /* 1, 0, -1: not waited for */
	const struct memhp_snapshot *snapshot;  /* that of the plan, kept */
	struct memhp_plan **added;    /* blocks that appeared during the run, and were tried */
	size_t added_count;
	pid_t unsettled_pid;          /* a killed writer that has not ended, or 0 */
	bool lacks_memory;            /* for details of failures */
	int explain_error;            /* why the kernel's debug messages are not available (-errno), or 0 */
};

/* report.c: the details of a failure; takes over what may be NULL. */
void outcome_set_log(struct outcome *outcome, char *kernel_log);
/* dump: NULL if the log describes no page. */
void outcome_set_kept(struct outcome *outcome, const struct page_dump *dump);
void outcome_set_findings(struct outcome *outcome, struct findings *findings);
/* Moves the failure of another attempt here: the result, the reason and the details. */
void outcome_take_failure(struct outcome *outcome, struct outcome *from);
void outcome_clear(struct outcome *outcome);

/* queue.c: the steps of a plan, one after another. */
struct queue;
int queue_new(const struct memhp *memhp, const struct memhp_plan *plan, struct queue **ret);
struct queue *queue_free(struct queue *queue);
DEFINE_CLEANUP(struct queue *, queue_free)
/* NULL after the last step. */
const struct memhp_step *queue_next(struct queue *queue);
/* Adds the steps of another plan at the end. -ENOMEM. */
int queue_append(struct queue *queue, const struct memhp_plan *plan);
/* The previous step was attempted. Its pages may have moved into other blocks, so what is known
 * about those may be wrong now. */
void queue_note_moved(struct queue *queue);

/* Waiting for udev after the changes. */
struct settling {
	struct listener listener;
	struct handled handled;       /* the kernel's events of the changed blocks */
	uint64_t left_ms;             /* for all waits together */
	bool is_listening;
	bool has_lost;                /* events: nothing can be waited for */
};

/* defaults.c: puts the defaults where the caller's options have 0; afterwards a wait of 0 is none, and so are 0
 * retries. Pure. */
void run_options_complete(struct memhp_run_options *options);
/* defaults.c: the timeout of each block that is rolled back, never MEMHP_NO_LIMIT. Pure. */
uint64_t rollback_timeout(const struct memhp_run_options *options);

/* permit.c: 0, or why the plan is refused, as memhp_run() returns it. */
int run_permit(struct memhp *memhp, const struct memhp_plan *plan);

struct run {
	struct memhp *memhp;
	const struct memhp_plan *plan;
	const struct memhp_request *request;
	struct memhp_run_options options;
	struct attribute_dirs dirs;
	struct kmsg kmsg;
	struct limit deadline;        /* of the whole run */
	struct stop stop;
	struct settling settling;
	struct memhp_report *report;
};

/* The change of one block, forward or back. */
struct change {
	enum memhp_action action;
	enum memhp_target target;
	uint64_t begin_ms;
	struct limit limit;
	/* About the last attempt: */
	bool failed_to_open;          /* nothing was written */
	bool was_going_offline;       /* observed during the write */
	bool was_waiting;             /* the same: it was not going offline */
	bool was_heard_of;            /* the kernel log says something of it */
	bool is_foreign;              /* another process was taking it offline before */
	struct written written;
};

/* look.c: the block as it is now; its field vanished is set if it no longer exists. */
struct memhp_block look_at(const struct run *run, const struct memhp_block *block);
/* look.c: the block that is going offline, no matter on whose request; NULL if there is none. */
const struct memhp_block *look_for_blocker(const struct run *run, const struct memhp_block *block);
/* look.c: records the present state. A block that was changed and does not exist any more is gone. */
void look_note(const struct memhp_block *now, struct memhp_outcome *outcome);
/* look.c: records the state in which the block was found instead of the requested one, with the result:
 * another agent changed it, or its state cannot be understood. */
void look_note_undone(const struct run *run, const struct memhp_block *now, enum memhp_result result,
		      struct memhp_outcome *outcome);
/* look.c: checks the deadline and stop requests, records them, and returns whether the run must end. */
bool run_note_end(struct run *run);
/* look.c: reports the block to the caller's progress function. */
void run_tell(const struct run *run, const struct memhp_outcome *outcome);

/* attempt.c: makes the change, with all retries, within its limit. */
void change_block(struct run *run, struct change *change, struct outcome *outcome);
/* refill.c: waits for blocks that a driver adds, and queues them. Returns whether there are any. */
bool refill(struct run *run, struct queue *queue);
/* report.c: whether enough blocks are as requested, and with_removals, whether all of them are removed. Pure. */
bool report_is_met(const struct memhp_report *report, bool with_removals);
/* report.c: makes room for the outcomes of so many more blocks. -ENOMEM. */
int report_grow(struct memhp_report *report, size_t count);
/* rollback.c: undoes the changes. */
void roll_back(struct run *run);
/* settle.c: subscribes to events; without udev, or without time to wait, this does nothing. */
void settling_begin(struct run *run);
/* settle.c: after each write; has_changed: the kernel must have sent an event. */
void settling_note(struct run *run, const struct memhp_block *block, bool has_changed);
/* settle.c: waits until udev has handled the events of all changed blocks, or until there is no time
 * left, or a stop is requested. */
void settle(struct run *run);
/* settle.c: 1: udev has handled them all, 0: it has not, -1: there was nothing to wait for. */
int settling_result(const struct run *run);
void settling_end(struct run *run);
/* unplug.c: what the host removed meanwhile is removed as requested. */
void unplug_note_gone(struct run *run);
/* unplug.c: removes the devices whose blocks are all offline. */
void unplug_devices(struct run *run);
/* unplug.c: a block that was offline before the run and was not removed is not "already": marks it
 * as skipped. */
void unplug_close(struct run *run);

#endif
