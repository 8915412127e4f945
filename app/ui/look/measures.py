"""How wide, how dense and how still: what the person chose of the look beside the colours.

Whoever lays something out by hand asks here, and does it again on `changed`.
"""

import sys
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyle

if sys.platform == "win32":
    import ctypes
    import ctypes.wintypes

_SPI_GETCLIENTAREAANIMATION = 0x1042

# At the system's size of text; a column holds as many words at any other.
_COLUMNS_PX = {"narrow": 620, "normal": 760, "wide": 960, "full": 1600}
_PAGES_PX = {"narrow": 720, "normal": 860, "wide": 1060, "full": 1600}
_ROWS_PX = {"comfortable": 36, "compact": 28}
_MESSAGE_GAPS_PX = {"comfortable": 28, "compact": 16}
_PADS_PX = {"comfortable": 0, "compact": 4}

# Named steps between things; a grid of 4 px.
TIGHT_PX, SMALL_PX, MEDIUM_PX, LARGE_PX, WIDE_PX = 4, 8, 12, 16, 20


class Measures(QObject):
    """One for the application, see `measures`.

    Signals:
        changed: One of them has another value now.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._column = "normal"
        self._density = "comfortable"
        self._is_still = False
        self._scale = 1.0

    @property
    def column_px(self) -> int:
        """The most that a column of messages is wide."""
        return round(_COLUMNS_PX[self._column] * max(1.0, self._scale))

    @property
    def page_px(self) -> int:
        """The same of a page that is not a chat."""
        return round(_PAGES_PX[self._column] * max(1.0, self._scale))

    @property
    def row_px(self) -> int:
        """The least height of a row in a list."""
        return _ROWS_PX[self._density]

    @property
    def message_gap_px(self) -> int:
        """Between two messages."""
        return _MESSAGE_GAPS_PX[self._density]

    @property
    def is_still(self) -> bool:
        """Whether nothing may move by itself: the person or the system wants it so."""
        return self._is_still or _is_system_still()

    def padding(self, comfortable_px: int) -> int:
        """What is above and below something, less where the person wants little air."""
        return max(2, comfortable_px - _PADS_PX[self._density])

    def at_text_size(self, px: int) -> int:
        """What has to hold text: as many times as the text is larger than the system's."""
        return round(px * max(1.0, self._scale))

    def size_at_text_size(self, size: QSize) -> QSize:
        """The same of a window."""
        return QSize(self.at_text_size(size.width()), self.at_text_size(size.height()))

    def take(
        self,
        *,
        column: Literal["narrow", "normal", "wide", "full"] = "normal",
        density: Literal["comfortable", "compact"] = "comfortable",
        is_still: bool = False,
        text_percent: int = 100,
    ) -> None:
        """Let other values hold."""
        before = (self._column, self._density, self._is_still, self._scale)
        self._column, self._density = column, density
        self._is_still, self._scale = is_still, text_percent / 100
        if (column, density, is_still, self._scale) != before:
            self.changed.emit()


def measures() -> Measures:
    """The application's; made when it is first asked for."""
    application = QCoreApplication.instance()
    assert application is not None
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return application.findChild(Measures, options=direct) or Measures(application)


def _is_system_still() -> bool:
    """Whether the system wants no movement, as far as it can be asked.

    Qt knows nothing of it beyond the duration of its style's own animations.
    """
    if sys.platform == "win32":
        is_moving = ctypes.wintypes.BOOL(True)
        ctypes.windll.user32.SystemParametersInfoW(
            _SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(is_moving), 0
        )
        return not is_moving.value
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
