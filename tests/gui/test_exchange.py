"""Exporting and importing chats as a person does, with mouse and keyboard."""

import pathlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QLabel,
    QProgressBar,
    QRadioButton,
    QWidget,
)

from app.domain.errors import ChatsDiskFull, ExportDiskFull, NotChats
from app.exchange.reader_protocol import Why
from app.exchange.writer_protocol import ExportFormat
from app.services.chat_import import Imported
from app.ui.exchange.dialogs import ExchangeDialogs
from tests.helpers.desk import Desk
from tests.helpers.fake_exchange import FakeExchange


@pytest.fixture
def desk(qtbot, _dressed):
    """A window whose exports and imports a test ends; two chats are there."""

    def make_exchange(window: QWidget) -> ExchangeDialogs:
        made.exchange = FakeExchange(made.chats.library)
        return ExchangeDialogs(made.exchange, made.chats.library, window)

    made = Desk(qtbot, make_exchange=make_exchange)
    made.load()
    for question in ("Name three rivers", "Why is it windy?"):
        made.press("newChatButton")
        made.ask(question)
        made.client.write("An answer")
        made.client.finish_answer()
    return made


def choose(desk, place: str) -> None:
    (dialog,) = desk.window.findChildren(QFileDialog)
    dialog.fileSelected.emit(place)
    dialog.reject()
    desk.wait_for(lambda: not desk.window.findChildren(QFileDialog))


def tell(desk, kind: str) -> str:
    """What a note says; empty where it is not there."""
    return " ".join(label.text() for label in desk.seen(kind) if isinstance(label, QLabel))


def open_export(desk, qtbot) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(desk.window, Qt.Key.Key_E, keys)
    assert desk.widget("exportDialog").isVisible()


def open_import(desk) -> None:
    (action,) = [a for a in desk.window.actions() if a.text() == "Import chats…"]
    action.trigger()
    assert desk.widget("importDialog").isVisible()


def test_the_open_chat_becomes_a_pdf(desk, qtbot, monkeypatch):
    shown = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", staticmethod(lambda url: shown.append(url) or True)
    )
    open_export(desk, qtbot)
    assert desk.widget("thisChatChoice").isChecked()
    desk.wait_for(desk.widget("thisChatChoice").hasFocus)
    desk.press("exportButton")
    (dialog,) = desk.window.findChildren(QFileDialog)
    assert [pathlib.Path(f).name for f in dialog.selectedFiles()] == ["Why is it windy.pdf"]
    assert dialog.defaultSuffix() == "pdf"
    choose(desk, "/tmp/wind.pdf")
    (wish,) = desk.exchange.exports.wishes
    assert [chat.title for chat in wish.chats] == ["Why is it windy?"]
    assert (wish.target, wish.format) == (pathlib.Path("/tmp/wind.pdf"), ExportFormat.PDF)
    assert (wish.thoughts, wish.pictures, wish.is_each) == (True, True, False)
    assert tell(desk, "exportWorkingWords") == "Writing…"
    assert not desk.widget("pdfChoice").isEnabled()
    desk.exchange.exports.finish()
    assert tell(desk, "exportOutcome") == "Saved as “wind.pdf”."
    desk.press("exportOutcomeButton")
    assert shown[0].toLocalFile() == "/tmp"
    desk.press("exportCloseButton")
    desk.wait_for(lambda: not desk.seen("exportDialog"))


def test_all_chats_by_keyboard_with_a_file_for_each(desk, qtbot):
    open_export(desk, qtbot)
    desk.wait_for(desk.widget("thisChatChoice").hasFocus)
    qtbot.keyClick(desk.widget("thisChatChoice"), Qt.Key.Key_Down)
    assert desk.widget("allChatsChoice").isChecked()
    for _ in range(2):
        qtbot.keyClick(desk.widget("exportDialog").focusWidget(), Qt.Key.Key_Tab)
    for _ in range(4):
        qtbot.keyClick(desk.widget("exportDialog").focusWidget(), Qt.Key.Key_Down)
    assert desk.widget("jsonChoice").isChecked()
    for name in ("exportEach", "exportThoughts"):
        qtbot.keyClick(desk.widget(name), Qt.Key.Key_Space)
    desk.press("exportButton")
    choose(desk, "/tmp/chats")
    (wish,) = desk.exchange.exports.wishes
    assert (wish.chats, wish.format, wish.is_each) == (None, ExportFormat.JSON, True)
    assert (wish.thoughts, wish.pictures) == (False, True)
    desk.exchange.exports.on_progress(1, 2)
    assert tell(desk, "exportWorkingWords") == "Writing… 1 of 2 chats"
    bar = desk.widget("exportWorkingBar")
    assert isinstance(bar, QProgressBar)
    assert (bar.value(), bar.maximum()) == (1, 2)
    desk.exchange.exports.finish(files=2)
    assert tell(desk, "exportOutcome") == "Saved 2 files in “chats”."


def test_the_words_of_a_choice_choose_it(desk, qtbot):
    open_export(desk, qtbot)
    (words,) = [
        label
        for label in desk.widget("exportDialog").findChildren(QLabel)
        if label.text() == "one file for any browser"
    ]
    qtbot.mouseClick(words, Qt.MouseButton.LeftButton)
    assert desk.widget("htmlChoice").isChecked()


