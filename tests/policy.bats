# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2154
#
# memhp policy: what is shown, set, kept, applied, checked and exported, and what is refused. Values
# and the command line in all their forms are the unit tests' affair, real kernels those of live.

load change

parameters=sys/module/memory_hotplug/parameters
conf=etc/memhp.conf

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
}

# Another form of messages than that of changes, and no lists of blocks.
judge() {
	local line form="^(memhp: .+|Try 'memhp policy --help' for more information\.)\$"
	while read -r line; do
		[[ -z $line || $line =~ $form ]] || fail "not a message: $line"
	done <<< "$err"
	case $status in
	0 | 64) ;;
	1 | 2 | 3 | 124)
		[[ -n $err ]] || fail "no word about the failure"
		[[ -z $out || $out == "{"* || $command == *--apply* ]] || fail "half-printed"
		;;
	*) fail "unknown exit status" ;;
	esac
}

# values "contig-zones 301 Y offline": policy, ratio, numa_aware, auto_online_blocks as they are now
values() {
	local seen
	seen=$(cd "$root" && cat $parameters/online_policy $parameters/auto_movable_ratio \
		$parameters/auto_movable_numa_aware sys/devices/system/memory/auto_online_blocks | tr '\n' ' ')
	[[ $seen == "$1 " ]] || fail "the values are '$seen', not '$1'"
}

# file TEXT: the configuration
file() {
	printf '%s' "$1" > "$root/$conf"
}

cmdline() {
	printf '%s\n' "$*" > "$root/proc/cmdline"
}

# json EXPRESSION…: each is true of the document d, its parameters by name p
json() {
	"$python" -I -c '
import json, sys
d = json.load(open(sys.argv[1], "rb"))
names = dict(d=d, p={row.get("parameter"): row for row in d.get("parameters", [])})
bad = [e for e in sys.argv[2:] if not eval(e, names)]
sys.exit("".join("not true: %s\n" % e for e in bad) or 0)
' "$out_file" "$@" || fail "the document is not as it should be"
}

@test "shown as a table, which fits" {
	mem policy
	exits 0
	out_is <<- 'END'
		PARAMETER               VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		auto_online_blocks      offline      -            runtime yes      state of new
		                                                                   blocks
		online_policy           contig-zones contig-zones default yes      how zones are
		                                                                   chosen
		auto_movable_ratio      301          301          default yes      MOVABLE per
		                                                                   KERNEL, %
		auto_movable_numa_aware yes          yes          default yes      ratio holds
		                                                                   per node
		memmap_on_memory        no           no           default no       map kept in
		                                                                   new memory
		block_size_bytes        128M         -            runtime no       size of a
		                                                                   block
		crash_hotplug           no           -            runtime no       kdump stays
		                                                                   current
		probe                   no           -            runtime no       adding by
		                                                                   address
		memhp_default_state     -            -            -       no       state given
		                                                                   at boot
		movable_node            no           no           default no       default to
		                                                                   Movable
		kernelcore              -            -            -       no       kernel part
		                                                                   at boot
		movablecore             -            -            -       no       Movable at
		                                                                   boot
	END
	err_is ""
}

@test "raw, pairs, columns, names with - and _" {
	mem policy -r -n -o PARAMETER,VALUE,MEANING auto-movable-ratio block_size_bytes -b
	out_is <<- 'END'
		auto_movable_ratio 301 MOVABLE\x20per\x20KERNEL,\x20%
		block_size_bytes 134217728 size\x20of\x20a\x20block
	END
	mem policy -P -o +FILE,CMDLINE auto_online_blocks
	out_is <<< 'PARAMETER="auto_online_blocks" VALUE="offline" DEFAULT="-" SOURCE="runtime" WRITABLE="yes" MEANING="state of new blocks" FILE="-" CMDLINE="-"'
	mem policy --raw --pairs
	exits 2
}

