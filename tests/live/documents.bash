# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the suites of changes on real kernels: checks by expressions the documents that guests sent, in
# a directory per guest. The tests decide on what is expected, and on further kernels.

kernels=(amd64-6.1 amd64-6.12)

# stories: a guest of each kernel is told its story, the suite's function of that name
stories() {
	local kernel
	for kernel in "${kernels[@]}"; do
		story "$kernel"
	done
}

# is GUEST NAME STATUS [EXPRESSION…]: the exit status; each expression is true of the document NAME as
# d, its blocks by number as b, its parameters by name as p
is() {
	local directory=$BATS_FILE_TMPDIR/$1 name=$2 status=$3
	came "$directory" || return
	[[ $(< "$directory/$name.status") == "$status" ]] || { echo "$1: $name: $(cat "$directory/$name".*)"; return 1; }
	document "$directory/$name" "${@:4}" || { echo "$1: $name"; return 1; }
}

# each NAME STATUS [EXPRESSION…]: the same for all kernels
each() {
	local kernel
	for kernel in "${kernels[@]}"; do
		is "$kernel" "$@" || return
	done
}

# The document is one of its schema, and each expression holds; so for all, if the file has several.
document() {
	/usr/bin/python3 -c '
import json, sys, jsonschema
schemas, name, *expressions = sys.argv[1:]
text = open(name).read().strip()
while True:
    d, end = json.JSONDecoder().raw_decode(text)
    text = text[end:].lstrip()
    kind = next(kind for kind, key in (("error", "error"), ("list", "memory"), ("change", "blocks"),
                ("policy", "parameters"), ("ratio", "nodes")) if key in d)
    jsonschema.Draft202012Validator(json.load(open(f"{schemas}/{kind}.schema.json"))).validate(d)
    b = {row["block"]: row for row in d.get("blocks", [])}
    p = {row.get("parameter"): row for row in d.get("parameters", [])}
    for expression in expressions:
        if not eval(expression):
            sys.exit(f"not true: {expression}\n{json.dumps(d, indent=1)}")
    if not text:
        break
' "$live/../../src/schemas" "$@"
}

# errs NAME PATTERN: the messages of the command NAME on all kernels have a line like that
errs() {
	local kernel
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		grep -q -- "$2" "$BATS_FILE_TMPDIR/$kernel/$1.err" ||
			{ echo "$kernel: $1: no '$2': $(< "$BATS_FILE_TMPDIR/$kernel/$1.err")"; return 1; }
	done
}

# says NAME TEXT: the shells of all guests sent exactly that
says() {
	local kernel
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		[[ $(< "$BATS_FILE_TMPDIR/$kernel/$1") == "$2" ]] ||
			{ echo "$kernel: $1: $(< "$BATS_FILE_TMPDIR/$kernel/$1")"; return 1; }
	done
}
