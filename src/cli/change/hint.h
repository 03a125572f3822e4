/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people are told of a reason.
 */
#ifndef MEMHP_HINT_H
#define MEMHP_HINT_H

#include "../../libmemhp/libmemhp.h"

/* Where a sentence may be made. */
#define HINT_SIZE 160
/* A sentence, or NULL; it may stand in text. */
const char *outcome_hint(const struct memhp_outcome *outcome, enum memhp_action action, char text[HINT_SIZE]);

#endif
