/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp: the table of commands, and what holds for all of them: help, version,
 * the JSON document of an error, the state of stdout at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../libmemhp/cleanup.h"
#include "base/message.h"
#include "base/options.h"
#include "output/json.h"

static const struct command commands[] = {
	{ "list", "show memory blocks, their states and zones", cmd_list },
	{ "online", "bring memory blocks online", cmd_online },
	{ "offline", "take memory blocks offline", cmd_offline },
	{ "probe", "add memory that firmware does not announce", cmd_probe },
	{ "policy", "show and set what becomes of new memory", cmd_policy },
	{ "ratio", "show movable memory against kernel memory", cmd_ratio },
};

static void print_commands(FILE *stream)
{
	fputs("\nCommands:\n", stream);
	for (size_t i = 0; i < OPTION_COUNT(commands); i++)
		fprintf(stream, "  %-9s %s\n", commands[i].name, commands[i].summary);
}

static int refuse_bare(void)
{
	error("a command is missing");
	fputs("Usage: memhp COMMAND [OPTION...]\n", stderr);
	print_commands(stderr);
	return EXIT_USAGE;
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

	for (size_t i = 0; words.count && i < OPTION_COUNT(commands); i++) {
		if (strcmp(commands[i].name, words.words[0]) != 0)
			continue;
		message_begin(commands[i].name);
		return commands[i].run(globals, (int)words.count, words.words);
	}
	globals->json |= asks_for_json(argv + 1);
	if (status != EXIT_DONE)
		return status;
	if (words.count)
		return usage_error("unknown command '%s'", words.words[0]);
	if (!options_answer(globals, NULL, 0, "memhp", "COMMAND [OPTION...]"))
		return refuse_bare();
	if (globals->help) {
		print_commands(stdout);
		puts("\n'memhp COMMAND --help' tells more of a command.");
	}
	return EXIT_DONE;
}

/* A file opened as descriptor 1 would be taken for stdout. Writes to this one fail, as they should. */
static void occupy_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

/* A reader who had enough is no failure of ours. */
static int close_stdout(int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	failed |= fflush(stdout) != 0 || fclose(stdout) != 0;
	if (!failed || errno == EPIPE)
		return status;
	error("cannot write: %s", errno ? strerror(errno) : "output error");
	return EXIT_FAILED;
}

int main(int argc, const char **argv)
{
	struct globals globals = { 0 };
	int status;

	occupy_standard_descriptors();
	status = run_command(&globals, argc, argv);
	if (globals.json && message_first_error() && !json_was_printed())
		json_error_document(message_first_error(), message_reason(), status);
	return close_stdout(status);
}
