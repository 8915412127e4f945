"""How a row of the list of chats is drawn, and edited in its place."""

from PySide6.QtCore import QEvent, QLocale, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.chat.chat_entries import (
    ChatEntry,
    Entry,
    FoundHeading,
    Heading,
    HitEntry,
    TrashEntry,
    date_words,
    shown_words,
    who_words,
)
from app.ui.chat.chat_rows import ChatRows, Index
from app.ui.chat.chat_sections import Period
from app.ui.chat.row_painting import (
    ICON_PX,
    MarkedText,
    bold,
    colour_of,
    draw_end,
    draw_ground,
    draw_icon,
    draw_line,
    small,
    visual,
)
from app.ui.escape import claims_escape
from app.ui.look.measures import measures
from app.ui.plain_text import one_line

_DOT_PX = 4
_LEFT_PX = 10
_INDENT_PX = 26
_GAP_PX = 8
_BAR_PX = 16
_MORE_PX = 28
_HIT_PAD_PX = 8
_EXCERPT_LINES = 2
# Of an excerpt before the first word that was looked for: in a narrow row it must be in sight.
_LEAD_CHARACTERS = 20
_TITLE_CHARACTERS = 200

_Role = QPalette.ColorRole
_State = QStyle.StateFlag


class RowEditor(QLineEdit):
    """A title while the person writes it; Escape leaves it as it was."""

    def __init__(self, parent: QWidget, label: str) -> None:
        super().__init__(parent)
        self.setObjectName("rowEditor")
        self.setAccessibleName(label)
        self.setMaxLength(_TITLE_CHARACTERS)

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep every key: what a field does not take would reach the list."""
        super().keyPressEvent(event)
        event.accept()


class ChatRow(QStyledItemDelegate):
    """Draws all kinds of rows with the palette's colours.

    Attributes:
        open_chat_id: The chat that is on the page.
        target: The row that a dragged chat would be dropped on; -1 for none.
        pointed: The row whose menu button is under the mouse; -1 for none.
    """

    def __init__(self, rows: ChatRows, parent: QWidget) -> None:
        super().__init__(parent)
        self.open_chat_id: int | None = None
        self.target = -1
        self.pointed = -1
        self._rows = rows
        self._within: QRect | None = None  # the row that is drawn from right to left

    def more_rect(self, row: QRect) -> QRect:
        """Where the button is on the screen that opens a row's menu."""
        is_mirrored = QGuiApplication.isRightToLeft()
        return visual(self._more_rect(row), row if is_mirrored else None)

    def _more_rect(self, row: QRect) -> QRect:
        """The same in a row that goes from left to right."""
        top = row.top() + (row.height() - _MORE_PX) // 2
        return QRect(row.right() - _MORE_PX - 3, top, _MORE_PX, _MORE_PX)

    def has_menu(self, index: Index) -> bool:
        """Whether something can be done with that row beside opening it."""
        entry = self._rows.entry(index)
        return isinstance(entry, ChatEntry) or (isinstance(entry, Heading) and entry.is_folder)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are alike, but messages take more."""
        row_px = max(measures().row_px, option.fontMetrics.height() + measures().padding(16))
        if isinstance(self._rows.entry(index), HitEntry):
            return QSize(0, (1 + _EXCERPT_LINES) * option.fontMetrics.height() + 2 * _HIT_PAD_PX)
        return QSize(0, row_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it."""
        entry = self._rows.entry(index)
        is_mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        self._within = QRect(option.rect) if is_mirrored else None
        painter.save()
        # Marks piled upon each other would reach into other rows.
        painter.setClipRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_ground(painter, option, index)
        place = option.rect.adjusted(_LEFT_PX, 1, -_LEFT_PX, -1)
        if self._shows_more(option, index):
            self._draw_more(painter, option, index)
            place.setRight(self._more_rect(option.rect).left() - 4)
        match entry:
            case Heading() if entry.is_folder:
                self._draw_folder(painter, option, entry, place)
            case Heading() | FoundHeading():
                font = bold(small(option.font))
                colour = colour_of(_Role.PlaceholderText)
                lower = place.adjusted(0, 10, 0, 0)
                draw_line(
                    painter, lower, shown_words(entry), colour, font=font, within=self._within
                )
            case ChatEntry():
                self._draw_chat(painter, option, entry, place)
            case HitEntry():
                self._draw_hit(painter, option, entry, place)
            case TrashEntry():
                self._draw_trash(painter, option, entry, place)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field in the row's place."""
        if not isinstance(self._rows.entry(index), ChatEntry):
            return RowEditor(parent, self.tr("Name of the folder"))
        editor = RowEditor(parent, self.tr("Title"))
        editor.setPlaceholderText(self.tr("Empty: as its first question"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Fill it once: a chat may change while its title is being written."""
        if isinstance(editor, RowEditor) and not editor.isModified():
            super().setEditorData(editor, index)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Fill the row."""
        left = self._indent(self._rows.entry(index)) - _LEFT_PX
        place = option.rect.adjusted(left, 1, -2, -1)
        editor.setGeometry(QStyle.visualRect(option.direction, option.rect, place))

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._rows.entry(index)
        is_open = isinstance(entry, ChatEntry) and entry.key == self.open_chat_id
        is_pointed = bool(option.state & _State.State_MouseOver) and bool(
            option.state & _State.State_Enabled
        )
        is_found = isinstance(entry, HitEntry) and bool(option.state & _State.State_Selected)
        draw_ground(
            painter,
            option.rect,
            is_filled=is_open or is_pointed or is_found,
            has_ring=bool(option.state & _State.State_HasFocus) or index.row() == self.target,
        )
        if is_open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour_of(_Role.Highlight))
            top = option.rect.center().y() - _BAR_PX // 2 + 1
            bar = visual(QRect(option.rect.left() + 2, top, 3, _BAR_PX), self._within)
            painter.drawRoundedRect(bar, 1.5, 1.5)

    def _shows_more(self, option: QStyleOptionViewItem, index: Index) -> bool:
        is_here = option.state & (_State.State_MouseOver | _State.State_HasFocus)
        return bool(is_here) and self.has_menu(index)

    def _draw_more(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place = self._more_rect(option.rect)
        is_pointed = index.row() == self.pointed
        if is_pointed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour_of(_Role.Mid))
            painter.drawRoundedRect(visual(place, self._within), 6, 6)
        role = _Role.WindowText if is_pointed else _Role.PlaceholderText
        inset = (_MORE_PX - ICON_PX) // 2
        draw_icon(
            painter, "more", place.topLeft() + QPoint(inset, inset), role, within=self._within
        )

    def _draw_folder(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: Heading, place: QRect
    ) -> None:
        icon = "chevron-right" if entry.is_folded else "chevron-down"
        muted = colour_of(_Role.PlaceholderText)
        corner = QPoint(place.left() - 4, place.center().y() - ICON_PX // 2 + 1)
        draw_icon(painter, icon, corner, _Role.PlaceholderText, within=self._within)
        place = place.adjusted(_INDENT_PX - _LEFT_PX, 0, 0, 0)
        if place.right() > self._more_rect(option.rect).left():
            count, font = QLocale().toString(entry.chats), small(option.font)
            place = draw_end(painter, place, count, muted, font=font, within=self._within)
        colour = colour_of(_Role.WindowText)
        draw_line(
            painter, place, shown_words(entry), colour, font=bold(option.font), within=self._within
        )

    def _draw_chat(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: ChatEntry, place: QRect
    ) -> None:
        place = place.adjusted(self._indent(entry) - _LEFT_PX, 0, 0, 0)
        if self._rows.is_working(entry.key):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour_of(_Role.Highlight))
            dot = QRect(place.right() - 2 * _DOT_PX, place.top(), 2 * _DOT_PX, place.height())
            centre = QRectF(visual(dot, self._within)).center()
            painter.drawEllipse(centre, _DOT_PX, _DOT_PX)
            place.setRight(place.right() - 2 * _DOT_PX - _GAP_PX)
        if entry.chat.is_private:
            corner = QPoint(place.right() - ICON_PX + 1, place.center().y() - ICON_PX // 2 + 1)
            draw_icon(painter, "private", corner, _Role.PlaceholderText, within=self._within)
            place.setRight(place.right() - ICON_PX - _GAP_PX)
        colour, words = colour_of(_Role.WindowText), shown_words(entry)
        spans = list(entry.words.spans(words)) if entry.words else []
        if not spans:
            draw_line(painter, place, words, colour, font=option.font, within=self._within)
            return
        mark = colour_of(_Role.Highlight)
        text = MarkedText(
            words,
            spans,
            font=option.font,
            mark=mark,
            width=place.width(),
            lines=1,
            within=self._within,
        )
        text.draw(painter, place.left(), place.center().y() - text.height // 2, colour)

    def _draw_hit(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: HitEntry, place: QRect
    ) -> None:
        muted, font = colour_of(_Role.PlaceholderText), small(option.font)
        line_px = option.fontMetrics.height()
        head = QRect(place.left(), option.rect.top() + _HIT_PAD_PX, place.width(), line_px)
        date = date_words(entry.hit.created_ms)
        title = draw_end(painter, head, date, muted, font=font, within=self._within)
        colour = colour_of(_Role.WindowText)
        draw_line(
            painter, title, shown_words(entry), colour, font=bold(option.font), within=self._within
        )
        words, spans = _excerpt(entry)
        text = MarkedText(
            words,
            spans,
            font=font,
            mark=colour_of(_Role.Highlight),
            width=place.width(),
            lines=_EXCERPT_LINES,
            within=self._within,
        )
        text.draw(painter, place.left(), head.bottom() + 1, muted)

    def _draw_trash(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: TrashEntry, place: QRect
    ) -> None:
        corner = QPoint(place.left() - 1, place.center().y() - ICON_PX // 2 + 1)
        draw_icon(painter, "trash", corner, _Role.PlaceholderText, within=self._within)
        muted = colour_of(_Role.PlaceholderText)
        words = place.adjusted(ICON_PX + _GAP_PX, 0, 0, 0)
        draw_line(painter, words, shown_words(entry), muted, font=option.font, within=self._within)

    def _indent(self, entry: Entry) -> int:
        """Where the words of a row begin."""
        if isinstance(entry, Heading):
            return _INDENT_PX
        section = entry.section if isinstance(entry, ChatEntry) else None
        return _INDENT_PX if section and section.period is Period.FOLDER else _LEFT_PX


def _excerpt(entry: HitEntry) -> tuple[str, list[tuple[int, int]]]:
    """Who says what, and where the words are in it that were looked for."""
    hit = entry.hit
    first = hit.spans[0][0] if hit.spans else 0
    cut = max(0, first - _LEAD_CHARACTERS)
    if cut:  # begin with a whole word, where there are words
        space = hit.excerpt.find(" ", cut, first)
        cut = space + 1 if space >= 0 else cut
    head = f"{who_words(hit)}: {'…' if cut else ''}"
    shift = len(head) - cut
    spans = [(start + shift, end + shift) for start, end in hit.spans]
    return head + one_line(hit.excerpt)[cut:], spans
