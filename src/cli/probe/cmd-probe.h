/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of memhp probe share: the options, and the blocks with what is known
 * about them and what happened to them. The library reads the machine and writes.
 */
#ifndef MEMHP_CMD_PROBE_H
#define MEMHP_CMD_PROBE_H

#include "../../libmemhp/libmemhp.h"
#include "../base/options.h"
#include "../input/operand.h"
#include "../shared/guard.h"

struct probe_args {
	bool yes, force, dry_run, online;
	enum memhp_target target;
};

/* One block to probe: what is known about it, and what happened to it. */
struct probe_row {
	struct memhp_probe probe;
	enum memhp_result result;
	int error;
	bool is_refused;         /* failed because of a check, without a write */
};

struct probe_run {
	const struct globals *globals;
	const struct probe_args *args;
	struct memhp *memhp;
	struct probe_row *rows;
	size_t count;
	struct guard guard;
};

/* probe-check.c: the flags of the library's checks. */
unsigned int probe_flags(const struct probe_run *run);
/* probe-check.c: parses the words: addresses and address ranges. */
int probe_parse(const struct probe_run *run, const struct words *words, struct operands *ret);
/* probe-check.c: probe_add() adds the blocks of an operand. probe_check() sets the result of a block
 * that need not or must not be probed. Both report errors and return an exit status. */
int probe_add(struct probe_run *run, const struct operand *operand);
int probe_check(const struct probe_run *run, struct probe_row *row);
/* probe-check.c: reports why this block, and adjacent ones that follow it, must not be probed. */
void probe_tell_refusal(const struct probe_row *row, size_t count);

/* probe-report.c: prints the result of each block. Returns the exit status, or another one if that fails. */
int probe_report(const struct probe_run *run, int status);

#endif
