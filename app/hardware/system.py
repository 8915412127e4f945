"""What this copy was built for and what it runs on, as the list of updates names it."""

import platform
import sys

from app.domain.updates import System

_SYSTEMS = {"win32": "windows", "darwin": "macos"}


def this_system() -> System:
    """Name system, processor and version; Linux has no version that an update depends on."""
    system = _SYSTEMS.get(sys.platform, "linux")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    versions = {"windows": platform.version(), "macos": platform.mac_ver()[0]}
    return System(target=f"{system}-{machine}", version=versions.get(system, ""))
