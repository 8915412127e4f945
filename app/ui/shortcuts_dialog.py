"""The list of keys, in front of the window."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.search_words import SearchWords
from app.ui.look.measures import LARGE_PX, MEDIUM_PX, WIDE_PX, measures
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField
from app.ui.shortcut_list import ShortcutList

_SIZE = QSize(520, 640)
_EDGE_PX = 24


class ShortcutsDialog(QDialog):
    """Deletes itself when it is closed."""

    def __init__(self, parent: QWidget, *, sends_with_ctrl: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = SearchField("shortcutSearch", self.tr("Search shortcuts"))
        self._list = ShortcutList(sends_with_ctrl=sends_with_ctrl)
        self._nothing = PlainLabel(self.tr("No shortcut is called that."), kind="muted")
        self._nothing.setObjectName("noShortcut")
        self._nothing.hide()
        self._arrange()
        self._search.textChanged.connect(self._filter)
        room = parent.window().size() - QSize(2 * _EDGE_PX, 2 * _EDGE_PX)
        wanted = measures().size_at_text_size(_SIZE)
        self.resize(wanted.boundedTo(room))
        self._search.setFocus()

    @Slot(str)
    def _filter(self, text: str) -> None:
        count = self._list.filter(SearchWords(text) if text.strip() else None)
        self._nothing.setVisible(not count)

    def _arrange(self) -> None:
        inside = QWidget()
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(0, 0, MEDIUM_PX, 0)
        inner.addWidget(self._nothing)
        inner.addWidget(self._list)
        inner.addStretch(1)
        area = QScrollArea()
        area.setObjectName("shortcutScroll")
        area.setAccessibleName(self.windowTitle())
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("closeShortcutsButton")
        close.setProperty("kind", "outline")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE_PX, LARGE_PX, WIDE_PX, LARGE_PX)
        column.setSpacing(MEDIUM_PX)
        column.addWidget(self._search)
        column.addWidget(area, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignTrailing)
