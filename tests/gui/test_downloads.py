"""Downloading on the Models page, on a queue that is made up."""

import functools

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.domain.downloads.jobs import State
from app.domain.errors import (
    DiskTooFull,
    HubBusy,
    RepositoryGated,
    RepositoryUnknown,
)
from app.ui.models import download_words as words
from app.ui.models.page import ModelsPage
from app.ui.models.source import DownloadTerms
from tests.helpers.download_page_desk import SMALL, DownloadPageDesk, fill, open_downloads
from tests.helpers.fake_downloads import GIB, job
from tests.helpers.fake_offers import CATALOGUE, GAMER, LAPTOP, FakeOffers

REPOSITORY = "acme/Tiny-GGUF"
TINY = msgspec.structs.replace(
    CATALOGUE[1][0],
    id=REPOSITORY,
    name="Tiny",
    builds=tuple(
        msgspec.structs.replace(build, repository=REPOSITORY) for build in CATALOGUE[1][0].builds
    ),
)


@pytest.fixture
def open_desk(qtbot, _dressed):
    return functools.partial(open_downloads, qtbot)


@pytest.fixture
def desk(open_desk) -> DownloadPageDesk:
    return open_desk()


# A card


def test_a_press_on_download_puts_the_build_into_the_queue(desk):
    card = desk.card("Small 4")
    assert desk.text(card, "downloadButton") == "Download 50 GiB"
    desk.press("downloadButton", card)
    assert desk.queue.asked == [("add", SMALL)]
    assert desk.text(card, "downloadState") == "Waiting for its turn"
    assert desk.seen("downloadButton", card) == []


def test_an_installed_build_offers_use_and_no_download(desk):
    card = desk.card("8B")
    assert desk.seen("useButton", card)
    assert desk.seen("downloadButton", card) == []


def test_the_card_says_how_far_it_is(desk):
    fill(desk.queue)
    card = desk.card("Small 4")
    said = {name: desk.text(card, f"download{name}") for name in ("State", "Percent", "Amount")}
    assert said == {"State": "Downloading", "Percent": "28 %", "Amount": "14.0 of 50 GiB"}
    assert desk.text(card, "downloadSpeed") == "40.0 MB/\u2060s"
    assert desk.text(card, "downloadTime") == "16 min left"


def test_progress_moves_and_makes_nothing(desk):
    fill(desk.queue)
    before = desk.page.findChildren(QWidget)
    card = desk.card("Small 4")
    (numbers,) = desk.seen("downloadSpeed", card)
    place = numbers.geometry()
    desk.queue.change(SMALL, bytes_done=25 * GIB, bytes_per_s=120e6, eta_s=59.0)
    QApplication.sendPostedEvents()
    assert desk.text(card, "downloadPercent") == "50 %"
    assert numbers.geometry() == place
    assert desk.page.findChildren(QWidget) == before


def test_pause_and_resume_keep_the_keyboard(desk, qtbot):
    fill(desk.queue)
    card = desk.card("Small 4")
    (pause,) = desk.seen("pauseButton", card)
    pause.setFocus()
    qtbot.keyClick(pause, Qt.Key.Key_Space)
    assert desk.queue.asked == [("pause", SMALL)]
    (resume,) = desk.seen("resumeButton", card)
    assert resume.hasFocus()
    qtbot.keyClick(resume, Qt.Key.Key_Space)
    assert desk.queue.asked[-1] == ("resume", SMALL)
    assert desk.seen("pauseButton", card)[0].hasFocus()


@pytest.mark.parametrize(("answer", "keeps"), [("answer_keep", True), ("answer_delete", False)])
def test_cancel_asks_what_becomes_of_the_part(desk, answer, keeps):
    fill(desk.queue)
    card = desk.card("Small 4")
    desk.press("cancelDownloadButton", card)
    assert "14 GiB of it are on this PC" in desk.text(card, "questionText")
    assert desk.queue.asked == []
    desk.press(answer, card)
    assert desk.queue.asked == [("cancel", SMALL, keeps)]
    assert desk.text(card, "downloadButton") == "Download 50 GiB"


