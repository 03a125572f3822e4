/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where memory came from: origin.c, and the two maps it goes by, /proc/iomem and the
 * one that firmware handed to an x86 kernel.
 */
#ifndef MEMHP_ORIGIN_H
#define MEMHP_ORIGIN_H

#include "../base/base.h"

/* iomem.c: /proc/iomem and what it proves of a range. */
struct resource {
	uint64_t start, end;
	uint64_t reach;       /* the highest end up to here */
	unsigned int depth;
	char *name;
};
struct iomem {
	bool masked;
	bool descends;        /* somewhere a start is below the one before, as in no kernel's */
	struct resource *resources;
	size_t count;
};
int iomem_parse(char *text, struct iomem *ret);
void iomem_free(struct iomem *iomem);
/* No resource before the index that it returns, and none from *ret_stop on, touches the range. */
size_t iomem_narrow(const struct iomem *iomem, uint64_t start, uint64_t end, size_t *ret_stop);
bool resource_is_ram(const struct resource *resource);
bool iomem_has_holes(const struct iomem *iomem, uint64_t start, uint64_t end, uint64_t page_size);

/* e820.c: the memory map that an x86 kernel was started with. */
struct e820 {
	struct { uint64_t start, end; } ram[128];
	unsigned int count;
	bool proves_boot;     /* a block in it is boot memory */
	bool proves_added;    /* a block outside was added later */
};
void e820_read(const struct memhp *memhp, struct e820 *ret);
bool e820_overlaps(const struct e820 *e820, uint64_t start, uint64_t end);
void e820_apply_cmdline(struct e820 *e820, const char *cmdline);

/* origin.c: where memory came from, and what is known of the whole machine for it. */
struct origins;
int origins_read(const struct memhp *memhp, uint64_t block_size, struct origins **ret);
struct origins *origins_free(struct origins *origins);
DEFINE_CLEANUP(struct origins *, origins_free)
const struct iomem *origins_iomem(const struct origins *origins);
/* Whether the architecture never lets boot memory go. */
bool origins_keep_boot_memory(const struct origins *origins);
/* Origin of [start, end]; ret_device is a driver's device or NULL, borrowed from origins. */
enum memhp_origin origins_find(const struct origins *origins, uint64_t start, uint64_t end,
			       bool has_firmware_node, const char **ret_device);

/* Whether Hyper-V's or Xen's balloon is here, which hold memory as they like. */
bool has_foreign_balloon(const struct memhp *memhp);
/* The machine's name as uname(1) says it, "" where that is unknown. */
#define ARCH_SIZE 65
void arch_read(const struct memhp *memhp, char ret[ARCH_SIZE]);

#endif
