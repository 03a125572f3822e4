# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command line: places of options, hints, version, exit statuses, messages, the documents of errors, a
# stdout that is closed, full or a broken pipe, locales. help.bats covers help, list.bats what list shows.

load helpers

# The commands, and the columns of list, as messages list them.
commands="list, online, offline, probe, policy or ratio"
columns="RANGE, START, END, SIZE, COUNT, STATE, BLOCK, NODE, NODES, ZONE, ZONES, OFFLINABLE, WHY, ORIGIN, DEVICE, \
REMOVABLE, PHYS-DEVICE, CONFIGURED, MEMMAP-ON-MEMORY, FREE, MIGRATE, UNMOVABLE, HUGE, POISONED, DRIVER or UNKNOWN"

setup_file() {
	world_of_file << 'END'
block_size 128M
block 0-7 online Normal node 0
block 8-1499 offline Normal,Movable node 0
END
}

# shell TEXT ARG…: runs the text with "$@" as memhp below the world; status, out and err as after memhp.
# The text decides about descriptors and the other end of a pipe.
shell() {
	local text=$1
	shift
	status=0
	err_file=$BATS_TEST_TMPDIR/err out_file=$BATS_TEST_TMPDIR/out command="$text: $*"
	"${prefix[@]}" bash -c "$text" bash "${program[@]}" -s "$root" "$@" > "$out_file" 2> "$err_file" < /dev/null || status=$?
	out=$(tr -d '\0' < "$out_file") err=$(tr -d '\0' < "$err_file")
}

@test "memhp without arguments: short usage on stderr, exit status 2" {
	judged=no memhp
	exits 2
	[[ -z $out ]] || fail "output"
	[[ $err == "memhp: $(text missing-command)"$'\n'"$(text usage "COMMAND [OPTION...] [OPERAND...]")"$'\n'* ]] || fail "no usage"
	err_has $'\n  list '
	(($(wc -l <<< "$err") <= 15)) || fail "not short"
}

@test "a word after an option whose value needs an =: a hint where the word is such a value" {
	# hint MESSAGE OPTION: the message ends with what to write; no_hint MESSAGE: it does not
	hint() {
		exits 2
		[[ ${err%%$'\n'*} == "memhp: $1$(text write-instead "$2")" ]] || fail "no hint: $2"
	}
	no_hint() {
		exits 2
		[[ ${err%%$'\n'*} == "memhp: $1" ]] || fail "not the message alone"
	}
	mem list --color always
	hint "list: $(text not-a-block always)" --color=always
	mem list --color 3 sometimes
	no_hint "list: $(text not-a-block sometimes)"
	mem list --color sometimes
	no_hint "list: $(text not-a-block sometimes)"
	mem list --summary only
	hint "list: $(text not-a-block only)" --summary=only
	mem list --summary auto
	no_hint "list: $(text not-a-block auto)"
	# not the word after the option
	mem list only --summary
	no_hint "list: $(text not-a-block only)"
	mem list --summary -- only
	no_hint "list: $(text not-a-block only)"
	mem list --summary=never only
	no_hint "list: $(text not-a-block only)"
	for value in 300 0 4294967295; do
		mem ratio --check $value
		hint "ratio: $(text ratio-no-operands $value)" --check=$value
	done
	for value in 300% 1.5 x 4294967296; do
		mem ratio --check $value
		no_hint "ratio: $(text ratio-no-operands $value)"
	done
	mem ratio 300
	no_hint "ratio: $(text ratio-no-operands 300)"
	mem ratio --color never
	hint "ratio: $(text ratio-no-operands never)" --color=never
	parameters=$("${program[@]}" -s "$root" policy -r -n -q -o PARAMETER | sed ':a; N; $!ba; s/\n/, /g; s/, \([^,]*\)$/ or \1/')
	mem policy --color never
	hint "policy: $(text unknown-parameter never "$parameters")" --color=never
	mem policy --color sometimes
	no_hint "policy: $(text unknown-parameter sometimes "$parameters")"
	mem probe --online movable 0x140000000
	hint "probe: $(text not-an-address movable)" --online=movable
	mem probe --online nowhere 0x140000000
	no_hint "probe: $(text not-an-address nowhere)"
	mem --color always list
	hint "$(text unknown-command always "$commands")" --color=always
	mem --color sometimes list
	no_hint "$(text unknown-command sometimes "$commands")"
}

