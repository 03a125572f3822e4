/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the fake kernel share: preload.c (which files of which world a program
 * touches), kernel.c (what the kernel does then), device.c (with whole devices), fault.c (what goes
 * wrong), world.c (files).
 */
#ifndef FAKE_H
#define FAKE_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* None of these names is the preloaded program's business. */
#pragma GCC visibility push(hidden)

#define MEMORY "sys/devices/system/memory"
#define DEBUG "proc/dynamic_debug/control"
#define KMSG "dev/kmsg"
#define ACPI "sys/devices/LNXSYSTM:00/LNXSYBUS:00"
#define DAX "sys/bus/dax/devices"
#define PARAMETERS "sys/module/memory_hotplug/parameters"
#define FOREVER 1e18
#define IN_KERNEL "in-the-kernel" /* the name of a process that does not see SIGKILL just now */
#define KILLED SIGRTMAX           /* what it sees instead */
#define WORKER "kacpi_hotplug"    /* the name of a process that removes a device */
#define NO_BLOCK ULONG_MAX

/* A file of a world: the world's root directory, the path below it, and the block if it is one's. */
struct file {
	int root;
	char path[256];
	unsigned long id;
};

enum word { OFFLINE, ONLINE, ONLINE_KERNEL, ONLINE_MOVABLE, WORDS, PROBE = WORDS };

/* A write to a block's state, and what shall become of it. */
struct change {
	const struct file *file;
	enum word word;
	double lock, delay, linger;   /* milliseconds */
	bool hangs, vanishes, is_raced, is_raced_later, is_removed, is_removed_later, is_stuck, crashes;
	char zone[32], later_zone[32], reason[64], until[32], state[32];
	int error, open_error, write_error;
	sigset_t mask;                /* what the writer blocks */
};

/* preload.c: the C library's syscall(), as long as the fake one is in front of it. */
extern long (*system_call)(long number, ...);

/* world.c */
int get(const struct file *file, const char *path, char *text, size_t size);
/* All at once, for others read meanwhile. */
void put(const struct file *file, const char *path, const char *text);
void block_path(unsigned long id, const char *name, char ret[256]);
void set_block(const struct file *file, unsigned long id, const char *state, const char *zones);
bool is_gone(const struct file *file);
void remove_block(const struct file *file);
unsigned long long block_size(const struct file *file);
/* A record in the kernel log, and one that only dynamic debug lets through. */
void kernel_log(const struct file *file, const char *text);
void debug_log(const struct change *change, int error);
int write_debug(const struct file *file, char *command);

/* fault.c: those of the block, or only those of one name; counted unless it is only a look. */
void read_faults(struct change *change, const char *only, bool is_counted);
/* An error for a value of a parameter, or 0, and perhaps another value; LOST: taken, and not there afterwards. */
#define LOST 9999
int parameter_fault(const struct file *file, const char *name, char value[64]);
int parameter_read_fault(const struct file *file, const char *name);

/* fault.c: those of a device ("PNP0C80:01", "dax0.0"), which are not counted. */
void read_device_faults(struct change *change, const char *device);

/* kernel.c: the hotplug lock, and a process within the kernel, for device.c. */
int take_lock(struct change *change);
void enter(struct change *change);
void leave(const struct change *change);
int work(const struct change *change);

/* kernel.c: the write or read of one file; -errno. */
int write_state(const struct file *file, char *text);
int write_auto_online(const struct file *file, char *text);
int write_policy(const struct file *file, char *text);
int write_ratio(const struct file *file, char *text);
int write_bool(const struct file *file, char *text);
int write_probe(const struct file *file, char *text);
/* device.c */
int write_eject(const struct file *file, char *text);
int write_dax_state(const struct file *file, char *text);
long read_parameter(const struct file *file, int fd, char *buffer, size_t size);
long read_attribute(const struct file *file, int fd, char *buffer, size_t size);
long read_record(const struct file *file, int fd, char *buffer, size_t size);

#pragma GCC visibility pop

#endif
