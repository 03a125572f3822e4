/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of valid_zones: what is accepted is at most four of the kernel's words with
 * one blank between them, which give the same line again. Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-valid-zones.c src/libmemhp/blocks/zone.c -o fuzz-valid-zones
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/libmemhp/blocks/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum memhp_zone zones[ZONES_MAX] = { 0 };
	char line[128] = "";
	/* Exactly as long as the line, so that a step beyond its end is seen. */
	char *text = malloc(size + !size);
	enum memhp_state state;
	int count;

	if (size)
		memcpy(text, data, size);
	count = zones_parse(text, size, zones);
	CHECK(count == -EBADMSG || (count > 0 && count <= ZONES_MAX));
	for (int i = 0; i < count; i++) {
		CHECK(memhp_zone_name(zones[i]));
		CHECK(memhp_zone_from_name(memhp_zone_name(zones[i])) == zones[i]);
		strcat(line, i ? " " : "");
		strcat(line, memhp_zone_name(zones[i]));
	}
	CHECK(count < 0 || (strlen(line) == size && memcmp(line, text, size) == 0));
	CHECK(zone_parse(text, size) == (count == 1 ? zones[0] : MEMHP_ZONE_UNKNOWN));
	state = state_parse(text, size);
	CHECK(state == MEMHP_STATE_UNKNOWN ||
	      (strlen(memhp_state_name(state)) == size && memcmp(memhp_state_name(state), text, size) == 0));
	free(text);
	return 0;
}