def test_going_back_cancels_nothing(desk, qtbot):
    fill(desk.queue)
    card = desk.card("Small 4")
    (cancel,) = desk.seen("cancelDownloadButton", card)
    cancel.setFocus()
    cancel.click()
    assert desk.seen("leaveButton", card)[0].hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert desk.seen("cancelQuestion", card) == []
    assert cancel.hasFocus()
    assert desk.queue.asked == []


def test_without_a_byte_cancel_asks_nothing(desk):
    fill(desk.queue)
    desk.press("cancelDownloadButton", desk.card("Codestral"))
    assert desk.queue.asked == [("cancel", "codestral-22b:Q4_K_M", False)]


def test_a_failure_says_what_to_do_and_can_be_tried_again(desk):
    fill(desk.queue)
    problem = RepositoryGated(repository="mistralai/Example-GGUF")
    desk.queue.change(SMALL, state=State.FAILED, problem=problem)
    card = desk.card("Small 4")
    assert desk.text(card, "downloadProblem") == str(problem)
    desk.press("retryDownloadButton", card)
    assert desk.queue.asked == [("resume", SMALL)]
    assert desk.seen("downloadProblem", card) == []


def test_a_build_that_is_done_is_not_offered_again_before_the_offers_know_it(desk):
    fill(desk.queue)
    card = desk.card("Small 4")
    desk.queue.install(SMALL)
    assert desk.text(card, "downloadState") == "Installed"
    assert desk.seen("downloadButton", card) == []
    assert desk.offers.refreshes == 1


def test_a_build_that_was_removed_can_be_downloaded_again(open_desk):
    desk = open_desk()
    desk.queue.put(job(), state=State.INSTALLED)
    assert desk.seen("downloadButton", desk.card("Small 4"))


def test_after_a_restart_the_card_speaks_of_what_is_being_downloaded(desk):
    desk.queue.put(job(build="Q4_K_M"), state=State.PAUSED, bytes_done=GIB, bytes_total=67 * GIB)
    card = desk.card("Small 4")
    assert desk.text(card, "buildName") == "Q4_K_M"
    assert desk.text(card, "downloadState") == "Paused"


def test_what_speaks_against_a_build_is_said_before_it_is_downloaded(open_desk):
    desk = open_desk(machine=LAPTOP)
    card = desk.card("Small 4")
    desk.press("downloadButton", card)
    assert "Does not fit this PC." in desk.text(card, "questionText")
    assert desk.queue.asked == []
    desk.press("answer_start", card)
    assert [asked for asked, _ in desk.queue.asked] == ["add"]


def test_not_now_downloads_nothing(open_desk):
    desk = open_desk(machine=LAPTOP)
    card = desk.card("Small 4")
    desk.press("downloadButton", card)
    desk.press("leaveButton", card)
    assert desk.queue.asked == []
    assert desk.seen("downloadButton", card)


def test_missing_room_is_said_before_with_the_other_downloads_counted(desk):
    fill(desk.queue)
    desk.queue.terms = DownloadTerms(free_bytes=60 * GIB)
    desk.queue.on_change()
    card = desk.card("Small 3.2")
    # 43.9 GiB, and 36 and 12 GiB of the others are still to come.
    assert "31.9 GiB more are needed" in desk.text(card, "shortageText")
    desk.press("downloadButton", card)
    assert "31.9 GiB more are needed" in desk.text(card, "questionText")


@pytest.mark.usefixtures("_dressed")
def test_a_page_without_a_queue_offers_no_download(qtbot):
    page = ModelsPage(FakeOffers(GAMER))
    qtbot.addWidget(page)
    assert page.findChild(QWidget, "modelCard")
    assert page.findChild(QWidget, "downloadButton") is None


# The table of builds


