/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The figures that a plan is judged by, read: zone sizes, memory to be had, the
 * ratio that is allowed; and counters of /proc by their names.
 */
#include <string.h>

#include "../policy/policy.h"
#include "../sized.h"

static int add_zones(struct memhp *memhp, struct memhp_figures *figures)
{
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	struct memhp_ratio ratio = { .size = sizeof(ratio) };
	int r = stats_try(memhp, &stats);

	if (r < 0 || !stats)
		return r;
	if (memhp_ratio_sum(stats, memhp->page_size, NULL, &ratio) == 0) {
		figures->kernel = ratio.kernel;
		figures->movable = ratio.movable;
	}
	return 0;
}

/* "MemAvailable:    1234 kB" or "nr_free_pages 1234" */
int counter_find(const char *text, const char *key, uint64_t *ret)
{
	const size_t key_length = strlen(key);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *digits = line + key_length + 1;

		if (strncmp(line, key, key_length) != 0 || (line[key_length] != ':' && line[key_length] != ' '))
			continue;
		digits += strspn(digits, " ");
		return number_parse(digits, strcspn(digits, " \n"), 10, ret) < 0 ? -EBADMSG : 0;
	}
	return -ENODATA;
}

int counters_read(const struct memhp *memhp, const char *name, char **ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	return r < 0 ? r : sysdir_read_all(&proc, name, ret, &length);
}

int meminfo_read(const struct memhp *memhp, const char *key, uint64_t *ret)
{
	cleanup(cleanup_free) char *text = NULL;
	uint64_t kib = 0;
	int r = counters_read(memhp, "meminfo", &text);

	if (r >= 0)
		r = counter_find(text, key, &kib);
	if (r < 0)
		return r;
	if (kib > UINT64_MAX >> 10)
		return -EBADMSG;
	*ret = kib << 10;
	return 0;
}

static int read_limit(struct memhp *memhp, struct memhp_figures *figures)
{
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	struct memhp_zone_rules rules = { .size = sizeof(rules) };
	int r = memhp_policy_read(memhp, &policy);

	if (r < 0)
		return r;
	memhp_policy_zone_rules(policy, &rules);
	figures->limit = rules.are_known && rules.is_auto_movable ? rules.ratio : MEMHP_RATIO_USUAL;
	return 0;
}

int memhp_figures_read(struct memhp *memhp, struct memhp_figures *ret)
{
	struct memhp_figures figures = {
		.size = sizeof(figures),
		.kernel = UINT64_MAX,
		.movable = UINT64_MAX,
		.available = UINT64_MAX,
	};
	int r;

	if (!sized_is_set(ret))
		return -EINVAL;
	r = add_zones(memhp, &figures);
	if (r == 0)
		r = meminfo_read(memhp, "MemAvailable", &figures.available);
	if (r != -ENOMEM)
		r = read_limit(memhp, &figures);
	if (r < 0)
		return r;
	sized_give(ret, &figures, sizeof(figures));
	return 0;
}

bool memhp_crash_kernel_is_stale(struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir kernel = SYSDIR_CLOSED, memory = SYSDIR_CLOSED;
	char text[16];

	if (sysdir_open(memhp, memhp->sysfs, "kernel", &kernel) < 0 ||
	    sysdir_read(&kernel, "kexec_crash_loaded", text, sizeof(text)) <= 0 || strcmp(text, "1") != 0)
		return false;
	return sysdir_open(memhp, memhp->sysfs, "devices/system/memory", &memory) < 0 ||
	       sysdir_read(&memory, "crash_hotplug", text, sizeof(text)) <= 0 || strcmp(text, "1") != 0;
}
