/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp policy --export: prints the running policy for boot loaders and for tools
 * that write sysfs files at boot. Writes only to stdout. Each format is a name, an
 * entry of the table and one small function.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/message.h"
#include "cmd-policy.h"

/* The items to export: words of the kernel command line (a flag has no value), or sysfs files. */
struct items {
	struct {
		const char *name, *value;
	} items[16];
	size_t count;
};

static void print_words(const struct items *items, const char *separator)
{
	for (size_t i = 0; i < items->count; i++)
		printf("%s%s%s%s", i ? separator : "", items->items[i].name, items->items[i].value ? "=" : "",
		       items->items[i].value ? items->items[i].value : "");
}

static void print_cmdline(const struct items *items)
{
	print_words(items, " ");
	putchar('\n');
}

static void print_grubby(const struct items *items)
{
	fputs("grubby --update-kernel=ALL --args=\"", stdout);
	print_words(items, " ");
	puts("\"");
}

static void print_grub_d(const struct items *items)
{
	puts("# /etc/default/grub.d/memhp.cfg; then run update-grub");
	fputs("GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ", stdout);
	print_words(items, " ");
	puts("\"");
}

static void print_tmpfiles(const struct items *items)
{
	puts("# /etc/tmpfiles.d/memhp.conf");
	for (size_t i = 0; i < items->count; i++)
		printf("w /sys/%s - - - - %s\n", items->items[i].name, items->items[i].value);
}

static void print_sysfs_d(const struct items *items)
{
	puts("# /etc/sysfs.d/memhp.conf");
	for (size_t i = 0; i < items->count; i++)
		printf("%s = %s\n", items->items[i].name, items->items[i].value);
}

static void print_bootc(const struct items *items)
{
	puts("# /usr/lib/bootc/kargs.d/50-memhp.toml");
	fputs("kargs = [\"", stdout);
	print_words(items, "\", \"");
	puts("\"]");
}

const struct choices export_choices = {
	.option = "--export",
	.what = "format",
	.is_exact = true,
	.items = {
		{ "cmdline", EXPORT_CMDLINE },
		{ "grubby", EXPORT_GRUBBY },
		{ "grub.d", EXPORT_GRUB_D },
		{ "tmpfiles", EXPORT_TMPFILES },
		{ "sysfs.d", EXPORT_SYSFS_D },
		{ "bootc", EXPORT_BOOTC },
	},
};

static const struct {
	bool is_files;                   /* sysfs files, which can be written while the kernel runs */
	void (*print)(const struct items *items);
} formats[] = {
	[EXPORT_CMDLINE] = { false, print_cmdline },
	[EXPORT_GRUBBY] = { false, print_grubby },
	[EXPORT_GRUB_D] = { false, print_grub_d },
	[EXPORT_TMPFILES] = { true, print_tmpfiles },
	[EXPORT_SYSFS_D] = { true, print_sysfs_d },
	[EXPORT_BOOTC] = { false, print_bootc },
};

/* Whether the text has only characters that are not special to any of these tools. */
static bool is_plain(const char *text)
{
	return !text[strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_%.-")];
}

static void export_add_word(struct items *items, const struct memhp_parameter *parameter)
{
	const char *boot = memhp_parameter_boot(parameter), *value = memhp_parameter_value(parameter);
	const bool is_flag = parameter_is_flag(parameter);

	/* Two parameters may share one word. The absence of a flag cannot be expressed. */
	for (size_t i = 0; boot && i < items->count; i++)
		if (strcmp(items->items[i].name, boot) == 0)
			return;
	if (!boot || !value || (is_flag && strcmp(value, "N") == 0))
		return;
	if (!is_plain(value)) {
		warning("%s: not exported: its value has unusual characters", memhp_parameter_name(parameter));
		return;
	}
	items->items[items->count].name = boot;
	items->items[items->count++].value = is_flag ? NULL : value;
}

static void export_add_file(struct items *items, const struct memhp_parameter *parameter)
{
	const char *value = memhp_parameter_value(parameter);

	if (!value || !is_plain(value))
		return;
	items->items[items->count].name = memhp_parameter_path(parameter);
	items->items[items->count++].value = value;
}

/* Uses the order in which memhp writes the files. */
static void export_add_files(struct items *items, const struct memhp_policy *policy)
{
	const struct memhp_parameter *parameter;
	unsigned int order, last = 0;

	memhp_policy_foreach(policy, parameter)
		if (memhp_parameter_order(parameter) > last)
			last = memhp_parameter_order(parameter);
	for (order = 1; order <= last; order++)
		memhp_policy_foreach(policy, parameter)
			if (memhp_parameter_order(parameter) == order)
				export_add_file(items, parameter);
}

/* Reports the parameters that are left out because they could not be read. */
static int export_tell_left_out(const struct policy_context *context, bool is_files)
{
	const struct memhp_parameter *parameter;
	int status = EXIT_DONE;

	memhp_policy_foreach(context->policy, parameter) {
		const int r = memhp_parameter_error(parameter);

		if (r == 0 || r == -ENODATA ||
		    !(is_files ? memhp_parameter_is_kept(parameter) : memhp_parameter_boot(parameter) != NULL))
			continue;
		warning("%s: not exported: %s", memhp_parameter_name(parameter), error_text(r));
		status = EXIT_PARTLY;
	}
	return status;
}

int policy_export(struct policy_context *context, enum export_format format)
{
	const bool is_files = formats[format].is_files;
	const struct memhp_parameter *parameter;
	struct items items = { 0 };

	/* Otherwise words that are on it now would be lost. */
	if (!is_files && policy_need_cmdline(context) != EXIT_DONE)
		return EXIT_FAILED;
	if (is_files)
		export_add_files(&items, context->policy);
	memhp_policy_foreach(context->policy, parameter)
		if (!is_files)
			export_add_word(&items, parameter);
	if (!items.count) {
		error("this kernel has no parameter to export");
		return EXIT_UNSUPPORTED;
	}
	formats[format].print(&items);
	return export_tell_left_out(context, is_files);
}