def test_a_row_of_the_table_can_be_downloaded(desk):
    table = desk.unfold("Small 4")
    rows = {table.item(row, 0).text(): row for row in range(table.rowCount())}
    cell = table.visualItemRect(table.item(rows["UD-IQ2_M"], 6)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert desk.queue.asked == [("add", "mistral-small-4:UD-IQ2_M")]
    desk.queue.change("mistral-small-4:UD-IQ2_M", bytes_done=GIB, bytes_total=10 * GIB)
    assert table.item(rows["UD-IQ2_M"], 6).text() == "10 %"


def test_enter_in_the_table_downloads_a_faulty_build_only_after_a_warning(desk, qtbot):
    table = desk.unfold("Small 4")
    table.setCurrentCell(0, 0)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    card = desk.card("Small 4")
    assert "often nonsense" in desk.text(card, "questionText")
    assert desk.queue.asked == []


# The tray


def test_without_downloads_there_is_no_tray(desk):
    assert desk.seen("downloadTray") == []
    fill(desk.queue)
    assert desk.seen("downloadTray")


def test_the_tray_shows_all_in_the_order_of_the_queue(desk):
    fill(desk.queue)
    assert desk.rows() == ["Mistral Small 4 UD-Q3_K_XL", "Codestral 22B Q4_K_M", "Pixtral 12B Q8_0"]
    assert desk.text(desk.page, "downloadsTotal") == "2 to go · 22 % · 40.0 MB/\u2060s"


def test_the_limit_is_shown(desk):
    desk.queue.terms = DownloadTerms(bytes_per_s=2_500_000)
    fill(desk.queue)
    assert desk.text(desk.page, "downloadsTotal").endswith("limited to 2.5 MB/\u2060s")


def test_the_arrow_keys_move_a_download_and_keep_the_keyboard(desk, qtbot):
    fill(desk.queue)
    (grip,) = desk.seen("moveGrip", desk.row("Small 4"))
    grip.setFocus()
    qtbot.keyClick(grip, Qt.Key.Key_Up)
    assert desk.queue.asked == []
    qtbot.keyClick(grip, Qt.Key.Key_Down)
    assert desk.queue.asked == [("move", SMALL, 1)]
    QApplication.sendPostedEvents()
    assert desk.rows()[:2] == ["Codestral 22B Q4_K_M", "Mistral Small 4 UD-Q3_K_XL"]
    assert grip.hasFocus()


def test_dragging_moves_a_download(desk, qtbot):
    fill(desk.queue)
    (grip,) = desk.seen("moveGrip", desk.row("Small 4"))
    target = desk.row("Codestral")
    QTest.mousePress(grip, Qt.MouseButton.LeftButton)
    below = grip.mapFromGlobal(target.mapToGlobal(QPoint(0, target.height() - 2)))
    QTest.mouseMove(grip, below)
    qtbot.waitUntil(lambda: desk.rows()[0].startswith("Codestral"), timeout=5000)
    assert desk.queue.asked == []
    desk.queue.change(SMALL, bytes_done=15 * GIB)  # goes on meanwhile
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=below)
    assert desk.queue.asked == [("move", SMALL, 1)]


def test_all_can_be_paused_resumed_and_those_that_are_done_cleared(desk):
    fill(desk.queue)
    desk.press("pauseAllButton")
    assert desk.queue.states() == ["paused", "paused", "installed"]
    assert desk.text(desk.page, "downloadsTotal") == "2 paused · 1 installed"
    desk.press("resumeAllButton")
    assert desk.queue.states() == ["queued", "queued", "installed"]
    desk.press("clearInstalledButton")
    assert desk.queue.states() == ["queued", "queued"]
    assert desk.seen("clearInstalledButton") == []


def test_the_keyboard_goes_on_to_the_next_row_when_one_goes(desk):
    fill(desk.queue)
    desk.seen("cancelDownloadButton", desk.row("Codestral"))[0].setFocus()
    desk.press("cancelDownloadButton", desk.row("Codestral"))
    assert desk.row("Small 4").isAncestorOf(QApplication.focusWidget())


