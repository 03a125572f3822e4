/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong in a world: its file .faults, read at each write, in the language of the table
 * below. Faults that are counted are counted down in place.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake.h"

/*
 * A line: memory40 [online|offline|probe] FAULT [ARGUMENT | "ARGUMENT"] [xTIMES]. Faults of several lines
 * add up; of errors the first counts. A fault can also be an error: EBUSY, 512.
 */
static const struct fault {
	const char *name;
	enum { FLAG, TIME, TEXT, LOG, ERROR } kind;
	size_t offset;
} faults[] = {
	{ "hang", FLAG, offsetof(struct change, hangs) },              /* until a signal or an error comes */
	{ "delay", TIME, offsetof(struct change, delay) },             /* how long the change takes */
	{ "until", TEXT, offsetof(struct change, until) },             /* goes on until the world has that file */
	{ "linger", TIME, offsetof(struct change, linger) },           /* still going-offline after a signal */
	{ "lock", TIME, offsetof(struct change, lock) },               /* another hotplug runs */
	{ "online-as", TEXT, offsetof(struct change, zone) },          /* whatever was asked for */
	{ "vanish", FLAG, offsetof(struct change, vanishes) },         /* removed during the write */
	{ "raced", FLAG, offsetof(struct change, is_raced) },          /* another agent undoes it at once, */
	{ "raced-later", FLAG, offsetof(struct change, is_raced_later) }, /* or when another block is written */
	{ "reads", TEXT, offsetof(struct change, state) },             /* its state after the change */
	{ "removed", FLAG, offsetof(struct change, is_removed) },      /* after the change, by the host, at once, */
	{ "removed-later", FLAG, offsetof(struct change, is_removed_later) }, /* or when another block is written */
	{ "later-zone", TEXT, offsetof(struct change, later_zone) },   /* another agent puts it there then */
	{ "log", LOG, 0 },                                             /* the kernel says so meanwhile */
	{ "reason", TEXT, offsetof(struct change, reason) },           /* of "failed due to", a pr_debug */
	{ "open", ERROR, offsetof(struct change, open_error) },        /* opening for writing fails */
	/* Of devices: the write fails, or lasts until a signal comes; all else is the removal's. */
	{ "write", ERROR, offsetof(struct change, write_error) },
	{ "stuck", FLAG, offsetof(struct change, is_stuck) },
	{ "crashes", FLAG, offsetof(struct change, crashes) },         /* the kernel, after the blocks are gone */
};

static int error_of(const char *name)
{
	for (int error = 1; error < 134; error++)
		if (strerrorname_np(error) && strcmp(strerrorname_np(error), name) == 0)
			return error;
	return atoi(name);
}

/* Cuts the next word or quoted text off. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, " "), *end;

	word += *word == '"';
	end = word + strcspn(word, word > *text && word[-1] == '"' ? "\"" : " ");
	*text = end + (*end != '\0');
	*end = '\0';
	return word;
}

/* "300ms", "2s"; for ever without */
static double milliseconds(const char *text)
{
	char *unit;
	double number = strtod(text, &unit);

	return unit == text ? FOREVER : strcmp(unit, "s") == 0 ? 1000 * number : number;
}

static void apply_fault(struct change *change, const char *name, const char *argument)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		void *field = (char *)change + faults[i].offset;

		if (strcmp(faults[i].name, name) != 0)
			continue;
		switch (faults[i].kind) {
		case FLAG: *(bool *)field = true; return;
		case TIME: *(double *)field = milliseconds(argument); return;
		case TEXT: strncpy(field, argument, 31); return;
		case LOG: kernel_log(change->file, argument); return;
		case ERROR: *(int *)field = error_of(argument); return;
		}
	}
	if (!change->error)
		change->error = error_of(name);
}

/* Whether name is a kind of writes, and then whether this is one. */
static bool is_kind(const char *name, enum word word, bool *ret)
{
	const bool is_offline = strcmp(name, "offline") == 0, is_probe = strcmp(name, "probe") == 0;

	if (!is_offline && !is_probe && strcmp(name, "online") != 0)
		return false;
	*ret = is_offline ? word == OFFLINE : is_probe ? word == PROBE : word != OFFLINE && word != PROBE;
	return true;
}

