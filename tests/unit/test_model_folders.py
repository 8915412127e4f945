import pathlib

import pytest

from app.services.model_folders import download_folder, models_folders, reuse_folders
from app.settings.folders import folders_for
from app.settings.model import Settings

OWN = pathlib.Path("/home/data/models").absolute()


@pytest.fixture
def folders():
    return folders_for(pathlib.Path("/home"))


def test_our_own_folder_comes_first_and_each_once(folders):
    settings = Settings(model_folders=("/big", str(OWN), "/big"))
    assert models_folders(folders, settings) == (OWN, pathlib.Path("/big"))


@pytest.mark.parametrize(
    ("chosen", "folder"), [("", OWN), ("/big", pathlib.Path("/big")), ("/forgotten", OWN)]
)
def test_new_models_go_to_a_folder_that_is_known(folders, chosen, folder):
    settings = Settings(model_folders=("/big",), download_folder=chosen)
    assert download_folder(folders, settings) == folder


def test_what_the_hubs_own_cache_has_need_not_be_downloaded(folders, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", "/cache")
    assert reuse_folders(folders, Settings()) == (OWN, pathlib.Path("/cache"))
