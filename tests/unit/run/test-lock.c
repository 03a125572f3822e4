/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock as a call of the library: which file may be one, who waits for whom and until
 * when, and that a program with the library and the program memhp take turns. What users
 * see of it is in lock.bats, and what is left in the file in test-guard.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../src/libmemhp/clock.h"
#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define FILE_NAME "run/memhp.lock"
#define NO_HOLDER UINT64_MAX

static struct tree *tree;
static struct memhp *memhp;

/* What the library tells. */
static struct told {
	char path[64], text[64];
	int error;
	uint64_t holder;              /* NO_HOLDER: it was not called */
	unsigned int holders;
} told;

static void note_fault(void *data, const char *path, int error, const char *text)
{
	(void)data;
	snprintf(told.path, sizeof(told.path), "%s", path);
	snprintf(told.text, sizeof(told.text), "%s", text ? text : "");
	told.error = error;
}

static void note_holder(void *data, uint64_t holder)
{
	struct told *ret = data;

	ret->holder = holder;
	ret->holders++;
}

static struct memhp_lock_options options_of(uint64_t timeout_ms)
{
	told = (struct told){ .holder = NO_HOLDER };
	return (struct memhp_lock_options){
		.size = sizeof(struct memhp_lock_options), .timeout_ms = timeout_ms, .waiting = note_holder, .data = &told,
	};
}

static struct memhp_lock *hold(void)
{
	struct memhp_lock *lock = NULL;

	if (memhp_lock_take(memhp, NULL, &lock) < 0)
		bail_out("the lock cannot be taken");
	return lock;
}

static void path_of(const char *name, char ret[5000])
{
	snprintf(ret, 5000, "%s/%s", tree->root, name);
}

/* Files ------------------------------------------------------------------------- */

static void refuses(int error, const char *text, const char *name)
{
	struct memhp_lock *lock = NULL;

	told = (struct told){ .holder = NO_HOLDER };
	is_int(memhp_lock_take(memhp, NULL, &lock), -error, "%s", name);
	ok(!lock, "%s: no lock", name);
	is_str(told.path, FILE_NAME, "%s: the file at fault", name);
	is_str(told.text, text, "%s: what is wrong with it", name);
	is_int(told.error, error, "%s: the errno of the fault", name);
	tree_remove(tree, "run");
	tree_dir(tree, "run");
}

static void test_files(void)
{
	char from[5000], to[5000];

	path_of("file", from);
	path_of(FILE_NAME, to);
	tree_link(tree, "file", FILE_NAME);
	refuses(ELOOP, "a symbolic link", "a symbolic link");
	tree_text(tree, "precious", "file");
	if (link(from, to) < 0)
		bail_out("link: %s", strerror(errno));
	refuses(EMLINK, "a hard link", "a hard link");
	tree_fifo(tree, FILE_NAME);
	refuses(EINVAL, "not a regular file", "a pipe");
	tree_dir(tree, FILE_NAME);
	refuses(EINVAL, "not a regular file", "a directory");
	tree_remove(tree, "run");
	tree_text(tree, "", "run");
	refuses(ENOTDIR, "", "run is a file");
	tree_remove(tree, "run");
	tree_dir(tree, "other");
	tree_link(tree, "other", "run");
	refuses(ENOTDIR, "", "run is a link");
}

static void test_taken(void)
{
	struct memhp_lock *lock = hold();
	struct stat status;
	char path[5000], text[32] = "", pid[32];
	int fd;

	path_of(FILE_NAME, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0 || read(fd, text, sizeof(text) - 1) < 0)
		bail_out("%s: %s", path, strerror(errno));
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	is_str(text, pid, "the holder's pid is in the file");
	is_int(status.st_mode & 07777, 0600, "its mode");
	is_int(memhp_lock_error(lock), 0, "the pid was written");
	is_number(memhp_lock_left_writer(lock, 0), 0, "no write was left");
	ok(!memhp_lock_free(lock), "freed");
	is_int(fstat(fd, &status) < 0 ? -1 : (int)status.st_size, 0, "the file is empty afterwards");
	close(fd);
	ok(!memhp_lock_free(NULL), "freeing nothing");
}

