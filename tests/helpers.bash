# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What all bats files share: running $MEMHP (a command, perhaps with arguments; by default the built
# program) with stdout and stderr apart, the worlds below which it runs, and assertions that print what
# they saw. judge checks every run. Every JSON document that a test prints is validated at the end of the
# file. What memhp should answer is left to the tests.

set -uo pipefail
export LC_ALL=C
export PYTHONDONTWRITEBYTECODE=1
unset NO_COLOR LIBSMARTCOLS_COLORS TERMINAL_COLORS_SCHEME POSIXLY_CORRECT COLUMNS

tests=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
top=$(cd "$tests/.." && pwd -P)
python=/usr/bin/python3
if [[ -z ${MEMHP:-} && -x $top/build/.libs/memhp ]]; then
	# libtool's wrapper costs more than memhp
	program=("$top/build/.libs/memhp")
	export LD_LIBRARY_PATH=$top/build/.libs
else
	read -ra program <<< "${MEMHP:-$top/build/memhp}"
fi
# shellcheck source=tests/messages.bash
source "$tests/messages.bash"
prefix=()            # what the program is run under, see with
runs=0               # of this test
judged=yes           # judge checks each run
root=${BATS_FILE_TMPDIR:-}/root    # the tree below which mem runs memhp

# world [NAME]: the world of that name, or the text on stdin, as a tree in $root. A second call
# adds to the tree of the first one.
world() {
	root=$BATS_TEST_TMPDIR/root
	make_world "$@"
}

# The same for all tests of a file. Called in setup_file.
world_of_file() {
	root=$BATS_FILE_TMPDIR/root
	make_world "$@"
}

make_world() {
	"$tests/world" "$root" ${1:+"$tests/worlds/$1.world"}
}

# edit PATH TEXT: writes one file of the tree; quicker than a statement to world
edit() {
	printf '%s\n' "$2" > "$root/sys/devices/system/memory/$1"
}

# pages: fills the blocks of the tree as the text on stdin says (see kpageflags)
pages() {
	"$tests/kpageflags" "$root" "${program[-1]}"
}

# with COMMAND… -- FUNCTION…: runs the function so that memhp runs under the command
with() {
	local prefix=("${prefix[@]}")
	while [[ $1 != -- ]]; do
		prefix+=("$1")
		shift
	done
	"${@:2}"
}

# one_processor: the number of the first processor that may be used, which need not be 0, for taskset -c
one_processor() {
	taskset -cp "$BASHPID" | sed 's/.*: //; s/[,-].*//'
}

# On one processor memhp has one thread.
on_one_processor() {
	with taskset -c "$(one_processor)" -- "$@"
}

# Without any capability: file modes are enforced, and /proc/iomem hides its addresses.
unprivileged() {
	if ((EUID == 0)); then
		with setpriv --bounding-set=-all --inh-caps=-all -- "$@"
	else
		"$@"
	fi
}

# what_permits: the advice of memhp after a missing permission. Root lacks it in a container.
what_permits() {
	text "$( ((EUID == 0)) && echo run-on-host || echo run-as-root)"
}

# memhp ARG…: sets status, out, err (and the names of the files that hold them)
memhp() {
	local name=$BATS_FILE_TMPDIR/run-${BATS_SUITE_TEST_NUMBER:-0}-$((++runs))
	out_file=$name.out err_file=$name.err status=0
	command=memhp$(printf ' %q' "$@")
	"${prefix[@]}" "${program[@]}" "$@" < /dev/null > "$out_file" 2> "$err_file" || status=$?
	out=$(tr -d '\0' < "$out_file") err=$(tr -d '\0' < "$err_file")
	[[ $judged == no ]] || judge
	printf '%s\n%s\n' "$status" "$command" > "$name.run"
}

# mem ARG…: memhp below the world
mem() {
	memhp -s "$root" "$@"
}

# Every run: messages are lines of a known form. Output is data from a command that succeeded at least
# partly, or the document of an error.
judge() {
	local line form hint
	hint=$(text try-help "( list| online| offline| probe| policy| ratio)?")
	form="^(memhp: .+|${hint//./\\.})\$"
	while read -r line; do
		[[ -z $line || $line =~ $form ]] || fail "not a message: $line"
	done <<< "$err"
	case $status in
	0 | 64) ;;
	1 | 2 | 3 | 4)
		[[ -n $err ]] || fail "no message about the failure"
		[[ -z $out || $out == "{"* ]] || fail "half-printed"
		;;
	*) fail "unknown exit status" ;;
	esac
}

# fail TEXT: prints the text and the last run, and ends the test
fail() {
	printf '%s\n$ %s\nexit status %s\n' "$1" "${command:-}" "${status:-}"
	printf -- '--- stdout\n%.4000s\n--- stderr\n%.4000s\n' "${out:-}" "${err:-}"
	exit 1
}

exits() {
	((status == $1)) || fail "exit status is not $1"
}

# stdout is exactly the text on stdin, except for the newline at the end.
out_is() {
	local expected
	expected=$(cat)
	[[ $out == "$expected" ]] || fail "stdout differs
$(diff -u <(printf '%s\n' "$expected") <(printf '%s\n' "$out") || :)"
}

err_is() {
	[[ $err == "$1" ]] || fail "stderr is not: $1"
}

out_has() {
	[[ $out == *"$1"* ]] || fail "stdout lacks: $1"
}

