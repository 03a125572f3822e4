# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2154
#
# /etc/memhp.conf: what memhp policy --save writes, what --apply and the systemd unit do with it, and
# files that cannot be used. Unit tests cover what the file may contain.

load ../change
load ../policy

# The keys of the file, as messages list them.
keys="auto_online_blocks, online_policy, auto_movable_ratio, auto_movable_numa_aware, online_existing or exclude"

@test "saved: a new file; then values are replaced, while comments, mode and owner stay" {
	mem policy --save
	exits 0
	out_says file-written
	[[ $(stat -c %a "$root/$conf") == 644 ]] || fail "mode of a new file"
	grep -qx 'auto_movable_numa_aware = Y' "$root/$conf" || fail "not saved"
	mem policy --save
	out_says file-already
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
	# The fake kernel also renames files, below sys.
	sed -i '\|"sys/module/|d' "$trace"
	[[ $(sed -E '/\.new-/d; s/^[0-9]+ +//; s/\(.*//' "$trace" | tr '\n' ' ') == "fsync renameat fsync " ]] || fail "$(cat "$trace")"
}

@test "saved: a notice where systemd runs and nothing applies the file at boot" {
	local enabled=$root/etc/systemd/system/sysinit.target.wants
	mem policy --save
	err_is ""
	mkdir -p "$root/run/systemd/system"
	mem policy --save
	exits 0
	out_says file-already
	err_is "memhp: policy: $(text file-not-applied)"
	mem policy --save -J
	exits 0
	err_says file-not-applied
	mem policy auto_movable_ratio=5
	err_is ""
	mkdir -p "$enabled"
	ln -s /usr/lib/systemd/system/memhp.service "$enabled/memhp.service"
	mem policy --save
	exits 0
	err_is ""
}

# cannot_use WORD…: the exit status of memhp policy with these words when it cannot use the file
cannot_use() {
	case " $* " in
	*" --check "*) exits 4 ;;
	*) exits 1 ;;
	esac
}

@test "not saved: nothing is changed, nothing lost" {
	refused() {
		local before
		before=$(tree)
		"${@:2}"
		cannot_use "$@"
		one_message
		err_has "$1"
		[[ $(tree) == "$before" ]] || fail "something changed"
	}
	file $'online_policy = contig-zones\nratio = 5\n'
	refused "etc/memhp.conf: $(text conf-unknown-key 2 ratio "$keys")" mem policy --save auto_movable_ratio=400 -q
	file $'exclude = 3, junk\n'
	refused "etc/memhp.conf: $(text conf-exclude 1 junk)" mem policy --save auto_movable_ratio=400 -q
	refused "etc/memhp.conf: $(text conf-exclude 1 junk)" mem policy --check
	mv "$root/$conf" "$root/etc/other"
	ln -s other "$root/$conf"
	refused "etc/memhp.conf: $(text conf-link)" mem policy --save auto_movable_ratio=400 -q
	ln -sf nowhere "$root/$conf"
	refused "etc/memhp.conf: $(text conf-link)" mem policy --save auto_movable_ratio=400 -q
	refused "etc/memhp.conf: $(text conf-dangling-link)" mem policy --check
	rm "$root/$conf"
	mkdir "$root/$conf"
	refused "Is a directory" mem policy --save auto_movable_ratio=400 -q
	rmdir "$root/$conf"
	mkfifo "$root/$conf"
	refused "etc/memhp.conf: $(text conf-no-file)" mem policy --apply
	rm "$root/$conf"
	rm -r "${root:?}/etc"
	refused "No such file" mem policy --save auto_movable_ratio=400 -q
	values "contig-zones 301 Y offline"
}

@test "not saved: where the file cannot be written, the kernel gets no value either" {
	faults "auto_movable_ratio EBUSY"
	file $'ratio = 5\n'
	mem policy --save auto_movable_ratio=400
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: $(text conf-unknown-key 1 ratio "$keys")"
	ln -sf other "$root/$conf"
	echo '# mine' > "$root/etc/other"
	mem policy --save auto_movable_ratio=400
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: $(text conf-link)"
	rm -r "${root:?}/etc"
	mem policy --save auto_movable_ratio=400
	exits 1
	err_is "memhp: policy: $root/etc: No such file or directory"
}

# killed_at CALL:N ARG…: memhp policy --save is killed by SIGKILL at its Nth system call of that name
killed_at() {
	local judged=no
	with env ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		strace -f -qq -o /dev/null -e trace="${1%:*}" -e inject="${1%:*}:signal=SIGKILL:when=${1#*:}" -- \
		mem policy --save "${@:2}"
	((status == 137)) || fail "it was not killed"
}

# etc_is FILE…: there are no others
etc_is() {
	[[ $(ls -A "$root/etc") == "$(printf '%s\n' "$@")" ]] || fail "in etc: $(ls -lA "$root/etc")"
}

