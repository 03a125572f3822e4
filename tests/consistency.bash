# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the suites of the documents share, on top of helpers.bash: the machine that they show, the
# program as one word, the commands there are, schemas. What is held against what is left to the tests.

load "${BASH_SOURCE[0]%/*}/helpers"
load "${BASH_SOURCE[0]%/*}/quality/rooms"

setup_file() {
    world_of_file qemu-6.12-mixed
    "$tests/world" "$BATS_FILE_TMPDIR/probe" "$tests/worlds/qemu-ppc64-256m.world"
}

setup() {
    cd "$top" || return
    # The program as one word, and below the world, for examples.
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    plain=$BATS_TEST_TMPDIR/memhp
    printf '#!/bin/sh\nexec%s "$@"\n' "$(printf ' %q' "${program[@]}")" > "$plain"
    printf '#!/bin/sh\nexec%s -s "$MEMHP_ROOT" "$@"\n' "$(printf ' %q' "${program[@]}")" \
        > "$BATS_TEST_TMPDIR/bin/memhp"
    chmod +x "$plain" "$BATS_TEST_TMPDIR/bin/memhp"
    export MEMHP_ROOT=$root
}

# What a command is shown with: the world of its examples, and operands that it takes there.
world_of() {
    [[ $1 == probe ]] && printf '%s\n' "$BATS_FILE_TMPDIR/probe" || printf '%s\n' "$root"
}

# The table of commands, one a line.
commands() {
    "${program[@]}" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# same WHAT TEXT TEXT: the same lines in any order, and some
same() {
    [[ -n $2 ]] || fail "$1: nothing found"
    diff <(sort <<< "$2") <(sort <<< "$3") || fail "$1: not the same"
}

# The build that the program comes from.
build_dir() {
    local dir=${program[-1]%/*}
    printf '%s\n' "${dir%/.libs}"
}

# schema_of COMMAND
schema_of() {
    case $1 in
    online | offline) echo change ;;
    *) echo "$1" ;;
    esac
}

# valid SCHEMA FILE
valid() {
    "$python" -c '
import json, sys
from jsonschema import Draft202012Validator
schema, document = (json.load(open(f)) for f in sys.argv[1:])
Draft202012Validator.check_schema(schema)
Draft202012Validator(schema).validate(document)' "src/schemas/$1.schema.json" "$2" > "$BATS_TEST_TMPDIR/why" 2>&1
}

# document ARG…: what is printed with --json; to a file that is no run of helpers.bash
document() {
    out_file=$BATS_TEST_TMPDIR/printed status=0 command="memhp --json $*"
    "$plain" -s "$MEMHP_ROOT" --json "$@" > "$out_file" 2> "$BATS_TEST_TMPDIR/err" || status=$?
    out=$(< "$out_file") err=$(< "$BATS_TEST_TMPDIR/err")
}
