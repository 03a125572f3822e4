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

struct command {
	const char *name;
	const char *summary;
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(struct globals *globals, int argc, const char **argv);
};

int cmd_list(struct globals *globals, int argc, const char **argv);
int cmd_online(struct globals *globals, int argc, const char **argv);
int cmd_offline(struct globals *globals, int argc, const char **argv);
int cmd_probe(struct globals *globals, int argc, const char **argv);
int cmd_policy(struct globals *globals, int argc, const char **argv);
int cmd_ratio(struct globals *globals, int argc, const char **argv);

#endif
