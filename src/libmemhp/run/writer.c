/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One write to an attribute, in a child process: starts it, waits, kills it, and waits
 * until things have settled. A write to memoryN/state can go on forever. A write that
 * waits for the hotplug lock is restarted after every signal that is caught
 * (drivers/base/core.c: lock_device_hotplug_sysfs()). Only a fatal signal ends both on
 * every kernel, so the writer is a process that can be killed. What is written, and why,
 * is left to the callers.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "writer.h"

/* How long the write may take before the first call of meanwhile(), and between the calls. */
#define FIRST_LOOK_MS 10
#define LOOK_MS 100
/* How long a killed write may take to end, and the block to settle. */
#define SETTLE_MS 10000
/* How long after the parent's limit the child's own alarm goes off, and how long after that a second time. */
#define ALARM_SLACK_MS 500
#define ALARM_AGAIN_MS 1500

struct writer {
	pid_t pid;
	int pidfd;            /* -1 if the kernel has none */
	int result;           /* read end of a pipe: what the child reports, or end of file if it was killed */
	uint64_t begun_ms;    /* when it began to write; 0: not yet */
	bool has_ended;
	int error;            /* once ended: errno of the write, or -1 if the child was killed before that */
	bool has_rung;        /* once ended: the child's alarm went off before */
};

struct job {
	int fd, result;
	const char *word;
	size_t length;
	pid_t parent;
	struct limit limit;
};

/* What the child reports: once before the write, once after it. */
struct result {
	bool has_ended;
	int error;            /* errno of the write */
	bool has_rung;        /* its alarm went off */
};

/* The descriptors of the child, besides /dev/null at 0 to 2. */
enum { CHILD_FILE = 3, CHILD_RESULT = 4, CHILD_FREE = 5 };

/* The functions from here to writer_run_job() run in the child. They make only async-signal-safe
 * calls, because the parent may have threads. */
static void set_alarm(uint64_t ms)
{
	const struct itimerval alarm = {
		.it_value = { .tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000) },
	};

	(void)setitimer(ITIMER_REAL, &alarm, NULL);
}

/*
 * The first alarm is caught. If a block is going offline, the kernel then gives up and
 * the write ends with EINTR; that lets the parent know, in case it was suspended, that the
 * block was going offline. A write that waits for the hotplug lock goes on, and the
 * second alarm kills it.
 */
static void on_alarm(int signal)
{
	(void)signal;
	set_alarm(ALARM_AGAIN_MS);
}

static void set_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	for (int signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &action, NULL);
	action.sa_handler = on_alarm;
	action.sa_flags = (int)SA_RESETHAND;
	(void)sigaction(SIGALRM, &action, NULL);
}

/* close_range(2) exists since Linux 5.9. */
static void close_range_of(unsigned int first, unsigned int last)
{
	struct rlimit limit = { 0 };

#ifdef SYS_close_range
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
#endif
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	for (; first <= last && first < limit.rlim_cur; first++)
		(void)close((int)first);
}

/*
 * A child that hangs in the kernel outlives its parent. It must not keep anything open that others
 * wait for to be closed: pipes, terminals, the lock of memhp.
 */
static bool set_descriptors(const struct job *job)
{
	int file = job->fd < CHILD_FREE ? fcntl(job->fd, F_DUPFD, CHILD_FREE) : job->fd;
	int result = job->result < CHILD_FREE ? fcntl(job->result, F_DUPFD, CHILD_FREE) : job->result;

	if (file < 0 || result < 0 || dup2(file, CHILD_FILE) < 0 || dup2(result, CHILD_RESULT) < 0)
		return false;
	close_range_of(CHILD_FREE, UINT_MAX);
	close_range_of(0, 2);
	/* Without /dev they stay closed: the child writes to its file and to its pipe only. */
	if (open("/dev/null", O_RDWR) == 0)
		return dup2(0, 1) == 1 && dup2(0, 2) == 2;
	return true;
}

