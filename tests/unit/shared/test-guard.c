/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guard leaves in the lock file: nothing, or the writes that have not ended, for
 * the guards after it. What users see of it is in lock.bats.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../src/cli/base/message.h"
#include "../../../src/cli/shared/guard.h"
#include "../tap.h"
#include "../tree.h"

static struct tree *tree;
static struct globals globals;

static pid_t start_process(void)
{
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork: %s", strerror(errno));
	while (pid == 0)
		(void)pause();
	return pid;
}

static void end_process(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Whether the lock file has just the lines of these processes (0: none) and nothing else. */
static bool leaves(pid_t first, pid_t second)
{
	char path[5000], text[256] = "", expected[2][32] = { "", "" };
	const char *rest = text;
	int fd;

	snprintf(path, sizeof(path), "%s/run/memhp.lock", tree->root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		bail_out("%s: %s", path, strerror(errno));
	close(fd);
	if (first)
		snprintf(expected[0], sizeof(expected[0]), "writer %d ", (int)first);
	if (second)
		snprintf(expected[1], sizeof(expected[1]), "writer %d ", (int)second);
	for (size_t i = 0; i < 2 && *expected[i]; i++) {
		if (strncmp(rest, expected[i], strlen(expected[i])) != 0)
			return false;
		rest += strcspn(rest, "\n");
		rest += *rest == '\n';
	}
	return !*rest;
}

static struct guard begin(void)
{
	struct guard guard = GUARD_NONE;

	is_int(guard_begin(&globals, limit_in(1000), &guard), EXIT_DONE, "a guard begins");
	return guard;
}

static void test_nothing(void)
{
	struct guard guard = begin();

	guard_end(&guard);
	ok(leaves(0, 0), "and leaves nothing");
	guard = begin();
	guard_leave_writer(&guard, 999999999);
	guard_leave_writer(&guard, 0);
	guard_end(&guard);
	ok(leaves(0, 0), "processes that do not exist are not left");
}

static void test_writers(void)
{
	const pid_t first = start_process(), second = start_process();
	struct guard guard = begin();

	guard_leave_writer(&guard, (uint64_t)first);
	guard_leave_writer(&guard, (uint64_t)first);
	guard_end(&guard);
	ok(leaves(first, 0), "a process is left once");
	guard_end(&guard);
	ok(leaves(first, 0), "also if the guard is ended twice");
	guard = begin();
	is_number(memhp_lock_left_writer(guard.lock, 0), (uint64_t)first, "the next guard knows it");
	is_number(memhp_lock_left_writer(guard.lock, 1), 0, "and no other");
	guard_leave_writer(&guard, (uint64_t)second);
	guard_end(&guard);
	ok(leaves(first, second), "and leaves it beside its own");
	guard = begin();
	end_process(first);
	guard_end(&guard);
	ok(leaves(second, 0), "until it has ended");
	end_process(second);
	guard = begin();
	is_number(memhp_lock_left_writer(guard.lock, 0), 0, "one that has ended is forgotten");
	guard_end(&guard);
	ok(leaves(0, 0), "and removed");
}

/* A zombie has ended, too. */
static void test_zombie(void)
{
	const pid_t pid = start_process();
	struct guard guard = begin();
	siginfo_t info;

	(void)kill(pid, SIGKILL);
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0)
		bail_out("waitid: %s", strerror(errno));
	guard_leave_writer(&guard, (uint64_t)pid);
	guard_end(&guard);
	ok(leaves(0, 0), "a zombie is not left");
	end_process(pid);
}

int main(void)
{
	tree = tree_new();
	globals.sysroot = tree->root;
	message_verbosity(true, false);
	tree_dir(tree, "run");
	test_nothing();
	test_writers();
	test_zombie();
	tree = tree_free(tree);
	return tap_done();
}
