"""What `doctor` says of chats; reads, and changes nothing."""

import pathlib

import msgspec

from app.domain.errors import ChatsError, ChatsFaulty
from app.store.store import Store


class ChatsCheckup(msgspec.Struct, frozen=True, kw_only=True):
    """The database with all chats.

    Attributes:
        chats: Outside the trash.
        bytes: Of the database with its log.
        problem: Why it cannot be read, or that it has a fault; empty where all is well.
        faults: What SQLite's integrity check finds.
    """

    chats: int = 0
    trashed: int = 0
    bytes: int = 0
    problem: str = ""
    faults: tuple[str, ...] = ()


def examine_chats(data_folder: pathlib.Path) -> ChatsCheckup:
    """Count and check; without chats there is nothing wrong."""
    try:
        with Store(data_folder, reads_only=True) as store:
            infos, faults = store.chats.infos(), store.problems()
            size_bytes = store.size_bytes
    except ChatsError as error:
        return ChatsCheckup(problem=str(error))
    trashed = sum(info.trashed_ms is not None for info in infos)
    return ChatsCheckup(
        chats=len(infos) - trashed,
        trashed=trashed,
        bytes=size_bytes,
        problem=str(ChatsFaulty()) if faults else "",
        faults=tuple(faults),
    )
