/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strike EVENTS MICROSECONDS SIGNAL,SIGNAL… ALL FILE COMMAND…: runs the command, waits until the kernel
 * has reported so many blocks as offline or online, and so much longer, and sends the signals to it, one
 * right after the other. ALL is how many events there are when the command has nothing more to change.
 * Writes to the file what became of it: "hit"; "late" when the last event had come or the command had
 * ended before; "slow" when there was a second between the signals. Exits as the command does, as a shell
 * has it. The kernel's events are counted, not the states, which can change between two looks.
 */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t pid;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int has_ended(void)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

/* Events that come within that time: 0 or 1. */
static int next_event(int fd, int milliseconds)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char text[8192];
	ssize_t size;

	if (poll(&wait, 1, milliseconds) < 1)
		return 0;
	size = recv(fd, text, sizeof(text) - 1, 0);
	if (size < 0)
		return 0;
	text[size] = '\0';
	return (strncmp(text, "offline@", 8) == 0 || strncmp(text, "online@", 7) == 0) && strstr(text, "/memory/memory");
}

static void send_signals(char *names)
{
	for (char *name = strtok(names, ","); name; name = strtok(NULL, ","))
		kill(pid, atoi(name));
}

/* Returns the word for the file. */
static const char *strike(int fd, int events, useconds_t delay, char *names, int all)
{
	int count = 0;
	double begin;

	while (count < events && !has_ended())
		count += next_event(fd, 100);
	usleep(delay);
	while (next_event(fd, 0))
		count++;
	if (count >= all || has_ended())
		return "late";
	begin = now();
	send_signals(names);
	if (now() - begin > 0.5)
		return "slow";
	while (next_event(fd, 0))
		count++;
	return count < all ? "hit" : "late";
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT), status;
	FILE *file;

	if (argc < 7 || fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[6], argv + 6);
		_exit(127);
	}
	file = fopen(argv[5], "w");
	if (!file || fputs(strike(fd, atoi(argv[1]), (useconds_t)atoi(argv[2]), argv[3], atoi(argv[4])), file) < 0 ||
	    fclose(file) || waitpid(pid, &status, 0) < 0)
		return 2;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
