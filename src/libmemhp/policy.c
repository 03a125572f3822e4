/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parameters that decide what becomes of new memory: one table, read whole.
 * Each is a file of sysfs, or a word of the kernel command line alone. What a
 * value may be is value.c's; how zones follow from the parameters is others'.
 */
#include <string.h>

#include "policy.h"
#include "sized.h"

/* In the order in which they are shown. */
static const struct definition definitions[] = {
	{ "auto_online_blocks", PLACE_MEMORY, VALUE_STATE, 4, NULL, "memhp_default_state",
	  "4.6", "CONFIG_MEMORY_HOTPLUG" },
	{ "online_policy", PLACE_MODULE, VALUE_POLICY, 3, "contig-zones", "memory_hotplug.online_policy",
	  "5.15", "CONFIG_MEMORY_HOTPLUG" },
	{ "auto_movable_ratio", PLACE_MODULE, VALUE_UINT, 1, "301", "memory_hotplug.auto_movable_ratio",
	  "5.15", "CONFIG_MEMORY_HOTPLUG" },
	{ "auto_movable_numa_aware", PLACE_MODULE, VALUE_BOOL, 2, "Y", "memory_hotplug.auto_movable_numa_aware",
	  "5.15", "CONFIG_NUMA" },
	{ "memmap_on_memory", PLACE_MODULE, VALUE_MEMMAP, 0, "N", "memory_hotplug.memmap_on_memory",
	  "5.13", "CONFIG_MHP_MEMMAP_ON_MEMORY" },
	{ "block_size_bytes", PLACE_MEMORY, VALUE_HEX, 0, NULL, NULL, NULL, "CONFIG_MEMORY_HOTPLUG" },
	{ "crash_hotplug", PLACE_MEMORY, VALUE_BOOL, 0, NULL, NULL, "6.6", "CONFIG_CRASH_HOTPLUG" },
	{ "probe", PLACE_MEMORY, VALUE_EXISTS, 0, NULL, NULL, NULL, "CONFIG_ARCH_MEMORY_PROBE" },
	{ "memhp_default_state", PLACE_CMDLINE, VALUE_STATE, 0, NULL, "memhp_default_state", NULL, NULL },
	{ "movable_node", PLACE_CMDLINE, VALUE_FLAG, 0, "N", "movable_node", NULL, NULL },
	{ "kernelcore", PLACE_CMDLINE, VALUE_ANY, 0, NULL, "kernelcore", NULL, NULL },
	{ "movablecore", PLACE_CMDLINE, VALUE_ANY, 0, NULL, "movablecore", NULL, NULL },
};

#define COUNT (sizeof(definitions) / sizeof(definitions[0]))

struct memhp_policy {
	struct memhp_parameter parameters[COUNT];
	char *words;              /* the command line, cut into words */
	int cmdline_error;
};

const struct definition *definition_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (cmdline_is(name, definitions[i].name))
			return &definitions[i];
	return NULL;
}

/* The command line ----------------------------------------------------------- */

static void apply_word(struct memhp_policy *policy, const struct cmdline_word *word)
{
	for (size_t i = 0; i < COUNT; i++) {
		struct memhp_parameter *parameter = &policy->parameters[i];
		const struct definition *definition = parameter->definition;

		if (!definition->cmdline || !cmdline_is(word->name, definition->cmdline))
			continue;
		/* Of several the last counts, of those that the kernel understands. */
		if (value_take(definition->kind, word->value, parameter->cmdline_value) == 0)
			parameter->has_cmdline = true;
		else
			parameter->ignored = word->value ? word->value : "";
	}
}

static int read_cmdline(const struct memhp *memhp, struct memhp_policy *policy)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	struct cmdline_word word;
	size_t length = 0;
	char *rest;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	if (r == 0)
		r = sysdir_read_all(&proc, "cmdline", &policy->words, &length);
	/* A tree that was made without one. */
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		policy->cmdline_error = r;
		return r == -ENOMEM ? r : 0;
	}
	rest = policy->words;
	while (cmdline_next(&rest, &word))
		apply_word(policy, &word);
	return 0;
}

/* Files ---------------------------------------------------------------------- */

/* Below the mount point of sysfs. */
static const char *const directories[PLACE_COUNT] = {
	[PLACE_MEMORY] = "devices/system/memory",
	[PLACE_MODULE] = "module/memory_hotplug/parameters",
};

int place_open(const struct memhp *memhp, enum place place, struct sysdir *ret)
{
	return sysdir_open(memhp, memhp->sysfs, directories[place], ret);
}

int parameter_read(const struct sysdir *dir, const struct definition *definition, char ret[VALUE_MAX])
{
	char text[VALUE_MAX];
	ssize_t length;

	if (definition->kind == VALUE_EXISTS) {
		strcpy(ret, sysdir_has(dir, definition->name) ? "Y" : "N");
		return 0;
	}
	length = sysdir_read(dir, definition->name, text, sizeof(text));
	if (length < 0)
		return length == -ENOENT ? -ENODATA : length == -ENODATA ? -EBADMSG : (int)length;
	if (strlen(text) != (size_t)length)
		return -EBADMSG;
	return value_print(definition->kind, text, ret);
}

