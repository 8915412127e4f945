"""The real window with real processes: chats come in, are seen, and go out again."""

import base64
import sys

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app.exchange.writer_protocol import ExportFormat
from app.program import Program
from app.settings.folders import folders_for
from tests.helpers.exported import words_of
from tests.helpers.foreign_chats import own_chat, own_file, write_json
from tests.helpers.pictures import flag, saved

PATIENCE_MS = 60_000


class Person:
    """Uses the dialogs of a window."""

    def __init__(self, qtbot, program: Program) -> None:
        self.qtbot = qtbot
        self.program = program
        self.window = program.window
        self.wait(lambda: program.library.is_open)

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def act(self, label: str) -> None:
        (action,) = [a for a in self.window.actions() if a.text() == label]
        action.trigger()

    def press(self, name: str) -> None:
        self.window.findChild(QWidget, name).click()

    def choose(self, place) -> None:
        (dialog,) = self.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(place))
        dialog.reject()

    def told(self, name: str) -> str:
        return self.window.findChild(QLabel, name).text()


@pytest.fixture
def me(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    program = Program(qapp, folders_for(tmp_path / "data"), None)
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitExposed(program.window)
    yield Person(qtbot, program)
    program.close()


def with_picture(number: int) -> dict[str, object]:
    content = base64.b64encode(saved(flag(600, 300), "PNG")).decode()
    picture = {"type": "picture", "name": "flag.png", "data": content}
    question = {
        "id": 1,
        "role": "user",
        "parts": [{"type": "text", "text": "What is it?"}],
        "attachments": [picture],
    }
    return own_chat(key=f"{number:032x}", title=f"Flag {number}", messages=[question], leaf=1)


def test_chats_come_in_are_seen_and_go_out(me, tmp_path):
    source = write_json(tmp_path / "in.json", own_file(*map(with_picture, range(3))))
    me.act("Import chats…")
    me.press("importFileButton")
    me.choose(source)
    me.wait(lambda: me.told("importOutcome"))
    assert me.told("importOutcome") == "3 chats came from Cierzo."
    me.press("importCloseButton")
    chat = next(c for c in me.program.library.chats if c.title == "Flag 0")
    me.program.window.findChild(QWidget, "sidebar").chat_chosen.emit(chat.chat_id)
    me.wait(lambda: chat.is_loaded and chat.messages[0].attachments[0].thumbnail_png)
    me.wait(lambda: me.window.findChild(QWidget, "pictureTile").iconSize().width() > 100)
    for format_ in (ExportFormat.MARKDOWN, ExportFormat.JSON):
        me.act("Export chats…")
        me.press("allChatsChoice")
        me.press(f"{format_.value}Choice")
        me.press("exportButton")
        me.choose(tmp_path / f"out.{format_}")
        me.wait(lambda: me.told("exportOutcome"))
        me.press("exportCloseButton")
        me.wait(lambda: me.window.findChild(QWidget, "exportDialog") is None)
        assert "Flag 2" in words_of(tmp_path / f"out.{format_}")


def test_what_came_is_taken_back(me, tmp_path):
    source = write_json(tmp_path / "in.json", own_file(*map(with_picture, range(3))))
    before = len(me.program.library.chats)
    me.act("Import chats…")
    me.press("importFileButton")
    me.choose(source)
    me.wait(lambda: me.told("importOutcome"))
    assert len(me.program.library.chats) == before + 3
    me.press("importOutcomeButton")
    me.wait(lambda: me.told("importRemark") == "3 chats were removed again.")
    assert len(me.program.library.chats) == before
    attachments = tmp_path / "data" / "data" / "attachments"
    assert not [path for path in attachments.rglob("*") if path.is_file()]


def test_the_end_of_the_program_ends_an_import(me, tmp_path):
    source = write_json(tmp_path / "in.json", own_file(*map(with_picture, range(400))))
    me.act("Import chats…")
    me.press("importFileButton")
    me.choose(source)
    me.wait(lambda: len(me.program.library.chats) > 1)
