/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the kernel chooses the zone of a block when no zone is requested:
 * derives the rules from the parameters. Pure. zones/zonemodel.c applies the
 * rules.
 */
#include <string.h>

#include "policy.h"
#include "../sized.h"

/* The value of a parameter, or NULL if it is unknown. If this kernel does not have the file, the
 * result is without: the value that describes how it behaves. */
static const char *rule(const struct memhp_policy *policy, const char *name, const char *without)
{
	const struct memhp_parameter *parameter = memhp_policy_find(policy, name);

	return !parameter || memhp_parameter_error(parameter) == -ENODATA ? without : memhp_parameter_value(parameter);
}

int memhp_policy_zone_rules(const struct memhp_policy *policy, struct memhp_zone_rules *ret)
{
	/* mm/memory_hotplug.c: zone_for_pfn_range(); before 5.15 only contig-zones existed. */
	const char *basic = rule(policy, "online_policy", "contig-zones");
	const char *ratio = rule(policy, "auto_movable_ratio", "301");
	/* auto_movable_zone_for_pfn() considers nodes only with CONFIG_NUMA. */
	const char *numa_aware = rule(policy, "auto_movable_numa_aware", "N");
	const char *movable_node = rule(policy, "movable_node", "N");
	struct memhp_zone_rules rules = { .size = sizeof(rules) };

	rules.are_known = basic && ratio && numa_aware &&
			  (strcmp(basic, "contig-zones") == 0 || strcmp(basic, "auto-movable") == 0);
	rules.is_auto_movable = basic && strcmp(basic, "auto-movable") == 0;
	rules.ratio = ratio ? (unsigned int)strtoul(ratio, NULL, 10) : 0;
	rules.is_numa_aware = numa_aware && strcmp(numa_aware, "Y") == 0;
	rules.has_movable_node = movable_node && strcmp(movable_node, "Y") == 0;
	rules.is_movable_node_unknown = !movable_node;
	return sized_give(ret, &rules, sizeof(rules));
}
