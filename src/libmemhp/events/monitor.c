/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The public monitor: one descriptor for all that it waits for, the events that arrive,
 * and the comparison where events cannot be heard or were lost. Which event is reported
 * when, and with which block, is left to deliver.c.
 */
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "../sized.h"
#include "monitor.h"

#define SETTLE_MS 3000
#define INTERVAL_MS 1000
/* A pause after a failure. */
#define RETRY_MS 100
/* So that nobody who sends events can keep the caller here. */
#define EVENTS_AT_ONCE 4096

/* Hearing --------------------------------------------------------------------- */

/* Reads what has arrived from udev. Lost events leave nothing to wait for. */
static int hear_udev(struct memhp_monitor *monitor)
{
	struct event event = { 0 };
	int r = 0;

	for (unsigned int i = 0; i < EVENTS_AT_ONCE; i++) {
		r = listener_next(&monitor->listener, EVENT_UDEV, &event);
		if (r <= 0)
			break;
		monitor->udev = UDEV_HEARD;
		if (event.type && handled_note(&monitor->handled, EVENT_UDEV, event.seqnum) < 0)
			return -ENOMEM;
	}
	for (size_t i = 0; r < 0 && i < monitor->waiting.count; i++)
		waiting_at(&monitor->waiting, i)->arrived_ms = 0;
	return 0;
}

/* What waits is reported at once; then what has changed is found by comparing. */
static void note_loss(struct memhp_monitor *monitor)
{
	monitor->has_lost = true;
	for (size_t i = 0; i < monitor->waiting.count; i++)
		waiting_at(&monitor->waiting, i)->arrived_ms = 0;
}

/* After a loss the oldest events are still there and the newest are missing: they are of no use. */
static int hear_kernel(struct memhp_monitor *monitor)
{
	struct event event = { 0 };
	int r;

	for (unsigned int i = 0; i < EVENTS_AT_ONCE; i++) {
		r = listener_next(&monitor->listener, EVENT_KERNEL, &event);
		if (r == 0)
			break;
		if (r < 0)
			note_loss(monitor);
		monitor->hears_kernel = 1;
		if (r < 0 || monitor->has_lost || !event.type)
			continue;
		r = waiting_add(&monitor->waiting, (enum memhp_event_type)event.type, event.block, event.seqnum);
		if (r == 0)
			r = handled_note(&monitor->handled, EVENT_KERNEL, event.seqnum);
		if (r < 0) {
			note_loss(monitor);
			return r;
		}
	}
	return 0;
}

/* udev first: whatever udev has handled, the kernel has sent before. */
static int monitor_hear(struct memhp_monitor *monitor)
{
	int r;

	if (!monitor->listener.udev)
		return 0;
	r = hear_udev(monitor);
	return r < 0 ? r : hear_kernel(monitor);
}

/* Comparing ------------------------------------------------------------------- */

/* The number of the last event that the kernel has sent, to anyone; 0: unknown. */
static uint64_t read_seqnum(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir kernel = SYSDIR_CLOSED;
	uint64_t seqnum = 0;
	char text[32];
	ssize_t length;

	if (memhp->confined || sysdir_open(memhp, memhp->sysfs, "kernel", &kernel) < 0)
		return 0;
	length = sysdir_read(&kernel, "uevent_seqnum", text, sizeof(text));
	return length > 0 && number_parse(text, (size_t)length, 10, &seqnum) == 0 ? seqnum : 0;
}

static int add_difference(void *data, uint64_t block, enum memhp_event_type type)
{
	struct memhp_monitor *monitor = data;

	return waiting_add(&monitor->waiting, type, block, 0);
}

