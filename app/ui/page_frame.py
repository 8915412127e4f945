"""The frame of a page that is not a chat: the way back, a title, one readable column."""

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.escape import claims_escape
from app.ui.icon_button import IconButton
from app.ui.key_hint import key_hint
from app.ui.look.icons import IconFollower
from app.ui.look.measures import WIDE_PX, measures
from app.ui.plain_text import PlainLabel

_NARROW_PX = 400
_NARROW_SIDE_PX = 8
_ABOVE_PX = 60


class PageFrame(QWidget):
    """A scrolled column under the buttons that lead elsewhere; Escape leads back.

    Attributes:
        column: Takes what is on the page, below the title.
        head: Takes other buttons, at its end; it stays while the column scrolls.
        back_button: Where the keyboard enters.

    Signals:
        back_requested: To the chat.
        sidebar_requested: The sidebar's button was pressed.
    """

    back_requested = Signal()
    sidebar_requested = Signal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}Page")
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back_button = QPushButton(self.tr("Back to the chat"))
        self.column = QVBoxLayout()
        self.head = QHBoxLayout()
        self._area = QScrollArea()
        self._build(name, title)

    def show_part(self, part: QWidget) -> None:
        """Scroll so that a part of the page begins at the top."""
        # Its place is known only when everything has been laid out.
        QTimer.singleShot(0, part, lambda: self._scroll_to(part))

    def scroll_to_top(self) -> None:
        """Show the beginning."""
        self._area.verticalScrollBar().setValue(0)

    def _scroll_to(self, part: QWidget) -> None:
        if page := self._area.widget():
            top = part.mapTo(page, QPoint(0, 0)).y()
            self._area.verticalScrollBar().setValue(top - _ABOVE_PX)

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _fit(self) -> None:
        self._page.setMaximumWidth(measures().page_px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave less room around where there is little."""
        super().resizeEvent(event)
        is_narrow = self.width() < measures().at_text_size(_NARROW_PX)
        side_px = _NARROW_SIDE_PX if is_narrow else WIDE_PX
        self.column.setContentsMargins(side_px, 8, side_px, 24)
        # Its arrow and its name say it as well.
        self.back_button.setText("" if is_narrow else self.tr("Back to the chat"))
        self.head.invalidate()
        if self.head.sizeHint().width() > self.width():
            self.back_button.setText("")

    def _build(self, name: str, title: str) -> None:
        page = QWidget()
        self._page = page
        self._fit()
        measures().changed.connect(self._fit)
        page.setLayout(self.column)
        self.column.setSpacing(12)
        self.column.addWidget(PlainLabel(title, kind="title"))
        centre = QWidget()
        middle = QHBoxLayout(centre)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(page, 1000)
        middle.addStretch(1)
        area = self._area
        area.setObjectName(f"{name}Scroll")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(centre)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._fill_head(name)
        whole.addLayout(self.head)
        whole.addWidget(area, 1)

    def _fill_head(self, name: str) -> None:
        sidebar = IconButton(f"{name}SidebarButton", "sidebar", self.tr("Sidebar"))
        sidebar.setToolTip(key_hint(self.tr("Show or hide the sidebar"), "Ctrl+B"))
        sidebar.clicked.connect(self.sidebar_requested)
        self.back_button.setObjectName(f"{name}BackButton")
        self.back_button.setProperty("kind", "fold")
        self.back_button.setAccessibleName(self.back_button.text())
        self.back_button.setToolTip(key_hint(self.tr("Back to the chat"), "Esc"))
        self.back_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self.back_button, "back", QPalette.ColorRole.PlaceholderText, 16)
        self.back_button.clicked.connect(self.back_requested)
        self.head.setContentsMargins(12, 8, 12, 8)
        self.head.setSpacing(4)
        self.head.addWidget(sidebar)
        self.head.addWidget(self.back_button)
        self.head.addStretch()
