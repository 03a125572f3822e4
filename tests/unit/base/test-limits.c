/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of time: that there is one way to say none, that a limit is never taken for
 * none when it is over, and that long ones fit into what poll(2) takes.
 */
#include <limits.h>

#include "../../../src/libmemhp/clock.h"
#include "../tap.h"

#define HOUR_MS 3600000

int main(void)
{
	const uint64_t now_ms = clock_ms();
	const struct limit over = { now_ms ? now_ms - 1 : 0 }, later = { now_ms + HOUR_MS };

	ok(limit_is_none(LIMIT_NONE), "no limit is none");
	ok(limit_is_none(limit_after(now_ms, 0)), "a duration of 0 is no limit");
	ok(limit_is_none(limit_after(now_ms, UINT64_MAX)), "nor is one beyond all time");
	ok(!limit_is_none(limit_after(now_ms, 1)), "a duration of 1 is one");
	is_number(limit_after(now_ms, HOUR_MS).at_ms, later.at_ms, "an hour after a moment");
	ok(!limit_is_none(limit_in(0)), "no time from now on is a limit");
	ok(limit_is_over(limit_in(0)), "which is over");

	ok(!limit_is_over(LIMIT_NONE), "no limit is never over");
	is_number(limit_left_ms(LIMIT_NONE), UINT64_MAX, "and leaves all time");
	is_int(limit_poll_ms(LIMIT_NONE), -1, "which poll(2) is told by -1");

	ok(limit_is_over(over), "a limit in the past is over");
	is_number(limit_left_ms(over), 0, "and leaves nothing");
	is_int(limit_poll_ms(over), 0, "nor does poll(2) wait");

	ok(!limit_is_over(later), "one that comes is not over");
	ok(limit_left_ms(later) <= HOUR_MS && limit_left_ms(later) > HOUR_MS - 60000, "and leaves what is left");
	is_int(limit_poll_ms((struct limit){ now_ms + UINT64_C(1) * INT_MAX + HOUR_MS }), INT_MAX, "poll(2) counts no further");

	is_number(limit_earlier(later, over).at_ms, over.at_ms, "the earlier of two");
	is_number(limit_earlier(later, LIMIT_NONE).at_ms, later.at_ms, "any is earlier than none");
	return tap_done();
}
