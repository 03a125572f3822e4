/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy --check: compares the running values with the kernel command line, and
 * with the file where the kernel command line does not set them. Writes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../output/json.h"
#include "cmd-policy.h"

DEFINE_CLEANUP(struct json *, json_free)

/* One parameter, and the value that it should have. */
struct check_row {
	const struct memhp_parameter *parameter;
	const char *expected, *ignored;
	enum memhp_source source;
};

static bool check_row_drifts(const struct check_row *row)
{
	const char *value = memhp_parameter_value(row->parameter);

	return row->ignored || (row->expected && (!value || strcmp(value, row->expected) != 0));
}

static void check_cell_parameter(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_parameter_name(((const struct check_row *)data)->parameter));
}

static void check_cell_value(const void *data, struct cell *ret)
{
	const struct check_row *row = data;

	cell_set_value(ret, row->parameter, memhp_parameter_value(row->parameter));
}

static void check_cell_expected(const void *data, struct cell *ret)
{
	const struct check_row *row = data;

	cell_set_value(ret, row->parameter, row->expected);
}

static void check_cell_from(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_source_name(((const struct check_row *)data)->source));
}

static void check_cell_ignored(const void *data, struct cell *ret)
{
	cell_set_text(ret, ((const struct check_row *)data)->ignored);
}

static void check_cell_drift(const void *data, struct cell *ret)
{
	cell_set_flag(ret, check_row_drifts(data));
}

static const struct column check_columns[] = {
	{ "PARAMETER", "", 0, 0, check_cell_parameter, NULL },
	{ "VALUE", "", 0, 0, check_cell_value, NULL },
	{ "EXPECTED", "", 0, 0, check_cell_expected, NULL },
	{ "FROM", "", 0, 0, check_cell_from, NULL },
	{ "IGNORED", "", 0, 0, check_cell_ignored, NULL },
	{ "DRIFT", "", 0, 0, check_cell_drift, NULL },
};

/* One word on the kernel command line sets two parameters. It is checked only against the one with a
 * file of its own. */
static bool is_twin(const struct memhp_parameter *parameter)
{
	return memhp_parameter_boot(parameter) && !memhp_parameter_is_kept(parameter) &&
	       strcmp(memhp_parameter_boot(parameter), "memhp_default_state") == 0;
}

static struct check_row check_row(const struct policy_context *context, const struct memhp_parameter *parameter)
{
	struct check_row row = { .parameter = parameter };

	if (is_twin(parameter))
		return row;
	row.expected = memhp_parameter_expected(parameter, context->conf, &row.source);
	row.ignored = memhp_parameter_ignored(parameter);
	return row;
}

static void check_tell(const struct policy_context *context, const struct check_row *row)
{
	const struct memhp_parameter *parameter = row->parameter;
	const char *name = memhp_parameter_name(parameter), *value = memhp_parameter_value(parameter);
	const char *cmdline = memhp_parameter_cmdline(parameter), *file = memhp_conf_value(context->conf, name);

	if (cmdline && file && strcmp(cmdline, file) != 0)
		notice("%s: the kernel command line sets %s and takes precedence over " CONF_FILE " (%s)", name,
		       value_shown(parameter, cmdline), value_shown(parameter, file));
	if (row->ignored)
		error("the kernel ignored %s%s%s on its command line", memhp_parameter_boot(parameter),
		      *row->ignored ? "=" : "", row->ignored);
	if (!row->expected || (value && strcmp(value, row->expected) == 0))
		return;
	if (row->source == MEMHP_SOURCE_FILE)
		error("%s is %s, but " CONF_FILE " (line %u) sets %s", name, value_shown(parameter, value),
		      memhp_conf_line(context->conf, name), value_shown(parameter, row->expected));
	else
		error("%s is %s, but the kernel command line sets %s", name, value_shown(parameter, value),
		      value_shown(parameter, row->expected));
}

static void check_cell_word(const void *data, struct cell *ret)
{
	cell_set_text(ret, data);
}

/* Adds the parameters on the kernel command line that do not exist. */
static void check_set_unknown(struct json *json, const struct memhp_policy *policy)
{
	static const struct column word = { "WORD", "", 0, 0, check_cell_word, NULL };
	const struct columns columns = { .count = 1, .items = { &word } };
	const char *text;

	json_rows_begin(json, "unknown");
	for (size_t i = 0; (text = memhp_policy_unknown(policy, i)); i++)
		json_row(json, &columns, text, 0);
	json_rows_end(json);
}

static int check_show_json(const struct policy_context *context, int status)
{
	cleanup(cleanup_json_free) struct json *json = json_new();
	struct columns columns;
	const struct memhp_parameter *parameter;

	if (!json)
		return library_error("policy", -ENOMEM);
	columns_all(check_columns, OPTION_COUNT(check_columns), &columns);
	json_set_text(json, NULL, "action", "check");
	json_rows_begin(json, "parameters");
	memhp_policy_foreach(context->policy, parameter) {
		const struct check_row row = check_row(context, parameter);

		if (row.expected || row.ignored)
			json_row(json, &columns, &row, 0);
	}
	json_rows_end(json);
	check_set_unknown(json, context->policy);
	json_set_number(json, NULL, "exit_status", (uint64_t)status);
	return json_end(json) < 0 ? library_error("policy", -ENOMEM) : status;
}

int policy_check(struct policy_context *context)
{
	const struct memhp_parameter *parameter;
	unsigned int count = 0, drifted = 0;
	int status;

	/* It takes precedence over the file. */
	if (policy_need_cmdline(context) != EXIT_DONE)
		return EXIT_UNDECIDED;
	status = policy_read_conf(context);
	if (status != EXIT_DONE)
		return status;
	policy_tell_missing(context);
	memhp_policy_foreach(context->policy, parameter) {
		const struct check_row row = check_row(context, parameter);

		check_tell(context, &row);
		count += row.expected || row.ignored;
		drifted += check_row_drifts(&row);
	}
	for (size_t i = 0; memhp_policy_unknown(context->policy, i); i++, drifted++)
		error("the kernel ignored %s on its command line: it has no such parameter",
		      memhp_policy_unknown(context->policy, i));
	status = drifted ? EXIT_FAILED : EXIT_DONE;
	if (context->globals->json)
		return check_show_json(context, status);
	if (!drifted && !context->globals->quiet)
		printf(count ? "no drift: %u value%s " CONF_FILE " and the kernel command line\n" :
			       "nothing to check: neither " CONF_FILE " nor the kernel command line sets a parameter\n",
		       count, count == 1 ? " matches" : "s match");
	return status;
}