@test "as a document: types, sources" {
	cmdline 'memhp_default_state=offline memory_hotplug.auto_movable_ratio="150" movable_node kernelcore=50%'
	file $'online-policy = contig-zones\nauto_movable_ratio = 301\n'
	mem policy --json
	exits 0
	json 'p["block_size_bytes"]["value"] == 2**27' 'p["auto_movable_numa_aware"]["value"] is True' \
		'p["memmap_on_memory"]["value"] is False' 'p["kernelcore"]["value"] == "50%"' 'p["movable_node"]["value"] is True' \
		'p["auto_online_blocks"]["source"] == "cmdline"' 'p["online_policy"]["source"] == "file"' \
		'p["auto_movable_ratio"]["source"] == "file"' 'p["movable_node"]["source"] == "cmdline"' \
		'p["movablecore"]["source"] is None' 'p["auto_online_blocks"]["default"] is None'
	# The default that the kernel was built with, where it can be read.
	mkdir "$root/boot"
	world <<< $'proc/sys/kernel/osrelease = 6.12.9-test\nboot/config-6.12.9-test = CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO=y'
	mem policy -J auto_online_blocks
	json 'p["auto_online_blocks"]["default"] == "online"'
}

@test "what the kernel ignored on its command line is told once" {
	cmdline 'memhp_default_state=yes memory-hotplug.online_policy=auto_movable memory_hotplug.memmap_on_memory=force'
	mem policy
	exits 0
	err_is "memhp: policy: warning: the kernel ignored memhp_default_state=yes on its command line
memhp: policy: warning: the kernel ignored memory_hotplug.online_policy=auto_movable on its command line
memhp: policy: warning: the kernel ignored memory_hotplug.memmap_on_memory=force on its command line"
	mem policy online_policy
	[[ $(wc -l < "$err_file") == 1 ]] || fail "not one warning"
	cmdline 'memhp_default_state=yes memhp_default_state=online -- memhp_default_state=no'
	mem policy -J memhp_default_state
	json 'p["memhp_default_state"]["value"] == "online"'
}

@test "a kernel without the parameters: since when, exit status 3" {
	rm -r "${root:?}/$parameters" "$root/sys/devices/system/memory/crash_hotplug"
	mem policy -J --output-all
	exits 0
	err_has "this kernel lacks online_policy (Linux 5.15 with CONFIG_MEMORY_HOTPLUG)"
	json 'p["online_policy"]["value"] is None' 'p["crash_hotplug"]["missing"] == "Linux 6.6 with CONFIG_CRASH_HOTPLUG"' \
		'p["auto_online_blocks"]["missing"] is None' 'p["online_policy"]["writable"] is False'
	for words in online_policy online_policy=auto-movable "auto_online_blocks=online auto_movable_ratio=5"; do
		# shellcheck disable=SC2086 # words
		mem policy $words
		exits 3
		one_message
		err_has "(Linux 5.15 with "
	done
	mem policy auto_online_blocks=online
	exits 0
	mem policy --save
	exits 0
	[[ $(grep -c = "$root/$conf") == 1 ]] || fail "more than this kernel has was saved"
	rm -r "$root/sys/devices/system/memory"
	mem policy
	exits 3
	err_has "no memory hotplug"
}

@test "files that are garbage or empty are told, the rest is shown: exit status 64" {
	printf 'many\n' > "$root/$parameters/auto_movable_ratio"
	: > "$root/$parameters/online_policy"
	mem policy -J
	exits 64
	err_has "auto_movable_ratio: content not understood"
	json 'p["auto_movable_ratio"]["value"] is None' 'p["online_policy"]["value"] is None' 'p["auto_movable_numa_aware"]["value"]'
	mem policy --save
	exits 1
	[[ ! -e $root/$conf ]] || fail "garbage was saved"
}

@test "set: in a safe order, read back; twice is already" {
	traced write mem policy auto_online_blocks=online online-policy=auto-movable auto_movable_numa_aware=no auto_movable_ratio=0x190
	exits 0
	values "auto-movable 400 N online"
	out_is <<- 'END'
		auto_movable_ratio: 400, was 301
		auto_movable_numa_aware: no, was yes
		online_policy: auto-movable, was contig-zones
		auto_online_blocks: online, was offline
	END
	mem policy online_policy=auto-movable auto_movable_ratio=400 auto_movable_ratio=0620
	exits 0
	out_is <<< $'auto_movable_ratio: 400 already\nonline_policy: auto-movable already'
	mem policy -q auto_movable_ratio=5
	[[ -z $out$err ]] || fail "not quiet"
	nothing_left
}

