"""Which chats have their messages in memory: few of them, those that were looked at last."""

from collections.abc import Callable

import msgspec

from app.domain.errors import ChatsError
from app.domain.kept_chat import KeptChat
from app.services.chat_keeper import ChatKeeper
from app.services.chats import Chat, ChatEvent, ChatLoaded, Trouble

# More than a person goes back and forth between.
_MOST = 8


class LoadedChats:
    """Loads chats and lets go of others."""

    def __init__(self, tell: Callable[[ChatEvent], None]) -> None:
        self._tell = tell
        self._recent: list[Chat] = []
        self._loading: dict[int, list[Callable[[], None]]] = {}

    def load(self, chat: Chat, keeper: ChatKeeper | None, then: Callable[[], None]) -> None:
        """Have a chat's messages here, then go on; at once where they are.

        What cannot be read is told as `Trouble`.
        """
        self._touch(chat)
        if chat.is_loaded:
            then()
            return
        waiting = self._loading.setdefault(chat.chat_id, [])
        waiting.append(then)
        if len(waiting) > 1 or keeper is None:
            return

        def loaded(end: KeptChat | ChatsError) -> None:
            waiting = self._loading.pop(chat.chat_id)
            if isinstance(end, ChatsError):
                self._tell(Trouble(chat.chat_id, end))
                return
            chat.take(msgspec.structs.replace(end, info=chat.info))
            self._tell(ChatLoaded(chat))
            for go_on in waiting:
                go_on()

        chat_id = chat.chat_id
        keeper.run(lambda store: store.chats.load(chat_id), loaded)

    def forget(self) -> None:
        """None of them is looked at any more."""
        self._recent.clear()

    def _touch(self, chat: Chat) -> None:
        self._recent = [chat, *(other for other in self._recent if other is not chat)]
        for old in self._recent[_MOST:]:
            if old.is_kept and not old.is_busy:
                old.let_go()
        del self._recent[_MOST:]
