/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the library, each allocation failing in turn (tests/shortage.c is preloaded): each call returns -ENOMEM
 * or what it returns otherwise, and leaves no memory behind. Which calls there are is left to shortage-calls.c and
 * shortage-monitor.c.
 */
#ifndef SHORTAGE_TURNS_H
#define SHORTAGE_TURNS_H

#include "../src/libmemhp/libmemhp.h"
#include "unit/tap.h"
#include "unit/tree.h"

/* The root, and a context of it. */
extern struct tree tree;
extern struct memhp *memhp;

struct call {
	const char *name;
	int (*make)(void);
	unsigned long failures;       /* how many allocations fail, one after the other */
	unsigned long least;          /* how many there are at least */
};

/* What a call has answered, printed by the call. */
__attribute__((format(printf, 1, 2)))
void answer(const char *format, ...);

/* Finds what is preloaded. */
void turns_open(void);
/* Makes the call again and again, until it makes fewer allocations. */
void in_turn(const struct call *call);

/* shortage-monitor.c */
int call_monitor(void);

#endif
