"""What is read when the kept chats are opened, and made when they are open."""

import msgspec

from app.domain.kept_chat import ChatInfo, Draft
from app.services.chat_keeper import ChatKeeper
from app.store.store import Store

LAST_SEEN = "last_seen_ms"


class KeptState(msgspec.Struct, frozen=True):
    """All chats without their messages, and what belongs to them.

    Attributes:
        last_ids: The largest chat id, message id and order that were ever given.
        last_seen_ms: When the chats were last open; 0 where that is not known.
    """

    infos: list[ChatInfo]
    folders: list[str]
    drafts: dict[int, Draft]
    last_ids: tuple[int, int, int]
    last_seen_ms: int


def read_state(store: Store) -> KeptState:
    """What is known of all chats without their messages."""
    last_seen = store.presets.fact(LAST_SEEN)
    return KeptState(
        infos=store.chats.infos(),
        folders=store.presets.folders(),
        drafts=store.chats.drafts(),
        last_ids=store.chats.last_ids(),
        last_seen_ms=int(last_seen) if last_seen.isdecimal() else 0,
    )


def index_all(keeper: ChatKeeper) -> None:
    """Have the index of words completed: a step at a time, so that nothing waits for it long."""

    def go_on(is_more: object) -> None:
        if is_more is True:
            keeper.run(lambda store: store.chats.index_more(), go_on)

    go_on(True)
