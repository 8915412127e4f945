"""The files that were attached, each kept once under the hash of its content.

attachments/AB/ABCD…   AB are the first two digits; private to the person
"""

import contextlib
import hashlib
import os
import pathlib
import tempfile
from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from app.domain.attachments import Source
from app.domain.errors import AttachmentGone
from app.store.faults import refused

FOLDER = "attachments"
_BLOCK_BYTES = 1 << 20


class AttachedFiles:
    """A folder of contents.

    Attributes:
        folder: Made when something is first kept.
    """

    def __init__(self, data_folder: pathlib.Path) -> None:
        self.folder = data_folder / FOLDER

    def path(self, sha256: str) -> pathlib.Path:
        """Where that content lies."""
        return self.folder / sha256[:2] / sha256

    def keep(self, source: Source) -> Source:
        """Copy a content into the folder, unless it is there.

        Raises:
            AttachmentGone: The file cannot be read.
            ChatsDiskFull: There is no room.
            ChatsUnreadable: The folder cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".part-")
        except OSError as error:
            raise refused(error) from None
        part = pathlib.Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                sha256, size_bytes = _copy(source, file)
                file.flush()
                os.fsync(file.fileno())
            target = self.path(sha256)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            part.replace(target)
        except OSError as error:
            raise refused(error) from None
        finally:
            part.unlink(missing_ok=True)
        return msgspec.structs.replace(
            source, path=str(target), data=b"", sha256=sha256, size_bytes=size_bytes
        )

    def delete(self, contents: Iterable[str]) -> None:
        """Delete contents; what is gone already does not matter."""
        for sha256 in contents:
            with contextlib.suppress(OSError):
                self.path(sha256).unlink()

    def all(self) -> set[str]:
        """The hashes of all contents."""
        return {path.name for path in self.folder.glob("??/*")}

    def clear_parts(self) -> None:
        """Delete what a crash left half copied."""
        for part in self.folder.glob(".part-*"):
            with contextlib.suppress(OSError):
                part.unlink()


def _copy(source: Source, file: BinaryIO) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    for block in _blocks(source):
        digest.update(block)
        size_bytes += len(block)
        file.write(block)
    return digest.hexdigest(), size_bytes


def _blocks(source: Source) -> Iterable[bytes]:
    if not source.path:
        yield source.data
        return
    try:
        with pathlib.Path(source.path).open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                yield block
    except OSError:
        raise AttachmentGone(name=source.name) from None
