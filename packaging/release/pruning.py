"""What of the libraries' files stays out of a bundle, and why; a bundle with any of it is refused.

Paths are those below `_internal`, with `/`.
"""

import fnmatch
import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

_Entry = TypeVar("_Entry", bound=tuple[str, str, str])

# All that a window of Widgets needs; each is under the LGPL. Others, some under the GPL alone, come
# with the wheel.
QT_LIBRARIES = {
    *("Core", "Gui", "Widgets", "Network", "Svg"),
    # X11, Wayland and the desktop's services on Linux.
    *("DBus", "XcbQpa", "WaylandClient", "WlShellIntegration"),
}
QT_BINDINGS = {"QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtSvg"}
_QT_PLUGINS = {
    # The window draws without OpenGL, so no driver is touched, and no virtual screen is served.
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    # The desktop's own file dialogs. GTK's theme would bring the build host's GTK along.
    "platformthemes": {"qxdgdesktopportal"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    "styles": {"qmodernwindowsstyle", "qmacstyle"},
    "iconengines": {"qsvgicon"},
    # What the clipboard may offer; files are decoded by the media worker.
    "imageformats": {"qjpeg", "qgif", "qsvg", "qico"},
    "wayland-shell-integration": {"xdg-shell", "qt-shell", "wl-shell-plugin"},
    "wayland-decoration-client": {"adwaita", "bradient"},
}
# Those of Qt's own words that the window's languages need.
_QT_TRANSLATIONS = {"qtbase_de", "qtbase_es", "qtbase_fr", "qtbase_it", "qtbase_zh_TW"}

# Libraries of the system that builds, which go along on Linux. Everything else that it has comes
# from the system that runs the program: the C++ runtime, GLib, D-Bus, fontconfig, libX11, zlib and
# OpenGL are part of every desktop, and its graphics drivers and configuration want its own.
_TAKEN_ALONG = {
    # Qt's X11 platform. GNOME, for one, has no libxcb-cursor until a package of Qt brings it.
    *("libxcb-cursor", "libxcb-icccm", "libxcb-image", "libxcb-keysyms", "libxcb-render-util"),
    *("libxcb-render", "libxcb-shape", "libxcb-util", "libxcb-xkb"),
    *("libxkbcommon", "libxkbcommon-x11"),
    # Linked by QtNetwork, of which only local sockets are used.
    *("libgssapi_krb5", "libkrb5", "libk5crypto", "libkrb5support", "libcom_err", "libkeyutils"),
    *("libbrotlidec", "libbrotlicommon"),
    # Python's. Distributions give them other names, or older versions.
    *("libffi", "libbz2", "libssl", "libcrypto", "libsqlite3"),
    *("libpython3", *(f"libpython3.{minor}" for minor in range(11, 15))),
    # The engine's threads; many desktops have none.
    "libgomp",
}


class Rule(NamedTuple):
    """Files that stay out; the pattern is a shell's, and matches folders, too."""

    pattern: str
    reason: str


RULES = (
    Rule("*/libstdc++.so*", "an old one keeps Mesa's drivers from loading"),
    Rule("*/libgcc_s.so*", "belongs to libstdc++"),
    Rule("*/libvulkan.so*", "the system's loader knows the system's drivers"),
    Rule("*/libvulkan-1.dll", "the system's loader knows the system's drivers"),
    Rule("*/vulkan-1.dll", "the system's loader knows the system's drivers"),
    Rule("*/libreadline.so*", "is under the GPL"),
    Rule("*/readline.*", "is under the GPL"),
    Rule("*/libedit.so*", "belongs to readline"),
    Rule("*/libcuda.so*", "belongs to NVIDIA's driver"),
    # Without them the variant of the generation before is taken.
    Rule("*ggml-cpu-cannonlake.*", "one processor for laptops of 2018; 1.5 MB"),
    Rule("*ggml-cpu-cooperlake.*", "servers with four processors of 2020; 1.5 MB"),
    Rule("*/opengl32sw.dll", "the window draws without OpenGL; 20 MB"),
    Rule("*/d3dcompiler_*.dll", "the window draws without Direct3D"),
    Rule("*/PySide6/Qt/qml/*", "there is no QML"),
    Rule("*/PySide6/qml/*", "there is no QML"),
    Rule("*/*pyside6qml*", "there is no QML"),
    Rule("*/Qt/libexec/*", "tools of developers"),
    Rule("*.pyi", "types are for developers"),
    Rule("*/py.typed", "types are for developers"),
    Rule("*/reportlab/fonts/*", "exported files have fonts of their own"),
    Rule("*/certifi/*.pem.bak", "nobody reads it"),
    Rule("*.dist-info/RECORD", "names files that are not there"),
    Rule("*.dist-info/INSTALLER", "says how the build host got it"),
    Rule("*.dist-info/REQUESTED", "says how the build host got it"),
    Rule("*.dist-info/direct_url.json", "may name a folder of the build host"),
    Rule("*.dist-info/uv_*.json", "holds a time of the build host"),
    Rule("*.dist-info/WHEEL", "nobody reads it"),
)

_QT_LIBRARY = re.compile(r"(?:lib)?Qt6?(\w+?)(?:\.so|\.dll|\.dylib|\.framework|$)")
_QT_BINDING = re.compile(r"/PySide6/(Qt\w+)\.(?:abi3\.so|pyd)$")
_QT_PLUGIN = re.compile(r"/plugins/([\w-]+)/(?:lib)?([\w-]+)\.\w+$")
_QT_TRANSLATION = re.compile(r"/translations/(\w+)\.qm$")
# At the top of the bundle lies what PyInstaller took from the system.
_SYSTEM_LIBRARY = re.compile(r"/(lib[^/]+?)\.so[^/]*")


def reason_against(path: str) -> str:
    """Why that file stays out; empty where it may come along.

    Args:
        path: Below `_internal`, e.g. ``PySide6/Qt/lib/libQt6Qml.so.6``.
    """
    path = f"/{path.replace(chr(92), '/')}"
    for rule in RULES:
        if fnmatch.fnmatchcase(path, rule.pattern):
            return rule.reason
    if fault := _qt_reason(path):
        return fault
    library = _SYSTEM_LIBRARY.fullmatch(path)
    if library and library[1] not in _TAKEN_ALONG:
        return "comes from the system"
    return ""


def _qt_reason(path: str) -> str:
    if (binding := _QT_BINDING.search(path)) and binding[1] not in QT_BINDINGS:
        return "the window does not use that part of Qt"
    if plugin := _QT_PLUGIN.search(path):
        known = plugin[2] in _QT_PLUGINS.get(plugin[1], set())
        return "" if known else "the window does not use that plugin of Qt"
    if (translation := _QT_TRANSLATION.search(path)) and translation[1] not in _QT_TRANSLATIONS:
        return "the window does not speak that language"
    library = _QT_LIBRARY.match(path.rpartition("/")[2])
    if library and not binding and library[1] not in QT_LIBRARIES:
        return "the window does not use that part of Qt"
    return ""


def prune(entries: Iterable[_Entry]) -> list[_Entry]:
    """Leave out what stays out of PyInstaller's list of (path in the bundle, source, kind).

    Its links go, too: libraries of packages find one another by their own run paths, and a name at
    the top would be found by drivers that want the system's library.
    """
    return [entry for entry in entries if entry[2] != "SYMLINK" and not reason_against(entry[0])]


def forbidden_in(internal: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Path and reason of each file below `_internal` that should not be there."""
    for path in sorted(internal.rglob("*")):
        relative = path.relative_to(internal).as_posix()
        if path.is_file() and (reason := reason_against(relative)):
            yield relative, reason