static void writer_run_job(const struct job *job)
{
	struct result result = { 0 };
	struct sigaction action;
	sigset_t none;
	ssize_t length;

	(void)setpgid(0, 0);
	set_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || (getppid() != job->parent && getppid() != 0) || !set_descriptors(job))
		_exit(1);
	if (!limit_is_none(job->limit))
		set_alarm(limit_left_ms(job->limit) + ALARM_SLACK_MS);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (write(CHILD_RESULT, &result, sizeof(result)) < 0)
		_exit(1);
	length = write(CHILD_FILE, job->word, job->length);
	result.has_ended = true;
	result.error = length < 0 ? errno : (size_t)length == job->length ? 0 : EIO;
	result.has_rung = sigaction(SIGALRM, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
	(void)!write(CHILD_RESULT, &result, sizeof(result));
	_exit(0);
}

/*
 * A child without exit signal does not disturb the caller: it sends no SIGCHLD, and
 * wait() elsewhere does not see it. Where clone3(2) is missing or forbidden (before
 * Linux 5.3, under an emulator or a seccomp filter), it is an ordinary child.
 */
static pid_t writer_start_child(int *ret_pidfd)
{
	struct clone_args args = { .flags = CLONE_PIDFD, .pidfd = (uintptr_t)ret_pidfd };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid >= 0 || (errno != EINVAL && errno != ENOSYS && errno != EPERM))
		return pid;
	*ret_pidfd = -1;
	pid = fork();
#ifdef SYS_pidfd_open
	if (pid > 0)
		*ret_pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
#endif
	return pid;
}

/* If the parent is suspended, the child's own alarm ends it after the limit. */
static int writer_start(const struct writing *writing, struct writer *ret)
{
	struct job job = {
		.fd = writing->fd, .word = writing->word, .length = strlen(writing->word),
		.parent = getpid(), .limit = writing->limit,
	};
	sigset_t all, saved;
	int pipe[2], pidfd = -1, error;
	pid_t pid;

	if (pipe2(pipe, O_CLOEXEC) < 0)
		return -errno;
	job.result = pipe[1];
	/* None of the caller's signal handlers may run in the child. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &saved);
	pid = writer_start_child(&pidfd);
	if (pid == 0)
		writer_run_job(&job);
	error = errno;
	(void)pthread_sigmask(SIG_SETMASK, &saved, NULL);
	close(pipe[1]);
	if (pid < 0) {
		close(pipe[0]);
		return -error;
	}
	/* Parent and child both do this, so that it is done no matter which comes first. */
	(void)setpgid(pid, pid);
	*ret = (struct writer){ .pid = pid, .pidfd = pidfd, .result = pipe[0] };
	return 0;
}

/* Reads one report; end of file means that the child was killed. */
static void writer_read_result(struct writer *writer)
{
	struct result result = { 0 };
	ssize_t length;

	do
		length = read(writer->result, &result, sizeof(result));
	while (length < 0 && errno == EINTR);
	if (length == (ssize_t)sizeof(result) && !result.has_ended) {
		writer->begun_ms = clock_ms();
		return;
	}
	writer->has_ended = true;
	writer->error = length == (ssize_t)sizeof(result) ? result.error : -1;
	writer->has_rung = length == (ssize_t)sizeof(result) && result.has_rung;
}

/* Returns 1 if the child has ended, 0 at the limit or after a stop request (which is recorded), or
 * a negative errno. */
static int writer_wait(struct writer *writer, struct limit limit, struct stop *stop)
{
	while (!writer->has_ended) {
		struct pollfd fds[] = {
			{ .fd = writer->result, .events = POLLIN },
			{ .fd = writer->pidfd, .events = POLLIN },
			{ .fd = stop->fd, .events = POLLIN },
		};
		int r = poll(fds, 3, limit_poll_ms(limit));

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0 && fds[0].revents) {
			writer_read_result(writer);
		} else if (r > 0 && fds[1].revents) {
			/* Another process may hold the other end of the pipe; what counts is that
			 * the child is dead. */
			writer->has_ended = true;
			writer->error = -1;
		}
		if (r >= 0 && stop_polled(stop, fds[2].revents))
			break;
		if (limit_is_over(limit))
			break;
	}
	return writer->has_ended;
}

/* How long the write has lasted; 0: it has not begun yet. */
static uint64_t writer_lasted_ms(const struct writer *writer)
{
	return writer->begun_ms ? clock_ms() - writer->begun_ms : 0;
}

