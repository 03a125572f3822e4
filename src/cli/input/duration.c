/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses durations of the command line, such as 30, 500ms or 2m. What a duration is for
 * is up to the caller.
 */
#include "duration.h"

#include <errno.h>
#include <string.h>

#include "../../libmemhp/number.h"
#include "../base/message.h"

static const struct {
	const char *name;
	uint64_t ms;
} units[] = {
	{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 }, { "h", 3600000 },
};

/* Small enough for the signed milliseconds of all functions that take a duration. */
#define DURATION_MAX (UINT64_MAX / 4)

const char *duration_parse(const char *word, uint64_t *ret_ms)
{
	size_t digits = strspn(word, "0123456789");
	uint64_t value = 0;
	int r = number_parse(word, digits, 10, &value);

	if (r == -ERANGE)
		return "is too long";
	if (r < 0)
		return "is not a valid duration (30, 30s, 500ms or 2m)";
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(word + digits, units[i].name) != 0)
			continue;
		if (value > DURATION_MAX / units[i].ms)
			return "is too long";
		*ret_ms = value * units[i].ms;
		return NULL;
	}
	return "has an unknown unit (ms, s, m or h)";
}

bool duration_is_valid(const char *word)
{
	uint64_t ms;

	return duration_parse(word, &ms) == NULL;
}

int duration_option(const char *option, const char *value, void *field)
{
	const char *problem = duration_parse(value, field);

	return problem ? usage_error("%s: '%s' %s", option, value, problem) : EXIT_DONE;
}

int duration_option_optional(const char *option, const char *value, void *field)
{
	struct optional_duration *duration = field;

	duration->is_given = true;
	return duration_option(option, value, &duration->ms);
}
