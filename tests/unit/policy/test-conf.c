/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /etc/memhp.conf: what it says, what in it is refused and where, what
 * it is after other values have been put in; and the kernel's configuration.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/policy/policy.h"
#include "../tap.h"

#define KEYS "auto_online_blocks, online_policy, auto_movable_ratio, auto_movable_numa_aware, online_existing or exclude"

/* Each with what it says as "key=value@line" words; or its problem, whose line is bad. */
static const struct {
	const char *text, *says;
	unsigned int bad;
} texts[] = {
	{ "", "", 0 },
	{ "\n\n", "", 0 },
	{ "# only this\n \t# and this\n", "", 0 },
	{ "online_policy = auto-movable\n", "[online_policy=auto-movable@1]", 0 },
	{ "\n\tonline-policy=contig-zones \t\r\n", "[online_policy=contig-zones@2]", 0 },
	{ "auto_movable_ratio = 0x12d # why\n", "[auto_movable_ratio=301@1]", 0 },
	{ "auto_movable_ratio = 4294967295\n", "[auto_movable_ratio=4294967295@1]", 0 },
	{ "auto_movable_numa_aware = yes\n", "[auto_movable_numa_aware=Y@1]", 0 },
	{ "auto_online_blocks = online_kernel\n", "[auto_online_blocks=online_kernel@1]", 0 },
	{ "online_existing = no\nexclude = 3, 5-7 #x\n", "[online_existing=no@1][exclude=3, 5-7@2]", 0 },
	{ "exclude = a#b\n", "[exclude=a#b@1]", 0 },
	{ "exclude = a=b\n", "[exclude=a=b@1]", 0 },
	{ "online_policy = contig-zones", "[online_policy=contig-zones@1]", 0 },
	{ "\nauto_movable_ratio = 301\nexclude = 3 # x", "[auto_movable_ratio=301@2][exclude=3@3]", 0 },
	{ "\n#", "", 0 },
	{ "\nonline_policy", "'online_policy' lacks an '='", 2 },
	{ "\nonline_policy\n", "'online_policy' lacks an '='", 2 },
	{ "online_policy # = contig-zones\n", "'online_policy' lacks an '='", 1 },
	{ "online_policy =\n", "'online_policy' lacks a value", 1 },
	{ "online_policy = # none\n", "'online_policy' lacks a value", 1 },
	{ "= 5\n", "'' is an unknown key (" KEYS ")", 1 },
	{ "ratio = 5\n", "'ratio' is an unknown key (" KEYS ")", 1 },
	{ "Online_policy = contig-zones\n", "'Online_policy' is an unknown key (" KEYS ")", 1 },
	{ "online_policy = auto_movable\n", "'auto_movable' is not a valid value for online_policy (contig-zones or auto-movable)", 1 },
	{ "auto_movable_ratio = 3 01\n", "'3 01' is not a valid value for auto_movable_ratio (0 to 4294967295)", 1 },
	{ "auto_movable_ratio = -1\n", "'-1' is not a valid value for auto_movable_ratio (0 to 4294967295)", 1 },
	{ "auto_movable_ratio = 4294967296\n", "'4294967296' is not a valid value for auto_movable_ratio (0 to 4294967295)", 1 },
	{ "online_existing = yes\n", "'yes' is not a valid value for online_existing (no, auto, kernel or movable)", 1 },
	{ "memmap_on_memory = Y\n", "'memmap_on_memory' cannot be set while the kernel runs", 1 },
	{ "exclude = 1\n\nexclude = 1\n", "'exclude' is set twice", 3 },
	{ "online-policy = contig-zones\nonline_policy = contig-zones\n", "'online_policy' is set twice", 2 },
};

static void test_text(const char *text, const char *says, unsigned int bad)
{
	static const char *const keys[] = { "auto_online_blocks", "online_policy", "auto_movable_ratio",
					    "auto_movable_numa_aware", "online_existing", "exclude" };
	struct memhp_conf *conf = NULL;
	struct conf_problem problem = { 0 };
	char *seen = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&seen, &size);
	int r = conf_parse(text, strlen(text), &conf, &problem);

	if (!stream)
		bail_out("no memory");
	for (size_t i = 0; r == 0 && i < TAP_COUNT(keys); i++)
		if (memhp_conf_value(conf, keys[i]))
			fprintf(stream, "[%s=%s@%u]", keys[i], memhp_conf_value(conf, keys[i]),
				memhp_conf_line(conf, keys[i]));
	fclose(stream);
	is_int(r, bad ? -EBADMSG : 0, "'%s': whether it is understood", text);
	is_str(r < 0 ? problem.text : seen, says, "'%s': what it says", text);
	is_number(problem.line, bad, "'%s': the line at fault", text);
	memhp_conf_free(conf);
	free(seen);
}

