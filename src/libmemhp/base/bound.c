/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes may have memory only of certain nodes, by their cpuset or by a memory
 * policy: reads /proc/PID/status and numa_maps until the timeout. When such a node is
 * emptied, the kernel gives these processes memory of other nodes without a message.
 * Which nodes are emptied is left to the callers.
 */
#include <string.h>

#include "../sized.h"
#include "base.h"

/* include/linux/numa.h: MAX_NUMNODES is at most 1024. Higher numbers do not exist. */
#define NODES_MAX 1024
#define NODES_PER_WORD 64

struct node_set {
	uint64_t words[NODES_MAX / NODES_PER_WORD];
};

/* To show one mapping, the kernel reads each of its pages; about so many KiB a millisecond. */
#define NUMA_MAPS_KIB_PER_MS 200000

struct bound_process {
	char pid[24];
	uint64_t rss_kib;
};

struct bound_hunt {
	struct sysdir proc;
	struct node_set memory, nodes;   /* the nodes that have memory, and the requested ones */
	struct bound_process *later;     /* whose memory policies are read after all cpusets */
	size_t later_count;
	struct limit limit;
	struct memhp_bound found;
};

static void bound_hunt_end(struct bound_hunt *hunt)
{
	free(hunt->later);
	sysdir_close(&hunt->proc);
}

static void node_set_add(struct node_set *set, uint64_t first, uint64_t last)
{
	for (uint64_t node = first; node <= last && node < NODES_MAX; node++)
		set->words[node / NODES_PER_WORD] |= UINT64_C(1) << node % NODES_PER_WORD;
}

/* "0-1,3", up to the end of the list */
static void node_set_parse(const char *text, struct node_set *ret)
{
	*ret = (struct node_set){ 0 };
	for (;;) {
		size_t length = strspn(text, "0123456789");
		uint64_t first = 0, last = 0;

		if (number_parse(text, length, 10, &first) < 0)
			return;
		last = first;
		text += length;
		if (*text == '-') {
			length = strspn(text + 1, "0123456789");
			if (number_parse(text + 1, length, 10, &last) < 0)
				return;
			text += 1 + length;
		}
		node_set_add(ret, first, last);
		if (*text++ != ',')
			return;
	}
}

/* Whether all memory of these nodes is in the requested nodes. */
static bool is_bound_to(const struct bound_hunt *hunt, const struct node_set *set)
{
	uint64_t inside = 0, outside = 0;

	for (size_t i = 0; i < NODES_MAX / NODES_PER_WORD; i++) {
		const uint64_t memory = set->words[i] & hunt->memory.words[i];

		inside |= memory & hunt->nodes.words[i];
		outside |= memory & ~hunt->nodes.words[i];
	}
	return inside && !outside;
}

/* "7f0000000000 bind=static:1 anon=3 ..."; mm/mempolicy.c: mpol_to_str(). Other policies have no nodes. */
static bool has_bound_policy(const struct bound_hunt *hunt, const char *mapping)
{
	static const char *const policies[] = { "bind", "prefer (many)", "prefer", "weighted interleave", "interleave" };
	const char *text = mapping + strcspn(mapping, " ");
	struct node_set set;

	text += *text == ' ';
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		const char *rest = text + strlen(policies[i]);

		if (strncmp(text, policies[i], strlen(policies[i])) != 0 || (*rest != ':' && *rest != '='))
			continue;
		rest += strcspn(rest, ": ");
		node_set_parse(*rest == ':' ? rest + 1 : rest, &set);
		return is_bound_to(hunt, &set);
	}
	return false;
}

static void note_bound(struct bound_hunt *hunt, const char *pid, size_t *count)
{
	struct memhp_bound *found = &hunt->found;

	++*count;
	if (found->pid)
		return;
	(void)process_parse(pid, &found->pid);
	process_read_name(&hunt->proc, pid, found->name, sizeof(found->name));
}

