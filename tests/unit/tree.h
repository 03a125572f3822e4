/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small directory trees for the tests written in C: made below $TMPDIR (or where
 * files are in memory), removed afterwards. Paths are printf formats, relative to the
 * tree; directories on the way are made. Whatever fails ends the test.
 */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_MEMORY "sys/devices/system/memory"
#define TREE_NODE "sys/devices/system/node"

struct tree {
	char root[4096];
	int fd;
};

struct tree *tree_new(void);
/* Returns NULL. */
struct tree *tree_free(struct tree *tree);

void tree_text(const struct tree *tree, const char *text, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
void tree_data(const struct tree *tree, const void *data, size_t length, const char *path, ...)
	__attribute__((format(printf, 4, 5)));
void tree_dir(const struct tree *tree, const char *path, ...) __attribute__((format(printf, 2, 3)));
void tree_link(const struct tree *tree, const char *target, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
void tree_fifo(const struct tree *tree, const char *path, ...) __attribute__((format(printf, 2, 3)));
/* With all that is below; nothing there is fine. */
void tree_remove(const struct tree *tree, const char *path, ...) __attribute__((format(printf, 2, 3)));

/* memoryN with a state and valid_zones; either may be NULL: no such file. */
void tree_block(const struct tree *tree, uint64_t id, const char *state, const char *zones);
/* memoryN in nodeK and nodeK in memoryN, as the kernel links both. */
void tree_node(const struct tree *tree, unsigned int node, uint64_t id);

/* An entry of an x86 kernel's boot memory map; type 1 is RAM. */
struct tree_e820 {
	uint64_t start, size;
	uint32_t type;
};
#define TREE_E820_MAX 200
/* boot_params with that map, which says to have so many entries. */
void tree_boot_params(const struct tree *tree, const struct tree_e820 *map, size_t count,
		      unsigned char entries);

#endif
