# SPDX-License-Identifier: GPL-2.0-or-later
#
# Help: --help, memhp help, and --list-columns. consistency.bats holds it together with the manual pages, the
# completion and the schemas; cli.bats covers the rest of the command line.

load helpers

# The commands, as messages list them.
commands="list, online, offline, probe, policy or ratio"

setup_file() {
	world_of_file << 'END'
block_size 128M
block 0-7 online Normal node 0
END
}

@test "--help and -h, of memhp and of list: on stdout, exit status 0, within 80 columns" {
	for words in "--help" "-h" "help" "list --help" "list -h" "--help list" "list 3 -h --color" "help list"; do
		memhp $words
		exits 0
		err_is ""
		[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
		for option in --sysroot --json --verbose --quiet --color --help --version; do
			out_has "$option"
		done
	done
	memhp --help
	for name in list online offline probe policy ratio; do
		out_has $'\n'"  $name "
	done
	[[ $out == *$'\n\n'"$(text see-help)" ]] || fail "the end is not where more help is"
	memhp list --help
	for option in --all --split --summary --map --scan --noheadings --output --output-all --list-columns --pairs --raw \
		--bytes --node --in-zone --state --origin --device; do
		out_has "$option"
	done
	# --list-columns prints the columns
	! grep -E '^  [A-Z]' "$out_file" || fail "columns"
}

@test "memhp help [COMMAND] is another spelling of --help" {
	memhp --help
	expected=$out
	memhp help
	exits 0
	err_is ""
	out_is <<< "$expected"
	for name in list online offline probe policy ratio; do
		memhp "$name" --help
		expected=$out
		memhp help "$name"
		exits 0
		err_is ""
		out_is <<< "$expected"
	done
	memhp help lists
	exits 2
	err_is "memhp: $(text unknown-command lists "$commands")
$(text try-help "")"
	# options and words behind it do not matter, as with --help
	memhp list --help
	expected=$out
	for words in "help list -J" "-J help list" "help -q list all" "help --help list"; do
		memhp $words
		exits 0
		out_is <<< "$expected"
	done
	memhp --help
	expected=$out
	for words in "help -J" "help --help" "help help"; do
		memhp $words
		exits 0
		out_is <<< "$expected"
	done
	# it is not a command
	memhp --help
	out_lacks $'\n  help '
}

@test "--help of each command: a sentence, operands, options, examples, the manual page" {
	while IFS=';' read -r name synopsis operands; do
		memhp "$name" --help
		exits 0
		[[ $out == "$(text usage "$name $synopsis")"$'\n\n'"$(text "about-$name")"$'\n\n'"$operands"* ]] ||
			fail "not usage, sentence and operands"
		mapfile -t examples < <(sed -n '/^Examples:$/,$p' "$out_file")
		((${#examples[@]} >= 4)) || fail "no examples"
		[[ ${examples[-1]} == "$(text see-page "$name")" ]] || fail "the end is not the manual page"
		for example in "${examples[@]:1:${#examples[@]}-2}"; do
			[[ -z $example || $example == "  memhp $name"* ]] || fail "not an example: $example"
		done
	done <<- END
		list;[OPTION...] [BLOCK|RANGE|ADDRESS|all]...;$(text operands-blocks)
		online;[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...;$(text operands-blocks)
		offline;[OPTION...] BLOCK|RANGE|ADDRESS|AMOUNT|all...;$(text operands-blocks)
		probe;[OPTION...] ADDRESS|RANGE...;$(text operands-address)
		policy;[OPTION...] [NAME...|NAME=VALUE...];$(text operands-name)
		ratio;[OPTION...];$(text operands-device)
	END
}

@test "--list-columns: all columns of list, policy and ratio, in every format, on any machine" {
	while read -r name count first default costly; do
		memhp "$name" --list-columns
		exits 0
		err_is ""
		table=$out
		[[ $out =~ ^COLUMN\ +DEFAULT\ ALL\ DESCRIPTION$'\n'$first\ +yes\ +yes\ [a-zA-Z] ]] || fail "another table"
		(($(wc -l <<< "$out") == count + 1)) || fail "not $count columns"
		shown=$(script -qec "stty cols 80; $(printf '%q ' "${program[@]}" "$name" -H --color=never)" /dev/null < /dev/null)
		! tr -d '\r' <<< "$shown" | grep -E '.{81}' || fail "more than 80 columns on a terminal that has 80"
		# neither other options nor the machine change that
		memhp "$name" -H -b -s "$BATS_TEST_TMPDIR/nowhere"
		exits 0
		out_is <<< "$table"
		memhp "$name" -Hn
		out_is <<< "${table#*$'\n'}"
		memhp "$name" -J -H
		exits 0
		json "len(d['columns']) == $count" "d['columns'][0]['column'] == '$first'" \
			"','.join(c['column'] for c in d['columns'] if c['default']) == '$default'" \
			"','.join(c['column'] for c in d['columns'] if not c['all']) == '${costly#-}'" \
			'all(c["description"] for c in d["columns"])'
		validate columns
		cp "$out_file" "$BATS_TEST_TMPDIR/columns"
		memhp "$name" -HP
		exits 0
		same_columns 'COLUMN="%s" DEFAULT="%s" ALL="%s" DESCRIPTION="%s"' ""
		memhp "$name" -H -r
		exits 0
		same_columns '%s %s %s %s' 'COLUMN DEFAULT ALL DESCRIPTION\n'
	done <<- 'END'
		list 26 RANGE RANGE,SIZE,STATE,BLOCK,NODE,ZONES FREE,MIGRATE,UNMOVABLE,HUGE,POISONED,DRIVER,UNKNOWN
		policy 9 PARAMETER PARAMETER,VALUE,DEFAULT,SOURCE,WRITABLE,MEANING -
		ratio 9 NODE NODE,KERNEL,MOVABLE,CMA,RATIO,LIMIT,HEADROOM,STATUS BAR
	END
	for name in list policy ratio; do
		memhp "$name" -H --json --raw
		exits 2
		err_says formats-exclude
	done
	# what it does not need it does not take: nothing is set, nothing is chosen
	for words in "list -H 3" "ratio -H 3" "policy -H auto_movable_ratio=5"; do
		mem $words
		exits 2
		err_says columns-take-none "${words##* }"
	done
	for option in --output=BLOCK --output-all; do
		mem list -H "$option"
		exits 2
		err_says columns-exclude-output
	done
	for name in online offline probe; do
		memhp "$name" -H
		exits 2
		err_has "memhp: $name: -H: "
	done
}

# same_columns FORMAT HEADING: each column of the document is a line of that format; blanks of --raw are \x20
same_columns() {
	"$python" -I -c '
import json, sys
lines = open(sys.argv[2]).read()
names = "column", "default", "all", "description"
def cell(value):
    text = {True: "yes", False: "no"}.get(value, value)
    return text if "=" in sys.argv[3] else text.replace(" ", "\\x20")
rows = [tuple(cell(c[name]) for name in names) for c in json.load(open(sys.argv[1]))["columns"]]
expected = sys.argv[4].replace("\\n", "\n") + "".join(sys.argv[3] % row + "\n" for row in rows)
sys.exit(lines != expected and "not: " + expected)
' "$BATS_TEST_TMPDIR/columns" "$out_file" "$1" "$2" || fail "other columns"
}

@test "--list-columns: DEFAULT and ALL are true" {
	world qemu-6.12-mixed
	for name in list policy ratio; do
		memhp "$name" -H -n -r
		listed=$out
		mem "$name" -r -q
		[[ ${out%%$'\n'*} == "$(awk '$2 == "yes" { print $1 }' <<< "$listed" | paste -s -d ' ')" ]] || fail "DEFAULT is wrong"
		mem "$name" -r -q --output-all
		[[ ${out%%$'\n'*} == "$(awk '$3 == "yes" { print $1 }' <<< "$listed" | paste -s -d ' ')" ]] || fail "ALL is wrong"
	done
}
