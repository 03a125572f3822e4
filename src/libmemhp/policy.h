/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files about the kernel's policy share: policy.c (parameters as they
 * are), value.c (what the kernel takes for a value) and cmdline.c.
 */
#ifndef MEMHP_POLICY_H
#define MEMHP_POLICY_H

#include "internal.h"

DEFINE_CLEANUP(struct memhp_policy *, memhp_policy_free)

/* cmdline.c: one word of the kernel command line; value is NULL where there is no "=". */
struct cmdline_word {
	const char *name, *value;
};
/* Cuts the next word off; false at the end. The text is changed. */
bool cmdline_next(char **rest, struct cmdline_word *ret);
/* Whether a word is that name: "-" and "_" are the same. */
bool cmdline_is(const char *word, const char *name);

/* value.c: values as text, in the form in which the kernel prints them. */
#define VALUE_MAX 64

enum value_kind {
	VALUE_STATE,          /* offline, online, online_kernel, online_movable */
	VALUE_POLICY,         /* contig-zones, auto-movable */
	VALUE_UINT,
	VALUE_BOOL,           /* Y, N */
	VALUE_MEMMAP,         /* Y, N, force */
	VALUE_HEX,            /* printed in hex, kept in decimal */
	VALUE_EXISTS,         /* Y when the file exists */
	VALUE_FLAG,           /* on the command line: Y when it is there, whatever its value */
	VALUE_ANY,            /* on the command line: kept as it is */
};
/* A value as the kernel takes it, which may be NULL: no value. -EINVAL or -ERANGE when it refuses it. */
int value_take(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* What a file prints; -EBADMSG. Words that are not known are kept. */
int value_print(enum value_kind kind, const char *text, char ret[VALUE_MAX]);

#endif