/* Without run/ below a given root there is nothing to lock. */
static void test_none(void)
{
	struct memhp_lock *first, *second;
	char path[5000];

	tree_remove(tree, "run");
	first = hold();
	second = hold();
	memhp_lock_leave_writer(first, (uint64_t)getpid());
	is_int(memhp_lock_error(second), 0, "no directory run: no error");
	memhp_lock_free(first);
	memhp_lock_free(second);
	path_of("run", path);
	ok(access(path, F_OK) < 0, "no directory run: none is made");
	tree_dir(tree, "run");
}

/* Waiting ----------------------------------------------------------------------- */

static void test_held(void)
{
	struct memhp_lock *lock = hold(), *second = NULL;
	struct memhp_lock_options options = options_of(60);
	uint64_t begin_ms = clock_ms();

	is_int(memhp_lock_take(memhp, &options, &second), -ETIMEDOUT, "a second one in the same process");
	ok(clock_ms() - begin_ms >= 60, "it has waited");
	is_number(told.holder, (uint64_t)getpid(), "and was told the holder");
	is_int(told.holders, 1, "once");
	is_int(told.error, 0, "that is no fault of a file");
	options = options_of(UINT64_MAX);
	options.no_wait = true;
	begin_ms = clock_ms();
	is_int(memhp_lock_take(memhp, &options, &second), -EWOULDBLOCK, "no wait");
	ok(clock_ms() - begin_ms < 1000, "it has not waited");
	is_number(told.holder, (uint64_t)getpid(), "but was told the holder, too");
	options.waiting = NULL;
	is_int(memhp_lock_take(memhp, &options, &second), -EWOULDBLOCK, "no callback");
	ok(!second, "no lock");
	memhp_lock_free(lock);
	is_int(memhp_lock_take(memhp, &options, &second), 0, "once it is free, no wait is no matter");
	memhp_lock_free(second);
}

static void test_options(void)
{
	struct memhp_lock_options options = { 0 };
	struct memhp_lock *lock = hold(), *second = NULL;
	int ends[2];

	is_int(memhp_lock_take(memhp, &options, &second), -EINVAL, "no size");
	if (pipe(ends) < 0 || write(ends[1], "", 1) != 1)
		bail_out("pipe: %s", strerror(errno));
	options = options_of(UINT64_MAX);
	options.stop_fd = ends[0];
	is_int(memhp_lock_take(memhp, &options, &second), -ECANCELED, "a stop");
	is_number(told.holder, (uint64_t)getpid(), "it had begun to wait");
	close(ends[0]);
	close(ends[1]);
	options = options_of(UINT64_MAX);
	options.stop_fd = ends[0];
	is_int(memhp_lock_take(memhp, &options, &second), -EBADF, "a stop descriptor that is closed");
	is_number(told.holder, NO_HOLDER, "nothing was begun");
	options = options_of(10);
	options.stop_fd = -1;
	is_int(memhp_lock_take(memhp, &options, &second), -ETIMEDOUT, "no stop descriptor");
	memhp_lock_free(lock);
	options = options_of(0);
	options.stop_fd = ends[0];
	is_int(memhp_lock_take(memhp, &options, &second), -EBADF, "the same where the lock is free");
}

/* A context of another thread. */
struct waiter {
	pthread_t thread;
	int begun[2];                 /* a pipe: it waits */
	int result;
};

static void waiter_begin(void *data, uint64_t holder)
{
	(void)holder;
	if (write(((struct waiter *)data)->begun[1], "", 1) != 1)
		bail_out("pipe: %s", strerror(errno));
}

static void *waiter_run(void *data)
{
	struct waiter *waiter = data;
	const struct memhp_lock_options options = {
		.size = sizeof(options), .timeout_ms = 20000, .waiting = waiter_begin, .data = waiter,
	};
	struct memhp *own = NULL;
	struct memhp_lock *lock = NULL;

	if (memhp_new(tree->root, &own) < 0)
		return NULL;
	waiter->result = memhp_lock_take(own, &options, &lock);
	memhp_free(own);
	memhp_lock_free(lock);
	return NULL;
}

