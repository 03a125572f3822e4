/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp: the table of commands, and what holds for all of them: help, version,
 * the JSON document of an error, the state of stdout at the end. Signals are held before
 * anything else; what they do to a change is left to base/signals.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../libmemhp/cleanup.h"
#include "../libmemhp/choice.h"
#include "base/changes.h"
#include "base/message.h"
#include "base/options.h"
#include "base/shortage.h"
#include "base/signals.h"
#include "output/json.h"

#define SYNOPSIS "COMMAND [OPTION...] [OPERAND...]"
#define ABOUT "Show, change and plan memory hotplug on Linux."

static const struct command *const commands[] = {
	&list_command,
	&online_command,
	&offline_command,
	&probe_command,
	&policy_command,
	&ratio_command,
};

static void print_commands(FILE *stream)
{
	fputs("\nCommands:\n", stream);
	for (size_t i = 0; i < OPTION_COUNT(commands); i++)
		fprintf(stream, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < OPTION_COUNT(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int refuse_bare(void)
{
	error("missing command");
	fputs("Usage: memhp " SYNOPSIS "\n", stderr);
	print_commands(stderr);
	return EXIT_USAGE;
}

static int refuse_command(const struct words *words, size_t index)
{
	char names[128] = "";

	for (size_t i = 0; i < OPTION_COUNT(commands); i++)
		choice_add(names, sizeof(names), commands[i]->name, i + 1 == OPTION_COUNT(commands));
	return usage_error("unknown command '%s' (%s)%s", words->words[index], names, words->hints[index]);
}

static int answer(struct globals *globals)
{
	if (!options_answer_program(globals, SYNOPSIS, ABOUT))
		return refuse_bare();
	if (globals->help) {
		print_commands(stdout);
		puts("\nSee 'memhp COMMAND --help' for the options of a command, and memhp(8).");
	}
	return EXIT_DONE;
}

/* memhp help [COMMAND] is another spelling of --help. */
static int run_help(struct globals *globals, const struct words *words)
{
	cleanup(words_free) struct words rest = { 0 };
	const struct command *command;
	int status;

	globals->help = true;
	status = options_parse(globals, NULL, 0, (int)words->count, words->words, true, &rest);
	if (status != EXIT_DONE)
		return status;
	if (!rest.count || strcmp(rest.words[0], "help") == 0)
		return answer(globals);
	command = find_command(rest.words[0]);
	return command ? command->run(globals, (int)rest.count, rest.words) : refuse_command(&rest, 0);
}

/* Of a command line that could not be parsed to its end: does it ask for a document? */
static bool asks_for_json(const char *const *words)
{
	for (; *words && strcmp(*words, "--") != 0; words++) {
		const char *letters = *words + 1;

		if (strcmp(*words, "--json") == 0)
			return true;
		if (**words == '-' && strchr(letters, 'J') && !letters[strspn(letters, "JvqhV")])
			return true;
	}
	return false;
}

static int run_command(struct globals *globals, int argc, const char **argv)
{
	cleanup(words_free) struct words words = { 0 };
	int status = options_parse(globals, NULL, 0, argc, argv, true, &words);
	const struct command *command = words.count ? find_command(words.words[0]) : NULL;

	if (!command || !command->can_change)
		signals_release();
	if (command) {
		message_begin(command->name);
		return command->run(globals, (int)words.count, words.words);
	}
	globals->json |= asks_for_json(argv + 1);
	if (status != EXIT_DONE)
		return status;
	if (!words.count)
		return answer(globals);
	return strcmp(words.words[0], "help") == 0 ? run_help(globals, &words) : refuse_command(&words, 0);
}

/* A file opened as descriptor 1 would be taken for stdout. Writes to this one fail, as they should. */
static void occupy_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

/* A reader that stopped reading is not an error. A signal takes precedence over one. */
static int close_stdout(int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	failed |= fflush(stdout) != 0 || fclose(stdout) != 0;
	if (!failed || errno == EPIPE)
		return status;
	error("cannot write to standard output: %s", errno ? strerror(errno) : "output error");
	return status > EXIT_SIGNAL ? status : changes_status(EXIT_FAILED);
}

/* Wherever memory was short, something may be missing in what was printed. */
static int main_status(int status)
{
	if (!shortage_was_noted())
		return changes_status(status);
	message_out_of_memory();
	return changes_status(EXIT_FAILED);
}

int main(int argc, const char **argv)
{
	struct globals globals = { 0 };
	int status;

	signals_hold();
	occupy_standard_descriptors();
	status = main_status(run_command(&globals, argc, argv));
	signals_answer();
	status = signals_status(status);
	if (globals.json && message_first_error() && !json_was_printed())
		json_error_document(message_first_error(), message_reason(), status);
	return close_stdout(status);
}