@test "the kernel is asked in that order" {
	faults "auto_online_blocks EBUSY"
	mem policy -J auto_online_blocks=online online_policy=auto-movable auto_movable_numa_aware=0 auto_movable_ratio=400
	exits 1
	values "contig-zones 301 Y offline"
	json '[row["parameter"] for row in d["parameters"]] == ["auto_movable_ratio", "auto_movable_numa_aware", "online_policy", "auto_online_blocks"]' \
		'[row["result"] for row in d["parameters"]] == ["rolled-back"] * 3 + ["failed"]' \
		'p["auto_online_blocks"]["error"] == "EBUSY"' 'not d["saved"]' 'p["online_policy"]["wanted"] == "auto-movable"'
}

@test "a failure in the middle restores what was before it, and leaves out what comes after it" {
	faults "online_policy EINVAL"
	mem policy auto_online_blocks=online online_policy=auto-movable auto_movable_ratio=400
	exits 1
	values "contig-zones 301 Y offline"
	err_has "auto_movable_ratio: back to 301"
	err_has "online_policy: cannot be set to auto-movable: Invalid argument"
	err_lacks auto_online_blocks
	mem policy -J auto_online_blocks=online online_policy=auto-movable
	json 'p["auto_online_blocks"]["result"] == "skipped"'
}

@test "what is taken and not there is a failure; what cannot be restored is partly done" {
	faults "online_policy lost"
	mem policy -J online_policy=auto-movable auto_movable_ratio=400
	exits 1
	json 'p["online_policy"]["error"] == "EIO" and p["online_policy"]["value"] == "contig-zones"'
	values "contig-zones 301 Y offline"
	faults "online_policy EINVAL" "auto_movable_ratio=301 EIO"
	mem policy -J online_policy=auto-movable auto_movable_ratio=400
	exits 64
	json 'p["auto_movable_ratio"]["result"] == "done" and p["auto_movable_ratio"]["value"] == 400'
	values "contig-zones 400 Y offline"
}

@test "refused before anything is written" {
	local before
	before=$(tree)
	while IFS='|' read -r expected words message; do
		# shellcheck disable=SC2086 # words
		eval "mem policy $words"
		exits "$expected"
		err_has "$message"
		[[ $(tree) == "$before" ]] || fail "something was written"
	done <<- 'END'
		2|auto_movable_ratio=400 ratio=5|unknown parameter 'ratio'
		2|auto_movable_ratio=400 online_policy=auto_movable|unknown value 'auto_movable' (contig-zones or auto-movable)
		2|auto_movable_ratio=400 online_policy=|unknown value ''
		2|auto_online_blocks='online '|unknown value 'online ' (offline, online, online_kernel or online_movable)
		2|auto_movable_ratio=4294967296|'4294967296' is above 4294967295
		2|auto_movable_ratio=99999999999999999999|is above 4294967295
		2|auto_movable_ratio=-1|is no number
		2|auto_movable_ratio=10%|is no number
		2|auto_movable_ratio=+5|is no number
		2|auto_movable_numa_aware=yellow|unknown value 'yellow' (yes or no)
		2|online_policy=contig-zones online-policy=auto-movable|online_policy is to be both contig-zones and auto-movable
		2|auto_movable_ratio=400 online_policy|'online_policy' lacks a value
		2|=5|unknown parameter ''
		2|'auto_movable_ratio =5'|unknown parameter 'auto_movable_ratio '
		2|--save online_existing=auto|stands in /etc/memhp.conf only
		2|memmap_on_memory=maybe|unknown value 'maybe' (yes, no or force)
		3|auto_movable_ratio=400 memmap_on_memory=force|put memory_hotplug.memmap_on_memory=force on the kernel command line
		3|memhp_default_state=online|put memhp_default_state=online on the kernel command line
		3|movable_node=1|decided at boot
		3|block_size_bytes=1|cannot be set
		2|--save --check|exclude each other
		2|--apply online_policy=auto-movable|take no operand
		2|--check online_policy|take no operand
		2|-o VALUE auto_movable_ratio=400|for showing parameters only
		2|--apply -r|for showing parameters only
		2|--export=grub|unknown format 'grub'
		2|--export=cmdline -J|exclude each other
		2|nothing|unknown parameter 'nothing'
	END
	chmod 0444 "$root/$parameters/online_policy"
	mem policy online_policy=auto-movable
	exits 3
	err_has "read-only"
}

