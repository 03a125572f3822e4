/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which stop requests count: those close to the first are one with it, also where nobody
 * looked for a while. Time passes by moving the noted times back.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/libmemhp/run/stop.h"
#include "../tap.h"

static int asked[2];

static void ask(void)
{
	if (write(asked[1], "!", 1) != 1)
		bail_out("write: %s", strerror(errno));
}

static void take(void *data)
{
	char byte;

	(void)data;
	if (read(asked[0], &byte, 1) != 1)
		bail_out("read: %s", strerror(errno));
}

static struct stop stop_asked_once(void)
{
	struct stop stop = { .fd = asked[0], .noted = take };

	stop_look(&stop);
	is_int(stop.count, 0, "no request");
	ask();
	stop_look(&stop);
	is_int(stop.count, 1, "the first request counts");
	return stop;
}

static void pass(struct stop *stop, uint64_t ms)
{
	stop->first_ms -= ms;
	stop->quiet_ms -= ms;
}

static void test_together(void)
{
	struct stop stop = stop_asked_once();

	ask();
	stop_look(&stop);
	is_int(stop.count, 1, "one right after it is the same stop");
	pass(&stop, STOP_SAME_MS / 2);
	stop_look(&stop);
	ask();
	stop_look(&stop);
	is_int(stop.count, 1, "so is one after half of the time");
}

static void test_apart(void)
{
	struct stop stop = stop_asked_once();

	pass(&stop, STOP_SAME_MS);
	stop_look(&stop);
	is_int(stop.count, 1, "time alone counts nothing");
	ask();
	stop_look(&stop);
	is_int(stop.count, 2, "a later request is the second");
	ask();
	stop_look(&stop);
	is_int(stop.count, 3, "and one more is one more");
}

static void test_unwatched(void)
{
	struct stop stop = stop_asked_once();

	ask();
	pass(&stop, 10 * (uint64_t)STOP_SAME_MS);
	stop_look(&stop);
	is_int(stop.count, 1, "one that waited for an unknown time may belong to the first");
	stop_look(&stop);
	ask();
	stop_look(&stop);
	is_int(stop.count, 2, "the next one does not");
}

/* With requests that have no effect, a sleep goes on and still looks for the next one. */
static void test_sleep(void)
{
	struct stop stop = stop_asked_once();
	const uint64_t begin_ms = clock_ms();

	stop.ignored = 1;
	ask();
	stop_sleep(&stop, limit_in(250));
	ok(clock_ms() - begin_ms >= 250, "a request that belongs to the first does not end a sleep");
	pass(&stop, STOP_SAME_MS);
	stop_look(&stop);
	ask();
	stop_sleep(&stop, LIMIT_NONE);
	is_int(stop.count, 2, "the second one does");
}

static void test_without_callback(void)
{
	struct stop stop = { .fd = asked[0] };

	ask();
	stop_look(&stop);
	pass(&stop, 2 * (uint64_t)STOP_SAME_MS);
	stop_look(&stop);
	stop_look(&stop);
	is_int(stop.count, 1, "a descriptor that nobody reads counts once");
	take(NULL);
}

static void test_closed(void)
{
	struct stop stop = { .fd = -1 };
	int ends[2];

	is_int(stop_check(&stop), 0, "no descriptor is one that can be waited for");
	if (pipe2(ends, O_CLOEXEC) < 0)
		bail_out("pipe: %s", strerror(errno));
	stop.fd = ends[0];
	is_int(stop_check(&stop), 0, "so is an open one");
	close(ends[0]);
	is_int(stop_check(&stop), -EBADF, "a closed one is not");
	stop_look(&stop);
	is_int(stop.count, 0, "one that is closed meanwhile requests nothing");
	is_int(stop.fd, -1, "and is not polled again");
	close(ends[1]);
}

int main(void)
{
	if (pipe2(asked, O_CLOEXEC) < 0)
		bail_out("pipe: %s", strerror(errno));
	test_together();
	test_apart();
	test_unwatched();
	test_sleep();
	test_without_callback();
	test_closed();
	return tap_done();
}
