"""The words of one message: plain, selectable, as tall as their content.

The transcript scrolls, not this; so wheel and page keys are passed on.
"""

import math
import re

from PySide6.QtCore import (
    QKeyCombination,
    QMimeData,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPalette,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from app.ui.plain_text import LONG_RUN_CHARACTERS, SafeDocument, has_long_run

_LINE_HEIGHT_PERCENT = 132.0
_STEP_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
# Beyond that nobody looks at them one by one, and each costs.
_MOST_MARKS = 1000
COPY_SOURCE = QKeyCombination(
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C
)
# As the end of what is selected: the end of the words, however many there are.
TO_THE_END = -1
_PAGE_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class MessageText(QTextEdit):
    """Shows text that may grow at its end; a selection survives the growth.

    Attributes:
        is_spanned: What is selected goes on in other messages, which the transcript looks after.

    Signals:
        cursor_moved: The person moved the text cursor; its place inside this widget.
        pressed: The mouse went down on the words.
        dragged: It is moved while it is down; its place on the screen.
        released: It is up again.
    """

    cursor_moved = Signal(QRect)
    pressed = Signal()
    dragged = Signal(QPoint)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Words that are there before they get a parent are laid out twice: its font follows."""
        super().__init__(parent)
        self.setObjectName("messageText")
        document = SafeDocument(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        self.setDocument(document)
        self.setAcceptRichText(False)
        # Words go as they are written; a field that is mirrored scrolls them out of sight.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setReadOnly(True)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        # Its words say themselves where they begin; mirrored, it would scroll short ones away.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.viewport().setAutoFillBackground(False)
        lines = QTextBlockFormat()
        lines.setLineHeight(
            _LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
        )
        QTextCursor(document).setBlockFormat(lines)
        self._run = ""
        self._is_growing = False
        self.is_spanned = False
        self.cursorPositionChanged.connect(self._tell_cursor)

    def append_text(self, text: str) -> None:
        """Add to the end; the cost does not depend on what is there already."""
        self._mind_long_runs(text)
        selected = self.textCursor()
        anchor, position = selected.anchor(), selected.position()
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        self._is_growing = True
        end.insertText(text)
        if position != self.textCursor().position() or anchor != self.textCursor().anchor():
            selected.setPosition(anchor)
            selected.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(selected)
        self._is_growing = False

    def append_later(self, text: str) -> None:
        """The same, but what takes long may wait for the next turn of the event loop."""
        self.append_text(text)

    def replace_text(self, text: str) -> None:
        """Show this and nothing else."""
        everything = QTextCursor(self.document())
        everything.select(QTextCursor.SelectionType.Document)
        everything.removeSelectedText()
        self._run = ""
        self.append_text(text)

    def is_drawn(self) -> bool:
        """Whether nothing waits to be drawn."""
        return True

    def select(self, begin: int, end: int) -> None:
        """Have that part selected, the cursor at its `end`; nobody is told of it."""
        cursor, last = self.textCursor(), self.document().characterCount() - 1
        cursor.setPosition(last if begin == TO_THE_END else min(begin, last))
        where = last if end == TO_THE_END else min(end, last)
        cursor.setPosition(where, QTextCursor.MoveMode.KeepAnchor)
        self._is_growing = True
        self.setTextCursor(cursor)
        self._is_growing = False

    def selected_source(self) -> str:
        """What is selected, as it was written."""
        return self.createMimeDataFromSelection().text()

    def copy_source(self) -> None:
        """Copy what is selected, as it was written."""
        if self.textCursor().hasSelection():
            QGuiApplication.clipboard().setText(self.selected_source())

    def mark(self, spans: list[tuple[int, int]], current: tuple[int, int] | None) -> None:
        """Mark what was found: begin and end in the text, one of them stronger."""
        text = self.toPlainText()
        marks = []
        for span in spans[:_MOST_MARKS]:
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(_utf16_units(text, span[0]))
            cursor.setPosition(_utf16_units(text, span[1]), QTextCursor.MoveMode.KeepAnchor)
            is_current = span == current
            role = QPalette.ColorRole
            mark.cursor = cursor
            mark.format.setBackground(
                self.palette().color(role.Highlight if is_current else role.Mid)
            )
            if is_current:
                mark.format.setForeground(self.palette().color(role.HighlightedText))
            marks.append(mark)
        self.setExtraSelections(marks)

    def place_of(self, position: int) -> QRect:
        """Where a character is inside this widget."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(_utf16_units(self.toPlainText(), position))
        return self.cursorRect(cursor)

    def size_for(self, width: int) -> QSize:
        """Lay the text out at most that wide.

        Returns:
            The width that its longest line takes, and its height.
        """
        document = self.document()
        document.setTextWidth(width)
        return QSize(
            min(width, math.ceil(document.idealWidth())), math.ceil(document.size().height())
        )

    def slack_px(self) -> int:
        """Empty space below the last line: Qt adds the line height's surplus there."""
        return round(self.fontMetrics().height() * (_LINE_HEIGHT_PERCENT - 100) / 100)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words alone: no HTML, no fonts."""
        data = QMimeData()
        data.setText(self.textCursor().selection().toPlainText())
        return data

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the transcript."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave to the transcript what concerns more than this message."""
        if self._is_for_all(event):
            event.ignore()
        elif event.keyCombination() == COPY_SOURCE:
            self.copy_source()
        else:
            super().keyPressEvent(event)
            if self.is_spanned and not self.textCursor().hasSelection():
                self._tell_cursor()  # it may be where it was

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell that something else may be selected now."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select; beyond this message the transcript does it."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(event.globalPosition().toPoint())
        if not (self.is_spanned and event.buttons()):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell that nothing is being selected any more."""
        super().mouseReleaseEvent(event)
        self.released.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave it to the transcript where more than this message is meant."""
        if self.is_spanned:
            event.ignore()
        else:
            super().contextMenuEvent(event)

    def _is_for_all(self, event: QKeyEvent) -> bool:
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        is_move = event.key() in _PAGE_KEYS or (is_alt and event.key() in _STEP_KEYS)
        is_copy = event.matches(QKeySequence.StandardKey.Copy)
        if is_move or event.matches(QKeySequence.StandardKey.SelectAll):
            return True
        return self.is_spanned and (is_copy or event.keyCombination() == COPY_SOURCE)

    def _mind_long_runs(self, text: str) -> None:
        candidate = self._run + text
        if has_long_run(candidate):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        tail = candidate[-LONG_RUN_CHARACTERS:]
        self._run = re.split(r"\s", tail)[-1]

    @Slot()
    def _tell_cursor(self) -> None:
        if not self._is_growing:
            self.cursor_moved.emit(self.cursorRect())


def _utf16_units(text: str, characters: int) -> int:
    """Where Qt counts a place of a text."""
    return characters + sum(char > "\uffff" for char in text[:characters])
