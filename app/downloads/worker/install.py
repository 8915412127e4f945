"""Giving a whole and verified file its final name; nothing is overwritten unasked."""

import contextlib
import os
import pathlib
import threading
import time

from app.domain.atomic_file import rename_new
from app.domain.errors import TargetExists
from app.downloads.worker.file_work import StoppedError

# Windows: programs that look into every new file keep it open for a while.
_HELD_S = 30.0
_RETRY_S = 0.25


def install(
    source: pathlib.Path,
    target: pathlib.Path,
    stop: threading.Event,
    *,
    replaces: bool = False,
) -> None:
    """Rename a file on its own volume, making the folders above it.

    Waits for at most half a minute where another program holds the file.

    Args:
        source: The file.
        target: Its name from now on.
        stop: Set by whoever does not want to wait any longer.
        replaces: A file that has the name already goes.

    Raises:
        TargetExists: There is a file of that name.
        StoppedError: `stop` was set meanwhile.
        OSError: The file system refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    give_up_at = time.monotonic() + _HELD_S
    while True:
        try:
            if replaces:
                source.replace(target)
            else:
                rename_new(source, target)
            break
        except FileExistsError:
            raise TargetExists(name=target.name, folder=str(target.parent)) from None
        except PermissionError:
            if os.name != "nt" or time.monotonic() > give_up_at:
                raise
        if stop.wait(_RETRY_S):
            raise StoppedError
    sync_folder(target.parent)


def sync_folder(folder: pathlib.Path) -> None:
    """Have the names in a folder survive a power cut, where the system has a way to say so."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network drives
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
