/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy --check: compares the running values with the kernel command line, and
 * with the file where the kernel command line does not set them. What cannot be compared
 * is undecided, and never drift. Writes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/unread.h"
#include "../output/json.h"
#include "cmd-policy.h"

DEFINE_CLEANUP(struct json *, json_free)

enum verdict { HOLDS, HOLDS_NOT, UNDECIDED };

/* One parameter, and the value that it should have. */
struct check_row {
	const struct memhp_parameter *parameter;
	const char *expected, *ignored;
	enum memhp_source source;
};

/* Whether the running value is the expected one. A parameter that this kernel lacks is not. */
static enum verdict check_value(const struct check_row *row)
{
	const char *value = memhp_parameter_value(row->parameter);

	if (!row->expected || (value && strcmp(value, row->expected) == 0))
		return HOLDS;
	return value || memhp_parameter_error(row->parameter) == -ENODATA ? HOLDS_NOT : UNDECIDED;
}

static enum verdict check_row_verdict(const struct check_row *row)
{
	return row->ignored ? HOLDS_NOT : check_value(row);
}

static void cell_set_verdict(struct cell *ret, enum verdict verdict, enum verdict yes)
{
	if (verdict != UNDECIDED)
		cell_set_flag(ret, verdict == yes);
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
	cell_set_verdict(ret, check_row_verdict(data), HOLDS_NOT);
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
	const char *cmdline = memhp_parameter_cmdline(parameter);
	const char *file = context->conf ? memhp_conf_value(context->conf, name) : NULL;

	if (cmdline && file && strcmp(cmdline, file) != 0)
		notice("%s: the kernel command line sets %s and takes precedence over " CONF_FILE " (%s)", name,
		       value_shown(parameter, cmdline), value_shown(parameter, file));
	if (row->ignored)
		error("the kernel ignored %s%s%s on its command line", memhp_parameter_boot(parameter),
		      *row->ignored ? "=" : "", row->ignored);
	if (check_value(row) == HOLDS)
		return;
	if (check_value(row) == UNDECIDED) {
		error("%s should be %s, but cannot be checked: %s", name, value_shown(parameter, row->expected),
		      error_text(memhp_parameter_error(parameter)));
		return;
	}
	if (!value)
		value = "missing";
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

/* One thing that was judged, as a row of "checks". */
struct check_item {
	const char *what;
	const struct memhp_parameter *parameter;   /* NULL: a word or a file */
	const char *expected, *found, *source;
	enum verdict verdict;
};

static void item_cell_what(const void *data, struct cell *ret)
{
	cell_set_text(ret, ((const struct check_item *)data)->what);
}

static void item_cell_expected(const void *data, struct cell *ret)
{
	const struct check_item *item = data;

	if (item->parameter)
		cell_set_value(ret, item->parameter, item->expected);
	else
		cell_set_text(ret, item->expected);
}

static void item_cell_found(const void *data, struct cell *ret)
{
	const struct check_item *item = data;

	if (item->parameter)
		cell_set_value(ret, item->parameter, item->found);
}

static void item_cell_source(const void *data, struct cell *ret)
{
	cell_set_text(ret, ((const struct check_item *)data)->source);
}

static void item_cell_holds(const void *data, struct cell *ret)
{
	cell_set_verdict(ret, ((const struct check_item *)data)->verdict, HOLDS);
}

static const struct column item_columns[] = {
	{ "WHAT", "", 0, 0, item_cell_what, NULL },
	{ "EXPECTED", "", 0, 0, item_cell_expected, NULL },
	{ "FOUND", "", 0, 0, item_cell_found, NULL },
	{ "SOURCE", "", 0, 0, item_cell_source, NULL },
	{ "HOLDS", "", 0, 0, item_cell_holds, NULL },
};

static void check_add_row(struct json *json, const struct columns *columns, const struct check_row *row)
{
	const char *value = memhp_parameter_value(row->parameter);
	const struct check_item ignored = {
		.what = memhp_parameter_boot(row->parameter), .expected = row->ignored,
		.source = memhp_source_name(MEMHP_SOURCE_CMDLINE), .verdict = HOLDS_NOT,
	};
	const struct check_item item = {
		.what = memhp_parameter_name(row->parameter), .parameter = row->parameter, .expected = row->expected,
		.found = value, .source = memhp_source_name(row->source), .verdict = check_value(row),
	};

	if (row->ignored)
		json_row(json, columns, &ignored, 0);
	if (row->expected)
		json_row(json, columns, &item, 0);
}

/* Everything that was judged, including words and the file. */
static void check_set_checks(struct json *json, const struct policy_context *context, bool has_file)
{
	const struct check_item file = {
		.what = CONF_FILE, .source = memhp_source_name(MEMHP_SOURCE_FILE), .verdict = UNDECIDED };
	const struct memhp_parameter *parameter;
	struct columns columns;
	const char *text;

	columns_all(item_columns, OPTION_COUNT(item_columns), &columns);
	json_rows_begin(json, "checks");
	memhp_policy_foreach(context->policy, parameter) {
		const struct check_row row = check_row(context, parameter);

		check_add_row(json, &columns, &row);
	}
	for (size_t i = 0; (text = memhp_policy_unknown(context->policy, i)); i++) {
		const struct check_item word = {
			.what = text, .source = memhp_source_name(MEMHP_SOURCE_CMDLINE), .verdict = HOLDS_NOT };

		json_row(json, &columns, &word, 0);
	}
	if (!has_file)
		json_row(json, &columns, &file, 0);
	json_rows_end(json);
}

static int check_show_json(const struct policy_context *context, bool has_file, int status)
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
	check_set_checks(json, context, has_file);
	return json_end(json, status) < 0 ? library_error("policy", -ENOMEM) : status;
}

