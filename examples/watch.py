#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""
watch.py [--root DIR] [SECONDS]: lists the memory blocks, then prints what happens to them.

This example shows how to call libmemhp from Python with ctypes, and needs no other module. It ends
after that time, or by SIGINT or SIGTERM. It needs no privileges.
"""
import ctypes
import os
import select
import signal
import sys
import time
from ctypes import POINTER, byref, c_bool, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_void_p

STATE, ZONES = 1 << 0, 1 << 1  # enum memhp_attr


class MonitorOptions(ctypes.Structure):
    """struct memhp_monitor_options. Set size; what is not set is 0, the default of each field."""
    _fields_ = [("size", c_size_t), ("attrs", c_uint), ("buffer_size", c_uint),
                ("settle_ms", c_uint64), ("interval_ms", c_uint64)]


class Event(ctypes.Structure):
    """struct memhp_event. The library makes it, so it needs no size."""
    _fields_ = [("type", c_int), ("block", c_void_p), ("before", c_void_p),
                ("seqnum", c_uint64), ("time_ms", c_uint64), ("is_settled", c_bool)]


def check(result, _function, _arguments):
    """Library functions return 0 or more, or a negative errno."""
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result


# The types of all functions that are used. Without them ctypes passes pointers as int, which is too short.
# Pointers to objects of the library are opaque: c_void_p.
lib = ctypes.CDLL("libmemhp.so.0")
for name, restype, *argtypes in [
        ("new", c_int, c_char_p, POINTER(c_void_p)),
        ("free", c_void_p, c_void_p),
        ("monitor_new", c_int, c_void_p, POINTER(MonitorOptions), POINTER(c_void_p)),
        ("monitor_free", c_void_p, c_void_p),
        ("monitor_snapshot", c_void_p, c_void_p),
        ("monitor_fd", c_int, c_void_p),
        ("monitor_next", c_int, c_void_p, POINTER(POINTER(Event))),
        ("event_type_name", c_char_p, c_int),
        ("snapshot_next", c_void_p, c_void_p, c_void_p),
        ("block_id", c_uint64, c_void_p),
        ("block_state", c_int, c_void_p),
        ("block_zone", c_int, c_void_p),
        ("state_name", c_char_p, c_int),
        ("zone_name", c_char_p, c_int)]:
    function = getattr(lib, "memhp_" + name)
    function.restype, function.argtypes = restype, argtypes
    if name in ("new", "monitor_new", "monitor_next"):
        function.errcheck = check


def describe(block):
    """'block 47 online Movable'; a name of an unknown value is None."""
    names = [lib.memhp_state_name(lib.memhp_block_state(block)), lib.memhp_zone_name(lib.memhp_block_zone(block))]
    return " ".join(["block", str(lib.memhp_block_id(block))] + [name.decode() for name in names if name])


def watch(monitor, seconds):
    """Prints the events of that time; None: without end."""
    event, poll = POINTER(Event)(), select.poll()
    poll.register(lib.memhp_monitor_fd(monitor), select.POLLIN)
    end = seconds and time.monotonic() + seconds
    while True:
        while lib.memhp_monitor_next(monitor, byref(event)):
            kind = lib.memhp_event_type_name(event.contents.type).decode()
            # An event has no block if events were lost.
            print(kind, describe(event.contents.block) if event.contents.block else "", flush=True)
        if end and time.monotonic() >= end:
            return
        poll.poll(end and max(0, end - time.monotonic()) * 1000 + 1)


def main(root=None, seconds=None):
    memhp, monitor = c_void_p(), c_void_p()
    options = MonitorOptions(size=ctypes.sizeof(MonitorOptions), attrs=STATE | ZONES)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        lib.memhp_new(root and os.fsencode(root), byref(memhp))
        lib.memhp_monitor_new(memhp, byref(options), byref(monitor))
        snapshot = lib.memhp_monitor_snapshot(monitor)
        block = lib.memhp_snapshot_next(snapshot, None)
        while block:
            print(describe(block), flush=True)
            block = lib.memhp_snapshot_next(snapshot, block)
        print("watching", flush=True)
        watch(monitor, seconds and float(seconds))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.exit(f"watch.py: {error.strerror}")
    finally:
        lib.memhp_monitor_free(monitor)
        lib.memhp_free(memhp)


arguments = sys.argv[1:]
directory = None
if len(arguments) > 1 and arguments[0] == "--root":
    directory, arguments = arguments[1], arguments[2:]
if len(arguments) > 1 or not all(argument.isdecimal() for argument in arguments):
    sys.exit("usage: watch.py [--root DIR] [SECONDS]")
main(directory, *arguments)
