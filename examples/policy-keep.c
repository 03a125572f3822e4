/* SPDX-License-Identifier: 0BSD */
/*
 * policy-keep [--root DIR] NAME=VALUE...: sets parameters of memory hotplug, such as
 * auto_movable_ratio=400, and keeps them in /etc/memhp.conf. memhp.service sets them at boot.
 *
 * This example shows how to check values, set all of them or none, and save them. It changes the
 * machine, and needs root.
 * Build it with: cc policy-keep.c $(pkg-config --cflags --libs libmemhp) -o policy-keep
 */
#include <err.h>
#include <libmemhp.h>
#include <stdio.h>
#include <string.h>

#define MAX_SETTINGS 16

/* Library functions return 0 or more, or a negative errno. */
static int check(int r, const char *what)
{
	if (r < 0)
		errx(1, "%s: %s", what, strerror(-r));
	return r;
}

/* Makes a setting of "NAME=VALUE". The value is written to value, as the kernel prints it: "Y" for "yes". */
static struct memhp_setting parse(const struct memhp_policy *policy, char *text, char value[MEMHP_VALUE_SIZE])
{
	struct memhp_setting setting = { .size = sizeof(setting) };
	const struct memhp_parameter *parameter;
	char *equals = strchr(text, '=');

	if (!equals)
		errx(2, "'%s' is not NAME=VALUE", text);
	*equals = '\0';
	parameter = memhp_policy_find(policy, text);
	if (!parameter)
		errx(1, "there is no parameter '%s'", text);
	check(memhp_parameter_check(parameter, equals + 1, value), text);
	setting.name = memhp_parameter_name(parameter);
	setting.value = value;
	return setting;
}

/* Called once for each setting, also for those that failed. */
static void print_step(void *data, const struct memhp_policy_step *step)
{
	(void)data;
	printf("%s: %s, was %s: %s%s%s\n", memhp_parameter_name(step->parameter), step->value,
	       step->before ? step->before : "unknown", memhp_result_name(step->result),
	       step->error ? ", " : "", step->error ? strerror(step->error) : "");
}

int main(int argc, char **argv)
{
	const char *root = argc > 2 && strcmp(argv[1], "--root") == 0 ? argv[2] : NULL;
	const int first = root ? 3 : 1;
	struct memhp_setting settings[MAX_SETTINGS];
	char values[MAX_SETTINGS][MEMHP_VALUE_SIZE];
	struct memhp *memhp;
	struct memhp_lock *lock;
	struct memhp_policy *policy;
	size_t count = 0;

	if (argc <= first || argc - first > MAX_SETTINGS)
		errx(2, "usage: policy-keep [--root DIR] NAME=VALUE...");
	check(memhp_new(root, &memhp), "no access to this machine");
	check(memhp_lock_take(memhp, NULL, &lock), "cannot take the lock");
	check(memhp_policy_read(memhp, &policy), "cannot read the parameters");
	for (int i = first; i < argc; i++, count++)
		settings[count] = parse(policy, argv[i], values[count]);
	/* Without settings this only checks that the file could be written. */
	check(memhp_conf_save(memhp, NULL, 0), "/etc/memhp.conf");
	check(memhp_policy_set(memhp, policy, settings, count, print_step, NULL), "cannot set the parameters");
	printf("/etc/memhp.conf: %s\n",
	       check(memhp_conf_save(memhp, settings, count), "/etc/memhp.conf") ? "saved" : "nothing to change");
	memhp_policy_free(policy);
	memhp_lock_free(lock);
	memhp_free(memhp);
	return 0;
}
