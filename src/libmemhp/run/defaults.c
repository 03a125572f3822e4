/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the fields of the options of a run mean that are 0: safe values, because a caller
 * in another language may set nothing but the size. Pure. What the options do is left to
 * the other files of the run.
 */
#include "run.h"

#define TIMEOUT_MS 60000
#define INTERVAL_MS 500
#define RETRIES 3
#define SETTLE_MS 3000

uint64_t timeout_or_default(uint64_t timeout_ms)
{
	return timeout_ms ? timeout_ms : TIMEOUT_MS;
}

/* 0 is what a caller has not set. Standard input is often readable, and would stop every run. */
int stop_fd_or_none(int fd)
{
	return fd > 0 ? fd : -1;
}

static uint64_t wait_or_default(uint64_t wait_ms, uint64_t standard_ms)
{
	return wait_ms == MEMHP_NO_WAIT ? 0 : wait_ms ? wait_ms : standard_ms;
}

void run_options_complete(struct memhp_run_options *options)
{
	options->timeout_ms = timeout_or_default(options->timeout_ms);
	options->interval_ms = wait_or_default(options->interval_ms, INTERVAL_MS);
	options->settle_ms = wait_or_default(options->settle_ms, SETTLE_MS);
	options->retries = options->retries == MEMHP_NO_RETRIES ? 0 : options->retries ? options->retries : RETRIES;
	options->stop_fd = stop_fd_or_none(options->stop_fd);
}

/* A rollback has a timeout even if the change itself had none. */
uint64_t rollback_timeout(const struct memhp_run_options *options)
{
	if (options->timeout_ms != MEMHP_NO_LIMIT)
		return options->timeout_ms;
	return options->deadline_ms ? options->deadline_ms : TIMEOUT_MS;
}
