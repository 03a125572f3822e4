/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The attributes of one block: the file of each, its notation, and whether it is
 * missing, unreadable or garbage. Several threads call this file at the same time, each
 * for different blocks. What the values mean for a block is left to block.c and
 * offlinable.c.
 */
#include <limits.h>
#include <string.h>

#include "block.h"

/* Longer than any attribute of a block, so that one read returns all of it. */
#define TEXT_MAX 128
/* "memory", 20 digits, "/memmap_on_memory" */
#define PATH_SIZE 64
/* A block that changes while it is read is read again, up to this many times in all: it may have
 * just appeared, and then go online. */
#define TRIES 5

void attribute_dirs_close(struct attribute_dirs *dirs)
{
	sysdir_close(&dirs->memory);
	sysdir_close(&dirs->firmware);
}

int attribute_dirs_open(const struct memhp *memhp, unsigned int attrs, struct attribute_dirs *dirs)
{
	static const char path[] = "devices/system/memory";
	cleanup(sysdir_close) struct sysdir nodes = SYSDIR_CLOSED;
	int r = sysdir_open(memhp, memhp->sysfs, path, &dirs->memory);

	if (r < 0) {
		fault(memhp, "sys/devices/system/memory", -r, NULL);
		return r == -ENOENT ? -EOPNOTSUPP : r;
	}
	dirs->are_live = sysdir_is_sysfs(&dirs->memory);
	dirs->have_nodes = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &nodes) == 0;
	if (attrs & (MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY))
		r = sysdir_open(memhp, memhp->sysfs, "firmware/memory", &dirs->firmware);
	return r == -ENOMEM ? r : 0;
}

static int parse_state(struct memhp_block *block, const char *text, size_t length)
{
	enum memhp_state state = state_parse(text, length);

	block->state = (unsigned int)state & 0xfU;
	return state == MEMHP_STATE_UNKNOWN ? -EBADMSG : 0;
}

static int parse_zones(struct memhp_block *block, const char *text, size_t length)
{
	int r = zones_parse(text, length, block->zones);

	block->zone_count = (unsigned int)(r > 0 ? r : 0) & 0xfU;
	return r < 0 ? r : 0;
}

static int check_flag(const char *text, size_t length)
{
	return length == 1 && (text[0] == '0' || text[0] == '1') ? 0 : -EBADMSG;
}

static int parse_removable(struct memhp_block *block, const char *text, size_t length)
{
	block->is_removable = text[0] == '1';
	return check_flag(text, length);
}

static int parse_configured(struct memhp_block *block, const char *text, size_t length)
{
	block->is_configured = text[0] == '1';
	return check_flag(text, length);
}

static int parse_memmap(struct memhp_block *block, const char *text, size_t length)
{
	block->has_memmap_on_memory = text[0] == '1';
	return check_flag(text, length);
}

static int parse_phys_device(struct memhp_block *block, const char *text, size_t length)
{
	uint64_t value = 0;

	if (number_parse(text, length, 10, &value) < 0 || value > INT32_MAX)
		return -EBADMSG;
	block->phys_device = (int32_t)value;
	return 0;
}

static const struct attribute {
	enum memhp_attr attr;
	size_t dir;
	const char *file;
	int (*parse)(struct memhp_block *block, const char *text, size_t length);
} attributes[] = {
	{ MEMHP_ATTR_STATE, offsetof(struct attribute_dirs, memory), "/state", parse_state },
	{ MEMHP_ATTR_ZONES, offsetof(struct attribute_dirs, memory), "/valid_zones", parse_zones },
	{ MEMHP_ATTR_REMOVABLE, offsetof(struct attribute_dirs, memory), "/removable", parse_removable },
	{ MEMHP_ATTR_PHYS_DEVICE, offsetof(struct attribute_dirs, memory), "/phys_device", parse_phys_device },
	/* drivers/s390/char/sclp_mem.c, present in 7.0 */
	{ MEMHP_ATTR_CONFIGURED, offsetof(struct attribute_dirs, firmware), "/config", parse_configured },
	{ MEMHP_ATTR_MEMMAP_ON_MEMORY, offsetof(struct attribute_dirs, firmware), "/memmap_on_memory", parse_memmap },
};

const char *memhp_attr_name(enum memhp_attr attr)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (attributes[i].attr == attr)
			return attributes[i].file + 1;
	switch (attr) {
	case MEMHP_ATTR_NODES:
		return "node*";
	case MEMHP_ATTR_ORIGIN:
		return "firmware_node";
	case MEMHP_ATTR_HOLES:
		return "iomem";
	default:
		return NULL;
	}
}

/* Writes "memory123" or "/node0"; returns the end. Takes a sixth of the time of snprintf(), which
 * matters for thousands of names. */
