#!/bin/sh
# Takes Cierzo out of the menu of whoever runs this.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 3
data=${XDG_DATA_HOME:-$HOME/.local/share}
link=$HOME/.local/bin/cierzo

# Desktops read databases, not the files themselves.
refresh() {
    if command -v "$1" >/dev/null 2>&1; then "$@" >/dev/null 2>&1 || true; fi
}
refresh_all() {
    refresh update-desktop-database -q "$data/applications"
    refresh update-mime-database "$data/mime"
    refresh touch -c "$data/icons/hicolor"
}

if [ "${1-}" = --refresh ]; then
    refresh_all
    exit 0
fi
cd "$here/share" || exit 3
find applications icons mime -type f | while read -r file; do
    rm -f -- "$data/$file" || exit
done || {
    echo "error: $data may not be written to, so Cierzo is still in the menu." >&2
    exit 3
}
if [ "$(readlink "$link" 2>/dev/null)" = "$here/cierzo" ]; then rm -f -- "$link"; fi
refresh_all
echo "Cierzo is out of the menu. Delete $here to remove it; models and chats stay in $data/Cierzo."
