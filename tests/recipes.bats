# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
#
# The recipes of memhp(8), each run as the page has it, below the machine of its examples, with the
# fake kernel, and what they promise. A command of the page that no test runs fails its test, a
# recipe without a test the last one. Those that change memory are run on a real kernel by
# tests/live/recipes.bats.

load change
load recipes

setup() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	# memhp as the page has it. $more are further options, so that no test has to wait for a minute.
	script memhp <<- END
		#!/bin/bash
		[[ \$1 != -s ]] || { [[ \$2 == /host ]] && shift 2 || exit 99; }
		exec$(printf ' %q' "${prefix[@]}" "${program[@]}") -s "\$MEMHP_ROOT" "\$@" \$more
	END
	fresh
}

script() {
	cat > "$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

# The machine as it was.
fresh() {
	rm -rf "$BATS_TEST_TMPDIR/root"
	world qemu-6.12-mixed
	world <<< $'run/\netc/\ndev/kmsg :empty'
	export MEMHP_ROOT=$root more=''
}

# recipe TITLE: next runs its commands in their order
recipe() {
	title=$1 index=0
	mapfile -t lines < <(commands_of "$title")
	recipes | grep -qxF "$title" || fail "the page has no recipe '$title'"
}

# next PATTERN: runs the command that follows, which is of that form; output as it is shown
next() {
	((index < ${#lines[@]})) || fail "no more commands"
	command=${lines[index++]}
	# shellcheck disable=SC2053 # a pattern
	[[ $command == $1 ]] || fail "another command: $command"
	line "$command"
	shown=$(shown_of "$title" "$command")
	[[ -z $shown || $out == "$shown" ]] || fail "not as shown"
}

# line TEXT: runs a line as a shell does
line() {
	command=$1 status=0
	out_file=$BATS_TEST_TMPDIR/out err_file=$BATS_TEST_TMPDIR/err
	PATH=$BATS_TEST_TMPDIR/bin:$PATH bash -o pipefail -c "$1" < /dev/null > "$out_file" 2> "$err_file" || status=$?
	out=$(< "$out_file") err=$(< "$err_file")
}

# Nothing of the recipe is left.
finished() {
	((index == ${#lines[@]})) || fail "not run: ${lines[index]}"
	echo "$title" >> "$BATS_FILE_TMPDIR/finished"
}

# states "BLOCKS STATE [ZONE]"…: as a process sees them
states() {
	local ids state range n
	for state; do
		read -r ids state <<< "$state"
		for range in ${ids//,/ }; do
			for n in $(seq "${range%-*}" "${range#*-}"); do
				[[ $(block "$n") == "$state"* ]] || fail "block $n is '$(block "$n")', not '$state'"
			done
		done
	done
}

as_it_was=("0-15,32-39 online" "40-45,48-52,56-58 online Movable" "46 online Normal" "47,53-55,59 offline")

# ratio_limit PCT: from there on the kernel's policy and memhp refuse
ratio_limit() {
	echo auto-movable > "$root/sys/module/memory_hotplug/parameters/online_policy"
	echo "$1" > "$root/sys/module/memory_hotplug/parameters/auto_movable_ratio"
}

nothing_is_left() {
	exits 0
	[[ -z $(grep -v '^Memory\|^Total' <<< "$out") ]] || fail "there are rows"
	err_has "no block passes the filters"
}

@test "bring all hot-added memory online" {
	recipe "Bring all hot-added memory online"
	before=$(tree)
	next 'memhp online --dry-run all'
	exits 0
	out_has "would online 5 blocks (640M): 47, 53-55, 59"
	[[ $(tree) == "$before" ]] || fail "the plan changed something"
	next 'memhp online all'
	exits 0
	states "0-15,32-59 online"
	next 'memhp list --state=offline'
	nothing_is_left
	line 'memhp online all'
	exits 0
	fresh
	next 'memhp online -z movable all*'
	exits 0
	states "47,53-55,59 online Movable" "46 online Normal"
	finished

	fresh
	ratio_limit 10
	before=$(tree)
	line "$command"
	exits 1
	err_has "refused (ratio)"
	[[ $(tree) == "$before" ]] || fail "something was changed"
	# Boot memory that somebody took offline.
	fresh
	filter=--origin=hotplug,virtio-mem,kmem
	is_on_page "$title" "$filter" || fail "another filter"
	line 'memhp offline 35'
	line "memhp online all $filter"
	exits 0
	states "35 offline" "40-59 online"
	line 'memhp online all'
	states "35 online"
}

@test "move memory to the Movable zone; what if a step fails" {
	recipe "Move memory to the Movable zone"
	next 'memhp list * BLOCK,ZONE,OFFLINABLE,WHY'
	exits 0
	grep -qx ' *46 Normal *unlikely *kernel zone' <<< "$out" || fail "nothing to be found"
	line "${lines[2]}"
	exits 1
	err_has "(wrong-zone)"
	states "46 online Normal"
	next 'memhp offline 46'
	exits 0
	states "46 offline"
	next 'memhp online -z movable 46'
	exits 0
	states "46 online Movable"

	fresh
	faults "memory46 EBUSY" 'memory46 log "page dumped because: unmovable page"'
	more=--retries=0 line "${lines[1]}"
	exits 1
	err_has "(unmovable-pages)"
	states "46 online Normal"

	fresh
	line "${lines[1]}"
	ratio_limit 10
	line "${lines[2]}"
	exits 1
	err_has "refused (ratio)"
	states "46 offline"
	next 'memhp online -z kernel 46'
	exits 0
	states "46 online Normal"
	finished
	line 'memhp policy auto_online_blocks=online_movable'
	exits 0
	is_on_page "$title" "auto_online_blocks=online_movable" || fail "another value"
}

@test "retire memory at a bad address: its block, its device; it is excluded from what is applied" {
	recipe "Retire memory at a bad address"
	next 'memhp list * 0x1a2345678'
	exits 0
	[[ -n $shown ]] || fail "nothing is shown"
	next 'memhp offline 0x1a2345678'
	exits 0
	states "52 offline" "48-51 online"
	file_of "$title" > "$root/etc/memhp.conf"
	next 'memhp policy --apply'
	exits 0
	states "47,53-55,59 online" "52 offline"
	finished
	line "$command"
	exits 0
	states "52 offline"
	# The file stops nobody else, and takes nothing offline.
	line 'memhp online 52'
	exits 0
	states "52 online"
	line "$command"
	line "${lines[2]}"
	states "52 online"
	line 'memhp list -r -n -o DEVICE --origin=boot --summary=never'
	[[ -z $(tr -d '\n-' <<< "$out") ]] || fail "boot memory has a device here"
}

@test "empty a node; what stays, what is refused" {
	recipe "Empty a node"
	before=$(tree)
	next 'memhp offline --dry-run all --node=1'
	exits 0
	out_has "would try 10 blocks"
	[[ $(tree) == "$before" ]] || fail "the plan changed something"
	next 'memhp offline * all --node=1'
	exits 0
	states "40-47,56-59 offline" "0-15,32-39,48-52 online"
	next 'memhp list --state=online --node=1'
	nothing_is_left
	finished
	line "${lines[1]}"
	exits 0

	fresh
	faults "memory46 EPERM"
	line "${lines[1]}"
	exits 64
	err_has "block 46: "
	states "46 online" "40-45,47,56-59 offline"
	line "${lines[2]}"
	exits 0
	out_has "46"
	fresh
	faults "memory46 EPERM"
	more=--all-or-nothing line "${lines[1]}"
	exits 1
	states "${as_it_was[@]}"
	fresh
	faults "memory45 raced"
	line "${lines[1]}"
	exits 64
	err_has "(raced)"
	fresh
	echo "MemAvailable: 4096 kB" > "$root/proc/meminfo"
	line "${lines[1]}"
	exits 1
	err_has "refused (no-room)"
	states "${as_it_was[@]}"
}

@test "keep a policy across boots: file, unit, check, drift, the kernel command line" {
	recipe "Keep a policy across boots"
	parameters=$root/sys/module/memory_hotplug/parameters
	mkdir -p "$root/run/systemd/system" "$root/usr/lib/systemd/system"
	cp "$top/systemd/memhp.service.in" "$root/usr/lib/systemd/system/memhp.service"
	script systemctl <<- END
		#!/bin/sh
		exec $(command -v systemctl) --root="\$MEMHP_ROOT" "\$@"
	END
	echo quiet > "$root/proc/cmdline"
	next 'memhp policy --save *'
	exits 0
	err_has "systemctl enable memhp.service"
	[[ $(grep -c ' = ' "$root/etc/memhp.conf") == 3 ]] || fail "$(cat "$root/etc/memhp.conf")"
	[[ $(< "$parameters/auto_movable_ratio") == 400 ]] || fail "it is not set now"
	next 'systemctl enable memhp.service'
	exits 0
	[[ -L $root/etc/systemd/system/sysinit.target.wants/memhp.service ]] || fail "not enabled"
	line "${lines[0]}"
	err_lacks "systemctl enable"
	next 'memhp policy --check'
	exits 0
	finished

	# A boot: the kernel's defaults, then what the unit does.
	echo contig-zones > "$parameters/online_policy"
	echo 301 > "$parameters/auto_movable_ratio"
	echo offline > "$root/sys/devices/system/memory/auto_online_blocks"
	line "$command"
	line "${lines[2]}"
	exits 1
	[[ $out$err == *auto_movable_ratio* && $out$err == *auto_online_blocks* ]] || fail "the drift has no names"
	line "$(sed -n 's,^ExecStart=@bindir@/,,p' "$top/systemd/memhp.service.in")"
	exits 0
	[[ $(cat "$parameters/online_policy" "$parameters/auto_movable_ratio" \
		"$root/sys/devices/system/memory/auto_online_blocks") == $'auto-movable\n400\nonline' ]] || fail "not as saved"
	line "${lines[2]}"
	exits 0
	states "${as_it_was[@]}"
	echo memhp_default_state=offline > "$root/proc/cmdline"
	line "${lines[0]}"
	exits 0
	err_has "kernel command line"
	line "${lines[2]}"
	exits 1
}

@test "check the ratio from cron: no output within the limit, one line above it" {
	recipe "Check the ratio from cron"
	entry=$(file_of "$title" | grep -v '^MAILTO=root$')
	[[ $entry =~ ^(([0-9*/]+ ){5})([a-z]+)\ (memhp .*)$ ]] || fail "not an entry: $entry"
	job=${BASH_REMATCH[4]}
	[[ $job == *" --check=300" ]] || fail "another limit: $job"
	line "$job"
	exits 0
	[[ -z $out$err ]] || fail "cron would send mail"
	# Nobody has capabilities; that alone causes no mail.
	((EUID != 0)) || line "setpriv --bounding-set=-all --inh-caps=-all $job"
	exits 0
	[[ -z $out$err ]] || fail "cron would send mail"
	line "$job --node=0"
	exits 0
	line "$job --node=1"
	exits 1
	err_has "node 1"

	# What makes the figure of the mail: 448 blocks' worth of Movable, less in the kernel zones.
	sed -i 's/^\( *present *\)520160/\11/; s/^\( *present *\)262144/\193560/' "$root/proc/zoneinfo"
	line "$job"
	exits 1
	[[ -z $out ]] || fail "more than a message"
	one_message
	mail=$(file_of "$title" 2)
	err_is "memhp: ratio: $(text ratio-above '' 352 300)"
	[[ $mail == "$err" ]] || fail "another message in the page: $mail"
	rm "$root/proc/zoneinfo"
	line "$job"
	exits 4
	line "$job%"
	exits 2
	rm -r "$root/sys/devices/system/memory"
	line "$job"
	exits 3
	finished
}

@test "monitor the policy and the ratio: drift, too much movable memory, and what cannot be decided" {
	recipe "Monitor the policy and the ratio"
	file_of "$title" | script monitor
	(($(wc -l < "$BATS_TEST_TMPDIR/bin/monitor") <= 11)) || fail "too long"
	says() {
		line monitor
		out_is <<< "$1"
	}
	line monitor
	out_is < /dev/null
	[[ -z $err ]] || fail "not silent"
	printf 'auto_movable_ratio = 400\n' > "$root/etc/memhp.conf"
	says "CRITICAL: memhp policy"
	err_says drift-from-file auto_movable_ratio 301 1 400
	printf 'auto_movable_ratio = 4 00\n' > "$root/etc/memhp.conf"
	says "UNKNOWN: memhp policy"
	rm "$root/etc/memhp.conf"
	sed -i 's/present .*/present 1/' "$root/proc/zoneinfo"
	echo auto-movable > "$root/sys/module/memory_hotplug/parameters/online_policy"
	echo 1 > "$root/sys/module/memory_hotplug/parameters/auto_movable_ratio"
	says "CRITICAL: memhp ratio"
	rm "$root/proc/zoneinfo"
	says "UNKNOWN: memhp ratio"
	rm "$root/proc/cmdline"
	says $'UNKNOWN: memhp policy\nUNKNOWN: memhp ratio'
	finished
}

@test "watch memory: what watch runs, also while a block goes offline" {
	recipe "Watch memory"
	# As watch(1), once: it gives its arguments to a shell.
	script watch <<- 'END'
		#!/bin/bash
		while getopts n:c option; do [[ $option != '?' ]] || exit 98; done
		shift $((OPTIND - 1))
		[[ $1 == memhp ]] || exit 97
		exec sh -c "$*"
	END
	edit memory40/state going-offline
	next 'watch -n * memhp list *'
	exits 0
	err_is ""
	grep -qE '^ *40 +going-offline' <<< "$out" || fail "the state is not seen"
	next 'watch -c -n * memhp list * --map --color=always'
	exits 0
	err_is ""
	out_has "~"
	out_has $'\e['
	finished
}

@test "use memhp in a script: exit statuses 0, 64, 1, 124 and others; it can be repeated" {
	recipe "Use memhp in a script"
	file_of "$title" | script free-memory
	sh -n "$BATS_TEST_TMPDIR/bin/free-memory" || fail "not a script"
	free() {
		line free-memory
		[[ -z $out ]] || fail "there is output"
	}
	free
	exits 0
	err_is ""
	mem list -r -n -b -o SIZE --node=1 --state=offline
	(($(paste -sd + "$out_file") == 512 << 20)) || fail "not 512 MiB"
	before=$(tree)
	free
	exits 0
	[[ $(tree) == "$before" ]] || fail "it cannot be repeated"

	fresh
	faults "memory40 EPERM" "memory41 EPERM" "memory42 EPERM" "memory43 EPERM" "memory44 EPERM" "memory46 EPERM"
	free
	exits 64
	err_has "some blocks were changed"
	err_has "44 failed "
	states "45 offline" "40-44,46 online"
	free
	exits 1
	err_has "nothing was changed"
	fresh
	faults "memory"{40,41,42,43,44,45,46}" hang"
	more=--timeout=50ms
	free
	exits 124
	err_has "try again later"
	err_has "45 timeout "
	states "${as_it_was[@]}"

	# Error documents: another memhp works, there is no such node.
	exec 9> "$root/run/memhp.lock"
	flock 9
	free
	exits 124
	err_has "try again later"
	err_lacks Traceback
	exec 9>&-
	more=''
	rm -r "$root/sys/devices/system/node/node1" "$root"/sys/devices/system/memory/memory*/node1
	free
	exits 1
	err_has "node 1 does not exist"
	err_has "failed, nothing was changed"
	err_lacks Traceback
	rm -r "$root/sys/devices/system/memory"
	free
	exits 3
	err_lacks Traceback

	fresh
	line 'memhp offline 48-55'
	exits 0
	line 'memhp offline 48-55'
	exits 0
	is_on_page "$title" "memhp offline 48-55" || fail "another command"
	finished
}

@test "use memhp in a container: what reads works, sysfs is read-only, iomem is masked; the host's files" {
	recipe "Use memhp in a container"
	sed -i -E 's/[0-9a-f]{6,}-[0-9a-f]{6,} :/00000000-00000000 :/' "$root/proc/iomem"
	faults "memory48 open EROFS"
	before=$(tree)
	next 'memhp list'
	exits 0
	next 'memhp ratio'
	exits 0
	next 'memhp offline --dry-run 512M'
	exits 0
	out_has "would try 4 blocks (512M)"
	line 'memhp offline 48'
	exits 1
	err_has "(read-only)"
	[[ $(tree) == "$before" ]] || fail "something was changed"
	line 'memhp list --origin=hotplug,virtio-mem,kmem'
	nothing_is_left
	line 'memhp list --device=dax0.0'
	exits 1
	err_says maybe-blocks-of-device dax0.0

	fresh
	next 'memhp -s /host list *'
	exits 0
	grep -qE '^48-52 +online +hotplug +PNP0C80:00$' <<< "$out" || fail "other blocks"
	exec 9> "$root/run/memhp.lock"
	flock 9
	more=--timeout=50ms line "${lines[4]}"
	exits 124
	exec 9>&-
	states "${as_it_was[@]}"
	next 'memhp -s /host offline 48'
	exits 0
	states "48 offline" "49-52 online"
	finished
}

# rows: what it has above the sums
rows() {
	sed '/^$/,$d' <<< "$1" | tr -s ' '
}

# plans WORDS: the last command with --dry-run succeeds, says so and changes nothing
plans() {
	local before
	before=$(tree)
	line "$right --dry-run"
	exits 0
	out_has "$1"
	[[ $(tree) == "$before" ]] || fail "the plan changed something"
}

# row: the program takes $right, and it does what it says there
row() {
	local options=()
	case $right in
	"no counterpart")
		[[ $left == "chmem -c, chmem -g" || $left == "daxctl reconfigure-device" || $left == "drmgr "* ]] || fail "$left: none"
		;;
	"memhp list "*)
		read -ra options <<< "${left#lsmem }"
		expected=$(lsmem -s "$root" "${options[@]}")
		line "$right"
		exits 0
		if [[ $left == *--summary=only ]]; then
			[[ -n $expected && $(head -n 3 <<< "$out") == "$expected" ]] || fail "lsmem says: $expected"
		else
			[[ -n $(rows "$expected") && $(rows "$out") == "$(rows "$expected")" ]] || fail "lsmem says: $expected"
		fi
		;;
	"memhp policy "*)
		line "$right"
		exits 0
		[[ $(< "$root/sys/devices/system/memory/auto_online_blocks") == online ]] || fail "not set"
		;;
	"memhp online "*) plans "would online " ;;
	"memhp offline "*) plans "would try " ;;
	"memhp probe "*) plans "would be added" ;;
	*) fail "not a command: $right" ;;
	esac
}

@test "replace other tools: each line of the table" {
	recipe "Replace other tools"
	count=0
	while IFS=$'\t' read -r left right; do
		fresh
		# What these say of daxctl and of probe presupposes.
		[[ $right != *"-z movable all --device"* ]] || line 'memhp offline 46'
		[[ $right != *" probe "* ]] || { rm -rf "$root" && world qemu-ppc64-256m; }
		row
		count=$((count + 1))
	done < <(table_of "$title")
	((count >= 15)) || fail "only $count lines"
	(($(text_of "$title" | grep -c '^\.It .* Ta ') == count + 1)) || fail "a line was not run"
	# chmem and daxctl leave blocks of another zone alone.
	fresh
	line 'memhp online -z movable 46-47'
	exits 64
	err_has "(wrong-zone)"
	states "46 online Normal" "47 online Movable"
	finished
}

@test "every recipe of the page was run, all its commands" {
	(($(recipes | wc -l) >= 10)) || fail "only $(recipes | wc -l) recipes"
	diff <(recipes | sort) <(sort "$BATS_FILE_TMPDIR/finished")
}
