/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durations of the command line: what each notation means, what is none, and what
 * is too long to be counted in milliseconds.
 */
#include "../../../src/cli/input/duration.h"
#include "../tap.h"

#define UNTOUCHED 4711

static const struct {
	const char *word;
	uint64_t ms;
} good[] = {
	{ "0", 0 }, { "30", 30000 }, { "30s", 30000 }, { "500ms", 500 }, { "2m", 120000 }, { "0ms", 0 }, { "0m", 0 },
	{ "1", 1000 }, { "007", 7000 }, { "1440m", 86400000 }, { "604800", 604800000 }, { "9999999999999ms", 9999999999999 },
	/* a million years */
	{ "31556952000000s", UINT64_C(31556952000000000) },
};

static const char *const bad[] = {
	"", " ", "s", "ms", "m", "-1", "-1s", "+3", "1.5s", "1,5", "0x10", "5 s", " 5", "5s ", "5S", "5M", "5MS", "5d",
	"5min", "1m30s", "5ss", "5us", "five", "1e3", "infinity", "5\n",
	/* 2^64, 2^64 - 1 seconds, minutes, 2^128 */
	"18446744073709551616", "18446744073709551615", "18446744073709551615s", "18446744073709551615m",
	"307445734561825861m", "18446744073709552s", "340282366920938463463374607431768211456ms",
	"99999999999999999999999999999999999999999999999999",
};

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(good); i++) {
		uint64_t ms = UNTOUCHED;

		is_str(duration_parse(good[i].word, &ms), NULL, "'%s' is a duration", good[i].word);
		is_number(ms, good[i].ms, "'%s' in milliseconds", good[i].word);
	}
	for (size_t i = 0; i < TAP_COUNT(bad); i++) {
		uint64_t ms = UNTOUCHED;
		const char *problem = duration_parse(bad[i], &ms);

		ok(problem && *problem, "'%s' is none", bad[i]);
		is_number(ms, UNTOUCHED, "'%s' leaves the result alone", bad[i]);
	}
	return tap_done();
}
