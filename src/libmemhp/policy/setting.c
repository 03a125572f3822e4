/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets parameters while the kernel runs: all or none. The order ensures that a partial
 * change does no harm, and each value is read back. memhp_parameter_check() decides
 * beforehand which values are allowed.
 */
#include <fcntl.h>
#include <string.h>

#include "../sized.h"
#include "policy.h"

int memhp_parameter_check(const struct memhp_parameter *parameter, const char *value, char ret[MEMHP_VALUE_SIZE])
{
	const struct definition *definition = parameter->definition;
	char checked[VALUE_MAX];
	int r;

	/* No value is right for a parameter that nothing can set. */
	if (!definition->order && !definition->cmdline)
		return -EROFS;
	r = value_check(definition->kind, value, checked);
	if (r < 0)
		return r;
	if (parameter->error == -ENODATA)
		return -EOPNOTSUPP;
	if (!definition->order)
		return -EROFS;
	if (parameter->error == 0 && !parameter->is_writable)
		return -EROFS;
	strcpy(ret, checked);
	return 0;
}

int settings_take(const struct memhp_setting *callers, size_t count, struct memhp_setting **ret)
{
	cleanup(cleanup_free) struct memhp_setting *settings = calloc(count ? count : 1, sizeof(*settings));
	/* The caller's header says how far apart they are. */
	const size_t stride = count ? callers->size : 0;

	if (!settings)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct memhp_setting *setting = (const void *)((const char *)callers + i * stride);
		int r = stride % _Alignof(struct memhp_setting) ? -EINVAL : 0;

		if (r == 0)
			r = sized_take(&settings[i], sizeof(*settings), setting);
		if (r < 0)
			return r;
		if (settings[i].size != stride || !settings[i].name || !settings[i].value)
			return -EINVAL;
	}
	*ret = take_ptr(settings);
	return 0;
}

/* One setting and how far it has come. */
struct job {
	struct memhp_policy_step step;
	struct memhp_policy_write setting, restoring;
	const struct definition *definition;
	struct sysdir dir;
	char before[VALUE_MAX], now[VALUE_MAX], set[VALUE_MAX];
	bool is_begun;
};

struct jobs {
	const struct memhp *memhp;
	struct job *jobs;
	size_t count;
};

static void jobs_free(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		sysdir_close(&jobs->jobs[i].dir);
	free(jobs->jobs);
}

/* Also reads after a write that failed, because it may have had an effect. */
static int job_write(struct job *job, const char *value, char read[VALUE_MAX], struct memhp_policy_write *ret)
{
	const int written = sysdir_write(&job->dir, job->definition->name, value);
	int r = parameter_read(&job->dir, job->definition, job->now);

	job->step.now = r == 0 ? job->now : NULL;
	ret->is_accepted = written == 0;
	if (r == 0)
		ret->read = memmove(read, job->now, VALUE_MAX);
	if (written < 0)
		r = written;
	else if (r == 0 && strcmp(job->now, value) != 0)
		r = -EIO;
	ret->error = -r;
	return r;
}

static int set_one(const struct memhp *memhp, struct job *job)
{
	int r = place_open(memhp, job->definition->place, &job->dir);

	if (r == 0)
		r = parameter_read(&job->dir, job->definition, job->before);
	if (r < 0)
		return r;
	strcpy(job->now, job->before);
	job->step.before = job->before;
	job->step.now = job->now;
	if (strcmp(job->before, job->step.value) == 0) {
		job->step.result = MEMHP_RESULT_ALREADY;
		return 0;
	}
	job->is_begun = true;
	job->step.set = &job->setting;
	r = job_write(job, job->step.value, job->set, &job->setting);
	if (r == 0)
		job->step.result = MEMHP_RESULT_DONE;
	return r;
}

/* Restores the previous values, also where it is unknown whether a write had an effect. */
static int restore(struct jobs *jobs)
{
	int r = 0;

	for (size_t i = jobs->count; i-- > 0;) {
		struct job *job = &jobs->jobs[i];

		if (!job->is_begun || (job->step.now && strcmp(job->now, job->before) == 0))
			continue;
		/* What it reads then is its value now. */
		job->step.restored = &job->restoring;
		if (job_write(job, job->before, job->now, &job->restoring) < 0)
			r = -ENOTRECOVERABLE;
		else if (job->step.result == MEMHP_RESULT_DONE)
			job->step.result = MEMHP_RESULT_ROLLED_BACK;
	}
	return r;
}

/* Makes the settings into jobs, in the order of writing. */
static int make_jobs(const struct memhp_policy *policy, const struct memhp_setting *settings, size_t count,
		     struct jobs *ret)
{
	unsigned int last = 0;

	ret->jobs = calloc(count + 1, sizeof(*ret->jobs));
	if (!ret->jobs)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct definition *definition = definition_find(settings[i].name);

		if (!definition || !definition->order)
			return -EINVAL;
		last = definition->order > last ? definition->order : last;
	}
	for (unsigned int order = 1; order <= last; order++) {
		for (size_t i = 0; i < count; i++) {
			const struct definition *definition = definition_find(settings[i].name);

			if (definition->order != order)
				continue;
			ret->jobs[ret->count++] = (struct job){
				.definition = definition, .dir = SYSDIR_CLOSED,
				.step = { .parameter = memhp_policy_find(policy, definition->name),
					  .value = settings[i].value, .result = MEMHP_RESULT_SKIPPED } };
		}
	}
	return 0;
}

int memhp_policy_set(struct memhp *memhp, const struct memhp_policy *policy,
		     const struct memhp_setting *callers, size_t count,
		     void (*report)(void *data, const struct memhp_policy_step *step), void *data)
{
	cleanup(cleanup_free) struct memhp_setting *settings = NULL;
	cleanup(jobs_free) struct jobs jobs = { .memhp = memhp };
	int r = settings_take(callers, count, &settings);

	if (r == 0)
		r = make_jobs(policy, settings, count, &jobs);
	for (size_t i = 0; i < jobs.count && r == 0; i++) {
		struct job *job = &jobs.jobs[i];

		r = set_one(memhp, job);
		if (r == 0)
			continue;
		job->step.result = MEMHP_RESULT_FAILED;
		job->step.error = -r;
		if (restore(&jobs) < 0)
			r = -ENOTRECOVERABLE;
	}
	for (size_t i = 0; i < jobs.count && report; i++)
		report(data, &jobs.jobs[i].step);
	return r;
}