@test "warnings: hotplugged memory is online, a ratio that overflows" {
	# boot memory alone
	world <<< $'sys/kernel/boot_params/data :empty'
	mem policy online_policy=auto-movable
	exits 0
	err_has "warning: online_policy: memory that was added is online already"
	mem policy online_policy=auto-movable
	err_is ""
	mem policy auto_movable_ratio=2147483648
	exits 0
	err_has "warning: auto_movable_ratio: above 2147483647"
	sed -i s/online/offline/ "$root"/sys/devices/system/memory/memory{8..15,24..27}/state 2> /dev/null || :
	for n in $(seq 8 29); do edit "memory$n/state" offline; done
	mem policy online_policy=contig-zones
	exits 0
	err_is ""
}

@test "saved: a new file, then values replaced with the comments kept, mode and owner too" {
	mem policy --save
	exits 0
	out_has "/etc/memhp.conf: written"
	[[ $(stat -c %a "$root/$conf") == 644 ]] || fail "mode of a new file"
	grep -qx 'auto_movable_numa_aware = Y' "$root/$conf" || fail "not saved"
	mem policy --save
	out_has "/etc/memhp.conf: says so already"
	file $'# mine\n\n  online-policy=contig-zones   # why not\nauto_movable_ratio =\t301\nexclude = 3, 5-7\n#online_policy = auto-movable\n'
	chmod 0640 "$root/$conf"
	mem policy --save online_policy=auto-movable auto_online_blocks=online
	exits 0
	values "auto-movable 301 Y online"
	diff - "$root/$conf" <<- 'END' || fail "not as it should be"
		# mine

		  online-policy=auto-movable   # why not
		auto_movable_ratio =	301
		exclude = 3, 5-7
		#online_policy = auto-movable
		auto_online_blocks = online
	END
	[[ $(stat -c %a "$root/$conf") == 640 ]] || fail "mode"
	[[ $(ls -A "$root/etc") == memhp.conf ]] || fail "something is left"
	traced fsync,rename,renameat,renameat2 mem policy --save auto_movable_ratio=5
	# The fake kernel renames too, below sys.
	sed -i '\|"sys/module/|d' "$trace"
	[[ $(sed -E '/\.new-/d; s/^[0-9]+ +//; s/\(.*//' "$trace" | tr '\n' ' ') == "fsync renameat fsync " ]] || fail "$(cat "$trace")"
}

@test "not saved: nothing is changed, nothing lost" {
	refused() {
		local before
		before=$(tree)
		"${@:2}"
		exits 1
		one_message
		err_has "$1"
		[[ $(tree) == "$before" ]] || fail "something changed"
	}
	file $'online_policy = contig-zones\nratio = 5\n'
	refused "etc/memhp.conf: line 2: 'ratio' is an unknown key" mem policy --save auto_movable_ratio=400 -q
	file $'auto_movable_ratio = 3'
	refused "line 1: the last line does not end" mem policy --save auto_movable_ratio=400 -q
	mv "$root/$conf" "$root/etc/other"
	ln -s other "$root/$conf"
	refused "a symbolic link" mem policy --save auto_movable_ratio=400 -q
	ln -sf nowhere "$root/$conf"
	refused "a symbolic link" mem policy --save auto_movable_ratio=400 -q
	refused "a symbolic link that leads nowhere" mem policy --check
	rm "$root/$conf"
	mkdir "$root/$conf"
	refused "Is a directory" mem policy --save auto_movable_ratio=400 -q
	rmdir "$root/$conf"
	mkfifo "$root/$conf"
	refused "not a regular file" mem policy --apply
	rm "$root/$conf"
	rm -r "${root:?}/etc"
	refused "No such file" mem policy --save auto_movable_ratio=400 -q
	values "contig-zones 301 Y offline"
}

