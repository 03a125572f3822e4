/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that could not be read or understood, for the end of a JSON document. The
 * messages about them are printed where they are found.
 */
#ifndef MEMHP_UNREAD_H
#define MEMHP_UNREAD_H

#include "../../libmemhp/libmemhp.h"

struct unread {
	struct unread *next;
	char *path;          /* below the root directory, with a leading slash */
	const char *error;   /* the name of the errno: "EACCES"; "EBADMSG": the content was not understood */
};

/* Remembers a file; code is an errno, positive or negative. A path that was noted before is ignored. */
void unread_note(const char *path, int code);
/* The same for an attribute of a block, which must be noted only once. */
void unread_note_attribute(const struct memhp_block *block, enum memhp_attr attr);
/* Notes the parameters whose files could not be read or understood, but not those that the kernel lacks. */
void unread_note_parameters(const struct memhp_policy *policy);
/* The file that was noted after prev, or the first one if prev is NULL; NULL at the end. */
const struct unread *unread_next(const struct unread *prev);

#endif
