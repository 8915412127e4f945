"""Models that GPT4All keeps: GGUFs in one folder.

Learnt from nomic-ai/gpt4all: gpt4all-chat/src/mysettings.cpp (modelPath, default
AppLocalDataLocation) and gpt4all_desktop/settings.md for that folder on the three systems;
settings are a QSettings INI file. Not tried against a real installation.
"""

import pathlib
import re

from app.library.small_files import read_small
from app.library.surroundings import Surroundings, as_folder

APP = "GPT4All"
_MOST_SETTINGS_BYTES = 1 << 20
_MODEL_PATH = re.compile(r"^modelPaths?[ \t]*=[ \t]*(\S.*)$", re.MULTILINE)
# As QSettings writes what is not Latin-1, and what has a meaning of its own.
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,4})|(.))")


def folders(surroundings: Surroundings) -> list[pathlib.Path]:
    """Where its models are; one folder, that need not exist."""
    default = surroundings.local_data / "nomic.ai" / "GPT4All"
    settings = surroundings.config / "nomic.ai" / "GPT4All.ini"
    content = read_small(settings, most_bytes=_MOST_SETTINGS_BYTES) or b""
    found = _MODEL_PATH.search(content.decode("utf-8", "replace"))
    return [
        as_folder(_unescaped(found[1].rstrip()), surroundings.home) or default if found else default
    ]


def _unescaped(text: str) -> str:
    plain = text.strip('"')
    return _ESCAPE.sub(lambda part: chr(int(part[1], 16)) if part[1] else part[2], plain)
