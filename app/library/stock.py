"""Takes stock: from folders, index and catalogue to the list of what is installed.

Looks at the disk, so it belongs on a thread that may wait. Changes nothing.
"""

import hashlib
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from app.domain.builds import is_projector, quant_label
from app.domain.downloads.jobs import Job
from app.domain.library import Check, Found, Installed, LibraryFile, Origin
from app.domain.undecodable import UNDECODABLE
from app.library.blob_names import claimed_sha256
from app.library.index import Contents, Facts, Known, with_facts, with_model
from app.library.recognise import Content, Recognised, Recogniser
from app.library.scan import Group, Seen, group, walk
from app.library.small_files import read_small

# Where models go that nobody published under a name: FOLDER/imported/NAME/FILE.
IMPORTED_OWNER = "imported"
_JOBS_FOLDER = ".downloads"
_MOST_JOB_BYTES = 4 << 20


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        contents: The index as it should be now.
        installed: The one that was used last first.
        unnamed: First files of models that nothing but their file's name is known of.
        away: Folders that are not there, or hold nothing at all where models were known.
    """

    contents: Contents
    installed: tuple[Installed, ...]
    unnamed: tuple[str, ...] = ()
    away: frozenset[pathlib.Path] = frozenset()


Looked = dict[pathlib.Path, tuple[Group, ...] | None]


def look_into(folders: Iterable[pathlib.Path]) -> Looked:
    """What is in each models folder; None for one that is not there, e.g. an unplugged drive."""
    return {folder: tuple(_groups(folder)) if folder.is_dir() else None for folder in folders}


def take_stock(contents: Contents, looked: Looked, recogniser: Recogniser) -> Stock:
    """Compare the index with what is in the models folders and where adopted models lie."""
    looked = {
        folder: None if inside == () and _is_away(folder, contents) else inside
        for folder, inside in looked.items()
    }
    groups: dict[str, Group] = {}
    models: dict[str, Known] = {}
    for found in (found for inside in looked.values() for found in inside or ()):
        known = _known(contents, found)
        models.setdefault(known.files[0], known)
        groups.setdefault(known.files[0], found)
    for path, known in contents.models.items():
        if path not in models and _stays(known, looked):
            models[path] = known
    stats = {
        file: stat_of(pathlib.Path(file)) for known in models.values() for file in known.all_files
    }
    facts = {
        file: now
        for file, seen in stats.items()
        if (now := _facts(contents.files.get(file), seen, file))
    }
    files = {file: _library_file(file, stats[file], facts.get(file)) for file in stats}
    listed = [
        _installed(known, files, stats, groups.get(path), recogniser)
        for path, known in models.items()
    ]
    listed.sort(key=lambda model: (model.name.lower(), model.build, str(model.path)))
    listed.sort(key=lambda model: model.last_used_at, reverse=True)
    return Stock(
        contents=msgspec.structs.replace(contents, files=facts, models=models),
        installed=tuple(listed),
        unnamed=tuple(
            str(model.path)
            for model in listed
            if model.is_there
            and model.name == bare_name(model.path)
            and not models[str(model.path)].name
        ),
        away=frozenset(folder for folder, inside in looked.items() if inside is None),
    )


def is_hollow(folder: pathlib.Path) -> bool:
    """Whether a folder holds nothing at all, as one does where a drive is not mounted."""
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return False


def id_of(first_file: str) -> str:
    """The id of the model whose first file that is."""
    return hashlib.sha256(first_file.encode()).hexdigest()[:16]


def facts_now(path: pathlib.Path, *, sha256: str = "", checked_at: str = "") -> Facts | None:
    """What there is to know of a file now; None if it is not there.

    Args:
        path: Of the file.
        sha256: Its hash, where somebody computed it at `checked_at`; "" takes what its name claims.
        checked_at: ISO 8601, UTC.
    """
    seen = stat_of(path)
    if seen is None:
        return None
    return Facts(
        bytes=seen[0],
        mtime_ns=seen[1],
        sha256=sha256 or claimed_sha256(path),
        check=Check.GOOD if checked_at else Check.UNKNOWN,
        checked_at=checked_at,
    )


def _groups(folder: pathlib.Path) -> Iterator[Group]:
    """The models in a folder, without those that a download is just putting there."""
    coming = set(_coming(folder))
    for found in group(walk(folder), is_hub_layout=True):
        if not found.missing_parts or not coming & {file.inside for file in found.files}:
            yield found


def _coming(folder: pathlib.Path) -> Iterator[str]:
    """The files of jobs, below the folder."""
    try:
        jobs = sorted((folder / _JOBS_FOLDER).glob("*/job.json"))
    except OSError:
        return
    for path in jobs:
        content = read_small(path, most_bytes=_MOST_JOB_BYTES)
        try:
            job = msgspec.json.decode(content or b"", type=Job)
        except UNDECODABLE:
            continue
        for file in job.files:
            yield f"{job.repository}/{file.path}"


def _is_away(folder: pathlib.Path, contents: Contents) -> bool:
    """Whether an empty folder is one whose models were there and are not deleted one by one."""
    return is_hollow(folder) and any(
        pathlib.Path(path).is_relative_to(folder) and known.origin is not Origin.ADOPTED
        for path, known in contents.models.items()
    )


def _stays(known: Known, looked: Looked) -> bool:
    """Whether a model that no folder shows stays in the list.

    An adopted one is forgotten by the person only; one of a folder that is there has to be there,
    e.g. put there a moment after it was looked into.
    """
    if known.origin is Origin.ADOPTED:
        return True
    first = pathlib.Path(known.files[0])
    folders = [folder for folder in looked if first.is_relative_to(folder)]
    is_away = any(looked[folder] is None for folder in folders)
    return is_away or (bool(folders) and stat_of(first) is not None)


def _known(contents: Contents, found: Group) -> Known:
    """What the index has of a group, or what is known of it at first sight."""
    files = tuple(str(file.path) for file in found.files)
    before = contents.models.get(files[0])
    projector = str(found.projector.path) if found.projector else ""
    if before is None:
        return Known(files=files, projector=projector)
    if found.missing_parts:
        return before  # with the names of the files that are gone
    return msgspec.structs.replace(before, files=files, projector=projector)


def _facts(before: Facts | None, seen: tuple[int, int] | None, file: str) -> Facts | None:
    """What stays in the index; a file that changed is compared with what it was, so that stays."""
    if seen is None or (before and (before.sha256 or (before.bytes, before.mtime_ns) == seen)):
        return before
    return facts_now(pathlib.Path(file))


def _library_file(file: str, seen: tuple[int, int] | None, facts: Facts | None) -> LibraryFile:
    bytes_, mtime_ns = seen or ((facts.bytes, facts.mtime_ns) if facts else (0, 0))
    is_same = facts is not None and (facts.bytes, facts.mtime_ns) == (bytes_, mtime_ns)
    return LibraryFile(
        path=pathlib.Path(file),
        bytes=bytes_,
        mtime_ns=mtime_ns,
        sha256=facts.sha256 if facts else "",
        check=facts.check if facts and is_same else Check.UNKNOWN,
        checked_at=facts.checked_at if facts else "",
    )


def _installed(
    known: Known,
    files: dict[str, LibraryFile],
    stats: dict[str, tuple[int, int] | None],
    found: Group | None,
    recogniser: Recogniser,
) -> Installed:
    parts = tuple(files[file] for file in known.files)
    projector = files.get(known.projector)
    contents = [_content(file) for file in parts]
    repository = known.repository or _hub_name(found)
    recognised = recogniser.recognise(
        contents, repository=repository, projector=_content(projector) if projector else None
    ) or recogniser.named(known.model_id, known.build)
    published = [
        recogniser.published(repository, _inside(file), file.bytes)
        for file in (found.files if found else ())
    ]
    is_whole = not (found and found.missing_parts)
    return Installed(
        id=id_of(known.files[0]),
        name=recognised.model.name if recognised else known.name or bare_name(parts[0].path),
        model_id=recognised.model.id if recognised else known.model_id or repository,
        build=recognised.build.id if recognised else known.build or _label(parts[0].path),
        repository=recognised.build.repository if recognised else repository,
        commit=known.commit or (recognised.build.commit if recognised else ""),
        files=parts,
        projector=projector,
        origin=known.origin,
        app=known.app,
        last_used_at=known.last_used_at,
        is_there=is_whole and all(stats.values()),
        warning=recogniser.warning(
            contents, recognised=recognised, published=_padded(published, len(contents))
        ),
    )


def _hub_name(found: Group | None) -> str:
    """OWNER/NAME by the folders it lies in; "" for what was not published."""
    is_own = found is None or found.repository.startswith(f"{IMPORTED_OWNER}/")
    return "" if found is None or is_own else found.repository


def _inside(file: Seen) -> str:
    """Its path in the repository whose folders it lies in."""
    return "/".join(file.inside.split("/")[2:])


def _padded(published: Sequence[str], count: int) -> list[str]:
    return [*published[:count], *[""] * (count - len(published))]


def _content(file: LibraryFile) -> Content:
    return Content(name=file.path.name, bytes=file.bytes, sha256=file.sha256)


def _label(path: pathlib.Path) -> str:
    label = quant_label(path.as_posix())
    return "" if label == bare_name(path) else label


def bare_name(path: pathlib.Path) -> str:
    """The file's name without what says that it is a part."""
    stem = path.name[: -len(path.suffix)] if path.suffix.lower() == ".gguf" else path.name
    head, _, tail = stem.rpartition("-of-")
    is_part = tail.isdigit() and head[-5:].isdigit() and head[-6:-5] == "-"
    return head[:-6] if is_part else stem