static int keep_for_later(struct bound_hunt *hunt, const char *pid, uint64_t rss_kib)
{
	const size_t count = hunt->later_count;

	/* The array doubles whenever it is full, which is at each power of two. */
	if (!(count & (count - 1))) {
		struct bound_process *more = reallocarray(hunt->later, count ? 2 * count : 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		hunt->later = more;
	}
	snprintf(hunt->later[count].pid, sizeof(hunt->later[count].pid), "%s", pid);
	hunt->later[count].rss_kib = rss_kib;
	hunt->later_count++;
	return 0;
}

/* "VmRSS:\t    1234 kB" of a process; kernel threads have no such line. */
static bool status_field(const char *status, const char *name, const char **ret)
{
	const char *line = strstr(status, name);

	if (!line)
		return false;
	*ret = line + strlen(name) + strspn(line + strlen(name), " \t");
	return true;
}

/* The caller is gone soon. */
static bool is_own(const struct bound_hunt *hunt, const char *pid)
{
	return !hunt->proc.memhp->confined && strtol(pid, NULL, 10) == getpid();
}

static int look_at_cpuset(const char *pid, void *data)
{
	struct bound_hunt *hunt = data;
	cleanup(cleanup_free) char *status = NULL;
	const char *nodes, *rss;
	struct node_set set = { 0 };
	size_t length = 0;
	uint64_t number = 0;
	char path[64];
	int r;

	if (!process_parse(pid, &number) || is_own(hunt, pid))
		return 0;
	hunt->found.processes++;
	if (limit_is_over(hunt->limit))
		return 0;
	snprintf(path, sizeof(path), "%s/status", pid);
	r = sysdir_read_all(&hunt->proc, path, &status, &length);
	if (r == -ENOMEM)
		return r;
	/* It may have ended. */
	if (r < 0) {
		hunt->found.processes_seen++;
		return 0;
	}
	if (status_field(status, "\nMems_allowed_list:", &nodes))
		node_set_parse(nodes, &set);
	if (!status_field(status, "\nVmRSS:", &rss)) {
		hunt->found.processes_seen++;
	} else if (is_bound_to(hunt, &set)) {
		hunt->found.processes_seen++;
		note_bound(hunt, pid, &hunt->found.by_cpuset);
	} else {
		return keep_for_later(hunt, pid, strtoull(rss, NULL, 10));
	}
	return 0;
}

/* The kernel shows one mapping for each read that it fills. The policy of the whole process is that
 * of the first one, as a rule. */
static int search_policies(struct bound_hunt *hunt, const struct bound_process *process, FILE *stream)
{
	cleanup(cleanup_free) char *line = NULL;
	size_t size = 0;
	bool is_bound = false, is_cut = false;

	(void)setvbuf(stream, NULL, _IOFBF, 128);
	while (!is_bound && !is_cut && getline(&line, &size, stream) > 0) {
		is_bound = has_bound_policy(hunt, line);
		is_cut = process->rss_kib / NUMA_MAPS_KIB_PER_MS >= limit_left_ms(hunt->limit);
	}
	/* getline() ends without a mark if it has no memory for the line. */
	if (!is_bound && !is_cut && !feof(stream) && !ferror(stream))
		return -ENOMEM;
	hunt->found.processes_seen += is_bound || (!is_cut && !ferror(stream));
	if (is_bound)
		note_bound(hunt, process->pid, &hunt->found.by_policy);
	return 0;
}

static int look_at_policies(struct bound_hunt *hunt, const struct bound_process *process)
{
	char path[64];
	FILE *stream;
	int fd, r;

	snprintf(path, sizeof(path), "%s/numa_maps", process->pid);
	fd = sysdir_open_to_read(&hunt->proc, path);
	if (fd < 0) {
		hunt->found.processes_seen += fd == -ENOENT;
		return fd == -ENOMEM ? fd : 0;
	}
	stream = fdopen(fd, "re");
	if (!stream) {
		cleanup_close(&fd);
		return -ENOMEM;
	}
	r = search_policies(hunt, process, stream);
	(void)fclose(stream);
	return r;
}

static int read_nodes_with_memory(const struct memhp *memhp, struct node_set *ret)
{
	cleanup(sysdir_close) struct sysdir dir = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->sysfs, "devices/system/node", &dir);

	if (r == 0)
		r = sysdir_read_all(&dir, "has_memory", &text, &length);
	if (r < 0 || !text)
		return r;
	node_set_parse(text, ret);
	return 0;
}

int memhp_bound_find(struct memhp *memhp, const unsigned int *nodes, size_t count, uint64_t timeout_ms,
		     struct memhp_bound *ret)
{
	cleanup(bound_hunt_end) struct bound_hunt hunt = {
		.proc = SYSDIR_CLOSED, .limit = limit_after(clock_ms(), timeout_ms),
	};
	int r = sized_check(ret);

	if (r == 0)
		r = read_nodes_with_memory(memhp, &hunt.memory);
	if (r == 0)
		r = sysdir_open(memhp, memhp->proc, "", &hunt.proc);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		node_set_add(&hunt.nodes, nodes[i], nodes[i]);
	/* Processes that may use all nodes are bound to none. */
	if (!is_bound_to(&hunt, &hunt.memory))
		r = sysdir_list(&hunt.proc, ".", look_at_cpuset, &hunt);
	for (size_t i = 0; i < hunt.later_count && r == 0; i++)
		r = look_at_policies(&hunt, &hunt.later[i]);
	return r < 0 ? r : sized_give(ret, &hunt.found, sizeof(hunt.found));
}
