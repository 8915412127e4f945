"""Rows of models that cannot be used now, and what is said of newer builds."""

import pytest

from app.domain.errors import OfflineSwitchedOn
from tests.helpers.fake_library import (
    FOLDERS,
    SMALL,
    USB,
    FakeLibrary,
    Folder,
    Newer,
    News,
    Work,
    job,
)
from tests.helpers.library_shelf import Shelf


@pytest.fixture
def shelf(qtbot, _dressed):
    return Shelf(qtbot, FakeLibrary())


def test_a_missing_file_is_not_called_a_missing_drive(shelf):
    shelf.library.change("eight", is_there=False)
    assert shelf.text("8B", "libraryWhere").startswith("A file of it is missing")
    assert shelf.actions("8B")["Remove"].isEnabled()
    assert not shelf.part("8B", "useInstalledButton").isEnabled()


def test_what_is_on_a_drive_that_is_away_is_not_removed(shelf):
    shelf.library.folders = (FOLDERS[0], Folder(path=USB, is_there=False))
    shelf.library.change("eight", is_there=False)
    assert not shelf.actions("8B")["Remove"].isEnabled()


@pytest.mark.parametrize(("kind", "can_use"), [("verify", True), ("move", False)])
def test_a_model_that_is_just_moving_is_not_used(shelf, kind, can_use):
    shelf.library.work("eight", Work(kind))
    assert shelf.part("8B", "useInstalledButton").isEnabled() is can_use
    assert shelf.actions("8B")["Use"].isEnabled() is can_use


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (News(asked=0), "None of these came from a repository that can be asked."),
        (
            News((Newer(SMALL, job(SMALL)),), asked=2, failed=(OfflineSwitchedOn(),)),
            "1 model was published again. See below. 1 could not be asked: “Offline”",
        ),
        (
            News(asked=2, failed=(OfflineSwitchedOn(),)),
            "Nothing newer was found. 1 could not be asked: “Offline”",
        ),
    ],
)
def test_what_could_not_be_asked_is_said(shelf, news, words):
    shelf.press("newerBuildsButton")
    shelf.library.end("newer", news)
    assert shelf.one("newerBuildsNote").text().startswith(words)
