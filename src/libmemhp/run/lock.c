/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lock that lets only one program change memory at a time: takes it, or waits for
 * its holder until a timeout or a stop. What is in the lock file is left to lock-file.c.
 * The functions that change memory do not take it; their callers do.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

#include "../sized.h"
#include "lock-file.h"

#define PATIENCE_MS 60000
/* How often to try again: flock(2) cannot wait for a descriptor as well. */
#define TRY_MS 50

DEFINE_CLEANUP(struct memhp_lock *, memhp_lock_free)

struct memhp_lock {
	int fd;                    /* -1: in name only */
	int error;                 /* errno of writing the pid, or 0 */
	struct left_writes left;   /* writes that this holder or an earlier one left behind */
};

/* A call that takes the lock. */
struct taking {
	const struct memhp *memhp;
	struct memhp_lock_options options;
	struct limit limit;
	uint64_t reported;         /* the holder that was last reported; 0: unknown */
	bool has_reported;
};

/* Reports a holder once, and again when another one has the lock. */
static void report_holder(struct taking *taking, uint64_t holder)
{
	if (taking->options.waiting && (!taking->has_reported || holder != taking->reported))
		taking->options.waiting(taking->options.data, holder);
	taking->has_reported = true;
	taking->reported = holder;
}

static int lock_wait(struct taking *taking, int fd)
{
	struct pollfd stop = { .fd = taking->options.stop_fd > 0 ? taking->options.stop_fd : -1, .events = POLLIN };

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return lock_file_fault(taking->memhp, errno, NULL);
		report_holder(taking, lock_file_holder(fd));
		if (taking->options.no_wait)
			return -EWOULDBLOCK;
		if (limit_is_over(taking->limit))
			return -ETIMEDOUT;
		if (poll(&stop, 1, limit_poll_ms(limit_earlier(limit_in(TRY_MS), taking->limit))) > 0)
			return -ECANCELED;
	}
	return 0;
}

/* If the file was removed during the wait, waits again, for the new one. */
static int lock_open(struct taking *taking, int *ret)
{
	for (;;) {
		cleanup(cleanup_close) int fd = -1;
		int r = lock_file_open(taking->memhp, &fd);

		if (r == 0 && fd >= 0)
			r = lock_wait(taking, fd);
		if (r < 0)
			return r;
		if (fd >= 0 && !lock_file_is_current(fd))
			continue;
		*ret = take_fd(&fd);
		return 0;
	}
}

static int options_take(const struct memhp_lock_options *callers, struct memhp_lock_options *ret)
{
	const int r = sized_take_optional(ret, sizeof(*ret), callers);

	if (r < 0)
		return r;
	return ret->stop_fd > 0 && fcntl(ret->stop_fd, F_GETFD) < 0 ? -EBADF : 0;
}

int memhp_lock_take(struct memhp *memhp, const struct memhp_lock_options *options, struct memhp_lock **ret)
{
	cleanup(cleanup_memhp_lock_free) struct memhp_lock *lock = calloc(1, sizeof(*lock));
	struct taking taking = { .memhp = memhp };
	int r = options_take(options, &taking.options);

	if (!lock)
		return -ENOMEM;
	lock->fd = -1;
	if (r < 0)
		return r;
	taking.limit = limit_in(taking.options.timeout_ms ? taking.options.timeout_ms : PATIENCE_MS);
	r = lock_open(&taking, &lock->fd);
	if (r < 0)
		return r;
	if (lock->fd >= 0) {
		lock_file_read_left(lock->fd, &lock->left);
		/* The lock holds without it. */
		lock->error = -lock_file_write(lock->fd, (uint64_t)getpid(), &lock->left);
	}
	*ret = take_ptr(lock);
	return 0;
}

int memhp_lock_error(const struct memhp_lock *lock)
{
	return -lock->error;
}

uint64_t memhp_lock_left_writer(const struct memhp_lock *lock, size_t index)
{
	return index < lock->left.count ? lock->left.items[index].pid : 0;
}

void memhp_lock_leave_writer(struct memhp_lock *lock, uint64_t pid)
{
	left_writes_add(&lock->left, pid);
}

/*
 * The lock file is not removed: two others could then lock two different files of the
 * same name.
 */
struct memhp_lock *memhp_lock_free(struct memhp_lock *lock)
{
	if (!lock)
		return NULL;
	if (lock->fd >= 0)
		(void)lock_file_write(lock->fd, 0, &lock->left);
	cleanup_close(&lock->fd);
	free(lock);
	return NULL;
}
