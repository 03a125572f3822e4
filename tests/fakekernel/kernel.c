/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel does on a write to a world, by the rules of drivers/base/memory.c and
 * mm/memory_hotplug.c: one hotplug lock, states and zones, signals, errors. A process that is in
 * here sees no signal until it leaves, as in the kernel.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fake.h"

#define LOCK ".hotplug"           /* flock(2)ed: device_hotplug_lock */
#define TRANSITION ".transition"  /* "ID ZONE" of the block that is going offline */
#define LATER ".later"            /* "ID STATE ZONES" that another agent has in mind */

static const char *const words[WORDS] = { "offline", "online", "online_kernel", "online_movable" };

/* The hotplug lock, and a process within the kernel ---------------------------- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void nap(void)
{
	const struct timespec t = { 0, 5000000 };

	nanosleep(&t, NULL);
}

/* A writer that was killed while its block went offline: the kernel would have undone it. */
static void repair(const struct file *file)
{
	char text[64], zone[32];
	unsigned long id;

	if (get(file, TRANSITION, text, sizeof(text)) == 0 && sscanf(text, "%lu %31s", &id, zone) == 2)
		set_block(file, id, "online", zone);
	unlinkat(file->root, TRANSITION, 0);
}

/* drivers/base/core.c: lock_device_hotplug_sysfs(): every 5 ms, also after a caught signal. */
int take_lock(struct change *change)
{
	const double end = now() + change->lock;
	const int fd = (int)system_call(SYS_openat, change->file->root, LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	while (now() < end || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (change->file->id != NO_BLOCK && is_gone(change->file)) {
			close(fd);
			return -ENODEV;
		}
		nap();
	}
	repair(change->file);
	return fd;
}

/* signal_pending(): neither blocked nor ignored. */
static bool is_pending(const sigset_t *mask)
{
	struct sigaction action;
	sigset_t pending;

	sigpending(&pending);
	for (int i = 1; i < NSIG; i++) {
		if (!sigismember(&pending, i) || sigismember(mask, i) == 1 || sigaction(i, NULL, &action) < 0)
			continue;
		if (action.sa_handler != SIG_IGN &&
		    (action.sa_handler != SIG_DFL || (i != SIGCHLD && i != SIGWINCH && i != SIGURG)))
			return true;
	}
	return false;
}

void enter(struct change *change)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &change->mask);
	prctl(PR_SET_NAME, IN_KERNEL);
}

/* Back to user mode, where signals are delivered. */
void leave(const struct change *change)
{
	sigset_t pending;

	prctl(PR_SET_NAME, "memhp");
	sigpending(&pending);
	if (sigismember(&pending, KILLED))
		system_call(SYS_kill, (long)getpid(), (long)SIGKILL);
	sigprocmask(SIG_SETMASK, &change->mask, NULL);
}

int work(const struct change *change)
{
	double end = now() + (change->hangs && !change->error && change->word == OFFLINE ? FOREVER : change->delay);

	for (;; nap()) {
		if (change->word == OFFLINE && is_pending(&change->mask)) {
			for (end = now() + change->linger; now() < end;)
				nap();
			return -EINTR;
		}
		if (now() >= end &&
		    (!*change->until || faccessat(change->file->root, change->until, F_OK, 0) == 0))
			return -change->error;
	}
}

/* One block ------------------------------------------------------------------ */

/* mm/memory_hotplug.c: zone_for_pfn_range(), as far as valid_zones tells it */
static void choose_zone(const struct change *change, const char *zones, char ret[32])
{
	const char *zone = zones;

	if (change->word == ONLINE_KERNEL && strncmp(zone, "Movable", 7) == 0)
		zone = zones[7] ? zones + 8 : "Normal";
	if (change->word == ONLINE_MOVABLE)
		zone = "Movable";
	if (*change->zone)
		zone = change->zone;
	snprintf(ret, 32, "%.*s", (int)strcspn(zone, " "), *zone ? zone : "Normal");
}

