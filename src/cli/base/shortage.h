/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether memory was short. The output may lack something then: at its end the program reports it
 * and fails, wherever the allocation was. Functions that need the memory return errors as well.
 */
#ifndef MEMHP_SHORTAGE_H
#define MEMHP_SHORTAGE_H

#include <stdbool.h>

/* Notes that an allocation failed. */
void shortage_note(void);
bool shortage_was_noted(void);

#endif
