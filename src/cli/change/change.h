/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEMHP_CHANGE_CLI_H
#define MEMHP_CHANGE_CLI_H

#include "../../libmemhp/clock.h"
#include "../../libmemhp/libmemhp.h"
#include "../output/column.h"
#include "../input/filter.h"

/* The options of online and offline. */
enum change_order { ORDER_DEFAULT, ORDER_WORK, ORDER_ADDRESS };

struct change_args {
	enum memhp_target target;
	enum change_order order;
	bool whole_devices, unplug;
	uint64_t timeout_ms, deadline_ms, interval_ms;
	unsigned int retries;
	bool dry_run, all_or_nothing, total, explain, force, no_progress;
	struct filters filters;
	const struct operands *exclude;   /* blocks never to touch, or NULL */
	const char *request;     /* the command line, for the system log */
	bool has_changed;        /* something before: a failure is partly done */
	bool is_partial;         /* something before could not be tried: success is partly done */
};
#define CHANGE_ARGS_DEFAULT { .timeout_ms = 60000, .interval_ms = 500, .retries = 3 }
void change_args_free(struct change_args *args);

extern const struct option change_options[];
extern const size_t change_option_count;
/* Parses auto, movable or kernel into an enum memhp_target. */
int change_parse_target(const char *value, void *field);

/* What a change is of, for its parts. */
struct change_context {
	const struct globals *globals;
	const struct change_args *args;
	enum memhp_action action;
	struct memhp *memhp;
	const struct memhp_snapshot *snapshot;
	const struct memhp_scan *scan;   /* of the plan's blocks, or NULL */
	uint64_t block_size;
	uint64_t begin_ms;       /* of the command, before it waits for another one */
	struct limit deadline;   /* of the command: waiting and looking into blocks are part of it */
	int stop_fd;             /* readable when a signal has come, or -1 */
};

/* change.c: the command, from words to exit status. */
int change_run(const struct globals *globals, const struct change_args *args,
	       enum memhp_action action, const struct words *words);
/* change.c: the same with operands that are known already (probe --online). */
int change_operands(const struct globals *globals, const struct change_args *args,
		    enum memhp_action action, const struct operands *operands);

/* change.c: since the command began. */
uint64_t change_elapsed_ms(const struct change_context *context);

/* Ranges of blocks named in one line. */
#define RANGES_SHOWN 8
/* Where a sentence may be made. */
#define HINT_SIZE 160

/* One block in the report: a step's prediction, then its outcome. */
struct change_row {
	const struct change_context *context;
	const struct memhp_outcome *outcome;
	bool is_certain;
	const char *hint;
	char hint_text[HINT_SIZE];           /* where that may be made */
	const struct memhp_pages *pages;     /* or NULL */
	uint64_t counts[MEMHP_PAGE_KINDS];   /* the same in numbers */
	const struct memhp_verdict *verdict; /* of a block that is to go offline, or NULL */
	char holders[CELL_WORDS_MAX][64];    /* "1234 (name)" */
};

/* What taking a block offline takes, by its pages, for want of anything measured. */
#define ESTIMATE_BLOCK_MS 20
#define ESTIMATE_PAGES_PER_S 100000
#define ESTIMATE_TEXT_SIZE 32
uint64_t estimate_ms(const struct memhp_pages *pages);
void estimate_text(uint64_t ms, char ret[ESTIMATE_TEXT_SIZE]);

/* change-request.c: what is asked for; its ids are *ret_ids, which the caller frees. An exit status. */
int change_request(const struct change_context *context, const struct memhp_snapshot *snapshot,
		   const struct operands *operands, uint64_t **ret_ids, struct memhp_request *ret);

/* change-plan.c: a request as a plan, after a look into the blocks where that helps (*ret_scan, else
 * NULL; the plan borrows it), and whether the plan is refused. Both return an exit status. */
int change_make_plan(const struct change_context *context, const struct memhp_snapshot *snapshot,
		     struct memhp_request *request, struct memhp_scan **ret_scan, struct memhp_plan **ret);
int change_judge(const struct change_context *context, const struct memhp_plan *plan);

/* change-columns.c: the columns of such rows, in a document and in the table of a plan, whose pages
 * may be known. */
void change_document_columns(struct columns *ret);
void change_column(const char *name, struct columns *ret);
void change_plan_columns(bool with_pages, struct columns *ret);

/* plan-report.c, change-report.c: what is told of a plan, and of a run. */
int report_plan(const struct change_context *context, const struct memhp_plan *plan);
int report_run(const struct change_context *context, const struct memhp_plan *plan,
	       const struct memhp_report *report, int signal);
/* A document without blocks. */
int report_nothing(const struct change_context *context);
/* "done" in words: onlined, offlined. */
const char *action_name(enum memhp_action action);

/* change-unplug.c: what --unplug adds. Leaves the blocks that can be removed: of those that an amount is
 * taken from others are left out, else they are an error. An exit status. */
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

/* hint.c: a sentence for people, or NULL; it may stand in text. */
const char *outcome_hint(const struct memhp_outcome *outcome, enum memhp_action action, char text[HINT_SIZE]);

/* progress.c: the line on a terminal. */
struct progress {
	const struct change_context *context;
	bool is_wanted, is_shown;
	uint64_t begin_ms, total, done;   /* blocks */
	uint64_t done_ms, left_ms;        /* what these, and the others, are reckoned to take */
};
void progress_begin(struct progress *progress, const struct change_context *context, const struct memhp_plan *plan);
void progress_update(struct progress *progress, const struct memhp_outcome *outcome);
void progress_end(struct progress *progress);

#endif