def test_the_tray_folds_to_one_line(desk):
    fill(desk.queue)
    desk.press("downloadsFold")
    assert desk.seen("downloadRow") == []
    assert desk.seen("downloadsTotal")


def test_offline_is_said_in_the_tray(desk):
    desk.queue.terms = DownloadTerms(is_offline=True)
    fill(desk.queue)
    assert "“Offline” is switched on" in desk.text(desk.page, "downloadsOffline")


def test_everything_that_takes_the_keyboard_has_a_name(desk):
    fill(desk.queue)
    desk.queue.change("codestral-22b:Q4_K_M", state=State.PAUSED, bytes_done=GIB)
    desk.press("cancelDownloadButton", desk.row("Small 4"))
    desk.page.findChild(QWidget, "modelSearch").setText(REPOSITORY)
    parts = [w for w in desk.page.findChildren(QWidget) if w.isVisible()]
    for part in parts:
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            name = QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
            assert name, part.objectName()


@pytest.mark.parametrize("width", [480, 900])
def test_nothing_sticks_out(open_desk, width):
    desk = open_desk()
    desk.window.resize(width, 700)
    fill(desk.queue)
    problem = DiskTooFull(folder="/a/very/long/path/that/goes/on/and/on", missing_bytes=GIB)
    long = job("Mistral-Medium-with-an-extraordinarily-long-name-that-never-ends", "UD-Q3_K_XL")
    desk.queue.put(long, state=State.FAILED, bytes_done=GIB, bytes_total=GIB, problem=problem)
    desk.press("cancelDownloadButton", desk.row("Medium"))
    desk.page.findChild(QWidget, "modelSearch").setText(f"acme/{'long-' * 18}name")
    QApplication.processEvents()
    for row in (*desk.seen("downloadRow"), *desk.seen("repositoryRow")):
        for child in row.findChildren(QWidget):
            if child.isVisible():
                assert child.mapTo(row, child.rect().topRight()).x() <= row.width()
    area = desk.page.findChild(QWidget, "modelsScroll")
    assert area.widget().width() <= area.viewport().width()


# Repositories


def search(desk: DownloadPageDesk, text: str) -> None:
    desk.page.findChild(QWidget, "modelSearch").setText(text)


def test_words_are_no_repository(desk):
    search(desk, "small 4")
    assert desk.seen("repositoryRow") == []


def test_nothing_is_asked_before_the_button_is_pressed(desk):
    search(desk, f"https://huggingface.co/{REPOSITORY}/tree/main")
    assert desk.text(desk.page, "lookUpButton") == f"Look up {REPOSITORY} on Hugging Face"
    assert desk.repositories.asked == []
    desk.press("lookUpButton")
    assert [name.repository for name in desk.repositories.asked] == [REPOSITORY]
    assert desk.text(desk.page, "repositoryText") == f"Looking at {REPOSITORY}…"


def test_what_was_found_is_a_card_like_the_others(desk):
    search(desk, f"{REPOSITORY}:Q6_K")
    desk.press("lookUpButton")
    desk.repositories.answer(TINY)
    assert desk.seen("repositoryRow") == []
    card = desk.card("Tiny")
    assert len(desk.seen("modelCard")) == 1
    assert desk.text(card, "buildName") == "Q6_K"
    assert desk.seen("settingsFold", card) == []
    desk.press("downloadButton", card)
    assert desk.queue.asked == [("add", f"{REPOSITORY}:Q6_K")]


def test_the_keyboard_goes_from_the_search_to_the_button_and_to_the_card(desk, qtbot):
    field = desk.page.findChild(QWidget, "modelSearch")
    search(desk, REPOSITORY)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    (button,) = desk.seen("lookUpButton")
    assert button.hasFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    desk.repositories.answer(TINY)
    assert desk.card("Tiny").isAncestorOf(QApplication.focusWidget())