@test "a file that nobody may read or replace" {
	file $'online_policy = contig-zones\n'
	chmod 0000 "$root/$conf"
	unprivileged mem policy --check
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: Permission denied"
	unprivileged mem policy -J
	exits 64
	err_has "warning: $root/etc/memhp.conf: Permission denied"
	chmod 0644 "$root/$conf"
	chmod 0555 "$root/etc"
	unprivileged mem policy -J --save auto_movable_ratio=400
	exits 1
	json '"Permission denied" in d["error"]["message"]'
	values "contig-zones 301 Y offline"
	chmod 0755 "$root/etc"
	chmod 0644 "$root/$parameters/auto_movable_ratio"
}

@test "applied: nothing when something in the file is wrong" {
	local before
	while IFS='|' read -r text message; do
		printf '%b' "auto_movable_ratio = 400\n$text" > "$root/$conf"
		before=$(tree)
		mem policy --apply
		exits 1
		err_is "memhp: policy: ${message/#\$root/$root}"
		[[ $(tree) == "$before" ]] || fail "something was changed"
	done <<- 'END'
		foo = 1\n|$root/etc/memhp.conf: line 2: 'foo' is an unknown key
		auto_movable_ratio = 5\n|$root/etc/memhp.conf: line 2: 'auto_movable_ratio' is set twice
		\n# x\nonline_policy = auto\n|$root/etc/memhp.conf: line 4: 'auto' is not a value of online_policy
		memmap_on_memory = Y\n|$root/etc/memhp.conf: line 2: 'memmap_on_memory' cannot be set while the kernel runs
		online_policy\n|$root/etc/memhp.conf: line 2: 'online_policy' lacks a '='
		online_policy = # none\n|$root/etc/memhp.conf: line 2: 'online_policy' lacks a value
		online_existing = yes\n|$root/etc/memhp.conf: line 2: 'yes' is not a value of online_existing
		exclude = 3,x\n|$root/etc/memhp.conf: line 2: exclude: 'x' is no block, range, address or amount
		exclude = 2G\n|$root/etc/memhp.conf: line 2: exclude: '2G' is an amount
		online_policy = auto-mov|$root/etc/memhp.conf: line 2: the last line does not end: is the file half-written?
		\0\n|$root/etc/memhp.conf: line 2: not a text
	END
	head -c 10M /dev/zero | tr '\0' '#' > "$root/$conf"
	mem policy --apply
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: File too large"
}

@test "applied: parameters, then offline blocks but for the excluded ones; again changes nothing" {
	file $'online_policy = auto-movable\nauto_movable_ratio = 400\nonline_existing = movable\nexclude = 17, 0x98000000 29,9999\n'
	mem policy --apply
	exits 0
	values "auto-movable 400 Y offline"
	blocks_are 16-16 "online Movable"
	blocks_are 17-17 "offline Movable Normal"
	blocks_are 18-18 "online Movable"
	blocks_are 19-19 "offline Movable Normal"
	blocks_are 20-23 "online Movable"
	blocks_are 28-28 "online Movable"
	blocks_are 29-29 "offline Normal Movable"
	out_has "block 16: done, zone Movable"
	out_has "onlined 7 blocks (896M): 16, 18, 20-23, 28"
	before=$(tree)
	mem policy --apply
	exits 0
	[[ $(tree) == "$before" ]] || fail "something changed"
	mem policy --apply -J
	json 'd["action"] == "online" and d["blocks"] == []'
	nothing_left
}

