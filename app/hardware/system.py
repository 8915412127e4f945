"""What this copy was built for and what it runs on, as the list of updates names it."""

import os
import sys
import sysconfig

from app.domain.updates import System

_LIBC = "CS_GNU_LIBC_VERSION"


def this_system() -> System:
    """Name system, processor and the version that an update depends on.

    Asks nothing that takes time: `platform` asks a service on Windows.
    """
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        machine = sysconfig.get_platform().rpartition("-")[2].replace("amd64", "x86_64")
        return System(
            target=f"windows-{machine}",
            floor="windows",
            version=f"{version.major}.{version.minor}.{version.build}",
        )
    machine = os.uname().machine
    if sys.platform == "darwin":
        import platform

        version = platform.mac_ver()[0]
        return System(target=f"macos-{machine}", floor="macos", version=version)
    return System(target=f"linux-{machine}", floor="glibc", version=_glibc_version())


def _glibc_version() -> str:
    """As "2.36"; "" where the system has another C library."""
    if _LIBC not in os.confstr_names:
        return ""
    return (os.confstr(_LIBC) or "").rpartition(" ")[2]
