/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of a run share: run.c (the whole plan), attempt.c (one block) and
 * report.c (what became of it).
 */
#ifndef MEMHP_RUN_H
#define MEMHP_RUN_H

#include "../blocks/block.h"
#include "reason.h"

#define FOREVER UINT64_MAX

struct memhp_report {
	struct memhp_outcome *outcomes;
	size_t count;
	uint64_t begin, elapsed_ms;
	uint64_t block_size;
	bool was_stopped, was_late;
};

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
	uint64_t deadline;            /* of the whole run, or FOREVER */
	bool is_rolling_back;
	unsigned int stops;           /* how often the run was told to stop */
	struct memhp_report *report;
};

/* One block's change: forward, or back again. */
struct change {
	enum memhp_action action;
	enum memhp_target target;
	uint64_t begin, limit;        /* when it began, and must be over, or FOREVER */
	/* Of the last write: */
	bool was_going_offline;       /* seen meanwhile */
	bool is_foreign;              /* it was already, by another's doing */
	bool timed_out, was_killed;
};

/* How often the state is looked at and progress is told. */
#define SLICE_MS 100
/* How long a killed write may take to let its block settle. */
#define SETTLE_MS 10000
#define INTERVAL_MAX_MS 8000

/* Milliseconds of the monotonic clock. */
uint64_t now_ms(void);
/* When a duration is over, FOREVER for none; and how long that still is. */
uint64_t after(uint64_t begin, uint64_t duration_ms);
uint64_t left_until(uint64_t limit);
static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* attempt.c: makes the change with all its retries, within its limit. */
void change_block(struct run *run, struct change *change, struct memhp_outcome *outcome);
/* attempt.c: the block as it is now; vanished when it is gone. */
struct memhp_block look(const struct run *run, const struct memhp_block *block);
/* attempt.c: the block that is going offline, for whomever; NULL if none is. */
const struct memhp_block *find_blocker(const struct run *run, const struct memhp_block *block);
/* attempt.c: whether a state or zone is what the change asks for. */
bool is_state(enum memhp_state state, enum memhp_action action);
bool is_zone(enum memhp_zone zone, const struct change *change);
/* report.c: whether the block is now what it was not before, be it in the wrong zone. */
bool outcome_has_changed(const struct memhp_outcome *outcome);
/* attempt.c: the run is told to stop. */
void note_stop(struct run *run);
bool is_told_to_stop(const struct run *run);
/* attempt.c: sleeps, or is told to stop. */
void pause_ms(struct run *run, uint64_t duration_ms);
/* run.c: whether nothing new may begin: told to stop, or late. */
bool is_over(struct run *run);
/* unplug.c: removes the devices that are offline as a whole; whether none was left. */
bool unplug_devices(struct run *run);
/* unplug.c: what was offline before the run and is not removed was not what was asked for. */
void unplug_close(struct run *run);

#endif