@test "saved after a SIGKILL during --save: the file is the old one, and the next --save leaves nothing else" {
	local call
	# The first lock is that of the program; the fake kernel renames files, too.
	for call in flock:2 fchmod:1 fsync:1 renameat:2; do
		file $'auto_movable_ratio = 1\n'
		chmod 0444 "$root/$conf"
		killed_at $call auto_movable_ratio=77
		[[ $(< "$root/$conf") == "auto_movable_ratio = 1" ]] || fail "$call: the file is another one"
		etc_is .memhp.conf.new memhp.conf
		mem policy --save auto_movable_ratio=78
		exits 0
		etc_is memhp.conf
		[[ $(< "$root/$conf") == "auto_movable_ratio = 78" ]] || fail "$call: not saved"
		# also where there is nothing to write
		killed_at $call auto_movable_ratio=79
		etc_is .memhp.conf.new memhp.conf
		mem policy --save auto_movable_ratio=78
		exits 0
		out_says file-already
		etc_is memhp.conf
	done
}

@test "saved beside a link, a hard link, a pipe of that name: nothing else is written or removed" {
	local new=$root/etc/.memhp.conf.new ratio=0
	plant() {
		case $1 in
		link) ln -s other "$new" ;;
		dangling) ln -s nowhere "$new" ;;
		hard-link) ln "$root/etc/other" "$new" ;;
		pipe) mkfifo "$new" ;;
		esac
	}
	echo mine > "$root/etc/other"
	for kind in link dangling hard-link pipe; do
		plant $kind
		mem policy --save auto_movable_ratio=$((++ratio))
		exits 0
		etc_is memhp.conf other
		[[ $(< "$root/etc/other") == mine && -f $root/$conf && ! -L $root/$conf ]] || fail "$kind"
		grep -qx "auto_movable_ratio = $ratio" "$root/$conf" || fail "$kind: not saved"
	done
	mkdir "$new"
	mem policy --save auto_movable_ratio=9
	exits 1
	err_has "Is a directory"
	values "contig-zones 4 Y offline"
}

@test "--apply waits for another memhp and then reads the file, not before" {
	file $'auto_movable_ratio = 5\nexclude = 3\n'
	flock "$root/run/memhp.lock" sleep 60 &
	local holder=$!
	within 10 eval '! flock -n "$root/run/memhp.lock" true'
	start policy --apply
	within 10 grep -qF "$(text waiting "")" "$err_file" || fail "it does not wait"
	file $'auto_movable_ratio = 6\nonline_existing = movable\nexclude = 16-22, 28-29\n'
	pkill -KILL -P "$holder"
	wait "$holder" 2> /dev/null || :
	finish
	values "contig-zones 6 Y offline"
	blocks_are 16-22 "offline Movable Normal"
	blocks_are 23-23 "online Movable"
}

@test "saved by two that do not see each other's lock: neither is lost, nothing is left" {
	file $'# mine\n'
	# The first stops with the new file in its hands; the second waits for it.
	with env ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=1500000:when=1 -- \
		start policy --save auto_movable_ratio=5
	first=("$pid" "$out_file" "$err_file")
	within 10 test -e "$root/etc/.memhp.conf.new" || fail "no new file"
	rm "$root/run/memhp.lock"
	mem policy --save online_policy=auto-movable
	exits 0
	pid=${first[0]} out_file=${first[1]} err_file=${first[2]}
	finish
	exits 0
	etc_is memhp.conf
	diff - "$root/$conf" <<- 'END' || fail "one is lost"
		# mine
		auto_movable_ratio = 5
		online_policy = auto-movable
	END
}

@test "saved, but not for the next boot: the kernel command line takes precedence" {
	cmdline memhp_default_state=offline memory_hotplug.auto_movable_numa_aware=0 memory_hotplug.auto_movable_ratio=400
	mem policy --save auto_online_blocks=online auto_movable_ratio=400 auto_movable_numa_aware=yes
	exits 0
	err_is "memhp: policy: warning: $(text cmdline-at-boot auto_online_blocks offline)
memhp: policy: warning: $(text cmdline-at-boot auto_movable_numa_aware no)"
	mem policy auto_online_blocks=offline
	exits 0
	mem policy auto_online_blocks=online
	err_is ""
}

@test "a file that the user may not read or replace" {
	file $'online_policy = contig-zones\n'
	chmod 0000 "$root/$conf"
	unprivileged mem policy --check
	exits 4
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

# spoil KIND: makes the file one that cannot be used
spoil() {
	rm -rf "${root:?}/$conf"
	case $1 in
	unreadable)
		file $'auto_movable_ratio = 400\n'
		chmod 0000 "$root/$conf"
		;;
	half-written) file $'auto_movable_ratio = 400\nonline_policy = auto-mov' ;;
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

