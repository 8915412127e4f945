"""Two variants of a message side by side."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.chat import Effort
from app.domain.kept_chat import ChatMessage
from app.ui.chat.message_text import MessageText
from app.ui.chat.status_words import answer_words
from app.ui.drop_down import DropDown
from app.ui.plain_text import PlainLabel

_WINDOW_SHARE = 0.86


class CompareDialog(QDialog):
    """Each side chooses its own variant; Escape closes it.

    Signals:
        chosen: Id of the variant that the chat is to go on from.
    """

    chosen = Signal(int)

    def __init__(self, variants: list[ChatMessage], message_id: int, parent: QWidget) -> None:
        """Begin with that message on the left and its neighbour on the right."""
        super().__init__(parent)
        self.setObjectName("compareDialog")
        self.setAccessibleName(self.tr("Compare two variants"))
        self.setWindowTitle(self.tr("Compare two variants"))
        place = next(i for i, v in enumerate(variants) if v.message_id == message_id)
        other = place - 1 if place else place + 1
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        for side in sorted((place, other)):
            column = _Side(variants, side)
            column.chosen.connect(self._choose)
            row.addWidget(column, 1)
        self.resize(parent.size() * _WINDOW_SHARE)
        self.finished.connect(self.deleteLater)

    def _choose(self, message_id: int) -> None:
        self.chosen.emit(message_id)
        self.accept()


class _Side(QWidget):
    """One variant: which, its words, how it came to be."""

    chosen = Signal(int)

    def __init__(self, variants: list[ChatMessage], place: int) -> None:
        super().__init__()
        self._variants = variants
        self._which = DropDown("variantChoice", self.tr("Variant"))
        total = len(variants)
        modes = {Effort.FAST: self.tr("Fast"), Effort.DEEP: self.tr("Deep"), None: ""}
        for number, variant in enumerate(variants, start=1):
            words = [self.tr("{number} of {total}").format(number=number, total=total)]
            words += [name for name in (variant.model, modes.get(variant.effort, "")) if name]
            self._which.addItem(" · ".join(words))
        self._text = _Words()
        self._small = PlainLabel(kind="small", wraps=True)
        use = QPushButton(self.tr("Go on from this one"))
        use.setObjectName("useVariantButton")
        use.setProperty("kind", "outline")
        use.setAutoDefault(False)
        use.clicked.connect(lambda: self.chosen.emit(self._shown().message_id))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._which)
        column.addWidget(self._text, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._small, 1)
        foot.addWidget(use)
        column.addLayout(foot)
        self._which.currentIndexChanged.connect(self._show)
        self._which.setCurrentIndex(place)
        self._show()

    def _shown(self) -> ChatMessage:
        return self._variants[self._which.currentIndex()]

    def _show(self) -> None:
        variant = self._shown()
        self._text.replace_text(variant.text)
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self._small.setText(answer_words(variant))


class _Words(MessageText):
    """Words as they stand in the chat, but they scroll by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareText")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.document().setDocumentMargin(12)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; there is no transcript around it."""
        QTextEdit.wheelEvent(self, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in it."""
        QTextEdit.keyPressEvent(self, event)
