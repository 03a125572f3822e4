/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As test-hostile.c: the words of enums, the lock, the monitor, and what a context is
 * asked. What they do otherwise is in the tests of their rooms.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "objects.h"

/* The name of the check is the call itself. */
#define HOLDS(...) ok(__VA_ARGS__, "%s", #__VA_ARGS__)
#define FAILS(call, error) is_int(call, -(error), "%s", #call)

#define PATIENCE_MS 60000
/* A structure that a newer caller has: with bytes that this library does not know. */
#define MORE 24

/* Values of an enum that it does not have. */
static const int wrong[] = { -1, INT_MIN, INT_MAX, 1000, 1 << 24 };

static void test_words(int value)
{
	HOLDS(!memhp_absence_name((enum memhp_absence)value));
	HOLDS(!memhp_action_name((enum memhp_action)value));
	HOLDS(!memhp_device_name((enum memhp_device)value));
	HOLDS(!memhp_event_type_name((enum memhp_event_type)value));
	HOLDS(!memhp_hearing_name((enum memhp_hearing)value));
	HOLDS(!memhp_kind_name((enum memhp_kind)value));
	HOLDS(!memhp_offlinable_name((enum memhp_offlinable)value));
	HOLDS(!memhp_pass_name((enum memhp_pass)value));
	HOLDS(!memhp_target_name((enum memhp_target)value));
	HOLDS(!memhp_why_name((enum memhp_why)value));
}

/* One after the last value is none either. */
static void test_ends_of_words(void)
{
	HOLDS(!memhp_absence_name(MEMHP_ABSENCE_UNKNOWN) && !memhp_absence_name(MEMHP_ABSENCE_NOT_PLUGGED + 1));
	HOLDS(!memhp_event_type_name(0) && !memhp_event_type_name(MEMHP_EVENT_LOST + 1));
	HOLDS(!memhp_hearing_name(MEMHP_HEARING_UDEV + 1));
	HOLDS(!memhp_offlinable_name(MEMHP_OFFLINABLE_UNKNOWN) && !memhp_offlinable_name(MEMHP_OFFLINABLE_YES + 1));
	HOLDS(!memhp_why_name(MEMHP_WHY_UNKNOWN) && !memhp_why_name(MEMHP_WHY_HVO + 1));
}

static void test_context(struct objects *o)
{
	static const unsigned int threads[] = { 1, UINT_MAX, INT_MAX, 0 };

	is_str(memhp_version(), MEMHP_VERSION, "memhp_version()");
	HOLDS(memhp_probe_unsettled_pid(o->memhp) == 0);
	FAILS(memhp_probe(o->memhp, 1, 0, -1, 0), EOPNOTSUPP);
	HOLDS(memhp_probe_unsettled_pid(o->memhp) == 0);
	for (size_t i = 0; i < TAP_COUNT(threads); i++) {
		struct memhp_snapshot *snapshot = NULL;

		memhp_set_threads(o->memhp, threads[i]);
		is_int(memhp_snapshot_take(o->memhp, MEMHP_ATTR_STATE, &snapshot), 0, "%u threads", threads[i]);
		HOLDS(!memhp_snapshot_free(snapshot));
	}
}

/* Lock -------------------------------------------------------------------------------- */

