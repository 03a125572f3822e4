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

/* Facts from the kernel log about a block during one write. */
enum log_fact {
	LOG_UNMOVABLE = 1 << 0,       /* a page keeps the block from being isolated */
	LOG_RESERVED = 1 << 1,        /* the same, and the page is reserved */
	LOG_MIGRATION = 1 << 2,       /* the block was isolated, and a page could not be migrated so far, */
	LOG_HELD = 1 << 3,            /* because something holds it, */
	LOG_NO_ROOM = 1 << 4,         /* or because there is no memory for it elsewhere */
	LOG_KEPT = 1 << 5,            /* the block was isolated, and a driver keeps a page */
	LOG_NOTIFIER = 1 << 6,
	LOG_ISOLATION = 1 << 7,
	LOG_HUGETLB = 1 << 8,
	LOG_HOLES = 1 << 9,
	LOG_ZONES = 1 << 10,
	LOG_SIGNAL = 1 << 11,
	LOG_BOOT_MEMORY = 1 << 12,
	LOG_BUSY_PAGE = 1 << 13,      /* the block was isolated, and a page was in use by another task */
	LOG_BUG = 1 << 14,            /* the kernel found a page in a state that cannot be */
};
struct log_range {
	uint64_t start, end;          /* physical addresses of the block */
	uint64_t page_size;
	uint64_t head;                /* PFN of the huge page in which the block begins, or UINT64_MAX */
};
bool log_range_has(const struct log_range *range, uint64_t pfn);

/* page-dump.c: the kernel's description of a page. */
enum dump_cause { DUMP_OTHER, DUMP_UNMOVABLE, DUMP_MIGRATION, DUMP_ISOLATION };
struct page_dump {
	uint64_t pfn;                 /* UINT64_MAX: the kernel did not say */
	enum dump_cause cause;
	bool is_reserved, is_huge;
	char mapping[32];             /* what its mapping's operations are called ("ext4_da_aops"), or "" */
	char file[64];                /* name of the file it belongs to, or "" */
	unsigned int major, minor;    /* of the block device whose metadata it holds; 0, 0: none */
	char device[32];              /* the name of that device, or "" */
};
#define DUMP_TRACKS 4
struct dump_reader {
	struct dump_track {
		char task[KMSG_TASK_MAX];
		bool is_used, is_mixed, are_ours;
		unsigned int open;    /* descriptions that have begun and not ended */
		struct page_dump dump;
	} tracks[DUMP_TRACKS];
};
/* Whose a line is. */
enum dump_line {
	DUMP_LINE_NONE,               /* not of a description */
	DUMP_LINE_OTHERS,             /* of another page, or it is not clear of which */
	DUMP_LINE_OURS,               /* of a page in the range */
	DUMP_LINE_LAST,               /* of a page in the range: the last one */
	DUMP_LINE_NOBODYS,            /* the last one, of an unknown page */
};
/* Takes the next line. *ret: the description, with the last line. Pure. */
enum dump_line dump_read(struct dump_reader *reader, const char *task, const char *line, const struct log_range *range,
			 struct page_dump *ret);

/* kernel-log.c: the facts of a line that names the block's range or a page in it. Pure. */
unsigned int log_line_facts(const char *line, const struct log_range *range);
/* The facts of a line that names neither. They count if nothing better is known. Pure. */
unsigned int log_line_notices(const char *line);
/* Whether the line says that a page of the range could not be moved, and which. Pure. */
bool log_line_page(const char *line, const struct log_range *range, uint64_t *ret_pfn);
/* Whether the line says that the kernel gives up the removal of an ACPI device, and because of
 * which block (UINT64_MAX: because of the device itself). Pure. */
bool log_line_refusal(const char *line, const char *device, uint64_t *ret_block);
/* Whether the line says that a part of the kernel has crashed. Pure. */
bool log_line_is_crash(const char *line);
/* What the log says since the last kmsg_skip(). */
struct log_evidence {
	bool is_heard;                /* the log can be read */
	unsigned int facts;           /* bits of enum log_fact: of lines that name the block's range or a page in it */
	unsigned int notices;         /* the same: of lines that name neither */
	bool has_dump;
	struct page_dump dump;        /* of the first page of the range that was described */
	struct page_list pages;       /* pages of the range that could not be moved */
	char *text;                   /* the lines with these facts; without any, the last line of the log; or NULL */
};
/* -ENOMEM. */
int log_read(const struct kmsg *kmsg, const struct log_range *range, struct log_evidence *ret);
void log_evidence_free(struct log_evidence *evidence);

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
	bool is_kept;                 /* it is boot memory, which the architecture never takes offline */
	bool is_in_huge_page;         /* a huge page reaches into it from another block, or out of it */
	const struct memhp_pages *pages; /* what is in it after the write; NULL: not known */
	const struct log_evidence *log; /* NULL: none */
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
	uint64_t head;                /* PFN of the huge page in which the block begins, or UINT64_MAX */
	uint64_t huge_size;           /* bytes of the largest huge page; 0: unknown, or none */
	struct page_list held;
	struct memhp_holder holders[HOLDERS_NAMED];
	size_t holder_count;
	struct memhp_suspect suspects[HOLDERS_NAMED];
	size_t suspect_count;
	size_t processes, processes_seen;
};

/* findings.c: scans the block; *ret is NULL if that is not possible. The caller frees it. -ENOMEM. */
int findings_new(const struct memhp *memhp, const struct memhp_block *block, struct findings **ret);
/* Whether a huge page reaches into the block, or out of it. */
bool findings_reach_out(const struct findings *findings, uint64_t block_size);
/* Adds the name of the block device. */
void findings_name_device(const struct memhp *memhp, struct page_dump *dump);
/* Adds the pages that could not be moved: the ones named by the kernel that are still there, or
 * else the first pages to migrate. With the option explain, also the processes that map them. */
void findings_add_held(const struct memhp *memhp, const struct memhp_block *block, const struct page_list *named,
		       bool explain, struct findings *findings);
/* holders.c: finds as many processes as it can before the limit. */
void holders_find(const struct sysdir *proc, const struct page_list *wanted, uint64_t page_size, struct limit limit,
		  struct findings *ret);
/* suspects.c: the most suspicious processes, as many as it can find before the limit. */
void suspects_find(const struct sysdir *proc, struct limit limit, struct findings *ret);

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