static char *put_name(char *buffer, const char *prefix, uint64_t number)
{
	char digits[20], *digit = digits + sizeof(digits);
	size_t count;

	do
		*--digit = (char)('0' + number % 10);
	while (number /= 10);
	count = (size_t)(digits + sizeof(digits) - digit);
	buffer = stpcpy(buffer, prefix);
	memcpy(buffer, digit, count);
	buffer[count] = '\0';
	return buffer + count;
}

static void mark(struct memhp_block *block, enum memhp_attr attr, int error)
{
	if (!error) {
		block->present |= (uint16_t)attr;
		return;
	}
	if (error == EBADMSG) {
		block->garbage |= (uint16_t)attr;
		return;
	}
	if (!block->unreadable)
		block->error = (uint8_t)error;
	block->unreadable |= (uint16_t)attr;
}

static int add_link(const char *name, void *data)
{
	uint64_t node = 0;

	if (name_number(name, "node", &node) < 0 || node > UINT32_MAX)
		return 0;
	return block_add_node(data, (unsigned int)node);
}

/* For a block that is in no node's directory: its own nodeK links. */
static int read_node_links(const struct attribute_dirs *dirs, const char *name, struct memhp_block *block)
{
	int r = sysdir_list(&dirs->memory, name, add_link, block);

	if (r == -ENOENT || r == -ENODEV)
		block->vanished = true;
	else if (r < 0 && r != -ENOMEM)
		mark(block, MEMHP_ATTR_NODES, -r);
	return r == -ENOMEM ? r : 0;
}

static int read_firmware_node(const struct attribute_dirs *dirs, const char *path, struct memhp_block *block)
{
	char target[PATH_MAX];
	const char *slash, *name;

	if (sysdir_readlink(&dirs->memory, path, target, sizeof(target)) <= 0)
		return 0;
	slash = strrchr(target, '/');
	name = slash ? slash + 1 : target;
	if (!*name)
		return 0;
	block->device = strdup(name);
	block->owns_device = block->device;
	return block->device ? 0 : -ENOMEM;
}

/*
 * Whether state and zones were read at different moments: valid_zones has one word
 * exactly if the block is online (drivers/base/memory.c: valid_zones_show()).
 */
static bool is_torn(const struct memhp_block *block)
{
	const unsigned int both = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES;

	return (block->present & both) == both &&
	       (block->state == MEMHP_STATE_ONLINE) != (block->zone_count == 1);
}

static int is_node(const char *name, void *data)
{
	uint64_t node = 0;

	(void)data;
	return name_number(name, "node", &node) == 0;
}

/* Whether the block has the link to the node in whose directory it was found. */
static bool has_expected_link(const struct attribute_dirs *dirs, const char *name, const struct memhp_block *block)
{
	char path[PATH_SIZE + 16];

	if (block->node_count != 1)
		return false;
	put_name(stpcpy(path, name), "/node", block->node);
	return sysdir_has(&dirs->memory, path);
}

/*
 * Whether it is safe to read valid_zones. The kernel shows a new block before it sets
 * the node of the block. valid_zones_show() then takes the zones of node -1: a NULL
 * dereference that kills the reader and blocks hotplug until the next boot (observed on
 * 6.1 and 6.12; all blocks of a device appear before the first is linked). Once the link
 * to the node exists, the node is set (drivers/base/node.c:
 * do_register_memory_block_under_node()). For an online block the kernel does not look
 * up the zones.
 */
static bool may_read_zones(const struct attribute_dirs *dirs, const char *name, const struct memhp_block *block)
{
	return !dirs->are_live || !dirs->have_nodes || block->state == MEMHP_STATE_ONLINE ||
	       has_expected_link(dirs, name, block) || sysdir_list(&dirs->memory, name, is_node, NULL) > 0;
}

/*
 * path ends at end, before and after the call. Returns false if the file does not exist,
 * or if it is not safe to read it now. That is checked while the file is open. Otherwise
 * the answer could be about a block that is gone, while the file belongs to its
 * successor.
 */
static bool read_attribute(const struct attribute_dirs *dirs, const struct attribute *attribute,
			   char *path, char *end, struct memhp_block *block)
{
	const struct sysdir *dir = (const struct sysdir *)((const char *)dirs + attribute->dir);
	cleanup(cleanup_close) int fd = -1;
	char text[TEXT_MAX];
	ssize_t length;

	strcpy(end, attribute->file);
	length = fd = sysdir_open_to_read(dir, path);
	*end = '\0';
	if (fd >= 0 && attribute->attr == MEMHP_ATTR_ZONES && !may_read_zones(dirs, path, block))
		return false;
	if (fd >= 0)
		length = attribute_text(fd, text, sizeof(text));
	if (length == -ENOENT || length == -ENODEV)
		return false;
	if (length > 0)
		mark(block, attribute->attr, -attribute->parse(block, text, (size_t)length));
	else if (length == -ENODATA || length == -EMSGSIZE)
		mark(block, attribute->attr, EBADMSG);
	else
		mark(block, attribute->attr, (int)-length);
	return true;
}

