/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the command line, as tables.
 */
#ifndef MEMHP_OPTIONS_H
#define MEMHP_OPTIONS_H

#include <stddef.h>

#include "../command.h"
#include "choices.h"

/* One option: a row in a command's table. */
struct option {
	const char *name;
	char letter;             /* or '\0' */
	const char *metavar;     /* NULL: a flag without value, offset is that of a bool */
	const char *bare;        /* the value is optional (with = only); this is the default */
	/* Puts the value into the field; reports errors itself and returns an exit status. NULL: choices does. */
	int (*parse)(const char *value, void *field);
	size_t offset;           /* of the field in the group's target */
	const char *help;        /* NULL: not shown. A colon at the end is followed by the choices */
	const struct choices *choices;   /* the values of an enum, which the field is unless there is a parse */
	/* For optional values without choices: whether parse takes this one. */
	bool (*accepts)(const char *value);
};

/* Options that belong together in --help, and the struct that their values go to. */
struct option_group {
	const char *title;
	const struct option *options;
	size_t count;
	void *target;
};

#define OPTION_COUNT(options) (sizeof(options) / sizeof((options)[0]))

/* The words that are not options. */
struct words {
	const char **words;
	size_t count;
	/* For each word what the user may have meant, to end an error with: "; write --check=300" after
	 * "--check 300", or "". */
	const char **hints;
};
void words_free(struct words *words);

/*
 * Parses argv[1..] by the groups and those of all commands. With stop_at_word
 * the first word that is not an option ends it. Returns EXIT_DONE or EXIT_USAGE; the
 * latter after all of argv was read, so that --json is known.
 */
int options_parse(struct globals *globals, const struct option_group *groups, size_t count,
		  int argc, const char **argv, bool stop_at_word, struct words *ret);
/* Answers --help and --version; false when neither was given. */
bool options_answer(struct globals *globals, const struct option_group *groups, size_t count,
		    const struct command *command);
/* The same for the program as a whole: the usage line with the synopsis, and the options of all commands. */
bool options_answer_program(struct globals *globals, const char *synopsis, const char *about);

/* A parse function that just keeps the value: the field is a const char *. */
int option_text(const char *value, void *field);

#endif
