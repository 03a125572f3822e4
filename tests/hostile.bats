# SPDX-License-Identifier: GPL-2.0-or-later
#
# A tree, and a user, whose every string is hostile: control characters, bytes that are not UTF-8, marks that
# turn text around. Whatever memhp prints is UTF-8 without any of them, each message is one line, and so is
# each row of a table. unit/base/test-text.c tests what becomes of which character.

load change

parameters=sys/module/memory_hotplug/parameters
memory=sys/devices/system/memory

# ESC, BEL, DEL, C1, a byte that is none, an override of the direction, a character that is cut
evil=$'\e[31m\a\x7f\xc2\x9b\xff\xe2\x80\xae\xe2\x82'
# the same in two lines, the second of which looks like a message
line=$evil$'\nmemhp: forged\r'"$evil"

# what messages and lines have of it
evil_shown="?[31m??????????"
line_shown="$evil_shown?memhp: forged?$evil_shown"

setup() {
	whole_machine <<- 'END'
		sys/devices/system/memory/crash_hotplug = 0
		sys/kernel/kexec_crash_loaded = 1
		etc/
	END
	device "$line"
}

# device NAME: a removable one, of blocks 16-23
device() {
	local path="LNXSYSTM:00/LNXSYBUS:00/$1" n
	mkdir -p "$root/sys/devices/$path"
	touch "$root/sys/devices/$path/eject"
	for n in {16..23}; do
		ln -sfn "../../../$path" "$root/$memory/memory$n/firmware_node"
	done
}

# The documents have many schemas, and other suites validate them.
teardown_file() {
	:
}

# Every byte of the last run.
judge() {
	"$python" -I -c '
import sys, unicodedata
for path in sys.argv[1:]:
    text = open(path, "rb").read().decode("utf-8")
    bad = sorted({c for c in text if c != "\n" and (unicodedata.category(c) == "Cc" or 0x2028 <= ord(c) <= 0x202e)})
    assert not bad, "%s has %s" % (path, ascii(bad))
    if path.endswith(".err"):
        for line in text.splitlines():
            assert line.startswith(("memhp: ", "Try ")) and not line.startswith("memhp: forged"), ascii(line)
' "$out_file" "$err_file" || fail "harmful output"
	[[ $out != "{"* ]] || "$python" -I -c '
import json, sys, unicodedata
def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from strings(item)
for text in strings(json.loads(open(sys.argv[1], "rb").read().decode("utf-8"))):
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in text), ascii(text)
    assert "\nmemhp: forged" not in text, ascii(text)
' "$out_file" || fail "a harmful document"
}

# each_format ARG…: the command as text, raw, pairs and as a document
each_format() {
	local format
	for format in "" -r -P -J; do
		mem "$@" $format
		((status <= 64)) || fail "exit status $status"
	done
}

@test "list: names of devices and states of blocks" {
	printf '%s\n' "$line" > "$root/$memory/memory9/state"
	printf '%s\n' "Movable $line" > "$root/$memory/memory10/valid_zones"
	printf '%s\n' "$line" > "$root/$memory/memory11/phys_device"
	each_format list -a --output-all
	each_format list -o +DEVICE,ORIGIN --split=DEVICE
	mem list -aJ -o BLOCK,DEVICE 16
	json 'd["memory"][0]["device"].startswith("\ufffd[31m\ufffd\ufffd\ufffd")'
	for format in -r "" -P; do
		mem list -a -n $format -o BLOCK,DEVICE --summary=never 16-23
		[[ $(wc -l <<< "$out") == 8 ]] || fail "a block is not a row"
	done
	mem list --map --scan
	mem list -v --scan -o +WHY
}