static void test_no_text(void)
{
	static const char text[] = "online_policy = contig-zones\nexclude = \0 1\n";
	struct memhp_conf *conf = NULL;
	struct conf_problem problem = { 0 };

	is_int(conf_parse(text, sizeof(text) - 1, &conf, &problem), -EBADMSG, "a zero byte");
	is_str(problem.text, "contains a NUL byte", "a zero byte: why");
	is_number(problem.line, 2, "a zero byte: where");
	ok(!conf, "a zero byte: no object");
}

/* The policy becomes auto-movable, and the ratio 5. */
static const struct {
	const char *before, *after;
} rewritten[] = {
	{ "", "online_policy = auto-movable\nauto_movable_ratio = 5\n" },
	{ "# x\n\n", "# x\n\nonline_policy = auto-movable\nauto_movable_ratio = 5\n" },
	{ "auto_movable_ratio = 301\nonline_policy = contig-zones\n",
	  "auto_movable_ratio = 5\nonline_policy = auto-movable\n" },
	{ "  online-policy=contig-zones   # why\n#online_policy = x\nauto_movable_ratio\t=\t7\r\n",
	  "  online-policy=auto-movable   # why\n#online_policy = x\nauto_movable_ratio\t=\t5\r\n" },
	{ "exclude = 3\nonline_policy = auto-movable\nauto_movable_ratio = 5\n",
	  "exclude = 3\nonline_policy = auto-movable\nauto_movable_ratio = 5\n" },
	{ "auto_movable_ratio = 5\nonline_policy = auto-movable", "auto_movable_ratio = 5\nonline_policy = auto-movable" },
	{ "auto_movable_ratio = 301\nonline_policy = contig-zones", "auto_movable_ratio = 5\nonline_policy = auto-movable" },
	{ "auto_movable_ratio = 301 # x", "auto_movable_ratio = 5 # x\nonline_policy = auto-movable\n" },
	{ "exclude = 3", "exclude = 3\nonline_policy = auto-movable\nauto_movable_ratio = 5\n" },
};

static void test_rewritten(const char *before, const char *after)
{
	static const struct memhp_setting settings[] = {
		{ sizeof(struct memhp_setting), "online_policy", "auto-movable" },
		{ sizeof(struct memhp_setting), "auto_movable_ratio", "5" },
	};
	char *seen = NULL, *again = NULL;

	if (conf_rewrite(before, settings, TAP_COUNT(settings), &seen) == 0)
		(void)conf_rewrite(seen, settings, TAP_COUNT(settings), &again);
	is_str(seen, after, "'%s': rewritten", before);
	is_str(again, after, "'%s': rewritten again", before);
	free(seen);
	free(again);
}

static const struct {
	const char *text, *value;
} kconfigs[] = {
	{ "", NULL },
	{ "CONFIG_MEMORY_HOTPLUG=y\n", NULL },
	{ "CONFIG_MEMORY_HOTPLUG=y\n# CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE is not set\n", "offline" },
	{ "CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE=y\n", "online" },
	{ "CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE=yes\n", NULL },
	{ "#CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE=y\n", NULL },
	{ "# CONFIG_MHP_DEFAULT_ONLINE_TYPE_OFFLINE is not set\nCONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE=y",
	  "online_movable" },
};

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(texts); i++)
		test_text(texts[i].text, texts[i].says, texts[i].bad);
	test_no_text();
	for (size_t i = 0; i < TAP_COUNT(rewritten); i++)
		test_rewritten(rewritten[i].before, rewritten[i].after);
	for (size_t i = 0; i < TAP_COUNT(kconfigs); i++)
		is_str(kconfig_find_default(kconfigs[i].text), kconfigs[i].value, "'%s': the default", kconfigs[i].text);
	return tap_done();
}
