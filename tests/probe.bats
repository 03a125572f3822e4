# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp probe under the fake kernel: what it prints, that what is true at the time of the write decides, that
# blocks that were added are never denied; the confirmation, and signals during it. Signals at any moment are
# in change/moments.bats. live/probe.bats adds memory on a real kernel.

load change

setup() {
	# blocks 0-2 of 256 MiB exist
	world qemu-ppc64-256m
	mkdir -p "$root/run"
	iomem=$root/proc/iomem
}

# The test plays another memhp, by process $holder.
hold_lock() {
	flock "$root/run/memhp.lock" sleep 60 &
	holder=$!
	within 10 is_locked || fail "the lock is not held"
}

is_locked() {
	! flock -n "$root/run/memhp.lock" true
}

release_lock() {
	pkill -KILL -P "$holder"
	wait "$holder" || :
} 2> /dev/null

is_waiting() {
	grep -qF "$(text waiting "")" "$err_file"
}

is_probing() {
	is_at_work in-the-kernel "sys/devices/system/memory/probe"
}

# results LINE…: of the document, "BLOCK RESULT ERROR" each; it is as its schema says
results() {
	"$python" -I -c '
import json, jsonschema, sys
d = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator(json.load(open(sys.argv[2]))).validate(d)
assert [" ".join(str(row[key]) for key in ("block", "result", "error")) for row in d["blocks"]] == sys.argv[3:], d["blocks"]
' "$out_file" "$top/src/schemas/probe.schema.json" "$@" || fail "the document is not as it should be"
}

@test "a dry run: one line per run of blocks with the same result" {
	mem probe --dry-run 0x10000000-0x4fffffff
	exits 0
	out_is << END
0x0000000010000000-0x000000002fffffff: $(text probe-present "blocks 1-2")
0x0000000030000000-0x000000004fffffff: $(text probe-would-add "blocks 3-4")
END
	# a gap, and the order of the operands, are kept
	mem probe --dry-run 0x50000000 0x30000000
	exits 0
	out_is << END
0x0000000050000000: $(text probe-would-add "block 5")
0x0000000030000000: $(text probe-would-add "block 3")
END
}

@test "failures: one line with the range; a document has each block" {
	# they vanish at once
	faults "memory3 vanish" "memory4 vanish"
	mem probe --yes 0x30000000-0x4fffffff
	exits 1
	[[ -z $out ]] || fail "output"
	err_is "memhp: probe: 0x0000000030000000-0x000000004fffffff (blocks 3-4): $(text probe-no-block)"
	judged=no mem probe --yes -J 0x30000000-0x4fffffff
	exits 1
	results "3 failed ENOENT" "4 failed ENOENT"
}

@test "SIGINT while the kernel adds the block: it is there, so it is done; the rest is skipped; exit 130" {
	local json
	for json in -J -v; do
		rm -rf "$root"/sys/devices/system/memory/memory[3-9]* "$root/.done"
		faults "memory3 until .done"
		start probe --yes $json 0x30000000-0x4fffffff
		within 10 is_probing || fail "no write"
		kill -s INT "$pid"
		within 10 has_taken_signals
		sleep 0.3
		touch "$root/.done"
		finish
		exits 130
		[[ $(block 3) == "offline Normal Movable" && $(block 4) == gone ]] || fail "not as it should be"
		if [[ $json == -J ]]; then
			results "3 done None" "4 skipped None"
		else
			out_is <<- END
				0x0000000030000000: $(text probe-added "block 3")
				0x0000000040000000: $(text probe-skipped "block 4")
			END
			err_is "memhp: probe: $(text stopped-by 2)"
		fi
	done
}

@test "SIGTERM before the kernel has begun: interrupted, no block, exit 143" {
	faults "memory3 lock 20s"
	start probe --yes -J 0x30000000
	within 10 has_writer || fail "no writer"
	kill -s TERM "$pid"
	finish
	exits 143
	results "3 interrupted ECANCELED"
	[[ $(block 3) == gone ]] || fail "it was added"
	nothing_left
}

@test "SIGTERM, and the kernel does not end within 10 s: the block may still appear; unsettled" {
	faults "memory3 probe EPERM" "memory3 until .done"
	start probe --yes -J 0x30000000
	within 10 is_probing || fail "no write"
	kill -s TERM "$pid"
	finish 30
	exits 143
	results "3 unsettled EINPROGRESS"
	# For the next memhp, as lock.bats tells.
	[[ $(< "$root/run/memhp.lock") =~ ^writer\ [0-9]+\ [0-9]+$ ]] || fail "no write is left in the lock file"
	touch "$root/.done"
	nothing_left
}

@test "SIGINT during the last block, which is added: done, exit 130, and nothing goes online" {
	faults "memory3 delay 700ms"
	start probe --yes --online 0x30000000
	within 10 is_probing || fail "no write"
	kill -s INT "$pid"
	finish
	exits 130
	out_says probe-added "block 3"
	[[ $(block 3) == "offline Normal Movable" ]] || fail "not as it should be"
}

@test "memory that appears while memhp waits for another one: refused as before the wait, the rest is added" {
	hold_lock
	start probe --yes -J 0x30000000-0x5fffffff
	within 10 is_waiting || fail "it does not wait"
	printf '40000000-5fffffff : ACPI Non-volatile Storage\n' >> "$iomem"
	release_lock
	finish
	exits 64
	results "3 done None" "4 failed EBUSY" "5 failed EBUSY"
	err_has "$(text in-use 0x40000000-0x5fffffff "ACPI Non-volatile Storage" 0x40000000-0x5fffffff)"
	[[ $(block 3) == "offline Normal Movable" && $(block 4) == gone ]] || fail "not as it should be"
	# all of it: nothing is added; overridden: all is
	mem probe --yes 0x40000000
	exits 1
	mem probe --yes --force 0x40000000
	exits 0
	out_says probe-added "block 4"
}