/* One line. True when it was used up once more; then times is that line's number, in place. */
static bool read_fault(struct change *change, char *line, const char *only, char *times)
{
	char *first = next_word(&line), *name = next_word(&line), *argument;
	bool is_meant;

	if (strncmp(first, "memory", 6) != 0 || strtoul(first + 6, NULL, 10) != change->file->id)
		return false;
	if (is_kind(name, change->word, &is_meant)) {
		if (!is_meant)
			return false;
		name = next_word(&line);
	}
	argument = next_word(&line);
	if ((only && strcmp(name, only) != 0) || (times && atoi(times) == 0))
		return false;
	if (!only && strcmp(name, "open") == 0)
		return false;
	if (!only && change->error && (isdigit(*name) || isupper(*name)))
		return false;
	apply_fault(change, name, argument);
	return times != NULL;
}

/* A line: PNP0C80:01 FAULT [ARGUMENT]; raced: a block that came online meanwhile cannot go again. */
void read_device_faults(struct change *change, const char *device)
{
	char text[16384], *rest;

	if (get(change->file, ".faults", text, sizeof(text)) < 0)
		return;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const char *name;

		if (strcmp(next_word(&line), device) != 0)
			continue;
		name = next_word(&line);
		apply_fault(change, name, next_word(&line));
	}
}

/* Faults of the block, or only those of one name; counted unless it is only a look. */
void read_faults(struct change *change, const char *only, bool is_counted)
{
	char text[16384], line[1024];
	int fd;

	if (get(change->file, ".faults", text, sizeof(text)) < 0)
		return;
	fd = (int)system_call(SYS_openat, change->file->root, ".faults", O_WRONLY | O_CLOEXEC, 0);
	for (char *at = text, *end; *at; at = end + (*end != '\0')) {
		size_t length = strcspn(at, "\n");
		char *times = NULL;

		end = at + length;
		for (char *c = end; c > at && isdigit(c[-1]); c--)
			times = c - 2 >= at && c[-2] == 'x' ? c - 1 : times;
		snprintf(line, sizeof(line), "%.*s", (int)length, at);
		if (read_fault(change, line, only, times) && is_counted) {
			char number[16];
			int width = (int)(end - times);

			snprintf(number, sizeof(number), "%0*d", width, atoi(times) - 1);
			pwrite(fd, number, (size_t)width, times - text);
		}
	}
	close(fd);
}

/* A line: online_policy read ERROR [xTIMES]: reads fail once this program has written a parameter. */
int parameter_read_fault(const struct file *file, const char *name)
{
	static int failed;
	char text[16384], *rest;

	if (get(file, ".faults", text, sizeof(text)) < 0)
		return 0;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const char *error, *times;

		if (strcmp(next_word(&line), name) != 0 || strcmp(next_word(&line), "read") != 0)
			continue;
		error = next_word(&line);
		times = next_word(&line);
		return *times && failed++ >= atoi(times + 1) ? 0 : error_of(error);
	}
	return 0;
}

/* A line: online_policy FAULT, or online_policy=contig-zones FAULT: only of that value. "as VALUE": the kernel
 * takes that one in its place. */
int parameter_fault(const struct file *file, const char *name, char value[64])
{
	char text[16384], both[256], *rest;

	if (get(file, ".faults", text, sizeof(text)) < 0)
		return 0;
	snprintf(both, sizeof(both), "%s=%s", name, value);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const char *first = next_word(&line);

		if (strcmp(first, name) != 0 && strcmp(first, both) != 0)
			continue;
		first = next_word(&line);
		if (strcmp(first, "read") == 0)
			continue;
		if (strcmp(first, "as") == 0)
			return strncpy(value, next_word(&line), 63), 0;
		return strcmp(first, "lost") == 0 ? LOST : error_of(first);
	}
	return 0;
}
