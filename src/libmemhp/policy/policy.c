/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parameters that decide what happens to hot-added memory: one table, read as a
 * whole. A parameter is a file of sysfs, or only a word of the kernel command line.
 * Which values it may have is decided in value.c, and what follows for zones in rules.c.
 */
#include <string.h>

#include "policy.h"

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
	{ "kernelcore", PLACE_CMDLINE, VALUE_SHARE, 0, NULL, "kernelcore", NULL, NULL },
	{ "movablecore", PLACE_CMDLINE, VALUE_SHARE, 0, NULL, "movablecore", NULL, NULL },
};

#define COUNT (sizeof(definitions) / sizeof(definitions[0]))

struct memhp_policy {
	struct memhp_parameter parameters[COUNT];
	char *words;              /* the kernel command line, cut into words */
	char **unknown;           /* words that look like parameters, but are not */
	size_t unknown_count;
	int cmdline_error;
};

const struct definition *definition_at(size_t index)
{
	return index < COUNT ? &definitions[index] : NULL;
}

const struct definition *definition_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (cmdline_is(name, definitions[i].name))
			return &definitions[i];
	return NULL;
}

/* The kernel command line ---------------------------------------------------- */

/* Whether the word is about one of the parameters. */
static bool apply_word(struct memhp_policy *policy, const struct cmdline_word *word)
{
	const char *text = word->value ? word->value : "";
	bool is_known = false;

	for (size_t i = 0; i < COUNT; i++) {
		struct memhp_parameter *parameter = &policy->parameters[i];
		const struct definition *definition = parameter->definition;

		if (!definition->cmdline || !cmdline_is(word->name, definition->cmdline))
			continue;
		is_known = true;
		/* If a parameter is given several times, the last value that the kernel
		 * understands counts. */
		if (value_take(definition->kind, word->value, parameter->cmdline_value) == 0)
			parameter->cmdline_text = text;
		else
			parameter->ignored = text;
	}
	return is_known;
}

/* Whether the kernel has a parameter of that name: a newer one may have some that are not in the table. */
static bool has_file(const struct sysdir *dir, const char *name)
{
	char file[64];
	size_t i = 0;

	for (; i < sizeof(file) - 1 && name[i]; i++)
		file[i] = name[i] == '-' ? '_' : name[i];
	file[i] = '\0';
	return !name[i] && !strpbrk(file, "./") && sysdir_has(dir, file);
}

/* init/main.c: unknown_bootoption() does not report a word with a dot, which could belong to a module. */
static int keep_unknown(struct memhp_policy *policy, const struct sysdir *module, const struct cmdline_word *word)
{
	const char *name = cmdline_rest(word->name, "memory_hotplug.");
	char **more;

	if (!name || has_file(module, name))
		return 0;
	more = reallocarray(policy->unknown, policy->unknown_count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	policy->unknown = more;
	if (asprintf(&more[policy->unknown_count], "%s%s%s", word->name, word->value ? "=" : "",
		     word->value ? word->value : "") < 0)
		return -ENOMEM;
	policy->unknown_count++;
	return 0;
}

/* Marks a word as ignored, because another one silently overrides it. */
static void overrule(struct memhp_policy *policy, const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		struct memhp_parameter *parameter = &policy->parameters[i];

		if (strcmp(parameter->definition->name, name) != 0 || !parameter->cmdline_text)
			continue;
		parameter->ignored = parameter->cmdline_text;
		parameter->cmdline_text = NULL;
	}
}

static const char *said(const struct memhp_policy *policy, const char *name)
{
	const struct memhp_parameter *parameter = memhp_policy_find(policy, name);

	return parameter ? memhp_parameter_cmdline(parameter) : NULL;
}

/* mm/mm_init.c: find_zone_movable_pfns_for_nodes() */
static void overrule_zones(struct memhp_policy *policy)
{
	const char *kernelcore = said(policy, "kernelcore");

	if (said(policy, "movable_node"))
		overrule(policy, "kernelcore");
	else if (!kernelcore || strcmp(kernelcore, "mirror") != 0)
		return;
	overrule(policy, "movablecore");
}

