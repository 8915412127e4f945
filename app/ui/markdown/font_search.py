"""Looks for fonts with the letters of a text before it is drawn, one search at a time.

For scripts whose letters need rules Qt wants a font that has them. Where the PC has none, it opens
all its fonts to find that out, once for every font that is asked for: 8 ms for 150 fonts on Linux
(measured). A text in ten such scripts would stop the window for a tenth of a second and longer.
"""

import itertools
import re
from collections.abc import Callable

from PySide6.QtGui import QFont, QFontMetricsF

# Letters of those scripts: Syriac to Sinhala, and Khmer (Qt's `scriptRequiresOpenType`).
_RULED = re.compile(r"[\u0700-\u0dff\u1780-\u17ff]")
# Every one of them begins at a multiple of 64, and some end at one.
_SCRIPT_BITS = 6

# What was looked for in this process. Qt forgets what it found once nobody has the font any more.
_found: dict[tuple[str, int], QFont] = {}


class FontSearch:
    """What is still to be looked for before a text can be drawn without a wait; GUI thread."""

    def __init__(self) -> None:
        self._owed: list[tuple[QFont, str]] = []

    def note(self, text: str, fonts: Callable[[], list[QFont]]) -> None:
        """Owe a search for each script of `text` in each of the fonts it may be drawn in."""
        if text.isascii():  # known without a look at it
            return
        signs = set(_RULED.findall(text))
        letters = {_script(sign): sign for sign in signs if sign.isalpha()}
        if letters:
            known = {_key(*search) for search in self._owed} | _found.keys()
            searches = itertools.product(fonts(), letters.values())
            self._owed += [search for search in searches if _key(*search) not in known]

    def is_owed(self) -> bool:
        """Whether there is something to look for."""
        return bool(self._owed)

    def look(self) -> None:
        """Make one search."""
        font, letter = self._owed.pop()
        if _key(font, letter) not in _found:
            QFontMetricsF(font).horizontalAdvance(letter)
            _found[_key(font, letter)] = font

    def clear(self) -> None:
        """Owe nothing."""
        self._owed.clear()


def _key(font: QFont, letter: str) -> tuple[str, int]:
    return font.key(), _script(letter)


def _script(letter: str) -> int:
    return ord(letter) >> _SCRIPT_BITS
