"""The GGUFs below a folder, and what belongs together among them."""

import os
import pathlib
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.builds import BuildFile, group_builds
from app.domain.well_formed import as_text

# Of what strangers' trees may cost: Hub repositories are three deep, sets have a folder more.
_DEEPEST = 8
_MOST_ENTRIES = 200_000


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A GGUF that lies in a folder.

    Attributes:
        path: Absolute; not resolved, because names tell parts and projectors.
        inside: The same below the folder that was walked, with slashes.
    """

    path: pathlib.Path
    inside: str
    bytes: int
    mtime_ns: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A model: its file or all its parts that are there, and its projector.

    Attributes:
        repository: OWNER/NAME where the folder is laid out as on the Hub; else "".
        label: The number format, as the file's name says it.
        missing_parts: Counted from 1.
    """

    repository: str
    label: str
    files: tuple[Seen, ...]
    projector: Seen | None
    missing_parts: tuple[int, ...] = ()


def walk(root: pathlib.Path) -> tuple[Seen, ...]:
    """Find every GGUF below a folder, by path.

    Folders whose names begin with a dot are not entered, nor those that cannot be read, nor one
    that a link leads to a second time.
    """
    seen: list[Seen] = []
    entered: set[tuple[int, int]] = set()
    waiting = [(root, 0)]
    entries = 0
    while waiting and entries < _MOST_ENTRIES:
        folder, depth = waiting.pop()
        for entry in _entries(folder, entered):
            entries += 1
            if entry.name.startswith(".") or as_text(entry.path) != entry.path:
                continue
            path = pathlib.Path(entry.path)
            if _is_folder(entry):
                if depth < _DEEPEST:
                    waiting.append((path, depth + 1))
            elif entry.name.lower().endswith(".gguf") and (found := look_at(path, root)):
                seen.append(found)
    return tuple(sorted(seen, key=lambda file: file.inside))


def look_at(path: pathlib.Path, root: pathlib.Path) -> Seen | None:
    """Look at one file below `root`; None if it is empty, gone or no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if not path.is_file() or not found.st_size:
        return None
    inside = path.relative_to(root).as_posix()
    return Seen(path=path, inside=inside, bytes=found.st_size, mtime_ns=found.st_mtime_ns)


def group(files: Iterable[Seen], *, is_hub_layout: bool) -> tuple[Group, ...]:
    """Put together what is one model.

    Args:
        files: Of one folder, as `walk` gives them.
        is_hub_layout: OWNER/NAME/… is one repository; else every folder stands alone.
    """
    homes: dict[tuple[str, bool], list[Seen]] = {}
    for file in files:
        folders = file.inside.split("/")[:-1]
        is_repository = is_hub_layout and len(folders) >= 2
        home = "/".join(folders[:2] if is_repository else folders)
        homes.setdefault((home, is_repository), []).append(file)
    return tuple(
        made
        for (home, is_repository), members in homes.items()
        for made in _group(home if is_repository else "", members)
    )


def _group(repository: str, members: Iterable[Seen]) -> Iterator[Group]:
    by_path = {file.inside: file for file in members}
    listed = [BuildFile(path=path, bytes=file.bytes) for path, file in by_path.items()]
    for build in group_builds(repository, listed):
        yield Group(
            repository=repository,
            label=build.label,
            files=tuple(by_path[file.path] for file in build.files),
            projector=by_path[build.projector.path] if build.projector else None,
            missing_parts=build.missing_parts,
        )


def _entries(folder: pathlib.Path, entered: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    try:
        found = folder.stat()
        place = (found.st_dev, found.st_ino)
        if place in entered:
            return []
        entered.add(place)
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
