/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this process has changed anything, in one place: a failure after that is no
 * longer one that changed nothing.
 */
#ifndef MEMHP_CHANGES_H
#define MEMHP_CHANGES_H

#include <stdbool.h>

/* Something was changed, and will not be changed back. */
void changes_note(void);
bool changes_were_made(void);
/* The exit status, which becomes EXIT_PARTLY if it says that nothing was changed and that is not so. */
int changes_status(int status);

#endif
