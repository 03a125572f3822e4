# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2154
#
# memhp policy: what it shows, sets, checks and exports, and what it refuses. Unit tests cover all forms
# of values and of the kernel command line, conf.bats covers the file, live covers real kernels.

load ../change
load ../policy

@test "shown as a table" {
	mem policy
	exits 0
	out_is <<- 'END'
		PARAMETER               VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		auto_online_blocks      offline      -            runtime yes      state of hot-added blocks
		online_policy           contig-zones contig-zones default yes      how the kernel chooses zones
		auto_movable_ratio      301          301          default yes      highest MOVABLE:KERNEL ratio, in percent
		auto_movable_numa_aware yes          yes          default yes      the ratio also limits each node
		memmap_on_memory        no           no           default no       the memory map is kept in the added memory
		block_size_bytes        128M         -            runtime no       size of a memory block
		crash_hotplug           no           -            runtime no       the kernel keeps the crash kernel up to date
		probe                   no           -            runtime no       memory can be added by address
		memhp_default_state     -            -            -       no       auto_online_blocks at boot
		movable_node            no           no           default no       hot-pluggable memory is Movable at boot
		kernelcore              -            -            -       no       kernel memory at boot; the rest is Movable
		movablecore             -            -            -       no       Movable memory at boot
	END
	err_is ""
}

# on_terminal WIDTH ARG…: out is what policy prints on a terminal of 24 lines
on_terminal() {
	out=$(script -qec "stty cols $1 rows 24; $(printf '%q ' "${prefix[@]}" "${program[@]}" -s "$root" policy --color=never "${@:2}")" \
		/dev/null < /dev/null | tr -d '\r')
	command="memhp policy ${*:2} (on a terminal of $1 columns)" status=0 err=
}

@test "a terminal of 80 columns and 24 lines shows all parameters, without what they mean" {
	on_terminal 80
	out_is <<- 'END'
		PARAMETER               VALUE        DEFAULT      SOURCE  WRITABLE
		auto_online_blocks      offline      -            runtime yes
		online_policy           contig-zones contig-zones default yes
		auto_movable_ratio      301          301          default yes
		auto_movable_numa_aware yes          yes          default yes
		memmap_on_memory        no           no           default no
		block_size_bytes        128M         -            runtime no
		crash_hotplug           no           -            runtime no
		probe                   no           -            runtime no
		memhp_default_state     -            -            -       no
		movable_node            no           no           default no
		kernelcore              -            -            -       no
		movablecore             -            -            -       no
	END
	# The longest meaning ends in column 111.
	on_terminal 110
	out_lacks MEANING
	mem policy
	local plain=$out
	on_terminal 111
	out_is <<< "$plain"
	on_terminal 200
	out_is <<< "$plain"
}

@test "what they mean: left out where a terminal is too narrow for it, wrapped where -o names it" {
	local few=(online_policy memmap_on_memory)
	on_terminal 101 "${few[@]}"
	out_is <<- 'END'
		PARAMETER        VALUE        DEFAULT      SOURCE  WRITABLE
		online_policy    contig-zones contig-zones default yes
		memmap_on_memory no           no           default no
	END
	mem policy "${few[@]}"
	out_is <<- 'END'
		PARAMETER        VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		online_policy    contig-zones contig-zones default yes      how the kernel chooses zones
		memmap_on_memory no           no           default no       the memory map is kept in the added memory
	END
	local plain=$out
	on_terminal 102 "${few[@]}"
	out_is <<< "$plain"
	on_terminal 101 -o PARAMETER,VALUE,DEFAULT,SOURCE,WRITABLE,MEANING "${few[@]}"
	out_is <<- 'END'
		PARAMETER        VALUE        DEFAULT      SOURCE  WRITABLE MEANING
		online_policy    contig-zones contig-zones default yes      how the kernel chooses zones
		memmap_on_memory no           no           default no       the memory map is kept in the added
		                                                            memory
	END
	on_terminal 40 -o PARAMETER,SOURCE,MEANING "${few[@]}"
	out_is <<- 'END'
		PARAMETER        SOURCE  MEANING
		online_policy    default how the kernel
		                         chooses zones
		memmap_on_memory default the memory map
		                         is kept in the
		                         added memory
	END
	on_terminal 20 -o PARAMETER,MEANING online_policy
	out_is <<< $'PARAMETER     MEANING\nonline_policy how the kernel chooses zones'
}