static void test_turns(bool is_removed)
{
	struct waiter waiter = { .result = 1 };
	struct memhp_lock *lock = hold();
	char byte;

	if (pipe(waiter.begun) < 0 || pthread_create(&waiter.thread, NULL, waiter_run, &waiter) != 0 ||
	    read(waiter.begun[0], &byte, 1) != 1)
		bail_out("no thread");
	is_int(waiter.result, 1, "another thread waits");
	if (is_removed)
		tree_remove(tree, FILE_NAME);
	memhp_lock_free(lock);
	pthread_join(waiter.thread, NULL);
	is_int(waiter.result, 0, "and has the lock in the end%s", is_removed ? ", of the new file" : "");
	close(waiter.begun[0]);
	close(waiter.begun[1]);
}

/* The program ------------------------------------------------------------------- */

/* Runs memhp below the tree, with its messages in the file "messages". */
static pid_t start(const char *action, const char *operand, const char *timeout)
{
	const char *program = getenv("MEMHP");
	char messages[5000];
	pid_t pid;
	int fd;

	path_of("messages", messages);
	pid = fork();
	if (pid != 0)
		return pid;
	fd = open(messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd >= 0 && dup2(fd, STDERR_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execl(program ? program : "./memhp", "memhp", "-s", tree->root, action, "-t", timeout, operand, NULL);
	_exit(126);
}

static int finish(pid_t pid, char ret_messages[1000])
{
	char path[5000];
	int status = 0, fd;
	ssize_t length;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	path_of("messages", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, ret_messages, 999);
	ret_messages[length > 0 ? length : 0] = '\0';
	close(fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_program_waits(void)
{
	struct memhp_lock *lock = hold();
	char messages[1000], expected[200];

	is_int(finish(start("offline", "0", "60ms"), messages), 124, "memhp waits for a holder that is another program");
	snprintf(expected, sizeof(expected), "memhp: offline: waiting for another memhp (pid %d)\n"
		 "memhp: offline: timed out waiting for another memhp (pid %d)\n", (int)getpid(), (int)getpid());
	is_str(messages, expected, "and names it");
	memhp_lock_free(lock);
}

/* Without the memory that it should bring online, memhp waits for more while it holds the lock. */
static void test_program_holds(void)
{
	struct memhp_lock_options options = options_of(0);
	struct memhp_lock *lock = NULL;
	const pid_t pid = start("online", "256M", "60s");
	char messages[1000];
	int r = 0;

	options.no_wait = true;
	for (int i = 0; i < 400 && r == 0; i++) {
		memhp_lock_free(lock);
		lock = NULL;
		(void)usleep(10000);
		r = memhp_lock_take(memhp, &options, &lock);
	}
	is_int(r, -EWOULDBLOCK, "memhp holds the lock");
	options = options_of(30);
	is_int(memhp_lock_take(memhp, &options, &lock), -ETIMEDOUT, "and another program waits");
	is_number(told.holder, (uint64_t)pid, "for memhp");
	(void)kill(pid, SIGTERM);
	options = options_of(20000);
	is_int(memhp_lock_take(memhp, &options, &lock), 0, "until it has ended");
	is_int(finish(pid, messages), 128 + SIGTERM, "memhp was stopped");
	memhp_lock_free(lock);
}

int main(void)
{
	tree = tree_new();
	tree_dir(tree, "run");
	tree_text(tree, "8000000\n", TREE_MEMORY "/block_size_bytes");
	tree_block(tree, 0, "online\n", "Normal\n");
	tree_block(tree, 1, "offline\n", "Movable Normal\n");
	tree_text(tree, "00000000-07ffffff : System RAM\n08000000-0fffffff : virtio0\n"
		  "  08000000-0fffffff : System RAM (virtio_mem)\n", "proc/iomem");
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	memhp_set_fault_handler(memhp, note_fault, NULL);
	test_files();
	test_taken();
	test_none();
	test_held();
	test_options();
	test_turns(false);
	test_turns(true);
	test_program_waits();
	test_program_holds();
	memhp_free(memhp);
	tree = tree_free(tree);
	return tap_done();
}
