/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel command line as the kernel takes it apart, values as it takes them,
 * and parameters and rules of zones as they follow from small trees.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../../src/libmemhp/policy/policy.h"
#include "../tap.h"
#include "../tree.h"

#define MODULE "sys/module/memory_hotplug/parameters/"

/* Words of a line as "[name|value]", a missing value as "[name]". */
static const struct {
	const char *line, *words;
} lines[] = {
	{ "", "" },
	{ "\n", "" },
	{ "quiet\n", "[quiet]" },
	{ "  a=1\t b=2 \n", "[a|1][b|2]" },
	{ "a= b", "[a|][b]" },
	{ "a=b=c", "[a|b=c]" },
	{ "=a", "[=a]" },
	{ "=a=b", "[=a|b]" },
	{ "a=\"x y\" b", "[a|x y][b]" },
	{ "\"a=x y\" b", "[a|x y][b]" },
	{ "\"a\" b", "[a][b]" },
	{ "\"a b\"=c d", "[a b\"|c][d]" },
	{ "a=x\"y z\" b", "[a|x\"y z\"][b]" },
	{ "a=\"x", "[a|x]" },
	{ "a=\"", "[a|]" },
	{ "a=\"\" b", "[a|][b]" },
	{ "\"", "[]" },
	{ "\"\"", "[]" },
	{ "\"a=\"b\"", "[a|b]" },
	{ "a -- b=1", "[a]" },
	{ "a --=x b", "[a][--|x][b]" },
	{ "a \"--\" b", "[a]" },
	{ "a\xa0" "b", "[a][b]" },
};

static void test_line(const char *line, const char *expected)
{
	char *copy = strdup(line), *rest = copy, *seen = NULL;
	struct cmdline_word word;
	size_t size = 0;
	FILE *stream = open_memstream(&seen, &size);

	if (!copy || !stream)
		bail_out("no memory");
	while (cmdline_next(&rest, &word))
		fprintf(stream, "[%s%s%s]", word.name, word.value ? "|" : "", word.value ? word.value : "");
	fclose(stream);
	is_str(seen, expected, "words of '%s'", line);
	free(seen);
	free(copy);
}

static void test_names(void)
{
	ok(cmdline_is("memory_hotplug.online_policy", "memory_hotplug.online_policy"), "the same name");
	ok(cmdline_is("memory-hotplug.online-policy", "memory_hotplug.online_policy"), "- and _ are the same");
	ok(!cmdline_is("memory_hotplug.online", "memory_hotplug.online_policy"), "a shorter name");
	ok(!cmdline_is("memory_hotplug.online_policyx", "memory_hotplug.online_policy"), "a longer name");
	ok(!cmdline_is("Movable_node", "movable_node"), "upper case");
}

static const struct {
	enum value_kind kind;
	const char *text, *value;   /* value NULL: refused */
	int error;
} values[] = {
	{ VALUE_STATE, "offline", "offline", 0 },
	{ VALUE_STATE, "online_movable", "online_movable", 0 },
	{ VALUE_STATE, "online\n", "online", 0 },
	{ VALUE_STATE, "online ", NULL, -EINVAL },
	{ VALUE_STATE, "Online", NULL, -EINVAL },
	{ VALUE_STATE, "onlin", NULL, -EINVAL },
	{ VALUE_STATE, "", NULL, -EINVAL },
	{ VALUE_STATE, NULL, NULL, -EINVAL },
	{ VALUE_POLICY, "auto-movable", "auto-movable", 0 },
	{ VALUE_POLICY, "auto_movable", NULL, -EINVAL },
	{ VALUE_UINT, "0", "0", 0 },
	{ VALUE_UINT, "301", "301", 0 },
	{ VALUE_UINT, "+301\n", "301", 0 },
	{ VALUE_UINT, "0x12d", "301", 0 },
	{ VALUE_UINT, "0455", "301", 0 },
	{ VALUE_UINT, "08", NULL, -EINVAL },
	{ VALUE_UINT, "0x", NULL, -EINVAL },
	{ VALUE_UINT, "10%", NULL, -EINVAL },
	{ VALUE_UINT, "-1", NULL, -EINVAL },
	{ VALUE_UINT, " 1", NULL, -EINVAL },
	{ VALUE_UINT, "", NULL, -EINVAL },
	{ VALUE_UINT, "\n", NULL, -EINVAL },
	{ VALUE_UINT, NULL, NULL, -EINVAL },
	{ VALUE_UINT, "4294967295", "4294967295", 0 },
	{ VALUE_UINT, "4294967296", NULL, -ERANGE },
	{ VALUE_UINT, "99999999999999999999999", NULL, -ERANGE },
	{ VALUE_BOOL, "Y", "Y", 0 },
	{ VALUE_BOOL, "yellow", "Y", 0 },
	{ VALUE_BOOL, "1", "Y", 0 },
	{ VALUE_BOOL, "on", "Y", 0 },
	{ VALUE_BOOL, "oFf", "N", 0 },
	{ VALUE_BOOL, "0", "N", 0 },
	{ VALUE_BOOL, NULL, "Y", 0 },
	{ VALUE_BOOL, "o", NULL, -EINVAL },
	{ VALUE_BOOL, "2", NULL, -EINVAL },
	{ VALUE_BOOL, "", NULL, -EINVAL },
	{ VALUE_MEMMAP, "force", "force", 0 },
	{ VALUE_MEMMAP, "FORCE", "force", 0 },
	{ VALUE_MEMMAP, "Force", "N", 0 },   /* its first letter, as of "false" */
	{ VALUE_MEMMAP, "1", "Y", 0 },
	{ VALUE_FLAG, NULL, "Y", 0 },
	{ VALUE_FLAG, "0", "Y", 0 },
	{ VALUE_SHARE, "1G", "1G", 0 },
	{ VALUE_SHARE, "50%", "50%", 0 },
	{ VALUE_SHARE, "mirror", "mirror", 0 },
	{ VALUE_SHARE, "half", NULL, -EINVAL },
	{ VALUE_SHARE, NULL, NULL, -EINVAL },
	{ VALUE_SHARE, "", NULL, -EINVAL },
	{ VALUE_HEX, "8000000", NULL, -EINVAL },
	{ VALUE_EXISTS, "Y", NULL, -EINVAL },
};