@test "raw, pairs, columns, names with - and _" {
	mem policy -r -n -o PARAMETER,VALUE,MEANING auto-movable-ratio block_size_bytes -b
	out_is <<- 'END'
		auto_movable_ratio 301 highest\x20MOVABLE:KERNEL\x20ratio,\x20in\x20percent
		block_size_bytes 134217728 size\x20of\x20a\x20memory\x20block
	END
	mem policy -P -o +FILE,CMDLINE auto_online_blocks
	out_is <<< 'PARAMETER="auto_online_blocks" VALUE="offline" DEFAULT="-" SOURCE="runtime" WRITABLE="yes" MEANING="state of hot-added blocks" FILE="-" CMDLINE="-"'
	mem policy --raw --pairs
	exits 2
	err_says formats-exclude
	mem policy -o VALUE,NAME
	exits 2
	err_says unknown-column --output NAME \
		"PARAMETER, VALUE, DEFAULT, SOURCE, WRITABLE, CMDLINE, FILE, MISSING or MEANING"
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
}

# default_is VALUE: what the kernel was built with, by the configuration that memhp finds; a JSON word
default_is() {
	mem policy -J auto_online_blocks
	exits 0
	err_is ""
	json "p['auto_online_blocks']['default'] == $1"
}

@test "the default of auto_online_blocks: from the configuration of the kernel, in any of its places" {
	local release=6.12.9-test place line=CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE
	machine <<< "proc/sys/kernel/osrelease = $release"
	default_is None
	for place in boot/config-$release lib/modules/$release/config usr/lib/modules/$release/config; do
		mkdir -p "$root/${place%/*}"
		echo ${line}_MOVABLE=y > "$root/$place"
		default_is '"online_movable"'
		echo CONFIG_MEMORY_HOTPLUG=y > "$root/$place"
		default_is None
		rm "$root/$place"
	done
	# Configurations of other kernels do not count.
	echo ${line}_MOVABLE=y > "$root/boot/config-6.12.9"
	default_is None

	# The kernel's own copy goes first, if it can be read.
	echo ${line}_KERNEL=y > "$root/boot/config-$release"
	printf '# x\n%s_AUTO=y' $line | gzip > "$root/proc/config.gz"
	default_is '"online"'
	rm "$root/proc/sys/kernel/osrelease"
	default_is '"online"'
	echo $release > "$root/proc/sys/kernel/osrelease"
	head -c 40 "$root/proc/config.gz" > "$root/cut"
	mv "$root/cut" "$root/proc/config.gz"
	default_is '"online_kernel"'
	echo ${line}_AUTO=y > "$root/proc/config.gz"
	default_is '"online_kernel"'
	# This would be 1 GiB.
	head -c 1G /dev/zero | gzip -1 > "$root/proc/config.gz"
	default_is '"online_kernel"'
	: > "$root/proc/config.gz"
	default_is '"online_kernel"'
}

@test "what the kernel ignored on its command line is reported once" {
	cmdline 'memhp_default_state=yes memory-hotplug.online_policy=auto_movable memory_hotplug.memmap_on_memory=force'
	mem policy
	exits 0
	err_is "memhp: policy: warning: $(text policy-ignored memhp_default_state=yes)
memhp: policy: warning: $(text policy-ignored memory_hotplug.online_policy=auto_movable)
memhp: policy: warning: $(text policy-ignored memory_hotplug.memmap_on_memory=force)"
	mem policy online_policy
	[[ $(wc -l < "$err_file") == 1 ]] || fail "not one warning"
	cmdline 'memhp_default_state=yes memhp_default_state=online -- memhp_default_state=no'
	mem policy -J memhp_default_state
	json 'p["memhp_default_state"]["value"] == "online"'
}

