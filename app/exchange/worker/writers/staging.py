"""Files that appear under their name when they are whole, and leave nothing when they are not."""

import contextlib
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import BinaryIO

from app.domain.atomic_file import rename_new
from app.domain.file_names import file_name_for, folded


class StagedFile:
    """One file."""

    def __init__(self, target: pathlib.Path, staging: pathlib.Path) -> None:
        self._target = target
        self._staging = staging

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it for writing; it replaces the target if the block ends well.

        Raises:
            OSError: It cannot be written.
        """
        try:
            with _opened(self._staging) as file:
                yield file
            self._staging.replace(self._target)
        except BaseException:
            self._staging.unlink(missing_ok=True)
            raise


class StagedFolder:
    """Files for a folder, gathered in a folder inside it until the last of them is whole."""

    def __init__(self, target: pathlib.Path, staging: pathlib.Path) -> None:
        self._target = target
        self._staging = staging
        self._taken: set[str] = set()
        self._names: list[str] = []

    def __enter__(self) -> "StagedFolder":
        self._taken = {folded(path.name) for path in self._target.iterdir()}
        self._staging.mkdir(mode=0o700)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)

    @contextlib.contextmanager
    def open(self, title: str, suffix: str) -> Iterator[BinaryIO]:
        """Open one more file, named after a title.

        Raises:
            OSError: It cannot be written.
        """
        name = self._new_name(title, suffix)
        with _opened(self._staging / name) as file:
            yield file
        self._names.append(name)

    def publish(self) -> list[str]:
        """Move all files to where they belong; their names. Nothing is replaced.

        Raises:
            OSError: One cannot be moved; then none is there.
        """
        moved: list[pathlib.Path] = []
        try:
            # One by one, so that what is moved is known when the next one fails.
            for name in self._names:
                moved += [self._move(name)]
        except BaseException:
            for path in moved:
                path.unlink(missing_ok=True)
            raise
        return [path.name for path in moved]

    def _move(self, name: str) -> pathlib.Path:
        """Move one; whoever took its name in the meantime keeps it."""
        path = self._target / name
        while True:
            try:
                rename_new(self._staging / name, path)
            except FileExistsError:
                path = self._target / self._new_name(path.stem, path.suffix)
            else:
                return path

    def _new_name(self, title: str, suffix: str) -> str:
        name = file_name_for(title, suffix, self._taken)
        self._taken.add(folded(name))
        return name


@contextlib.contextmanager
def _opened(path: pathlib.Path) -> Iterator[BinaryIO]:
    """Open a new file, private to the person, whose bytes are on the disk when it is closed."""
    descriptor = os.open(
        path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
    )
    with os.fdopen(descriptor, "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
