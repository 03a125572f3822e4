/* SPDX-License-Identifier: 0BSD */
/*
 * watch [--root DIR] [SECONDS]: prints what happens to the memory blocks.
 *
 * This example shows how a monitor fits into a loop with poll(2). The program ends after that time, or
 * by SIGINT or SIGTERM, which it reads from a descriptor. It needs no privileges.
 * Build it with: cc watch.c $(pkg-config --cflags --libs libmemhp) -o watch
 */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <libmemhp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

/* Library functions return 0 or more, or a negative errno. */
static int check(int r, const char *what)
{
	if (r < 0)
		errx(1, "%s: %s", what, strerror(-r));
	return r;
}

static void print_event(const struct memhp_event *event)
{
	const struct memhp_block *block = event->block;

	printf("%" PRIu64 ".%03u %s", event->time_ms / 1000, (unsigned int)(event->time_ms % 1000),
	       memhp_event_type_name(event->type));
	/* MEMHP_EVENT_LOST has no block. The events after it are what has changed. */
	if (block)
		printf(" block %" PRIu64 " at 0x%" PRIx64, memhp_block_id(block), memhp_block_start(block));
	if (block && memhp_block_zone(block) != MEMHP_ZONE_UNKNOWN)
		printf(" zone %s", memhp_zone_name(memhp_block_zone(block)));
	printf("\n");
}

int main(int argc, char **argv)
{
	const char *root = argc > 2 && strcmp(argv[1], "--root") == 0 ? argv[2] : NULL;
	const int operands = argc - (root ? 3 : 1);
	struct itimerspec time = { { 0, 0 }, { operands == 1 ? atol(argv[argc - 1]) : 0, 0 } };
	/* Structures begin with their size. What is not set is 0, the default of each field. */
	struct memhp_monitor_options options = { .size = sizeof(options) };
	const struct memhp_event *event;
	struct memhp_monitor *monitor;
	struct memhp *memhp;
	sigset_t signals;

	if (operands > 1 || (operands == 1 && time.it_value.tv_sec <= 0))
		errx(2, "usage: watch [--root DIR] [SECONDS]");
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	check(memhp_new(root, &memhp), "no access to this machine");
	options.attrs = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;
	check(memhp_monitor_new(memhp, &options, &monitor), "cannot watch the memory blocks");
	struct pollfd fds[] = { { memhp_monitor_fd(monitor), POLLIN, 0 },
				{ signalfd(-1, &signals, SFD_CLOEXEC), POLLIN, 0 },
				{ timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), POLLIN, 0 } };
	if (fds[1].fd < 0 || fds[2].fd < 0 || timerfd_settime(fds[2].fd, 0, &time, NULL) < 0)
		err(1, "signals and time");
	printf("watching %" PRIu64 " blocks\n", memhp_snapshot_count(memhp_monitor_snapshot(monitor)));
	do {
		while (check(memhp_monitor_next(monitor, &event), "events") > 0)
			print_event(event);
		if (fflush(stdout) != 0 || (poll(fds, 3, -1) < 0 && errno != EINTR))
			err(1, "watch");
	} while (!fds[1].revents && !fds[2].revents);
	memhp_monitor_free(monitor);
	memhp_free(memhp); /* the monitor needs it until here */
	return 0;
}
