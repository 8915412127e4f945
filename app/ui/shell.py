"""Places the sidebar beside the page, or above it in a narrow window."""

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QStyle, QWidget

from app.ui.look.measures import measures

_SIDEBAR_PX = 264
_NARROW_PX = 720
_STRIP_PX = 56


class Shell(QWidget):
    """Wide: sidebar and page side by side. Narrow: the page, the sidebar over it on demand.

    One page is shown at a time.
    """

    def __init__(self, sidebar: QWidget, page: QWidget) -> None:
        super().__init__()
        self.setObjectName("shell")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._page = page
        self._page.setParent(self)
        self._scrim = _Scrim(self)
        self._scrim.pressed.connect(self.close_overlay)
        self._sidebar = sidebar
        self._sidebar.setParent(self)
        self._is_wanted = True
        self._is_overlaid = False
        measures().changed.connect(self._place)

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self._page

    def show_page(self, page: QWidget) -> None:
        """Put another page in the place of the one that is shown."""
        if page is self._page:
            return
        self._page.hide()
        self._page = page
        page.setParent(self)
        page.lower()  # the sidebar of a narrow window stays above it
        page.show()
        self._place()

    def is_sidebar_shown(self) -> bool:
        """Whether the person sees it."""
        return self._is_overlaid if self._is_narrow() else self._is_wanted

    def toggle_sidebar(self) -> None:
        """Show it or hide it, as the width demands."""
        self.show_sidebar(is_shown=not self.is_sidebar_shown())

    def show_sidebar(self, *, is_shown: bool) -> None:
        """Show or hide it; a wide window remembers that, a narrow one begins without."""
        if self._is_narrow():
            self._is_overlaid = is_shown
        else:
            self._is_wanted = is_shown
        self._place()

    def close_overlay(self) -> None:
        """Give a narrow window back to the page."""
        self._is_overlaid = False
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew."""
        super().resizeEvent(event)
        if not self._is_narrow():
            self._is_overlaid = False
        self._place()

    def _is_narrow(self) -> bool:
        # Larger text needs more room, though not twice as much for twice the size.
        return self.width() < (_NARROW_PX + measures().at_text_size(_NARROW_PX)) // 2

    @Slot()
    def _place(self) -> None:
        is_shown = self.is_sidebar_shown()
        wanted_px = measures().at_text_size(_SIDEBAR_PX)
        sidebar_px = min(max(_SIDEBAR_PX, min(wanted_px, self.width() // 3)), self._most_px())
        left = sidebar_px if is_shown and not self._is_narrow() else 0
        self._put(self._sidebar, 0, sidebar_px)
        self._sidebar.setVisible(is_shown)
        self._scrim.setGeometry(self.rect())
        self._scrim.setVisible(self._is_overlaid)
        self._put(self._page, left, self.width() - left)

    def _put(self, part: QWidget, from_start_px: int, width_px: int) -> None:
        """Place a part; the beginning is the right edge where people write from there."""
        upright = QRect(from_start_px, 0, width_px, self.height())
        part.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), upright))

    def _most_px(self) -> int:
        return self.width() - _STRIP_PX


class _Scrim(QWidget):
    """Dims the page under the sidebar; a press on it closes that.

    Signals:
        pressed: It was clicked.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("scrim")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close."""
        event.accept()
        self.pressed.emit()
