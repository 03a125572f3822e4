/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said where no system log receives the line of a change. Where there is one,
 * nothing is tested: a test writes no line to it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../../../src/cli/base/message.h"
#include "../../../src/cli/shared/system-log.h"
#include "../tap.h"

/* What is printed on stderr for one line. */
static void log_line(bool is_verbose, char ret[256])
{
	FILE *file = tmpfile();
	const int saved = dup(STDERR_FILENO);
	size_t length;

	if (!file || saved < 0 || dup2(fileno(file), STDERR_FILENO) < 0)
		bail_out("stderr: %s", strerror(errno));
	message_verbosity(false, is_verbose);
	system_log_text("offline 3", "a test");
	(void)fflush(stderr);
	(void)dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	length = fread(ret, 1, 255, file);
	ret[length] = '\0';
	(void)fclose(file);
}

int main(void)
{
	char text[256];

	if (access(_PATH_LOG, F_OK) == 0) {
		ok(true, "# SKIP there is a system log");
		return tap_done();
	}
	log_line(false, text);
	is_str(text, "", "nothing without --verbose");
	log_line(true, text);
	is_str(text, "memhp: the system log has no line about this change: " _PATH_LOG ": No such file or directory\n",
	       "the cause with --verbose");
	return tap_done();
}
