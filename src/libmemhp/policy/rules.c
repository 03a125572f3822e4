/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What decides the zone of a block that is onlined without asking for one: the rules
 * of zones as they follow from the parameters. Pure.
 */
#include <string.h>

#include "policy.h"
#include "../sized.h"

/* The value of a parameter; without the file what the kernel does without it. NULL: unknown. */
static const char *rule(const struct memhp_policy *policy, const char *name, const char *without)
{
	const struct memhp_parameter *parameter = memhp_policy_find(policy, name);

	return !parameter || memhp_parameter_error(parameter) == -ENODATA ? without : memhp_parameter_value(parameter);
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

	rules.are_known = basic && ratio && numa_aware && movable_node &&
			  (strcmp(basic, "contig-zones") == 0 || strcmp(basic, "auto-movable") == 0);
	rules.is_auto_movable = basic && strcmp(basic, "auto-movable") == 0;
	rules.ratio = ratio ? (unsigned int)strtoul(ratio, NULL, 10) : 0;
	rules.is_numa_aware = numa_aware && strcmp(numa_aware, "Y") == 0;
	rules.has_movable_node = movable_node && strcmp(movable_node, "Y") == 0;
	sized_give(ret, &rules, sizeof(rules));
}
