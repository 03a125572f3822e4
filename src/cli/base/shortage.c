/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remembers that an allocation failed. The message and the exit status are main()'s.
 */
#include "shortage.h"

static bool is_noted;

void shortage_note(void)
{
	is_noted = true;
}

bool shortage_was_noted(void)
{
	return is_noted;
}
