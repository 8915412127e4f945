"""Where the person writes: plain text, as tall as its content up to ten lines."""

from PySide6.QtCore import QEvent, QMimeData, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from app.domain.errors import PasteTooLong
from app.media.file_kinds import kind_of_file
from app.ui.chat.picture_sources import has_only_image, local_files
from app.ui.chat.send_key import is_enter, sends
from app.ui.plain_text import has_long_run

_MAX_LINES = 10
# Longer pastes are attached: what is in the field is laid out with every key press.
_LONG_PASTE_CHARACTERS = 50_000
_MAX_PASTE_CHARACTERS = 16_000_000


class MessageInput(QPlainTextEdit):
    """Enter sends, Shift+Enter begins a new line.

    Attributes:
        is_composing: An input method is in the middle of a word: the keys are its own.

    Signals:
        submitted: Enter was pressed.
        refused: A paste was not accepted; the error to show.
        data_given: Files or an image were pasted or dropped; the `QMimeData`.
        text_given: A text was that is too long for the field.
        focus_changed: Whether it has the keyboard.
    """

    submitted = Signal()
    refused = Signal(object)
    data_given = Signal(object)
    text_given = Signal(str)
    focus_changed = Signal(bool)

    def __init__(self, *, takes_files: bool = True) -> None:
        """Make it; without `takes_files` everything pasted is words."""
        super().__init__()
        self.takes_files = takes_files
        self.setObjectName("messageInput")
        self.setAccessibleName(self.tr("Your question"))
        self.setPlaceholderText(self.tr("Ask anything…"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.is_composing = False
        layout = self.document().documentLayout()
        layout.documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._mind_long_runs)
        self._fit(layout.documentSize())

    def insert_text(self, text: str) -> None:
        """Put text at the cursor, whatever its length."""
        if has_long_run(text):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.insertPlainText(text)
        self.ensureCursorVisible()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text and pictures; other files are for the window."""
        files = local_files(source)
        if files:
            return self.takes_files and any(kind_of_file(path.name) for path in files)
        return source.hasText() or (self.takes_files and has_only_image(source))

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste or drop as plain text, refusing what is absurdly long; pictures are attached."""
        if local_files(source) or has_only_image(source):
            self.data_given.emit(source)
            return
        text = source.text()
        if len(text) > _MAX_PASTE_CHARACTERS:
            self.refused.emit(PasteTooLong(characters=len(text)))
        elif len(text) > _LONG_PASTE_CHARACTERS and self.takes_files:
            self.text_given.emit(text)
        else:
            self.insert_text(text)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Know whether an input method is in the middle of a word."""
        self.is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter, unless that Enter belongs to an input method."""
        if not is_enter(event) or self.is_composing:
            super().keyPressEvent(event)
        elif sends(event):
            self.submitted.emit()
        else:
            self.insertPlainText("\n")
            self.ensureCursorVisible()

    def changeEvent(self, event: QEvent) -> None:
        """Be as high as lines are now."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit(self.document().documentLayout().documentSize())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame around it."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame around it."""
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    @Slot()
    def _mind_long_runs(self) -> None:
        if self.document().isEmpty():
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    @Slot(QSizeF)
    def _fit(self, size: QSizeF) -> None:
        """Grow with the content; `size` counts lines, as `QPlainTextDocumentLayout` does."""
        lines = min(_MAX_LINES, max(1, round(size.height())))
        is_full = size.height() > _MAX_LINES
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if is_full
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        margins = 2 * self.document().documentMargin()
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + margins))
