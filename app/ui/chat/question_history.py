"""The questions that were asked before, brought back into the composer by Up."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QTextCursor

from app.domain.chat import Role
from app.services.chats import Chat
from app.ui.chat.message_input import MessageInput
from app.ui.shortcuts import Keys, is_pressed


class QuestionHistory(QObject):
    """Walks through the open chat's questions; place 0 is what was being written.

    What is changed on the way stays in its place until the walk ends, so nothing is lost by
    looking around.
    """

    def __init__(self, field: MessageInput, chat: Callable[[], Chat | None]) -> None:
        """Walk in `field`; `chat` tells the one that is open."""
        super().__init__(field)
        self._field = field
        self._chat = chat
        self._texts: list[str] = []  # empty while nobody walks
        self._asked: list[str] = []
        self._place = 0
        field.installEventFilter(self)

    def draft(self) -> str:
        """What is being written: what was before the walk, and what was changed on it."""
        shown = self._field.toPlainText()
        if not self._place:
            return shown
        before, is_changed = self._texts[0], shown != self._asked[self._place]
        if not is_changed:
            return before
        return "\n\n".join(words for words in (before, shown) if words.strip())

    def leave(self) -> str:
        """End the walk for another chat; what is being written here."""
        draft = self.draft()
        self._forget()
        return draft

    def sent(self) -> str:
        """End the walk since what is shown was sent; what was being written beside it."""
        beside = self._texts[0] if self._place else ""
        self._forget()
        return beside

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Up and Down where the cursor has nowhere to go."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if self._field.is_composing:
            return False
        if is_pressed(Keys.EARLIER_QUESTION, event):
            return self._older()
        return is_pressed(Keys.LATER_QUESTION, event) and self._newer()

    def _older(self) -> bool:
        cursor = self._field.textCursor()
        if cursor.position() or cursor.hasSelection():
            return False
        if not self._texts:
            self._begin()
        return self._go_to(self._place + 1, QTextCursor.MoveOperation.Start)

    def _newer(self) -> bool:
        cursor = self._field.textCursor()
        is_as_asked = bool(self._place) and self._field.toPlainText() == self._asked[self._place]
        is_recalled = is_as_asked and cursor.position() == 0
        if not self._place or not (cursor.atEnd() or is_recalled):
            return False
        return self._go_to(self._place - 1, QTextCursor.MoveOperation.End)

    def _begin(self) -> None:
        chat = self._chat()
        asked = [m.text for m in chat.messages if m.role is Role.USER] if chat else []
        newest_first = dict.fromkeys(text for text in reversed(asked) if text.strip())
        self._asked = ["", *newest_first]
        self._texts = list(self._asked)

    def _go_to(self, place: int, end: QTextCursor.MoveOperation) -> bool:
        if place >= len(self._texts):
            return False  # there is none before it
        self._texts[self._place] = self._field.toPlainText()
        self._place = place
        self._field.selectAll()
        self._field.insert_text(self._texts[place])
        self._field.moveCursor(end)
        return True

    def _forget(self) -> None:
        self._texts, self._asked, self._place = [], [], 0
