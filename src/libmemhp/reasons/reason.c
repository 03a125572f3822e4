/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Derives one stable reason from the errno and the circumstances. Pure.
 * kernel-log.c and findings.c collect the circumstances. The texts for people
 * are left to the program.
 */
#include "reasons.h"

static const char *const names[] = {
	[MEMHP_REASON_NONE] = NULL,
	[MEMHP_REASON_SEVERAL_ZONES] = "several-zones",
	[MEMHP_REASON_MEMORY_HOLES] = "memory-holes",
	[MEMHP_REASON_UNMOVABLE_PAGES] = "unmovable-pages",
	[MEMHP_REASON_ISOLATION_FAILED] = "isolation-failed",
	[MEMHP_REASON_MIGRATION_FAILING] = "migration-failing",
	[MEMHP_REASON_LOCK_HELD] = "lock-held",
	[MEMHP_REASON_NOTIFIER] = "notifier",
	[MEMHP_REASON_HUGETLB] = "hugetlb",
	[MEMHP_REASON_HWPOISON] = "hwpoison",
	[MEMHP_REASON_OFFLINE_DISABLED] = "offline-disabled",
	[MEMHP_REASON_NO_PERMISSION] = "no-permission",
	[MEMHP_REASON_READ_ONLY] = "read-only",
	[MEMHP_REASON_VANISHED] = "vanished",
	[MEMHP_REASON_RACED] = "raced",
	[MEMHP_REASON_WRONG_ZONE] = "wrong-zone",
	[MEMHP_REASON_RATIO] = "ratio",
	[MEMHP_REASON_NO_ROOM] = "no-room",
	[MEMHP_REASON_UNKNOWN] = "unknown",
	[MEMHP_REASON_DEVICE_IN_USE] = "device-in-use",
	[MEMHP_REASON_REMOVAL_FAILED] = "removal-failed",
	[MEMHP_REASON_NO_CHILD] = "no-child",
	[MEMHP_REASON_RESERVED_PAGES] = "reserved-pages",
	[MEMHP_REASON_SIGNAL] = "signal",
};

const char *memhp_reason_name(enum memhp_reason reason)
{
	return (size_t)reason < sizeof(names) / sizeof(names[0]) ? names[reason] : NULL;
}

bool error_is_temporary(int error)
{
	return error == EBUSY || error == EAGAIN || error == ENOMEM || error == EINTR;
}

/* Without a free descriptor, the file cannot be opened, and no process can be started either. */
static bool is_without_child(bool has_no_child, bool failed_to_open, int error)
{
	return has_no_child || (failed_to_open && (error == EMFILE || error == ENFILE));
}

#define KIND(kind) (1U << MEMHP_PAGE_ ## kind)
#define KERNEL_KINDS (KIND(SLAB) | KIND(TABLE) | KIND(KERNEL))
#define LOG_UNDECIDED ((unsigned int)LOG_MIGRATION | LOG_HELD | LOG_NO_ROOM | LOG_BUSY_PAGE | LOG_BUG)
#define LOG_ISOLATED (LOG_UNDECIDED | LOG_KEPT | LOG_HUGETLB)

/*
 * Why the kernel is busy: the first rule that applies. It checks in this order (mm/memory_hotplug.c:
 * offline_pages()): isolates the block, which one unmovable page prevents; asks the notifiers; migrates, which
 * it does until a driver keeps a page; dissolves huge pages. Lines of the log about the block
 * go first. Its pages come after that: they may have changed since.
 */
