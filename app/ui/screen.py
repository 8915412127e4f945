"""Whether there is something to open a window on."""

import ctypes
import os
import sys


def screen_problem() -> str:
    """Say why Qt would end the process in place of a window; empty where nothing is wrong."""
    if sys.platform != "linux" or "QT_QPA_PLATFORM" in os.environ:
        return ""
    if "WAYLAND_DISPLAY" in os.environ:
        return ""
    if "DISPLAY" not in os.environ:
        return "There is no screen to open a window on. `cierzo ask` works without one."
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError:
        return "Qt needs the library libxcb-cursor.so.0. Install the package libxcb-cursor0."
    return ""
