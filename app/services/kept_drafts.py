"""What is written in chats and not sent: in memory, and on the disk as far as chats are kept."""

from collections.abc import Callable

from app.domain.errors import ChatsError
from app.domain.kept_chat import Draft
from app.services.chat_keeper import ChatKeeper
from app.services.chats import Chat


class KeptDrafts:
    """One for every chat; what found no room is tried again with the next."""

    def __init__(self, told: Callable[[ChatsError | None], None]) -> None:
        """Use `told`, which hears how keeping one ended."""
        self._told = told
        self._by_chat: dict[int, Draft] = {}
        self._unkept: set[int] = set()

    @property
    def unkept(self) -> tuple[int, ...]:
        """Chats whose draft found no room."""
        return tuple(self._unkept)

    def of(self, chat_id: int) -> Draft:
        """The draft of that chat, perhaps an empty one."""
        return self._by_chat.get(chat_id, Draft())

    def take(self, kept: dict[int, Draft]) -> None:
        """Have those that come from the disk."""
        self._by_chat |= kept

    def forget(self, chat_id: int) -> None:
        """Its chat is gone."""
        self._by_chat.pop(chat_id, None)
        self._unkept.discard(chat_id)

    def put(self, chat: Chat, draft: Draft, keeper: ChatKeeper | None) -> None:
        """Have that draft; `keeper` is None where it stays in memory."""
        before, is_first_try = self.of(chat.chat_id), chat.chat_id not in self._unkept
        if draft == before and is_first_try:
            return
        self._by_chat[chat.chat_id] = draft
        self._unkept.discard(chat.chat_id)
        if keeper is None:
            return
        info, is_same = chat.info, is_first_try and draft.attachments == before.attachments

        def kept(error: ChatsError | None) -> None:
            if error:
                self._unkept.add(chat.chat_id)
            self._told(error)

        chat.was_kept = chat.was_kept or bool(draft)
        keeper.run(
            lambda store: store.chats.put_draft(info, draft, has_same_attachments=is_same), kept
        )
