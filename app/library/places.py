"""Where models lie on this PC that are not ours: other programs' places, or one that is shown."""

import pathlib
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.library import Found
from app.gguf.split import part_names
from app.library import gpt4all, hf_cache, jan, lm_studio, ollama
from app.library.scan import Group, Seen, group, look_at, walk
from app.library.small_files import is_gguf
from app.library.surroundings import Surroundings


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A program's folder; it exists."""

    app: str
    folder: pathlib.Path


_PROGRAMS = (lm_studio, jan, gpt4all, ollama, hf_cache)


def places(surroundings: Surroundings) -> list[Place]:
    """Every place of another program that there is."""
    return [
        Place(app=program.APP, folder=folder)
        for program in _PROGRAMS
        for folder in program.folders(surroundings)
        if _is_folder(folder)
    ]


def find_elsewhere(surroundings: Surroundings) -> tuple[Found, ...]:
    """List other programs' models; those that two programs share stand with the first."""
    found: dict[tuple[pathlib.Path, ...], Found] = {}
    for place in places(surroundings):
        for model in _find(place):
            found.setdefault(_content(model), model)
    return tuple(found.values())


def find_in(place: pathlib.Path, known: Iterable[Place] = ()) -> tuple[Found, ...]:
    """List the models below a folder, or the one that a file belongs to.

    Args:
        place: The folder or the file.
        known: Other programs' places; what lies in one of them is that program's.
    """
    known = tuple(known)
    return tuple(
        msgspec.structs.replace(model, app=model.app or app_of(model.files, known))
        for model in _look_in(place)
    )


def app_of(files: Iterable[pathlib.Path], known: Iterable[Place]) -> str:
    """The program in whose place one of these files lies, by its name or where a link leads."""
    paths = [path for file in files for path in (file, file.resolve())]
    for place in known:
        for folder in (place.folder, place.folder.resolve()):
            if any(path.is_relative_to(folder) for path in paths):
                return place.app
    return ""


def _look_in(place: pathlib.Path) -> tuple[Found, ...]:
    if not _is_folder(place):
        return _find_file(place)
    if ollama.is_store(place):
        return tuple(ollama.find(place))
    if hf_cache.is_store(place):
        return tuple(hf_cache.find(place))
    return tuple(_find_loose("", place, is_hub_layout=False))


def _find(place: Place) -> Iterator[Found]:
    if place.app == ollama.APP:
        yield from ollama.find(place.folder)
    elif place.app == hf_cache.APP:
        yield from hf_cache.find(place.folder)
    elif place.app == jan.APP:
        yield from jan.find(place.folder)
    else:
        is_hub_layout = place.app == lm_studio.APP
        yield from _find_loose(place.app, place.folder, is_hub_layout=is_hub_layout)


def _find_loose(app: str, folder: pathlib.Path, *, is_hub_layout: bool) -> Iterator[Found]:
    for model in group(walk(folder), is_hub_layout=is_hub_layout):
        if not model.missing_parts and is_gguf(model.files[0].path):
            yield found_of(app, model)


def _find_file(path: pathlib.Path) -> tuple[Found, ...]:
    """The model of one file: with its other parts, and the projector beside it."""
    if not is_gguf(path):
        return ()
    siblings = [look_at(sibling, path.parent) for sibling in _gguf_files(path.parent)]
    for model in group((file for file in siblings if file), is_hub_layout=False):
        if path in (file.path for file in model.files) and not model.missing_parts:
            return (found_of("", model),)
    alone = look_at(path, path.parent)
    is_whole = len(part_names(path.name)) == 1
    return (_alone(alone),) if alone and is_whole and path.suffix.lower() != ".gguf" else ()


def found_of(app: str, model: Group) -> Found:
    """What is shown of a group, by its first file's name."""
    files = (*model.files, *([model.projector] if model.projector else []))
    return Found(
        app=app,
        name=model.files[0].path.stem,
        files=tuple(file.path for file in model.files),
        size_bytes=sum(file.bytes for file in files),
        projector=model.projector.path if model.projector else None,
    )


def _alone(file: Seen) -> Found:
    """A model under a name of another kind, e.g. a blob."""
    return Found(app="", name=file.path.name, files=(file.path,), size_bytes=file.bytes)


def _gguf_files(folder: pathlib.Path) -> list[pathlib.Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".gguf")
    except OSError:
        return []


def _content(model: Found) -> tuple[pathlib.Path, ...]:
    """What two names of one model have in common."""
    return tuple(path.resolve() for path in model.files)


def _is_folder(path: pathlib.Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
