# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2154
#
# memhp policy: what is shown, set, checked and exported, and what is refused. Values and the command
# line in all their forms are the unit tests' affair, the file that of conf.bats, real kernels that of
# live.

load ../change
load ../policy

@test "shown as a table" {
	mem policy
	exits 0
	out_is <<- 'END'
		PARAMETER               VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		auto_online_blocks      offline      -            runtime yes      state of new blocks
		online_policy           contig-zones contig-zones default yes      how zones are chosen
		auto_movable_ratio      301          301          default yes      MOVABLE per KERNEL, %
		auto_movable_numa_aware yes          yes          default yes      ratio holds per node
		memmap_on_memory        no           no           default no       map kept in new memory
		block_size_bytes        128M         -            runtime no       size of a block
		crash_hotplug           no           -            runtime no       kdump stays current
		probe                   no           -            runtime no       adding by address
		memhp_default_state     -            -            -       no       state given at boot
		movable_node            no           no           default no       default to Movable
		kernelcore              -            -            -       no       kernel part at boot
		movablecore             -            -            -       no       Movable at boot
	END
	err_is ""
}

# on_terminal WIDTH ARG…: what is on it, in out
on_terminal() {
	out=$(script -qec "stty cols $1; $(printf '%q ' "${prefix[@]}" "${program[@]}" -s "$root" policy --color=never "${@:2}")" \
		/dev/null < /dev/null | tr -d '\r')
}

