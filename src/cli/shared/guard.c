/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes sure that only one memhp changes memory at a time: takes the library's lock, and
 * says for whom it waits and why it cannot have it. How signals arrive is left to
 * signals.c.
 */
#include "guard.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/shortage.h"
#include "../base/signals.h"

#define LOCK_FILE "/run/memhp.lock"

DEFINE_CLEANUP(struct memhp *, memhp_free)

/* What the library reports while it takes the lock. */
struct telling {
	char holder[32];           /* for messages: " (pid 123)", or "" if it is not known */
	bool is_announced;
	char fault[64];            /* what is wrong with the lock file, or "" */
};

int guard_stopped(void)
{
	const int number = signals_take();

	error("stopped by signal %d", number);
	return EXIT_SIGNAL + number;
}

static void guard_tell_wait(void *data, uint64_t pid)
{
	struct telling *telling = data;

	telling->holder[0] = '\0';
	if (pid)
		snprintf(telling->holder, sizeof(telling->holder), " (pid %" PRIu64 ")", pid);
	if (!telling->is_announced)
		notice("waiting for another memhp%s", telling->holder);
	telling->is_announced = true;
}

static void guard_note_fault(void *data, const char *path, int code, const char *text)
{
	struct telling *telling = data;

	(void)path;
	(void)code;
	snprintf(telling->fault, sizeof(telling->fault), "%s", text ? text : "");
}

static int guard_refused(const struct globals *globals, const struct telling *telling, int code)
{
	const char *root = machine_root(globals);

	if (code == ENOMEM)
		return library_error("lock", -code);
	if (code == EACCES || code == EPERM)
		message_set_reason(memhp_reason_name(MEMHP_REASON_NO_PERMISSION));
	if (code == EROFS)
		message_set_reason(memhp_reason_name(MEMHP_REASON_READ_ONLY));
	if (*telling->fault)
		error("%s" LOCK_FILE ": cannot take the lock: %s", root, telling->fault);
	else
		error("%s" LOCK_FILE ": cannot take the lock: %s%s", root, strerror(code), permission_advice(code));
	return EXIT_FAILED;
}

/* With a context of its own: commands open the machine when they have the lock. */
static int guard_take_lock(const struct globals *globals, struct limit limit, struct guard *guard)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	struct telling telling = { 0 };
	const uint64_t left_ms = limit_left_ms(limit);
	const struct memhp_lock_options options = {
		.size = sizeof(options), .timeout_ms = left_ms ? left_ms : 1, .stop_fd = guard->stop_fd,
		.waiting = guard_tell_wait, .data = &telling,
	};
	int r = machine_open(globals, &memhp);

	if (r != EXIT_DONE)
		return r;
	memhp_set_fault_handler(memhp, guard_note_fault, &telling);
	r = memhp_lock_take(memhp, &options, &guard->lock);
	if (r == -ECANCELED)
		return guard_stopped();
	if (r == -ETIMEDOUT) {
		error("timed out waiting for another memhp%s", telling.holder);
		return EXIT_TIMEOUT;
	}
	return r < 0 ? guard_refused(globals, &telling, -r) : EXIT_DONE;
}

/* What the holder of the lock should know. */
static void guard_tell_lock(const struct globals *globals, const struct memhp_lock *lock)
{
	const int r = memhp_lock_error(lock);
	uint64_t pid;

	for (size_t i = 0; (pid = memhp_lock_left_writer(lock, i)); i++)
		notice("an earlier memhp left a write that has not ended (pid %" PRIu64 ")", pid);
	if (r < 0)
		notice("%s" LOCK_FILE ": cannot write the pid: %s; another memhp that waits will not name this one",
		       machine_root(globals), strerror(-r));
}

int guard_begin(const struct globals *globals, struct limit limit, struct guard *ret)
{
	int status;

	signals_hold();
	ret->stop_fd = signals_open();
	if (ret->stop_fd < 0)
		return library_error("signalfd", ret->stop_fd);
	/* Another part of the same command was stopped. */
	if (signals_first())
		return guard_stopped();
	/* A part of the request may have been lost. */
	if (shortage_was_noted())
		return EXIT_FAILED;
	status = guard_take_lock(globals, limit, ret);
	if (status == EXIT_DONE)
		guard_tell_lock(globals, ret->lock);
	return status;
}

void guard_leave_writer(struct guard *guard, uint64_t pid)
{
	memhp_lock_leave_writer(guard->lock, pid);
}

void guard_end(struct guard *guard)
{
	guard->lock = memhp_lock_free(guard->lock);
	guard->stop_fd = -1;
	signals_answer();
}
