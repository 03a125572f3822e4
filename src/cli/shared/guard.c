/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes sure that only one memhp changes memory at a time: takes a lock file, or
 * waits for its holder until a timeout or a signal. How signals arrive is left to
 * base/signals.c.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/number.h"
#include "../base/message.h"
#include "../base/signals.h"

#define LOCK_NAME "memhp.lock"

/* Returns -1 if there is no place for a lock file. */
static int guard_open_lock(const struct globals *globals)
{
	const char *name = globals->sysroot ? globals->sysroot : "/";
	cleanup(cleanup_close) int root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup(cleanup_close) int run = openat(root, "run", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return run < 0 ? -1 : openat(run, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* The holder of the lock, for messages: " (pid 123)", or "" if it is not known. */
#define HOLDER_SIZE 32
static void guard_read_holder(int lock, char ret[HOLDER_SIZE])
{
	char text[32];
	uint64_t pid = 0;
	ssize_t length = pread(lock, text, sizeof(text), 0);

	if (length > 0)
		(void)number_parse(text, strnlen(text, (size_t)length) - (text[length - 1] == '\n'), 10, &pid);
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

static int guard_wait(struct guard *guard, struct limit limit)
{
	struct pollfd fd = { .fd = guard->stop_fd, .events = POLLIN };
	bool is_announced = false;

	while (flock(guard->lock, LOCK_EX | LOCK_NB) < 0) {
		int code = errno;
		char holder[HOLDER_SIZE];

		guard_read_holder(guard->lock, holder);
		if (code != EWOULDBLOCK && code != EINTR)
			return library_error("/run/" LOCK_NAME, -code);
		if (!is_announced)
			notice("waiting for another memhp%s", holder);
		is_announced = true;
		if (limit_is_over(limit)) {
			error("timed out waiting for another memhp%s", holder);
			return EXIT_TIMEOUT;
		}
		if (poll(&fd, 1, 50) > 0)
			return guard_stopped();
	}
	return EXIT_DONE;
}

int guard_begin(const struct globals *globals, struct limit limit, struct guard *ret)
{
	char text[32];
	int status;

	signals_hold();
	ret->stop_fd = signals_open();
	if (ret->stop_fd < 0)
		return library_error("signalfd", ret->stop_fd);
	/* Another part of the same command was stopped. */
	if (signals_first())
		return guard_stopped();
	ret->lock = guard_open_lock(globals);
	if (ret->lock < 0)
		return EXIT_DONE;
	status = guard_wait(ret, limit);
	if (status != EXIT_DONE) {
		/* The file belongs to the holder of the lock: close it without clearing it. */
		cleanup_close(&ret->lock);
		ret->lock = -1;
		return status;
	}
	snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(ret->lock, 0) == 0)
		(void)!pwrite(ret->lock, text, strlen(text), 0);
	return EXIT_DONE;
}

/*
 * The lock file is not removed: two others could then lock two different files of the
 * same name.
 */
void guard_end(struct guard *guard)
{
	if (guard->lock >= 0)
		(void)!ftruncate(guard->lock, 0);
	cleanup_close(&guard->lock);
	guard->lock = guard->stop_fd = -1;
	signals_answer();
}
