"""Text of others on the screen: never HTML, never a file or address opened by it.

Qt guesses markup in labels and tooltips and loads what it names. Everything that shows words of a
model, a file or the person goes through here.
"""

import html
import re

from PySide6.QtCore import QObject, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LONG_RUN_CHARACTERS = 2000
_LONG_RUN = re.compile(rf"\S{{{LONG_RUN_CHARACTERS}}}")
# What ends lines, turns the direction of others' words or stands for objects. Joiners stay: scripts
# and emoji are written with them.
_CONTROLS = (range(0x20), range(0x7F, 0xA0), range(0x2028, 0x202A))
_UNSEEN = (
    (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0xFEFF),
    range(0x202A, 0x202F),
    range(0x2060, 0x2070),
    range(0xFFF9, 0xFFFD),
)
_ONE_LINE = {code: " " for codes in _CONTROLS for code in codes} | {
    code: "\u200b" for codes in _UNSEEN for code in codes
}


# Our own sentences have joiners and places to break; none of them turns anything.
_HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The same text without what could break out of its line; as long as before."""
    return text.translate(_ONE_LINE)


def harmless(text: str) -> str:
    """The same text without what turns words around or breaks lines, but for line feeds."""
    return _HARMFUL.sub(" ", text)


def has_long_run(text: str) -> bool:
    """Whether a text must be wrapped anywhere.

    Qt's search for a word boundary is quadratic: 1 MB without a space takes over 15 s, and half a
    second when it may break anywhere.
    """
    return _LONG_RUN.search(text) is not None


class SafeDocument(QTextDocument):
    """Loads nothing, whatever its content asks for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._nothing.fill(Qt.GlobalColor.transparent)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Answer with one transparent pixel; a null answer would make Qt look for itself."""
        return self._nothing


class PlainLabel(QLabel):
    """A label that takes its text literally, but for what would turn it around.

    Attributes:
        kind: Which rule of the stylesheet it follows, may be empty.
    """

    def __init__(self, text: str = "", *, kind: str = "", wraps: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setWordWrap(wraps)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show words, of whomever."""
        super().setText(harmless(text))


class ElidedLabel(PlainLabel):
    """One line that ends in “…” where it does not fit; the whole text is its tooltip."""

    def __init__(self, text: str = "", *, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, kind=kind)
        if parent:
            self.setParent(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Allow shrinking down to a few characters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.rect(),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


def tooltip(text: str) -> str:
    """Make a tooltip that shows this text literally: Qt guesses, so it is told outright."""
    return f"<span style='white-space: pre-wrap'>{html.escape(harmless(text))}</span>"
