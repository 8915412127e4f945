"""Several lines that the person writes, as plain text."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from app.domain.errors import PasteTooLong
from app.ui.plain_text import has_long_run

_MOST_CHARACTERS = 100_000
_MARGIN_PX = 4
_FRAME_PX = 3  # the stylesheet's border and padding


class TextField(QPlainTextEdit):
    """Several lines of plain text; Tab leaves it.

    Signals:
        written: The person left it with another text than the one that was shown.
        refused: A paste was not accepted; the error to show.
    """

    written = Signal(str)
    refused = Signal(object)

    def __init__(self, name: str, label: str, *, lines: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setProperty("kind", "field")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(_MARGIN_PX)
        self._lines = lines
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show what holds now; what is being written stays."""
        if text == self._shown and self.hasFocus():
            return
        self._shown = text
        if text != self.toPlainText():
            self._mind_long_runs(text)
            self.setPlainText(text)

    def finish(self) -> None:
        """Take over what is written."""
        text = self.toPlainText().strip()
        if text != self._shown:
            self._shown = text
            self.written.emit(text)

    def room_px(self) -> int:
        """The height that shows its lines."""
        edges = _MARGIN_PX + 2 * _FRAME_PX
        return self._lines * self.fontMetrics().lineSpacing() + edges

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text, refusing what no model could keep in mind."""
        text = source.text()
        if len(text) + self.document().characterCount() > _MOST_CHARACTERS:
            self.refused.emit(PasteTooLong(characters=len(text)))
            return
        self._mind_long_runs(text)
        self.insertPlainText(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it over when the keyboard goes elsewhere, but not to its own menu."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.finish()

    def hideEvent(self, event: QHideEvent) -> None:
        """Take it over when it is put away, whoever has the keyboard."""
        super().hideEvent(event)
        self.finish()

    def _mind_long_runs(self, text: str) -> None:
        if has_long_run(text):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
