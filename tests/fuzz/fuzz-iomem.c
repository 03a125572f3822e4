/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/iomem: refused, or ranges that do not end before they begin; and holes are
 * monotone: a range without holes has none in its parts, and smaller pages have no
 * more of them. Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-iomem.c src/libmemhp/blocks/iomem.c -o fuzz-iomem
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/libmemhp/blocks/origin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

static void check_holes(const struct iomem *iomem, uint64_t start, uint64_t size)
{
	uint64_t end = start + (size - 1), middle = start + size / 2;

	if (iomem_has_holes(iomem, start, end, 65536))
		return;
	CHECK(!iomem_has_holes(iomem, start, middle - 1, 65536));
	CHECK(!iomem_has_holes(iomem, middle, end, 65536));
	CHECK(!iomem_has_holes(iomem, start, end, 4096));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	bool has_ram = false, has_address = false;
	struct iomem iomem = { 0 };
	int r = iomem_parse(text, &iomem);

	CHECK(r == 0 || (r == -EBADMSG && !iomem.resources));
	for (size_t i = 0; i < iomem.count; i++) {
		const struct resource *resource = &iomem.resources[i];

		CHECK(resource->start <= resource->end && resource->name);
		has_ram = has_ram || resource_is_ram(resource);
		has_address = has_address || resource->end > 0;
	}
	CHECK(r < 0 || iomem.masked == !has_address);
	for (size_t i = 0; i < iomem.count && i < 64; i++) {
		check_holes(&iomem, iomem.resources[i].start & ~UINT64_C(0x7ffffff), UINT64_C(1) << 27);
		check_holes(&iomem, iomem.resources[i].start & ~UINT64_C(0xfffff), UINT64_C(1) << 20);
	}
	CHECK(has_ram || iomem_has_holes(&iomem, 0, UINT64_MAX, 4096));
	iomem_free(&iomem);
	free(text);
	return 0;
}