/*
 * What is read-only is as the command line made it; where it is not, the kernel did
 * not take the value. So does a kernel before 6.6 with memmap_on_memory=force.
 */
static bool was_not_taken(const struct memhp_parameter *parameter)
{
	if (parameter->error == -ENODATA)
		return true;
	return parameter->error == 0 && parameter->definition->place != PLACE_CMDLINE && !parameter->is_writable &&
	       strcmp(parameter->value, parameter->cmdline_value) != 0;
}

static void compare(struct memhp_parameter *parameter)
{
	if (parameter->has_cmdline && was_not_taken(parameter)) {
		parameter->has_cmdline = false;
		parameter->ignored = parameter->cmdline_value;
	}
}

static void read_parameter(const struct sysdir *dir, struct memhp_parameter *parameter)
{
	const struct definition *definition = parameter->definition;

	if (definition->place == PLACE_CMDLINE) {
		parameter->has_value = parameter->has_cmdline || definition->standard;
		strcpy(parameter->value, parameter->has_cmdline ? parameter->cmdline_value :
					 definition->standard ? definition->standard : "");
		return;
	}
	parameter->error = dir->fd < 0 ? -ENODATA : parameter_read(dir, definition, parameter->value);
	parameter->has_value = parameter->error == 0;
	parameter->is_writable = dir->fd >= 0 && definition->order && sysdir_is_writable(dir, definition->name);
	compare(parameter);
}

static void define(const struct memhp *memhp, const struct definition *definition, struct memhp_parameter *ret)
{
	*ret = (struct memhp_parameter){
		.definition = definition,
		/* The kernel's default state of new memory is a matter of its configuration. */
		.standard = definition->kind == VALUE_STATE && definition->order ? kconfig_online_default(memhp) :
										   definition->standard };
	if (directories[definition->place])
		snprintf(ret->path, sizeof(ret->path), "%s/%s", directories[definition->place], definition->name);
}

int memhp_policy_read(struct memhp *memhp, struct memhp_policy **ret)
{
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = calloc(1, sizeof(*policy));
	int r;

	if (!policy)
		return -ENOMEM;
	for (size_t i = 0; i < COUNT; i++)
		define(memhp, &definitions[i], &policy->parameters[i]);
	r = read_cmdline(memhp, policy);
	for (enum place place = 0; place < PLACE_COUNT && r == 0; place++) {
		cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;

		if (place != PLACE_CMDLINE)
			r = place_open(memhp, place, &dir);
		/* A directory that is missing or closed is told of each of its files. */
		if (r == -ENOMEM)
			return r;
		for (size_t i = 0; i < COUNT; i++)
			if (definitions[i].place == place)
				read_parameter(&dir, &policy->parameters[i]);
		r = 0;
	}
	if (r < 0)
		return r;
	*ret = take_ptr(policy);
	return 0;
}

struct memhp_policy *memhp_policy_free(struct memhp_policy *policy)
{
	if (policy)
		free(policy->words);
	free(policy);
	return NULL;
}

/* Getters -------------------------------------------------------------------- */

const struct memhp_parameter *memhp_policy_next(const struct memhp_policy *policy,
						const struct memhp_parameter *prev)
{
	const struct memhp_parameter *next = prev ? prev + 1 : policy->parameters;

	return next < policy->parameters + COUNT ? next : NULL;
}

const struct memhp_parameter *memhp_policy_find(const struct memhp_policy *policy, const char *name)
{
	const struct definition *definition = definition_find(name);

	return definition ? &policy->parameters[definition - definitions] : NULL;
}

const char *memhp_parameter_name(const struct memhp_parameter *parameter)
{
	return parameter->definition->name;
}

enum memhp_kind memhp_parameter_kind(const struct memhp_parameter *parameter)
{
	static const enum memhp_kind kinds[] = {
		[VALUE_STATE] = MEMHP_KIND_WORD, [VALUE_POLICY] = MEMHP_KIND_WORD,
		[VALUE_UINT] = MEMHP_KIND_NUMBER, [VALUE_BOOL] = MEMHP_KIND_BOOL,
		[VALUE_MEMMAP] = MEMHP_KIND_BOOL, [VALUE_HEX] = MEMHP_KIND_SIZE,
		[VALUE_EXISTS] = MEMHP_KIND_BOOL, [VALUE_FLAG] = MEMHP_KIND_BOOL,
		[VALUE_ANY] = MEMHP_KIND_WORD,
	};

	return kinds[parameter->definition->kind];
}

int memhp_parameter_error(const struct memhp_parameter *parameter)
{
	return parameter->error;
}

const char *memhp_parameter_value(const struct memhp_parameter *parameter)
{
	return parameter->has_value ? parameter->value : NULL;
}