def test_an_error_is_said_in_the_dialog_and_can_be_tried_again(desk, qtbot):
    open_export(desk, qtbot)
    for _ in range(2):
        desk.press("exportButton")
        choose(desk, "/tmp/wind.pdf")
        desk.exchange.exports.finish(ExportDiskFull(name="wind.pdf"))
        assert tell(desk, "exportProblem").startswith("There is no room left for “wind.pdf”.")
    desk.press("exportButton")
    choose(desk, "/tmp/wind.pdf")
    assert tell(desk, "exportProblem") == ""
    desk.exchange.exports.finish()
    assert tell(desk, "exportOutcome") == "Saved as “wind.pdf”."


def test_escape_stops_before_it_closes(desk, qtbot):
    open_export(desk, qtbot)
    desk.press("exportButton")
    choose(desk, "/tmp/wind.pdf")
    dialog = desk.widget("exportDialog")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert tell(desk, "exportRemark") == "Stopped. Nothing was saved."
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    desk.wait_for(lambda: not desk.seen("exportDialog"))


def test_a_chat_of_the_list_is_exported_by_its_menu(desk):
    other = desk.chats.chats[1]
    desk.window.findChild(QWidget, "sidebar").export_requested.emit(other.chat_id)
    assert desk.widget("thisChatChoice").isChecked()
    desk.press("exportButton")
    choose(desk, "/tmp/rivers.pdf")
    assert desk.exchange.exports.wishes[0].chats == (other,)


def test_an_empty_chat_offers_all_of_them(desk, qtbot):
    desk.press("newChatButton")
    open_export(desk, qtbot)
    assert not desk.widget("thisChatChoice").isEnabled()
    assert desk.widget("allChatsChoice").isChecked()
    assert desk.widget("exportButton").isEnabled()


def test_without_a_chat_nothing_can_be_exported(desk, qtbot):
    library = desk.chats.library
    library.take_away(list(library.chats), lambda _: None)
    open_export(desk, qtbot)
    assert not desk.widget("exportButton").isEnabled()


def test_chats_of_another_program_come_and_go(desk):
    open_import(desk)
    words = " ".join(w.text() for w in desk.widget("importDialog").findChildren(QLabel))
    for program in ("Cierzo", "ChatGPT", "LM Studio", "Jan", "Ollama"):
        assert program in words
    desk.press("importFileButton")
    choose(desk, "/tmp/conversations.zip")
    imports = desk.exchange.imports
    assert imports.paths == [pathlib.Path("/tmp/conversations.zip")]
    imports.on_progress(1207)
    assert tell(desk, "importWorkingWords") == "Reading… 1,207 chats so far"
    came = Imported(
        program="ChatGPT",
        chats=tuple(desk.chats.chats),
        already_here=1,
        skipped={Why.BROKEN: 2, Why.EMPTY: 1},
        missing_attachments=1,
    )
    imports.finish(came)
    assert tell(desk, "importOutcome") == (
        "2 chats came from ChatGPT. 1 was here already. 2 cannot be read. 1 has no message. "
        "1 attachment is missing."
    )
    desk.press("importOutcomeButton")
    assert imports.taken_back == [came]
    imports.after_removal(None)
    assert tell(desk, "importOutcome") == ""
    assert tell(desk, "importRemark") == "2 chats were removed again."


@pytest.mark.parametrize(
    ("imported", "kind", "words"),
    [
        (Imported(problem=NotChats(name="x")), "importProblem", "“x” holds no chats"),
        (Imported(program="Jan", already_here=3), "importRemark", "No new chat was found. 3 were"),
    ],
)
def test_what_brought_nothing_is_said(desk, imported, kind, words):
    open_import(desk)
    desk.press("importFolderButton")
    choose(desk, "/tmp/x")
    desk.exchange.imports.finish(imported)
    assert tell(desk, kind).startswith(words)
    assert not desk.seen("importOutcomeButton")


def test_what_came_before_an_error_is_said_too(desk):
    open_import(desk)
    desk.press("importFileButton")
    choose(desk, "/tmp/x")
    came = Imported(chats=(desk.chats.chats[0],), problem=ChatsDiskFull())
    desk.exchange.imports.finish(came)
    assert tell(desk, "importOutcome") == "1 chat came."
    assert tell(desk, "importProblem").startswith("The disk is full")


def test_a_stopped_import_keeps_what_came(desk):
    open_import(desk)
    desk.press("importFileButton")
    choose(desk, "/tmp/x")
    desk.press("importStopButton")
    assert tell(desk, "importRemark") == ""
    assert tell(desk, "importProblem") == ""
    assert desk.widget("importFileButton").isEnabled()


def test_a_dialog_that_was_closed_hears_nothing_more(desk, qtbot):
    open_export(desk, qtbot)
    desk.press("exportButton")
    choose(desk, "/tmp/wind.pdf")
    exports = desk.exchange.exports
    dialog = desk.widget("exportDialog")
    dialog.done(0)
    desk.wait_for(lambda: not desk.seen("exportDialog"))
    exports.on_progress(1, 2)
    exports.finish()


@pytest.mark.parametrize("opens", [open_export, lambda desk, _: open_import(desk)])
def test_every_part_can_be_reached_and_has_a_name(desk, qtbot, opens):
    opens(desk, qtbot)
    (dialog,) = [*desk.seen("exportDialog"), *desk.seen("importDialog")]
    for button in dialog.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName() or button.text()
            # The arrow keys go to the others of a group.
            is_other = isinstance(button, QRadioButton) and not button.isChecked()
            assert is_other or button.focusPolicy() & Qt.FocusPolicy.TabFocus
