#!/bin/sh
# Debian's packages pass "remove" or "upgrade" and more, RPM passes how many versions remain.
set -e

refresh() {
    if command -v "$1" >/dev/null 2>&1; then "$@" >/dev/null 2>&1 || true; fi
}
case "$1" in
remove | 0)
    refresh update-desktop-database -q /usr/share/applications
    refresh update-mime-database /usr/share/mime
    refresh gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor
    echo "Cierzo is removed. Everybody's models and chats stay in ~/.local/share/Cierzo, settings in ~/.config/Cierzo."
    ;;
esac
