"""Chats that break, and the way back through the real window: a real, really damaged file."""

import datetime as dt
import pathlib
import sys

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.engine.snapshot_files import snapshot_name
from app.program import Program
from app.settings.folders import folders_for
from app.store.store import Store
from tests.helpers.damage import make_unreadable, spoil_page
from tests.helpers.old_chats import kept, old_chat

KEY = old_chat(1, "").key
YESTERDAY = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


class Person:
    """Sees to the chats by what is on the settings page."""

    def __init__(self, qtbot, program: Program) -> None:
        self.qtbot = qtbot
        self.program = program
        self.window = program.window

    def seen(self, name: str) -> list[QWidget]:
        return [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]

    def press(self, name: str) -> None:
        self.wait(lambda: [button.isEnabled() for button in self.seen(name)] == [True])
        (button,) = self.seen(name)
        assert isinstance(button, QAbstractButton)
        button.click()

    def text(self, name: str) -> str:
        return next((w.text() for w in self.seen(name) if isinstance(w, QLabel)), "")

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=20_000)

    def titles(self) -> list[str]:
        return [chat.title for chat in self.program.library.chats if chat.is_kept and chat.title]

    def go_to_storage(self) -> None:
        self.press("settingsButton")
        self.wait(lambda: "in all" in self.text("storageSummary"))


@pytest.fixture
def home(tmp_path) -> pathlib.Path:
    """Two chats, and a copy of yesterday that has one of them."""
    folders = folders_for(tmp_path / "home")
    with Store(folders.data) as store:
        store.chats.add([kept(old_chat(1, "In the copy", days=2).info, "One?", "Yes.")])
        store.back_up(YESTERDAY)
        store.chats.add([kept(old_chat(2, "After the copy").info, "Two?", "Yes.")])
    return tmp_path / "home"


@pytest.fixture
def start(qtbot, qapp, home, monkeypatch):
    programs: list[Program] = []
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def start_one() -> Person:
        for program in programs:
            program.close()
        programs.append(program := Program(qapp, folders_for(home), None))
        qtbot.addWidget(program.window)
        program.window.show()
        qtbot.waitExposed(program.window)
        person = Person(qtbot, program)
        person.wait(lambda: program.library.is_open)
        return person

    yield start_one
    programs[-1].close()


def test_a_copy_brings_damaged_chats_back(start, home):
    make_unreadable(home / "data" / "chats.db")
    me = start()
    assert me.titles() == []
    assert "is damaged" in me.text("errorText")
    me.go_to_storage()
    assert "is damaged" in me.text("recoveryText")
    me.press("restoreButton")
    me.press("answer_restore")
    me.wait(lambda: me.titles() == ["In the copy"])
    me.wait(lambda: me.text("backupsResult").startswith("Your chats are as they were: Yesterday"))
    assert not me.seen("recoveryPanel")
    again = start()
    assert again.titles() == ["In the copy"]


def test_what_can_be_read_is_saved(start, home):
    spoil_page(home / "data" / "chats.db", "saved_prompt")
    me = start()
    assert me.titles() == ["After the copy", "In the copy"]
    me.go_to_storage()
    me.press("checkChatsButton")
    me.press("recoverButton")
    me.wait(lambda: me.seen("storageResult"))
    said = me.text("storageResult")
    assert said.startswith("4 messages in 2 chats were saved. The damaged file is kept as damaged-")
    me.wait(lambda: me.titles() == ["After the copy", "In the copy"])
    assert not me.seen("recoveryPanel")
    me.press("checkChatsButton")
    me.wait(lambda: me.text("backupsResult") == "All is well.")


def test_after_a_run_that_was_killed_a_fault_is_told(start, home):
    (home / "data" / "running").touch()
    spoil_page(home / "data" / "chats.db", "saved_prompt")
    me = start()
    me.wait(lambda: "has a fault" in me.text("errorText"))


def test_a_run_leaves_no_mark(start, home):
    me = start()
    assert (home / "data" / "running").exists()
    me.program.close()
    assert not (home / "data" / "running").exists()


def test_what_was_read_goes_with_the_chats_it_is_of(start, home):
    snapshots = home / "cache" / "snapshots"
    snapshots.mkdir(parents=True)
    here, gone = (snapshots / snapshot_name(key, "m") for key in (KEY, "no chat"))
    for path in (here, gone):
        path.touch()
    me = start()
    me.wait(lambda: not gone.exists())
    assert here.exists()
    (chat,) = [chat for chat in me.program.library.chats if chat.key == KEY]
    me.program.library.move_to_trash(chat)
    assert here.exists()
    me.program.library.delete([chat])
    assert not here.exists()


def test_without_chats_that_can_be_opened_nothing_that_was_read_goes(start, home):
    snapshots = home / "cache" / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / snapshot_name(KEY, "m")).touch()
    make_unreadable(home / "data" / "chats.db")
    start()
    assert list(snapshots.iterdir())
