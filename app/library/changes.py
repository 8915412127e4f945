"""Which files of a model are no longer what they were when they were last looked at."""

import pathlib
from collections.abc import Callable

import msgspec

from app.domain.library import Check, LibraryFile, Origin
from app.library.blob_names import claimed_sha256
from app.library.index import Contents, Facts, Known, model_at
from app.library.stock import id_of, stat_of


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be done before a model is loaded.

    Attributes:
        id: Of the model; "" where it is not in the index.
        files: To hash, and to compare with what they must have.
        own: Of them, those that a person may replace: nobody published what they were.
        wrong: The name of a file that is known to be another; "" if there is none.
    """

    id: str = ""
    files: tuple[LibraryFile, ...] = ()
    own: frozenset[pathlib.Path] = frozenset()
    wrong: str = ""


def changes_of(
    contents: Contents, path: pathlib.Path, *, is_published: Callable[[str], bool]
) -> Changes:
    """Compare a model's files, by size and time, with what the index knows; looks at the disk.

    A file whose hash nobody knows has nothing to be compared with; one that is not there is the
    engine's to tell of.

    Args:
        contents: Of the index.
        path: Of the model's first file, however it is named.
        is_published: Whether a hash is one of the catalogue's.
    """
    known = model_at(contents, path)
    if known is None:
        return Changes()
    files, own = [], set()
    for name in known.all_files:
        facts, seen = contents.files.get(name), stat_of(pathlib.Path(name))
        if facts is None or seen is None or not facts.sha256:
            continue
        if (facts.bytes, facts.mtime_ns) == seen:
            if facts.check is not Check.WRONG:
                continue
            if not _is_own(known, name, facts, is_published):
                return Changes(id=id_of(known.files[0]), wrong=pathlib.Path(name).name)
        if _is_own(known, name, facts, is_published):
            own.add(pathlib.Path(name))
        files.append(
            LibraryFile(
                path=pathlib.Path(name), bytes=seen[0], mtime_ns=seen[1], sha256=facts.sha256
            )
        )
    return Changes(id=id_of(known.files[0]), files=tuple(files), own=frozenset(own))


def _is_own(known: Known, name: str, facts: Facts, is_published: Callable[[str], bool]) -> bool:
    """Whether the hash that a file has to have is only the one that it once had."""
    is_claimed = claimed_sha256(pathlib.Path(name)) == facts.sha256
    is_downloaded = known.origin is Origin.DOWNLOADED
    return not is_downloaded and not is_claimed and not is_published(facts.sha256)
