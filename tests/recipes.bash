# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the section RECIPES of memhp(8) says, read from the page itself, for the suites that run it:
# titles, commands, what is shown after them, files, the table. What a recipe promises is left to
# the tests.

page=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)/man/memhp.8

# The titles, one a line.
recipes() {
	sed -n '/^\.Sh RECIPES$/,/^\.Sh SEE ALSO$/s/^\.Ss //p' "$page"
}

# text_of TITLE: the source of one recipe, or of a section
text_of() {
	awk -v title="$1" '/^\.S[sh] / { is_it = substr($0, 5) == title; next } is_it' "$page"
}

# The displays of a recipe, each line after its number and a tab, as they are read.
displays_of() {
	text_of "$1" | awk '/^\.Bd / { count++; is_shown = 1; next } /^\.Ed$/ { is_shown = 0 } is_shown { print count "\t" $0 }' |
		sed 's/\\&//g; s/\\-/-/g; s/\\e/\\/g'
}

# commands_of TITLE: one a line, without prompts, continued lines as one
commands_of() {
	displays_of "$1" | awk '
		{ sub(/^[0-9]+\t/, "") }
		is_continued { sub(/^ +/, ""); command = command $0 }
		!is_continued { if (!/^[#$] /) next; command = substr($0, 3) }
		{ is_continued = sub(/\\$/, "", command); if (!is_continued) print command }'
}

# shown_of TITLE COMMAND: the lines between that one and the next
shown_of() {
	displays_of "$1" | awk -F '\t' -v command="$2" '
		{ is_it = is_it && $1 == last; last = $1; sub(/^[0-9]+\t/, "") }
		/^[#$] / { is_it = substr($0, 3) == command; next }
		is_it'
}

# file_of TITLE [N]: the Nth display that has no commands
file_of() {
	displays_of "$1" | awk -F '\t' -v wanted="${2:-1}" '
		$1 != last { last = $1; is_file = $2 !~ /^[#$] /; count += is_file }
		is_file && count == wanted { sub(/^[0-9]+\t/, ""); print }'
}

# table_of TITLE: left column, tab, right column; without the heading
table_of() {
	text_of "$1" | sed -n 's/^\.It \(.*\) Ta \(.*\)$/\1\t\2/p' | tail -n +2
}

# is_on_page TITLE TEXT: the rendered recipe has it
is_on_page() {
	local text
	text=$({ printf '.Dd $Mdocdate$\n.Dt MEMHP 8\n.Os\n.Nm memhp\n.Sh RECIPES\n'; text_of "$1"; } |
		mandoc -T ascii 2> /dev/null | sed 's/.\x08//g' | tr -s ' \n' ' ')
	[[ $text == *"$2"* ]] || { echo "the recipe lacks: $2"; return 1; }
}
