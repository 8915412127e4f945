"""What reads and copies whole files for the library, in a process of its own."""

import pathlib
from collections.abc import Callable
from typing import Protocol

from app.downloads.protocol import Copied, FileProgress, Hashed


class FileWorker(Protocol):
    """The part of `DownloadClient` that has nothing to do with a network.

    Each request returns a handle and ends in one call of its `on_end`; one that was cancelled with
    `Cancelled`.
    """

    def hash(
        self,
        path: pathlib.Path,
        *,
        is_urgent: bool,
        on_progress: Callable[[FileProgress], None],
        on_end: Callable[[Hashed | Exception], None],
    ) -> int:
        """Compute a file's sha256; slowly, unless somebody waits for it."""

    def copy(
        self,
        source: pathlib.Path,
        target: pathlib.Path,
        *,
        sha256: str,
        keeps_source: bool,
        on_progress: Callable[[FileProgress], None],
        on_end: Callable[[Copied | Exception], None],
    ) -> int:
        """Copy or move a file, whole or not at all."""

    def cancel(self, handle: int) -> None:
        """End a request soon."""
