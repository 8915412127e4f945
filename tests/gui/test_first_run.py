"""A person without a model is offered one in the empty chat, and gets it there."""

import pathlib

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar

from app.domain.downloads.jobs import State
from app.domain.errors import DiskTooFull, OfflineSwitchedOn
from app.domain.model_file import ModelFile
from tests.helpers.desk import STARTER, Desk
from tests.helpers.fake_downloads import GIB, FakeDownloads
from tests.helpers.fake_library import OWN, SMALL, FakeLibrary, Folder
from tests.helpers.fake_offers import CATALOGUE, GAMER, FakeOffers
from tests.helpers.page_sources import page_sources

MINE = ModelFile(name="Mine", path=pathlib.Path("/models/mine.gguf"))


class FirstDesk(Desk):
    """A desk of somebody who starts Cierzo for the first time."""

    def __init__(self, qtbot, *, installed=(), catalogue=CATALOGUE) -> None:
        self.offers = FakeOffers(catalogue=catalogue)
        self.library = FakeLibrary(installed=installed)
        self.queue = FakeDownloads()
        super().__init__(
            qtbot,
            sources=page_sources(offers=self.offers, library=self.library, downloads=self.queue),
        )

    def settle_in(self) -> None:
        """A moment later the folders were looked at."""
        self.window.make_pages()
        self.library.on_change()

    def installed(self) -> None:
        """The download ended, and the prices know its file."""
        job = self.queue.downloads[0].job
        self.queue.install(job.id)
        self.library.installed = (SMALL,)
        self.library.on_change()
        self.offers.installed(job.model_id, job.build)

    def said(self) -> str:
        labels = self.widget("transcript").findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture
def first(qtbot, _dressed) -> FirstDesk:
    return FirstDesk(qtbot)


@pytest.fixture
def offered(first) -> FirstDesk:
    first.settle_in()
    first.offers.measured(GAMER)
    return first


def test_the_place_is_kept_until_the_pc_is_known(first):
    assert "Looking at this PC" in first.said()
    assert "Nothing you write is sent anywhere" in first.said()
    assert "toy" in first.said(), "who just types knows whom they talk to"
    assert first.offers.refreshes == 0, "the start does not pay for it"
    before = first.widget("firstRun").geometry()
    first.settle_in()
    assert first.offers.refreshes == 1
    first.library.on_change()
    assert first.offers.refreshes == 1
    first.offers.measured(GAMER)
    assert first.seen("firstModel")
    first.wait_for(lambda: abs(first.widget("firstRun").height() - before.height()) <= 24)


def test_the_model_is_offered_with_size_speed_and_licence(offered):
    assert offered.widget("firstModelName").text() == "Mistral Small 4"
    facts = offered.widget("firstModelFacts").text()
    assert "to download" in facts
    assert "GiB" in facts
    assert "tokens/\u2060s" in facts
    assert "Apache" in facts
    assert "Mistral Small 4" in offered.widget("firstRun").accessibleDescription()


def test_a_press_downloads_it_in_place_and_the_empty_chat_uses_it(offered):
    offered.press("downloadButton")
    (download,) = offered.queue.downloads
    offered.queue.change(
        download.job.id, state=State.DOWNLOADING, bytes_done=GIB, bytes_total=4 * GIB
    )
    (bar,) = [b for b in offered.seen("downloadBar") if isinstance(b, QProgressBar)]
    assert bar.value() == bar.maximum() // 4
    assert offered.seen("pauseButton")
    offered.installed()
    assert offered.offers.opened == [(download.job.model_id, download.job.build)]
    offered.engine.use(MINE)  # what opening it does
    assert offered.seen("firstRun") == []
    assert "Mistral Small 4 is ready" in offered.said()


def test_who_was_talking_meanwhile_is_not_given_another_model(offered):
    offered.press("downloadButton")
    offered.ask("Hello")
    offered.installed()
    assert offered.offers.opened == []
    offered.press("newChatButton")
    (button,) = offered.seen("useFirstModelButton")
    assert button.text() == "Use it now"
    offered.press("useFirstModelButton")
    assert len(offered.offers.opened) == 1


def test_no_room_is_said_before_and_a_failure_after(offered):
    offered.library.folders = (Folder(path=OWN, is_download_folder=True, free_bytes=GIB),)
    offered.library.on_change()
    assert "Not enough room" in offered.said()
    offered.press("downloadButton")
    assert offered.queue.downloads == ()
    offered.press("answer_start")
    job = offered.queue.downloads[0].job
    problem = DiskTooFull(folder="models", missing_bytes=GIB)
    offered.queue.change(job.id, state=State.FAILED, problem=problem)
    assert "not enough room" in offered.said()
    offered.press("retryDownloadButton")
    offered.queue.change(job.id, state=State.WAITING, problem=OfflineSwitchedOn())
    assert str(OfflineSwitchedOn()) in offered.said()


def test_all_models_are_one_press_away(offered):
    offered.press("allModelsButton")
    assert offered.seen("modelSearch")
    offered.offers.measured(GAMER)
    assert len(offered.seen("modelCard")) > 1, "the page is told of prices too"


def test_just_typing_talks_to_the_starter(offered):
    offered.ask("Hello")
    assert offered.seen("firstRun") == []
    assert offered.engine.state.model == STARTER


@pytest.mark.usefixtures("_dressed")
def test_nothing_that_fits_is_said_so(qtbot):
    desk = FirstDesk(qtbot, catalogue=())
    desk.settle_in()
    desk.offers.measured(GAMER)
    assert "No model of the catalogue fits this PC" in desk.said()
    assert desk.seen("openOwnModelButton")
    assert desk.seen("downloadButton") == []
    assert desk.seen("downloadBar") == []


@pytest.mark.usefixtures("_dressed")
def test_who_has_a_model_sees_no_panel_and_pays_for_none(qtbot):
    desk = FirstDesk(qtbot, installed=(SMALL,))
    desk.settle_in()
    assert desk.seen("firstRun") == []
    assert desk.seen("toyNote"), "the toy is still called one"
    assert desk.offers.refreshes == 0


def test_a_model_of_ones_own_ends_it(offered):
    offered.engine.use(MINE)
    assert offered.seen("firstRun") == []
    assert offered.seen("toyNote") == []