@test "what changes while memhp waits: /proc/iomem is hidden, a block appears, or --force does not mind" {
	hold_lock
	start probe --yes 0x30000000-0x3fffffff 0x40000000
	within 10 is_waiting || fail "it does not wait"
	sed -i 's/^\( *\)[0-9a-f]*-[0-9a-f]* :/\100000000-00000000 :/' "$iomem"
	mkdir "$root/sys/devices/system/memory/memory3"
	release_lock
	finish
	exits 1
	err_has "$(text iomem-hidden)"
	out_says probe-present "block 3"
	[[ $(block 4) == gone ]] || fail "it was added"
	hold_lock
	start probe --yes --force 0x40000000
	within 10 is_waiting || fail "it does not wait"
	printf '40000000-5fffffff : Reserved\n' >> "$iomem"
	release_lock
	finish
	exits 0
	out_says probe-added "block 4"
}

@test "memory that appears while the question is on the screen is refused" {
	"$python" - "$iomem" "$BATS_TEST_TMPDIR/screen" "${prefix[@]}" "${program[@]}" -s "$root" probe 0x30000000 <<- 'END' || fail "$(cat "$BATS_TEST_TMPDIR/screen")"
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[3], sys.argv[3:])
		screen = b""
		while b"[y/N]" not in screen:
		    screen += os.read(fd, 1000)
		with open(sys.argv[1], "a") as iomem:
		    iomem.write("30000000-3fffffff : Reserved\n")
		os.write(fd, b"y\n")
		try:
		    while more := os.read(fd, 1000):
		        screen += more
		except OSError:
		    pass
		open(sys.argv[2], "wb").write(screen)
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 1)
	END
	grep -qF "$(text in-use 0x30000000 Reserved 0x30000000-0x3fffffff)" "$BATS_TEST_TMPDIR/screen" || fail "$(cat "$BATS_TEST_TMPDIR/screen")"
	[[ $(block 3) == gone ]] || fail "it was added"
}

@test "a block that appears within 2 s of a write that took longer: done" {
	faults "memory3 vanish" "memory3 delay 2500ms"
	start probe --yes 0x30000000
	within 10 is_probing || fail "no write"
	within 10 eval '! is_probing'
	sleep 0.7
	mkdir "$root/sys/devices/system/memory/memory3"
	finish
	exits 0
	out_says probe-added "block 3"
}

@test "blocks that were added count when they cannot go online: exit 64, and they are named" {
	faults "memory3 online EPERM"
	mem probe --yes --online 0x30000000
	exits 64
	out_is <<- END
		0x0000000030000000: $(text probe-added "block 3")
		$(text no-block-online)
	END
	# Nothing to be seen of --explain, which probe does not have.
	err_has "(notifier): $(text veto-explained)"
}

@test "a report that cannot be written: exit 64 after a change, else 1" {
	full=(sh -c 'exec "$@" > /dev/full' sh)
	with "${full[@]}" -- mem probe --yes 0x30000000
	exits 64
	err_is "memhp: probe: $(text cannot-write): No space left on device"
	with "${full[@]}" -- mem probe --yes 0x30000000
	exits 1
	with "${full[@]}" -- mem probe --yes -J --online 0x40000000
	exits 64
	with "${full[@]}" -- mem probe --yes -J --online 0x40000000
	exits 1
}

# answered KEYS: the probe of block 3 on a terminal where somebody types that; its output and exit status
answered() {
	"$python" -I -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
text = b""
while b"[y/N]" not in text:
    text += os.read(fd, 999)
os.write(fd, sys.argv[1].encode())
try:
    while more := os.read(fd, 999):
        text += more
except OSError:
    pass
print(text.decode().replace("\r", ""), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' "$1" "${prefix[@]}" "${program[@]}" -s "$root" probe 0x30000000
}

@test "the confirmation: y, anything else, Ctrl-C, the end of the input" {
	out=$(answered $'n\n')
	[[ $out == *"$(text not-confirmed)"*" 1" ]] || fail "not refused"
	out=$(answered $'\x04')
	[[ $out == *"$(text not-confirmed)"*" 1" ]] || fail "not refused"
	out=$(answered $'\x03')
	[[ $out == *"$(text stopped-by 2)"*" 130" ]] || fail "not stopped"
	out=$(answered $'\x1c')
	[[ $out == *"$(text stopped-by 3)"*" 131" ]] || fail "not stopped"
	[[ ! -e $root/sys/devices/system/memory/memory3 ]] || fail "probed"
	out=$(answered $'y\n')
	[[ $out == *"added"*" 0" ]] || fail "not added"
}

@test "numbers in another notation: usage errors that say what to write" {
	local word instead
	while read -r word instead; do
		judged=no mem probe --yes "$word"
		exits 2
		err_is "memhp: probe: $(text not-an-address "$word")${instead:+$(text write-instead "$instead")}
$(text try-help " probe")"
	done <<- 'END'
		805306368 0x30000000
		30000000 0x30000000
		30000000-4fffffff 0x30000000-0x4fffffff
		0x40000000,805306368 0x30000000
		pfn:0x3000 0x30000000
		page:0x3000 0x30000000
		0x30000000: 0x30000000
		30000001
		3
		memory3
		all
	END
	judged=no mem probe --yes 1G
	exits 2
	[[ $(block 3) == gone ]] || fail "it was added"
}

# What all documents of the file are held to is for list and ratio.
teardown_file() {
	:
}
