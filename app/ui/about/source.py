"""What the About window asks of what lies below it."""

import pathlib
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from app.services.about import AboutFacts, read_about
from app.services.licences import Licences, read_licences
from app.services.model_folders import models_folders
from app.settings.folders import Folders
from app.settings.model import Settings


class Kept(Enum):
    """What lies in a folder."""

    CHATS = auto()
    MODELS = auto()
    SETTINGS = auto()
    LOGS = auto()
    CACHE = auto()


class Place(NamedTuple):
    """A folder of the person's."""

    kept: Kept
    folder: pathlib.Path


class AboutSource(NamedTuple):
    """Where it all comes from.

    Attributes:
        read: May wait for the disk, so it is asked on a thread; `read_licences`, too.
        places: Where the person's data and models lie.
    """

    read: Callable[[], AboutFacts]
    read_licences: Callable[[], Licences]
    places: tuple[Place, ...]


def about_source(folders: Folders, settings: Settings) -> AboutSource:
    """Of this copy."""
    places = (
        Place(Kept.CHATS, folders.data),
        *(Place(Kept.MODELS, folder) for folder in models_folders(folders, settings)),
        Place(Kept.SETTINGS, folders.config),
        Place(Kept.LOGS, folders.logs),
        Place(Kept.CACHE, folders.cache),
    )
    return AboutSource(read_about, read_licences, places)
