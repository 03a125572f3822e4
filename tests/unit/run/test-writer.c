/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One write in a child: how it ends by itself, at its limit, by a stop, and where no child
 * can be started. A pipe that is full stands for a kernel that does not come to an end.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../../src/libmemhp/run/writer.h"
#include "../tap.h"

/* Far longer than what is waited for here, far shorter than what a killed write is waited for. */
#define SOON_MS 5000

struct calls {
	unsigned int meanwhile, settled;
	bool never_settles;
	int stop;             /* written to at the second look, or -1 */
};

static void meanwhile(void *data)
{
	struct calls *calls = data;

	if (++calls->meanwhile == 2 && calls->stop >= 0 && write(calls->stop, "!", 1) < 0)
		bail_out("write: %s", strerror(errno));
}

static bool is_settled(void *data)
{
	struct calls *calls = data;

	return ++calls->settled > 2 && !calls->never_settles;
}

static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		bail_out("%s: %s", path, strerror(errno));
	return fd;
}

static void open_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		bail_out("pipe: %s", strerror(errno));
}

/* Whoever writes to it waits. */
static void open_full_pipe(int ends[2])
{
	char page[4096] = { 0 };

	open_pipe(ends);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], page, sizeof(page)) > 0)
		;
	(void)fcntl(ends[1], F_SETFL, 0);
}

static uint64_t run(struct writing *writing, struct calls *calls, struct written *ret)
{
	const uint64_t begin_ms = clock_ms();
	struct stop none = { .fd = -1 };

	writing->word = "offline";
	writing->meanwhile = meanwhile;
	writing->data = calls;
	if (!writing->stop)
		writing->stop = &none;
	*ret = writer_run(writing);
	if (writing->stop == &none)
		writing->stop = NULL;
	return clock_ms() - begin_ms;
}

static void test_ends(void)
{
	struct calls calls = { .stop = -1 };
	struct writing writing = { .limit = LIMIT_NONE, .fd = open_file("/dev/null") };
	struct written written;

	(void)run(&writing, &calls, &written);
	ok(written.has_begun && written.has_settled && !written.was_killed, "a write ends by itself");
	is_int(written.error, 0, "without an error");
	close(writing.fd);

	writing.fd = open_file("/dev/full");
	(void)run(&writing, &calls, &written);
	ok(written.has_begun && written.has_settled && !written.was_killed, "another one too");
	is_int(written.error, ENOSPC, "with its own error");
	close(writing.fd);
}

static void test_limits(void)
{
	struct calls calls = { .stop = -1 };
	struct writing writing = { .limit = limit_in(300), .is_settled = is_settled };
	struct written written;
	int ends[2];

	open_full_pipe(ends);
	writing.fd = ends[1];
	ok(run(&writing, &calls, &written) >= 300, "one that does not end is given its time");
	ok(written.was_killed && written.was_late && written.has_settled, "and killed at its limit");
	is_int(written.error, EINTR, "before it ended");
	ok(calls.meanwhile >= 2 && calls.settled == 3, "it was looked at meanwhile, and until it had settled");

	calls.never_settles = false;
	writing.limit = limit_in(0);
	ok(run(&writing, &calls, &written) < SOON_MS, "a limit that is over already is not taken for none");
	ok(written.was_late, "the write is late");
	close(ends[0]);
	close(ends[1]);
}

static void test_stops(void)
{
	struct calls calls = { .never_settles = true };
	/* As while changes are undone. */
	struct stop stop = { .count = 1, .ignored = 1 };
	struct writing writing = { .limit = LIMIT_NONE, .stop = &stop, .is_settled = is_settled };
	struct written written;
	int ends[2], asked[2];

	open_full_pipe(ends);
	open_pipe(asked);
	writing.fd = ends[1];
	stop.fd = asked[0];
	calls.stop = asked[1];
	ok(run(&writing, &calls, &written) < SOON_MS, "who is told to stop twice does not wait for it to settle");
	ok(written.was_killed && !written.was_late && !written.has_settled, "it is killed, and not settled");
	is_int(stop.count, 2, "the stop is noted");
	is_int(stop.fd, -1, "and not looked at again");

	stop = (struct stop){ .fd = asked[0], .ignored = 1 };
	calls = (struct calls){ .stop = -1 };
	writing.limit = limit_in(400);
	(void)run(&writing, &calls, &written);
	ok(written.was_late && stop.count == 1, "a stop that does not count is noted, and the write goes on");
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(asked[i]);
	}
}

/* As with a limit of processes: 10 s were waited once for a write that nobody made. */
static void test_no_child(void)
{
	struct calls calls = { .stop = -1, .never_settles = true };
	struct writing writing = { .limit = limit_in(60000), .fd = open_file("/dev/null"), .is_settled = is_settled };
	struct rlimit before, none;
	struct written written;
	uint64_t took_ms;

	if (getrlimit(RLIMIT_NOFILE, &before) < 0)
		bail_out("getrlimit: %s", strerror(errno));
	none = before;
	none.rlim_cur = (rlim_t)writing.fd + 1;
	if (setrlimit(RLIMIT_NOFILE, &none) < 0)
		bail_out("setrlimit: %s", strerror(errno));
	took_ms = run(&writing, &calls, &written);
	(void)setrlimit(RLIMIT_NOFILE, &before);
	ok(!written.has_begun, "without a descriptor to be had no write is begun");
	is_int(written.error, EMFILE, "that is the error");
	ok(took_ms < SOON_MS && written.has_settled && !written.was_killed, "at once: there is nothing to wait for");
	close(writing.fd);
}

static void test_retries(void)
{
	struct stop stop = { .fd = -1 };
	struct retry retry = { .left = 2, .pause_ms = 10 };
	uint64_t begin_ms = clock_ms();

	ok(retry_wait(&retry, LIMIT_NONE, &stop), "a second try");
	is_number(retry.pause_ms, 20, "the next pause is twice as long");
	ok(retry_wait(&retry, limit_in(60000), &stop) && clock_ms() - begin_ms >= 30, "a third one, after both pauses");
	ok(!retry_wait(&retry, LIMIT_NONE, &stop), "and no more");
	retry = (struct retry){ .left = 1, .pause_ms = 60000 };
	begin_ms = clock_ms();
	ok(!retry_wait(&retry, limit_in(50000), &stop), "none that would begin after the limit");
	stop.count = 1;
	retry.pause_ms = 1;
	ok(!retry_wait(&retry, LIMIT_NONE, &stop) && clock_ms() - begin_ms < SOON_MS, "none after a stop");
	retry = (struct retry){ .left = 1, .pause_ms = 0 };
	stop.count = 0;
	ok(retry_wait(&retry, LIMIT_NONE, &stop), "a pause of 0 is none");
}

int main(void)
{
	test_ends();
	test_limits();
	test_stops();
	test_no_child();
	test_retries();
	return tap_done();
}
