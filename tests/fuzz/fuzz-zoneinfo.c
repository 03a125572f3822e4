/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/zoneinfo: refused, or one zone for each header, and the same zones again
 * after a line that is none of ours was added. Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-zoneinfo.c $(find src/libmemhp -name '*.c') $(pkg-config --cflags --libs mount zlib) -o fuzz-zoneinfo
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/libmemhp/zones/zones.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

static size_t count_headers(const char *text)
{
	size_t count = strncmp(text, "Node ", 5) == 0;

	for (; (text = strstr(text, "\nNode ")); text++)
		count++;
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *longer = NULL;
	struct memhp_stats *stats = NULL, *again = NULL;
	const struct memhp_zonestat *zone, *other = NULL;
	size_t count = 0;
	int r = stats_parse(text, &stats);

	CHECK(r == 0 || r == -EBADMSG);
	CHECK(!r == !!stats);
	if (asprintf(&longer, "%s\n      nr_new_counter 7\n", text) < 0)
		abort();
	if (stats) {
		CHECK(stats_parse(longer, &again) == 0);
		memhp_stats_foreach(stats, zone) {
			other = memhp_stats_next(again, other);
			CHECK(other && memhp_zonestat_node(zone) == memhp_zonestat_node(other));
			CHECK(memhp_zonestat_zone(zone) == memhp_zonestat_zone(other));
			CHECK(memhp_zonestat_present(zone) == memhp_zonestat_present(other));
			CHECK(memhp_zonestat_managed(zone) == memhp_zonestat_managed(other));
			count++;
		}
		CHECK(count > 0 && count == count_headers(text));
	}
	memhp_stats_free(stats);
	memhp_stats_free(again);
	free(longer);
	free(text);
	return 0;
}
