"""Which files of a model are no longer what they were when they were last looked at."""

import pathlib

import msgspec

from app.domain.library import Check, LibraryFile
from app.library.index import Contents
from app.library.stock import id_of, stat_of


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be done before a model is loaded.

    Attributes:
        id: Of the model; "" where it is not in the index.
        files: To hash, and to compare with what they must have.
        wrong: The name of a file that is known to be another; "" if there is none.
    """

    id: str = ""
    files: tuple[LibraryFile, ...] = ()
    wrong: str = ""


def changes_of(contents: Contents, path: pathlib.Path) -> Changes:
    """Compare a model's files, by size and time, with what the index knows; looks at the disk.

    A file whose hash nobody knows has nothing to be compared with; one that is not there is the
    engine's to tell of.
    """
    known = contents.models.get(str(path))
    if known is None:
        return Changes()
    files = []
    for name in known.all_files:
        facts, seen = contents.files.get(name), stat_of(pathlib.Path(name))
        if facts is None or seen is None or not facts.sha256:
            continue
        if (facts.bytes, facts.mtime_ns) == seen:
            if facts.check is Check.WRONG:
                return Changes(id=id_of(str(path)), wrong=pathlib.Path(name).name)
            continue
        files.append(
            LibraryFile(
                path=pathlib.Path(name), bytes=seen[0], mtime_ns=seen[1], sha256=facts.sha256
            )
        )
    return Changes(id=id_of(str(path)), files=tuple(files))
