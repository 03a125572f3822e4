/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes sure that only one memhp changes memory at a time: takes the lock, or waits for
 * its holder until a timeout or a signal. What is in the lock file is left to
 * lock-file.c, how signals arrive to signals.c.
 */
#include "guard.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "../../libmemhp/cleanup.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/shortage.h"
#include "../base/signals.h"

/* The holder of the lock, for messages: " (pid 123)", or "" if it is not known. */
#define HOLDER_SIZE 32
static void guard_name_holder(int lock, char ret[HOLDER_SIZE])
{
	const uint64_t pid = lock_file_holder(lock);

	ret[0] = '\0';
	if (pid)
		snprintf(ret, HOLDER_SIZE, " (pid %" PRIu64 ")", pid);
}

int guard_stopped(void)
{
	const int number = signals_take();

	error("stopped by signal %d", number);
	return EXIT_SIGNAL + number;
}

static int guard_wait(const struct globals *globals, const struct guard *guard, struct limit limit,
		      bool *is_announced)
{
	struct pollfd fd = { .fd = guard->stop_fd, .events = POLLIN };

	while (flock(guard->lock, LOCK_EX | LOCK_NB) < 0) {
		int code = errno;
		char holder[HOLDER_SIZE];

		if (code != EWOULDBLOCK && code != EINTR)
			return lock_file_error(globals, code);
		guard_name_holder(guard->lock, holder);
		if (!*is_announced)
			notice("waiting for another memhp%s", holder);
		*is_announced = true;
		if (limit_is_over(limit)) {
			error("timed out waiting for another memhp%s", holder);
			return EXIT_TIMEOUT;
		}
		if (poll(&fd, 1, 50) > 0)
			return guard_stopped();
	}
	return EXIT_DONE;
}

/* The file belongs to the holder of the lock: closes it without clearing it. */
static void guard_drop_lock(struct guard *guard)
{
	cleanup_close(&guard->lock);
	guard->lock = -1;
}

/* If the file was removed during the wait, waits again, for the new one. */
static int guard_take_lock(const struct globals *globals, struct limit limit, struct guard *guard)
{
	bool is_announced = false;

	for (;;) {
		int status = lock_file_open(globals, &guard->lock);

		if (status == EXIT_DONE && guard->lock >= 0)
			status = guard_wait(globals, guard, limit, &is_announced);
		if (status == EXIT_DONE && (guard->lock < 0 || lock_file_is_current(guard->lock)))
			return EXIT_DONE;
		guard_drop_lock(guard);
		if (status != EXIT_DONE)
			return status;
	}
}

/* The lock holds without it. */
static void guard_write_pid(const struct globals *globals, const struct guard *guard)
{
	int r = lock_file_write(guard->lock, (uint64_t)getpid(), &guard->left);

	if (r < 0)
		notice("%s/run/memhp.lock: cannot write the pid: %s; another memhp that waits will not name this one",
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
	if (status != EXIT_DONE || ret->lock < 0)
		return status;
	lock_file_read_left(ret->lock, &ret->left);
	for (size_t i = 0; i < ret->left.count; i++)
		notice("an earlier memhp left a write that has not ended (pid %" PRIu64 ")", ret->left.items[i].pid);
	guard_write_pid(globals, ret);
	return EXIT_DONE;
}

void guard_leave_writer(struct guard *guard, uint64_t pid)
{
	left_writes_add(&guard->left, pid);
}

/*
 * The lock file is not removed: two others could then lock two different files of the
 * same name.
 */
void guard_end(struct guard *guard)
{
	if (guard->lock >= 0)
		(void)lock_file_write(guard->lock, 0, &guard->left);
	guard_drop_lock(guard);
	guard->stop_fd = -1;
	guard->left.count = 0;
	signals_answer();
}
