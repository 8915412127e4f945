"""The bytes of a picture's file, all of them and not too many."""

import pathlib
import stat

from app.domain.errors import (
    PictureEmpty,
    PictureFileTooLarge,
    PictureIsFolder,
    PictureNotFound,
    PictureUnreadable,
)
from app.media.protocol import MAX_SOURCE_BYTES


def read_picture_file(path: pathlib.Path, name: str) -> bytes:
    """Read the file at once: nothing may be opened while it is decoded.

    Raises:
        PictureNotFound, PictureIsFolder, PictureUnreadable, PictureEmpty, PictureFileTooLarge: As
            they say.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise PictureIsFolder(name=name)
        if not stat.S_ISREG(mode):
            raise PictureUnreadable(name=name, reason="it is no ordinary file")
        with path.open("rb") as file:
            # Not the size that the system tells: the file may be growing.
            data = file.read(MAX_SOURCE_BYTES + 1)
    except FileNotFoundError:
        raise PictureNotFound(name=name) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else "its name is invalid"
        raise PictureUnreadable(name=name, reason=reason or type(error).__name__) from None
    if not data:
        raise PictureEmpty(name=name)
    if len(data) > MAX_SOURCE_BYTES:
        raise PictureFileTooLarge(name=name, limit_bytes=MAX_SOURCE_BYTES)
    return data
