/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See shortage-turns.h. Knows what tests/shortage.c can do.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shortage-turns.h"

#define MOST 5000

static void (*begin_shortage)(unsigned long first, unsigned long failures);
static unsigned long (*end_shortage)(void);
static long (*living)(void);

static char text[20000];

void answer(const char *format, ...)
{
	const size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, sizeof(text) - length, format, args);
	va_end(args);
}

/* Whether the call did its work, or said that memory is short, and nothing is left of it. */
static bool call_once(const struct call *call, unsigned long number, const char *usual, int usual_r,
		      unsigned long *ret_failed)
{
	const long before = living();
	long left;
	int r;

	text[0] = '\0';
	begin_shortage(number, call->failures);
	r = call->make();
	*ret_failed = end_shortage();
	left = living() - before;
	if (left == 0 && ((r == -ENOMEM && *ret_failed) || (r == usual_r && strcmp(text, usual) == 0)))
		return true;
	diagnose("allocation %lu: returns %d, %ld allocations are left, %s", number, r, left,
		 strcmp(text, usual) == 0 ? "the same answer" : "another answer");
	return false;
}

void in_turn(const struct call *call)
{
	static char usual[sizeof(text)];
	unsigned long number = 0, wrong = 0, failed = 1;
	int r;

	text[0] = '\0';
	r = call->make();
	memcpy(usual, text, sizeof(usual));
	ok(r >= 0, "%s: %d", call->name, r);
	while (failed && ++number < MOST)
		wrong += !call_once(call, number, usual, r, &failed);
	ok(number > call->least && number < MOST, "%s: %lu allocations", call->name, number - 1);
	is_number(wrong, 0, "%s: each is -ENOMEM or no matter, and nothing is left", call->name);
}

static void find(const char *name, void *ret)
{
	void *found = dlsym(RTLD_DEFAULT, name);

	if (!found)
		bail_out("%s is not preloaded", name);
	memcpy(ret, &found, sizeof(found));
}

void turns_open(void)
{
	find("shortage_begin", &begin_shortage);
	find("shortage_end", &end_shortage);
	find("shortage_living", &living);
}
