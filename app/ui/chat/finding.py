"""Where words are in the open chat, and which place is looked at."""

import re

import msgspec
from PySide6.QtCore import QObject, Slot

from app.services.chats import Chat
from app.ui.chat.find_bar import FindBar
from app.ui.chat.transcript import Transcript


class Place(msgspec.Struct, frozen=True):
    """Begin and end in the words of a message."""

    message_id: int
    start: int
    end: int


class Finding(QObject):
    """Connects the bar with the transcript."""

    def __init__(self, bar: FindBar, transcript: Transcript) -> None:
        super().__init__(bar)
        self._bar = bar
        self._transcript = transcript
        self._chat: Chat | None = None
        self._places: list[Place] = []
        self._current = 0
        bar.searched.connect(self._search)
        bar.stepped.connect(self._step)
        bar.closed.connect(self._close)

    def open_chat(self, chat: Chat) -> None:
        """Another chat, another search."""
        self._bar.close_bar()
        self._chat = chat

    def refresh(self) -> None:
        """The chat has other words now."""
        if not self._bar.isHidden():
            self._look(self._bar.field.text())
            self._show(goes_there=False)

    @Slot(str)
    def _search(self, words: str) -> None:
        self._look(words)
        # The newest first: that is where the person is.
        self._current = len(self._places) - 1
        self._show(goes_there=True)

    @Slot(int)
    def _step(self, step: int) -> None:
        if self._places:
            self._current = (self._current + step) % len(self._places)
            self._show(goes_there=True)

    @Slot()
    def _close(self) -> None:
        self._places = []
        self._transcript.mark_places({}, None)

    def _look(self, words: str) -> None:
        pattern = re.compile(re.escape(words.strip()), re.IGNORECASE)
        messages = self._chat.path if self._chat and words.strip() else []
        self._places = [
            Place(message.message_id, *found.span())
            for message in messages
            for found in pattern.finditer(message.text)
        ]
        self._current = min(self._current, len(self._places) - 1)

    def _show(self, *, goes_there: bool) -> None:
        self._bar.show_count(self._current + 1, len(self._places))
        by_message: dict[int, list[tuple[int, int]]] = {}
        for place in self._places:
            by_message.setdefault(place.message_id, []).append((place.start, place.end))
        current = self._places[self._current] if self._places else None
        self._transcript.mark_places(
            by_message, (current.message_id, current.start, current.end) if current else None
        )
        if current and goes_there:
            self._transcript.show_message(current.message_id, current.start)