/* What was judged, by verdict. */
struct check_count {
	unsigned int verdicts[UNDECIDED + 1];
};

static void check_count_all(const struct policy_context *context, struct check_count *ret)
{
	const struct memhp_parameter *parameter;

	memhp_policy_foreach(context->policy, parameter) {
		const struct check_row row = check_row(context, parameter);

		check_tell(context, &row);
		if (row.expected || row.ignored)
			ret->verdicts[check_row_verdict(&row)]++;
	}
	for (size_t i = 0; memhp_policy_unknown(context->policy, i); i++, ret->verdicts[HOLDS_NOT]++)
		error("the kernel ignored %s on its command line: it has no such parameter",
		      memhp_policy_unknown(context->policy, i));
}

/* A file with an error is never applied, so none of its values is expected; what the command line sets is. */
static bool check_read_file(struct policy_context *context)
{
	if (policy_read_conf(context) == EXIT_DONE)
		return true;
	context->conf = memhp_conf_free(context->conf);
	return false;
}

int policy_check(struct policy_context *context)
{
	struct check_count count = { { 0 } };
	bool has_file;
	int status;

	/* It takes precedence over the file. */
	if (policy_need_cmdline(context) != EXIT_DONE)
		return EXIT_UNDECIDED;
	has_file = check_read_file(context);
	if (has_file)
		policy_tell_missing(context);
	check_count_all(context, &count);
	unread_note_parameters(context->policy);
	count.verdicts[UNDECIDED] += !has_file;
	status = count.verdicts[HOLDS_NOT] ? EXIT_FAILED : count.verdicts[UNDECIDED] ? EXIT_UNDECIDED : EXIT_DONE;
	if (context->globals->json)
		return check_show_json(context, has_file, status);
	if (status == EXIT_DONE && !context->globals->quiet)
		printf(count.verdicts[HOLDS] ?
		       "no drift: %u value%s " CONF_FILE " and the kernel command line\n" :
		       "nothing to check: neither " CONF_FILE " nor the kernel command line sets a parameter\n",
		       count.verdicts[HOLDS], count.verdicts[HOLDS] == 1 ? " matches" : "s match");
	return status;
}
