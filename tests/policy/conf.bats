# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2154
#
# /etc/memhp.conf: what memhp policy --save writes, what --apply does with it and the unit of systemd,
# and a file that cannot be used. What may stand in it is the unit tests' affair.

load ../change
load ../policy

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

@test "saved: told where systemd runs and nothing applies the file at boot" {
	local enabled=$root/etc/systemd/system/sysinit.target.wants
	mem policy --save
	err_is ""
	mkdir -p "$root/run/systemd/system"
	mem policy --save
	exits 0
	out_has "/etc/memhp.conf: says so already"
	err_is "memhp: policy: nothing applies /etc/memhp.conf at boot yet: systemctl enable memhp.service"
	mem policy --save -J
	exits 0
	err_has "nothing applies"
	mem policy auto_movable_ratio=5
	err_is ""
	mkdir -p "$enabled"
	ln -s /usr/lib/systemd/system/memhp.service "$enabled/memhp.service"
	mem policy --save
	exits 0
	err_is ""
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
	file $'exclude = 3, junk\n'
	refused "etc/memhp.conf: line 1: exclude: 'junk' is no block" mem policy --save auto_movable_ratio=400 -q
	refused "etc/memhp.conf: line 1: exclude: 'junk' is no block" mem policy --check
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

@test "not saved: the kernel is not even asked where the file is one that cannot be written" {
	faults "auto_movable_ratio EBUSY"
	file $'ratio = 5\n'
	mem policy --save auto_movable_ratio=400
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: line 1: 'ratio' is an unknown key"
	ln -sf other "$root/$conf"
	echo '# mine' > "$root/etc/other"
	mem policy --save auto_movable_ratio=400
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: a symbolic link, which is not replaced"
	rm -r "${root:?}/etc"
	mem policy --save auto_movable_ratio=400
	exits 1
	err_is "memhp: policy: $root/etc: No such file or directory"
}

@test "saved, but not for the next boot: what the kernel command line says goes before" {
	cmdline memhp_default_state=offline memory_hotplug.auto_movable_numa_aware=0 memory_hotplug.auto_movable_ratio=400
	mem policy --save auto_online_blocks=online auto_movable_ratio=400 auto_movable_numa_aware=yes
	exits 0
	err_is "memhp: policy: warning: auto_online_blocks: the kernel command line says offline, and at the next boot it goes before /etc/memhp.conf
memhp: policy: warning: auto_movable_numa_aware: the kernel command line says no, and at the next boot it goes before /etc/memhp.conf"
	mem policy auto_online_blocks=offline
	exits 0
	mem policy auto_online_blocks=online
	err_is ""
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

# spoil KIND: the file becomes one that cannot be used
spoil() {
	rm -rf "${root:?}/$conf"
	case $1 in
	unreadable)
		file $'auto_movable_ratio = 400\n'
		chmod 0000 "$root/$conf"
		;;
	half-written) file $'online_policy = auto-movable\nauto_movable_ratio = 4' ;;
	long) head -c 10M /dev/zero | tr '\0' '\n' > "$root/$conf" ;;
	binary) printf 'auto_movable_ratio = 400\n\0\377\n' > "$root/$conf" ;;
	spaces) file $'auto_movable_ratio = 4 0 0\n' ;;
	overflow) file $'\nauto_movable_ratio = 4294967296\n' ;;
	contradictory) file $'auto_movable_ratio = 400\nauto-movable-ratio = 401\n' ;;
	directory) mkdir "$root/$conf" ;;
	lost) ln -s nowhere "$root/$conf" ;;
	loop) ln -s memhp.conf "$root/$conf" ;;
	outside) ln -s /proc/self/status "$root/$conf" ;;
	fifo) mkfifo "$root/$conf" ;;
	esac
}

@test "a file that cannot be used: each says so in one line with its name, and nothing changes" {
	local kind message before
	while IFS='|' read -r kind message; do
		spoil "$kind"
		before=$(tree)
		unprivileged mem policy -J
		exits 64
		one_message
		err_has "warning: $root/etc/memhp.conf: $message"
		json 'p["auto_movable_ratio"]["value"] == 301'
		for words in --check --apply "--apply -J" --save "-q --save auto_movable_ratio=400"; do
			# shellcheck disable=SC2086 # words
			unprivileged mem policy $words
			exits 1
			one_message
			[[ $kind == l* || $kind == outside || $err == *"$root/etc/memhp.conf: $message"* ]] || fail "not: $message"
			[[ $out == "" || $words == *-J ]] || fail "something is printed"
		done
		unprivileged mem policy --export=cmdline
		exits 0
		[[ $(tree) == "$before" ]] || fail "$kind: something changed"
	done <<- 'END'
		unreadable|Permission denied
		half-written|line 2: the last line does not end: is the file half-written?
		long|File too large
		binary|line 2: not a text
		spaces|line 1: '4 0 0' is not a value of auto_movable_ratio
		overflow|line 2: '4294967296' is not a value of auto_movable_ratio
		contradictory|line 2: 'auto-movable-ratio' is set twice
		directory|Is a directory
		lost|a symbolic link that leads nowhere
		loop|Too many levels of symbolic links
		outside|a symbolic link that leads nowhere
		fifo|not a regular file
	END
	values "contig-zones 301 Y offline"
}

@test "a link that leads to a file is read, but not replaced" {
	mkdir "$root/etc/kept"
	file $'auto_movable_ratio = 400\n'
	mv "$root/$conf" "$root/etc/kept"
	ln -s kept/memhp.conf "$root/$conf"
	mem policy --check
	exits 1
	err_has "auto_movable_ratio is 301, but /etc/memhp.conf (line 1) says 400"
	mem policy --apply
	exits 0
	values "contig-zones 400 Y offline"
	mem policy --save auto_movable_ratio=401
	exits 1
	err_has "etc/memhp.conf: a symbolic link, which is not replaced"
	values "contig-zones 400 Y offline"
	[[ -L $root/$conf && $(< "$root/$conf") == "auto_movable_ratio = 400" ]] || fail "something is lost"
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
	err_is "memhp: policy: online_policy: the kernel command line says contig-zones; what /etc/memhp.conf says, auto-movable, is not applied"
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

@test "the unit of systemd" {
	unit=$BATS_TEST_TMPDIR/memhp.service
	sed "s|@bindir@|/usr/bin|" "$top/systemd/memhp.service.in" > "$unit"
	grep -qx 'ExecStart=/usr/bin/memhp policy --apply' "$unit"
	# The program must be there.
	sed -i "s|/usr/bin/memhp|/bin/true|" "$unit"
	systemd-analyze verify --man=no "$unit" > "$BATS_TEST_TMPDIR/said" 2>&1 || fail "$(cat "$BATS_TEST_TMPDIR/said")"
	[[ ! -s $BATS_TEST_TMPDIR/said ]] || fail "$(cat "$BATS_TEST_TMPDIR/said")"
}
