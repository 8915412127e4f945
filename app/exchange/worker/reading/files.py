"""The file that was chosen, or the files in a folder or an archive: regular ones, bounded.

Names are what stands in the folder or the archive, with slashes. Nothing is ever opened by a name
that a chat's file mentions; what it mentions is looked for among the names.
"""

import mmap
import os
import pathlib
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

from app.domain.errors import (
    ImportDamaged,
    ImportEncrypted,
    ImportNotFound,
    ImportTooLarge,
    ImportUnreadable,
)

Content = bytes | bytearray | mmap.mmap

MAX_BYTES = 1 << 30
_CHUNK_BYTES = 1 << 20
_MAX_DEPTH = 8
_MAX_FILES = 200_000
_ENCRYPTED = 0x1
# What the libraries raise at damaged archives.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


class Files(Protocol):
    """What can be read; every method may raise a `ChatImportError`.

    Attributes:
        name: Of the whole, for the sentences of errors.
    """

    name: str

    def names(self) -> list[str]:
        """What there is, sorted."""

    def pieces(self, name: str, most_bytes: int) -> Iterator[bytes]:
        """Read a file in pieces."""

    def content(self, name: str) -> Content:
        """Read a file, or map it."""

    def close(self) -> None:
        """Let go of what is open."""


def open_files(path: pathlib.Path, name: str, alive: Callable[[], None]) -> Files:
    """Look at what was chosen.

    Args:
        path: A file, a ZIP archive by its content, or a folder.
        name: For the sentences of errors.
        alive: Called again and again while it takes time.

    Raises:
        ChatImportError: It cannot be opened.
    """
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return _Folder(path, name, alive)
        file = _open(path)
    except FileNotFoundError:
        raise ImportNotFound(name=name) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable(name, error) from None
    beginning = file.read(4)
    file.seek(0)
    if beginning in (b"PK\x03\x04", b"PK\x05\x06"):
        return _Archive(file, name, alive)
    file.close()
    return _OneFile(path, name, alive)


class _Folder:
    """A folder; links are not followed, so that nothing outside of it is read."""

    _flags = getattr(os, "O_NOFOLLOW", 0)

    def __init__(self, root: pathlib.Path, name: str, alive: Callable[[], None]) -> None:
        self.name = name
        self._root = root
        self._alive = alive
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        if self._names is None:
            self._names = self._look()
        return self._names

    def _look(self) -> list[str]:
        found: list[str] = []
        try:
            for folder, folders, files in os.walk(self._root):
                self._alive()
                here = pathlib.Path(folder).relative_to(self._root)
                if len(here.parts) >= _MAX_DEPTH:
                    folders.clear()
                found += [
                    (here / file).as_posix()
                    for file in files
                    if not (self._root / here / file).is_symlink()
                ]
                if len(found) > _MAX_FILES:
                    raise ImportTooLarge(name=self.name, limit_bytes=MAX_BYTES)
        except OSError as error:
            raise _unreadable(self.name, error) from None
        return sorted(found)

    def pieces(self, name: str, most_bytes: int) -> Iterator[bytes]:
        with self._file(name) as file:
            yield from _bounded(file, most_bytes, self.name, self._alive)

    def content(self, name: str) -> Content:
        with self._file(name) as file:
            return _mapped(file, self.name)

    def close(self) -> None:
        pass  # nothing stays open

    def _file(self, name: str) -> IO[bytes]:
        try:
            return _open(self._root / name, self._flags)
        except (OSError, ValueError) as error:
            raise _unreadable(self.name, error) from None


class _OneFile(_Folder):
    """A file alone; what lies beside it was not chosen, but for the log of a database."""

    _flags = 0  # the person may have chosen a link

    def __init__(self, path: pathlib.Path, name: str, alive: Callable[[], None]) -> None:
        super().__init__(path.parent, name, alive)
        self._path = path

    def _look(self) -> list[str]:
        log = self._path.name + "-wal"
        has_log = (self._root / log).is_file()
        return [self._path.name, log] if has_log else [self._path.name]


class _Archive:
    """A ZIP archive, read where it is; nothing is unpacked to the disk."""

    def __init__(self, file: IO[bytes], name: str, alive: Callable[[], None]) -> None:
        self.name = name
        self._alive = alive
        try:
            self._archive = zipfile.ZipFile(file)
        except _ZIP_FAULTS:
            file.close()
            raise ImportDamaged(name=name) from None
        self._file = file
        entries = self._archive.infolist()
        if len(entries) > _MAX_FILES:
            self.close()
            raise ImportTooLarge(name=name, limit_bytes=MAX_BYTES)
        self._entries = {entry.filename: entry for entry in entries if _is_tame(entry)}
        self._names = sorted(self._entries)

    def names(self) -> list[str]:
        return self._names

    def pieces(self, name: str, most_bytes: int) -> Iterator[bytes]:
        entry = self._entries[name]
        if entry.flag_bits & _ENCRYPTED:
            raise ImportEncrypted(name=self.name)
        try:
            with self._archive.open(entry) as file:
                yield from _bounded(file, most_bytes, self.name, self._alive)
        except _ZIP_FAULTS:
            raise ImportDamaged(name=self.name) from None
        except OSError as error:
            raise _unreadable(self.name, error) from None

    def content(self, name: str) -> Content:
        content = bytearray()
        for piece in self.pieces(name, MAX_BYTES):
            content += piece
        return content

    def close(self) -> None:
        self._archive.close()
        self._file.close()


def _is_tame(entry: zipfile.ZipInfo) -> bool:
    """A regular file inside of the archive, packed in a way that unpacks in small pieces."""
    parts = entry.filename.replace("\\", "/").split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return (
        kind in (0, stat.S_IFREG)
        and bool(parts[-1])
        and not {"", ".", ".."} & set(parts)
        and ":" not in parts[0]
        and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    )


def _open(path: pathlib.Path, more_flags: int = 0) -> IO[bytes]:
    """Open a regular file; a pipe would keep us waiting.

    Raises:
        OSError: It cannot be opened, or is something else.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | more_flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is no ordinary file")
    return os.fdopen(descriptor, "rb")


def _bounded(
    file: IO[bytes], most_bytes: int, name: str, alive: Callable[[], None]
) -> Iterator[bytes]:
    """Read in pieces, and not more than that, whatever was said of the size before.

    Raises:
        ImportTooLarge: There is more.
    """
    left_bytes = most_bytes
    while piece := file.read(_CHUNK_BYTES):
        alive()
        left_bytes -= len(piece)
        if left_bytes < 0:
            raise ImportTooLarge(name=name, limit_bytes=MAX_BYTES)
        yield piece


def _mapped(file: IO[bytes], name: str) -> Content:
    """Map a file: what is read of it lies in memory that the system can have back.

    Raises:
        ImportTooLarge: It is.
    """
    size_bytes = os.fstat(file.fileno()).st_size
    if size_bytes > MAX_BYTES:
        raise ImportTooLarge(name=name, limit_bytes=MAX_BYTES)
    if size_bytes <= _CHUNK_BYTES:
        return file.read(_CHUNK_BYTES)
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _unreadable(name: str, error: Exception) -> ImportUnreadable:
    reason = error.strerror if isinstance(error, OSError) else "its name is invalid"
    return ImportUnreadable(name=name, reason=reason or type(error).__name__)
