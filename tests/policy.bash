# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the suites of memhp policy share, on top of change.bash: a machine with parameters, their values,
# its kernel command line and its configuration. What memhp should do is left to the tests.

parameters=sys/module/memory_hotplug/parameters
conf=etc/memhp.conf

# The names of all parameters, as messages list them.
all_parameters="auto_online_blocks, online_policy, auto_movable_ratio, auto_movable_numa_aware, memmap_on_memory, \
block_size_bytes, crash_hotplug, probe, memhp_default_state, movable_node, kernelcore or movablecore"

setup() {
	machine <<- 'END'
		sys/module/memory_hotplug/parameters/online_policy = contig-zones
		sys/module/memory_hotplug/parameters/auto_movable_ratio = 301
		sys/module/memory_hotplug/parameters/auto_movable_numa_aware = Y
		sys/module/memory_hotplug/parameters/memmap_on_memory = N
		sys/module/memory_hotplug/parameters/memmap_on_memory :mode 0444
		sys/devices/system/memory/auto_online_blocks = offline
		sys/devices/system/memory/crash_hotplug = 0
		proc/cmdline = quiet
		etc/
	END
	has_the_others
}

# Parameters that are not named above get their defaults, so that no test depends on a parameter that is added later.
has_the_others() {
	"${program[@]}" -s "$root" policy -q -r -n -o PARAMETER,DEFAULT,MISSING | while read -r name value missing; do
		[[ $missing == - ]] || echo "$value" > "$root/$parameters/$name"
	done
}

# Instead of the one for changes: messages have another form, and there are no lists of blocks.
judge() {
	local line form hint
	hint=$(text try-help " policy")
	form="^(memhp: .+|${hint//./\\.})\$"
	while read -r line; do
		[[ -z $line || $line =~ $form ]] || fail "not a message: $line"
	done <<< "$err"
	case $status in
	0 | 64) ;;
	1 | 2 | 3 | 4 | 124)
		[[ -n $err ]] || fail "no message about the failure"
		[[ -z $out || $out == "{"* || $command == *--apply* ]] || fail "half-printed"
		;;
	*) fail "unknown exit status" ;;
	esac
}

# values "contig-zones 301 Y offline": policy, ratio, numa_aware, auto_online_blocks now
values() {
	local seen
	seen=$(cd "$root" && cat $parameters/online_policy $parameters/auto_movable_ratio \
		$parameters/auto_movable_numa_aware sys/devices/system/memory/auto_online_blocks | tr '\n' ' ')
	[[ $seen == "$1 " ]] || fail "the values are '$seen', not '$1'"
}

# file TEXT: writes the configuration
file() {
	printf '%s' "$1" > "$root/$conf"
}

# cmdline WORD…: writes the kernel command line
cmdline() {
	printf '%s\n' "$*" > "$root/proc/cmdline"
}

# json EXPRESSION…: each is true for the document d, its parameters by name p
json() {
	"$python" -I -c '
import json, sys
d = json.load(open(sys.argv[1], "rb"))
names = dict(d=d, p={row.get("parameter"): row for row in d.get("parameters", [])})
bad = [e for e in sys.argv[2:] if not eval(e, names)]
sys.exit("".join("not true: %s\n" % e for e in bad) or 0)
' "$out_file" "$@" || fail "the document is not as it should be"
}
