#!/bin/sh
# Adds Cierzo to the menu of whoever runs this, without administrator's rights. The program stays in
# this folder: move it where it shall stay first.
set -u
export LC_ALL=C

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 3
data=${XDG_DATA_HOME:-$HOME/.local/share}
programs=$HOME/.local/bin

stop() {
    echo "error: $1" >&2
    exit 3
}

# What was copied so far is not in its place yet.
give_up() {
    for file in $files; do rm -f -- "$data/$file.new"; done
    case "$2" in
    *"No space left"* | *"quota exceeded"*) stop "There is no free space for $1. Nothing was added." ;;
    *"Read-only"* | *"denied"*) stop "$1 may not be written to. Nothing was added." ;;
    *) stop "$1 could not be written (${2##*: }). Nothing was added." ;;
    esac
}

# Desktop entries quote twice: what a shell would, and every backslash again.
quoted() {
    printf '"%s"' "$(printf '%s' "$1" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')"
}

copy() {
    mkdir -p -- "$(dirname -- "$2")" || return
    case "$1" in
    *.desktop) COMMAND=$(quoted "$here/cierzo") awk '
        { at = index($0, "@COMMAND@") }
        at { $0 = substr($0, 1, at - 1) ENVIRON["COMMAND"] substr($0, at + 9) }
        { print }' "$1" >"$2.new" ;;
    *) cp -- "$1" "$2.new" ;;
    esac
}

cd "$here" || exit 3
sha256sum --check --quiet contents.sha256 >/dev/null 2>&1 ||
    stop "This folder is not whole. Unpack the archive again where there is free space for it."
files=$(cd share && find applications icons mime -type f) || exit 3
for file in $files; do
    reason=$(copy "share/$file" "$data/$file" 2>&1) || give_up "$data" "$reason"
done
for file in $files; do
    mv -f -- "$data/$file.new" "$data/$file" || give_up "$data" "mv failed"
done
# A file of that name that is no link is somebody else's.
if [ -L "$programs/cierzo" ] || [ ! -e "$programs/cierzo" ]; then
    mkdir -p -- "$programs" && ln -sfn -- "$here/cierzo" "$programs/cierzo"
fi
sh ./uninstall.sh --refresh
echo "Cierzo is in the menu now. To take it out again: $here/uninstall.sh"