@test "what they mean takes more lines where a terminal has no room, and one elsewhere" {
	local names=(online_policy memmap_on_memory)
	on_terminal 77 "${names[@]}"
	out_is <<- 'END'
		PARAMETER        VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		online_policy    contig-zones contig-zones default yes      how zones are
		                                                            chosen
		memmap_on_memory no           no           default no       map kept in new
		                                                            memory
	END
	mem policy "${names[@]}"
	out_is <<- 'END'
		PARAMETER        VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		online_policy    contig-zones contig-zones default yes      how zones are chosen
		memmap_on_memory no           no           default no       map kept in new memory
	END
	on_terminal 82 "${names[@]}"
	out_is <<- 'END'
		PARAMETER        VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		online_policy    contig-zones contig-zones default yes      how zones are chosen
		memmap_on_memory no           no           default no       map kept in new memory
	END
	on_terminal 40 -o PARAMETER,SOURCE,MEANING "${names[@]}"
	out_is <<- 'END'
		PARAMETER        SOURCE  MEANING
		online_policy    default how zones are
		                         chosen
		memmap_on_memory default map kept in new
		                         memory
	END
	on_terminal 20 -o PARAMETER,MEANING online_policy
	out_is <<< $'PARAMETER     MEANING\nonline_policy how zones are chosen'
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
	cmdline 'memhp_default_state=offline memory_hotplug.auto_movable_ratio="150" movable_node'
	file $'online-policy = contig-zones\nauto_movable_ratio = 301\n'
	mem policy --json
	exits 0
	json 'p["block_size_bytes"]["value"] == 2**27' 'p["auto_movable_numa_aware"]["value"] is True' \
		'p["memmap_on_memory"]["value"] is False' 'p["movable_node"]["value"] is True' \
		'p["auto_online_blocks"]["source"] == "cmdline"' 'p["online_policy"]["source"] == "file"' \
		'p["auto_movable_ratio"]["source"] == "file"' 'p["movable_node"]["source"] == "cmdline"' \
		'p["movablecore"]["source"] is None' 'p["auto_online_blocks"]["default"] is None'
	cmdline kernelcore=50% movablecore=2G
	mem policy -J
	json 'p["kernelcore"]["value"] == "50%"' 'p["movablecore"]["source"] == "cmdline"'
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

@test "a name on the command line that is no parameter is told, and is drift" {
	cmdline 'memory_hotplug.online_polcy=auto-movable kernelcore=half virtio_mem.force_bbm memory_hotplug.ratio'
	mem policy
	exits 0
	err_is "memhp: policy: warning: the kernel ignored kernelcore=half on its command line
memhp: policy: warning: the kernel ignored memory_hotplug.online_polcy=auto-movable on its command line: it has no such parameter
memhp: policy: warning: the kernel ignored memory_hotplug.ratio on its command line: it has no such parameter"
	mem policy online_policy
	err_is ""
	mem policy --check
	exits 1
	err_has "the kernel ignored memory_hotplug.online_polcy=auto-movable on its command line: it has no such parameter"
	mem policy -J --check
	exits 1
	json 'd["unknown"] == [dict(word="memory_hotplug.online_polcy=auto-movable"), dict(word="memory_hotplug.ratio")]'
	cmdline quiet
	mem policy -J --check
	exits 0
	json 'd["unknown"] == []'
	cmdline movable_node movablecore=2G
	mem policy movablecore
	err_is "memhp: policy: warning: the kernel ignored movablecore=2G on its command line"
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

@test "Linux 5.10, as it is" {
	root=$BATS_TEST_TMPDIR/old
	make_world linux-5.10
	before=$(tree)
	for name in online_policy auto_movable_ratio auto-movable-numa-aware memmap_on_memory; do
		mem policy "$name"
		exits 3
		one_message
		err_has "this kernel lacks ${name//-/_} (Linux 5.1"
	done
	for words in online_policy=auto-movable auto_movable_ratio=301 "auto_online_blocks=online auto_movable_numa_aware=no" memmap_on_memory=yes; do
		# shellcheck disable=SC2086 # words
		mem policy $words
		exits 3
		one_message
		err_has "(Linux 5.1"
		err_has " with CONFIG_"
	done
	mem policy -J
	exits 0
	json 'p["online_policy"]["value"] is None' 'p["block_size_bytes"]["value"] == 2**27' 'p["auto_online_blocks"]["value"]'
	[[ $(tree) == "$before" ]] || fail "something was written"
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
		2|online_policy='auto movable'|unknown value 'auto movable' (contig-zones or auto-movable)
		2|auto_movable_ratio='4 0'|'4 0' is no number
		2|auto_movable_ratio=' 40'|' 40' is no number
		2|auto_movable_numa_aware='no '|unknown value 'no ' (yes or no)
		2|auto_movable_ratio=301 auto_movable_ratio=302|auto_movable_ratio is to be both 301 and 302
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
		3|movable_node=no|it is yes where the word movable_node is on the kernel command line, and no without
		2|movable_node=maybe|unknown value 'maybe' (yes or no)
		3|kernelcore=2G|put kernelcore=2G on the kernel command line
		2|kernelcore=|'' is no amount and no percentage
		2|movablecore=half|'half' is no amount and no percentage
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

@test "a command line that cannot be read: nobody knows what it says, and nothing rests on it" {
	file $'auto_movable_ratio = 301\n'
	rm "$root/proc/cmdline"
	mkdir "$root/proc/cmdline"
	mem policy -J
	exits 64
	err_is "memhp: policy: warning: $root/proc/cmdline: Is a directory"
	json 'p["movable_node"]["value"] is None and p["movable_node"]["source"] is None' 'p["auto_movable_ratio"]["value"] == 301'
	for words in --check --apply --export=cmdline --export=bootc; do
		mem policy $words
		exits 1
		err_is "memhp: policy: $root/proc/cmdline: Is a directory"
		[[ -z $out ]] || fail "something is printed"
	done
	mem policy --export=sysfs.d
	exits 0
	mem policy -q auto_movable_ratio=150
	exits 0
	values "contig-zones 150 Y offline"
}

@test "exported in part: what cannot be read is told" {
	printf 'many\n' > "$root/$parameters/auto_movable_ratio"
	for format in cmdline tmpfiles; do
		mem policy --export=$format
		exits 64
		err_is "memhp: policy: warning: auto_movable_ratio: left out: content not understood"
		out_has online_policy
		out_lacks auto_movable_ratio
	done
}

@test "exported: every format, read by whoever reads it" {
	cmdline kernelcore=50% 'movablecore="1G $(reboot)"'
	mem policy -q online_policy=auto-movable auto_movable_numa_aware=no auto_online_blocks=online_movable
	words="memhp_default_state=online_movable memory_hotplug.online_policy=auto-movable memory_hotplug.auto_movable_ratio=301
		memory_hotplug.auto_movable_numa_aware=N memory_hotplug.memmap_on_memory=N kernelcore=50%"
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
	[[ $(tree) == "$before" ]] || fail "something was written"
	cmdline movable_node=whatever
	mem policy --export=cmdline
	[[ $out == *"memory_hotplug.memmap_on_memory=N movable_node" ]] || fail "no flag"
}

# emptied: the files that can be set say nothing
emptied() {
	local name
	for name in "$root/$parameters"/{online_policy,auto_movable_ratio,auto_movable_numa_aware} \
		"$root/sys/devices/system/memory/auto_online_blocks"; do
		: > "$name"
	done
}

@test "exported to sysfsutils: lines NAME = VALUE below sys, in a safe order" {
	mem policy -q online_policy=auto-movable auto_movable_ratio=150 auto_movable_numa_aware=no auto_online_blocks=online
	mem policy --export=sysfs.d
	exits 0
	[[ $(sed -n 's|^[a-z].*/\(.*\) = .*|\1|p' "$out_file" | tr '\n' ' ') == "auto_movable_ratio auto_movable_numa_aware online_policy auto_online_blocks " ]] ||
		fail "another order"
	emptied
	grep -v '^#' "$out_file" | while read -r name equals value; do
		[[ $equals == = && -e $root/sys/$name ]] || fail "not a line: $name $equals $value"
		printf '%s\n' "$value" > "$root/sys/$name"
	done
	values "auto-movable 150 N online"
}

@test "exported to systemd-tmpfiles, which sets it again" {
	mem policy -q online_policy=auto-movable auto_movable_ratio=150 auto_movable_numa_aware=no auto_online_blocks=online
	mem policy --export=tmpfiles
	cp "$out_file" "$BATS_TEST_TMPDIR/memhp.conf"
	emptied
	systemd-tmpfiles --create --root="$root" "$BATS_TEST_TMPDIR/memhp.conf"
	for pair in online_policy=auto-movable auto_movable_ratio=150 auto_movable_numa_aware=N; do
		[[ $(< "$root/$parameters/${pair%=*}") == "${pair#*=}" ]] || fail "not $pair"
	done
	[[ $(< "$root/sys/devices/system/memory/auto_online_blocks") == online ]] || fail "not online"
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