/* As people give them. */
static const struct {
	enum value_kind kind;
	const char *text;
	int error;
} checks[] = {
	{ VALUE_FLAG, "yes", 0 },
	{ VALUE_FLAG, "no", 0 },
	{ VALUE_FLAG, "yellow", -EINVAL },
	{ VALUE_BOOL, "on", 0 },
	{ VALUE_BOOL, "yellow", -EINVAL },
	{ VALUE_MEMMAP, "force", 0 },
	{ VALUE_SHARE, "1G", 0 },
	{ VALUE_SHARE, "1 G", -EINVAL },
	{ VALUE_UINT, "+1", -EINVAL },
};

static const struct {
	enum value_kind kind;
	const char *text, *value;
} prints[] = {
	{ VALUE_HEX, "8000000", "134217728" },
	{ VALUE_HEX, "0x8000000", NULL },
	{ VALUE_HEX, "", NULL },
	{ VALUE_UINT, "301", "301" },
	{ VALUE_UINT, "many", NULL },
	{ VALUE_BOOL, "N", "N" },
	{ VALUE_BOOL, "1", "Y" },
	{ VALUE_BOOL, "maybe", NULL },
	{ VALUE_MEMMAP, "force", "force" },
	{ VALUE_MEMMAP, "perhaps", "perhaps" },
	{ VALUE_POLICY, "of-the-future", "of-the-future" },
	{ VALUE_STATE, "online_kernel", "online_kernel" },
};

static void test_values(void)
{
	for (size_t i = 0; i < TAP_COUNT(values); i++) {
		const char *text = values[i].text ? values[i].text : "(none)";
		char value[VALUE_MAX] = "";

		is_int(value_take(values[i].kind, values[i].text, value), values[i].error, "taken, kind %d: '%s'",
		       (int)values[i].kind, text);
		is_str(value, values[i].value ? values[i].value : "", "kind %d: '%s'", (int)values[i].kind, text);
	}
	for (size_t i = 0; i < TAP_COUNT(checks); i++) {
		char value[VALUE_MAX] = "";

		is_int(value_check(checks[i].kind, checks[i].text, value), checks[i].error, "checked, kind %d: '%s'",
		       (int)checks[i].kind, checks[i].text);
	}
	for (size_t i = 0; i < TAP_COUNT(prints); i++) {
		char value[VALUE_MAX] = "";

		is_int(value_print(prints[i].kind, prints[i].text, value), prints[i].value ? 0 : -EBADMSG,
		       "printed, kind %d: '%s'", (int)prints[i].kind, prints[i].text);
		if (prints[i].value)
			is_str(value, prints[i].value, "kind %d: '%s'", (int)prints[i].kind, prints[i].text);
	}
}

