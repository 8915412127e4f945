"""Which packages of Linux distributions have the libraries that Qt wants of the system."""

import ctypes
from typing import NamedTuple


class Packages(NamedTuple):
    """What the same library comes in."""

    debian: str
    fedora: str


# Everything that the platforms xcb and wayland, and QtWidgets, are linked to; what a bundle brings
# along is never asked for.
_PACKAGES = {
    "libEGL.so.1": Packages("libegl1", "libglvnd-egl"),
    "libGL.so.1": Packages("libgl1", "libglvnd-glx"),
    "libGLX.so.0": Packages("libglx0", "libglvnd-glx"),
    "libOpenGL.so.0": Packages("libopengl0", "libglvnd-opengl"),
    "libX11-xcb.so.1": Packages("libx11-xcb1", "libX11-xcb"),
    "libX11.so.6": Packages("libx11-6", "libX11"),
    "libdbus-1.so.3": Packages("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": Packages("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": Packages("libfreetype6", "freetype"),
    "libglib-2.0.so.0": Packages("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": Packages("libglib2.0-0", "glib2"),
    "libstdc++.so.6": Packages("libstdc++6", "libstdc++"),
    "libwayland-client.so.0": Packages("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": Packages("libwayland-cursor0", "libwayland-cursor"),
    "libxcb-cursor.so.0": Packages("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": Packages("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": Packages("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": Packages("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": Packages("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": Packages("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": Packages("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": Packages("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": Packages("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": Packages("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": Packages("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": Packages("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": Packages("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": Packages("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": Packages("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": Packages("libxkbcommon0", "libxkbcommon"),
    "libz.so.1": Packages("zlib1g", "zlib"),
    "libzstd.so.1": Packages("libzstd1", "libzstd"),
}
_OF_WAYLAND_ALONE = ("libwayland-",)


def packages_of(library: str) -> Packages | None:
    """What it comes in; None for one that is not known."""
    return _PACKAGES.get(library)


def also_missing(library: str) -> list[str]:
    """Known libraries that are not there either, so that one installation is enough.

    Args:
        library: The one that was missed first; of another platform none is named beside it.
    """
    is_wayland = library.startswith(_OF_WAYLAND_ALONE)
    others = [
        name
        for name in _PACKAGES
        if name != library and name.startswith(_OF_WAYLAND_ALONE) is is_wayland
    ]
    return [name for name in others if _is_missing(name)]


def _is_missing(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError as error:
        return str(error).startswith(f"{library}:")  # else another one that it needs
    return False
