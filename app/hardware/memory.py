"""How much memory this PC has, and how much of it a program may still take."""

import pathlib

import msgspec
import psutil

_CGROUP = pathlib.Path("/sys/fs/cgroup")


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """RAM in bytes, container limits included."""

    total_bytes: int
    available_bytes: int


def read_memory() -> Memory:
    """Read the RAM's size and what is available without swapping.

    A container's limit (cgroup v2) counts where it is lower than the machine's.
    """
    machine = psutil.virtual_memory()
    total, available = int(machine.total), int(machine.available)
    limit = _read_number(_CGROUP / "memory.max")
    if limit is not None and limit < total:
        # The page cache of mapped models and of a compiler is given back when it is needed.
        used = max(0, (_read_number(_CGROUP / "memory.current") or 0) - _cache_bytes())
        total, available = limit, min(available, max(0, limit - used))
    return Memory(total_bytes=total, available_bytes=available)


def _cache_bytes() -> int:
    try:
        lines = (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    sizes = dict(line.split(" ", 1) for line in lines if " " in line)
    return int(sizes.get("inactive_file", 0)) + int(sizes.get("slab_reclaimable", 0))


def _read_number(path: pathlib.Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such limit, or "max"
        return None
