"""Whether a window can be opened; asked before Qt is touched, which ends the process if it cannot.

Qt's platform is a plugin that is linked to all that it wants of the system. Loading it as Qt would
tells which library is not there.
"""

import ctypes
import importlib.util
import os
import pathlib
import re
import sys
from collections.abc import Mapping

from app.ui.system_packages import also_missing, packages_of

_NO_SCREEN = "There is no screen to open a window on. `cierzo ask` works without one."
_NOBODY_THERE = (
    "The screen “{display}” cannot be reached, or lets this user open no window. Start Cierzo on "
    "the desktop, as the user who sits there."
)
_MISSING = re.compile(r"(?P<library>\S+\.so[\w.]*): cannot open shared object file")


def screen_problem(environment: Mapping[str, str] = os.environ) -> str:
    """Say why there can be no window; empty where nothing is in the way."""
    if sys.platform != "linux":
        return ""
    platforms = _platforms(environment)
    if not platforms:
        return _NO_SCREEN
    folder = _plugins_folder()
    plugins = [folder / f"libq{name}.so" for name in platforms] if folder else []
    faults = [_fault(plugin) for plugin in plugins if plugin.is_file()]
    # Qt takes the first that can be loaded.
    if faults and all(faults):
        return _words(faults[0])
    is_reached = platforms != ["xcb"] or _reaches_x11()
    return "" if is_reached else _NOBODY_THERE.format(display=environment.get("DISPLAY", ""))


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """The platforms that Qt would try, by the names of their plugins."""
    if chosen := environment.get("QT_QPA_PLATFORM"):
        return [name.partition(":")[0] for name in chosen.split(";")]
    variables = {"DISPLAY": "xcb", "WAYLAND_DISPLAY": "wayland"}
    return [name for variable, name in variables.items() if environment.get(variable)]


def _plugins_folder() -> pathlib.Path | None:
    """Where the platforms of our own Qt are; a distribution's knows its libraries itself."""
    package = importlib.util.find_spec("PySide6")
    for folder in (package.submodule_search_locations or []) if package else []:
        if (found := pathlib.Path(folder, "Qt", "plugins", "platforms")).is_dir():
            return found
    return None


def _fault(plugin: pathlib.Path) -> str:
    """What the system says against loading it; empty where it was loaded."""
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        # A frozen program says it in words of its own, and what the system said is behind them.
        return str(error.__cause__ or error)
    return ""


def _reaches_x11() -> bool:
    """Whether the X server that DISPLAY names is there and takes us."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the plugin has found it, wherever it is
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    is_reached = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return is_reached


def _words(fault: str) -> str:
    found = _MISSING.search(fault)
    if not found:
        return f"Qt, which draws the window, cannot be loaded ({fault}). Reinstall Cierzo."
    missing = [found["library"], *also_missing(found["library"])]
    known = [packages for library in missing if (packages := packages_of(library))]
    is_one = len(missing) == 1
    words = f"The window needs the {'library' if is_one else 'libraries'} {', '.join(missing)}"
    words += f", which {'is' if is_one else 'are'} not installed. "
    if not known:
        return f"{words}Install the package of your distribution that has it."
    debian = " ".join(dict.fromkeys(packages.debian for packages in known))
    fedora = " ".join(dict.fromkeys(packages.fedora for packages in known))
    return f"{words}Install on Debian and Ubuntu: {debian}; on Fedora: {fedora}."
