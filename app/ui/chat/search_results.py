"""What is found while a person types: titles at once, messages when the typing rests."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.kept_chat import Hit
from app.domain.search_words import SearchWords
from app.services.chat_library import ChatLibrary
from app.services.chat_search import ChatSearch
from app.services.chats import Chat
from app.ui.chat.chat_entries import (
    MESSAGES,
    TITLES,
    ChatEntry,
    Entry,
    FoundHeading,
    HitEntry,
)

_CALM_MS = 150
# Who sees that many types on.
_MOST = 100


class SearchResults(QObject):
    """Rows for the list in the place of the sections.

    Attributes:
        is_complete: Messages were looked into as well.

    Signals:
        changed: There are other messages.
    """

    changed = Signal()

    def __init__(self, library: ChatLibrary, parent: QObject) -> None:
        super().__init__(parent)
        self.is_complete = False
        self._library = library
        self._search = ChatSearch(library)
        self._typed = ""
        self._hits: list[Hit] = []
        self._calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._calm.timeout.connect(self._look_into_messages)

    def look_for(self, typed: str) -> None:
        """Look for other words; nothing for none."""
        if not typed.startswith(self._typed) or not self._typed:
            self._hits = []  # else they stay until the new ones are here: most of them fit
        self._typed, self.is_complete = typed, False
        self._search.forget()
        if typed:
            self._calm.start()
        else:
            self._calm.stop()

    def entries(self) -> list[Entry]:
        """Chats whose title fits, then messages."""
        titles = self._search.titles(self._typed)
        known = {chat.chat_id: chat for chat in self._library.chats}
        hits = [hit for hit in self._hits if hit.chat_id in known]
        words = SearchWords(self._typed)
        found: list[Entry] = [_heading(TITLES, titles)] if titles else []
        found += [ChatEntry(chat.chat_id, chat, words=words) for chat in titles[:_MOST]]
        found += [_heading(MESSAGES, hits)] if hits else []
        found += [
            HitEntry((hit.chat_id, hit.message_id), hit, known[hit.chat_id]) for hit in hits[:_MOST]
        ]
        return found

    @Slot()
    def _look_into_messages(self) -> None:
        self._search.messages(self._typed, self._found)

    def _found(self, hits: list[Hit]) -> None:
        self._hits, self.is_complete = hits, True
        self.changed.emit()


def _heading(key: str, found: list[Chat] | list[Hit]) -> FoundHeading:
    return FoundHeading(key, most=_MOST if len(found) > _MOST else None)