def test_a_repository_of_the_catalogue_shows_its_card_at_once(desk):
    search(desk, "mistralai/Example-GGUF")
    assert len(desk.seen("modelCard")) == len(CATALOGUE)


def test_an_error_is_a_sentence_and_can_be_tried_again(desk):
    search(desk, REPOSITORY)
    desk.press("lookUpButton")
    problem = RepositoryUnknown(repository=REPOSITORY)
    desk.repositories.answer(problem)
    assert desk.text(desk.page, "repositoryText") == str(problem)
    desk.press("lookUpButton")
    assert len(desk.repositories.asked) == 2


def test_an_address_of_something_else_says_so(desk):
    search(desk, "https://example.org/acme/tiny")
    assert "is no repository" in desk.text(desk.page, "repositoryText")
    assert desk.seen("lookUpButton") == []


def test_offline_nothing_can_be_looked_up_and_the_page_says_why(desk):
    desk.queue.terms = DownloadTerms(is_offline=True)
    search(desk, REPOSITORY)
    assert "“Offline” is switched on" in desk.text(desk.page, "repositoryText")
    assert not desk.seen("lookUpButton")[0].isEnabled()


def test_a_mirror_is_named(desk):
    desk.queue.terms = DownloadTerms(endpoint="https://hub.example:8080")
    search(desk, REPOSITORY)
    assert desk.text(desk.page, "lookUpButton") == f"Look up {REPOSITORY} on hub.example:8080"


def test_an_installed_build_of_a_repository_can_be_used(desk, qtbot, tmp_path):
    search(desk, REPOSITORY)
    desk.press("lookUpButton")
    desk.repositories.answer(TINY)
    desk.repositories.paths[REPOSITORY, "Q4_K_M"] = tmp_path / "tiny.gguf"
    desk.offers.on_change()
    with qtbot.waitSignal(desk.page.file_used) as used:
        desk.press("useButton", desk.card("Tiny"))
    assert used.args == [str(tmp_path / "tiny.gguf")]


def test_a_view_of_what_is_installed_takes_the_place_of_the_cards(open_desk, qtbot):
    view = QLabel("the library")
    desk = open_desk(installed_view=view)
    assert not view.isVisible()
    buttons = desk.page.findChild(QWidget, "modelFilter").children()[-3:]
    buttons[2].click()
    assert view.isVisible()
    assert desk.seen("modelCard") == []
    buttons[0].click()
    assert not view.isVisible()
    qtbot.waitUntil(lambda: len(desk.seen("modelCard")) == len(CATALOGUE))


# Words


@pytest.mark.parametrize(
    ("done", "total", "said"),
    [
        (0, 14 * GIB, "0.0 of 14 GiB"),
        (GIB // 2, int(1.27 * 1024 * GIB), "0.00 of 1.27 TiB"),
        (30 << 20, 93 << 20, "30 of 93 MiB"),
        (5, 800, "5 of 800 bytes"),
        (3 * GIB, None, "3 GiB"),
    ],
)
def test_amounts_keep_their_decimals(done, total, said):
    assert words.amount_words(done, total) == said


@pytest.mark.parametrize(
    ("done", "total", "percent"), [(0, 10, 0), (999, 1000, 99), (10, 10, 100), (1, None, None)]
)
def test_a_hundred_per_cent_means_all(done, total, percent):
    assert words.percent_of(done, total) == percent


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": State.WAITING}, "Waiting for the network"),
        ({"state": State.WAITING, "problem": HubBusy(host="hub", wait_s=9)}, "Waiting"),
        ({"state": State.QUEUED, "is_elsewhere": True}, "Another Cierzo is downloading it"),
        ({"state": State.PAUSED, "is_elsewhere": True}, "Paused"),
    ],
)
def test_states_are_said_honestly(desk, facts, said):
    assert words.state_words(desk.queue.put(job(), **facts)) == said
