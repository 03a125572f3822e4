/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings that must not get into /etc/memhp.conf: those that would make it unreadable, or say
 * something else in it. The file then stays as it is. What users see is conf.bats'.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"
#include "../tree.h"

#define BEFORE "auto_movable_ratio = 301 # why\nexclude = 3\n"

static const struct {
	const char *name;
	struct {
		const char *key, *value;
	} settings[2];
	int result;
	const char *after;
} saves[] = {
	{ "a value", { { "auto_movable_ratio", "5" } }, 1, "auto_movable_ratio = 5 # why\nexclude = 3\n" },
	{ "a key with a hyphen", { { "auto-movable-ratio", "5" } }, 1, "auto_movable_ratio = 5 # why\nexclude = 3\n" },
	{ "a new key", { { "online_policy", "auto-movable" } }, 1, BEFORE "online_policy = auto-movable\n" },
	{ "a value with an '='", { { "exclude", "a=b" } }, 1, "auto_movable_ratio = 301 # why\nexclude = a=b\n" },
	{ "the same value", { { "exclude", "3" } }, 0, BEFORE },
	{ "an unknown key", { { "ratio", "5" } }, -EINVAL, BEFORE },
	{ "a key in upper case", { { "EXCLUDE", "5" } }, -EINVAL, BEFORE },
	{ "a parameter that is not kept", { { "memmap_on_memory", "Y" } }, -EINVAL, BEFORE },
	{ "no key", { { "", "5" } }, -EINVAL, BEFORE },
	{ "a key with a blank", { { "exclude ", "5" } }, -EINVAL, BEFORE },
	{ "a key that is a comment", { { "#exclude", "5" } }, -EINVAL, BEFORE },
	{ "a key that has a value", { { "exclude = 1 #", "5" } }, -EINVAL, BEFORE },
	{ "a key of two lines", { { "exclude = 1\nonline_policy", "auto-movable" } }, -EINVAL, BEFORE },
	{ "garbage", { { "online_policy", "garbage" } }, -EINVAL, BEFORE },
	{ "a word of another key", { { "auto_movable_ratio", "auto-movable" } }, -EINVAL, BEFORE },
	{ "a number that is too large", { { "auto_movable_ratio", "4294967296" } }, -EINVAL, BEFORE },
	{ "no value", { { "exclude", "" } }, -EINVAL, BEFORE },
	{ "a value that is a blank", { { "exclude", " " } }, -EINVAL, BEFORE },
	{ "another line", { { "exclude", "1\nonline_policy = auto-movable" } }, -EINVAL, BEFORE },
	{ "another line for a new key", { { "online_policy", "auto-movable\nonline_existing = auto" } }, -EINVAL, BEFORE },
	{ "the end of a line", { { "exclude", "1\n" } }, -EINVAL, BEFORE },
	{ "a return", { { "exclude", "1\r" } }, -EINVAL, BEFORE },
	{ "a comment", { { "exclude", "1 # 2" } }, -EINVAL, BEFORE },
	{ "a blank before", { { "exclude", " 1" } }, -EINVAL, BEFORE },
	{ "a number that is printed otherwise", { { "auto_movable_ratio", "0x12d" } }, -EINVAL, BEFORE },
	{ "a word that is printed otherwise", { { "auto_movable_numa_aware", "yes" } }, -EINVAL, BEFORE },
	{ "a key twice", { { "online_policy", "auto-movable" }, { "online_policy", "contig-zones" } }, -EINVAL, BEFORE },
	{ "a key twice, spelled otherwise", { { "auto_movable_ratio", "1" }, { "auto-movable-ratio", "1" } }, -EINVAL, BEFORE },
	{ "one good, one not", { { "exclude", "1" }, { "online_existing", "perhaps" } }, -EINVAL, BEFORE },
};

static const char *read_file(const struct tree *tree, char ret[256])
{
	int fd = openat(tree->fd, "etc/memhp.conf", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, ret, 255);

	ret[length < 0 ? 0 : length] = '\0';
	if (fd >= 0)
		close(fd);
	return ret;
}

static void test_save(struct memhp *memhp, const struct tree *tree, size_t i)
{
	const struct memhp_setting settings[] = {
		{ sizeof(settings[0]), saves[i].settings[0].key, saves[i].settings[0].value },
		{ sizeof(settings[0]), saves[i].settings[1].key, saves[i].settings[1].value },
	};
	const size_t count = settings[1].name ? 2 : 1;
	char *before = NULL, *after = NULL, text[256];
	struct memhp_conf *conf = NULL;

	tree_text(tree, BEFORE, "etc/memhp.conf");
	is_int(memhp_conf_preview(memhp, settings, count, &before, &after), saves[i].result, "%s: preview", saves[i].name);
	is_str(after, saves[i].result < 0 ? NULL : saves[i].after, "%s: what it would be", saves[i].name);
	is_int(memhp_conf_save(memhp, settings, count), saves[i].result, "%s: save", saves[i].name);
	is_str(read_file(tree, text), saves[i].after, "%s: the file", saves[i].name);
	is_int(memhp_conf_read(memhp, &conf), 0, "%s: it can be read", saves[i].name);
	memhp_conf_free(conf);
	free(before);
	free(after);
}

static void test_sizes(struct memhp *memhp, const struct tree *tree)
{
	const size_t size = (size_t)1 << 20;
	char *long_value = malloc(size + 1), text[256];
	struct memhp_setting setting = { sizeof(setting), "exclude", long_value };

	if (!long_value)
		bail_out("no memory");
	memset(long_value, '1', size);
	long_value[size] = '\0';
	tree_text(tree, BEFORE, "etc/memhp.conf");
	is_int(memhp_conf_save(memhp, &setting, 1), -EFBIG, "a value for which the file is too small");
	is_str(read_file(tree, text), BEFORE, "then the file stays as it is");
	setting.value = NULL;
	is_int(memhp_conf_save(memhp, &setting, 1), -EINVAL, "a value that is NULL");
	setting = (struct memhp_setting){ sizeof(setting), NULL, "5" };
	is_int(memhp_conf_save(memhp, &setting, 1), -EINVAL, "a key that is NULL");
	tree_remove(tree, "etc/memhp.conf");
	setting = (struct memhp_setting){ sizeof(setting), "exclude", "1\n" };
	is_int(memhp_conf_save(memhp, &setting, 1), -EINVAL, "a value that would be refused in a new file");
	is_int(faccessat(tree->fd, "etc/memhp.conf", F_OK, 0), -1, "then there is none");
	free(long_value);
}

int main(void)
{
	struct tree *tree = tree_new();
	struct memhp *memhp = NULL;

	tree_dir(tree, "etc");
	if (memhp_new(tree->root, &memhp) < 0)
		bail_out("no context");
	for (size_t i = 0; i < TAP_COUNT(saves); i++)
		test_save(memhp, tree, i);
	test_sizes(memhp, tree);
	memhp_free(memhp);
	tree_free(tree);
	return tap_done();
}
