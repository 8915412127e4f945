"""Where words are in the open chat, and which place is looked at.

From the newest message back, in steps between which the window lives: a chat may have 100,000.
"""

import re
import time
from collections.abc import Iterator

import msgspec
from PySide6.QtCore import QObject, QTimer, Slot

from app.domain.kept_chat import ChatMessage
from app.services.chats import Chat
from app.ui.chat.find_bar import FindBar
from app.ui.chat.transcript import Transcript

_STEP_S = 0.012


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
        self._pattern = re.compile("")
        self._left: Iterator[ChatMessage] = iter(())  # the newest first
        self._places: list[Place] = []
        self._by_message: dict[int, list[tuple[int, int]]] = {}
        self._current = -1
        self._goes_there = True
        self._was_at: Place | None = None  # before the words became others
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._look_on)
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
            self._was_at = self._place()
            self._look(self._bar.field.text(), goes_there=False)

    @Slot(str)
    def _search(self, words: str) -> None:
        self._was_at = None
        # The newest first: that is where the person is.
        self._look(words, goes_there=True)

    @Slot(int)
    def _step(self, step: int) -> None:
        if self._places:
            self._current = (self._current + step) % len(self._places)
            self._show(goes_there=True)

    @Slot()
    def _close(self) -> None:
        self._timer.stop()
        self._places, self._current = [], -1
        self._transcript.mark_places({}, None)

    def _look(self, words: str, *, goes_there: bool) -> None:
        self._timer.stop()
        self._pattern = re.compile(re.escape(words.strip()), re.IGNORECASE)
        messages = list(self._chat.path) if self._chat and words.strip() else []
        self._left = iter(reversed(messages))
        self._places, self._by_message, self._current = [], {}, -1
        self._goes_there = goes_there
        self._look_on()

    @Slot()
    def _look_on(self) -> None:
        deadline = time.monotonic() + _STEP_S
        found: list[list[Place]] = []
        for message in self._left:
            spans = [match.span() for match in self._pattern.finditer(message.text)]
            if spans:
                self._by_message[message.message_id] = spans
                found.append([Place(message.message_id, *span) for span in spans])
            if time.monotonic() > deadline:
                self._timer.start()
                break
        self._take([place for places in reversed(found) for place in places])

    def _take(self, older: list[Place]) -> None:
        """Put what was found before what was found so far."""
        is_first = self._current < 0
        self._places[:0] = older
        self._current = self._current + len(older) if not is_first else len(older) - 1
        if self._was_at in older:
            self._current = older.index(self._was_at)
        self._show(goes_there=self._goes_there and is_first and bool(older))

    def _place(self) -> Place | None:
        return self._places[self._current] if self._places else None

    def _show(self, *, goes_there: bool) -> None:
        self._bar.show_count(self._current + 1, len(self._places))
        current = self._place()
        self._transcript.mark_places(
            self._by_message, (current.message_id, current.start, current.end) if current else None
        )
        if current and goes_there:
            self._transcript.show_message(current.message_id, current.start)