static void race(const struct change *change, const char *state, const char *zones)
{
	char text[128];

	if (*change->later_zone)
		snprintf(text, sizeof(text), "%lu online %s", change->file->id, change->later_zone);
	else
		snprintf(text, sizeof(text), "%lu %s %s", change->file->id, change->is_removed_later ? "gone" : state, zones);
	if (*change->state)
		set_block(change->file, change->file->id, change->state, zones);
	else if (change->is_raced)
		set_block(change->file, change->file->id, state, zones);
	else if (change->is_removed)
		remove_block(change->file);
	else if (change->is_raced_later || change->is_removed_later || *change->later_zone)
		put(change->file, LATER, text);
}

/* What another agent had in mind, unless it is about this very block. */
static void do_later(const struct file *file)
{
	char text[128], state[16];
	unsigned long id;
	int at;

	if (get(file, LATER, text, sizeof(text)) < 0 || sscanf(text, "%lu %15s %n", &id, state, &at) < 2 || id == file->id)
		return;
	if (strcmp(state, "gone") == 0) {
		struct file block = *file;

		block.id = id;
		remove_block(&block);
	} else {
		set_block(file, id, state, text + at);
	}
	unlinkat(file->root, LATER, 0);
}

static int go_offline(const struct change *change, const char *zone, bool has_zones)
{
	char text[128], list[96];
	int r;

	if (!has_zones)
		return -EINVAL;      /* no CONFIG_MEMORY_HOTREMOVE */
	snprintf(text, sizeof(text), "%lu %s", change->file->id, zone);
	snprintf(list, sizeof(list), "%s %s", zone, strcmp(zone, "Movable") ? "Movable" : "Normal");
	if (strcmp(zone, "none") == 0) {
		debug_log(change, EINVAL);
		return -EINVAL;
	}
	put(change->file, TRANSITION, text);
	set_block(change->file, change->file->id, "going-offline", list);
	r = work(change);
	if (change->vanishes) {
		remove_block(change->file);
		r = -ENODEV;
	} else if (r < 0) {
		set_block(change->file, change->file->id, "online", zone);
		debug_log(change, -r);
	} else {
		set_block(change->file, change->file->id, "offline", list);
		race(change, "online", zone);
	}
	unlinkat(change->file->root, TRANSITION, 0);
	return r;
}

static int go_online(const struct change *change, const char *zones)
{
	char zone[32];
	int r = work(change);

	if (change->vanishes) {
		remove_block(change->file);
		return -ENODEV;
	}
	if (r < 0)
		return r;
	choose_zone(change, zones, zone);
	set_block(change->file, change->file->id, "online", zone);
	race(change, "offline", zones);
	return 0;
}

/* drivers/base/memory.c: state_store() */
static int change_state(struct change *change)
{
	const struct file *file = change->file;
	char path[256], state[32], zones[64];
	bool has_zones;

	if (is_gone(file))
		return -ENODEV;
	do_later(file);
	block_path(file->id, "state", path);
	get(file, path, state, sizeof(state));
	block_path(file->id, "valid_zones", path);
	has_zones = get(file, path, zones, sizeof(zones)) == 0;
	read_faults(change, NULL, true);
	if (strcmp(state, change->word == OFFLINE ? "online" : "offline") != 0)
		return -EINVAL;      /* so it is already, or going there */
	return change->word == OFFLINE ? go_offline(change, zones, has_zones) : go_online(change, zones);
}

int write_state(const struct file *file, char *text)
{
	struct change change = { .file = file, .word = OFFLINE };
	int lock, r;

	while (change.word < WORDS && strcmp(words[change.word], text) != 0)
		change.word++;
	if (change.word == WORDS)
		return -EINVAL;
	read_faults(&change, "lock", false);
	lock = take_lock(&change);
	if (lock < 0)
		return lock;
	enter(&change);
	r = change_state(&change);
	close(lock);
	leave(&change);
	return r;
}

/* The other files ------------------------------------------------------------ */

static bool has_taken;         /* a value, from this program */

