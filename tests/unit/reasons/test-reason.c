/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reasons: from errno and circumstances to one stable word, each row of the
 * contract's table, and which goes first where two hold. What the kernel log says
 * is test-kernel-log.c's.
 */
#include <errno.h>
#include <string.h>

#include "../../../src/libmemhp/reasons/reasons.h"
#include "../tap.h"

#define ON MEMHP_ACTION_ONLINE
#define OFF MEMHP_ACTION_OFFLINE
#define REASON(word) MEMHP_REASON_ ## word
/* An errno of the kernel that has leaked: ERESTARTSYS */
#define ELEAKED 512

/* What the log says of the block, and what it says of no block. */
#define LOG(bits) &(const struct log_evidence){ .is_heard = true, .facts = (bits) }
#define NOTICE(more) &(const struct log_evidence){ .is_heard = true, .notices = (more) }
#define LOGS(bits, more) &(const struct log_evidence){ .is_heard = true, .facts = (bits), .notices = (more) }
#define PAGES(kind, number) &(const struct memhp_pages){ .is_read = true, .counts[MEMHP_PAGE_ ## kind] = (number) }
#define NORMAL .zone = MEMHP_ZONE_NORMAL
#define MOVABLE .zone = MEMHP_ZONE_MOVABLE

static const struct {
	const char *name;
	struct reason_facts facts;
	enum memhp_reason reason;
} cases[] = {
	{ "no error", { .action = OFF }, REASON(NONE) },
	/* several zones, holes */
	{ "EINVAL, zone none", { .action = OFF, .error = EINVAL, .zone = MEMHP_ZONE_NONE }, REASON(SEVERAL_ZONES) },
	{ "EINVAL, zone none and holes", { .action = OFF, .error = EINVAL, .zone = MEMHP_ZONE_NONE, .has_holes = 1 },
	  REASON(SEVERAL_ZONES) },
	{ "EINVAL, multizone range", { .action = OFF, .error = EINVAL, .zone = MEMHP_ZONE_NORMAL, .log = LOG(LOG_ZONES) },
	  REASON(SEVERAL_ZONES) },
	{ "EINVAL, holes", { .action = OFF, .error = EINVAL, .zone = MEMHP_ZONE_MOVABLE, .has_holes = 1 },
	  REASON(MEMORY_HOLES) },
	{ "EINVAL, holes by the log", { .action = OFF, .error = EINVAL, .has_holes = -1, .log = LOG(LOG_HOLES) },
	  REASON(MEMORY_HOLES) },
	{ "EINVAL, nothing known", { .action = OFF, .error = EINVAL, .has_holes = -1 }, REASON(UNKNOWN) },
	{ "EINVAL, no holes", { .action = OFF, .error = EINVAL, .zone = MEMHP_ZONE_NORMAL }, REASON(UNKNOWN) },
	{ "EINVAL of a notifier", { .action = OFF, .error = EINVAL, .log = LOG(LOG_NOTIFIER) }, REASON(NOTIFIER) },
	{ "EINVAL, online", { .action = ON, .error = EINVAL }, REASON(UNKNOWN) },
	/* busy */
	{ "EBUSY, unmovable", { .action = OFF, .error = EBUSY, .log = LOG(LOG_UNMOVABLE) }, REASON(UNMOVABLE_PAGES) },
	{ "EBUSY, unmovable, cannot be isolated",
	  { .action = OFF, .error = EBUSY, .log = LOG(LOG_UNMOVABLE | LOG_ISOLATION) }, REASON(UNMOVABLE_PAGES) },
	{ "EBUSY, cannot be isolated", { .action = OFF, .error = EBUSY, .log = LOG(LOG_ISOLATION) },
	  REASON(ISOLATION_FAILED) },
	{ "EBUSY, huge pages", { .action = OFF, .error = EBUSY, .log = LOG(LOG_HUGETLB) }, REASON(HUGETLB) },
	{ "EBUSY of a notifier", { .action = OFF, .error = EBUSY, .log = LOG(LOG_NOTIFIER) }, REASON(NOTIFIER) },
	{ "EBUSY, pages of the kernel seen", { .action = OFF, .error = EBUSY, NORMAL, .pages = PAGES(SLAB, 3) },
	  REASON(UNMOVABLE_PAGES) },
	{ "EBUSY, cannot be isolated, pages of the kernel seen",
	  { .action = OFF, .error = EBUSY, NORMAL, .pages = PAGES(SLAB, 3), .log = LOG(LOG_ISOLATION) }, REASON(UNMOVABLE_PAGES) },
	{ "EBUSY of a notifier, pages of the kernel seen",
	  { .action = OFF, .error = EBUSY, NORMAL, .pages = PAGES(SLAB, 3), .log = LOG(LOG_NOTIFIER) }, REASON(NOTIFIER) },
	/* reserved pages: by the log, or by the pages */
	{ "EBUSY, a reserved page", { .action = OFF, .error = EBUSY, NORMAL, .log = LOG(LOG_RESERVED) },
	  REASON(RESERVED_PAGES) },
	{ "EBUSY, reserved pages seen", { .action = OFF, .error = EBUSY, MOVABLE, .pages = PAGES(RESERVED, 1) },
	  REASON(RESERVED_PAGES) },
	{ "EBUSY, a page of the kernel's, reserved ones seen",
	  { .action = OFF, .error = EBUSY, NORMAL, .log = LOG(LOG_UNMOVABLE), .pages = PAGES(RESERVED, 1) },
	  REASON(RESERVED_PAGES) },
	/* pages decide where the log does not */
	{ "EBUSY, huge pages seen", { .action = OFF, .error = EBUSY, MOVABLE, .pages = PAGES(HUGE, 20480) }, REASON(HUGETLB) },
	{ "EBUSY, huge pages seen, one was being migrated",
	  { .action = OFF, .error = EBUSY, MOVABLE, .log = LOG(LOG_MIGRATION | LOG_HELD), .pages = PAGES(HUGE, 512) },
	  REASON(HUGETLB) },
	{ "EBUSY, huge pages seen, but not isolated",
	  { .action = OFF, .error = EBUSY, MOVABLE, .log = LOG(LOG_ISOLATION), .pages = PAGES(HUGE, 512) },
	  REASON(ISOLATION_FAILED) },
	{ "EBUSY, part of a huge page, not isolated",
	  { .action = OFF, .error = EBUSY, MOVABLE, .log = LOG(LOG_ISOLATION), .pages = PAGES(HUGE, 32768), .is_in_huge_page = true },
	  REASON(HUGETLB) },
	{ "ENOMEM, huge pages seen", { .action = OFF, .error = ENOMEM, MOVABLE, .pages = PAGES(HUGE, 512) }, REASON(HUGETLB) },
	{ "ENOMEM of a notifier, huge pages seen",
	  { .action = OFF, .error = ENOMEM, MOVABLE, .log = NOTICE(LOG_NOTIFIER), .pages = PAGES(HUGE, 512) }, REASON(NOTIFIER) },
	{ "EBUSY, a driver keeps pages", { .action = OFF, .error = EBUSY, MOVABLE, .pages = PAGES(DRIVER, 4) },
	  REASON(UNMOVABLE_PAGES) },
	{ "EBUSY, a driver keeps a page, says the log", { .action = OFF, .error = EBUSY, MOVABLE, .log = LOG(LOG_KEPT) },
	  REASON(UNMOVABLE_PAGES) },
	{ "EBUSY, pages in transition in Movable", { .action = OFF, .error = EBUSY, MOVABLE, .pages = PAGES(SLAB, 4) },
	  REASON(UNKNOWN) },
	{ "EBUSY after a migration: it was isolated",
	  { .action = OFF, .error = EBUSY, NORMAL, .log = LOG(LOG_MIGRATION), .pages = PAGES(SLAB, 4) }, REASON(UNKNOWN) },
	{ "EBUSY after a page was in use: so are others", { .action = OFF, .error = EBUSY, MOVABLE, .log = LOG(LOG_BUSY_PAGE) },
	  REASON(ISOLATION_FAILED) },
	{ "EBUSY after a page was in use, huge pages seen",
	  { .action = OFF, .error = EBUSY, MOVABLE, .log = LOG(LOG_BUSY_PAGE), .pages = PAGES(HUGE, 512) }, REASON(HUGETLB) },
	{ "EBUSY, several kinds: what is reserved stays",
	  { .action = OFF, .error = EBUSY, NORMAL, .pages = &(const struct memhp_pages){ .is_read = true,
	    .counts = { [MEMHP_PAGE_RESERVED] = 1, [MEMHP_PAGE_SLAB] = 9, [MEMHP_PAGE_HUGE] = 512 } } }, REASON(RESERVED_PAGES) },
	/* lines that name no block */
	{ "EBUSY, another's page was described, this is isolated",
	  { .action = OFF, .error = EBUSY, MOVABLE, .log = LOGS(LOG_ISOLATION, LOG_UNMOVABLE) }, REASON(ISOLATION_FAILED) },
	{ "EBUSY, a page was described, of which block is not known",
	  { .action = OFF, .error = EBUSY, NORMAL, .log = NOTICE(LOG_UNMOVABLE) }, REASON(UNMOVABLE_PAGES) },
	{ "EBUSY, another's notifier, this has huge pages by the log",
	  { .action = OFF, .error = EBUSY, MOVABLE, .log = LOGS(LOG_HUGETLB, LOG_NOTIFIER) }, REASON(HUGETLB) },
	{ "EBUSY, no log", { .action = OFF, .error = EBUSY }, REASON(UNKNOWN) },
	{ "EBUSY, online: nothing is isolated then", { .action = ON, .error = EBUSY }, REASON(NOTIFIER) },
	{ "ENOMEM, huge pages", { .action = OFF, .error = ENOMEM, .log = LOG(LOG_HUGETLB) }, REASON(HUGETLB) },
	{ "ENOMEM", { .action = OFF, .error = ENOMEM }, REASON(NOTIFIER) },
	{ "ENOMEM, online", { .action = ON, .error = ENOMEM }, REASON(NOTIFIER) },
	/* limits: whatever the errno of the killed write */
	{ "limit, going-offline", { .action = OFF, .error = EINTR, .timed_out = true, .was_going_offline = true },
	  REASON(MIGRATION_FAILING) },
	{ "limit, going-offline, migration fails",
	  { .action = OFF, .error = EINTR, .timed_out = true, .was_going_offline = true, .log = LOG(LOG_MIGRATION) },
	  REASON(MIGRATION_FAILING) },
	{ "limit, going-offline, a driver thinks about it and refuses",
	  { .action = OFF, .error = EINTR, .timed_out = true, .was_going_offline = true, .log = LOG(LOG_NOTIFIER | LOG_MIGRATION) },
	  REASON(NOTIFIER) },
	{ "limit, never going-offline, another's notifier",
	  { .action = OFF, .error = EINTR, .timed_out = true, .was_waiting = true, .log = LOG(LOG_NOTIFIER) },
	  REASON(LOCK_HELD) },
	{ "limit, never going-offline", { .action = OFF, .error = EINTR, .timed_out = true, .was_waiting = true },
	  REASON(LOCK_HELD) },
	{ "limit, online", { .action = ON, .error = EINTR, .timed_out = true, .was_waiting = true }, REASON(LOCK_HELD) },
	{ "limit, before anybody looked", { .action = OFF, .error = EINTR, .timed_out = true }, REASON(NONE) },
	{ "EINTR without a limit", { .action = OFF, .error = EINTR }, REASON(SIGNAL) },
	{ "EINTR, signal backoff", { .action = OFF, .error = EINTR, .log = LOG(LOG_SIGNAL) }, REASON(SIGNAL) },
	{ "EINTR, signal backoff, another's notifier",
	  { .action = OFF, .error = EINTR, .log = LOGS(LOG_SIGNAL, LOG_NOTIFIER) }, REASON(SIGNAL) },
	{ "EINTR of a notifier", { .action = OFF, .error = EINTR, .log = LOG(LOG_NOTIFIER) }, REASON(NOTIFIER) },
	/* vetoes */
	{ "EPERM", { .action = OFF, .error = EPERM }, REASON(NOTIFIER) },
	{ "EPERM, online", { .action = ON, .error = EPERM }, REASON(NOTIFIER) },
	{ "EPERM, online as virtio-mem says", { .action = ON, .error = EPERM, .log = LOG(LOG_NOTIFIER) }, REASON(NOTIFIER) },
	{ "EPERM, memory that is kept", { .action = OFF, .error = EPERM, .is_kept = true }, REASON(OFFLINE_DISABLED) },
	{ "EPERM, memory that is kept, and a notifier",
	  { .action = OFF, .error = EPERM, .is_kept = true, .log = LOG(LOG_NOTIFIER) }, REASON(OFFLINE_DISABLED) },
	{ "EPERM, the log speaks of boot memory", { .action = OFF, .error = EPERM, .log = LOG(LOG_BOOT_MEMORY) },
	  REASON(OFFLINE_DISABLED) },
	{ "EPERM, onlining memory that is kept", { .action = ON, .error = EPERM, .is_kept = true }, REASON(NOTIFIER) },
	{ "EAGAIN", { .action = OFF, .error = EAGAIN }, REASON(NOTIFIER) },
	{ "EIO", { .action = OFF, .error = EIO }, REASON(NOTIFIER) },
	{ "EIO, online", { .action = ON, .error = EIO }, REASON(NOTIFIER) },
	{ "EOPNOTSUPP", { .action = OFF, .error = EOPNOTSUPP }, REASON(NOTIFIER) },
	{ "512", { .action = OFF, .error = ELEAKED }, REASON(NOTIFIER) },
	{ "EHWPOISON", { .action = ON, .error = EHWPOISON }, REASON(HWPOISON) },
	{ "EHWPOISON, offline", { .action = OFF, .error = EHWPOISON }, REASON(HWPOISON) },
	/* opening the file */
	{ "EACCES", { .action = OFF, .error = EACCES, .failed_to_open = true }, REASON(NO_PERMISSION) },
	{ "EPERM on open", { .action = ON, .error = EPERM, .failed_to_open = true }, REASON(NO_PERMISSION) },
	{ "EPERM on open, memory that is kept",
	  { .action = OFF, .error = EPERM, .failed_to_open = true, .is_kept = true }, REASON(NO_PERMISSION) },
	{ "EROFS", { .action = OFF, .error = EROFS, .failed_to_open = true }, REASON(READ_ONLY) },
	{ "ENOENT on open", { .action = OFF, .error = ENOENT, .failed_to_open = true }, REASON(VANISHED) },
	{ "ENODEV on open", { .action = OFF, .error = ENODEV, .failed_to_open = true }, REASON(VANISHED) },
	{ "ENODEV", { .action = OFF, .error = ENODEV }, REASON(VANISHED) },
	{ "EMFILE on open", { .action = OFF, .error = EMFILE, .failed_to_open = true }, REASON(NO_CHILD) },
	{ "no process", { .action = OFF, .error = EAGAIN, .has_no_child = true }, REASON(NO_CHILD) },
	{ "no descriptor for one", { .action = ON, .error = EMFILE, .has_no_child = true }, REASON(NO_CHILD) },
	{ "a filter forbids it", { .action = ON, .error = EPERM, .has_no_child = true }, REASON(NO_CHILD) },
};

