/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether memory was short. What is printed may lack something then, so the program says so at its
 * end and fails, wherever the allocation was. Functions that need the memory return errors as well.
 */
#ifndef MEMHP_SHORTAGE_H
#define MEMHP_SHORTAGE_H

#include <stdbool.h>

/* Notes that an allocation failed. */
void shortage_note(void);
bool shortage_was_noted(void);

#endif
