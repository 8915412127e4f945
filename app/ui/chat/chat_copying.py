"""Copies what is selected over several messages, as words or as Markdown."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from app.domain.chat import Role
from app.domain.kept_chat import ChatMessage

if TYPE_CHECKING:
    from app.ui.markdown.text import MarkdownText

_STEP_S = 0.012
Passage = tuple[ChatMessage, str | None]  # a message; the part of it, None for all


class ChatCopier(QObject):
    """Puts passages on the clipboard; a long chat in steps between which the window lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._passages: Iterator[Passage] = iter(())
        self._words: list[str] = []
        self._reader: MarkdownText | None = None  # draws answers to learn their words
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._go_on)

    def copy_source(self, passages: list[Passage]) -> None:
        """Copy them as they were written, with who said it."""
        self._timer.stop()
        said = [
            f"**{speaker_words(message)}**\n\n{_text(message, part).strip()}"
            for message, part in passages
        ]
        QGuiApplication.clipboard().setText("\n\n".join(said))

    def copy_words(self, passages: list[Passage]) -> None:
        """Copy what is on the screen, without marks."""
        self._passages, self._words = iter(passages), []
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        deadline = time.monotonic() + _STEP_S
        for message, part in self._passages:
            self._words.append(self._plain(message, part).strip())
            if time.monotonic() > deadline:
                self._timer.start()
                return
        QGuiApplication.clipboard().setText("\n\n".join(self._words))
        self._words, self._reader = [], None

    def _plain(self, message: ChatMessage, part: str | None) -> str:
        if part is not None or message.role is Role.USER:
            return _text(message, part)
        if self._reader is None:
            from app.ui.markdown.text import MarkdownText  # the start does without it

            self._reader = MarkdownText()
        self._reader.replace_text(message.text)
        self._reader.draw_all()
        self._reader.selectAll()
        return self._reader.createMimeDataFromSelection().text()


def speaker_words(message: ChatMessage) -> str:
    """Name who said something."""
    if message.role is Role.USER:
        return QCoreApplication.translate("transcript", "You")
    return message.model or QCoreApplication.translate("transcript", "Model")


def _text(message: ChatMessage, part: str | None) -> str:
    return message.text if part is None else part
