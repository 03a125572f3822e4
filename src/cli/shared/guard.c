/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Around a change: one memhp at a time (a lock file), signals that stop it
 * cleanly (a descriptor that becomes readable), and a line in the system log.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "../../libmemhp/number.h"
#include "../../libmemhp/cleanup.h"
#include "../change/change.h"
#include "../base/message.h"

#define LOCK_NAME "memhp.lock"

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* The signals that stop us: those that were not ignored when we were started. */
static void stop_set(sigset_t *ret)
{
	struct sigaction action;

	sigemptyset(ret);
	for (size_t i = 0; i < OPTION_COUNT(stop_signals); i++)
		if (sigaction(stop_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(ret, stop_signals[i]);
}

static int catch_signals(struct guard *guard)
{
	sigset_t set;

	stop_set(&set);
	/* A reader who went away is no reason to stop half way. */
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	guard->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return guard->signals < 0 ? library_error("signalfd", -errno) : EXIT_DONE;
}

void guard_stopped(struct guard *guard)
{
	struct signalfd_siginfo info;

	if (read(guard->signals, &info, sizeof(info)) == (ssize_t)sizeof(info) && !guard->signal)
		guard->signal = (int)info.ssi_signo;
}

/* -1 where there is no place for a lock. */
static int open_lock(const struct globals *globals)
{
	cleanup(cleanup_close) int root = open(globals->sysroot ? globals->sysroot : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup(cleanup_close) int run = openat(root, "run", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return run < 0 ? -1 : openat(run, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Who holds it, for messages: " (pid 123)", or nothing where that is not known. */
#define HOLDER_SIZE 32
static void read_holder(int lock, char ret[HOLDER_SIZE])
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

uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int wait_for_lock(struct guard *guard, uint64_t timeout_ms)
{
	struct pollfd fd = { .fd = guard->signals, .events = POLLIN };
	uint64_t begin = clock_ms();
	bool is_announced = false;

	while (flock(guard->lock, LOCK_EX | LOCK_NB) < 0) {
		int code = errno;
		char holder[HOLDER_SIZE];

		read_holder(guard->lock, holder);
		if (code != EWOULDBLOCK && code != EINTR)
			return library_error("/run/" LOCK_NAME, -code);
		if (!is_announced)
			notice("waiting for another memhp%s", holder);
		is_announced = true;
		if (timeout_ms && clock_ms() - begin >= timeout_ms) {
			error("another memhp%s has not ended in time", holder);
			return EXIT_TIMEOUT;
		}
		if (poll(&fd, 1, 50) > 0) {
			guard_stopped(guard);
			error("stopped by signal %d", guard->signal);
			return EXIT_SIGNAL + guard->signal;
		}
	}
	return EXIT_DONE;
}

int guard_begin(const struct globals *globals, uint64_t timeout_ms, struct guard *ret)
{
	char text[32];
	int status = catch_signals(ret);

	if (status != EXIT_DONE)
		return status;
	ret->lock = open_lock(globals);
	if (ret->lock < 0)
		return EXIT_DONE;
	status = wait_for_lock(ret, timeout_ms);
	if (status != EXIT_DONE) {
		/* It is the holder's, and so is what stands in it. */
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
 * The file stays: removing it would let two others lock two files of one name. The
 * signals stay blocked: what comes now comes too late to stop anything, and must not
 * cost the report.
 */
void guard_end(struct guard *guard)
{
	if (guard->lock >= 0)
		(void)!ftruncate(guard->lock, 0);
	cleanup_close(&guard->lock);
	cleanup_close(&guard->signals);
	guard->lock = guard->signals = -1;
}

/* Who asked for it: the user that logged in, whoever he became since. */
static void who(char ret[64])
{
	cleanup(cleanup_close) int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	char text[32];
	uint64_t uid = 0;
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (length > 0 && number_parse(text, strcspn(text, "\n") < (size_t)length ? strcspn(text, "\n") : (size_t)length,
				       10, &uid) == 0 && uid != UINT32_MAX)
		snprintf(ret, 64, "loginuid %" PRIu64, uid);
	else
		snprintf(ret, 64, "uid %u", (unsigned int)getuid());
}

const char *guard_request(int argc, const char **argv)
{
	static char *request;
	size_t size = 0;
	FILE *stream = request ? NULL : open_memstream(&request, &size);

	for (int i = 0; stream && i < argc; i++)
		fprintf(stream, "%s%s", i ? " " : "", argv[i]);
	if (stream)
		(void)fclose(stream);
	return request ? request : "";
}

void guard_log_text(const char *request, const char *text)
{
	char name[64];

	who(name);
	openlog("memhp", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "'%s' by %s: %s", request, name, text);
	closelog();
}

void guard_log(const char *request, struct ranges *changed, unsigned int failed)
{
	cleanup(cleanup_free) char *blocks = NULL, *text = NULL;

	ranges_sort(changed);
	blocks = ranges_text(changed, 16);
	if (asprintf(&text, "changed blocks: %s; not changed: %u", blocks && *blocks ? blocks : "none", failed) < 0)
		text = NULL;
	guard_log_text(request, text ? text : "");
}
