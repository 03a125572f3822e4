/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files that change memory share: plan.c, run.c, writer.c, kmsg.c and
 * reason.c.
 */
#ifndef MEMHP_CHANGE_H
#define MEMHP_CHANGE_H

#include "../base/base.h"
#include "../pages/pages.h"

/* plan.c */
const struct memhp_request *plan_request(const struct memhp_plan *plan);
uint64_t plan_block_size(const struct memhp_plan *plan);
size_t plan_step_count(const struct memhp_plan *plan);
const struct memhp_snapshot *plan_snapshot(const struct memhp_plan *plan);

/* Whether a zone is what was asked for; an unknown one may be. */
bool zone_is_target(enum memhp_zone zone, enum memhp_target target);

/* writer.c: one write(2) in a child process. */
struct writer {
	pid_t pid;
	int pidfd;            /* or -1 where the kernel has none */
	int result;           /* read end of a pipe: the child's errno, or end of file when it was killed */
	bool has_ended;
	int error;            /* then: errno of the write, or -1 when it was killed before it ended */
	bool has_rung;        /* and whether the child's alarm rang before */
};
#define WRITER_NONE { .pid = -1, .pidfd = -1, .result = -1 }

/* The child's own alarm ends it after limit_ms (0: never), should the parent be stopped. */
int writer_start(struct writer *writer, int fd, const char *word, uint64_t limit_ms);
/* Waits for the end at most so long, -1: for ever; earlier when stop_fd (or -1) is readable,
 * which *ret_stopped tells. 1: ended, 0: not yet. */
int writer_wait(struct writer *writer, int64_t timeout_ms, int stop_fd, bool *ret_stopped);
void writer_kill(struct writer *writer);
/* Reaps the child if it has ended; otherwise it is left alone. */
void writer_close(struct writer *writer);

/* kmsg.c: the kernel log from one moment on. */
struct kmsg {
	int fd;               /* or -1 where it cannot be read */
};
#define KMSG_CLOSED { .fd = -1 }

void kmsg_open(const struct memhp *memhp, struct kmsg *ret);
void kmsg_close(struct kmsg *kmsg);
/* Forgets what was logged until now. */
void kmsg_skip(struct kmsg *kmsg);

/* What the log said of a block during one write. */
enum log_fact {
	LOG_UNMOVABLE = 1 << 0,       /* a page was dumped as unmovable */
	LOG_MIGRATION = 1 << 1,       /* pages could not be migrated or isolated, yet */
	LOG_NOTIFIER = 1 << 2,
	LOG_ISOLATION = 1 << 3,
	LOG_HUGETLB = 1 << 4,
	LOG_HOLES = 1 << 5,
	LOG_ZONES = 1 << 6,
	LOG_BOOT_MEMORY = 1 << 7,
};
struct log_range {
	uint64_t start, end;          /* physical addresses of the block */
	uint64_t page_size;
};
/* Facts of one line; 0 when it does not speak of the range. Pure. */
unsigned int log_line_facts(const char *line, const struct log_range *range);
/* Whether it says that a page of the range could not be moved, and which. Pure. */
bool log_line_page(const char *line, const struct log_range *range, uint64_t *ret_pfn);
/* Whether it says that the kernel gives up the removal of an ACPI device, and for which block
 * (UINT64_MAX: for the device's own sake). Pure. */
bool log_line_refusal(const char *line, const char *device, uint64_t *ret_block);
/* The text of the next record, in the buffer; NULL when there is no more. */
#define RECORD_MAX 8192
const char *kmsg_next(struct kmsg *kmsg, char record[RECORD_MAX]);
/* Facts since the last skip; *ret_line the most telling line, else the last one (the caller frees
 * it), or NULL. Pages that could not be moved are added to the list. */
unsigned int kmsg_read(struct kmsg *kmsg, const struct log_range *range, char **ret_line, struct page_list *pages);

/* explain.c: dynamic debug of mm/memory_hotplug.c. */
struct explain {
	const struct memhp *memhp;
	char *saved;                  /* the flags of each of its messages, as they were; NULL: not on */
};
int explain_begin(const struct memhp *memhp, struct explain *ret);
void explain_end(struct explain *explain);

/* reason.c: pure */
struct reason_facts {
	enum memhp_action action;
	int error;                    /* errno */
	bool failed_to_open;
	bool timed_out;
	bool was_going_offline;       /* seen during the write */
	enum memhp_zone zone;         /* before */
	int has_holes;                /* 1, 0, -1 */
	bool has_unmovable;           /* pages of the kernel were seen in it */
	bool is_kept;                 /* boot memory, and the architecture keeps it */
	unsigned int log;             /* enum log_fact */
};
enum memhp_reason reason_find(const struct reason_facts *facts);
/* Of a removal that was not seen to succeed. */
struct removal_facts {
	enum { REMOVAL_REFUSED, REMOVAL_LATE, REMOVAL_STOPPED } end;
	bool is_pending;              /* asked for, and the kernel may still carry it out */
	int error;                    /* errno of the write, or 0 */
	bool failed_to_open;
	enum memhp_state in_use;      /* of a block of the device that is not offline any more; else UNKNOWN */
};
enum memhp_reason reason_of_removal(const struct removal_facts *facts);
enum memhp_result result_of_removal(const struct removal_facts *facts);
/* Whether trying again may help. */
bool error_is_temporary(int error);

#endif
