"""How much memory this PC has, and how much of it a program may still take."""

import pathlib
from collections.abc import Iterator

import msgspec

_ROOT = pathlib.Path("/")
_GROUPS = "sys/fs/cgroup"


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """RAM in bytes, container limits included."""

    total_bytes: int
    available_bytes: int


class _Files(msgspec.Struct, frozen=True):
    """How a version of cgroups calls its files, and the caches in its statistics.

    The page cache of mapped models and of a compiler is given back when it is needed.
    """

    limits: tuple[str, ...]
    usage: str
    caches: tuple[str, ...]


_V2 = _Files(("memory.max", "memory.high"), "memory.current", ("inactive_file", "slab_reclaimable"))
_V1 = _Files(("memory.limit_in_bytes",), "memory.usage_in_bytes", ("total_inactive_file",))


def read_memory() -> Memory:
    """Read the RAM's size and what is available without swapping.

    On Linux the limits of this process's control group and of all that it lies in count where they
    are lower than the machine: in containers, and where somebody limited a service or a session.
    """
    import psutil  # not at the start of the window, which would wait for it

    machine = psutil.virtual_memory()
    total, available = int(machine.total), int(machine.available)
    for folder, files in _groups():
        for limit in (_read_number(folder / name) for name in files.limits):
            if limit is None or limit >= machine.total:
                continue
            used = (_read_number(folder / files.usage) or 0) - _cache_bytes(folder, files)
            total = min(total, limit)
            available = min(available, max(0, limit - max(0, used)))
    return Memory(total_bytes=total, available_bytes=available)


def free_memory_bytes() -> int:
    """What is available without swapping."""
    return read_memory().available_bytes


def _groups() -> Iterator[tuple[pathlib.Path, _Files]]:
    """Folders of this process's group and its parents, as far as they are visible.

    A container sees its own group as the root, whatever path the kernel tells it.
    """
    try:
        lines = (_ROOT / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux
        return
    for line in lines.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            yield from _upwards(_ROOT / _GROUPS, path, _V2)
        elif "memory" in controllers.split(","):
            yield from _upwards(_ROOT / _GROUPS / "memory", path, _V1)


def _upwards(root: pathlib.Path, path: str, files: _Files) -> Iterator[tuple[pathlib.Path, _Files]]:
    parts = [part for part in path.split("/") if part not in ("", "..")]
    for depth in range(len(parts), -1, -1):
        yield root.joinpath(*parts[:depth]), files


def _cache_bytes(folder: pathlib.Path, files: _Files) -> int:
    try:
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    sizes = dict(line.split(" ", 1) for line in lines if " " in line)
    return sum(int(sizes.get(name, 0)) for name in files.caches)


def _read_number(path: pathlib.Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such limit, or "max"
        return None
