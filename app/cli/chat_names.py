"""Which chat a person means by what they typed."""

import pathlib
from collections.abc import Iterable

from app.cli.chat_report import one_line
from app.domain.errors import ChatAmbiguous, ChatUnknown
from app.domain.kept_chat import ChatInfo
from app.store.database import FILE_NAME

_MOST_NAMED = 5


def are_there(data: pathlib.Path) -> bool:
    """Whether there is a database; a command that finds none makes none."""
    return (data / FILE_NAME).exists()


def find_chat(infos: Iterable[ChatInfo], name: str) -> ChatInfo:
    """Find a chat by its key, its title, its number, or some of its title.

    Raises:
        ChatUnknown: There is none.
        ChatAmbiguous: There are several.
    """
    infos, wanted = list(infos), name.casefold()
    for fits in (
        lambda info: info.key == name,
        lambda info: info.title == name,
        lambda info: str(info.chat_id) == name,
        lambda info: info.title.casefold() == wanted,
        lambda info: wanted in info.title.casefold(),
    ):
        found = [info for info in infos if fits(info)]
        if len(found) == 1:
            return found[0]
        if found:
            names = [f"{info.chat_id} “{one_line(info.title)}”" for info in found[:_MOST_NAMED]]
            more = " …" if len(found) > _MOST_NAMED else ""
            raise ChatAmbiguous(name=name, names=", ".join(names) + more)
    raise ChatUnknown(name=name)
