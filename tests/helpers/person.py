"""A person at the real window with the real engine."""

import pathlib
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QTextEdit, QWidget

from app.main import Program
from app.services.answer_queue import AnswerWishes
from app.settings.folders import folders_for

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
def person(qtbot, qapp, tmp_path, monkeypatch):
    programs: list[Program] = []
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def start(model: pathlib.Path | None = None, home: str = "data") -> Person:
        program = Program(qapp, folders_for(tmp_path / home), model)
        program.chats.wishes = AnswerWishes(temperature=0)
        programs.append(program)
        qtbot.addWidget(program.window)
        program.window.show()
        qtbot.waitExposed(program.window)
        qtbot.waitUntil(lambda: program.library.is_open, timeout=PATIENCE_MS)
        return Person(qtbot, program)

    yield start
    for program in programs:
        program.close()
