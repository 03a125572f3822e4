/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints everything that memhp writes to stderr, one line per message, and maps an
 * errno to an exit status. Remembers the first error for the JSON error document. The
 * callers know the wording.
 */
#include "message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shortage.h"
#include "signals.h"
#include "text.h"
#include "unread.h"

static struct {
	const char *command;
	bool quiet, verbose;
	char *first_error;
	const char *reason;
	char *fault, *fault_path;
	int fault_code;
} messages;

void message_begin(const char *command)
{
	messages.command = command;
}

void message_verbosity(bool quiet, bool verbose)
{
	messages.quiet = quiet;
	messages.verbose = verbose;
}

__attribute__((format(printf, 1, 0)))
static char *format_text(const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0) {
		shortage_note();
		return NULL;
	}
	text_disarm(text);
	return text;
}

static void say(const char *kind, const char *text)
{
	/* The text is lost; main() says why. */
	if (text)
		fprintf(stderr, "memhp: %s%s%s%s\n", messages.command ? messages.command : "",
			messages.command ? ": " : "", kind, text);
}

void message_out_of_memory(void)
{
	static char text[] = "out of memory";

	say("", text);
	if (!messages.first_error)
		messages.first_error = text;
}

__attribute__((format(printf, 1, 0)))
static void verror(const char *format, va_list args)
{
	char *text = format_text(format, args);

	say("", text);
	if (messages.first_error)
		free(text);
	else
		messages.first_error = text;
}

void error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verror(format, args);
	va_end(args);
}

#define DEFINE_SAY(function, kind, condition)                              \
	void function(const char *format, ...)                             \
	{                                                                  \
		char *text;                                                \
		va_list args;                                              \
									   \
		if (!(condition))                                          \
			return;                                            \
		va_start(args, format);                                    \
		text = format_text(format, args);                          \
		va_end(args);                                              \
		say(kind, text);                                           \
		free(text);                                                \
	}

DEFINE_SAY(warning, "warning: ", true)
DEFINE_SAY(notice, "", !messages.quiet)
DEFINE_SAY(detail, "", messages.verbose)

int usage_error(const char *format, ...)
{
	va_list args;

	signals_release();
	/* What seems to be wrong may only have been lost. */
	if (shortage_was_noted())
		return EXIT_FAILED;
	va_start(args, format);
	verror(format, args);
	va_end(args);
	fprintf(stderr, "Try 'memhp%s%s --help' for more information.\n",
		messages.command ? " " : "", messages.command ? messages.command : "");
	return EXIT_USAGE;
}

bool message_is_watched(const struct globals *globals)
{
	const char *term = getenv("TERM");

	return !globals->quiet && !globals->json && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void message_set_reason(const char *reason)
{
	if (!messages.first_error)
		messages.reason = reason;
}

const char *message_reason(void)
{
	return messages.reason;
}

const char *message_first_error(void)
{
	return messages.first_error;
}

void message_fault(void *data, const char *path, int code, const char *text)
{
	const char *root = data ? data : "/";
	size_t length = strlen(root);
	const char *slash = length && root[length - 1] == '/' ? "" : "/";

	free(messages.fault);
	free(messages.fault_path);
	messages.fault = NULL;
	messages.fault_path = NULL;
	messages.fault_code = code;
	(void)text_asprintf(&messages.fault_path, "%s", path);
	(void)text_asprintf(&messages.fault, "%s%s%s: %s", root, slash, path, text ? text : strerror(code));
}

const char *permission_advice(int code)
{
	if (code != EACCES && code != EPERM)
		return "";
	/* In a container root lacks capabilities. */
	return geteuid() == 0 ? "; run memhp on the host" : "; run memhp as root";
}

const char *error_text(int code)
{
	return code == -EBADMSG ? "unexpected content" : strerror(-code);
}

static void note_fault(void)
{
	if (messages.fault_path)
		unread_note(messages.fault_path, messages.fault_code);
}

int library_error(const char *what, int code)
{
	bool is_unsupported = code == -EOPNOTSUPP;
	const char *hint = is_unsupported ? "this kernel or machine has no memory hotplug: " : "";

	if (code == -ENOMEM)
		shortage_note();
	else if (messages.fault)
		error("%s%s", hint, messages.fault);
	else
		error("%s%s: %s", hint, what, strerror(-code));
	note_fault();
	return is_unsupported ? EXIT_UNSUPPORTED : EXIT_FAILED;
}

void library_warning(const char *what, int code)
{
	if (code == -ENOMEM)
		shortage_note();
	else if (messages.fault)
		warning("%s", messages.fault);
	else
		warning("%s: %s", what, strerror(-code));
	note_fault();
}