const char *memhp_parameter_default(const struct memhp_parameter *parameter)
{
	return parameter->standard;
}

bool memhp_parameter_is_writable(const struct memhp_parameter *parameter)
{
	return parameter->is_writable;
}

const char *memhp_parameter_since(const struct memhp_parameter *parameter)
{
	return parameter->definition->since;
}

const char *memhp_parameter_config(const struct memhp_parameter *parameter)
{
	return parameter->definition->config;
}

const char *memhp_parameter_cmdline(const struct memhp_parameter *parameter)
{
	return parameter->has_cmdline ? parameter->cmdline_value : NULL;
}

const char *memhp_parameter_ignored(const struct memhp_parameter *parameter)
{
	return parameter->ignored;
}

const char *memhp_parameter_boot(const struct memhp_parameter *parameter)
{
	return parameter->definition->cmdline;
}

const char *memhp_parameter_path(const struct memhp_parameter *parameter)
{
	return *parameter->path ? parameter->path : NULL;
}

unsigned int memhp_parameter_order(const struct memhp_parameter *parameter)
{
	return parameter->definition->order;
}

bool memhp_parameter_is_kept(const struct memhp_parameter *parameter)
{
	return parameter->definition->order > 0;
}

const char *const *memhp_parameter_words(const struct memhp_parameter *parameter)
{
	return value_words(parameter->definition->kind);
}

static bool is_value(const struct memhp_parameter *parameter, const char *value)
{
	return value && parameter->has_value && strcmp(parameter->value, value) == 0;
}

enum memhp_source memhp_parameter_source(const struct memhp_parameter *parameter, const struct memhp_conf *conf)
{
	if (!parameter->has_value)
		return MEMHP_SOURCE_UNKNOWN;
	if (is_value(parameter, memhp_parameter_cmdline(parameter)))
		return MEMHP_SOURCE_CMDLINE;
	if (conf && is_value(parameter, memhp_conf_value(conf, parameter->definition->name)))
		return MEMHP_SOURCE_FILE;
	return is_value(parameter, parameter->standard) ? MEMHP_SOURCE_DEFAULT : MEMHP_SOURCE_RUNTIME;
}

const char *memhp_parameter_expected(const struct memhp_parameter *parameter, const struct memhp_conf *conf,
				     enum memhp_source *ret_source)
{
	const char *value = memhp_parameter_cmdline(parameter);
	enum memhp_source source = MEMHP_SOURCE_CMDLINE;

	if (!value) {
		value = conf ? memhp_conf_value(conf, parameter->definition->name) : NULL;
		source = MEMHP_SOURCE_FILE;
	}
	if (ret_source)
		*ret_source = value ? source : MEMHP_SOURCE_UNKNOWN;
	return value;
}

const char *memhp_source_name(enum memhp_source source)
{
	static const char *const names[] = {
		[MEMHP_SOURCE_CMDLINE] = "cmdline",
		[MEMHP_SOURCE_FILE] = "file",
		[MEMHP_SOURCE_DEFAULT] = "default",
		[MEMHP_SOURCE_RUNTIME] = "runtime",
	};

	return (size_t)source < sizeof(names) / sizeof(names[0]) ? names[source] : NULL;
}

/* The rules of zones --------------------------------------------------------- */

/* The value of a parameter; without the file what the kernel does without it. NULL: unknown. */
static const char *rule(const struct memhp_policy *policy, const char *name, const char *without)
{
	const struct memhp_parameter *parameter = memhp_policy_find(policy, name);

	return !parameter || parameter->error == -ENODATA ? without : memhp_parameter_value(parameter);
}

void memhp_policy_zone_rules(const struct memhp_policy *policy, struct memhp_zone_rules *ret)
{
	/* mm/memory_hotplug.c: zone_for_pfn_range(); before 5.15 there was contig-zones only. */
	const char *basic = rule(policy, "online_policy", "contig-zones");
	const char *ratio = rule(policy, "auto_movable_ratio", "301");
	/* auto_movable_zone_for_pfn() looks at nodes only with CONFIG_NUMA. */
	const char *numa_aware = rule(policy, "auto_movable_numa_aware", "N");
	const char *movable_node = rule(policy, "movable_node", "N");
	struct memhp_zone_rules rules = { .size = sizeof(rules) };

	rules.are_known = basic && ratio && numa_aware && policy->cmdline_error == 0 &&
			  (strcmp(basic, "contig-zones") == 0 || strcmp(basic, "auto-movable") == 0);
	rules.is_auto_movable = basic && strcmp(basic, "auto-movable") == 0;
	rules.ratio = ratio ? (unsigned int)strtoul(ratio, NULL, 10) : 0;
	rules.is_numa_aware = numa_aware && strcmp(numa_aware, "Y") == 0;
	rules.has_movable_node = movable_node && strcmp(movable_node, "Y") == 0;
	sized_give(ret, &rules, sizeof(rules));
}
