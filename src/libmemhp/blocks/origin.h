/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files that find out where memory came from: origin.c decides, by two
 * maps. iomem.c reads /proc/iomem; e820.c reads the map that the firmware gave to an x86
 * kernel. How blocks use the result is left to collect.c.
 */
#ifndef MEMHP_ORIGIN_H
#define MEMHP_ORIGIN_H

#include "../base/base.h"

/* iomem.c: /proc/iomem, and what it shows about a range. */
struct resource {
	uint64_t start, end;
	uint64_t reach;       /* the highest end of this and all earlier ones */
	unsigned int depth;
	char *name;
};
struct iomem {
	bool masked;
	bool descends;        /* starts are not ascending, which no kernel prints */
	struct resource *resources;
	size_t count;
};
int iomem_parse(char *text, struct iomem *ret);
void iomem_free(struct iomem *iomem);
/* The range touches only resources from the returned index up to (not including) *ret_stop. */
size_t iomem_narrow(const struct iomem *iomem, uint64_t start, uint64_t end, size_t *ret_stop);
bool resource_is_ram(const struct resource *resource);
/* The names of what lies in the range besides System RAM, each once; returns how many were written. */
unsigned int iomem_names(const struct iomem *iomem, uint64_t start, uint64_t end, const char **ret, unsigned int count);
bool iomem_has_holes(const struct iomem *iomem, uint64_t start, uint64_t end, uint64_t page_size);

/* e820.c (-ENOMEM): the memory map with which an x86 kernel was booted. */
struct e820 {
	struct { uint64_t start, end; } ram[128];
	unsigned int count;
	bool proves_boot;     /* a block inside the map is boot memory */
	bool proves_added;    /* a block outside the map was hot-added */
};
int e820_read(const struct memhp *memhp, struct e820 *ret);
bool e820_overlaps(const struct e820 *e820, uint64_t start, uint64_t end);
void e820_apply_cmdline(struct e820 *e820, const char *cmdline);

/* origin.c: the origin of memory, and the facts about the whole machine that prove it. */
struct origins;
int origins_read(const struct memhp *memhp, uint64_t block_size, struct origins **ret);
struct origins *origins_free(struct origins *origins);
DEFINE_CLEANUP(struct origins *, origins_free)
const struct iomem *origins_iomem(const struct origins *origins);
/* Whether the architecture never takes boot memory offline. */
bool origins_keep_boot_memory(const struct origins *origins);
/* The origin of [start, end]. ret_device is the device of a driver or NULL; origins owns the text. */
enum memhp_origin origins_find(const struct origins *origins, uint64_t start, uint64_t end,
			       bool has_firmware_node, const char **ret_device);

/* dax.c: whether kmem has lost the dax device of this name with its memory, which therefore stays until the next boot.
 * False if that is not known. */
bool dax_is_lost(const struct memhp *memhp, const char *name);
bool dax_is_name(const char *name);

/* Whether there is a Hyper-V or Xen balloon, which takes and returns memory on its own. */
bool has_foreign_balloon(const struct memhp *memhp);
/* The architecture as uname(2) reports it ("machine"); "" if unknown. */
#define ARCH_SIZE 65
void arch_read(const struct memhp *memhp, char ret[ARCH_SIZE]);

#endif