static const struct {
	unsigned int log;             /* one of these facts, */
	unsigned int kinds;           /* or else pages of one of these kinds, */
	bool is_isolation;            /* unless the block was isolated */
	bool is_of_kernel_zone;       /* in ZONE_MOVABLE these are in transition */
	bool is_of_part;              /* a part of a huge page cannot be isolated (mm/page_isolation.c:
	                               * isolate_single_pageblock(), measured on 6.1) */
	enum memhp_reason reason;
} busy_rules[] = {
	{ .log = LOG_NOTIFIER, .reason = MEMHP_REASON_NOTIFIER },
	{ .log = LOG_HUGETLB, .reason = MEMHP_REASON_HUGETLB },
	{ .log = LOG_RESERVED, .kinds = KIND(RESERVED), .is_isolation = true, .reason = MEMHP_REASON_RESERVED_PAGES },
	{ .log = LOG_UNMOVABLE | LOG_KEPT, .reason = MEMHP_REASON_UNMOVABLE_PAGES },
	{ .kinds = KERNEL_KINDS, .is_isolation = true, .is_of_kernel_zone = true, .reason = MEMHP_REASON_UNMOVABLE_PAGES },
	{ .kinds = KIND(HUGE), .is_of_part = true, .reason = MEMHP_REASON_HUGETLB },
	{ .log = LOG_ISOLATION, .reason = MEMHP_REASON_ISOLATION_FAILED },
	{ .kinds = KIND(HUGE), .reason = MEMHP_REASON_HUGETLB },
	{ .kinds = KIND(DRIVER), .reason = MEMHP_REASON_UNMOVABLE_PAGES },
	{ .log = LOG_BUSY_PAGE, .reason = MEMHP_REASON_ISOLATION_FAILED },
};

static bool has_pages_of(const struct memhp_pages *pages, unsigned int kinds)
{
	for (unsigned int kind = 0; pages && kind < PAGE_KINDS; kind++)
		if (kinds >> kind & 1 && pages->counts[kind])
			return true;
	return false;
}

/* Lines that name neither a block nor a page count only if no line names the block as having failed. */
static unsigned int log_of(const struct reason_facts *facts)
{
	if (!facts->log)
		return 0;
	return facts->log->facts & ~LOG_UNDECIDED ? facts->log->facts : facts->log->facts | facts->log->notices;
}

static enum memhp_reason reason_of_busy(const struct reason_facts *facts)
{
	const unsigned int log = log_of(facts);

	/* Onlining isolates no pages: only a driver can report that it is busy. */
	if (facts->action == MEMHP_ACTION_ONLINE)
		return MEMHP_REASON_NOTIFIER;
	for (size_t i = 0; i < sizeof(busy_rules) / sizeof(busy_rules[0]); i++) {
		if (log & busy_rules[i].log)
			return busy_rules[i].reason;
		if ((busy_rules[i].is_isolation && log & LOG_ISOLATED) ||
		    (busy_rules[i].is_of_kernel_zone && !memhp_zone_is_kernel(facts->zone)) ||
		    (busy_rules[i].is_of_part && !facts->is_in_huge_page))
			continue;
		if (has_pages_of(facts->pages, busy_rules[i].kinds))
			return busy_rules[i].reason;
	}
	return MEMHP_REASON_UNKNOWN;
}

static enum memhp_reason reason_of_invalid(const struct reason_facts *facts)
{
	const unsigned int log = log_of(facts);

	if (log & LOG_NOTIFIER)
		return MEMHP_REASON_NOTIFIER;
	if (facts->zone == MEMHP_ZONE_NONE || log & LOG_ZONES)
		return MEMHP_REASON_SEVERAL_ZONES;
	if (facts->has_holes > 0 || log & LOG_HOLES)
		return MEMHP_REASON_MEMORY_HOLES;
	return MEMHP_REASON_UNKNOWN;
}

static enum memhp_reason reason_of_limit(const struct reason_facts *facts)
{
	if (!facts->was_going_offline)
		return facts->was_waiting ? MEMHP_REASON_LOCK_HELD : MEMHP_REASON_NONE;
	/* A driver may take long before it refuses, and cannot be interrupted meanwhile. */
	return log_of(facts) & LOG_NOTIFIER ? MEMHP_REASON_NOTIFIER : MEMHP_REASON_MIGRATION_FAILING;
}

/* A notifier's, or mm/hugetlb_vmemmap.c has no memory for the memory map of a huge page. */
static enum memhp_reason reason_of_no_memory(const struct reason_facts *facts)
{
	const unsigned int log = log_of(facts);

