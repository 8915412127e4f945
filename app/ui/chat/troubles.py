"""Which error the banner shows: the open chat's own first, then what concerns no chat."""

from app.domain.errors import ChatsDiskFull, ChatsError, NoModelYet, PromptError


class Troubles:
    """At most one error per chat and one for the whole program; the newest counts."""

    def __init__(self) -> None:
        self._by_chat: dict[int | None, Exception] = {}

    def add(self, chat_id: int | None, error: Exception) -> None:
        """Remember it; one that concerns everybody and a chat belongs to the chat."""
        if chat_id is not None and self._by_chat.get(None) is error:
            del self._by_chat[None]
        self._by_chat[chat_id] = error

    def forget(self, chat_id: int | None) -> None:
        """Drop what that chat shows."""
        self._by_chat.pop(chat_id, None)
        self._by_chat.pop(None, None)

    def forget_engine(self) -> None:
        """The engine is well again, which mends nothing that is wrong with the kept chats."""
        if not isinstance(self._by_chat.get(None), ChatsError):
            self._by_chat.pop(None, None)

    def forget_missing_model(self) -> None:
        """There is a model now."""
        missing = [i for i, error in self._by_chat.items() if isinstance(error, NoModelYet)]
        for chat_id in missing:
            del self._by_chat[chat_id]

    def of(self, chat_id: int | None) -> Exception | None:
        """What to show in that chat."""
        return self._by_chat.get(chat_id) or self._by_chat.get(None)

    @staticmethod
    def can_retry(error: Exception | None, *, has_unanswered: bool, has_failed: bool) -> bool:
        """Whether doing the same again may end better."""
        if isinstance(error, ChatsDiskFull):
            return True  # the person may have made room
        is_worth_it = error is not None and not isinstance(error, PromptError)
        return is_worth_it and (has_unanswered or has_failed)