/* A value that the kernel understood. */
static int take(const struct file *file, const char *value)
{
	char taken[64] = "";
	int error;

	strncpy(taken, value, sizeof(taken) - 1);
	error = parameter_fault(file, strrchr(file->path, '/') + 1, taken);
	has_taken = true;
	if (!error)
		put(file, file->path, taken);
	return error == LOST ? 0 : -error;
}

long read_parameter(const struct file *file, int fd, char *buffer, size_t size)
{
	errno = has_taken ? parameter_read_fault(file, strrchr(file->path, '/') + 1) : 0;
	return errno ? -1 : system_call(SYS_read, fd, buffer, size);
}

int write_auto_online(const struct file *file, char *text)
{
	for (int i = 0; i < WORDS; i++)
		if (strcmp(words[i], text) == 0)
			return take(file, text);
	return -EINVAL;
}

/* mm/memory_hotplug.c: set_online_policy() */
int write_policy(const struct file *file, char *text)
{
	return strcmp(text, "contig-zones") && strcmp(text, "auto-movable") ? -EINVAL : take(file, text);
}

/* kernel/params.c: param_set_uint(), by kstrtouint() */
int write_ratio(const struct file *file, char *text)
{
	char *end, number[32];
	unsigned long long value = strtoull(text, &end, 0);

	if (!isdigit(*text) || *end)
		return -EINVAL;
	if (value > UINT_MAX)
		return -ERANGE;
	snprintf(number, sizeof(number), "%llu", value);
	return take(file, number);
}

/* kernel/params.c: param_set_bool(), by kstrtobool(): the first letter decides */
int write_bool(const struct file *file, char *text)
{
	if (!*text || !strchr("yYtT1nNfF0", *text))
		return -EINVAL;
	return take(file, strchr("yYtT1", *text) ? "Y" : "N");
}

/* The block is there before the call ends; it is brought online if the policy says so. */
static int add_block(struct change *change)
{
	const struct file *file = change->file;
	char path[256], policy[32];

	read_faults(change, NULL, true);
	if (change->error)
		return work(change);
	block_path(file->id, "", path);
	if (mkdirat(file->root, path, 0755) < 0)
		return -EEXIST;
	block_path(file->id, "valid_zones", path);
	put(file, path, "Normal Movable");
	set_block(file, file->id, "offline", NULL);
	work(change);
	if (change->vanishes)
		remove_block(file);
	get(file, MEMORY "/auto_online_blocks", policy, sizeof(policy));
	for (change->word = 0; change->word < WORDS && strcmp(words[change->word], policy) != 0;)
		change->word++;
	if (change->word != OFFLINE && change->word != WORDS && !change->vanishes)
		go_online(change, "Normal Movable");
	return 0;
}

/* drivers/base/memory.c: probe_store(): adds one block. */
int write_probe(const struct file *file, char *text)
{
	struct file block = *file;
	struct change change = { .file = &block, .word = PROBE };
	char *end;
	unsigned long long address = strtoull(text, &end, 0), size = block_size(file);
	int lock, r;

	if (end == text || *end || !size || address % size)
		return -EINVAL;
	block.id = (unsigned long)(address / size);
	read_faults(&change, "lock", false);
	block.id = NO_BLOCK;         /* so that the lock is not given up because there is no block yet */
	lock = take_lock(&change);
	block.id = (unsigned long)(address / size);
	enter(&change);
	r = add_block(&change);
	close(lock);
	leave(&change);
	return r;
}

/* Whoever reads a block whose writer was killed finds it online again; who has begun reads the rest. */
long read_attribute(const struct file *file, int fd, char *buffer, size_t size)
{
	int lock = -1, again;

	if (lseek(fd, 0, SEEK_CUR) == 0 && faccessat(file->root, TRANSITION, F_OK, 0) == 0)
		lock = (int)system_call(SYS_openat, file->root, LOCK, O_RDWR | O_CLOEXEC, 0);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		repair(file);
		again = (int)system_call(SYS_openat, file->root, file->path, O_RDONLY | O_CLOEXEC, 0);
		dup3(again, fd, O_CLOEXEC);
		close(again);
	}
	if (lock >= 0)
		close(lock);
	return system_call(SYS_read, fd, buffer, size);
}