/* Files that are NULL are missing. */
static const struct {
	const char *name, *policy, *ratio, *numa_aware, *cmdline;
	struct memhp_zone_rules rules;
	bool lacks_modules;        /* there is no sys/module, as in an incomplete copy */
} rules[] = {
#define RULES(auto_movable, percent, numa, node, known)                    \
	{ .is_auto_movable = (auto_movable), .ratio = (percent),           \
	  .is_numa_aware = (numa), .has_movable_node = (node), .are_known = (known) }
	{ "as it is", "contig-zones\n", "301\n", "Y\n", "quiet\n", RULES(false, 301, true, false, true), false },
	{ "auto-movable", "auto-movable\n", "1000\n", "N\n", "quiet\n", RULES(true, 1000, false, false, true), false },
	{ "movable_node", "contig-zones\n", "301\n", "Y\n", "a movable-node b\n", RULES(false, 301, true, true, true), false },
	{ "movable_node behind --", "contig-zones\n", "301\n", "Y\n", "a -- movable_node\n",
	  RULES(false, 301, true, false, true), false },
	{ "no NUMA", "auto-movable\n", "0\n", NULL, "quiet\n", RULES(true, 0, false, false, true), false },
	{ "no parameters", NULL, NULL, NULL, "quiet\n", RULES(false, 301, false, false, true), false },
	{ "no command line", "auto-movable\n", "4294967295\n", "Y\n", NULL, RULES(true, UINT32_MAX, true, false, true), false },
	{ "nothing at all", NULL, NULL, NULL, NULL, RULES(false, 0, false, false, false), true },
	{ "another policy", "best-effort\n", "301\n", "Y\n", "quiet\n", RULES(false, 301, true, false, false), false },
	{ "ratio is garbage", "auto-movable\n", "x\n", "Y\n", "quiet\n", RULES(true, 0, true, false, false), false },
	{ "policy is empty", "", "301\n", "Y\n", "quiet\n", RULES(false, 301, true, false, false), false },
};

static void test_rules(size_t i)
{
	struct tree *tree = tree_new();
	struct memhp_zone_rules seen = { .size = sizeof(seen) };
	struct memhp_policy *policy = NULL;
	struct memhp *memhp = NULL;
	const struct memhp_zone_rules *expected = &rules[i].rules;

	if (!rules[i].lacks_modules)
		tree_text(tree, "", "sys/module/other");
	if (rules[i].policy)
		tree_text(tree, rules[i].policy, MODULE "online_policy");
	if (rules[i].ratio)
		tree_text(tree, rules[i].ratio, MODULE "auto_movable_ratio");
	if (rules[i].numa_aware)
		tree_text(tree, rules[i].numa_aware, MODULE "auto_movable_numa_aware");
	if (rules[i].cmdline)
		tree_text(tree, rules[i].cmdline, "proc/cmdline");
	if (memhp_new(tree->root, &memhp) < 0 || memhp_policy_read(memhp, &policy) < 0)
		bail_out("cannot read a tree");
	memhp_policy_zone_rules(policy, &seen);
	is_int(seen.is_auto_movable, expected->is_auto_movable, "%s: policy", rules[i].name);
	is_number(seen.ratio, expected->ratio, "%s: ratio", rules[i].name);
	is_int(seen.is_numa_aware, expected->is_numa_aware, "%s: numa_aware", rules[i].name);
	is_int(seen.has_movable_node, expected->has_movable_node, "%s: movable_node", rules[i].name);
	is_int(seen.is_movable_node_unknown, !rules[i].cmdline, "%s: movable_node is unknown", rules[i].name);
	is_int(seen.are_known, expected->are_known, "%s: known", rules[i].name);
	memhp_policy_free(policy);
	memhp_free(memhp);
	tree_free(tree);
}

/* What the command line says of a parameter whose file has that content. */
static const struct {
	const char *name, *content, *line, *cmdline, *ignored, *value;
} said[] = {
	{ "online_policy", "contig-zones\n", "quiet", NULL, NULL, "contig-zones" },
	{ "online_policy", "auto-movable\n", "memory_hotplug.online_policy=auto-movable", "auto-movable", NULL, "auto-movable" },
	{ "online-policy", "contig-zones\n", "memory-hotplug.online-policy=\"auto-movable\"", "auto-movable", NULL, "contig-zones" },
	{ "online_policy", "contig-zones\n", "memory_hotplug.online_policy=auto_movable", NULL, "auto_movable", "contig-zones" },
	{ "online_policy", "auto-movable\n", "memory_hotplug.online_policy=auto-movable memory_hotplug.online_policy=x",
	  "auto-movable", "x", "auto-movable" },
	{ "online_policy", "contig-zones\n", "memory_hotplug.online_policy=auto-movable memory_hotplug.online_policy=contig-zones",
	  "contig-zones", NULL, "contig-zones" },
	{ "online_policy", NULL, "memory_hotplug.online_policy=auto-movable", NULL, "auto-movable", NULL },
	{ "online_policy", "contig-zones\n", "memory_hotplug.online_policy", NULL, "", "contig-zones" },
	{ "auto_movable_ratio", "150\n", "memory_hotplug.auto_movable_ratio=0x96", "150", NULL, "150" },
	{ "auto_movable_numa_aware", "Y\n", "memory_hotplug.auto_movable_numa_aware", "Y", NULL, "Y" },
	{ "memmap_on_memory", "N\n", "memory_hotplug.memmap_on_memory=force", NULL, "force", "N" },
	{ "memmap_on_memory", "N\n", "memory_hotplug.memmap_on_memory=on", NULL, "on", "N" },
	{ "memmap_on_memory", "N\n", "memory_hotplug.memmap_on_memory", NULL, "", "N" },
	{ "memmap_on_memory", "force\n", "memory_hotplug.memmap_on_memory=force", "force", NULL, "force" },
	{ "movable_node", NULL, "quiet", NULL, NULL, "N" },
	{ "movable_node", NULL, "movable_node=0", "Y", NULL, "Y" },
	{ "memhp_default_state", NULL, "memhp_default_state=online_movable memhp_default_state=on", "online_movable", "on",
	  "online_movable" },
	{ "kernelcore", NULL, "kernelcore=50%", "50%", NULL, "50%" },
	{ "kernelcore", NULL, "kernelcore=50% movable_node", NULL, "50%", NULL },
	{ "movablecore", NULL, "movable_node movablecore=1G", NULL, "1G", NULL },
	{ "movablecore", NULL, "movablecore=1G kernelcore=50%", "1G", NULL, "1G" },
	{ "movablecore", NULL, "movablecore=1G kernelcore=mirror", NULL, "1G", NULL },
	{ "kernelcore", NULL, "movablecore=1G kernelcore=mirror", "mirror", NULL, "mirror" },
	{ "movablecore", NULL, "-- movablecore=1G", NULL, NULL, NULL },
};