@test "a name on the kernel command line that is not a parameter is reported, and is drift" {
	cmdline 'memory_hotplug.online_polcy=auto-movable kernelcore=half virtio_mem.force_bbm memory_hotplug.ratio'
	mem policy
	exits 0
	err_is "memhp: policy: warning: $(text policy-ignored kernelcore=half)
memhp: policy: warning: $(text policy-ignored-name memory_hotplug.online_polcy=auto-movable)
memhp: policy: warning: $(text policy-ignored-name memory_hotplug.ratio)"
	mem policy online_policy
	err_is ""
	mem policy --check
	exits 1
	err_says policy-ignored-name memory_hotplug.online_polcy=auto-movable
	mem policy -J --check
	exits 1
	json 'd["unknown"] == [dict(word="memory_hotplug.online_polcy=auto-movable"), dict(word="memory_hotplug.ratio")]'
	cmdline quiet
	mem policy -J --check
	exits 0
	json 'd["unknown"] == []'
	cmdline movable_node movablecore=2G
	mem policy movablecore
	err_is "memhp: policy: warning: $(text policy-ignored movablecore=2G)"
}

@test "a kernel without the parameters: rows without a value; what they need is printed with -v or where they are named" {
	rm -r "${root:?}/$parameters" "$root/sys/devices/system/memory/crash_hotplug"
	mem policy -r -n -o PARAMETER,VALUE
	exits 0
	err_is ""
	out_has $'online_policy -\nauto_movable_ratio -\nauto_movable_numa_aware -\nmemmap_on_memory -\nblock_size_bytes 128M\ncrash_hotplug -'
	mem policy -v
	exits 0
	err_is "memhp: policy: $(text no-parameter online_policy "Linux 5.15 or later with CONFIG_MEMORY_HOTPLUG")
memhp: policy: $(text no-parameter auto_movable_ratio "Linux 5.15 or later with CONFIG_MEMORY_HOTPLUG")
memhp: policy: $(text no-parameter auto_movable_numa_aware "Linux 5.15 or later with CONFIG_NUMA")
memhp: policy: $(text no-parameter memmap_on_memory "Linux 5.13 or later with CONFIG_MHP_MEMMAP_ON_MEMORY")
memhp: policy: $(text no-parameter crash_hotplug "Linux 6.6 or later with CONFIG_CRASH_HOTPLUG")"
	mem policy -J --output-all
	exits 0
	err_is ""
	json 'p["online_policy"]["value"] is None' 'p["crash_hotplug"]["missing"] == "Linux 6.6 or later with CONFIG_CRASH_HOTPLUG"' \
		'p["auto_online_blocks"]["missing"] is None' 'p["online_policy"]["writable"] is False'
	for words in online_policy online_policy=auto-movable "auto_online_blocks=online auto_movable_ratio=5"; do
		name=${words##* } name=${name%%=*}
		# shellcheck disable=SC2086 # words
		mem policy $words
		exits 3
		err_is "memhp: policy: $(text no-parameter "$name" "Linux 5.15 or later with CONFIG_MEMORY_HOTPLUG")"
	done
	mem policy auto_online_blocks=online
	exits 0
	mem policy --save
	exits 0
	[[ $(grep -c = "$root/$conf") == 1 ]] || fail "parameters that this kernel lacks were saved"
	rm -r "$root/sys/devices/system/memory"
	mem policy
	exits 3
	err_is "memhp: policy: $(text no-hotplug "$root/sys/devices/system/memory/block_size_bytes: No such file or directory")"
}

# needs NAME: the message says what the parameter needs
needs() {
	# shellcheck disable=SC2053 # a pattern
	[[ $err == "memhp: policy: "$(text no-parameter "$1" "Linux 5.1[35] or later with CONFIG_*") ]] || fail "another message"
}

@test "Linux 5.10, as it is" {
	root=$BATS_TEST_TMPDIR/old
	make_world linux-5.10
	before=$(tree)
	for name in online_policy auto_movable_ratio auto-movable-numa-aware memmap_on_memory; do
		mem policy "$name"
		exits 3
		one_message
		needs "${name//-/_}"
	done
	for words in online_policy=auto-movable auto_movable_ratio=301 "auto_online_blocks=online auto_movable_numa_aware=no" memmap_on_memory=yes; do
		# shellcheck disable=SC2086 # words
		mem policy $words
		exits 3
		one_message
		needs "*"
	done
	mem policy -J
	exits 0
	json 'p["online_policy"]["value"] is None' 'p["block_size_bytes"]["value"] == 2**27' 'p["auto_online_blocks"]["value"]'
	[[ $(tree) == "$before" ]] || fail "something was written"
}

@test "files that are garbage or empty are reported, the rest is shown: exit status 64" {
	printf 'many\n' > "$root/$parameters/auto_movable_ratio"
	: > "$root/$parameters/online_policy"
	mem policy -J
	exits 64
	err_says unexpected-content auto_movable_ratio
	json 'p["auto_movable_ratio"]["value"] is None' 'p["online_policy"]["value"] is None' 'p["auto_movable_numa_aware"]["value"]'
	mem policy --save
	exits 1
	[[ ! -e $root/$conf ]] || fail "garbage was saved"
}

@test "set: in a safe order, and read back; a second time they are already set" {
	traced write mem policy auto_online_blocks=online online-policy=auto-movable auto_movable_numa_aware=no auto_movable_ratio=0x190
	exits 0
	values "auto-movable 400 N online"
	out_is <<- END
		$(text parameter-set auto_movable_ratio 400 301)
		$(text parameter-set auto_movable_numa_aware no yes)
		$(text parameter-set online_policy auto-movable contig-zones)
		$(text parameter-set auto_online_blocks online offline)
	END
	mem policy online_policy=auto-movable auto_movable_ratio=400 auto_movable_ratio=0620
	exits 0
	out_is <<< "$(text parameter-already auto_movable_ratio 400)
$(text parameter-already online_policy auto-movable)"
	mem policy -q auto_movable_ratio=5
	[[ -z $out$err ]] || fail "not quiet"
	nothing_left
}

@test "the kernel gets them in that order" {
	faults "auto_online_blocks EBUSY"
	mem policy -J auto_online_blocks=online online_policy=auto-movable auto_movable_numa_aware=0 auto_movable_ratio=400
	exits 1
	values "contig-zones 301 Y offline"
	json '[row["parameter"] for row in d["parameters"]] == ["auto_movable_ratio", "auto_movable_numa_aware", "online_policy", "auto_online_blocks"]' \
		'[row["result"] for row in d["parameters"]] == ["rolled-back"] * 3 + ["failed"]' \
		'p["auto_online_blocks"]["error"] == "EBUSY"' 'not d["saved"]' 'p["online_policy"]["wanted"] == "auto-movable"'
}

@test "a failure in the middle restores the values set before it, and skips those after it" {
	faults "online_policy EINVAL"
	mem policy auto_online_blocks=online online_policy=auto-movable auto_movable_ratio=400
	exits 1
	values "contig-zones 301 Y offline"
	err_says parameter-restored auto_movable_ratio 301
	err_says parameter-failed online_policy auto-movable "Invalid argument"
	err_lacks auto_online_blocks
	mem policy -J auto_online_blocks=online online_policy=auto-movable
	json 'p["auto_online_blocks"]["result"] == "skipped"'
}

@test "a value that the kernel accepts but does not keep is a failure; one that cannot be restored is partly done" {
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

@test "a value that cannot be read back: the old one is written again, and what is known of that is reported" {
	faults "auto_movable_ratio read EIO x1"
	mem policy auto_movable_ratio=500
	exits 1
	err_is "memhp: policy: $(text parameter-unread auto_movable_ratio set 500 "Input/output error")
memhp: policy: $(text parameter-restored auto_movable_ratio 301)"
	values "contig-zones 301 Y offline"
	faults "auto_movable_ratio read EIO"
	mem policy -J auto_movable_ratio=500 auto_movable_numa_aware=no
	exits 64
	err_is "memhp: policy: $(text parameter-unread auto_movable_ratio set 500 "Input/output error")
memhp: policy: $(text parameter-unread auto_movable_ratio restored 301 "Input/output error")"
	json 'p["auto_movable_ratio"]["error"] == "EIO" and p["auto_movable_ratio"]["value"] is None' \
		'p["auto_movable_numa_aware"]["result"] == "skipped"'
	values "contig-zones 301 Y offline"
	faults "auto_movable_ratio read EIO" "auto_movable_ratio=301 EBUSY"
	mem policy auto_movable_ratio=500
	exits 64
	err_says parameter-not-restored auto_movable_ratio 301 "Device or resource busy"
	values "contig-zones 500 Y offline"
}

@test "an error of the write is no value that reads differently; a value that reads differently is named" {
	faults "online_policy EIO"
	mem policy online_policy=auto-movable
	exits 1
	err_says parameter-failed online_policy auto-movable "Input/output error"
	faults "online_policy lost"
	mem policy online_policy=auto-movable
	err_says parameter-reads online_policy set auto-movable contig-zones
	# A restored value is not the one that was read.
	faults "auto_movable_ratio=500 as 499"
	mem policy auto_movable_ratio=500
	exits 1
	err_is "memhp: policy: $(text parameter-reads auto_movable_ratio set 500 499)
memhp: policy: $(text parameter-restored auto_movable_ratio 301)"
	values "contig-zones 301 Y offline"
}

@test "an earlier value that cannot be restored is reported" {
	faults "online_policy EINVAL" "auto_movable_ratio=301 EIO"
	mem policy online_policy=auto-movable auto_movable_ratio=400
	exits 64
	err_says parameter-not-restored auto_movable_ratio 301 "Input/output error"
	err_says parameter-failed online_policy auto-movable "Invalid argument"
}

@test "a file that cannot be saved and a value that cannot be restored: both are reported" {
	faults "auto_movable_ratio=301 EBUSY"
	with env ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:error=EIO:when=2 -- \
		mem policy --save auto_movable_ratio=400
	exits 64
	err_is "memhp: policy: $root/etc/memhp.conf: Input/output error
memhp: policy: $(text parameter-not-restored auto_movable_ratio 301 "Device or resource busy")"
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
	done <<- END
		2|auto_movable_ratio=400 ratio=5|$(text unknown-parameter ratio "$all_parameters")
		2|auto_movable_ratio=400 online_policy=auto_movable|$(text unknown-word online_policy value auto_movable "contig-zones or auto-movable")
		2|auto_movable_ratio=400 online_policy=|$(text unknown-word online_policy value '' "contig-zones or auto-movable")
		2|auto_online_blocks='online '|$(text unknown-word auto_online_blocks value 'online ' \
			"offline, online, online_kernel or online_movable")
		2|online_policy='auto movable'|$(text unknown-word online_policy value 'auto movable' "contig-zones or auto-movable")
		2|auto_movable_ratio='4 0'|$(text not-a-number auto_movable_ratio '4 0')
		2|auto_movable_ratio=' 40'|$(text not-a-number auto_movable_ratio ' 40')
		2|auto_movable_numa_aware='no '|$(text unknown-word auto_movable_numa_aware value 'no ' 'yes or no')
		2|auto_movable_ratio=301 auto_movable_ratio=302|$(text two-values auto_movable_ratio 301 302)
		2|auto_movable_ratio=4294967296|$(text number-too-large auto_movable_ratio 4294967296)
		2|auto_movable_ratio=99999999999999999999|$(text number-too-large auto_movable_ratio 99999999999999999999)
		2|auto_movable_ratio=-1|$(text not-a-number auto_movable_ratio -1)
		2|auto_movable_ratio=10%|$(text not-a-number auto_movable_ratio 10%)
		2|auto_movable_ratio=+5|$(text not-a-number auto_movable_ratio +5)
		2|auto_movable_numa_aware=yellow|$(text unknown-word auto_movable_numa_aware value yellow 'yes or no')
		2|online_policy=contig-zones online-policy=auto-movable|$(text two-values online_policy contig-zones auto-movable)
		2|auto_movable_ratio=400 online_policy|$(text lacks-value online_policy online_policy)
		2|=5|$(text unknown-parameter '' "$all_parameters")
		2|'auto_movable_ratio =5'|$(text unknown-parameter 'auto_movable_ratio ' "$all_parameters")
		2|--save online_existing=auto|$(text only-in-file online_existing)
		2|memmap_on_memory=maybe|$(text unknown-word memmap_on_memory value maybe 'yes, no or force')
		3|auto_movable_ratio=400 memmap_on_memory=force|$(text only-at-boot memmap_on_memory memory_hotplug.memmap_on_memory=force)
		3|memhp_default_state=online|$(text only-at-boot memhp_default_state memhp_default_state=online)
		3|movable_node=no|$(text only-a-flag movable_node movable_node)
		2|movable_node=maybe|$(text unknown-word movable_node value maybe 'yes or no')
		3|kernelcore=2G|$(text only-at-boot kernelcore kernelcore=2G)
		2|kernelcore=|$(text not-an-amount kernelcore '')
		2|movablecore=half|$(text not-an-amount movablecore half)
		3|block_size_bytes=1|$(text never-set block_size_bytes)
		2|--save --check|$(text actions-exclude)
		2|--apply online_policy=auto-movable|$(text actions-take-none online_policy=auto-movable)
		2|--check online_policy|$(text actions-take-none online_policy)
		2|-o VALUE auto_movable_ratio=400|$(text only-for-showing)
		2|--apply -r|$(text only-for-showing)
		2|--export=grub|$(text unknown-word --export format grub 'cmdline, grubby, grub.d, tmpfiles, sysfs.d or bootc')
		2|--export=cmdline -J|$(text export-excludes)
		2|nothing|$(text unknown-parameter nothing "$all_parameters")
	END
	chmod 0444 "$root/$parameters/online_policy"
	mem policy online_policy=auto-movable
	exits 3
	err_says read-only-parameter online_policy
}

@test "warnings: hot-added memory is online, a ratio that overflows" {
	# without the firmware's map of boot memory
	world <<< $'sys/kernel/boot_params/data :empty'
	mem policy online_policy=auto-movable
	exits 0
	err_has "warning: $(text late-policy)"
	mem policy online_policy=auto-movable
	err_is ""
	mem policy auto_movable_ratio=2147483648
	exits 0
	err_has "warning: $(text ratio-overflows)"
	sed -i s/online/offline/ "$root"/sys/devices/system/memory/memory{8..15,24..27}/state 2> /dev/null || :
	for n in $(seq 8 29); do edit "memory$n/state" offline; done
	mem policy online_policy=contig-zones
	exits 0
	err_is ""
}

@test "checked: each value that differs is named" {
	mem policy --check
	exits 0
	out_says nothing-to-check
	cmdline memory_hotplug.auto_movable_numa_aware=0 memhp_default_state=on
	file $'# x\nonline_policy = auto-movable\nauto_movable_ratio = 301\n'
	mem policy --check
	exits 1
	err_is "memhp: policy: $(text policy-ignored memhp_default_state=on)
memhp: policy: $(text drift-from-file online_policy contig-zones 2 auto-movable)
memhp: policy: $(text drift-from-cmdline auto_movable_numa_aware yes no)"
	mem policy -J --check
	exits 1
	json 'p["online_policy"] == dict(parameter="online_policy", value="contig-zones", expected="auto-movable", ignored=None, drift=True, **{"from": "file"})' \
		'not p["auto_movable_ratio"]["drift"]' 'p["auto_online_blocks"]["ignored"] == "on" and p["auto_online_blocks"]["drift"]'
	cmdline quiet
	mem policy online_policy=auto-movable -q
	mem policy --check
	exits 0
	out_is <<< "$(text no-drift "2 values match")"
	file $'online_policy = auto-movable\n'
	mem policy --check
	exits 0
	out_is <<< "$(text no-drift "1 value matches")"
}

@test "a kernel command line that cannot be read: it is unknown, and nothing depends on it" {
	file $'auto_movable_ratio = 301\n'
	rm "$root/proc/cmdline"
	mkdir "$root/proc/cmdline"
	mem policy -J
	exits 64
	err_is "memhp: policy: warning: $root/proc/cmdline: Is a directory"
	json 'p["movable_node"]["value"] is None and p["movable_node"]["source"] is None' 'p["auto_movable_ratio"]["value"] == 301'
	for words in --check --apply --export=cmdline --export=bootc; do
		mem policy $words
		exits "$([[ $words == --check ]] && echo 4 || echo 1)"
		err_is "memhp: policy: $root/proc/cmdline: Is a directory"
		[[ -z $out ]] || fail "something is printed"
	done
	mem policy --export=sysfs.d
	exits 0
	mem policy -q auto_movable_ratio=150
	exits 0
	values "contig-zones 150 Y offline"
}

@test "exported in part: what cannot be read is reported" {
	printf 'many\n' > "$root/$parameters/auto_movable_ratio"
	for format in cmdline tmpfiles; do
		mem policy --export=$format
		exits 64
		err_is "memhp: policy: warning: $(text unexpected-content "$(text not-exported auto_movable_ratio)")"
		out_has online_policy
		out_lacks auto_movable_ratio
	done
}

@test "exported: every format, read by the tool that it is for" {
	cmdline kernelcore=50% 'movablecore="1G $(reboot)"'
	mem policy -q online_policy=auto-movable auto_movable_numa_aware=no auto_online_blocks=online_movable
	words="memhp_default_state=online_movable memory_hotplug.online_policy=auto-movable memory_hotplug.auto_movable_ratio=301
		memory_hotplug.auto_movable_numa_aware=N memory_hotplug.memmap_on_memory=N kernelcore=50%"
	words=$(tr -s '\n\t' ' ' <<< "$words" | sed 's/ $//')
	before=$(tree)
	mem policy --export=cmdline
	exits 0
	out_is <<< "$words"
	err_says unusual-characters "$(text not-exported movablecore)"
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

# emptied: makes the files that can be set empty
emptied() {
	local name
	for name in "$root/$parameters"/{online_policy,auto_movable_ratio,auto_movable_numa_aware} \
		"$root/sys/devices/system/memory/auto_online_blocks"; do
		: > "$name"
	done
}

@test "exported to sysfsutils: lines NAME = VALUE for files below /sys, in a safe order" {
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

@test "exported to systemd-tmpfiles, which sets the values again" {
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

@test "a report that cannot be written: exit 64 after a change, else 1" {
	local words
	full=(sh -c 'exec "$@" > /dev/full' sh)
	for words in auto_movable_ratio=5 "-J auto_movable_ratio=6" "--save -J"; do
		with "${full[@]}" -- mem policy $words
		exits 64
		err_says cannot-write
		with "${full[@]}" -- mem policy $words
		exits 1
	done
	echo "auto_movable_ratio = 7" > "$root/$conf"
	with "${full[@]}" -- mem policy --apply -J
	exits 64
	with "${full[@]}" -- mem policy --apply -J
	exits 1
	echo "online_existing = auto" >> "$root/$conf"
	with "${full[@]}" -- mem policy --apply -J
	exits 64
	blocks_are 16 "online Movable"
	not_validated
}

@test "two commands run one after the other; nothing is written outside the tree" {
	exec 9> "$root/run/memhp.lock"
	flock 9
	# The lock belongs to the descriptor, which memhp must not inherit.
	start policy auto_movable_ratio=5 9>&-
	within 10 grep -q "$(text waiting "")" "$err_file" || fail "no notice about the wait"
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
