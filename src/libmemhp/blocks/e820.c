/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory map (e820) that the firmware or the hypervisor gave to an x86 kernel, from
 * /sys/kernel/boot_params/data. Everybody may read that file. Unlike
 * /sys/firmware/memmap, it never grows later. Words of the kernel command line that
 * change the map (mem=, memmap=) weaken it as a proof. What it proves about a block is
 * decided in origin.c.
 */
#include <string.h>

#include "origin.h"

/* arch/x86/include/uapi/asm/bootparam.h: struct boot_params */
#define E820_ENTRIES 0x1e8
#define E820_TABLE 0x2d0
#define E820_ENTRY_SIZE 20
#define E820_MAX 128
#define E820_RAM 1

static uint64_t little_endian(const unsigned char *bytes, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static void e820_parse(const unsigned char *data, size_t length, struct e820 *ret)
{
	unsigned int entries = data[E820_ENTRIES];

	if (entries > E820_MAX || E820_TABLE + entries * E820_ENTRY_SIZE > length)
		return;
	for (unsigned int i = 0; i < entries; i++) {
		const unsigned char *entry = data + E820_TABLE + i * E820_ENTRY_SIZE;
		uint64_t start = little_endian(entry, 8), size = little_endian(entry + 8, 8);

		if (little_endian(entry + 16, 4) != E820_RAM || !size || start + size - 1 < start)
			continue;
		ret->ram[ret->count].start = start;
		ret->ram[ret->count++].end = start + size - 1;
	}
	ret->proves_boot = ret->count > 0;
	/* If there are more entries than fit, the others come separately (setup_data). */
	ret->proves_added = ret->count > 0 && entries < E820_MAX;
}

/* Whether a "+type" in the word is RAM, or not a number. */
static bool makes_ram(const char *word, size_t length)
{
	const char *end = word + length;

	for (const char *at = word; (at = memchr(at, '+', (size_t)(end - at))); at++) {
		char *stop;
		unsigned long long type = strtoull(at + 1, &stop, 0);

		if (type == E820_RAM || stop == at + 1)
			return true;
	}
	return false;
}

/*
 * arch/x86/kernel/e820.c: parse_memopt(), parse_memmap_one(). All forms may remove RAM.
 * nn@ss adds RAM, and nn%ss-old+1 turns other memory into RAM.
 */
void e820_apply_cmdline(struct e820 *e820, const char *cmdline)
{
	/* lib/cmdline.c: next_arg(); a word may begin with a quote. */
	static const char blanks[] = " \t\n\v\f\r\"";
	const char *word = cmdline;

	for (;; word += strcspn(word, blanks)) {
		size_t length;

		word += strspn(word, blanks);
		if (!*word)
			return;
		length = strcspn(word, blanks);
		/* arch/x86/platform/efi/efi.c: do_add_efi_memmap() */
		if (length == 14 && strncmp(word, "add_efi_memmap", 14) == 0)
			e820->proves_added = false;
		if (strncmp(word, "mem=", 4) != 0 && strncmp(word, "memmap=", 7) != 0)
			continue;
		e820->proves_boot = false;
		if (memchr(word, '@', length) || memmem(word, length, "exactmap", 8) || makes_ram(word, length))
			e820->proves_added = false;
	}
}

static int e820_read_cmdline(const struct memhp *memhp, struct e820 *ret)
{
	cleanup(cleanup_free) char *cmdline = NULL;
	const int r = counters_read(memhp, "cmdline", &cmdline);

	if (r < 0)
		*ret = (struct e820){ 0 };
	else
		e820_apply_cmdline(ret, cmdline);
	return r == -ENOMEM ? r : 0;
}

int e820_read(const struct memhp *memhp, struct e820 *ret)
{
	cleanup(sysdir_close) struct sysdir params = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *data = NULL;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->sysfs, "kernel/boot_params", &params);

	*ret = (struct e820){ 0 };
	if (r == 0)
		r = sysdir_read_all(&params, "data", &data, &length);
	if (r < 0 || length <= E820_TABLE)
		return r == -ENOMEM ? r : 0;
	e820_parse((const unsigned char *)data, length, ret);
	return e820_read_cmdline(memhp, ret);
}

bool e820_overlaps(const struct e820 *e820, uint64_t start, uint64_t end)
{
	for (unsigned int i = 0; i < e820->count; i++)
		if (e820->ram[i].start <= end && e820->ram[i].end >= start)
			return true;
	return false;
}