@test "a file that cannot be used: one message that names it, and nothing changes" {
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
			cannot_use $words
			one_message
			[[ $kind == l* || $kind == outside || $err == *"$root/etc/memhp.conf: $message"* ]] || fail "not: $message"
			[[ $out == "" || $words == *-J ]] || fail "something is printed"
		done
		unprivileged mem policy --export=cmdline
		exits 0
		[[ $(tree) == "$before" ]] || fail "$kind: something changed"
	done <<- END
		unreadable|Permission denied
		half-written|$(text conf-value 2 auto-mov online_policy "contig-zones or auto-movable")
		long|File too large
		binary|$(text conf-nul 2)
		spaces|$(text conf-value 1 '4 0 0' auto_movable_ratio '0 to 4294967295')
		overflow|$(text conf-value 2 4294967296 auto_movable_ratio '0 to 4294967295')
		contradictory|$(text conf-twice 2 auto-movable-ratio)
		directory|Is a directory
		lost|$(text conf-dangling-link)
		loop|Too many levels of symbolic links
		outside|$(text conf-dangling-link)
		fifo|$(text conf-no-file)
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
	err_says drift-from-file auto_movable_ratio 301 1 400
	mem policy --apply
	exits 0
	values "contig-zones 400 Y offline"
	mem policy --save auto_movable_ratio=401
	exits 1
	err_has "etc/memhp.conf: $(text conf-link)"
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
		err_is "memhp: policy: $root/etc/memhp.conf: $message"
		[[ $(tree) == "$before" ]] || fail "something was changed"
	done <<- END
		foo = 1\n|$(text conf-unknown-key 2 foo "$keys")
		auto_movable_ratio = 5\n|$(text conf-twice 2 auto_movable_ratio)
		\n# x\nonline_policy = auto\n|$(text conf-value 4 auto online_policy "contig-zones or auto-movable")
		memmap_on_memory = Y\n|$(text conf-read-only 2 memmap_on_memory)
		online_policy\n|$(text conf-lacks-equals 2 online_policy)
		online_policy = # none\n|$(text conf-lacks-value 2 online_policy)
		online_existing = yes\n|$(text conf-value 2 yes online_existing "no, auto, kernel or movable")
		auto_online_blocks = yes\n|$(text conf-value 2 yes auto_online_blocks \
			"offline, online, online_kernel or online_movable")
		exclude = 3,x\n|$(text conf-exclude 2 x)
		exclude = 2G\n|$(text conf-exclude-amount 2 2G)
		online_policy = auto-mov|$(text conf-value 2 auto-mov online_policy "contig-zones or auto-movable")
		\0\n|$(text conf-nul 2)
	END
	head -c 10M /dev/zero | tr '\0' '#' > "$root/$conf"
	mem policy --apply
	exits 1
	err_is "memhp: policy: $root/etc/memhp.conf: File too large"
}

@test "a file without a final newline is read; saving keeps what is in it" {
	printf 'online_policy = auto-movable\nauto_movable_ratio = 400' > "$root/$conf"
	mem policy --apply
	exits 0
	values "auto-movable 400 Y offline"
	mem policy --check
	exits 0
	mem policy --save auto_movable_ratio=400
	exits 0
	out_has "already up to date"
	mem policy --save auto_movable_ratio=401 -q
	cmp "$root/$conf" <(printf 'online_policy = auto-movable\nauto_movable_ratio = 401')
	mem policy --save auto_online_blocks=offline -q
	cmp "$root/$conf" <(printf 'online_policy = auto-movable\nauto_movable_ratio = 401\nauto_online_blocks = offline\n')
}

@test "applied: parameters, then offline blocks except for the excluded ones; a second time changes nothing" {
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
	out_says block-done 16 Movable
	out_says onlined "7 blocks" 896M "16, 18, 20-23, 28"
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

@test "applied: the kernel command line takes precedence, with a notice" {
	cmdline memory_hotplug.online_policy=contig-zones memory_hotplug.auto_movable_ratio=301
	file $'online_policy = auto-movable\nauto_movable_ratio = 301\nauto_online_blocks = online\n'
	mem policy --apply
	exits 0
	values "contig-zones 301 Y online"
	err_is "memhp: policy: $(text cmdline-precedes online_policy contig-zones auto-movable)"
	mem policy -J --apply
	json 'p["online_policy"]["result"] == "skipped"' 'p["auto_movable_ratio"]["result"] == "skipped"' \
		'p["auto_online_blocks"]["result"] == "already"'
	mem policy --check
	exits 0
	err_says cmdline-precedes online_policy contig-zones auto-movable
}

@test "applied in part: a parameter that the kernel lacks, a block that fails; no onlining after a failed setting" {
	file $'online_policy = auto-movable\nauto_movable_numa_aware = no\nonline_existing = auto\nexclude = 20-29\n'
	mv "$root/$parameters/auto_movable_numa_aware" "$root/numa"
	mem policy --apply
	exits 64
	err_has "warning: $(text conf-lacking auto_movable_numa_aware "Linux 5.15 or later with CONFIG_NUMA")"
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
	err_says parameter-failed auto_movable_ratio 8 "Operation not permitted; $(what_permits)"
	blocks_are 20-20 "offline Movable Normal"
	rm "$root/$conf"
	mem policy --apply
	exits 0
	err_is "memhp: policy: $(text nothing-to-apply)"
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
