"""Models that LM Studio keeps: PUBLISHER/MODEL/FILE.gguf, as on the Hub.

Learnt from lmstudio-ai/lms: src/modelsFolder.ts (settings.json, downloadsFolder) and
findLMStudioHome (~/.lmstudio-home-pointer, else ~/.cache/lm-studio where that exists, else
~/.lmstudio); the layout from its documentation, "Import models". Not tried against a real
installation.
"""

import pathlib

import msgspec

from app.domain.undecodable import UNDECODABLE
from app.library.small_files import read_small
from app.library.surroundings import Surroundings, as_folder

APP = "LM Studio"
_MOST_POINTER_BYTES = 4096
_MOST_SETTINGS_BYTES = 4 << 20


class _Settings(msgspec.Struct, rename="camel"):
    downloads_folder: str = ""


def folders(surroundings: Surroundings) -> list[pathlib.Path]:
    """Where its models are; one folder, that need not exist."""
    home = _home(surroundings)
    content = read_small(home / "settings.json", most_bytes=_MOST_SETTINGS_BYTES)
    try:
        settings = msgspec.json.decode(content or b"{}", type=_Settings)
    except UNDECODABLE:
        settings = _Settings()
    return [as_folder(settings.downloads_folder, surroundings.home) or home / "models"]


def _home(surroundings: Surroundings) -> pathlib.Path:
    pointer = surroundings.home / ".lmstudio-home-pointer"
    text = (read_small(pointer, most_bytes=_MOST_POINTER_BYTES) or b"").decode("utf-8", "replace")
    if named := as_folder(text.strip(), surroundings.home):
        return named
    earlier = surroundings.home / ".cache" / "lm-studio"
    return earlier if earlier.is_dir() else surroundings.home / ".lmstudio"
