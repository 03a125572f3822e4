/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a change failed: what the kernel log says (kernel-log.c), and what follows from
 * that, the errno and the circumstances (reason.c).
 */
#ifndef MEMHP_REASON_H
#define MEMHP_REASON_H

#include "../pages/pages.h"

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
/* Facts since the last skip; *ret_line the most telling line, else the last one (the caller frees
 * it), or NULL. Pages that could not be moved are added to the list. */
unsigned int log_read(const struct kmsg *kmsg, const struct log_range *range, char **ret_line, struct page_list *pages);

/* reason.c: pure */
struct reason_facts {
	enum memhp_action action;
	int error;                    /* errno */
	bool failed_to_open;          /* or to start a process: nothing was written */
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