@test "--version and -V, before and after the command" {
	for words in --version -V "list --version" "list -V" "-V list"; do
		memhp $words
		exits 0
		[[ $out =~ ^memhp\ [0-9][^$'\n']*$ ]] || fail "no version"
	done
}

@test "common options are accepted before and after the command" {
	mem list -n -r --summary=never -o BLOCK
	expected=$out
	for words in "-s $root list" "--sysroot $root list" "--sysroot=$root list" "list -s $root" "list --sysroot $root" \
		"list all -s $root" "-s / list -s $root" "-q list -v -s $root" "-vq -s $root list" "--color -s $root list"; do
		memhp $words -n -r --summary=never -o BLOCK
		exits 0
		err_is ""
		[[ $out == "$expected" ]] || fail "another answer"
	done
	for words in "-J -s $root list 3" "-s $root list 3 -J" "list -Js $root 3" "-s $root list --json 3"; do
		memhp $words
		exits 0
		json 'rows[0]["block"] == "3"'
	done
	memhp list 3 -n -s "$root" -- 4
	exits 0
	out_has " 3-4 "
}

@test "--color and --summary without a value leave the next word alone" {
	mem list -n --summary=never --color 3
	exits 0
	out_has "3"
	[[ $out != *" 4"* && $(wc -l <<< "$out") == 1 ]] || fail "not block 3 alone"
	mem --color list -r -n 3
	exits 0
	mem list --summary 3
	exits 0
	out_has "Total online memory:     128M"
	mem list --color always
	is_usage_error "list: $(text not-a-block always)"
	mem list --color=sometimes
	is_usage_error "list: $(text unknown-word --color value sometimes "auto, always or never")"
	mem list --color=ALWAYS 3
	exits 0
}

@test "wrong options: usage errors that name them" {
	for words in --bogus -x -nx --bogus=1 --all=1 --json=yes -o --output --node --sysroot; do
		mem list $words
		is_usage_error "${words%%=*}"
		[[ -z $out ]] || fail "output"
	done
	for words in -o= -o, --output=,BLOCK --output=BLOCK, -oBLOCK,,STATE -o+ -o+,; do
		mem list $words
		is_usage_error "list: $(text empty-column --output)"
	done
	mem list --split=
	is_usage_error "list: $(text empty-column --split)"
	mem list --split=none,STATE
	is_usage_error "list: $(text unknown-column --split none "$columns")"
	for name in BLOK RANGE2 '*' FREE_ 'BLOCK STATE'; do
		mem list -o "STATE,$name"
		is_usage_error "list: $(text unknown-column --output "$name" "$columns")"
		mem list -o "+$name"
		is_usage_error "list: $(text unknown-column --output "$name" "$columns")"
		mem list --split "$name"
		is_usage_error "list: $(text unknown-column --split "$name" "$columns")"
	done
	memhp --bogus
	exits 2
	err_has "memhp: --bogus: "
	err_says try-help ""
}

@test "an unknown command: exit status 2, and the commands that exist" {
	memhp lists --all 3
	exits 2
	err_is "memhp: $(text unknown-command lists "$commands")
$(text try-help "")"
	[[ -z $out ]] || fail "output"
	memhp ''
	exits 2
	err_says unknown-command '' "$commands"
	# chmem takes blocks without a command
	memhp 3
	exits 2
	err_says unknown-command 3 "$commands"
}

