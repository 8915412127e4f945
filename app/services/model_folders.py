"""The folders that models lie in, as the settings have them."""

import pathlib
from collections.abc import Callable

from app.library.hf_cache import folders as hub_caches
from app.library.surroundings import here
from app.services.library import Library
from app.settings.folders import Folders
from app.settings.model import Settings


def own_folder(folders: Folders) -> pathlib.Path:
    """Ours, which is always there."""
    return folders.data / "models"


def models_folders(folders: Folders, settings: Settings) -> tuple[pathlib.Path, ...]:
    """Ours and the person's."""
    chosen = (pathlib.Path(path) for path in settings.model_folders)
    return tuple(dict.fromkeys((own_folder(folders), *chosen)))


def open_library(folders: Folders, settings: Callable[[], Settings]) -> Library:
    """What is installed, with the settings as they are whenever it is asked."""
    return Library(
        own_folder(folders),
        others=lambda: models_folders(folders, settings()),
        index_folder=folders.data,
    )


def download_folder(folders: Folders, settings: Settings) -> pathlib.Path:
    """The one that gets new models."""
    chosen = settings.download_folder
    is_known = chosen in settings.model_folders
    return pathlib.Path(chosen) if chosen and is_known else own_folder(folders)


def reuse_folders(folders: Folders, settings: Settings) -> tuple[pathlib.Path, ...]:
    """Where a file may lie already that is to be downloaded."""
    return (*models_folders(folders, settings), *hub_caches(here()))
