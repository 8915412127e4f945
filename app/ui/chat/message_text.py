"""The words of one message: plain, selectable, as tall as their content.

The transcript scrolls, not this; so wheel and page keys are passed on.
"""

import math
import re

from PySide6.QtCore import QMimeData, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QPalette,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from app.ui.plain_text import LONG_RUN_CHARACTERS, SafeDocument, has_long_run

_LINE_HEIGHT_PERCENT = 132.0
_ARROW_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down)
# Beyond that nobody looks at them one by one, and each costs.
_MOST_MARKS = 1000
_PAGE_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class MessageText(QTextEdit):
    """Shows text that may grow at its end; a selection survives the growth.

    Signals:
        cursor_moved: The person moved the text cursor; its place inside this widget.
    """

    cursor_moved = Signal(QRect)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageText")
        document = SafeDocument(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        self.setDocument(document)
        self.setAcceptRichText(False)
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

    def replace_text(self, text: str) -> None:
        """Show this and nothing else."""
        everything = QTextCursor(self.document())
        everything.select(QTextCursor.SelectionType.Document)
        everything.removeSelectedText()
        self._run = ""
        self.append_text(text)

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
        """Leave to the transcript what moves beyond this message."""
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.key() in _PAGE_KEYS or (is_alt and event.key() in _ARROW_KEYS):
            event.ignore()
        else:
            super().keyPressEvent(event)

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
