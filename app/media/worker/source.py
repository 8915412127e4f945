"""The bytes of a file, all of them and not too many."""

import pathlib
import stat
from typing import NamedTuple

from app.domain.errors import (
    AppError,
    DocumentEmpty,
    DocumentFileTooLarge,
    DocumentIsFolder,
    DocumentNotFound,
    DocumentUnreadable,
    PictureEmpty,
    PictureFileTooLarge,
    PictureIsFolder,
    PictureNotFound,
    PictureUnreadable,
)
from app.media.protocol import MAX_SOURCE_BYTES


class SourceFaults(NamedTuple):
    """How the errors of one kind of file are called."""

    not_found: type[AppError]
    is_folder: type[AppError]
    unreadable: type[AppError]
    empty: type[AppError]
    too_large: type[AppError]


PICTURE_FAULTS = SourceFaults(
    PictureNotFound, PictureIsFolder, PictureUnreadable, PictureEmpty, PictureFileTooLarge
)
DOCUMENT_FAULTS = SourceFaults(
    DocumentNotFound, DocumentIsFolder, DocumentUnreadable, DocumentEmpty, DocumentFileTooLarge
)


def read_file(path: pathlib.Path, name: str, faults: SourceFaults) -> bytes:
    """Read the file at once: nothing may be opened while it is decoded.

    Raises:
        AppError: One of the faults.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise faults.is_folder(name=name)
        if not stat.S_ISREG(mode):
            raise faults.unreadable(name=name, reason="it is no ordinary file")
        with path.open("rb") as file:
            # Not the size that the system tells: the file may be growing.
            data = file.read(MAX_SOURCE_BYTES + 1)
    except FileNotFoundError:
        raise faults.not_found(name=name) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else "its name is invalid"
        raise faults.unreadable(name=name, reason=reason or type(error).__name__) from None
    if not data:
        raise faults.empty(name=name)
    if len(data) > MAX_SOURCE_BYTES:
        raise faults.too_large(name=name, limit_bytes=MAX_SOURCE_BYTES)
    return data
