"""A system that lacks a library which Qt needs."""

import ctypes
import os
import pathlib
import subprocess

# In a file system of its own, which ends with the process.
_HIDE = """
set -e
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$2"
rm -f "$2/$3" "$2/$3".*
shift 3
exec "$@"
"""
_LINKED_BY_HAND = ("libQt6XcbQpa", "libqxcb")


def command_without(library: str, folder: pathlib.Path) -> list[str] | None:
    """What stands before a command so that the library is not there for it; None: not allowed here.

    Args:
        library: Its soname.
        folder: An empty one.
    """
    ctypes.CDLL(library)  # else nothing would be hidden
    mapped = pathlib.Path("/proc/self/maps").read_text().splitlines()
    paths = {pathlib.Path(line.split(maxsplit=5)[-1]) for line in mapped}
    stem = f"{library.partition('.so')[0]}.so"
    (place,) = {path.parent for path in paths if path.name.startswith(stem)}
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", _HIDE, "sh"]
    command += [str(folder), str(place), library]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else None


def qt_without(library: str, qt: pathlib.Path, copy: pathlib.Path) -> None:
    """Make `copy` the same as the folder `qt`, but that its X11 platform asks for another library.

    Works everywhere; what is missing has a name that no distribution knows.
    """
    wanted = library.encode() + b"\0"
    missing = wanted.replace(b"lib", b"nil", 1)
    for folder, _, names in os.walk(qt):
        place = copy / pathlib.Path(folder).relative_to(qt)
        place.mkdir(parents=True)
        for name in names:
            source = pathlib.Path(folder, name)
            if name.startswith(_LINKED_BY_HAND):
                (place / name).write_bytes(source.read_bytes().replace(wanted, missing))
            else:
                (place / name).symlink_to(source)