static void test_said(size_t i)
{
	struct tree *tree = tree_new();
	struct memhp_policy *policy = NULL;
	const struct memhp_parameter *parameter;
	struct memhp *memhp = NULL;

	tree_dir(tree, "sys/module");
	tree_text(tree, said[i].line, "proc/cmdline");
	if (said[i].content)
		tree_text(tree, said[i].content, MODULE "%s", said[i].name);
	if (said[i].content && strchr(said[i].name, '-'))
		tree_text(tree, said[i].content, MODULE "online_policy");
	/* As the kernel has it. */
	if (strcmp(said[i].name, "memmap_on_memory") == 0 &&
	    fchmodat(tree->fd, MODULE "memmap_on_memory", 0444, 0) < 0)
		bail_out("no mode");
	if (memhp_new(tree->root, &memhp) < 0 || memhp_policy_read(memhp, &policy) < 0)
		bail_out("cannot read a tree");
	parameter = memhp_policy_find(policy, said[i].name);
	if (!parameter)
		bail_out("no parameter %s", said[i].name);
	is_str(memhp_parameter_cmdline(parameter), said[i].cmdline, "%s: taken", said[i].line);
	is_str(memhp_parameter_ignored(parameter), said[i].ignored, "%s: ignored", said[i].line);
	is_str(memhp_parameter_value(parameter), said[i].value, "%s: value", said[i].line);
	memhp_policy_free(policy);
	memhp_free(memhp);
	tree_free(tree);
}

/* Words for parameters that are none. A file that no row of the table has is of a kernel to come. */
static void test_unknown(void)
{
	static const char *const words[] = { "memory_hotplug.online_polcy=auto-movable", "memory-hotplug.block_size_bytes=x y",
					     "memory_hotplug.", "memory_hotplug.../memory_hotplug/parameters/online_policy=1" };
	struct tree *tree = tree_new();
	struct memhp_policy *policy = NULL;
	struct memhp *memhp = NULL;

	tree_text(tree, "contig-zones\n", MODULE "online_policy");
	tree_text(tree, "7\n", MODULE "of_the_future");
	tree_text(tree, "memory_hotplug.online_polcy=auto-movable memory-hotplug.online-policy=x memory_hotplug.of-the-future=7 "
			"other.x memory_hotplug memory-hotplug.block_size_bytes=\"x y\" memory_hotplug. "
			"memory_hotplug.../memory_hotplug/parameters/online_policy=1 -- memory_hotplug.y", "proc/cmdline");
	if (memhp_new(tree->root, &memhp) < 0 || memhp_policy_read(memhp, &policy) < 0)
		bail_out("cannot read a tree");
	for (size_t i = 0; i < TAP_COUNT(words); i++)
		is_str(memhp_policy_unknown(policy, i), words[i], "unknown: %s", words[i]);
	ok(!memhp_policy_unknown(policy, TAP_COUNT(words)), "no more");
	memhp_policy_free(policy);
	memhp_free(memhp);
	tree_free(tree);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(lines); i++)
		test_line(lines[i].line, lines[i].words);
	test_names();
	test_values();
	for (size_t i = 0; i < TAP_COUNT(rules); i++)
		test_rules(i);
	for (size_t i = 0; i < TAP_COUNT(said); i++)
		test_said(i);
	test_unknown();
	return tap_done();
}
