"""Files of other programs, read as strangers' files: bounded, and never a reason to fail."""

import pathlib
import stat

_MAGIC = b"GGUF"


def read_small(path: pathlib.Path, *, most_bytes: int) -> bytes | None:
    """Read a file; None if it is not there, cannot be read, is larger or no file at all."""
    try:
        # A named pipe would wait for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except (OSError, ValueError):  # the second: a path with a NUL in it
        return None
    return content if len(content) <= most_bytes else None


def is_gguf(path: pathlib.Path) -> bool:
    """Whether a file begins like a model."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        return False
