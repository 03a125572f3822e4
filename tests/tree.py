# SPDX-License-Identifier: GPL-2.0-or-later
#
# A directory tree that is written to by paths relative to its root: files, links, memory blocks.
# Knows how to stay below the root (no link on the way is followed) and how to be quick with a
# million files. The language that says what to write is left to world.

import os
import re
import shutil

MEMORY = "sys/devices/system/memory"
NODE = "sys/devices/system/node"
MANY = 4096                      # items from which on several processes share the work


class Tree:
    """A tree below the directory root, which is made when missing."""

    def __init__(self, root):
        os.makedirs(root, exist_ok=True)
        self.root = os.path.realpath(root)
        self.known = {""}        # directories that exist, with no link on the way to them

    def path(self, rel):
        """Where rel lies; the directory that holds it is made when missing."""
        above = os.path.dirname(rel)
        if above not in self.known:
            self.directory(above)
        return f"{self.root}/{rel}"

    def directory(self, rel):
        path = self.path(rel)
        if os.path.islink(path):
            raise ValueError(f"{rel} is a link; write to where it leads")
        if not os.path.isdir(path):
            os.mkdir(path)
        self.known.add(rel)

    def make(self, create, rel):
        """create(path), once more without what may be there when it fails."""
        path = self.path(rel)
        try:
            return create(path)
        except OSError:
            if not os.path.lexists(path):
                raise
            os.unlink(path)
            return create(path)

    def file(self, rel, data):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        fd = self.make(lambda path: os.open(path, flags, 0o644), rel)
        os.write(fd, data)
        os.close(fd)

    def link(self, rel, target):
        self.make(lambda path: os.symlink(target, path), rel)

    def mode(self, rel, bits):
        path = self.path(rel)
        if os.path.islink(path):
            raise ValueError(f"{rel} is a link; it has no mode")
        if not os.path.exists(path):
            self.file(rel, b"")
        os.chmod(path, bits)

    def remove(self, rel):
        path = self.path(rel)
        if os.path.islink(path) or not os.path.isdir(path):
            os.unlink(path)
        else:
            shutil.rmtree(path)
            self.known = {""}

    def spread(self, work, items):
        """work(*item) for all items, by a process a processor when they are many."""
        share = len(items) if len(items) < MANY else -(-len(items) // os.cpu_count())
        children = []
        for start in range(share, len(items), share):
            children.append(os.fork())
            if children[-1] == 0:
                status = 1
                try:
                    for item in items[start:start + share]:
                        work(*item)
                    status = 0
                finally:
                    os._exit(status)
        for item in items[:share]:
            work(*item)
        if children:
            self.known = {""}
        if any([os.waitpid(child, 0)[1] for child in children]):
            raise ValueError("failed for a part of the range")

    def block(self, number, state, zones, nodes):
        """A memory block; what earlier lines made of it is gone."""
        rel = f"{MEMORY}/memory{number}"
        if os.path.isdir(self.path(rel)):
            for node in re.findall(r"node\d+", " ".join(os.listdir(self.path(rel)))):
                self.remove(f"{NODE}/{node}/memory{number}")
            self.remove(rel)
        self.file(f"{rel}/state", f"{state}\n".encode())
        self.file(f"{rel}/removable", b"1\n")
        self.file(f"{rel}/phys_device", b"0\n")
        self.file(f"{rel}/phys_index", f"{number:08x}\n".encode())
        if zones != "-":
            self.file(f"{rel}/valid_zones", zones.replace(",", " ").encode() + b"\n")
        for node in nodes:
            self.link(f"{rel}/node{node}", f"../../node/node{node}")
            self.link(f"{NODE}/node{node}/memory{number}", f"../../memory/memory{number}")
