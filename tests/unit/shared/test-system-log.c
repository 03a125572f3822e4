/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line of a change for the system log, and what is said where no system log receives it.
 * Where there is one, the second is not tested: a test writes no line to it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

static void is_line(const char *request, const char *text, const char *expected)
{
	char *line = system_log_line(request, "uid 0", text);

	is_str(line, expected, "line: %s", expected);
	free(line);
}

static char *repeat(const char *what, size_t times)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; stream && i < times; i++)
		fputs(what, stream);
	if (!stream || fclose(stream) != 0)
		bail_out("no memory");
	return text;
}

/* The request is of any length, and of any bytes. */
static void test_line(void)
{
	char *much = repeat("\xc3\xa4", 180000), *line;

	is_line("memhp offline 4", "changed blocks: 4; not changed: 0",
		"changed blocks: 4; not changed: 0; by uid 0: 'memhp offline 4'");
	is_line("memhp offline --device=x\nJan 1 kernel: forged \x1b[1m\xff", "a\nb",
		"a?b; by uid 0: 'memhp offline --device=x?Jan 1 kernel: forged ?[1m?'");
	line = system_log_line(much, "uid 0", "changed blocks: 4; not changed: 0");
	ok(line && strlen(line) <= 900 && strlen(line) > 890, "a long request is cut");
	ok(line && strncmp(line, "changed blocks: 4; not changed: 0; by uid 0: '\xc3\xa4", 48) == 0, "the result is first");
	ok(line && !strchr(line, '?') && strcmp(line + strlen(line) - 4, "...'") == 0, "it is cut between characters");
	free(line);
	line = system_log_line("memhp policy --save", "uid 0", much);
	ok(line && strlen(line) <= 900 && strstr(line, "'memhp policy --save'"), "a long result leaves room for the request");
	free(line);
	free(much);
}

int main(void)
{
	char text[256];

	test_line();

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