static int closed_descriptor(void)
{
	const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* Without calling anyone, and without a lock. */
static void test_lock_options(struct objects *o)
{
	struct {
		struct memhp_lock_options options;
		unsigned char more[MORE];
	} newer = { .options.size = sizeof(newer) };
	struct memhp_lock_options options = { 0 };
	struct memhp_lock *lock = NULL;

	FAILS(memhp_lock_take(o->memhp, &options, &lock), EINVAL);
	options.size = sizeof(options.size) - 1;
	FAILS(memhp_lock_take(o->memhp, &options, &lock), EINVAL);
	options.size = SIZE_MOST + 1;
	FAILS(memhp_lock_take(o->memhp, &options, &lock), E2BIG);
	newer.more[MORE - 1] = 1;
	FAILS(memhp_lock_take(o->memhp, &newer.options, &lock), E2BIG);
	options = (struct memhp_lock_options){ .size = sizeof(options), .stop_fd = closed_descriptor() };
	FAILS(memhp_lock_take(o->memhp, &options, &lock), EBADF);
	options.stop_fd = INT_MAX;
	FAILS(memhp_lock_take(o->memhp, &options, &lock), EBADF);
	HOLDS(!lock);
	options.stop_fd = INT_MIN;
	FAILS(memhp_lock_take(o->memhp, &options, &lock), 0);
	HOLDS(!memhp_lock_free(lock) && !memhp_lock_free(NULL));
}

static void test_lock_turns(struct objects *o)
{
	const struct memhp_lock_options no_wait = { .size = sizeof(no_wait), .timeout_ms = UINT64_MAX, .no_wait = true };
	const struct memhp_lock_options shortly = { .size = sizeof(shortly), .timeout_ms = 1 };
	struct memhp_lock *lock = NULL, *second = NULL;

	FAILS(memhp_lock_take(o->memhp, NULL, &lock), 0);
	FAILS(memhp_lock_take(o->memhp, &no_wait, &second), EWOULDBLOCK);
	FAILS(memhp_lock_take(o->memhp, &no_wait, &second), EWOULDBLOCK);
	FAILS(memhp_lock_take(o->memhp, &shortly, &second), ETIMEDOUT);
	HOLDS(!second);
	HOLDS(memhp_lock_error(lock) == 0);
	HOLDS(!memhp_lock_free(lock));
	FAILS(memhp_lock_take(o->memhp, &no_wait, &second), 0);
	HOLDS(!memhp_lock_free(second));
}

/* The highest pid that a kernel can have is 2^22. */
static void test_writers(struct objects *o)
{
	static const uint64_t nobody[] = { 0, UINT64_MAX, UINT32_MAX, INT64_MAX, (1 << 22) + 1 };
	struct memhp_lock *lock = NULL;

	FAILS(memhp_lock_take(o->memhp, NULL, &lock), 0);
	for (size_t i = 0; i < TAP_COUNT(nobody); i++) {
		memhp_lock_leave_writer(lock, nobody[i]);
		is_number(memhp_lock_left_writer(lock, 0), 0, "no process has that number");
	}
	for (int i = 0; i < 20; i++)
		memhp_lock_leave_writer(lock, (uint64_t)getpid());
	HOLDS(memhp_lock_left_writer(lock, 0) == (uint64_t)getpid());
	HOLDS(memhp_lock_left_writer(lock, 1) == 0 && memhp_lock_left_writer(lock, SIZE_MAX) == 0);
	HOLDS(memhp_lock_left_writer(lock, SIZE_MAX / sizeof(uint64_t)) == 0);
	HOLDS(!memhp_lock_free(lock));
	FAILS(memhp_lock_take(o->memhp, NULL, &lock), 0);
	is_number(memhp_lock_left_writer(lock, 0), (uint64_t)getpid(), "the one that lives was left, once");
	HOLDS(memhp_lock_left_writer(lock, 1) == 0);
	HOLDS(!memhp_lock_free(lock));
}

/* The file has what no lock has written. */
static void test_lock_file(struct objects *o)
{
	static char large[100000];
	static const char *const texts[] = {
		"", "\n", "-1\n", "18446744073709551616\n", "writer\nwriter \nwriter  \nwriter 1\nwriter 1 \nwriter x y\n",
		"writer 0 0\nwriter 18446744073709551615 1\nwriter -1 -1\n", "writer 1 18446744073709551616\n", large,
	};

	memset(large, '7', sizeof(large) - 1);
	for (size_t i = 0; i < TAP_COUNT(texts); i++) {
		struct memhp_lock *lock = NULL;

		tree_text(o->tree, texts[i], "run/memhp.lock");
		is_int(memhp_lock_take(o->memhp, NULL, &lock), 0, "a file with text %zu", i);
		is_number(memhp_lock_left_writer(lock, 0), 0, "nothing was left by text %zu", i);
		HOLDS(!memhp_lock_free(lock));
	}
	tree_remove(o->tree, "run/memhp.lock");
}

/* Monitor ------------------------------------------------------------------------------- */

static void test_monitor_options(struct objects *o)
{
	static const unsigned int unknown[] = { MEMHP_ATTR_HOLES << 1, 1U << 31, UINT_MAX };
	struct {
		struct memhp_monitor_options options;
		unsigned char more[MORE];
	} newer = { .options.size = sizeof(newer) };
	struct memhp_monitor_options options = { 0 };
	struct memhp_monitor *monitor = NULL;

	FAILS(memhp_monitor_new(o->memhp, &options, &monitor), EINVAL);
	options.size = SIZE_MOST + 1;
	FAILS(memhp_monitor_new(o->memhp, &options, &monitor), E2BIG);
	newer.more[0] = 1;
	FAILS(memhp_monitor_new(o->memhp, &newer.options, &monitor), E2BIG);
	options.size = sizeof(options);
	for (size_t i = 0; i < TAP_COUNT(unknown); i++) {
		options.attrs = unknown[i];
		FAILS(memhp_monitor_new(o->memhp, &options, &monitor), EINVAL);
	}
	options.attrs = 0;
	options.buffer_size = UINT_MAX;
	FAILS(memhp_monitor_new(o->memhp, &options, &monitor), EINVAL);
	HOLDS(!monitor && !memhp_monitor_free(NULL));
	options.buffer_size = 1;
	options.settle_ms = options.interval_ms = UINT64_MAX;
	FAILS(memhp_monitor_new(o->memhp, &options, &monitor), 0);
	HOLDS(!memhp_monitor_free(monitor));
}

/* Until there is an event, or many calls that say that there is none. */
static int next_of(struct memhp_monitor *monitor, int calls, const struct memhp_event **ret)
{
	struct pollfd ready = { .fd = memhp_monitor_fd(monitor), .events = POLLIN };
	int r = 0;

	for (int i = 0; i < calls && r == 0; i++)
		r = poll(&ready, 1, PATIENCE_MS) == 1 ? memhp_monitor_next(monitor, ret) : -ETIMEDOUT;
	return r;
}

static void test_monitor(struct objects *o)
{
	const struct memhp_monitor_options options = { .size = sizeof(options), .interval_ms = 1 };
	const struct memhp_event *event = NULL;
	struct memhp_monitor *monitor = NULL;

	FAILS(memhp_monitor_new(o->memhp, NULL, &monitor), 0);
	HOLDS(memhp_snapshot_count(memhp_monitor_snapshot(monitor)) == 1 && memhp_monitor_fd(monitor) >= 0);
	HOLDS(memhp_monitor_hearing(monitor) == MEMHP_HEARING_NONE && memhp_monitor_pending(monitor) == 0);
	for (int i = 0; i < 3; i++)
		FAILS(memhp_monitor_next(monitor, &event), 0);
	HOLDS(!memhp_monitor_free(monitor));
	FAILS(memhp_monitor_new(o->memhp, &options, &monitor), 0);
	is_int(next_of(monitor, 50, &event), 0, "no event without a change, however often it is asked");
	HOLDS(!event);
	tree_remove(o->tree, TREE_MEMORY "/memory0");
	is_int(next_of(monitor, 50, &event), 1, "the only block is removed");
	HOLDS(event && event->type == MEMHP_EVENT_REMOVED && memhp_block_id(event->block) == 0);
	HOLDS(event && memhp_block_id(event->before) == 0);
	event = NULL;
	tree_remove(o->tree, "sys");
	is_int(next_of(monitor, 50, &event), -EOPNOTSUPP, "the tree vanishes");
	for (int i = 0; i < 3; i++)
		is_int(next_of(monitor, 50, &event), -EOPNOTSUPP, "each call says so");
	HOLDS(!event && memhp_monitor_pending(monitor) == 0);
	HOLDS(!memhp_monitor_free(monitor));
	FAILS(memhp_monitor_new(o->memhp, &options, &monitor), EOPNOTSUPP);
}

int main(void)
{
	struct objects objects;

	objects_open(&objects);
	tree_dir(objects.tree, "run");
	for (size_t i = 0; i < TAP_COUNT(wrong); i++) {
		diagnose("value %d", wrong[i]);
		test_words(wrong[i]);
	}
	test_ends_of_words();
	test_context(&objects);
	test_lock_options(&objects);
	test_lock_turns(&objects);
	test_writers(&objects);
	test_lock_file(&objects);
	test_monitor_options(&objects);
	test_monitor(&objects);
	objects_close(&objects);
	return tap_done();
}
