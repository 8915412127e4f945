"""What a slash in the composer can do; menus and buttons do the same."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction


class Command(NamedTuple):
    """Something that is done often.

    Attributes:
        word: What is typed behind the slash.
        label: The same as in the menu or on the button.
        act: Does it.
        why_not: Says why it cannot be done now; empty where it can.
    """

    word: str
    label: str
    act: Callable[[], object]
    why_not: Callable[[], str] = str


def action_command(word: str, action: QAction) -> Command:
    """Make a menu's action one that can be typed."""

    def why_not() -> str:
        words = QCoreApplication.translate("commands", "This cannot be done at the moment.")
        return "" if action.isEnabled() else words

    return Command(word, action.text(), action.trigger, why_not)


def matching(commands: Iterable[Command], typed: str) -> list[Command]:
    """Those whose word begins so, then those with such a word in their label.

    Case and accents do not count: /reglages is /réglages.
    """
    wanted = _bare(typed)
    first, second = [], []
    for command in commands:
        if _bare(command.word).startswith(wanted):
            first.append(command)
        elif any(word.startswith(wanted) for word in _bare(command.label).split()):
            second.append(command)
    return [*first, *second]


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
