"""Models that Jan keeps: a folder per model, whose model.yml names the files.

    DATA/llamacpp/models/ID/model.yml       name, model_path, mmproj_path: absolute or below DATA
    DATA/llamacpp/models/ID/model.gguf      usually

Learnt from janhq/jan: src-tauri/src/core/app/{commands,paths,constants}.rs (JAN_DATA_FOLDER,
JAN_DATA_ROOT, settings.json with data_folder in Jan, earlier in jan.ai.app or in the folder for
configuration), extensions/llamacpp-extension/src/index.ts (model.yml). Not tried against a real
installation.
"""

import pathlib
import re

import msgspec

from app.domain.library import Found
from app.domain.undecodable import UNDECODABLE
from app.domain.well_formed import as_text
from app.gguf.split import part_names
from app.library.small_files import is_gguf, read_small
from app.library.surroundings import Surroundings, as_folder

APP = "Jan"
_MOST_SETTINGS_BYTES = 1 << 20
_MOST_YAML_BYTES = 1 << 16
_MOST_MODELS = 10_000
# Only plain `key: value` lines, as its writer makes them; anything else is left to Jan.
_LINE = re.compile(r"^(name|model_path|mmproj_path):[ \t]+(\S.*)$", re.MULTILINE)


class _Settings(msgspec.Struct):
    data_folder: str = ""


def folders(surroundings: Surroundings) -> list[pathlib.Path]:
    """Its data folder, that need not exist."""
    if chosen := surroundings.folder("JAN_DATA_FOLDER"):
        return [chosen]
    root = surroundings.folder("JAN_DATA_ROOT") or surroundings.data
    for place in (root / "Jan", root / "jan.ai.app", surroundings.config / "Jan"):
        content = read_small(place / "settings.json", most_bytes=_MOST_SETTINGS_BYTES)
        try:
            settings = msgspec.json.decode(content or b"{}", type=_Settings)
        except UNDECODABLE:
            continue
        if named := as_folder(settings.data_folder, surroundings.home):
            return [named]
    return [root / "Jan" / "data"]


def find(data: pathlib.Path) -> list[Found]:
    """List the models of a data folder, by name."""
    found: dict[pathlib.Path, Found] = {}
    models = data / "llamacpp" / "models"
    # Ids may have a slash in them, so they may be folders in folders.
    for pattern in ("*/model.yml", "*/*/model.yml", "*/*/*/model.yml"):
        try:
            descriptions = sorted(models.glob(pattern))[:_MOST_MODELS]
        except OSError:
            continue
        for description in descriptions:
            name = description.parent.relative_to(models).as_posix()
            model = _found(data, description, name)
            if model:
                found.setdefault(model.files[0], model)
    return sorted(found.values(), key=lambda model: model.name)


def _found(data: pathlib.Path, description: pathlib.Path, fallback: str) -> Found | None:
    content = read_small(description, most_bytes=_MOST_YAML_BYTES) or b""
    values = {
        key: _unquoted(value.rstrip())
        for key, value in _LINE.findall(content.decode("utf-8", "replace").replace("\r", ""))
    }
    files = _files(data, values.get("model_path", ""))
    if not files or as_text(fallback) != fallback:
        return None
    projector = next(iter(_files(data, values.get("mmproj_path", ""))), None)
    try:
        size_bytes = sum(path.stat().st_size for path in (*files, *filter(None, [projector])))
    except OSError:
        return None
    name = values.get("name") or fallback
    return Found(app=APP, name=name, files=files, size_bytes=size_bytes, projector=projector)


def _files(data: pathlib.Path, text: str) -> tuple[pathlib.Path, ...]:
    """A model that is there with all its parts, in `data` or where the person pointed Jan at."""
    path = pathlib.Path(text)
    if not text or "\0" in text or ".." in path.parts:
        return ()
    files = tuple((data / path).with_name(name) for name in part_names(path.name))
    return files if all(is_gguf(file) for file in files) else ()


def _unquoted(value: str) -> str:
    for quote in ("'", '"'):
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            return value[1:-1]
    return "" if value in ("null", "~") else value
