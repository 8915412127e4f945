"""What requirements.lock installs, by system."""

import pathlib
import platform
import re
from dataclasses import dataclass

from packaging.markers import Marker, default_environment
from packaging.utils import canonicalize_name

from release.project import ROOT

LOCK = ROOT / "requirements.lock"
_SYSTEMS = {
    "linux": ("linux", "Linux", "posix"),
    "windows": ("win32", "Windows", "nt"),
    "macos": ("darwin", "Darwin", "posix"),
}
_ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:(?P<hash>[0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A distribution of the lock.

    Attributes:
        hashes: SHA-256 of every file that may be installed for it.
    """

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(target: str, path: pathlib.Path = LOCK) -> dict[str, Locked]:
    """Read what is installed for a target such as ``linux-x86_64``, by canonical name."""
    found: dict[str, Locked] = {}
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        head, *rest = block.splitlines()
        entry = _ENTRY.match(head)
        if entry is None or not _holds(entry["marker"], target):
            continue
        hashes = tuple(match["hash"] for line in rest if (match := _HASH.match(line)))
        name = canonicalize_name(entry["name"])
        found[name] = Locked(name=name, version=entry["version"], hashes=hashes)
    return found


def _holds(marker: str | None, target: str) -> bool:
    if marker is None:
        return True
    system, _, machine = target.partition("-")
    sys_platform, platform_system, os_name = _SYSTEMS[system]
    environment = default_environment()
    environment["sys_platform"] = sys_platform
    environment["platform_system"] = platform_system
    environment["os_name"] = os_name
    environment["platform_machine"] = machine
    environment["platform_python_implementation"] = platform.python_implementation()
    return Marker(marker).evaluate(dict(environment))
