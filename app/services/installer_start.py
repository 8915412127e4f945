"""Starting a verified installer, which outlives us."""

import pathlib
import subprocess

from app.domain.distribution import Kind
from app.domain.errors import InstallerNotStarted

_SUFFIXES = {Kind.WINDOWS: "-setup.exe", Kind.MACOS: ".dmg"}
# Absent on other systems.
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


def has_installer(kind: Kind) -> bool:
    """Whether this kind of installation can be replaced by something that is fetched and run."""
    return kind in _SUFFIXES


def installer_name(kind: Kind, version: str) -> str:
    """What its file is called."""
    return f"Cierzo-{version}{_SUFFIXES[kind]}"


def start_installer(kind: Kind, path: pathlib.Path) -> subprocess.Popen[bytes]:
    """Run the setup program; on macOS open the disk image, from which the person drags the program.

    Args:
        kind: How this copy was installed.
        path: Absolute; verified by the caller.

    Returns:
        What runs, which nobody has to wait for.

    Raises:
        InstallerNotStarted: The system refuses.
    """
    command = ["/usr/bin/open", str(path)] if kind is Kind.MACOS else [str(path)]
    try:
        return subprocess.Popen(
            command,
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=_NEW_GROUP,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InstallerNotStarted(reason=reason, folder=str(path.parent)) from None