@test "--json: one document also for every error" {
	mem list -J --bogus
	exits 2
	json 'd == {"format_version": 1, "error": {"message": d["error"]["message"]}, "faults": [], "exit_status": 2}' \
		'"--bogus" in d["error"]["message"]'
	validate error
	mem list --bogus -J
	exits 2
	json 'd["exit_status"] == 2'
	mem -J list x
	json 'd["exit_status"] == 2' '"\u0027x\u0027" in d["error"]["message"]'
	mem list -J -o BLOCK,FOO
	json 'd["exit_status"] == 2'
	judged=no memhp -J
	exits 2
	json 'd["exit_status"] == 2'
	for words in "lists -J" "-J lists" "lists --json x" "--bogus -J list" "--bogus list -J" "-J --bogus"; do
		memhp $words
		exits 2
		json 'd["exit_status"] == 2'
	done
	memhp list -J -s "$BATS_TEST_TMPDIR/nowhere"
	exits 1
	json 'd["exit_status"] == 1' '"nowhere" in d["error"]["message"]'
}

@test "a root that does not exist, is not a directory or cannot be entered: exit status 1, named" {
	memhp list -s "$BATS_TEST_TMPDIR/nowhere"
	exits 1
	one_message
	err_has "nowhere"
	echo > "$BATS_TEST_TMPDIR/file"
	memhp list -s "$BATS_TEST_TMPDIR/file"
	exits 1
	one_message
	err_has "/file: Not a directory"
	memhp list -s ''
	is_usage_error "list: $(text empty-sysroot)"
	mkdir -m 0700 "$BATS_TEST_TMPDIR/closed"
	"$tests/world" "$BATS_TEST_TMPDIR/closed/tree" "$tests/worlds/holes.world"
	chmod 0 "$BATS_TEST_TMPDIR/closed"
	unprivileged memhp list -s "$BATS_TEST_TMPDIR/closed/tree"
	chmod 0700 "$BATS_TEST_TMPDIR/closed"
	exits 1
	err_has "Permission denied"
}

@test "no memory hotplug: exit status 3 and the reason" {
	world no-hotplug
	mem list
	exits 3
	one_message
	err_has ": $root/sys/devices/system/memory: No such file or directory"
	[[ -z $out ]] || fail "output"
	mem list -s "$root/"
	err_has ": $root/sys/devices/system/memory: "
	mem list -J
	exits 3
	json 'd["exit_status"] == 3'
	mem list --map
	exits 3
	mkdir "$BATS_TEST_TMPDIR/empty"
	memhp -s "$BATS_TEST_TMPDIR/empty" list
	exits 3
	# wrong operands are usage errors on every machine
	mem list x
	exits 2
}

@test "messages: control characters in a word do not reach the terminal, UTF-8 does" {
	mem list $'a\eb\nc\td'
	exits 2
	err_lacks $'\e'
	[[ $(wc -l <<< "$err") == 2 ]] || fail "not a message and where help is"
	mem list -J $'a"b\\c\x01'
	json '"a\"b\\c" in d["error"]["message"]'
	mem list -J 'blöck'
	json '"blöck" in d["error"]["message"]'
}

@test "--json is UTF-8, whatever bytes a word contains" {
	mem list -J $'\xff\xfe'
	exits 2
	json 'd["exit_status"] == 2'
	mem list -J --device $'\xc3'
	exits 1
	json 'd["exit_status"] == 1'
	mem list -J -o $'\xc3(\x80'
	exits 2
	json 'd["exit_status"] == 2'
	memhp -J $'\x80'
	json 'd["exit_status"] == 2'
}

@test "stdout is closed: exit status 1, one message" {
	for words in "list" "list -J" "list -r" "list --map" "list --summary" "list -a" "--help" "--version" "list --help"; do
		shell '"$@" >&-' $words
		exits 1
		[[ $err == "memhp: "*"$(text cannot-write): Bad file descriptor" ]] || fail "another message"
		one_message
	done
	# an error keeps its exit status
	shell '"$@" >&-' list x
	exits 2
	# no other file is written to in place of a closed one
	shell '"$@" <&- >&- 2>&-' list -a
	exits 1
	shell '"$@" 2>&-' list 77777
	exits 1
	[[ -z $out ]] || fail "a message on stdout"
}

