"""Chats of earlier days, as if they had been kept."""

from app.domain.kept_chat import ChatInfo, KeptChat
from app.services.chat_keeper import now_ms
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat, ChatsOpened
from tests.helpers import kept_chats

DAY_MS = 24 * 3600 * 1000


def old_chat(
    chat_id: int,
    title: str,
    *,
    days: float = 0,
    folder: str = "",
    is_pinned: bool = False,
    trashed_days: int | None = None,
    is_private: bool = False,
    says: str = "",
) -> Chat:
    """A chat that was used so many days ago; its messages are here where it `says` something.

    Of two chats of the same moment the one with the higher id is the newer: a part of a day would
    put a chat into yesterday where the test runs soon after midnight.
    """
    used_ms = now_ms() - int(days * DAY_MS)
    info = ChatInfo(
        chat_id=chat_id,
        key=f"{chat_id:032x}",
        title=title,
        folder=folder,
        is_pinned=is_pinned,
        created_ms=used_ms,
        used_ms=used_ms,
        used_order=used_ms + chat_id,
        trashed_ms=None if trashed_days is None else now_ms() - trashed_days * DAY_MS,
        leaf_id=2 * chat_id,
    )
    chat = Chat(info, is_private=is_private, is_loaded=False)
    if says or is_private:
        chat.take(kept(info, title, says))
    return chat


def kept(info: ChatInfo, question: str, answer: str) -> KeptChat:
    """A chat of one question and its answer."""
    first = 2 * info.chat_id - 1
    asked = kept_chats.question(first, question, created_ms=info.used_ms)
    said = kept_chats.answer(first + 1, answer, first, created_ms=info.used_ms)
    return KeptChat(info=info, messages=(asked, said))


def fill(library: ChatLibrary, chats: list[Chat], folders: tuple[str, ...] = ()) -> None:
    """Have the library hold these chats, as when it was opened."""
    for chat in chats:
        (library.chats if chat.info.trashed_ms is None else library.trash).append(chat)
    library.chats.sort(key=lambda chat: -chat.info.used_order)
    library.trash.sort(key=lambda chat: -(chat.info.trashed_ms or 0))
    library.folders = list(folders)
    library.on_event(ChatsOpened())


def many(count: int) -> list[Chat]:
    """A long life with the program: three chats a day."""
    topics = ("Bread", "Rivers of Spain", "Tax form", "Wind", "Letter to the landlord", "日本語")
    folders = ("", "", "", "Work", "Kitchen")
    return [
        old_chat(
            number,
            f"{topics[number % len(topics)]} {number}",
            days=number / 3,
            folder=folders[number % len(folders)],
            is_pinned=number in (5, 17),
        )
        for number in range(1, count + 1)
    ]
