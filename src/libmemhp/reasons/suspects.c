/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes may hold pages without mapping them: those with descriptors behind which pages can
 * be pinned. Nothing shows which pages these are, so the processes are only suspects. A pipe counts if
 * there is something in it.
 */
#include <ctype.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reasons.h"

/* What the links in /proc/PID/fd say. In the order in which they are suspected. */
static const struct {
	const char *link;             /* the link begins like this */
	const char *what;
} means[] = {
	{ "/dev/vfio/", "vfio" },
	{ "anon_inode:[vfio", "vfio" },
	{ "/dev/infiniband/", "RDMA" },
	{ "anon_inode:[infiniband", "RDMA" },
	{ "anon_inode:[io_uring]", "io_uring" },
	{ "pipe:[", "pipe" },
};
#define MEANS (sizeof(means) / sizeof(means[0]))
#define MEANS_PIPE (MEANS - 1)

struct suspicion {
	const struct sysdir *proc;
	struct findings *findings;
	struct limit limit;
	const char *pid;
	size_t means;                 /* the most suspicious of the process; MEANS: none */
};

/* -1 if that cannot be found out. */
static int bytes_in_pipe(const char *pid, const char *fd)
{
	cleanup(cleanup_close) int process = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
	cleanup(cleanup_close) int copy = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, atoi(fd), 0);
	int bytes = 0;

	return copy < 0 || ioctl(copy, FIONREAD, &bytes) < 0 ? -1 : bytes;
}

static int look_at_descriptor(const char *name, void *data)
{
	struct suspicion *suspicion = data;
	char path[96], link[64];
	ssize_t length;

	if (!isdigit((unsigned char)name[0]))
		return 0;
	snprintf(path, sizeof(path), "%s/fd/%s", suspicion->pid, name);
	length = sysdir_readlink(suspicion->proc, path, link, sizeof(link));
	for (size_t i = 0; length > 0 && i < suspicion->means; i++) {
		if (strncmp(link, means[i].link, strlen(means[i].link)) != 0)
			continue;
		if (i != MEANS_PIPE || suspicion->proc->memhp->confined || bytes_in_pipe(suspicion->pid, name) > 0)
			suspicion->means = i;
		break;
	}
	return limit_is_over(suspicion->limit);
}

static size_t rank_of(const struct memhp_suspect *suspect)
{
	size_t rank = 0;

	while (rank < MEANS && means[rank].what != suspect->means)
		rank++;
	return rank;
}

/* The most suspicious come first; where there is no more room, the least suspicious goes. */
static void add_suspect(struct findings *findings, const struct memhp_suspect *suspect)
{
	size_t i = findings->suspect_count;

	while (i > 0 && rank_of(&findings->suspects[i - 1]) > rank_of(suspect))
		i--;
	if (i == HOLDERS_NAMED)
		return;
	findings->suspect_count += findings->suspect_count < HOLDERS_NAMED;
	memmove(&findings->suspects[i + 1], &findings->suspects[i], (findings->suspect_count - i - 1) * sizeof(*suspect));
	findings->suspects[i] = *suspect;
}

static int suspect_process(const char *name, void *data)
{
	struct suspicion *suspicion = data;
	struct memhp_suspect suspect = { 0 };
	char path[64];

	if (!process_parse(name, &suspect.pid) || suspect.pid == (uint64_t)getpid())
		return 0;
	suspicion->pid = name;
	suspicion->means = MEANS;
	snprintf(path, sizeof(path), "%s/fd", name);
	(void)sysdir_list(suspicion->proc, path, look_at_descriptor, suspicion);
	if (suspicion->means < MEANS) {
		suspect.means = means[suspicion->means].what;
		process_read_name(suspicion->proc, name, suspect.name, sizeof(suspect.name));
		add_suspect(suspicion->findings, &suspect);
	}
	return limit_is_over(suspicion->limit);
}

void suspects_find(const struct sysdir *proc, struct limit limit, struct findings *ret)
{
	struct suspicion suspicion = { .proc = proc, .findings = ret, .limit = limit };

	(void)sysdir_list(proc, ".", suspect_process, &suspicion);
}
