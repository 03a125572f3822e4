# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later

# rooms_of libmemhp|cli: the rooms that README maps, in their order
rooms_of() {
	sed -n '/^Map of the source/,/^Licence/p' README |
		awk -v top="src/$1/" '/^    src/ { inside = $1 == top } inside && /^      / { sub("/", "", $1); print $1 }' | xargs
}
