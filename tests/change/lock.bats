# SPDX-License-Identifier: GPL-2.0-or-later
#
# The lock that lets only one memhp change memory at a time: what may be its file, what is in it, and
# what an earlier memhp left behind. How long memhp waits for it is in change.bats.

load ../change

setup() {
	whole_machine
	lock=$root/run/memhp.lock
}

# refused REASON: no change is made without the lock
refused() {
	local words before after
	before=$(cd "$root" && ls -lR run; tree)
	for words in "offline 15" "online -J 16" "policy auto_movable_ratio=5" "policy --save" "policy --apply" \
		"probe --yes --force 0x140000000"; do
		mem $words
		exits 1
		err_says lock-file "$root" "$1"
		after=$(cd "$root" && ls -lR run; tree)
		[[ $before == "$after" ]] || fail "changed: $(diff <(echo "$before") <(echo "$after"))"
	done
	not_validated
}

@test "a file that is none of ours is refused, and left as it is" {
	echo "precious" > "$BATS_TEST_TMPDIR/file"
	ln -s "$BATS_TEST_TMPDIR/file" "$lock"
	refused "a symbolic link"
	ln -sf "$BATS_TEST_TMPDIR/missing" "$lock"
	refused "a symbolic link"
	[[ ! -e $BATS_TEST_TMPDIR/missing ]] || fail "made through a link"
	ln -f "$BATS_TEST_TMPDIR/file" "$lock"
	refused "a hard link"
	[[ $(< "$BATS_TEST_TMPDIR/file") == precious ]] || fail "written"
	rm "$lock"
	mkfifo "$lock"
	refused "not a regular file"
	rm "$lock"
	mkdir "$lock"
	refused "not a regular file"
	rmdir "$lock"
	rmdir "$root/run"
	mkdir "$root/other"
	ln -s other "$root/run"
	refused "Not a directory"
	rm "$root/run"
	touch "$root/run"
	refused "Not a directory"
}

@test "no permission, a read-only file system: an error with the cause" {
	chmod 0555 "$root/run"
	unprivileged mem offline 15
	exits 1
	err_is "memhp: offline: $(text lock-file "$root" "Permission denied"); $(what_permits)"
	unprivileged mem offline 15 -J
	exits 1
	json 'd["error"]["reason"] == "no-permission"'
	touch "$lock"
	chmod 0000 "$lock"
	unprivileged mem offline 15
	exits 1
	err_is "memhp: offline: $(text lock-file "$root" "Permission denied"); $(what_permits)"
	chmod 0755 "$root/run"
	rm -f "$lock"
	unshare -m true 2> /dev/null || skip "needs a mount namespace"
	with unshare -m sh -c 'mount --bind -o ro "$0" "$0" && exec "$@"' "$root/run" -- mem offline 15 -J
	exits 1
	err_is "memhp: offline: $(text lock-file "$root" "Read-only file system")"
	json 'd["error"]["reason"] == "read-only"'
	blocks_are 15 "online Movable"
}

@test "what lists or only plans needs no lock" {
	mkdir "$lock"
	mem offline --dry-run 15
	exits 0
	mem online 16 --dry-run
	exits 0
}

@test "the holder's pid is in the file, and nothing afterwards; anything else is overwritten" {
	local length
	faults "memory14 hang"
	head -c 5000 /dev/urandom > "$lock"
	start offline 14
	await 14 going-offline
	[[ $(< "$lock") == "$pid" ]] || fail "it is '$(< "$lock")'"
	kill -s TERM "$pid"
	finish
	exits 143
	[[ ! -s $lock ]] || fail "not empty"
	for length in 1 31 32 33 1023 1024 1025; do
		head -c "$length" /dev/urandom > "$lock"
		mem offline 15
		exits 0
		[[ ! -s $lock ]] || fail "not empty"
	done
}

