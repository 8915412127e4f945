"""How high messages will be that nobody has laid out yet: their lines times a line's height."""

import math
from collections.abc import Iterable, Sequence

import msgspec
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from app.domain.chat import Role, TextPart
from app.domain.kept_chat import ChatMessage
from app.ui.chat.message_view import GAP_PX
from app.ui.look.theme import sizes

_LINE_HEIGHT = 1.32
# Mean width of a sign of running text, in widths of Qt's average sign.
_SIGN_WIDTH = 1.02
_PICTURE_PX = 190
_BUBBLE_PX = 22
_BUBBLE_SHARE = 0.8


class Bulk(msgspec.Struct, frozen=True):
    """What the height of a message follows from, in any width.

    Attributes:
        signs: Of its words.
        breaks: Ends of lines in them.
    """

    signs: int
    breaks: int
    is_question: bool
    has_attachments: bool


def bulk_of(message: ChatMessage) -> Bulk:
    """Measure the words of a message; quick, since it is done for all of a chat."""
    parts = message.parts
    first = parts[0] if len(parts) == 1 else None
    text = first.text if isinstance(first, TextPart) else message.text
    is_question = message.role is Role.USER
    return Bulk(len(text), text.count("\n"), is_question, bool(message.attachments))


class HeightGuess:
    """Guesses for one font."""

    def __init__(self, font: QFont) -> None:
        """Take the window's font; the words are a little larger."""
        reading = QFont(font)
        reading.setPointSizeF(sizes(QFontInfo(font).pointSizeF()).reading_pt)
        metrics = QFontMetricsF(reading)
        self._line_px = metrics.height() * _LINE_HEIGHT
        self._sign_px = metrics.averageCharWidth() * _SIGN_WIDTH
        self._small_px = QFontMetricsF(font).height() + GAP_PX

    def heights(self, bulks: Sequence[Bulk], width: int) -> list[int]:
        """Guess for each message in a column of that width."""
        per_answer = max(width / self._sign_px, 8.0)
        per_question = max(width * _BUBBLE_SHARE / self._sign_px, 8.0)
        line, around = self._line_px, 2 * self._small_px + GAP_PX
        return [
            math.ceil((1 + b.breaks + b.signs / per_question) * line)
            + _BUBBLE_PX
            + (_PICTURE_PX if b.has_attachments else 0)
            if b.is_question
            else math.ceil((0.6 + b.breaks * 0.8 + b.signs / per_answer) * line + around)
            for b in bulks
        ]


def bulks_of(messages: Iterable[ChatMessage]) -> list[Bulk]:
    """The same for many messages."""
    return [bulk_of(message) for message in messages]
