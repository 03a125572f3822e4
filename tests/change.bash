# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the suites of online and offline share, on top of helpers.bash: the fake kernel below each
# run, faults for it, runs in the background, blocks as they are now, documents of change.schema.
# The tests decide on what is expected.

load "${BASH_SOURCE[0]%/*}/helpers"

fake=${FAKEKERNEL:-$top/build/fakekernel.so}

# Built once for all files where make has not built it.
[[ -e $fake ]] || fake=$BATS_RUN_TMPDIR/fakekernel.so
[[ -e $fake ]] || gcc -std=gnu11 -shared -fPIC -O1 -o "$fake" "$tests"/fakekernel/*.c

# Sanitizers must be the first library; job control must not hide signals from memhp.
# shellcheck disable=SC2054
prefix=(env --default-signal=INT,QUIT,HUP,TERM,PIPE LD_PRELOAD="$fake"
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0")

# The machine of most tests. Node 0: boot memory 0-7 (block 0 can never go offline) and a DIMM 8-15,
# online as movable. Node 1: a DIMM 16-23, offline, virtio-mem 24-27 online and 28-29 offline.
machine() {
	world < <(cat << 'END'
block_size 128M
block 0 online none node 0
block 1-7 online Normal node 0
block 8-15 online Movable node 0
block 16-23 offline Movable,Normal node 1
block 24-27 online Movable node 1
block 28-29 offline Normal,Movable node 1
run/
dev/kmsg << KMSG
6,1,100,-;page dumped because: unmovable page (of long ago)
KMSG
proc/sys/kernel/arch = x86_64
proc/iomem << IOMEM
00000000-3fffffff : System RAM
  01000000-01ffffff : Kernel code
40000000-7fffffff : System RAM
80000000-bfffffff : System RAM
c0000000-efffffff : virtio0
  c0000000-efffffff : System RAM (virtio_mem)
IOMEM
proc/meminfo << MEMINFO
MemTotal:        2621440 kB
MemFree:         2097152 kB
MemAvailable:    2097152 kB
MEMINFO
proc/dynamic_debug/control << CONTROL
# filename:lineno [module]function flags format
mm/memory.c:1127 [memory]print_bad_pte =_ "%s"
mm/memory_hotplug.c:1127 [memory_hotplug]online_pages =_ "online_pages [mem %#010llx-%#010llx] failed\n"
mm/memory_hotplug.c:1873 [memory_hotplug]offline_pages =_ "memory offlining [mem %#010llx-%#010llx] failed due to %s\n"
CONTROL
END
		cat)
}

# whole_machine: the same, with parameters and a probe file, so that every command that changes something works
whole_machine() {
	machine <<- 'END'
		sys/module/memory_hotplug/parameters/online_policy = contig-zones
		sys/module/memory_hotplug/parameters/auto_movable_ratio = 301
		sys/devices/system/memory/auto_online_blocks = offline
		sys/devices/system/memory/probe = 0
		proc/cmdline = quiet
	END
}

# faults LINE…: how the fake kernel behaves from now on
faults() {
	printf '%s\n' "$@" > "$root/.faults"
}

# block N: "offline Movable Normal", as a process under the fake kernel reads it
block() {
	local directory=$root/sys/devices/system/memory/memory$1 file words=
	[[ -d $directory ]] || words=gone
	for file in state valid_zones; do
		[[ ! -e $directory/$file ]] || words+=" $(LD_PRELOAD=$fake dd if="$directory/$file" bs=99 status=none)"
	done
	echo "${words# }"
}

blocks_are() {
	local n
	for n in $(seq "${1%-*}" "${1#*-}"); do
		[[ $(block "$n") == "$2" ]] || fail "block $n is '$(block "$n")', not '$2'"
	done
}

# start ARG…: memhp below the world in the background, as process $pid
start() {
	local name=$BATS_FILE_TMPDIR/run-${BATS_SUITE_TEST_NUMBER:-0}-$((++runs))
	out_file=$name.out err_file=$name.err run_file=$name.run
	command=memhp$(printf ' %q' "$@")
	"${prefix[@]}" "${program[@]}" -s "$root" "$@" < /dev/null > "$out_file" 2> "$err_file" &
	pid=$!
}

# finish [SECONDS]: waits for it; as after memhp
finish() {
	status=0
	within "${1:-20}" has_ended "$pid" || { kill -9 "$pid"; fail "it does not end"; }
	wait "$pid" || status=$?
	out=$(tr -d '\0' < "$out_file") err=$(tr -d '\0' < "$err_file")
	[[ $judged == no ]] || judge
	printf '%s\n%s\n' "$status" "$command" > "$run_file"
}

has_ended() {
	! grep -qv ') [ZX] ' "/proc/$1/stat" 2> /dev/null
}

# within SECONDS COMMAND…: waits until it is true; fails after that time
within() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.02
	done
}

# await N STATE: waits until the block has it
await() {
	within 10 is_state "$1" "$2" || fail "block $1 never was $2"
}

is_state() {
	[[ $(< "$root/sys/devices/system/memory/memory$1/state") == "$2" ]]
} 2> /dev/null

# is_written N: the fake kernel is working on a write to that block
is_written() {
	is_at_work in-the-kernel "*/memory$1/state"
}

