/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remembers whether this process has changed anything, for the exit status. What counts
 * as a change is up to the commands.
 */
#include "changes.h"

#include "../command.h"

static bool has_changes;

void changes_note(void)
{
	has_changes = true;
}

bool changes_were_made(void)
{
	return has_changes;
}

int changes_status(int status)
{
	return has_changes && (status == EXIT_FAILED || status == EXIT_TIMEOUT) ? EXIT_PARTLY : status;
}
