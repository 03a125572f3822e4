/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns the signals that stop a change into a descriptor that becomes readable.
 * Code that waits for something else polls it too, and decides what to stop.
 */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../base/message.h"
#include "../base/options.h"

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* The signals that stop memhp, except for those that were ignored when it started. */
static void signals_set(sigset_t *ret)
{
	struct sigaction action;

	sigemptyset(ret);
	for (size_t i = 0; i < OPTION_COUNT(stop_signals); i++)
		if (sigaction(stop_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(ret, stop_signals[i]);
}

int signals_catch(struct signals *ret)
{
	sigset_t set;

	signals_set(&set);
	/* A reader that went away must not stop a change half way. */
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ret->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return ret->fd < 0 ? library_error("signalfd", -errno) : EXIT_DONE;
}

void signals_take(struct signals *signals)
{
	struct signalfd_siginfo info;

	if (read(signals->fd, &info, sizeof(info)) == (ssize_t)sizeof(info) && !signals->number)
		signals->number = (int)info.ssi_signo;
}
