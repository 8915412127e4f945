"""Names that a person writes or pastes, as they can stand in a list.

What is unseen, or turns the text around it, would make a name show as another one.
"""

import re
import unicodedata
from collections.abc import Iterable

from app.domain.well_formed import as_text

MOST_CHARACTERS = 80

# Without the two joiners: Persian words and many emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_JOINERS = "\u200c\u200d"


def clean_name(written: str, *, most: int = MOST_CHARACTERS) -> str:
    """One line that shows what it is; empty where nothing of it can be seen.

    Args:
        written: What somebody wrote, of any length.
        most: Characters of the name.
    """
    name = " ".join(_UNSEEN.sub("", " ".join(as_text(written).split())).split())
    name = name[:most].rstrip()
    return name if name.strip(f"{_JOINERS} ") else ""


def same_name(one: str, other: str) -> bool:
    """Whether a person would take them for the same."""
    return _folded(one) == _folded(other)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """That name, or the first “NAME 2”, “NAME 3”… that no other has."""
    names = {_folded(name) for name in taken}
    name, number = wanted, 2
    while _folded(name) in names:
        suffix = f" {number}"
        name = wanted[: MOST_CHARACTERS - len(suffix)].rstrip() + suffix
        number += 1
    return name


def distinct(names: Iterable[str], *, known: Iterable[str]) -> list[str]:
    """Each once, in order: of new ones that a person would take for another the first."""
    kept: list[str] = []
    known = set(known)
    for name in names:
        is_other = name in known or not any(same_name(name, other) for other in kept)
        if name and name not in kept and is_other:
            kept.append(name)
    return kept


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
