"""What is changed in the index by what a person does."""

import pathlib
from datetime import UTC, datetime

import msgspec

from app.domain.errors import AlreadyInstalled, ModelFolderGone
from app.domain.library import Found, Installed, LibraryFile, Origin
from app.library import hf_cache
from app.library.index import (
    Contents,
    Facts,
    Known,
    model_at,
    with_facts,
    with_model,
    without_model,
)
from app.library.stock import facts_now, facts_of, known_of, stat_of
from app.services.transfers import Transfer


def used_at(contents: Contents, path: pathlib.Path) -> Contents:
    """A model was used now, if it is in the index."""
    known = model_at(contents, path)
    if known is None:
        return contents
    at = datetime.now(UTC).isoformat()
    return with_model(contents, msgspec.structs.replace(known, last_used_at=at))


def adopted(contents: Contents, found: Found) -> Contents:
    """A model is used where it is; looks at the disk.

    Raises:
        AlreadyInstalled: It is in the index.
        ModelFolderGone: A file of it is not there any more.
    """
    files = tuple(map(str, found.files))
    if files[0] in contents.models:
        raise AlreadyInstalled(name=found.name)
    facts = {}
    for path in (*found.files, *([found.projector] if found.projector else [])):
        now = facts_now(path)
        if now is None:
            raise ModelFolderGone(folder=str(path.parent), reason="a file of the model is gone")
        facts[str(path)] = now
    repository, commit = hf_cache.origin_of(found.files[0])
    known = Known(
        files=files,
        projector=str(found.projector) if found.projector else "",
        # A file's own name says less than what is inside of it.
        name="" if found.name == found.files[0].stem else found.name,
        repository=repository,
        commit=commit,
        origin=Origin.ADOPTED,
        app=found.app,
    )
    return with_facts(with_model(contents, known), facts)


def taken_over(contents: Contents, installed: Installed) -> Contents:
    """A model is there again, as it was."""
    facts = {str(file.path): facts_of(file) for file in installed.all_files}
    return with_facts(with_model(contents, known_of(installed)), facts)


def carried(contents: Contents, transfer: Transfer, read: dict[pathlib.Path, Facts]) -> Contents:
    """A model lies elsewhere now; what is known of it went with it.

    Args:
        contents: As they are now, perhaps later than when the transfer was planned.
        transfer: That has been made.
        read: What is known of files that were read on the way, by their new paths.
    """
    known, before = transfer.known, contents.models.get(transfer.before)
    if before:
        known = msgspec.structs.replace(before, files=known.files, projector=known.projector)
    facts = {
        str(step.target): read.get(step.target) or contents.files.get(str(step.source), step.facts)
        for step in transfer.steps
    }
    return with_facts(with_model(without_model(contents, transfer.before), known), facts)


def renamed(contents: Contents, names: dict[str, str]) -> Contents:
    """Models, by their first files, are known to have these names."""
    for path, name in names.items():
        if known := contents.models.get(path):
            contents = with_model(contents, msgspec.structs.replace(known, name=name))
    return contents


def learned(contents: Contents, file: LibraryFile, facts: Facts) -> Contents:
    """A file was read to its end; looks at the disk.

    Args:
        contents: As they are now.
        file: As it was known when that began; if it has been replaced since, nothing was learnt.
        facts: What was found.
    """
    before = contents.files.get(str(file.path))
    is_same = before is None or before.sha256 == file.sha256
    if not is_same or stat_of(file.path) != (facts.bytes, facts.mtime_ns):
        return contents
    return with_facts(contents, {str(file.path): facts})
