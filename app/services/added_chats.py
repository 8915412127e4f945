"""What becomes of chats that come from elsewhere before they are kept."""

from collections.abc import Iterable, Iterator

import msgspec

from app.domain.kept_chat import KeptChat
from app.domain.renumber import renumbered
from app.store.store import Store


def as_new(
    chats: Iterable[KeptChat], chat_ids: Iterator[int], message_ids: Iterator[int], now_ms: int
) -> list[KeptChat]:
    """Give chats ids that are free, and their place in the list: where they were used.

    A chat from the future is one of this moment; of those with the same key the last one counts.
    """
    by_key = {kept.info.key: kept for kept in chats}
    # Of chats that were used in the same moment the one with the largest id stands first.
    free_ids = sorted((next(chat_ids) for _ in by_key), reverse=True)
    return [
        _as_new(kept, chat_id, message_ids, now_ms)
        for kept, chat_id in zip(by_key.values(), free_ids, strict=True)
    ]


def keep_new(store: Store, chats: Iterable[KeptChat]) -> None:
    """Keep whole chats, first what was attached to them.

    Raises:
        ChatsError: They cannot be kept; none of them is.
    """
    store.chats.add([_with_kept_files(store, kept) for kept in chats])


def _with_kept_files(store: Store, kept: KeptChat) -> KeptChat:
    """The same chat, but what was attached is in the store's own folder."""
    messages = tuple(
        msgspec.structs.replace(
            message,
            attachments=tuple(
                msgspec.structs.replace(a, source=store.files.keep(a.source))
                if a.source.path or a.source.data
                else a
                for a in message.attachments
            ),
        )
        if message.attachments
        else message
        for message in kept.messages
    )
    return KeptChat(info=kept.info, messages=messages)


def _as_new(kept: KeptChat, chat_id: int, message_ids: Iterator[int], now_ms: int) -> KeptChat:
    new = renumbered(kept, chat_id, message_ids)
    order = min(kept.info.used_ms or kept.info.created_ms, now_ms)
    info = msgspec.structs.replace(new.info, used_order=order, trashed_ms=None)
    return KeptChat(info=info, messages=new.messages)
