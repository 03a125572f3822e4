/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a change failed. kernel-log.c finds facts in the kernel log, which dyndbg.c makes
 * say more; findings.c scans the block, and holders.c finds the processes that map its
 * pages. reason.c derives the reason from all that, from the errno and from the
 * circumstances. What is done about it is left to the callers.
 */
#ifndef MEMHP_REASONS_H
#define MEMHP_REASONS_H

#include "../clock.h"
#include "../pages/pages.h"

/* What the log said about a block during one write. */
enum log_fact {
	LOG_UNMOVABLE = 1 << 0,       /* a page was dumped as unmovable */
	LOG_MIGRATION = 1 << 1,       /* pages could not be isolated or migrated so far */
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
/* The facts of one line; 0 if it is not about the range. Pure. */
unsigned int log_line_facts(const char *line, const struct log_range *range);
/* Whether the line says that a page of the range could not be moved, and which. Pure. */
bool log_line_page(const char *line, const struct log_range *range, uint64_t *ret_pfn);
/* Whether the line says that the kernel gives up the removal of an ACPI device, and because of
 * which block (UINT64_MAX: because of the device itself). Pure. */
bool log_line_refusal(const char *line, const char *device, uint64_t *ret_block);
/* Whether the line says that a part of the kernel has crashed. Pure. */
bool log_line_is_crash(const char *line);
/* The facts since the last kmsg_skip(). *ret_line is the line that says most, or else the last
 * one, or NULL; the caller frees it. Pages that could not be moved are added to the list. */
unsigned int log_read(const struct kmsg *kmsg, const struct log_range *range, char **ret_line, struct page_list *pages);

/* reason.c: pure */
struct reason_facts {
	enum memhp_action action;
	int error;                    /* errno */
	bool failed_to_open;          /* the file was not opened: nothing was written */
	bool has_no_child;            /* no process could be started: nothing was written */
	bool timed_out;
	bool was_going_offline;       /* observed during the write */
	bool was_waiting;             /* observed during the write: it was not going offline */
	enum memhp_zone zone;         /* before the write */
	int has_holes;                /* 1, 0, -1 unknown */
	bool has_unmovable;           /* it has pages that the kernel cannot move */
	bool is_kept;                 /* it is boot memory, which the architecture never takes offline */
	unsigned int log;             /* bits of enum log_fact */
};
enum memhp_reason reason_find(const struct reason_facts *facts);
/* Facts about a removal whose success was not observed. */
struct removal_facts {
	enum { REMOVAL_REFUSED, REMOVAL_LATE, REMOVAL_STOPPED } end;
	bool is_pending;              /* requested, and the kernel may still carry it out */
	bool was_waiting;             /* observed: nothing happened for some time */
	bool has_crashed;             /* found in the kernel log */
	int error;                    /* errno of the write, or 0 */
	bool failed_to_open, has_no_child;
	enum memhp_state in_use;      /* state of a block of the device that is no longer offline; otherwise UNKNOWN */
};
enum memhp_reason reason_of_removal(const struct removal_facts *facts);
enum memhp_result result_of_removal(const struct removal_facts *facts);
/* Whether a retry may help. */
bool error_is_temporary(int error);

/* findings.c */
#define HOLDERS_NAMED 4

struct findings {
	struct memhp_pages pages;
	struct page_list held;
	struct memhp_holder holders[HOLDERS_NAMED];
	size_t holder_count;
};

/* findings.c: scans the block; NULL if that is not possible. The caller frees the result. */
struct findings *findings_new(const struct memhp *memhp, const struct memhp_block *block);
/* Whether the block has pages that the kernel cannot move. */
bool findings_explain(const struct findings *findings, const struct memhp_block *block);
/* Adds the pages that could not be moved: the ones named by the kernel that are still there, or
 * else the first pages to migrate. With the option explain, also the processes that map them. */
void findings_add_held(const struct memhp *memhp, const struct memhp_block *block, const struct page_list *named,
		       bool explain, struct findings *findings);
/* holders.c: finds as many processes as it can before the limit. */
void holders_find(const struct memhp *memhp, const struct page_list *wanted, struct limit limit, struct findings *ret);

/* dyndbg.c: dynamic debug of mm/memory_hotplug.c. */
struct dyndbg {
	const struct memhp *memhp;
	int lock;                     /* the control file, locked while dynamic debug is on */
	char *saved;                  /* the flags of its messages before; NULL: dynamic debug is not on */
};
#define DYNDBG_OFF { .lock = -1 }
int dyndbg_begin(const struct memhp *memhp, struct dyndbg *ret);
void dyndbg_end(struct dyndbg *dyndbg);

#endif