def stat_of(path: pathlib.Path) -> tuple[int, int] | None:
    """Size and time of a file; None if there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns) if path.is_file() else None


def recognised_found(found: Found, recogniser: Recogniser) -> tuple[Found, Recognised | None]:
    """A model that is not installed with what the catalogue says of it; looks at the disk."""
    contents = [
        Content(name=path.name, bytes=facts.bytes, sha256=facts.sha256)
        for path in found.files
        if (facts := facts_now(path))
    ]
    if len(contents) < len(found.files):
        return found, None
    recognised = recogniser.recognise(contents)
    warning = recogniser.warning(
        contents, recognised=recognised, published=_padded([], len(contents))
    )
    named = msgspec.structs.replace(
        found,
        model_id=recognised.model.id if recognised else "",
        build=recognised.build.id if recognised else "",
        warning=warning,
    )
    return named, recognised


def known_of(installed: Installed) -> Known:
    """What the index keeps of a model."""
    return Known(
        files=tuple(str(file.path) for file in installed.files),
        projector=str(installed.projector.path) if installed.projector else "",
        name=installed.name,
        model_id=installed.model_id,
        build=installed.build,
        repository=installed.repository,
        commit=installed.commit,
        origin=installed.origin,
        app=installed.app,
        last_used_at=installed.last_used_at,
    )


def facts_of(file: LibraryFile) -> Facts:
    """What the index keeps of a file; one that changed since it was checked stays changed."""
    has_changed = bool(file.sha256) and file.check is Check.UNKNOWN
    return Facts(
        bytes=file.bytes,
        mtime_ns=0 if has_changed else file.mtime_ns,
        sha256=file.sha256,
        check=file.check,
        checked_at=file.checked_at,
    )


def downloaded(contents: Contents, job: Job, folders: Iterable[pathlib.Path]) -> Contents:
    """The index with a download that has just been installed in one of the folders.

    Files of its names and sizes may lie in several; it is where the youngest of them is.
    """
    found: list[tuple[int, Contents]] = []
    for folder in folders:
        home = folder / job.repository
        facts = {
            str(home / file.path): facts_now(
                home / file.path, sha256=file.sha256, checked_at=datetime.now(UTC).isoformat()
            )
            for file in job.files
        }
        there = {path: known for path, known in facts.items() if known}
        sizes = {str(home / file.path): file.bytes for file in job.files}
        if not there or any(not _is_of(facts[path], size) for path, size in sizes.items()):
            continue
        parts = tuple(str(home / file.path) for file in job.files if not is_projector(file.path))
        projectors = [path for path in there if path not in parts]
        if parts:
            before = contents.models.get(parts[0])
            known = Known(
                files=parts,
                projector=projectors[0] if projectors else "",
                name=job.name,
                model_id=job.model_id,
                build=job.build,
                repository=job.repository,
                commit=job.commit,
                origin=Origin.DOWNLOADED,
                last_used_at=before.last_used_at if before else "",
            )
            changed = with_facts(with_model(contents, known), there)
            found.append((max(fact.mtime_ns for fact in there.values()), changed))
    return max(found, key=lambda one: one[0])[1] if found else contents


def _is_of(facts: Facts | None, size_bytes: int | None) -> bool:
    return facts is not None and size_bytes in (None, facts.bytes)
