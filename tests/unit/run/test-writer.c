/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One write in a child: how it ends by itself, at its limit, by a stop, and where no child
 * can be started. A pipe that is full stands for a kernel that does not come to an end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../../src/libmemhp/run/writer.h"
#include "../tap.h"

/* Far longer than what is waited for here, far shorter than what a killed write is waited for. */
#define SOON_MS 5000

struct calls {
	unsigned int meanwhile, settled;
	bool never_settles;
	int stop;             /* written to at the second look, or -1 */
	uint64_t lasted_ms;   /* at the last look */
	char descriptors[512]; /* of the child, where they are asked for: "0 -> /dev/null\n" */
	bool wants_descriptors;
};

/* The only child of this process. */
static long find_child(void)
{
	char path[64], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "re");
	if (!file || !fgets(text, sizeof(text), file))
		bail_out("%s: no child", path);
	(void)fclose(file);
	return strtol(text, NULL, 10);
}

static void list_descriptors(struct calls *calls)
{
	const long child = find_child();

	calls->descriptors[0] = '\0';
	for (int fd = 0; fd < 64; fd++) {
		char path[64], target[128];
		ssize_t length;

		snprintf(path, sizeof(path), "/proc/%ld/fd/%d", child, fd);
		length = readlink(path, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		snprintf(calls->descriptors + strlen(calls->descriptors),
			 sizeof(calls->descriptors) - strlen(calls->descriptors), "%d -> %.*s\n", fd,
			 (int)strcspn(target, ":"), target);
	}
}

static void meanwhile(void *data, uint64_t lasted_ms)
{
	struct calls *calls = data;

	calls->lasted_ms = lasted_ms;
	if (calls->wants_descriptors && lasted_ms)
		list_descriptors(calls);

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
	ok(!written.has_no_child && written.has_settled && !written.was_killed, "a write ends by itself");
	is_int(written.error, 0, "without an error");
	close(writing.fd);

	writing.fd = open_file("/dev/full");
	(void)run(&writing, &calls, &written);
	ok(!written.has_no_child && written.has_settled && !written.was_killed, "another one too");
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

	ok(calls.lasted_ms >= 200 && written.lasted_ms >= calls.lasted_ms, "who looks knows how long it has lasted");
	close(ends[0]);
	close(ends[1]);
}

/* Instead of the C library's, for the library that this program contains. */
static unsigned int kills;
int kill(pid_t pid, int signal)
{
	kills++;
	return (int)syscall(SYS_kill, pid, signal);
}

/* The pid of a child that somebody else has reaped may be that of another process. */
static void test_kill(void)
{
	struct calls calls = { .stop = -1 };
	struct writing writing = { .limit = limit_in(100) };
	struct written written;
	int ends[2], self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	open_full_pipe(ends);
	writing.fd = ends[1];
	kills = 0;
	(void)run(&writing, &calls, &written);
	ok(written.was_killed && written.has_settled, "a write is killed");
	is_number(kills, self < 0, "by its pidfd, if the kernel has them");
	close(ends[0]);
	close(ends[1]);
	if (self >= 0)
		close(self);
}

static void test_late(void)
{
	struct calls calls = { .stop = -1 };
	struct writing writing = { .limit = limit_in(0) };
	struct written written;
	int ends[2], count = -1;

	open_pipe(ends);
	writing.fd = ends[1];
	(void)run(&writing, &calls, &written);
	ok(written.is_not_begun && written.was_late && written.has_settled, "nothing is begun after the limit");
	ok(ioctl(ends[0], FIONREAD, &count) == 0 && count == 0, "nothing was written");
	is_int(calls.meanwhile, 0, "nobody looked");
	close(ends[0]);
	close(ends[1]);
}

/* A child that cannot be killed outlives its parent, and must not keep open what others wait for. */
static void test_descriptors(void)
{
	struct calls calls = { .stop = -1, .wants_descriptors = true };
	struct writing writing = { .limit = limit_in(500) };
	struct written written;
	int ends[2], extra = open("/dev/zero", O_RDONLY); /* not closed on exec */

	open_full_pipe(ends);
	writing.fd = ends[1];
	(void)run(&writing, &calls, &written);
	is_str(calls.descriptors, "0 -> /dev/null\n1 -> /dev/null\n2 -> /dev/null\n3 -> pipe\n4 -> pipe\n",
	       "a writer has nothing open but its file and the pipe for its result");
	close(extra);
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
	ok(written.has_no_child, "without a descriptor to be had no write is begun");
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
	is_number(retry_next_pause_ms(4500), 8000, "not longer than 8 s");
	is_number(retry_next_pause_ms(8000), 8000, "then always so long");
	is_number(retry_next_pause_ms(9000), 9000, "a first pause that is longer stays as it is");
	is_number(retry_next_pause_ms(0), 0, "no pause stays none");
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
	test_kill();
	test_late();
	test_descriptors();
	test_stops();
	test_no_child();
	test_retries();
	return tap_done();
}
