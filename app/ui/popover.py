"""A small panel above the page that goes away by itself."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QWidget

from app.ui.escape import claims_escape
from app.ui.plain_text import PlainLabel

_GAP_PX = 6
_EDGE_PX = 8


class Popover(QFrame):
    """Closed by Escape, a press elsewhere, or when the keyboard goes elsewhere.

    It is part of its window, so every desktop draws its corners and moves it alike; until it is
    opened it is its owner's.

    Signals:
        closed: It was put away.
    """

    closed = Signal()

    def __init__(self, name: str, label: str, owner: QWidget) -> None:
        super().__init__(owner)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setProperty("kind", "popover")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._anchor: QWidget | None = None
        self.hide()

    def open_at(self, anchor: QWidget) -> None:
        """Show it above or below that widget, inside its window."""
        window = anchor.window()
        for other in window.findChildren(Popover):
            other.close_panel()
        self.setParent(window)
        self.ensurePolished()
        self._anchor = anchor
        self._place(anchor)
        self.show()
        self.raise_()
        self._entrance().setFocus(Qt.FocusReason.PopupFocusReason)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.installEventFilter(self)
        application.focusChanged.connect(self._focus_moved)

    def close_panel(self) -> None:
        """Put it away and give the keyboard back."""
        application = QApplication.instance()
        if self._anchor is None or not isinstance(application, QApplication):
            return
        anchor, self._anchor = self._anchor, None
        application.removeEventFilter(self)
        application.focusChanged.disconnect(self._focus_moved)
        had_focus = self._has_focus(QApplication.focusWidget())
        self.hide()
        if had_focus:
            anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def toggle_at(self, anchor: QWidget) -> None:
        """Show it, or put it away."""
        if self._anchor is None:
            self.open_at(anchor)
        else:
            self.close_panel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice presses elsewhere and that the anchor goes; consumes nothing."""
        if watched is self._anchor and event.type() == QEvent.Type.Hide:
            self.close_panel()
        elif (
            event.type() == QEvent.Type.MouseButtonPress
            and isinstance(event, QMouseEvent)
            and isinstance(watched, QWidget)
            and self._anchor is not None
            and QApplication.activePopupWidget() is None  # a menu of it is open
        ):
            pressed = event.globalPosition().toPoint()
            is_inside = self.rect().contains(self.mapFromGlobal(pressed))
            is_anchor = self._anchor.rect().contains(self._anchor.mapFromGlobal(pressed))
            if not is_inside and not is_anchor:
                self.close_panel()
        return False

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise; follow the size of the content."""
        is_done = claims_escape(event) or super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self._anchor:
            self._place(self._anchor)
        return is_done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    @Slot(QWidget, QWidget)
    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and not self._has_focus(now):
            self.close_panel()

    def _place(self, anchor: QWidget) -> None:
        window = anchor.window()
        self.adjustSize()
        corner = anchor.mapTo(window, QPoint(0, 0))
        above = corner.y() - self.height() - _GAP_PX
        top = above if above >= _EDGE_PX else corner.y() + anchor.height() + _GAP_PX
        furthest = QPoint(
            window.width() - self.width() - _EDGE_PX, window.height() - self.height() - _EDGE_PX
        )
        self.move(
            max(_EDGE_PX, min(corner.x(), furthest.x())), max(_EDGE_PX, min(top, furthest.y()))
        )

    def _entrance(self) -> QWidget:
        """The first part that takes the keyboard, else the panel itself."""
        part = self.nextInFocusChain()
        while part is not None and self.isAncestorOf(part):
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible():
                return part
            part = part.nextInFocusChain()
        return self

    def _has_focus(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))


class Table(QWidget):
    """Names on the left, values on the right."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)

    def show_rows(self, rows: list[tuple[str, str]]) -> None:
        """Take these rows in place of those before."""
        while item := self._grid.takeAt(0):
            if old := item.widget():
                old.deleteLater()
        for number, (name, value) in enumerate(rows):
            words = PlainLabel(value)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(PlainLabel(name, kind="muted"), number, 0)
            self._grid.addWidget(words, number, 1, Qt.AlignmentFlag.AlignRight)
