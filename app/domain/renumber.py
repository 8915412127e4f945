"""A chat from elsewhere gets ids that are free here."""

from collections.abc import Iterator

import msgspec

from app.domain.kept_chat import KeptChat


def renumbered(kept: KeptChat, chat_id: int, message_ids: Iterator[int]) -> KeptChat:
    """The same chat with other ids.

    Args:
        kept: Its messages are in order, parents before their children.
        chat_id: Its new one.
        message_ids: Gives ids, each larger than the one before.
    """
    new = {message.message_id: next(message_ids) for message in kept.messages}
    messages = tuple(
        msgspec.structs.replace(
            message,
            message_id=new[message.message_id],
            parent_id=None if message.parent_id is None else new[message.parent_id],
        )
        for message in kept.messages
    )
    info = kept.info
    return KeptChat(
        info=msgspec.structs.replace(
            info,
            chat_id=chat_id,
            leaf_id=None if info.leaf_id is None else new.get(info.leaf_id),
            reads_after=None if info.reads_after is None else new.get(info.reads_after),
        ),
        messages=messages,
    )
