"""Links in words that are read: pressed, walked through with Tab, opened with Enter."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QWidget

from app.ui.chat.message_text import MessageText
from app.ui.open_link import open_link

_KEEP = QTextCursor.MoveMode.KeepAnchor


class LinkedText(MessageText):
    """Words with addresses behind some of them; nothing opens without a question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewport().setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the link that the cursor is on."""
        address = self.textCursor().charFormat().anchorHref()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and address:
            open_link(address, self.window())
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Go through the links, then to what follows."""
        place = next_link(self.textCursor(), is_forward=next) if self.hasFocus() else None
        if place is None:
            return super().focusNextPrevChild(next)
        self.setTextCursor(place)
        return True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be pressed."""
        super().mouseMoveEvent(event)
        is_link = bool(self.anchorAt(event.position().toPoint()))
        shape = Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.IBeamCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open a link that was pressed, unless words were selected."""
        super().mouseReleaseEvent(event)
        address = self.anchorAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if address and is_left and not self.textCursor().hasSelection():
            open_link(address, self.window())


def next_link(cursor: QTextCursor, *, is_forward: bool) -> QTextCursor | None:
    """Select the link behind the cursor, or the one before it."""
    start = cursor.selectionEnd() if is_forward else cursor.selectionStart()
    block = cursor.document().findBlock(start)
    while block.isValid():
        links = _links(block)
        for begin, end in links if is_forward else reversed(links):
            if begin >= start if is_forward else end <= start:
                found = QTextCursor(cursor.document())
                found.setPosition(begin)
                found.setPosition(end, _KEEP)
                return found
        block = block.next() if is_forward else block.previous()
    return None


def _links(block: QTextBlock) -> list[tuple[int, int]]:
    """Begin and end of each link in a paragraph; one that has several styles is one."""
    found: list[tuple[int, int]] = []
    last = ""
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        address = piece.charFormat().anchorHref()
        end = piece.position() + piece.length()
        if address and address == last:
            found[-1] = found[-1][0], end
        elif address:
            found.append((piece.position(), end))
        last = address
        pieces += 1
    return found
