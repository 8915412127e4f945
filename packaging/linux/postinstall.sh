#!/bin/sh
# Desktops read databases, not the files themselves. Where the distribution does this by itself,
# doing it again costs nothing.
set -e

refresh() {
    if command -v "$1" >/dev/null 2>&1; then "$@" >/dev/null 2>&1 || true; fi
}
refresh update-desktop-database -q /usr/share/applications
refresh update-mime-database /usr/share/mime
refresh gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor

# A window that was opened before an upgrade goes on with what it has read so far.
for running in /proc/[0-9]*/exe; do
    case "$(readlink "$running" 2>/dev/null)" in
    "/opt/cierzo/cierzo"*" (deleted)")
        echo "Cierzo is open in its earlier version: close it and open it again."
        break
        ;;
    esac
done
