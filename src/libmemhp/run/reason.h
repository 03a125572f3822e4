/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a change failed. kernel-log.c finds facts in the kernel log. reason.c derives the
 * reason from these, from the errno and from the circumstances. What is in the block is
 * left to findings.c.
 */
#ifndef MEMHP_REASON_H
#define MEMHP_REASON_H

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

#endif
