# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2086,SC2154
#
# The end of every JSON document: the exit status, which is that of the program, and the files that could not be
# read or understood. Which documents there are besides, and whether schemas allow them, is left to consistency.bats
# and to the suites of the commands.

load change

memory=/sys/devices/system/memory
parameters=/sys/module/memory_hotplug/parameters

setup() {
	world qemu-6.12-mixed
	mkdir -p "$root/etc" "$root/run"
}

# The documents have many schemas, and other suites validate them.
teardown_file() {
	:
}

judge() {
	:
}

# ends STATUS FAULTS WORD…: memhp with these words and -J prints a document that ends so. FAULTS: "PATH ERROR, …"
ends() {
	mem "${@:3}" -J
	exits "$1"
	"$python" -I -c '
import json, sys
d = json.load(open(sys.argv[1], "rb"))
seen = ", ".join("%s %s" % (f["path"], f["error"]) for f in d["faults"])
assert list(d)[-2:] == ["faults", "exit_status"], list(d)
assert d["exit_status"] == int(sys.argv[2]), d["exit_status"]
assert all(sorted(f) == ["error", "path"] for f in d["faults"])
assert seen == sys.argv[3], seen
' "$out_file" "$1" "$2" || fail "another end of the document"
}

@test "nothing is wrong: no faults, whatever the command" {
	local words
	for words in list "list --output-all" "list --summary=only" "list -H" "list --state=going-offline" policy \
		"policy --check" "policy --apply" "policy --dry-run auto_movable_ratio=5" "policy -H" ratio "ratio --check" \
		"ratio --advise --add=1G" "online --dry-run all" "offline --dry-run 5%" "offline --dry-run 40-41" \
		"online 40" "offline 0 --state=offline"; do
		ends 0 "" $words
	done
	ends 1 "" list 9999
	ends 2 "" list x
	ends 2 "" offline 5% 5%
	ends 2 "" nonsense
	ends 1 "" list --device=dax9.9
	ends 1 "" ratio --check=1
	ends 3 "" probe --yes 0x1000000000
	ends 1 "" offline 0
}

@test "values of blocks: each file, ascending; of blocks that are shown" {
	echo garbage > "$root$memory/memory40/state"
	: > "$root$memory/memory3/valid_zones"
	printf 'Normal\n%.0s' {1..2000} > "$root$memory/memory4/valid_zones"
	echo -1 > "$root$memory/memory5/phys_device"
	ends 64 "$memory/memory3/valid_zones EBADMSG, $memory/memory4/valid_zones EBADMSG, $memory/memory40/state EBADMSG" list
	ends 64 "$memory/memory40/state EBADMSG" list -o BLOCK,STATE 40-42
	ends 64 "$memory/memory5/phys_device EBADMSG" list -o BLOCK,PHYS-DEVICE 5-9
	ends 0 "" list -o BLOCK,STATE 5-9
	ends 64 "$memory/memory40/state EBADMSG" list --summary=only 40
	chmod 0 "$root$memory/memory41/state"
	unprivileged ends 64 "$memory/memory41/state EACCES" list -o BLOCK,STATE 41-45
	chmod 0644 "$root$memory/memory41/state"
	ends 0 "$memory/memory4/valid_zones EBADMSG" offline --dry-run 4
	ends 0 "" offline --dry-run 42
	ends 0 "$memory/memory40/state EBADMSG" online --dry-run all --node=1
}

@test "files that the command as a whole needs" {
	echo 12g > "$root$memory/block_size_bytes"
	for words in list "offline --dry-run 40" "ratio"; do
		ends 1 "$memory/block_size_bytes EBADMSG" $words
	done
	ends 4 "$memory/block_size_bytes EBADMSG" ratio --check
	echo 8000000 > "$root$memory/block_size_bytes"
	echo nonsense > "$root/proc/zoneinfo"
	ends 1 "/proc/zoneinfo EBADMSG" ratio
	ends 4 "/proc/zoneinfo EBADMSG" ratio --check
	rm "$root/proc/zoneinfo"
	ends 4 "/proc/zoneinfo ENOENT" ratio --check=300
}

@test "numbers of blocks beyond the address space, a page size that is none, no memory hotplug" {
	mkdir "$root$memory/memory18446744073709551615"
	ends 64 "$memory EBADMSG" list
	rmdir "$root$memory/memory18446744073709551615"
	echo nonsense > "$root$parameters/online_policy"
	ends 64 "$parameters/online_policy EBADMSG" ratio
	echo x > "$root/.page_size"
	ends 1 "/.page_size EBADMSG" list
	echo 4096 > "$root/.page_size"
	rm "$root$memory/block_size_bytes"
	ends 3 "$memory/block_size_bytes ENOENT" policy
}

@test "parameters, the kernel command line, the configuration" {
	echo 3x > "$root$parameters/auto_movable_ratio"
	ends 64 "$parameters/auto_movable_ratio EBADMSG" policy
	ends 64 "$parameters/auto_movable_ratio EBADMSG" ratio
	ends 4 "$parameters/auto_movable_ratio EBADMSG" ratio --check
	ends 0 "$parameters/auto_movable_ratio EBADMSG" ratio --check=400
	echo 301 > "$root$parameters/auto_movable_ratio"
	echo 'ratio = 3' > "$root/etc/memhp.conf"
	ends 64 "/etc/memhp.conf EBADMSG" policy
	ends 4 "/etc/memhp.conf EBADMSG" policy --check
	ends 1 "/etc/memhp.conf EBADMSG" policy --apply
	ends 1 "/etc/memhp.conf EBADMSG" policy --save
	echo 'exclude = 2G' > "$root/etc/memhp.conf"
	ends 4 "/etc/memhp.conf EBADMSG" policy --check
	rm "$root/etc/memhp.conf"
	ln -s nowhere "$root/etc/memhp.conf"
	ends 1 "/etc/memhp.conf ELOOP" policy --save
	rm "$root/etc/memhp.conf"
	chmod 0 "$root/proc/cmdline"
	unprivileged ends 64 "/proc/cmdline EACCES" policy
	unprivileged ends 4 "/proc/cmdline EACCES" policy --check
	rm "$root/proc/cmdline"
	ends 4 "/proc/cmdline ENOENT" policy --check
	rm -r "$root/sys/module"
	ends 64 "$parameters ENOENT" ratio
}

@test "pages: one entry for the file" {
	pages <<< '40-45 free'
	truncate -s 10000000 "$root/proc/kpageflags"
	ends 64 "/proc/kpageflags EBADMSG" list --scan --state=online
	chmod 0 "$root/proc/kpageflags"
	unprivileged ends 0 "/proc/kpageflags EACCES" list --scan --state=online
	unprivileged ends 0 "/proc/kpageflags EACCES" offline --dry-run 40
	unprivileged ends 1 "/proc/kpageflags EACCES" list --poisoned
	rm "$root/proc/kpageflags"
	ends 0 "" list --scan
}

@test "summary.planned: the bytes of the blocks that would change" {
	mem offline --dry-run 512M -J
	json 'd["summary"]["planned"] == d["summary"]["requested"] == 512 * M' 'd["summary"]["changed"] == 0'
	mem online --dry-run 40,47 -J
	json 'd["summary"]["planned"] == d["summary"]["already"] == 128 * M'
	mem offline --dry-run 0 -J
	json 'd["summary"]["planned"] == 0' 'd["summary"]["failed"] == 128 * M'
	mem offline 0 --state=offline --dry-run -J
	json 'd["summary"]["planned"] == 0'
}