static int policy_read_cmdline(const struct memhp *memhp, struct memhp_policy *policy)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED, module = SYSDIR_CLOSED;
	struct cmdline_word word;
	size_t length = 0;
	char *rest;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	if (r == 0)
		r = sysdir_read_all(&proc, "cmdline", &policy->words, &length);
	if (r < 0) {
		policy->cmdline_error = r;
		return r == -ENOMEM ? r : 0;
	}
	rest = policy->words;
	r = place_open(memhp, PLACE_MODULE, &module);
	while (r != -ENOMEM && cmdline_next(&rest, &word))
		if (!apply_word(policy, &word))
			r = keep_unknown(policy, &module, &word);
	overrule_zones(policy);
	return r == -ENOMEM ? r : 0;
}

/* Files ---------------------------------------------------------------------- */

/*
 * A read-only file still has the value from the kernel command line. If it has another
 * one, the kernel did not accept that value. A kernel before 6.6 does not accept
 * memmap_on_memory=force.
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
	if (parameter->cmdline_text && was_not_taken(parameter)) {
		parameter->ignored = parameter->cmdline_text;
		parameter->cmdline_text = NULL;
	}
}

/* error: why the file cannot be read, or 0. */
static void read_parameter(const struct sysdir *dir, int error, int cmdline_error, struct memhp_parameter *parameter)
{
	const struct definition *definition = parameter->definition;

	parameter->is_source_unknown = definition->cmdline && cmdline_error < 0;
	if (definition->place == PLACE_CMDLINE) {
		const char *value = parameter->cmdline_text ? parameter->cmdline_value : definition->standard;

		parameter->error = cmdline_error;
		parameter->has_value = value && cmdline_error == 0;
		strcpy(parameter->value, parameter->has_value ? value : "");
		return;
	}
	parameter->error = error ? error : parameter_read(dir, definition, parameter->value);
	parameter->has_value = parameter->error == 0;
	parameter->is_writable = dir->fd >= 0 && definition->order && sysdir_is_writable(dir, definition->name);
	compare(parameter);
}

static void define(const struct definition *definition, const char *online_default, struct memhp_parameter *ret)
{
	*ret = (struct memhp_parameter){
		.definition = definition,
		/* The default state of hot-added memory depends on the kernel's configuration. */
		.standard = definition->kind == VALUE_STATE && definition->order ? online_default : definition->standard };
	if (place_path(definition->place))
		snprintf(ret->path, sizeof(ret->path), "%s/%s", place_path(definition->place), definition->name);
}

int memhp_policy_read(struct memhp *memhp, struct memhp_policy **ret)
{
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = calloc(1, sizeof(*policy));
	const char *online_default = NULL;
	int r = policy ? kconfig_online_default(memhp, &online_default) : -ENOMEM;

	if (r < 0)
		return r;
	for (size_t i = 0; i < COUNT; i++)
		define(&definitions[i], online_default, &policy->parameters[i]);
	r = policy_read_cmdline(memhp, policy);
	for (enum place place = 0; place < PLACE_COUNT && r == 0; place++) {
		cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;

		if (place != PLACE_CMDLINE)
			r = place_open(memhp, place, &dir);
		/* If the directory is missing or unreadable, each of its parameters reports that. */
		if (r < 0)
			r = place_error(memhp, place, r);
		if (r == -ENOMEM)
			return r;
		for (size_t i = 0; i < COUNT; i++)
			if (definitions[i].place == place)
				read_parameter(&dir, r, policy->cmdline_error, &policy->parameters[i]);
		r = 0;
	}
	if (r < 0)
		return r;
	*ret = take_ptr(policy);
	return 0;
}

struct memhp_policy *memhp_policy_free(struct memhp_policy *policy)
{
	for (size_t i = 0; policy && i < policy->unknown_count; i++)
		free(policy->unknown[i]);
	if (policy) {
		free(policy->unknown);
		free(policy->words);
	}
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

const char *memhp_policy_unknown(const struct memhp_policy *policy, size_t index)
{
	return index < policy->unknown_count ? policy->unknown[index] : NULL;
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
		[VALUE_SHARE] = MEMHP_KIND_WORD,
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
	return parameter->cmdline_text ? parameter->cmdline_value : NULL;
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