/* Waits until the write ends by itself, or until there is a cause to kill it. */
static int writer_wait_for_end(struct writer *writer, const struct writing *writing, struct written *ret)
{
	uint64_t look_ms = FIRST_LOOK_MS;

	for (;;) {
		int r = writer_wait(writer, limit_earlier(limit_in(look_ms), writing->limit), writing->stop);

		if (r != 0)
			return r < 0 ? r : 0;
		if (writing->meanwhile)
			writing->meanwhile(writing->data, writer_lasted_ms(writer));
		ret->was_late = limit_is_over(writing->limit);
		ret->was_killed = ret->was_late || stop_is_due(writing->stop);
		if (ret->was_killed)
			return 0;
		look_ms = LOOK_MS;
	}
}

/* Waits after a kill. False after SETTLE_MS, or after a second stop request. */
static bool writer_settle(struct writer *writer, const struct writing *writing)
{
	struct limit limit = limit_in(SETTLE_MS);

	for (;;) {
		bool has_ended = writer_wait(writer, limit_earlier(limit_in(LOOK_MS), limit), writing->stop) > 0;

		if (has_ended && (!writing->is_settled || writing->is_settled(writing->data)))
			return true;
		if (limit_is_over(limit) || writing->stop->count > 1)
			return false;
		if (has_ended)
			(void)poll(NULL, 0, 20);
	}
}

/* While this process was suspended or slow, the child's own alarm may have ended it. */
static void writer_note_alarm(const struct writer *writer, struct limit limit, struct written *ret)
{
	bool was_interrupted = writer->has_rung && writer->error == EINTR;

	if (!writer->has_ended || !limit_is_over(limit) || (writer->error >= 0 && !was_interrupted))
		return;
	if (!ret->was_killed)
		ret->was_late = ret->was_killed = true;
	ret->was_interrupted = was_interrupted;
}

/*
 * A pid belongs to the child until somebody reaps it. This file does that last, but a child
 * of fork(2) may be reaped before: by another thread that waits for any child, or by the
 * kernel if the caller ignores SIGCHLD. Then its pid may be that of a stranger. A pidfd never
 * is. kill(2) remains for kernels without pidfds (before Linux 5.3) and filters that forbid
 * them: the child has not closed its pipe, so it was alive a moment ago. Only the child is
 * killed and not its process group, in which it is alone.
 */
static void writer_kill(const struct writer *writer)
{
#ifdef SYS_pidfd_send_signal
	/* ESRCH: it has ended in the meantime. */
	if (writer->pidfd >= 0 &&
	    (syscall(SYS_pidfd_send_signal, writer->pidfd, SIGKILL, NULL, 0) == 0 || errno == ESRCH))
		return;
#endif
	(void)kill(writer->pid, SIGKILL);
}

/* Reaps the child if it has ended; otherwise leaves it alone. Returns the signal that killed it, or 0. */
static int writer_reap(struct writer *writer)
{
	int status = 0;

	/* A child that has ended may take a moment to become a zombie. */
	while (waitpid(writer->pid, &status, __WALL | (writer->has_ended ? 0 : WNOHANG)) < 0 && errno == EINTR)
		;
	cleanup_close(&writer->pidfd);
	cleanup_close(&writer->result);
	return writer->has_ended && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

struct written writer_run(const struct writing *writing)
{
	struct writer writer = { .pid = -1, .pidfd = -1, .result = -1 };
	struct written written = { .has_settled = true };
	int r;

	if (limit_is_over(writing->limit))
		return (struct written){
			.error = EINTR, .is_not_begun = true, .was_killed = true, .was_late = true, .has_settled = true,
		};
	r = writer_start(writing, &writer);
	if (r < 0) {
		written.has_no_child = true;
		written.error = -r;
		return written;
	}
	r = writer_wait_for_end(&writer, writing, &written);
	if (r < 0 || written.was_killed) {
		if (!writer.has_ended)
			writer_kill(&writer);
		written.has_settled = writer_settle(&writer, writing);
	}
	writer_note_alarm(&writer, writing->limit, &written);
	written.lasted_ms = writer_lasted_ms(&writer);
	written.unsettled_pid = writer.has_ended ? 0 : writer.pid;
	written.error = r < 0 ? -r : writer.has_ended && writer.error >= 0 ? writer.error : EINTR;
	/* Its second alarm: the first one did not end the write, so that it waited for the lock. */
	written.was_waiting = writer_reap(&writer) == SIGALRM;
	return written;
}
