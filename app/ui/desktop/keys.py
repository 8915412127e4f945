"""A combination of keys that the person wrote, as systems want it that know no Qt."""

from typing import NamedTuple

from PySide6.QtGui import QKeySequence

_HELD = {"Ctrl": "control", "Alt": "alt", "Shift": "shift", "Meta": "meta"}
_FUNCTION_KEYS = frozenset(f"F{number}" for number in range(1, 25))
_KEYS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") | _FUNCTION_KEYS | {"Space"}


class Keys(NamedTuple):
    """One key with others that are held.

    Attributes:
        key: A letter, a digit, F1 to F24 or Space.
        held: Of control, alt, shift and meta; the Windows key is meta.
    """

    key: str
    held: frozenset[str]


def read_keys(text: str) -> Keys | None:
    """Read "Ctrl+Alt+Space"; None where it cannot be had from a system, or would be in the way.

    A letter with Shift alone would be taken from every text that the person writes.
    """
    form = QKeySequence.SequenceFormat.PortableText
    *others, key = QKeySequence(text, form).toString(form).split("+")
    if key not in _KEYS or not _HELD.keys() >= set(others):
        return None
    held = frozenset(_HELD[other] for other in others)
    return Keys(key, held) if held - {"shift"} or key in _FUNCTION_KEYS else None
