"""What was read of a chat, as a file, so that a new process need not read it again.

    magic · length of the header (8 bytes) · header (JSON) · entries (8 bytes each) · the state

Nothing of a file reaches llama.cpp before the header fits this model and build and the SHA-256 of
all that follows it is right: of 40 damaged states llama.cpp loaded 18 and aborted on 10. A file
that does not fit is deleted; it only costs time.
"""

import array
import contextlib
import ctypes
import hashlib
import mmap
import os
import pathlib
import secrets
import shutil
from collections.abc import Callable, Sequence

import msgspec

from app.domain.chat import Effort
from app.engine.snapshot_files import SUFFIX, forget_snapshots, snapshot_name

_MAGIC = b"CierzoKV1\n"
_PART_SUFFIX = ".part"
_LENGTH_BYTES = 8
_MOST_HEADER_BYTES = 4096
_ENTRY_BYTES = 8
# Room that is left to everybody else on the disk.
_SPARE_BYTES = 1 << 30

State = ctypes.Array[ctypes.c_uint8]


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fingerprint: str
    entries: int
    state_bytes: int
    sha256: str


class Snapshots:
    """The files of one model in one folder.

    Args:
        folder: Private; made when it is needed.
        fingerprint: Of everything that decides whether a state fits: model, build, settings.
        limit_bytes: What all files may take together; the oldest go first.
    """

    def __init__(self, folder: pathlib.Path, *, fingerprint: str, limit_bytes: int) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._limit_bytes = limit_bytes
        # What a process that was killed while it wrote has left; another one that writes just now
        # notices when it gives its file the name, and does without.
        for leftover in folder.glob(f".*{_PART_SUFFIX}"):
            _delete(leftover)

    def save(
        self,
        chat: str,
        effort: Effort | None,
        entries: Sequence[int],
        state_bytes: int,
        write: Callable[[State], int],
    ) -> bool:
        """Write a state; `write` fills the memory it gets and returns how much it used.

        Returns:
            False where the disk or the limit has no room, or the disk fails.
        """
        path = self._path(chat, effort)
        body_bytes = len(entries) * _ENTRY_BYTES + state_bytes
        size_bytes = len(_MAGIC) + _LENGTH_BYTES + _MOST_HEADER_BYTES + body_bytes
        temporary = path.with_name(f".{secrets.token_hex(8)}{_PART_SUFFIX}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._has_room(path, size_bytes):
                return False
            try:
                self._write(temporary, entries, state_bytes, write)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def load(
        self,
        chat: str,
        effort: Effort | None,
        read: Callable[[State, int], bool],
        *,
        most_entries: int,
    ) -> list[int]:
        """Restore a state through `read`; return its entries, none where there is nothing fit.

        One of more than `most_entries` does not fit.
        """
        path = self._path(chat, effort)
        try:
            with (
                path.open("r+b") as file,
                # Copy on write: ctypes only looks into memory that might be written.
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as content,
            ):
                entries = self._read(content, read, most_entries)
        except FileNotFoundError:
            return []
        except (OSError, ValueError):
            entries = []
        if entries:
            with contextlib.suppress(OSError):
                os.utime(path)
        else:
            _delete(path)
        return entries

    def forget(self, chat: str) -> None:
        """Delete everything of that chat, of whatever model."""
        forget_snapshots(self._folder, chat)

    def _path(self, chat: str, effort: Effort | None) -> pathlib.Path:
        return self._folder / snapshot_name(chat, f"{effort}\n{self._fingerprint}")

    def _has_room(self, path: pathlib.Path, size_bytes: int) -> bool:
        if size_bytes > self._limit_bytes:
            return False
        others = [
            (stat.st_mtime, stat.st_size, other)
            for other in self._folder.glob(f"*{SUFFIX}")
            if other != path and (stat := other.stat())
        ]
        others.sort(reverse=True)
        total_bytes = size_bytes + sum(size for _, size, _ in others)
        while others and total_bytes > self._limit_bytes:
            _, size, oldest = others.pop()
            _delete(oldest)
            total_bytes -= size
        return shutil.disk_usage(self._folder).free >= size_bytes + _SPARE_BYTES

    def _write(
        self,
        path: pathlib.Path,
        entries: Sequence[int],
        state_bytes: int,
        write: Callable[[State], int],
    ) -> None:
        positions = array.array("q", entries).tobytes()
        start = len(_MAGIC) + _LENGTH_BYTES + _MOST_HEADER_BYTES
        size = start + len(positions) + state_bytes
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            if hasattr(os, "posix_fallocate"):
                # On a full disk a mapped write would be a SIGBUS; this is an OSError.
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
            with mmap.mmap(file.fileno(), size) as content:
                content[start : start + len(positions)] = positions
                state = (ctypes.c_uint8 * state_bytes).from_buffer(content, start + len(positions))
                used_bytes = write(state)
                del state  # a mapping that something points into cannot be closed
                if used_bytes != state_bytes:
                    raise OSError("the engine wrote less than it promised")
                with memoryview(content) as view:
                    sha256 = hashlib.sha256(view[start:]).hexdigest()
                header = msgspec.json.encode(
                    _Header(self._fingerprint, len(entries), state_bytes, sha256)
                ).ljust(_MOST_HEADER_BYTES)
                head = _MAGIC + len(header).to_bytes(_LENGTH_BYTES, "little") + header
                content[: len(head)] = head

    def _read(
        self, content: mmap.mmap, read: Callable[[State, int], bool], most_entries: int
    ) -> list[int]:
        """Check everything, then restore.

        Raises:
            ValueError: It is damaged, belongs to something else or is too long.
        """
        start = len(_MAGIC) + _LENGTH_BYTES + _MOST_HEADER_BYTES
        length = int.from_bytes(content[len(_MAGIC) : len(_MAGIC) + _LENGTH_BYTES], "little")
        if content[: len(_MAGIC)] != _MAGIC or length != _MOST_HEADER_BYTES:
            raise ValueError("not a snapshot")
        header = msgspec.json.decode(content[start - length : start], type=_Header)
        state_start = start + header.entries * _ENTRY_BYTES
        if header.fingerprint != self._fingerprint:
            raise ValueError("of another model, build or setting")
        if header.entries > most_entries:
            raise ValueError("of a larger context")
        if header.entries < 0 or len(content) != state_start + header.state_bytes:
            raise ValueError("cut")
        with memoryview(content) as view:
            if hashlib.sha256(view[start:]).hexdigest() != header.sha256:
                raise ValueError("damaged")
        entries = array.array("q")
        entries.frombytes(content[start:state_start])
        state = (ctypes.c_uint8 * header.state_bytes).from_buffer(content, state_start)
        try:
            is_restored = read(state, header.state_bytes)
        finally:
            del state
        if not is_restored:
            raise ValueError("refused")
        return entries.tolist()


def _delete(path: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
