"""The documents of a question that was sent, and one of them to be read."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from app.domain.attachments import DocumentAttachment
from app.ui.chat.document_words import document_name, document_size_words, page_name
from app.ui.flow import flow
from app.ui.look.icons import IconFollower
from app.ui.plain_text import PlainLabel, has_long_run, tooltip

_HEIGHT_PX = 34
_WIDEST_PX = 320
_GAP_PX = 6
_WINDOW_SHARE = 0.85


class DocumentStrip(QWidget):
    """Chips in rows; the question's view gives the width.

    Signals:
        opened: The `DocumentAttachment` that the person wants to read.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: tuple[DocumentAttachment, ...] = ()
        self._chips: list[QToolButton] = []

    def show_documents(self, documents: tuple[DocumentAttachment, ...]) -> None:
        """Show these."""
        if documents == self._shown:
            return
        self._shown = documents
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(document) for document in documents]

    def lay_out(self, width: int) -> QSize:
        """Place the chips at most that wide; the size they take."""
        for chip in self._chips:
            chip.setFixedWidth(min(chip.sizeHint().width(), _WIDEST_PX, width))
        places, whole = flow((chip.size() for chip in self._chips), width, _GAP_PX)
        for chip, place in zip(self._chips, places, strict=True):
            chip.setGeometry(place)
        self.resize(whole)
        return whole

    def first_chip(self) -> QWidget | None:
        """Where the keyboard enters."""
        return self._chips[0] if self._chips else None

    def _chip(self, document: DocumentAttachment) -> QToolButton:
        chip = QToolButton(self)
        chip.setObjectName("documentChip")
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        IconFollower(chip, "document", QPalette.ColorRole.PlaceholderText, 18)
        name = self.fontMetrics().elidedText(
            document.name, Qt.TextElideMode.ElideMiddle, _WIDEST_PX - 60
        )
        chip.setText(name.replace("&", "&&"))
        chip.setToolTip(tooltip(f"{document.name}\n{document_size_words(document)}"))
        chip.setAccessibleName(document_name(document))
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        chip.setFixedHeight(_HEIGHT_PX)
        chip.clicked.connect(lambda: self.opened.emit(document))
        chip.show()
        return chip


class DocumentDialog(QDialog):
    """The words that the model was shown; Escape closes it."""

    def __init__(self, document: DocumentAttachment, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("documentDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(document.name)
        self.setAccessibleName(document_name(document))
        text = "\n\n".join(
            f"{page_name(page, place)}\n\n{page.text}" if page.label else page.text
            for place, page in enumerate(document.shown)
        )
        words = QPlainTextEdit()
        words.setObjectName("pageWords")
        words.setReadOnly(True)
        if has_long_run(text):
            words.setWordWrapMode(words.wordWrapMode().WrapAnywhere)
        words.setPlainText(text)
        words.setAccessibleName(document_name(document))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(words, 1)
        said = self.tr("As the model reads it: {size}").format(size=document_size_words(document))
        column.addWidget(PlainLabel(said, kind="small"))
        self.resize(parent.size() * _WINDOW_SHARE)