@test "a holder is named by any memhp that can be: the file may hold anything" {
	local length
	exec 9<> "$lock"
	flock 9
	for length in 0 1 7 8 9 31 32 33 63 64 65 1023 1024 1025 5000; do
		head -c "$length" /dev/zero | tr '\0' x > "$lock"
		mem offline 15 -t 60ms 9>&-
		exits 124
		err_is "memhp: offline: $(text waiting "")
memhp: offline: $(text waited "")"
		head -c "$length" /dev/zero > "$lock"
		mem offline 15 -t 60ms 9>&-
		exits 124
	done
	printf 123 > "$lock"
	mem offline 15 -t 60ms 9>&-
	err_says waited " (pid 123)"
	printf '123\nwriter 5 6\n' > "$lock"
	mem offline 15 -t 60ms 9>&-
	err_says waited " (pid 123)"
	printf '99999999999999999999\n' > "$lock"
	mem offline 15 -t 60ms 9>&-
	err_says waited ""
	blocks_are 15 "online Movable"
}

@test "where the pid cannot be written the lock holds nevertheless" {
	mem offline 15
	with sh -c 'prlimit --fsize=0 "$@" 2>&1 | cat' sh -- mem offline 15
	exits 0
	[[ $out == *"$(text lock-no-pid "$root" "File too large")"* ]] || fail "no notice"
	[[ $out == *"$(text already-offline 15)"* ]] || fail "it did not go on"
	with sh -c 'prlimit --fsize=0 "$@" 2>&1 | cat' sh -- mem offline -q 15
	[[ -z $out ]] || fail "not quiet"
}

@test "a file that was removed while memhp waited: it waits for the new one" {
	exec 9> "$lock"
	flock 9
	start online 16 9>&-
	within 10 grep -qF "$(text waiting "")" "$err_file" || fail "no notice about the wait"
	rm "$lock"
	exec 7> "$lock"
	flock 7
	exec 9>&-
	sleep 0.5
	is_state 16 offline || fail "it did not wait"
	exec 7>&-
	finish
	exits 0
	[[ $(grep -cF "$(text waiting "")" <<< "$err") == 1 ]] || fail "not one notice"
}

# leave PID: as a memhp does whose write has not ended
leave() {
	printf 'writer %s %s\n' "$1" "$(start_of "$1")" >> "$lock"
}

# start_of PID: when it started, in clock ticks since boot
start_of() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

@test "a write that an earlier memhp left behind is reported as long as it goes on" {
	local line first second
	sleep 60 &
	first=$!
	sleep 60 &
	second=$!
	leave "$first"
	line=$(< "$lock")
	mem offline 15
	exits 0
	err_is "memhp: offline: $(text left-write "$first")"
	[[ $(< "$lock") == "$line" ]] || fail "it is '$(< "$lock")'"
	mem policy -q auto_movable_ratio=5
	exits 0
	err_is ""
	leave "$second"
	faults "memory14 hang"
	start offline 14
	await 14 going-offline
	[[ $(< "$lock") == "$pid"$'\n'"$line"$'\n'"writer $second $(start_of "$second")" ]] ||
		fail "it is '$(< "$lock")'"
	kill "$first"
	wait "$first" || :
	kill -s TERM "$pid"
	finish
	err_says left-write "$first"
	err_says left-write "$second"
	[[ $(< "$lock") == "writer $second $(start_of "$second")" ]] || fail "it is '$(< "$lock")'"
	kill "$second"
	wait "$second" || :
	mem offline 15
	err_is ""
	[[ ! -s $lock ]] || fail "not empty"
}

@test "lines about writes that have ended, or that are none, are ignored and removed" {
	local line self=$BASHPID
	for line in "writer $self $(($(start_of "$self") + 1))" "writer 999999999 1" "writer $self" "writer" \
		"writer  " "writer x y" "writer 99999999999999999999 1" "writer $self 1x" "WRITER $self 1"; do
		printf '%s\n' "$line" > "$lock"
		mem offline 15
		exits 0
		err_is ""
		[[ ! -s $lock ]] || fail "not empty"
	done
	# more than memhp ever writes
	for line in {1..100}; do
		echo "writer $self $(start_of "$self")"
	done > "$lock"
	mem offline 15
	exits 0
	err_is "memhp: offline: $(text left-write "$self")"
}
