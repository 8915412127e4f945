"""One of the things that take room."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.services.storage_use import Kind, StorageItem
from app.ui.buttons import push_button
from app.ui.library.words import breakable
from app.ui.models.flow_row import FlowRow
from app.ui.models.question import Question
from app.ui.open_folder import open_folder
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes
from app.ui.settings.storage_bar import KindSwatch
from app.ui.settings.storage_words import clean_words, fact_words, name_words
from app.ui.turning_line import TurningLine

_NARROW_PX = 360
_CLEAN = "clean"
_INDENT_PX = 20  # under the name, past the swatch
# Between a quiet button's words and its edge, in the stylesheet: numbers above it end like them.
LINK_PAD_PX = 6


class StorageRow(QFrame):
    """Name, size, what it is for, and how to have less of it.

    Attributes:
        item: What is shown.

    Signals:
        clean_requested: The person said yes.
    """

    clean_requested = Signal()

    def __init__(self, item: StorageItem) -> None:
        super().__init__()
        self.setObjectName("storageRow")
        self.item = item
        self._facts = PlainLabel(kind="small", wraps=True)
        self._facts.setObjectName("storageFacts")
        self._size = PlainLabel()
        self._size.setObjectName("storageSize")
        self._clean = push_button("cleanButton", self.tr("Clean up…"), "link")
        self._open = push_button("openStorageButton", self.tr("Open folder"), "link")
        self._question = Question("cleanQuestion", self.tr("Keep it"))
        self._clean.clicked.connect(self._ask)
        self._open.clicked.connect(lambda: open_folder(self.item.folder))
        self._question.answered.connect(self.clean_requested)
        self._arrange()
        self.show_item(item)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        return (self._clean, self._open)

    def show_item(self, item: StorageItem) -> None:
        """Say what it takes now."""
        self.item = item
        name, facts = name_words(item.kind), fact_words(item)
        self._facts.setText(breakable(facts))
        self._size.setText(format_bytes(item.bytes))
        can_clean = bool(item.clean_count)
        if not can_clean:
            self._question.leave()
        if self._clean.hasFocus() and not can_clean:
            self._open.setFocus(Qt.FocusReason.OtherFocusReason)
        self._clean.setVisible(can_clean)
        # There are several with models.
        said = f"{name}, {item.folder}" if item.kind is Kind.MODELS else name
        self._clean.setAccessibleName(self.tr("Clean up: {name}").format(name=said))
        self._open.setAccessibleName(self.tr("Open folder: {name}").format(name=said))
        self.setAccessibleName(f"{name}, {self._size.text()}")
        self.setAccessibleDescription(facts)

    @Slot()
    def _ask(self) -> None:
        self._question.ask(clean_words(self.item), [(_CLEAN, self.tr("Delete"))], self._clean)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tools where there is room."""
        super().resizeEvent(event)
        is_upright = self._foot.fit(self.width())
        # Their words, not their edges, stand below the words.
        self._tools.setContentsMargins(_INDENT_PX - LINK_PAD_PX if is_upright else 0, 0, 0, 0)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(9)
        head.addWidget(KindSwatch(self.item.kind), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(PlainLabel(name_words(self.item.kind), kind="strong", wraps=True), 1)
        head.addWidget(self._size)
        head.setContentsMargins(0, 0, LINK_PAD_PX, 0)
        words = QVBoxLayout()
        words.setContentsMargins(_INDENT_PX, 2, 0, 0)
        words.addWidget(self._facts)
        words.addStretch()
        tools = FlowRow(gap_px=2)
        tools.show_members((self._clean, self._open))
        foot = self._foot = TurningLine(_NARROW_PX)
        foot.addLayout(words, 1)
        self._tools = QVBoxLayout()
        self._tools.addWidget(tools, 0, Qt.AlignmentFlag.AlignTop)
        foot.addLayout(self._tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 10)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(foot)
        column.addWidget(self._question)
