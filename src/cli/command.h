/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a subcommand is, and what all of them are given. Nothing else.
 */
#ifndef MEMHP_COMMAND_H
#define MEMHP_COMMAND_H

#include <stdbool.h>

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNSUPPORTED = 3,
	EXIT_UNDECIDED = 4,    /* of --check: nothing is known to be wrong, but something could not be read */
	EXIT_PARTLY = 64,
	EXIT_TIMEOUT = 124,
	EXIT_SIGNAL = 128,     /* and the signal's number */
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The options that every command has, before or after its name. */
struct globals {
	const char *sysroot;
	bool json, verbose, quiet, help, version;
	enum color color;
};

/* A subcommand and what --help says about it. Each command's file defines its own. */
struct command {
	const char *name;
	const char *summary;       /* a phrase for the list of commands */
	const char *synopsis;      /* what follows the name in the usage line */
	const char *about;         /* one sentence: what the command does */
	const char *operands;      /* lines: what operands look like; NULL: there are none */
	const char *examples;      /* lines, each a command */
	bool can_change;           /* it may write to the machine: signals are held until it is known whether it will */
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(struct globals *globals, int argc, const char **argv);
};

extern const struct command list_command, online_command, offline_command, probe_command, policy_command,
	ratio_command;

#endif
