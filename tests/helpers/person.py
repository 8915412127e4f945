"""A person at the real window with the real engine."""

import pathlib
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)

from app.program import Program
from app.services.answer_queue import AnswerWishes
from app.settings.folders import Folders, folders_for
from app.ui.chat.page_links import Page
from tests.helpers.languages.window import own_language

PATIENCE_MS = 60_000


class Person:
    """Uses the window by what is on it."""

    def __init__(self, qtbot, program: Program) -> None:
        self.qtbot = qtbot
        self.program = program
        self.window = program.window

    def find(self, name: str) -> QWidget:
        (widget,) = self.window.findChildren(QWidget, name)
        return widget

    def ask(self, text: str) -> None:
        field = self.find("messageInput")
        field.setFocus()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def click(self, name: str) -> None:
        self.qtbot.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def press_key(self, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
        """Use a shortcut of the window; without a screen it forgets that it is the active one."""
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        self.qtbot.keyClick(self.window, key, modifier)

    def seen(self, name: str, inside: QWidget | None = None) -> list[QWidget]:
        found = (inside or self.window).findChildren(QWidget, name)
        return [widget for widget in found if widget.isVisible()]

    def press(self, name: str, inside: QWidget | None = None) -> None:
        """Wait for a button of that name, and press the first."""
        self.wait(lambda: self.seen(name, inside))
        button = self.seen(name, inside)[0]
        assert isinstance(button, QAbstractButton)
        button.click()

    def labels(self, inside: QWidget) -> str:
        """What the labels in it say."""
        labels = inside.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def go_to_models(self) -> None:
        self.press(f"{Page.MODELS.value}Button")
        self.wait(lambda: self.seen("modelCard"))

    def search_models(self, text: str) -> None:
        (field,) = self.seen("modelSearch")
        assert isinstance(field, QLineEdit)
        field.clear()
        self.qtbot.keyClicks(field, text)

    def card(self, name: str) -> QWidget:
        """Wait for the card of that model."""
        found: list[QWidget] = []

        def look() -> bool:
            found[:] = [c for c in self.seen("modelCard") if name in c.accessibleName()]
            return bool(found)

        self.wait(look)
        return found[0]

    def words(self) -> str:
        """Everything readable in the transcript, in order."""
        texts = []
        for widget in self.find("transcript").findChildren(QWidget):
            if isinstance(widget, QTextEdit | QPlainTextEdit):
                texts.append(widget.toPlainText())
            elif isinstance(widget, QLabel | QPushButton) and widget.isVisible():
                texts.append(widget.text())
        return "\n".join(texts)

    def answers(self) -> list[str]:
        chat = self.program.chats.chats[0]
        return [m.text for m in chat.messages if m.role == "assistant"]

    def states(self) -> list[str]:
        return [m.state.value for m in self.program.chats.chats[0].messages]

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def wait_for_answer(self) -> None:
        """Wait until nothing in the newest chat waits or is worked on."""
        self.wait(lambda: not {"queued", "working"} & set(self.states()))

    def ask_shortly(self, text: str) -> None:
        """Ask, and stop the answer when some of it is there: the toy may go on for long."""
        count = len(self.answers())
        self.ask(text)
        self.wait(lambda: len(self.answers()) > count and len(self.answers()[-1]) > 10)
        self.click("stopButton")
        self.wait_for_answer()


@pytest.fixture
def home(hub, measured, tmp_path, monkeypatch) -> Folders:
    """The folders of a person whose Hub is the test's and whose PC's speed is known."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    folders = folders_for(tmp_path / "data")
    folders.config.mkdir(parents=True)
    folders.cache.mkdir(parents=True)
    (folders.cache / "speed.json").write_bytes((measured / "speed.json").read_bytes())
    return folders


@pytest.fixture
def person(qtbot, qapp, tmp_path, monkeypatch):
    programs: list[Program] = []
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def start(
        model: pathlib.Path | None = None, home: str = "data", *, is_open: bool = True
    ) -> Person:
        program = Program(qapp, folders_for(tmp_path / home), model)
        program.chats.wishes = AnswerWishes(temperature=0)
        programs.append(program)
        qtbot.addWidget(program.window)
        program.window.show()
        qtbot.waitExposed(program.window)
        program.window.activateWindow()
        qtbot.waitUntil(lambda: program.library.is_open or not is_open, timeout=PATIENCE_MS)
        return Person(qtbot, program)

    with own_language(qapp):
        yield start
        for program in programs:
            program.close()
