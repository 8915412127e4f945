"""Finding chats and messages by their words, wherever they are."""

from collections.abc import Callable, Iterable

from app.domain.kept_chat import Hit
from app.domain.search_words import SearchWords
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat


class ChatSearch:
    """Looks for one thing at a time: the answer to an earlier question is not told any more."""

    def __init__(self, library: ChatLibrary) -> None:
        self._library = library
        self._typed = ""

    def titles(self, typed: str) -> list[Chat]:
        """Chats outside the trash whose title has all the words, the one used last first."""
        words, plain = SearchWords(typed), typed.strip().casefold()
        if words:
            return [c for c in self._library.chats if words.are_in(c.title)]
        # Nothing but signs, such as an emoji.
        return [c for c in self._library.chats if plain and plain in c.title.casefold()]

    def messages(self, typed: str, then: Callable[[list[Hit]], None]) -> None:
        """Look into all messages; `then` gets those that have all the words, the newest first.

        It is not called if something else was looked for, or `forget` called, meanwhile.
        """
        self._typed = typed
        own = _in_memory((c for c in self._library.chats if not c.is_kept), SearchWords(typed))

        def found(kept: list[Hit]) -> None:
            if typed == self._typed:
                hits = [*own, *kept] if own else kept
                then(sorted(hits, key=lambda hit: (-hit.created_ms, -hit.message_id)))

        if self._library.keeper:
            self._library.run(
                lambda store: store.chats.find(typed), found, otherwise=lambda: found([])
            )
        else:
            found([])

    def forget(self) -> None:
        """Nothing is looked for any more."""
        self._typed = ""


def _in_memory(chats: Iterable[Chat], words: SearchWords) -> list[Hit]:
    """What is found in chats that are in no index: private ones, or all where none is kept."""
    if not words:
        return []
    hits = []
    for chat in chats:
        for message in chat.messages:
            texts = (message.text, message.thought)
            if not words.are_in("\n".join(texts)):
                continue
            excerpt, spans = words.excerpt(texts)
            hits.append(
                Hit(
                    chat_id=chat.chat_id,
                    message_id=message.message_id,
                    role=message.role,
                    title=chat.title,
                    created_ms=message.created_ms,
                    excerpt=excerpt,
                    spans=spans,
                )
            )
    return hits
