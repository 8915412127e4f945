"""What is known of a part: written beside it, and trusted again only where that is safe.

There are two of them. `N.json` is written often and survives the death of the process. `N.synced`
is written seldom, after the part was made durable, and survives a power cut. What only the first
one says is checked against the disk before it is believed.

All of it waits for the disk and is called off the event loop.
"""

import contextlib
import itertools
import os
import pathlib

import msgspec

from app.domain.downloads.segments import SEGMENT_BYTES, Done, Segments
from app.domain.undecodable import UNDECODABLE
from app.downloads.worker.part_file import PartFile, crc32_of, is_full
from app.downloads.worker.wanted import WantedFile

_NOTHING = (0, 0)


class _Journal(msgspec.Struct, frozen=True, kw_only=True):
    """One of both.

    Attributes:
        name: With `bytes` and `sha256`: which file the part is to become.
        segment_bytes: How it is cut.
        done: Start of a segment -> bytes in it, their crc32.
    """

    version: int = 1
    name: str
    bytes: int
    sha256: str
    segment_bytes: int = SEGMENT_BYTES
    done: dict[int, tuple[int, int]] = {}


def _fitting(entry: tuple[int, int] | None, most_bytes: int) -> tuple[int, int] | None:
    return entry if entry and entry[0] <= most_bytes else None


class PartJournal:
    """The journals of one part."""

    def __init__(self, wanted: WantedFile) -> None:
        self._wanted = wanted
        self._path = wanted.journal
        self._synced_path = wanted.journal.with_suffix(".synced")

    def restore(self, part: PartFile) -> Segments:
        """Find out what of the part can be trusted; the rest is fetched again.

        Raises:
            OSError: The part cannot be cut to what it may be.
        """
        newest, synced = self._read(self._path), self._read(self._synced_path)
        length_bytes = part.length_bytes
        # Only what fits before the next one, so that no byte is read twice to be checked.
        starts = sorted(start for start in newest | synced if 0 <= start < length_bytes)
        done = {
            start: entry
            for start, stop in itertools.pairwise([*starts, length_bytes])
            if (
                entry := self._trusted(
                    start,
                    _fitting(newest.get(start), stop - start) or _NOTHING,
                    _fitting(synced.get(start), stop - start),
                )
            )
        }
        if length_bytes > self._wanted.bytes:
            part.cut(self._wanted.bytes)
        return Segments(self._wanted.bytes, done)

    def write(self, done: Done) -> None:
        """Keep what is in the part, for the case that the process dies.

        Raises:
            OSError: It cannot be; not because the disk is full, then the last one stays.
        """
        self._replace(self._path, done, is_durable=False)

    def write_synced(self, done: Done) -> None:
        """Keep what was in the part before it was last made durable, for a power cut.

        Raises:
            OSError: As `write`.
        """
        self._replace(self._synced_path, done, is_durable=True)

    def forget(self) -> None:
        """Nothing of the part can be trusted.

        Raises:
            OSError: The disk refuses.
        """
        self._synced_path.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _trusted(
        self, start: int, newest: tuple[int, int], synced: tuple[int, int] | None
    ) -> tuple[int, int] | None:
        """What is really in a segment."""
        if synced and synced[0] >= newest[0]:
            return synced
        # Where the disk lost what came last, the rest may be gone too.
        candidates = [newest, synced] if synced else [newest]
        return next((entry for entry in candidates if self._is_there(start, *entry)), None)

    def _is_there(self, start: int, count: int, crc32: int) -> bool:
        return crc32_of(self._wanted.part, start, count) == crc32

    def _read(self, path: pathlib.Path) -> dict[int, tuple[int, int]]:
        try:
            journal = msgspec.json.decode(path.read_bytes(), type=_Journal)
        except (OSError, *UNDECODABLE):
            return {}
        if journal != self._journal(journal.done):
            return {}  # of another file, or of another version of ours
        return {s: entry for s, entry in journal.done.items() if 0 < entry[0] <= SEGMENT_BYTES}

    def _journal(self, done: Done) -> _Journal:
        wanted = self._wanted
        return _Journal(name=wanted.name, bytes=wanted.bytes, sha256=wanted.sha256, done=dict(done))

    def _replace(self, path: pathlib.Path, done: Done, *, is_durable: bool) -> None:
        temporary = path.with_name(f"{path.name}.new")
        try:
            with temporary.open("wb") as file:
                file.write(msgspec.json.encode(self._journal(done)))
                if is_durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            # Windows refuses while a virus scanner reads the old one. The next one follows soon.
            if not (is_full(error) or (os.name == "nt" and isinstance(error, PermissionError))):
                raise
