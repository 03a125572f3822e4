/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds the signals that would end the program, turns them into a descriptor that
 * becomes readable, and gives them an effect again while a report is printed. Code that
 * waits for something else polls the descriptor too, and decides what to stop.
 */
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../../libmemhp/clock.h"
#include "../command.h"
#include "options.h"

/*
 * Signals that do not stop a change: those that cannot be caught, faults of the program
 * itself, job control, those that end nothing by default, and those of a failed write.
 */
static const int other_signals[] = {
	SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT,
	SIGCHLD, SIGURG, SIGWINCH, SIGPIPE, SIGXFSZ,
};
/* What a user or a service manager sends who does not want to wait any longer. */
static const int second_signals[] = { SIGINT, SIGTERM, SIGQUIT };

enum signals_state { SIGNALS_UNTOUCHED, SIGNALS_HELD, SIGNALS_ANSWERING, SIGNALS_RELEASED };

static struct {
	enum signals_state state;
	sigset_t set;                    /* the signals that stop a change */
	sigset_t second;                 /* those of them that count after the first one */
	sigset_t saved;                  /* the mask at the start */
	int fd;
	volatile sig_atomic_t first;     /* the first signal that was taken, or 0 */
	uint64_t first_ms;
	volatile sig_atomic_t is_due;    /* while answering: an alarm of our own will end the program */
	bool is_answered;
	int answer;                      /* what the exit status is about: first, or 0 */
} signals = { .fd = -1 };

/* Leaves out those that are ignored. */
static void leave_ignored(void)
{
	struct sigaction action;
	sigset_t mask;

	for (int number = 1; number <= SIGRTMAX; number++)
		if (sigismember(&signals.set, number) == 1 && sigaction(number, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			sigdelset(&signals.set, number);
	for (size_t i = 0; i < OPTION_COUNT(second_signals); i++)
		if (sigismember(&signals.set, second_signals[i]) == 1)
			sigaddset(&signals.second, second_signals[i]);
	sigorset(&mask, &signals.saved, &signals.set);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* sigfillset() leaves out the signals of the C library. */
static void hold_first(void)
{
	sigfillset(&signals.set);
	sigemptyset(&signals.second);
	for (size_t i = 0; i < OPTION_COUNT(other_signals); i++)
		sigdelset(&signals.set, other_signals[i]);
	(void)sigprocmask(SIG_BLOCK, &signals.set, &signals.saved);
	leave_ignored();
}

void signals_hold(void)
{
	if (signals.state == SIGNALS_UNTOUCHED)
		hold_first();
	else
		(void)sigprocmask(SIG_BLOCK, &signals.set, NULL);
	signals.state = SIGNALS_HELD;
}

void signals_release(void)
{
	if (signals.state != SIGNALS_HELD)
		return;
	signals.state = SIGNALS_RELEASED;
	(void)sigprocmask(SIG_SETMASK, &signals.saved, NULL);
}

int signals_open(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (signals.fd < 0)
		signals.fd = signalfd(-1, &signals.set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals.fd < 0 ? -errno : signals.fd;
}

bool signals_allow_read(int fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = signals_open(), .events = POLLIN } };

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	return !fds[1].revents;
}

static void take_one(int number)
{
	if (signals.first)
		return;
	signals.first = number;
	signals.first_ms = clock_ms();
}

int signals_take(void)
{
	const struct timespec now = { 0 };
	int number;

	if (signals.state != SIGNALS_HELD)
		return signals.first;
	while ((number = sigtimedwait(signals.first ? &signals.second : &signals.set, NULL, &now)) > 0)
		take_one(number);
	if (signals.first && signals.fd >= 0)
		(void)signalfd(signals.fd, &signals.second, 0);
	return signals.first;
}

int signals_first(void)
{
	return signals.first;
}

/* The signal is blocked in the handler, and ends the program as soon as that returns. */
static void end_by(int number)
{
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

/*
 * Runs while the report is printed. The first signal leaves the report a second: a
 * reader that reads gets all of it, and one that does not read does not keep the program
 * alive.
 */
static void on_signal(int number, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (signals.is_due && number == SIGALRM && info->si_code == SI_KERNEL) {
		end_by(signals.first);
	} else if (sigismember(&signals.set, number) == 1 && !signals.first) {
		take_one(number);
		signals.is_due = 1;
		(void)alarm(STOP_SAME_MS / 1000);
	} else if (sigismember(&signals.second, number) == 1 && clock_ms() - signals.first_ms >= STOP_SAME_MS) {
		end_by(number);
	}
	errno = saved;
}

void signals_answer(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	sigset_t caught = signals.set;

	if (signals.state != SIGNALS_HELD)
		return;
	/* What arrived before belongs to the change that has ended. */
	(void)signals_take();
	signals.state = SIGNALS_ANSWERING;
	/* Even if SIGALRM was ignored: on_signal() uses it. */
	sigaddset(&caught, SIGALRM);
	action.sa_mask = caught;
	for (int number = 1; number <= SIGRTMAX; number++)
		if (sigismember(&caught, number) == 1)
			(void)sigaction(number, &action, NULL);
	(void)sigprocmask(SIG_UNBLOCK, &caught, NULL);
}

int signals_status(int status)
{
	(void)signals_take();
	if (!signals.is_answered)
		signals.answer = signals.first;
	signals.is_answered = true;
	return signals.answer ? EXIT_SIGNAL + signals.answer : status;
}