err_has() {
	[[ $err == *"$1"* ]] || fail "stderr lacks: $1"
}

out_lacks() {
	[[ $out != *"$1"* ]] || fail "stdout has: $1"
}

err_lacks() {
	[[ $err != *"$1"* ]] || fail "stderr has: $1"
}

# stderr is exactly one message.
one_message() {
	[[ -n $err && $err != *$'\n'* ]] || fail "not one message"
}

# A usage error of list that contains the text and refers to --help, without printing the help.
is_usage_error() {
	exits 2
	err_has "$1"
	[[ $err == "memhp: "*$'\n'"$(text try-help " list")" ]] ||
		fail "not a message and a hint"
	[[ $err != *$'\n'*$'\n'* ]] || fail "too much"
}

# json EXPRESSION…: each is true for the document d, its rows and sums
json() {
	"$python" -I -c '
import json, sys
d = json.load(open(sys.argv[1], "rb"))
names = dict(d=d, json=json, rows=d.get("memory"), sums=d.get("summary"),
             column=lambda key: [row[key] for row in d["memory"]])
bad = [e for e in sys.argv[2:] if not eval(e, names)]
sys.exit("".join("not true: %s\n" % e for e in bad) or 0)
' "$out_file" "$@" || fail "the document is not as it should be"
}

# validate SCHEMA [FILE]: checks the last document (or the file) against src/schemas/SCHEMA.schema.json
validate() {
	"$python" -c "$validator" "$top/src/schemas" "$1" "${2:-$out_file}" || fail "not valid: $1"
}

# Checks every document that the tests of this file printed. The document of an error has the exit status
# and the message of its run. Rows of list are consistent: addresses with blocks, sums with sizes.
validator='
import glob, json, sys
from jsonschema import Draft202012Validator

def load(path):
    def unique(pairs):
        keys = [key for key, _ in pairs]
        assert len(set(keys)) == len(keys), "a key twice"
        return dict(pairs)
    def constant(word):
        raise AssertionError(word)
    with open(path, "rb") as file:
        return json.loads(file.read().decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)

schemas = {}
def schema(name):
    if name not in schemas:
        text = load("%s/%s.schema.json" % (sys.argv[1], name))
        Draft202012Validator.check_schema(text)
        schemas[name] = Draft202012Validator(text)
    return schemas[name]

def span(text, base):
    first, _, last = text.partition("-")
    return int(first, base), int(last or first, base)

def rows_agree(d):
    size, end = d["block_size"], -1
    for row in d["memory"]:
        if "range" in row:
            first, last = span(row["range"], 0)
            assert first > end and first % size == (last + 1) % size == 0, row
            end = last
            assert row.get("start", first) == first and row.get("end", last) == last, row
            assert row.get("size", last - first + 1) == last - first + 1, row
        if "range" in row and "block" in row:
            assert span(row["block"], 10) == (first // size, last // size), row
            assert row.get("count", (last - first + 1) // size) == (last - first + 1) // size, row
        assert all(row[key] is None for key in row.get("mixed", [])), row
        pages = [row.get(key) for key in "free migrate unmovable huge poisoned driver unknown".split()]
        assert None in pages or sum(pages) == row.get("size", sum(pages)), row
    s = d["summary"]
    assert s["online"] + s["offline"] + s["going_offline"] <= s["blocks"] * size, s
    sizes = [row["size"] for row in d["memory"] if "size" in row]
    assert not sizes or sum(sizes) == s["blocks"] * size, s

def check(path, name=None, status=None, stderr=""):
    d = load(path)
    found = "error" if "error" in d else "columns" if "columns" in d else "ratio" if "nodes" in d else "list"
    assert name in (None, found), "document of %s" % found
    schema(found).validate(d)
    assert status in (None, d["exit_status"]), "exit status %s" % status
    paths = [fault["path"] for fault in d["faults"]]
    assert len(set(paths)) == len(paths), "a fault twice"
    if found == "list":
        rows_agree(d)
    elif found == "error":
        assert status is None or d["error"]["message"] in stderr, "another message"

def check_all(directory):
    bad = 0
    for run in sorted(glob.glob(directory + "/run-*.run")):
        status, command = open(run, errors="replace").read().split("\n", 1)
        path = run[:-4]
        if open(path + ".out", "rb").read(1) != b"{":
            if "-J" in command.split() and status in "123":
                print("%sno document\n" % command)
                bad = 1
            continue
        try:
            check(path + ".out", None, int(status), open(path + ".err", errors="replace").read())
        except Exception as error:
            print("%s%s: %s\n" % (command, type(error).__name__, str(error)[:400]))
            bad = 1
    return bad

sys.exit(check_all(sys.argv[2]) if len(sys.argv) == 3 else check(sys.argv[3], sys.argv[2]))
'

validate_all() {
	"$python" -c "$validator" "$top/src/schemas" "$BATS_FILE_TMPDIR"
}

teardown_file() {
	validate_all
}

# Whether it is the plain program: limits of memory do not apply to sanitizers and emulators.
is_plain() {
	local file=${program[0]}
	((${#program[@]} == 1)) || return 1
	[[ ! -e ${file%/*}/.libs/${file##*/} ]] || file=${file%/*}/.libs/${file##*/}
	! grep -qE '__asan_init|__ubsan_handle|__tsan_init' "$file"
}