@test "operands, options and the directory" {
	local word
	for word in "$evil" "$line"; do
		each_format list "$word"
		for option in --device --node --origin --state --in-zone --color; do
			each_format list "$option=$word"
		done
		each_format list -o "$word"
		each_format list "--$word"
		memhp "$word"
		memhp -s "$root/$word" list
		memhp -s "$root/$word" list -J
		mem offline "--device=$word" --dry-run
		mem offline "--device=$word" -J
		mem offline -t "$word" 3
		mem probe --yes "$word" -J
		mem policy "$word"
		mem policy "online_policy=$word" -J
		mem ratio --add "$word"
		mem policy --export="$word"
	done
}

@test "changes: devices, the kernel log, files of pages, and processes that map them" {
	local word
	faults "memory9 hang" "memory9 log \"page: refcount:1 pfn:0x48000 $evil\"" \
		"memory9 log \"page dumped because: unmovable page\"" "memory17 EINVAL"
	for word in "" -v --explain -J "-J --explain"; do
		mem online 16-23 $word
		mem offline 9 $word -t 200ms
		mem offline 16-23 $word --dry-run
		mem offline 16-23 $word --unplug --dry-run
		mem offline 16-23 $word --unplug -t 500ms
	done
}

@test "the removal of a device: the last line of a plan, the progress line" {
	local seen
	mem online -q 16-23
	mem offline --unplug --dry-run 16-23
	[[ $out == *"($line_shown)" ]] || fail "another last line"
	# the fake kernel removes no device of such a name
	seen=$("${prefix[@]}" TERM=xterm script -qec "$(printf '%q ' "${program[@]}" -s "$root" offline --unplug -t 2s 16-23)" /dev/null < /dev/null) || :
	[[ $seen == *$'\r\e[K'"removing $line_shown: 1s"* ]] || fail "no progress line: $seen"
}

@test "parameters, the kernel command line, the configuration, udev rules" {
	local word
	for word in "$evil" "$line"; do
		printf 'quiet memhp_default_state=%s movable_node kernelcore=%s memory_hotplug.online_policy=%s\n' \
			"$word" "$word" "$word" > "$root/proc/cmdline"
		for name in online_policy auto_movable_ratio auto_movable_numa_aware; do
			printf '%s\n' "$word" > "$root/$parameters/$name"
		done
		printf '%s\n' "$word" > "$root/$memory/auto_online_blocks"
		mkdir -p "$root/etc/udev/rules.d" "$root/usr/lib/udev/rules.d/"
		printf 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="%s"\n' "$word" > "$root/etc/udev/rules.d/40-${word//[$'\n'\/]/}.rules"
		each_format policy
		for text in "online_policy = $word" "$word = 3" "exclude = $word" "online_existing = $word"; do
			printf '%s\n' "$text" > "$root/etc/memhp.conf"
			each_format policy
			each_format policy --check
			each_format policy --apply
			mem policy --save
			mem policy --apply -v
		done
		printf 'online_policy = contig-zones\nauto_online_blocks = offline\n' > "$root/etc/memhp.conf"
		mem policy --check
		mem policy --check -J
		mem policy --apply
		for name in cmdline grubby grub.d tmpfiles sysfs.d bootc; do
			mem policy --export="$name"
		done
		printf '%s\n' "$word" > "$root/$parameters/online_policy"
		mem policy online_policy=contig-zones
		printf '%s\n' "$word" > "$root/$parameters/online_policy"
		mem policy online_policy=contig-zones --json
	done
}

@test "resources and zones: probe and ratio" {
	printf '00000000-3fffffff : System RAM\n40000000-7fffffff : %s\n' "$evil" > "$root/proc/iomem"
	mem probe --yes --dry-run 0x40000000
	mem probe --yes -J 0x40000000
	mem probe --yes 0x40000000
	mem list -a -o +DEVICE
	printf 'Node 0, zone %s\n  pages free 3\n  present 4096\n  managed 4096\n' "$evil" > "$root/proc/zoneinfo"
	each_format ratio
	each_format ratio --advise
	each_format ratio --add 1G
}