@test "applied: kernel and auto as targets; no is the default" {
	file $'online_policy = auto-movable\n'
	mem policy --apply
	exits 0
	blocks_are 16-23 "offline Movable Normal"
	file $'online_existing = no\n'
	mem policy -J --apply
	exits 0
	json 'd["action"] == "apply" and d["parameters"] == []'
	file $'online_existing = auto\nexclude = 20-29\n'
	mem policy --apply
	blocks_are 16-19 "online Movable"
	file $'online_existing = kernel\nexclude = 28-29\n'
	mem policy --apply
	blocks_are 20-23 "online Normal"
}

@test "applied: steps aside for the command line, saying so" {
	cmdline memory_hotplug.online_policy=contig-zones memory_hotplug.auto_movable_ratio=301
	file $'online_policy = auto-movable\nauto_movable_ratio = 301\nauto_online_blocks = online\n'
	mem policy --apply
	exits 0
	values "contig-zones 301 Y online"
	err_is "memhp: policy: online_policy: the kernel command line says contig-zones; auto-movable of /etc/memhp.conf is left"
	mem policy -J --apply
	json 'p["online_policy"]["result"] == "skipped"' 'p["auto_movable_ratio"]["result"] == "skipped"' \
		'p["auto_online_blocks"]["result"] == "already"'
	mem policy --check
	exits 0
	err_has "the command line goes before"
}

@test "applied in part: what the kernel lacks, a block that fails; no onlining after a failed setting" {
	file $'online_policy = auto-movable\nauto_movable_numa_aware = no\nonline_existing = auto\nexclude = 20-29\n'
	mv "$root/$parameters/auto_movable_numa_aware" "$root/numa"
	mem policy --apply
	exits 64
	err_has "warning: auto_movable_numa_aware: this kernel lacks it (Linux 5.15 with CONFIG_NUMA)"
	blocks_are 16-19 "online Movable"
	mem policy -J --apply
	exits 64
	mv "$root/numa" "$root/$parameters/auto_movable_numa_aware"
	file $'auto_movable_ratio = 7\nonline_existing = auto\nexclude = 24-29\n'
	faults "memory20 EINVAL"
	mem policy --apply
	exits 64
	blocks_are 20-20 "offline Movable Normal"
	blocks_are 21-23 "online Movable"
	file $'auto_movable_ratio = 8\nonline_existing = auto\n'
	faults "auto_movable_ratio EPERM"
	mem policy --apply
	exits 1
	err_has "run as root"
	blocks_are 20-20 "offline Movable Normal"
	rm "$root/$conf"
	mem policy --apply
	exits 0
	err_is "memhp: policy: there is no /etc/memhp.conf"
}

@test "checked: each value that is another is named" {
	mem policy --check
	exits 0
	out_has "neither /etc/memhp.conf nor"
	cmdline memory_hotplug.auto_movable_numa_aware=0 memhp_default_state=on
	file $'# x\nonline_policy = auto-movable\nauto_movable_ratio = 301\n'
	mem policy --check
	exits 1
	err_is "memhp: policy: the kernel ignored memhp_default_state=on on its command line
memhp: policy: online_policy is contig-zones, but /etc/memhp.conf (line 2) says auto-movable
memhp: policy: auto_movable_numa_aware is yes, but the kernel command line says no"
	mem policy -J --check
	exits 1
	json 'p["online_policy"] == dict(parameter="online_policy", value="contig-zones", expected="auto-movable", ignored=None, drift=True, **{"from": "file"})' \
		'not p["auto_movable_ratio"]["drift"]' 'p["auto_online_blocks"]["ignored"] == "on" and p["auto_online_blocks"]["drift"]'
	cmdline quiet
	mem policy online_policy=auto-movable -q
	mem policy --check
	exits 0
	out_is <<< "no drift: 2 values as /etc/memhp.conf and the kernel command line say"
}

