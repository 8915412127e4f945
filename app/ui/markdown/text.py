"""The words of an answer: marked where they are found, copied as words or as their source."""

from PySide6.QtCore import (
    QMimeData,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from app.ui.chat.message_text import COPY_SOURCE
from app.ui.markdown.copying import plain_selection
from app.ui.markdown.growing_text import GrowingText
from app.ui.markdown.painting import Backdrop
from app.ui.open_link import open_link

# Beyond that nobody looks at them one by one, and each costs.
_MOST_MARKS = 1000
_KEEP = QTextCursor.MoveMode.KeepAnchor


class MarkdownText(GrowingText):
    """Shows an answer that may grow at its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marked: tuple[list[tuple[int, int]], tuple[int, int] | None] = [], None

    def mark(self, spans: list[tuple[int, int]], current: tuple[int, int] | None) -> None:
        """Mark what was found: begin and end in the source, one of them stronger."""
        self._marked = spans, current
        role = QPalette.ColorRole
        marks = []
        for span in spans[:_MOST_MARKS]:
            mark = QTextEdit.ExtraSelection()
            is_current = span == current
            mark.cursor = self._cursor_over(*span)
            ground = role.Highlight if is_current else role.Mid
            mark.format.setBackground(self.palette().color(ground))
            if is_current:
                mark.format.setForeground(self.palette().color(role.HighlightedText))
            marks.append(mark)
        self.setExtraSelections(marks)

    def place_of(self, position: int) -> QRect:
        """Where a character of the source is inside this widget."""
        while self._waiting and position >= self._splitter.read():
            self._step()
        return self.cursorRect(self._cursor_over(position, position))

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words alone: no HTML, no fonts."""
        data = QMimeData()
        data.setText(plain_selection(self.textCursor()))
        return data

    def selected_source(self) -> str:
        """The source of what is selected, whole blocks of it."""
        cursor = self.textCursor()
        first = self._drawing.view_of(cursor.selectionStart())
        last = self._drawing.view_of(cursor.selectionEnd())
        if cursor.hasSelection() and first is not None and last is not None:
            units = [view.unit for view in self._drawing.views[first : last + 1]]
            text = self.source().replace("\r\n", "\n")[units[0].start : units[-1].end()]
            return text.rstrip("\n")
        return ""

    def draw_all(self) -> None:
        """Draw what waits, however long it takes."""
        while self._waiting:
            self._step()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the source beside the words."""
        if self.is_spanned:
            event.ignore()
            return
        menu = self.createStandardContextMenu()
        menu.setObjectName("answerTextMenu")
        copy = QAction(self.tr("Copy as Markdown"), menu, shortcut=QKeySequence(COPY_SOURCE))
        copy.setEnabled(self.textCursor().hasSelection())
        copy.triggered.connect(self.copy_source)
        menu.insertAction(menu.actions()[1], copy)
        if address := self.anchorAt(event.pos()):
            menu.addSeparator()
            menu.addAction(self.tr("Open link…"), lambda: open_link(address, self.window()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what stands behind the words, then the words."""
        painter = QPainter(self.viewport())
        backdrop = Backdrop(self.document(), self._drawing.look, self.viewport().width())
        backdrop.paint(painter, QRectF(event.rect()))
        painter.end()
        super().paintEvent(event)

    def _cursor_over(self, begin: int, end: int) -> QTextCursor:
        """Select what shows those signs of the source; all around them where nothing does."""
        cursor = QTextCursor(self.document())
        first, last = self._position(begin), self._position(end)
        cursor.setPosition(first)
        if first < last or begin == end:
            cursor.setPosition(last, _KEEP)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, _KEEP)
        return cursor

    def _position(self, at: int) -> int:
        """Where the document shows a sign of the source."""
        source = self.source()
        if "\r" in source:
            at -= source[:at].count("\r\n")
        view = self._drawing.view_at(at)
        last = self.document().characterCount() - 1
        return 0 if view is None else min(self._drawing.place(view, at), last)

    def _redrawn(self) -> None:
        if self._marked[0]:
            self.mark(*self._marked)
