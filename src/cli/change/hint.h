/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hints: what to do about a failure, for each reason. The reasons come from the
 * library; where a hint is printed is up to the reports.
 */
#ifndef MEMHP_HINT_H
#define MEMHP_HINT_H

#include "../../libmemhp/libmemhp.h"

/* The size of the buffer for a hint that contains figures or names. */
#define HINT_SIZE 200
/* Returns the hint, or NULL if there is none. It may be stored in text. may_explain: it may advise
 * --explain. */
const char *outcome_hint(const struct memhp_outcome *outcome, enum memhp_action action, bool may_explain,
			 char text[HINT_SIZE]);

#endif
