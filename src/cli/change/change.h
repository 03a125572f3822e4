/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking memory online and offline, for the commands that do: the options, and the way
 * from operands to an exit status.
 */
#ifndef MEMHP_CHANGE_CLI_H
#define MEMHP_CHANGE_CLI_H

#include "../../libmemhp/libmemhp.h"
#include "../input/duration.h"
#include "../input/filter.h"
#include "../shared/page-filter.h"

struct json;

/* The options of online and offline. */
enum change_order { ORDER_DEFAULT, ORDER_WORK, ORDER_ADDRESS };
enum change_progress { PROGRESS_AUTO, PROGRESS_NEVER };

struct change_args {
	enum memhp_target target;
	enum change_order order;
	enum change_progress progress;
	bool whole_devices, unplug;
	uint64_t timeout_ms, deadline_ms, interval_ms, settle_ms;
	struct optional_duration wait;   /* 0: as long as it takes */
	unsigned int retries;
	bool dry_run, all, all_or_nothing, total, explain, force;
	struct filters filters;
	struct page_filters page_filters;
	const struct operands *exclude;   /* blocks never to touch, or NULL */
	const char *request;     /* the command line, for the system log */
	/* Adds to the JSON document what was done before, or NULL. */
	void (*add_to_document)(struct json *json, const void *data);
	const void *document_data;
	bool is_partial;         /* something before could not be tried: success is partly done */
	bool lacks_explain, lacks_force;    /* the command has no such option, so it must not be advised */
};
#define CHANGE_ARGS_DEFAULT { .timeout_ms = 60000, .interval_ms = 500, .settle_ms = 3000, .retries = 3 }
void change_args_free(struct change_args *args);

extern const struct option change_options[];
extern const size_t change_option_count;
/* auto, movable or kernel: an enum memhp_target. */
extern const struct choices target_choices;

/* The command, from words to exit status. */
int change_run(const struct globals *globals, const struct change_args *args,
	       enum memhp_action action, const struct words *words);
/* The same with operands that are known already (probe --online). */
int change_operands(const struct globals *globals, const struct change_args *args,
		    enum memhp_action action, const struct operands *operands);

#endif
