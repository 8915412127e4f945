"""Selects over several messages with the mouse, and scrolls while it is held beyond an edge."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QTimer, Slot
from PySide6.QtWidgets import QAbstractScrollArea

from app.ui.chat.chat_selection import ChatSelection, Place

_TICK_MS = 30
_FASTEST_PX = 120


class DragSelection(QObject):
    """Follows a mouse whose button is down.

    Attributes:
        anchor: Where the button went down; None while it is up.
    """

    def __init__(
        self,
        area: QAbstractScrollArea,
        selection: ChatSelection,
        place_at: Callable[[QPoint], Place | None],
    ) -> None:
        """Select in `selection`; `place_at` finds what is at a point of the viewport."""
        super().__init__(area)
        self._area = area
        self._selection = selection
        self._place_at = place_at
        self.anchor: Place | None = None
        self._at = QPoint()  # on the screen
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._scroll)

    def begin(self, anchor: Place | None) -> None:
        """The button went down there."""
        self._timer.stop()
        self.anchor = anchor

    def move(self, at: QPoint) -> None:
        """The mouse is there on the screen now."""
        if self.anchor is None:
            return
        self._at = at
        if self._beyond_px() and not self._timer.isActive():
            self._timer.start()
        self._extend()

    @Slot()
    def end(self) -> None:
        """The button is up."""
        self._timer.stop()
        self.anchor = None
        self._selection.settle()

    def _extend(self) -> None:
        head = self._place_at(self._area.viewport().mapFromGlobal(self._at))
        if self.anchor is None or head is None:
            return
        # Within one message its own text does it better: it knows words and lines.
        if self._selection or head.row != self.anchor.row:
            self._selection.select(self.anchor, head)

    def _beyond_px(self) -> int:
        """How far the mouse is above the viewport (negative) or below it."""
        y = self._area.viewport().mapFromGlobal(self._at).y()
        return min(0, y) or max(0, y - self._area.viewport().height())

    @Slot()
    def _scroll(self) -> None:
        beyond = self._beyond_px()
        if not beyond:
            self._timer.stop()
            return
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + max(-_FASTEST_PX, min(beyond, _FASTEST_PX)))
        self._extend()
