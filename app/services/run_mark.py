"""Tells whether the run before this one came to its end.

DIR/running   there while a program has the chats open for writing, and after it died
"""

import contextlib
import pathlib

_NAME = "running"


class RunMark:
    """A file of ours, put and taken away by the program that holds the chats' lock."""

    def __init__(self, data_folder: pathlib.Path) -> None:
        self._path = data_folder / _NAME
        self._is_ours = False

    def put(self) -> bool:
        """Put it there; whether an earlier run had left its own."""
        if self._is_ours:
            return False
        with contextlib.suppress(OSError):
            was_there = self._path.exists()
            self._path.touch(mode=0o600)
            self._is_ours = True
            return was_there
        return False

    def take_away(self) -> None:
        """This run is at its end."""
        if self._is_ours:
            self._is_ours = False
            with contextlib.suppress(OSError):
                self._path.unlink()