/* Returns false if the block's own file does not exist, or if it is not safe to read it now. */
static bool read_file(const struct attribute_dirs *dirs, const struct attribute *attribute,
		      char *path, char *end, struct memhp_block *block)
{
	if (attribute->dir == offsetof(struct attribute_dirs, memory))
		return read_attribute(dirs, attribute, path, end, block);
	if (dirs->firmware.fd >= 0)
		(void)read_attribute(dirs, attribute, path, end, block);
	return true;
}

/*
 * In a kernel's sysfs, valid_zones also shows the state, at the same moment: it has one
 * word exactly if the block is online. Returns the attributes that it has shown.
 */
static unsigned int told_by_zones(const struct attribute_dirs *dirs, struct memhp_block *block)
{
	if (!dirs->are_live || !(block->present & MEMHP_ATTR_ZONES))
		return 0;
	if (block->zone_count != 1)
		return MEMHP_ATTR_ZONES;
	block->state = MEMHP_STATE_ONLINE;
	mark(block, MEMHP_ATTR_STATE, 0);
	return MEMHP_ATTR_ZONES | MEMHP_ATTR_STATE;
}

/* Reads the zones first, so that the state need not be read if they show it. */
static void read_zones_first(const struct attribute_dirs *dirs, unsigned int attrs,
			     char *path, char *end, struct memhp_block *block)
{
	const struct attribute *attribute = attributes;

	if (!(attrs & MEMHP_ATTR_ZONES) || !dirs->are_live)
		return;
	while (attribute->attr != MEMHP_ATTR_ZONES)
		attribute++;
	(void)read_attribute(dirs, attribute, path, end, block);
}

/* Returns true if the result is consistent. */
static bool read_files(const struct attribute_dirs *dirs, unsigned int attrs,
		       char *path, char *end, struct memhp_block *block)
{
	bool is_complete = true;

	read_zones_first(dirs, attrs, path, end, block);
	attrs &= ~told_by_zones(dirs, block);
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (attrs & attributes[i].attr)
			is_complete &= read_file(dirs, &attributes[i], path, end, block);
	/* If the node of the block was not known before, the zones were read after the state. */
	(void)told_by_zones(dirs, block);
	/* A file is missing because this kernel does not have it, or because the whole block
	 * appears or vanishes. In a kernel's sysfs, a block always has a state. */
	strcpy(end, dirs->are_live ? "/state" : "");
	if (!is_complete)
		block->vanished = !sysdir_has(&dirs->memory, path);
	*end = '\0';
	return block->vanished || (is_complete && !is_torn(block));
}

static void clear(struct memhp_block *block)
{
	block->present = block->garbage = block->unreadable = block->error = 0;
	block->state = MEMHP_STATE_UNKNOWN;
	block->zone_count = 0;
}

int attributes_read(const struct attribute_dirs *dirs, unsigned int attrs, struct memhp_block *block)
{
	char path[PATH_SIZE];
	char *end = put_name(path, "memory", block->id);
	int r = 0;

	/* The state decides whether valid_zones may be read. */
	if (attrs & MEMHP_ATTR_ZONES && dirs->are_live)
		attrs |= MEMHP_ATTR_STATE;
	for (int i = 0; i < TRIES; i++) {
		clear(block);
		if (read_files(dirs, attrs, path, end, block))
			break;
	}
	if (attrs & MEMHP_ATTR_NODES && !block->node_count && !block->vanished)
		r = read_node_links(dirs, path, block);
	if (attrs & MEMHP_ATTR_ORIGIN && r == 0) {
		strcpy(end, "/firmware_node");
		r = read_firmware_node(dirs, path, block);
	}
	if (block->node_count && attrs & MEMHP_ATTR_NODES)
		mark(block, MEMHP_ATTR_NODES, 0);
	return r;
}

/*
 * valid_zones exists only with CONFIG_MEMORY_HOTREMOVE, but a block that appears, or the
 * saved tree of a machine, may lack it as well. Without the option the file removable is
 * "0" for every block (drivers/base/memory.c: removable_show()), with it a block has both.
 */
bool attributes_rule_out_offlining(const struct attribute_dirs *dirs, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block)
		if ((block->present | block->garbage | block->unreadable) & MEMHP_ATTR_ZONES)
			return false;
	memhp_snapshot_foreach(snapshot, block) {
		struct memhp_block again = { .id = block->id, .snapshot = snapshot };

		if (attributes_read(dirs, MEMHP_ATTR_REMOVABLE, &again) == 0 && again.present & MEMHP_ATTR_REMOVABLE)
			return !again.is_removable;
	}
	return false;
}
