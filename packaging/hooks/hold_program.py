"""Keeps the program's file open; a runtime hook, which PyInstaller runs before the program.

Modules are in that file and are read when they are first needed. A package manager replaces it
while a window is open; whoever holds the old one goes on reading it.
"""

import os
import sys

if sys.platform == "linux":
    archive = sys.modules["pyimod02_importers"].pyz_archive
    held = os.open(archive._filename, os.O_RDONLY)
    # Opens the held file anew each time, also where its name has gone or leads to another.
    archive._filename = f"/proc/self/fd/{held}"