	if (log & LOG_HUGETLB)
		return MEMHP_REASON_HUGETLB;
	return !(log & LOG_NOTIFIER) && facts->action == MEMHP_ACTION_OFFLINE && has_pages_of(facts->pages, KIND(HUGE)) ?
	       MEMHP_REASON_HUGETLB : MEMHP_REASON_NOTIFIER;
}

enum memhp_reason reason_find(const struct reason_facts *facts)
{
	if (is_without_child(facts->has_no_child, facts->failed_to_open, facts->error))
		return MEMHP_REASON_NO_CHILD;
	if (facts->timed_out)
		return reason_of_limit(facts);
	switch (facts->error) {
	case 0:
		return MEMHP_REASON_NONE;
	case ENOENT:
	case ENODEV:
		/* A notifier may also return ENODEV, but then the block still exists; attempt.c
		 * checks that. */
		return MEMHP_REASON_VANISHED;
	case EROFS:
		return MEMHP_REASON_READ_ONLY;
	case EACCES:
		return MEMHP_REASON_NO_PERMISSION;
	case EPERM:
		if (facts->failed_to_open)
			return MEMHP_REASON_NO_PERMISSION;
		return facts->action == MEMHP_ACTION_OFFLINE && (facts->is_kept || log_of(facts) & LOG_BOOT_MEMORY) ?
		       MEMHP_REASON_OFFLINE_DISABLED : MEMHP_REASON_NOTIFIER;
	case EHWPOISON:
		return log_of(facts) & LOG_NOTIFIER ? MEMHP_REASON_NOTIFIER : MEMHP_REASON_HWPOISON;
	case EINVAL:
		return reason_of_invalid(facts);
	case EBUSY:
		return reason_of_busy(facts);
	case ENOMEM:
		if (facts->failed_to_open)
			return MEMHP_REASON_UNKNOWN;
		return reason_of_no_memory(facts);
	case EINTR:
		return log_of(facts) & LOG_NOTIFIER ? MEMHP_REASON_NOTIFIER : MEMHP_REASON_SIGNAL;
	default:
		/* The core of memory hotplug returns no other errno, and passes a notifier's on unchanged. */
		return facts->failed_to_open ? MEMHP_REASON_UNKNOWN : MEMHP_REASON_NOTIFIER;
	}
}

/* For a device whose blocks were all offline when its removal was requested. */
enum memhp_reason reason_of_removal(const struct removal_facts *facts)
{
	if (facts->has_crashed)
		return MEMHP_REASON_REMOVAL_FAILED;
	if (is_without_child(facts->has_no_child, facts->failed_to_open, facts->error))
		return MEMHP_REASON_NO_CHILD;
	if (facts->failed_to_open && facts->error == EROFS)
		return MEMHP_REASON_READ_ONLY;
	if (facts->failed_to_open && (facts->error == EACCES || facts->error == EPERM))
		return MEMHP_REASON_NO_PERMISSION;
	/* Another agent brought a block online: the kernel tries to take it offline again, or gave up. */
	if (facts->in_use == MEMHP_STATE_ONLINE)
		return MEMHP_REASON_RACED;
	if (facts->in_use == MEMHP_STATE_GOING_OFFLINE)
		return MEMHP_REASON_MIGRATION_FAILING;
	if (facts->end == REMOVAL_LATE || (facts->end == REMOVAL_STOPPED && facts->is_pending))
		return facts->was_waiting ? MEMHP_REASON_LOCK_HELD : MEMHP_REASON_NONE;
	return facts->end == REMOVAL_STOPPED ? MEMHP_REASON_NONE : MEMHP_REASON_REMOVAL_FAILED;
}

enum memhp_result result_of_removal(const struct removal_facts *facts)
{
	if (facts->is_pending)
		return MEMHP_RESULT_UNSETTLED;
	switch (facts->end) {
	case REMOVAL_LATE:
		return MEMHP_RESULT_TIMEOUT;
	case REMOVAL_STOPPED:
		return MEMHP_RESULT_INTERRUPTED;
	case REMOVAL_REFUSED:
		return MEMHP_RESULT_FAILED;
	}
	return MEMHP_RESULT_FAILED;
}