static int add_differences(struct memhp_monitor *monitor)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	cleanup(known_free) struct known now = { 0 };
	const size_t before = monitor->waiting.count;
	int r = snapshot_take(monitor->memhp, &monitor->dirs, MEMHP_ATTR_STATE, NULL, &snapshot);

	if (r == 0)
		r = known_begin(&monitor->dirs, snapshot, &now);
	if (r == 0 && monitor->has_lost)
		r = waiting_add(&monitor->waiting, MEMHP_EVENT_LOST, 0, 0);
	if (r == 0)
		r = known_compare(&monitor->known, &now, add_difference, monitor);
	/* All of them or none. */
	if (r < 0)
		monitor->waiting.count = before;
	return r;
}

static bool is_comparing(const struct memhp_monitor *monitor)
{
	return monitor->hears_kernel != 1;
}

static struct limit compare_due(const struct memhp_monitor *monitor)
{
	if (monitor->has_lost)
		return limit_add(monitor->compared_ms, RETRY_MS);
	return is_comparing(monitor) ? limit_add(monitor->compared_ms, monitor->options.interval_ms) : LIMIT_NONE;
}

/* Compares, if that is due. What waits must be reported before. Without an event of any device since the
 * last time, nothing has changed. After a failure it stays due. */
static int monitor_compare(struct memhp_monitor *monitor)
{
	const uint64_t now_ms = clock_ms();
	uint64_t seqnum;
	int r = 0;

	if (monitor->waiting.count || (!monitor->has_lost && !limit_is_over(compare_due(monitor))))
		return 0;
	seqnum = read_seqnum(monitor->memhp);
	if (monitor->has_lost || !seqnum || seqnum != monitor->compared_seqnum)
		r = add_differences(monitor);
	if (r < 0)
		return r;
	monitor->compared_ms = now_ms;
	monitor->has_lost = false;
	monitor->compared_seqnum = seqnum;
	return 0;
}

/* The descriptor -------------------------------------------------------------- */

