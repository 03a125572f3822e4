/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One write to an attribute, in a child process. A write to memoryN/state can go
 * on for ever, and one that waits for the hotplug lock is restarted after every
 * caught signal (drivers/base/core.c: lock_device_hotplug_sysfs()): only a fatal
 * signal ends both, on every kernel. So the writer is a process that can be killed.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "run.h"

/* How much later than the parent's limit the child's own alarm rings, and how long after that again. */
#define ALARM_SLACK_MS 500
#define ALARM_AGAIN_MS 1500

struct job {
	int fd, result;
	const char *word;
	size_t length;
	pid_t parent;
	uint64_t limit_ms;
};

/* What the child tells. */
struct result {
	int error;            /* errno of the write */
	bool has_rung;        /* its alarm had */
};

/* From here to run_job() it is the child: only async-signal-safe calls, for the parent may have threads. */
static void set_alarm(uint64_t ms)
{
	const struct itimerval alarm = {
		.it_value = { .tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000) },
	};

	(void)setitimer(ITIMER_REAL, &alarm, NULL);
}

/*
 * The alarm is caught the first time. A block that is going offline is given up then, and
 * the write ends with EINTR, which tells the parent, should it have been stopped, that it
 * was; a write that waits for the hotplug lock goes on, and the second alarm is its end.
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

static void run_job(const struct job *job)
{
	struct result result = { 0 };
	struct sigaction action;
	sigset_t none;
	ssize_t length;

	(void)setpgid(0, 0);
	set_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || (getppid() != job->parent && getppid() != 0))
		_exit(1);
	if (job->limit_ms)
		set_alarm(job->limit_ms + ALARM_SLACK_MS);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	length = write(job->fd, job->word, job->length);
	result.error = length < 0 ? errno : (size_t)length == job->length ? 0 : EIO;
	result.has_rung = sigaction(SIGALRM, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
	(void)!write(job->result, &result, sizeof(result));
	_exit(0);
}

/*
 * A child without exit signal is none of the caller's business: no SIGCHLD, no
 * surprise for a wait() elsewhere. Where clone3(2) is missing (before 5.3, under an
 * emulator, behind a filter) it is an ordinary child.
 */
static pid_t start_child(int *ret_pidfd)
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

int writer_start(struct writer *writer, int fd, const char *word, uint64_t limit_ms)
{
	struct job job = { .fd = fd, .word = word, .length = strlen(word), .parent = getpid(), .limit_ms = limit_ms };
	sigset_t all, saved;
	int pipe[2], pidfd = -1, error;
	pid_t pid;

	if (pipe2(pipe, O_CLOEXEC) < 0)
		return -errno;
	job.result = pipe[1];
	/* None of the caller's handlers runs in the child. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &saved);
	pid = start_child(&pidfd);
	if (pid == 0)
		run_job(&job);
	error = errno;
	(void)pthread_sigmask(SIG_SETMASK, &saved, NULL);
	close(pipe[1]);
	if (pid < 0) {
		close(pipe[0]);
		return -error;
	}
	/* Both sides set it, so that it is set whoever comes first. */
	(void)setpgid(pid, pid);
	*writer = (struct writer){ .pid = pid, .pidfd = pidfd, .result = pipe[0] };
	return 0;
}

/* The pipe tells the errno, or by its end that the child was killed. */
static void read_result(struct writer *writer)
{
	struct result result = { 0 };
	ssize_t length;

	do
		length = read(writer->result, &result, sizeof(result));
	while (length < 0 && errno == EINTR);
	writer->has_ended = true;
	writer->error = length == (ssize_t)sizeof(result) ? result.error : -1;
	writer->has_rung = length == (ssize_t)sizeof(result) && result.has_rung;
}

int writer_wait(struct writer *writer, int64_t timeout_ms, int stop_fd, bool *ret_stopped)
{
	uint64_t begin = now_ms();

	*ret_stopped = false;
	while (!writer->has_ended) {
		struct pollfd fds[] = {
			{ .fd = writer->result, .events = POLLIN },
			{ .fd = writer->pidfd, .events = POLLIN },
			{ .fd = stop_fd, .events = POLLIN },
		};
		int64_t left = timeout_ms < 0 ? -1 : timeout_ms - (int64_t)(now_ms() - begin);
		int r = poll(fds, 3, left > INT32_MAX ? INT32_MAX : left < 0 && timeout_ms >= 0 ? 0 : (int)left);

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0 && fds[0].revents)
			read_result(writer);
		else if (r > 0 && fds[1].revents)
			/* Another process may hold the pipe's other end; the child's death is what counts. */
			*writer = (struct writer){ .pid = writer->pid, .pidfd = writer->pidfd,
						   .result = writer->result, .has_ended = true, .error = -1 };
		if (r > 0 && fds[2].revents)
			*ret_stopped = true;
		if (*ret_stopped || (timeout_ms >= 0 && now_ms() - begin >= (uint64_t)timeout_ms))
			break;
	}
	return writer->has_ended;
}

void writer_kill(struct writer *writer)
{
	if (writer->pid > 0 && !writer->has_ended)
		(void)kill(writer->pid, SIGKILL);
}

void writer_close(struct writer *writer)
{
	int status;

	if (writer->pid <= 0)
		return;
	/* An ended child may still be a moment from being a zombie. */
	while (waitpid(writer->pid, &status, __WALL | (writer->has_ended ? 0 : WNOHANG)) < 0 && errno == EINTR)
		;
	cleanup_close(&writer->pidfd);
	cleanup_close(&writer->result);
	*writer = (struct writer)WRITER_NONE;
}