static const struct {
	enum memhp_reason reason;
	const char *word;
} words[] = {
	{ REASON(SEVERAL_ZONES), "several-zones" }, { REASON(MEMORY_HOLES), "memory-holes" },
	{ REASON(UNMOVABLE_PAGES), "unmovable-pages" }, { REASON(ISOLATION_FAILED), "isolation-failed" },
	{ REASON(MIGRATION_FAILING), "migration-failing" }, { REASON(LOCK_HELD), "lock-held" }, { REASON(NO_CHILD), "no-child" },
	{ REASON(NOTIFIER), "notifier" }, { REASON(HUGETLB), "hugetlb" }, { REASON(HWPOISON), "hwpoison" },
	{ REASON(OFFLINE_DISABLED), "offline-disabled" }, { REASON(NO_PERMISSION), "no-permission" },
	{ REASON(READ_ONLY), "read-only" }, { REASON(VANISHED), "vanished" }, { REASON(RACED), "raced" },
	{ REASON(WRONG_ZONE), "wrong-zone" }, { REASON(RATIO), "ratio" }, { REASON(NO_ROOM), "no-room" },
	{ REASON(UNKNOWN), "unknown" }, { REASON(DEVICE_IN_USE), "device-in-use" },
	{ REASON(REMOVAL_FAILED), "removal-failed" }, { REASON(RESERVED_PAGES), "reserved-pages" },
	{ REASON(SIGNAL), "signal" },
};

/* The only ones that are worth another try. */
static const int temporary[] = { EBUSY, EAGAIN, ENOMEM, EINTR };

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(cases); i++)
		is_str(memhp_reason_name(reason_find(&cases[i].facts)), memhp_reason_name(cases[i].reason), "%s",
		       cases[i].name);
	for (size_t i = 0; i < TAP_COUNT(words); i++)
		is_str(memhp_reason_name(words[i].reason), words[i].word, "the word %s", words[i].word);
	is_str(memhp_reason_name(MEMHP_REASON_NONE), NULL, "no word for no reason");
	for (int error = 0; error <= ELEAKED; error++) {
		bool is_listed = false;

		for (size_t i = 0; i < TAP_COUNT(temporary); i++)
			is_listed |= error == temporary[i];
		if (error_is_temporary(error) != is_listed)
			ok(false, "errno %d is temporary: %d", error, !is_listed);
	}
	ok(true, "errnos that are temporary");
	return tap_done();
}