@test "/dev/full: exit status 1, one message" {
	for words in "list" "list -J" "list -r" "list -P" "list --map" "list --summary" "list -a" "list -aJ" "--help" "--version"; do
		shell '"$@" > /dev/full' $words
		exits 1
		[[ $err == "memhp: "*"$(text cannot-write): No space left on device" ]] || fail "another message"
		one_message
	done
	shell '"$@" > /dev/full' list -J x
	[[ $status == [12] ]] || fail "neither the usage nor the output"
}

@test "a closed pipe: no message, and not a failure of memhp" {
	for words in "list -a" "list -aJ" "list -ar" "list --map"; do
		shell '"$@" | head -1 > /dev/null; exit ${PIPESTATUS[0]}' $words
		[[ $status == 0 || $status == 141 ]] || fail "neither 0 nor SIGPIPE"
		err_is ""
		shell 'trap "" PIPE; "$@" | head -1 > /dev/null; exit ${PIPESTATUS[0]}' $words
		exits 0
		err_is ""
		# the reader is gone before the first byte
		shell 'trap "" PIPE; { sleep 0.1; "$@"; echo $? >&3; } 3> '"$BATS_TEST_TMPDIR/status"' | true' $words
		[[ $(< "$BATS_TEST_TMPDIR/status") == 0 ]] || fail "exit status $(< "$BATS_TEST_TMPDIR/status")"
		err_is ""
	done
}

@test "the locale changes neither numbers nor words" {
	for words in "list 3-9" "list -J 3-9" "list -P --output-all 3" "list --summary" "list x"; do
		mem $words
		expected=$status$out$err
		for locale in C.UTF-8 de_DE.UTF-8 tr_TR.UTF-8 no_SUCH; do
			LC_ALL=$locale LANGUAGE=de mem $words
			[[ $status$out$err == "$expected" ]] || fail "another answer in $locale"
		done
	done
}

@test "a locale with a decimal comma, made for the test" {
	mkdir "$BATS_TEST_TMPDIR/locale"
	# its source comes with the package locales
	localedef -i de_DE -f UTF-8 "$BATS_TEST_TMPDIR/locale/de_DE.UTF-8"
	[[ $(LOCPATH=$BATS_TEST_TMPDIR/locale LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 1,5') == 1,5 ]]
	LOCPATH=$BATS_TEST_TMPDIR/locale LC_ALL=de_DE.UTF-8 mem list --summary 0-1,8-19
	exits 0
	out_has "Total offline memory:    1.5G"
	LOCPATH=$BATS_TEST_TMPDIR/locale LC_ALL=de_DE.UTF-8 mem list -r 8-19
	out_has " 1.5G offline 8-19 "
}

@test "nothing is opened for writing, and memoryN/online is never opened" {
	# strace would show the emulator's calls, and LeakSanitizer does not work under it
	is_plain || return 0
	world << 'END'
block_size 128M
block 0-99 online Normal node 0
sys/devices/system/memory/memory{0-99}/online = 1
proc/iomem << IOMEM
00000000-31fffffff : System RAM
IOMEM
END
	trace=$BATS_TEST_TMPDIR/trace
	for words in "list" "list -aJ --output-all" "list --map" "list --summary"; do
		with strace -f -e trace=%file,%desc -o "$trace" -- mem $words
		exits 0
		grep -q 'memory99/state' "$trace"
		! grep -E '/online"' "$trace" || fail "online"
		! grep -E 'open[a-z0-9]*\(.*(O_WRONLY|O_RDWR|O_CREAT)' "$trace" || fail "opened for writing"
		! grep -E '^[0-9]+ +(creat|mkdir|unlink|rename|symlink|link|truncate|chmod|mknod)[a-z0-9]*\(' "$trace" || fail "changed"
	done
}