@test "exported: every format, read by whoever reads it" {
	cmdline movable_node kernelcore=50% 'movablecore="1G $(reboot)"'
	mem policy -q online_policy=auto-movable auto_movable_numa_aware=no auto_online_blocks=online_movable
	words="memhp_default_state=online_movable memory_hotplug.online_policy=auto-movable memory_hotplug.auto_movable_ratio=301
		memory_hotplug.auto_movable_numa_aware=N memory_hotplug.memmap_on_memory=N movable_node kernelcore=50%"
	words=$(tr -s '\n\t' ' ' <<< "$words" | sed 's/ $//')
	before=$(tree)
	mem policy --export=cmdline
	exits 0
	out_is <<< "$words"
	err_has "movablecore: left out"
	mem policy --export=grubby
	grubby() { printf '%s|' "$@"; }
	[[ $(eval "$out") == "--update-kernel=ALL|--args=$words|" ]] || fail "$(eval "$out")"
	mem policy --export=grub.d
	[[ $(env -i GRUB_CMDLINE_LINUX=before sh -c '. "$1"; echo "$GRUB_CMDLINE_LINUX"' sh "$out_file") == "before $words" ]] ||
		fail "a shell reads something else"
	mem policy --export=bootc
	"$python" -I -c 'import sys, tomllib
assert tomllib.load(open(sys.argv[1], "rb")) == {"kargs": sys.argv[2].split()}' "$out_file" "$words"
	mem policy --export=sysfs.d
	[[ $(sed -n 's/^\([^#]*\) = .*/\1/p' "$out_file" | sed "s|^|$root/sys/|" | xargs cat | tr '\n' ' ') == "301 N auto-movable online_movable " ]] ||
		fail "other files"
	[[ $(tree) == "$before" ]] || fail "something was written"
}

@test "exported to systemd-tmpfiles, which sets it again" {
	mem policy -q online_policy=auto-movable auto_movable_ratio=150 auto_movable_numa_aware=no auto_online_blocks=online
	mem policy --export=tmpfiles
	cp "$out_file" "$BATS_TEST_TMPDIR/memhp.conf"
	for name in "$root/$parameters"/{online_policy,auto_movable_ratio,auto_movable_numa_aware} \
		"$root/sys/devices/system/memory/auto_online_blocks"; do
		: > "$name"
	done
	systemd-tmpfiles --create --root="$root" "$BATS_TEST_TMPDIR/memhp.conf"
	for pair in online_policy=auto-movable auto_movable_ratio=150 auto_movable_numa_aware=N; do
		[[ $(< "$root/$parameters/${pair%=*}") == "${pair#*=}" ]] || fail "not $pair"
	done
	[[ $(< "$root/sys/devices/system/memory/auto_online_blocks") == online ]] || fail "not online"
}

@test "the unit of systemd" {
	unit=$BATS_TEST_TMPDIR/memhp.service
	sed "s|@bindir@|/usr/bin|" "$top/systemd/memhp.service.in" > "$unit"
	grep -qx 'ExecStart=/usr/bin/memhp policy --apply' "$unit"
	# The program must be there.
	sed -i "s|/usr/bin/memhp|/bin/true|" "$unit"
	systemd-analyze verify --man=no "$unit" > "$BATS_TEST_TMPDIR/said" 2>&1 || fail "$(cat "$BATS_TEST_TMPDIR/said")"
	[[ ! -s $BATS_TEST_TMPDIR/said ]] || fail "$(cat "$BATS_TEST_TMPDIR/said")"
}

@test "two at a time take turns; no write outside the tree" {
	exec 9> "$root/run/memhp.lock"
	flock 9
	# The lock goes with the descriptor, which the other one must not have.
	start policy auto_movable_ratio=5 9>&-
	within 10 grep -q "waiting for another memhp" "$err_file" || fail "no word about the wait"
	values "contig-zones 301 Y offline"
	flock -u 9
	finish
	exits 0
	values "contig-zones 5 Y offline"
	ln -s /etc "$BATS_TEST_TMPDIR/outside"
	rm -r "${root:?}/etc"
	ln -s "$BATS_TEST_TMPDIR/outside" "$root/etc"
	mem policy --save -q
	exits 1
	err_has "etc: "
}