static int watch(const struct memhp_monitor *monitor, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return fd < 0 || epoll_ctl(monitor->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

/* A timer that expires at 0 would be switched off. */
static void arm(const struct memhp_monitor *monitor, struct limit limit)
{
	struct itimerspec spec = { 0 };

	if (!limit_is_none(limit)) {
		spec.it_value.tv_sec = (time_t)(limit.at_ms / 1000);
		spec.it_value.tv_nsec = (long)(limit.at_ms % 1000) * 1000000 + 1;
	}
	(void)timerfd_settime(monitor->timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

int memhp_monitor_fd(const struct memhp_monitor *monitor)
{
	return monitor->epoll;
}

int memhp_monitor_next(struct memhp_monitor *monitor, const struct memhp_event **ret)
{
	int r = monitor_hear(monitor);

	if (r == 0)
		r = monitor_deliver(monitor);
	if (r == 0)
		r = monitor_compare(monitor);
	if (r == 0 && monitor->waiting.count)
		r = monitor_deliver(monitor);
	if (r > 0)
		*ret = &monitor->event;
	/* As long as there is one, there may be more. */
	arm(monitor, r < 0 ? limit_in(RETRY_MS) : r > 0 ? limit_in(0) :
	    limit_earlier(monitor_due(monitor), monitor->waiting.count ? LIMIT_NONE : compare_due(monitor)));
	return r;
}

/* Opening --------------------------------------------------------------------- */

static int take_options(const struct memhp_monitor_options *given, struct memhp_monitor_options *ret)
{
	const int r = sized_take_optional(ret, sizeof(*ret), given);

	if (r < 0)
		return r;
	ret->attrs |= MEMHP_ATTR_STATE;
	if (!ret->settle_ms)
		ret->settle_ms = SETTLE_MS;
	if (!ret->interval_ms)
		ret->interval_ms = INTERVAL_MS;
	return ret->buffer_size > INT32_MAX || ret->attrs & ~ATTRIBUTES_ALL ? -EINVAL : 0;
}

/* Where nothing can be heard, the blocks are compared. */
static int open_listener(struct memhp_monitor *monitor)
{
	int r = listener_open(monitor->memhp, monitor->options.buffer_size, &monitor->listener);

	monitor->hears_kernel = r == 0 ? listener_hears_kernel(monitor->memhp) : 0;
	if (r == 0 && monitor->options.settle_ms != MEMHP_NO_WAIT && listener_expects_udev(monitor->memhp))
		monitor->udev = UDEV_EXPECTED;
	return r == -ENOMEM || r == -EMFILE || r == -ENFILE ? r : 0;
}

static int open_descriptors(struct memhp_monitor *monitor)
{
	int r;

	monitor->epoll = epoll_create1(EPOLL_CLOEXEC);
	monitor->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (monitor->epoll < 0 || monitor->timer < 0)
		return -errno;
	r = watch(monitor, monitor->timer);
	for (unsigned int i = 0; i < EVENT_SOURCES && r == 0; i++)
		r = watch(monitor, listener_fd(&monitor->listener, (enum event_source)i));
	return r;
}

/* Subscribes before it looks, so that nothing falls between. */
static int monitor_open(struct memhp_monitor *monitor)
{
	int r = open_listener(monitor);

	if (r == 0)
		r = open_descriptors(monitor);
	if (r == 0)
		r = attribute_dirs_open(monitor->memhp, monitor->options.attrs, &monitor->dirs);
	if (r < 0)
		return r;
	monitor->compared_ms = clock_ms();
	monitor->compared_seqnum = read_seqnum(monitor->memhp);
	r = snapshot_take(monitor->memhp, &monitor->dirs, monitor->options.attrs, NULL, &monitor->base);
	if (r == 0)
		r = known_begin(&monitor->dirs, monitor->base, &monitor->known);
	arm(monitor, limit_in(0));
	return r;
}

int memhp_monitor_new(struct memhp *memhp, const struct memhp_monitor_options *options, struct memhp_monitor **ret)
{
	cleanup(cleanup_memhp_monitor_free) struct memhp_monitor *monitor = calloc(1, sizeof(*monitor));
	int r;

	if (!monitor)
		return -ENOMEM;
	monitor->memhp = memhp;
	monitor->dirs = (struct attribute_dirs)ATTRIBUTE_DIRS_CLOSED;
	monitor->epoll = monitor->timer = -1;
	r = take_options(options, &monitor->options);
	if (r == 0)
		r = monitor_open(monitor);
	if (r < 0)
		return r;
	*ret = take_ptr(monitor);
	return 0;
}

struct memhp_monitor *memhp_monitor_free(struct memhp_monitor *monitor)
{
	if (!monitor)
		return NULL;
	listener_close(&monitor->listener);
	attribute_dirs_close(&monitor->dirs);
	cleanup_close(&monitor->epoll);
	cleanup_close(&monitor->timer);
	known_free(&monitor->known);
	handled_free(&monitor->handled);
	waiting_free(&monitor->waiting);
	memhp_snapshot_free(monitor->batch);
	snapshot_drop(monitor->before);
	memhp_snapshot_free(monitor->base);
	free(monitor);
	return NULL;
}

const struct memhp_snapshot *memhp_monitor_snapshot(const struct memhp_monitor *monitor)
{
	return monitor->base;
}

size_t memhp_monitor_pending(const struct memhp_monitor *monitor)
{
	return monitor->waiting.count;
}

enum memhp_hearing memhp_monitor_hearing(const struct memhp_monitor *monitor)
{
	if (is_comparing(monitor))
		return MEMHP_HEARING_NONE;
	return monitor->udev == UDEV_HEARD ? MEMHP_HEARING_UDEV : MEMHP_HEARING_KERNEL;
}

static const char *const hearing_names[] = {
	[MEMHP_HEARING_NONE] = "none",
	[MEMHP_HEARING_KERNEL] = "kernel",
	[MEMHP_HEARING_UDEV] = "udev",
};

const char *memhp_hearing_name(enum memhp_hearing hearing)
{
	return (size_t)hearing < sizeof(hearing_names) / sizeof(hearing_names[0]) ? hearing_names[hearing] : NULL;
}
