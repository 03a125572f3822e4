/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See tap.h. Output is flushed line by line, so that it is complete up to the
 * place where a test dies.
 */
#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int checks, failures;

/* Names hold test input: what would break the line or be a directive is replaced. */
__attribute__((format(printf, 1, 0)))
static void print_name(const char *name, va_list args)
{
	char text[200];

	vsnprintf(text, sizeof(text), name, args);
	for (char *c = text; *c; c++)
		putchar((unsigned char)*c < 0x20 || *c == '#' || *c == 0x7f ? '?' : *c);
}

__attribute__((format(printf, 2, 0)))
static bool report(bool holds, const char *name, va_list args)
{
	checks++;
	failures += !holds;
	printf("%sok %u - ", holds ? "" : "not ", checks);
	print_name(name, args);
	putchar('\n');
	fflush(stdout);
	return holds;
}

bool ok(bool holds, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	report(holds, name, args);
	va_end(args);
	return holds;
}

bool is_int(int64_t got, int64_t expected, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	report(got == expected, name, args);
	va_end(args);
	if (got != expected)
		diagnose("got %" PRId64 ", expected %" PRId64, got, expected);
	return got == expected;
}

bool is_number(uint64_t got, uint64_t expected, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	report(got == expected, name, args);
	va_end(args);
	if (got != expected)
		diagnose("got %" PRIu64 " (0x%" PRIx64 "), expected %" PRIu64 " (0x%" PRIx64 ")",
			 got, got, expected, expected);
	return got == expected;
}

bool is_str(const char *got, const char *expected, const char *name, ...)
{
	bool equal = got && expected ? strcmp(got, expected) == 0 : got == expected;
	va_list args;

	va_start(args, name);
	report(equal, name, args);
	va_end(args);
	if (!equal)
		diagnose("got '%s', expected '%s'", got ? got : "(null)", expected ? expected : "(null)");
	return equal;
}

void diagnose(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void bail_out(const char *format, ...)
{
	va_list args;

	printf("Bail out! ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(99);
}

int tap_done(void)
{
	printf("1..%u\n", checks);
	if (failures)
		diagnose("%u of %u checks failed", failures, checks);
	return failures || !checks;
}