# is_removed: the fake kernel's worker holds the hotplug lock for a device
is_removed() {
	is_at_work kacpi_hotplug .hotplug
}

# is_at_work NAME FILE: a process of that name has the file of the world open
is_at_work() {
	local fd
	while read -r fd; do
		if grep -qsx "$1" "${fd%/fd/*}/comm"; then return; fi
	done < <(find /proc/[0-9]*/fd -lname "$root/$2")
	return 1
} 2> /dev/null

# has_writer: $pid has a child process that writes; it is $writer
has_writer() {
	writer=$(grep -l "^PPid:[[:space:]]*$pid$" /proc/[0-9]*/status 2> /dev/null) && writer=${writer//[^0-9]/}
}

# has_taken_signals: no signal that was sent to $pid is pending
has_taken_signals() {
	! grep -E '^(Sig|Shd)Pnd:.*[1-9a-f]' "/proc/$pid/status"
} &> /dev/null

# Nothing is left of a run: no process with files of the world open, no lock.
nothing_left() {
	within 10 is_quiet || fail "a process is left: $(users)"
	[[ ! -e $root/run/memhp.lock ]] || flock -n "$root/run/memhp.lock" true || fail "the lock is held"
	[[ ! -e $root/.hotplug ]] || flock -n "$root/.hotplug" true || fail "the hotplug lock is held"
}

users() {
	find /proc/[0-9]*/fd -lname "$root/*" 2> /dev/null
}

is_quiet() {
	[[ -z $(users) ]]
}

# tree: a fingerprint of all that memhp could change
tree() {
	(cd "$root" && find . \( -path './.*' -o -path ./run/memhp.lock \) -prune -o -type f -printf '%p %m ' -exec sha256sum {} \; -o -printf '%p %y %m %l\n' | sort)
}

# traced WHAT FUNCTION…: the output of strace -e for the run is in $trace
traced() {
	trace=$BATS_TEST_TMPDIR/trace
	with env ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		strace -f -qq -s 999 -e trace="$1" -o "$trace" -- "${@:2}"
}

# The signals that stop a change.
stops=(HUP INT QUIT USR1 USR2 ALRM TERM STKFLT XCPU VTALRM PROF IO PWR RTMIN RTMIN+7 RTMAX)

# is_stop_status STATUS: the signal that the exit status stands for is one that stops a change
is_stop_status() {
	local signal
	for signal in "${stops[@]}"; do
		if (($1 == 128 + $(kill -l "$signal"))); then return; fi
	done
	return 1
}

# Checks every run of a command that changes memory.
judge() {
	local line form="^(memhp: .+|Try 'memhp( list| online| offline)? --help' for more information\.)\$"
	while read -r line; do
		[[ -z $line || $line =~ $form ]] || fail "not a message: $line"
	done <<< "$err"
	case $status in
	0) ;;
	2 | 3)
		[[ -n $err ]] || fail "no message about the failure"
		[[ -z $out || $out == "{"* ]] || fail "half-printed"
		;;
	*)
		[[ $status == 1 || $status == 64 || $status == 124 ]] || is_stop_status "$status" ||
			fail "unknown exit status"
		[[ -n $err || $out == "{"* ]] || fail "no message about the failure"
		;;
	esac
}

# is_usage_error WORD COMMAND
is_usage_error() {
	exits 2
	err_has "$1"
	[[ $err == "memhp: "*$'\n'"Try 'memhp $2 --help' for more information." && $err != *$'\n'*$'\n'* ]] ||
		fail "not a message and a hint"
}

# json EXPRESSION…: each is true of the document d, its blocks by number b, rows and sums
json() {
	"$python" -I -c '
import json, sys
d = json.load(open(sys.argv[1], "rb"))
rows = d.get("blocks", [])
names = dict(d=d, json=json, rows=rows, sums=d.get("summary"), b={row["block"]: row for row in rows},
             column=lambda key: [row[key] for row in rows], M=2**20)
bad = [e for e in sys.argv[2:] if not eval(e, names)]
sys.exit("".join("not true: %s\n" % e for e in bad) or 0)
' "$out_file" "$@" || fail "the document is not as it should be"
}

validate_all() {
	"$python" "$tests/check-change" "$top/src/schemas" "$BATS_FILE_TMPDIR"
}

# The documents of this test are incomplete, or of another schema: they are not validated.
not_validated() {
	rm -f "$BATS_FILE_TMPDIR/run-$BATS_SUITE_TEST_NUMBER-"*
}

teardown() {
	[[ -z ${pid:-} ]] || kill -9 "$pid" 2> /dev/null || :
}
