"""Which builds of the catalogue are on this PC."""

import pathlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.builds import Build, BuildFile


class Library:
    """The folder that models are kept in, laid out as on the Hub: OWNER/NAME/FILE."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def path_of(self, build: "Build") -> pathlib.Path | None:
        """Where the build's first file is, if all of them are there and of the right size."""
        paths = [self._path(build, file) for file in build.files]
        whole = all(_is_whole(path, file) for path, file in zip(paths, build.files, strict=True))
        return paths[0] if paths and whole and len(paths) == build.part_count else None

    def projector_of(self, build: "Build") -> pathlib.Path | None:
        """Where its vision projector is, if it is there."""
        if build.projector is None:
            return None
        path = self._path(build, build.projector)
        return path if _is_whole(path, build.projector) else None

    def _path(self, build: "Build", file: "BuildFile") -> pathlib.Path:
        return self.folder / build.repository / file.path


def _is_whole(path: pathlib.Path, file: "BuildFile") -> bool:
    try:
        size_bytes = path.stat().st_size
    except OSError:
        return False
    return path.is_file() and (file.bytes is None or file.bytes == size_bytes)
