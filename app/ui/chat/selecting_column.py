"""What keyboard and mouse do in a column of messages: go through them, select over many of them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.domain.kept_chat import ChatMessage
from app.ui.chat.chat_copying import ChatCopier, Passage
from app.ui.chat.chat_selection import ChatSelection, Place
from app.ui.chat.drag_selection import DragSelection
from app.ui.chat.message_column import MessageColumn
from app.ui.chat.message_text import TO_THE_END
from app.ui.chat.message_view import MessageView
from app.ui.escape import claims_escape
from app.ui.shortcuts import Keys, is_pressed, keys_of

_BY_KEY = Qt.FocusReason.ShortcutFocusReason


class SelectingColumn(MessageColumn):
    """A column of messages in which a selection may reach over many of them."""

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[ChatMessage] = []  # by row, as they were told
        self._selection = ChatSelection(lambda: self._views)
        self._drag = DragSelection(self, self._selection, self._text_place)
        self._copier = ChatCopier(self)

    def _now(self, row: int) -> ChatMessage:
        """A message with all its words so far."""
        raise NotImplementedError

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Bring what gets the keyboard into sight."""
        is_moved = super().focusNextPrevChild(next)
        focus = self.focusWidget()
        if is_moved and focus:
            self._reveal_part(focus, focus.rect())
        return is_moved

    def _reveal_part(self, widget: QWidget, part: QRect) -> None:
        """The same for a part of a widget in a message, which may be far away."""
        row = self._views.row_around(widget)
        if row is not None:
            y = widget.mapTo(self._views[row], part.topLeft()).y()
            self._reveal(self._screen_y(row) + y, part.height())

    def event(self, event: QEvent) -> bool:
        """Claim Escape while there is something that it ends."""
        is_key = event.type() == QEvent.Type.ShortcutOverride
        return bool(is_key and self._selection and claims_escape(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from message to message; select and copy over all of them."""
        acts = self._acts() if self._messages else {}
        act = next((acts[key] for key in acts if is_pressed(key, event)), None)
        if act:
            act()
        elif self._selection and event.key() == Qt.Key.Key_Escape:
            self._selection.clear()
        else:
            super().keyPressEvent(event)

    def _acts(self) -> dict[Keys, Callable[[], None]]:
        """What keys do now."""
        last = len(self._messages) - 1
        acts: dict[Keys, Callable[[], None]] = {
            Keys.PREVIOUS_MESSAGE: lambda: self._step(-1),
            Keys.NEXT_MESSAGE: lambda: self._step(1),
            Keys.FIRST_MESSAGE: lambda: self._focus_row(0, _BY_KEY),
            Keys.LAST_MESSAGE: lambda: self._focus_row(last, _BY_KEY),
            Keys.SELECT_UP: lambda: self._extend(-1),
            Keys.SELECT_DOWN: lambda: self._extend(1),
            Keys.SELECT_ALL: self.select_all,
        }
        if self._selection:
            acts |= {Keys.COPY: self.copy_words, Keys.COPY_SOURCE: self.copy_source}
        return acts

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select beside the words."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._clear_selections()
            self._drag.begin(self._text_place(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag.move(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        self._drag.end()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with what is selected."""
        menu = QMenu(self)
        menu.setObjectName("transcriptMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"), self.copy_words)
        copy.setShortcuts(keys_of(Keys.COPY))
        source = menu.addAction(self.tr("Copy as Markdown"), self.copy_source)
        source.setShortcuts(keys_of(Keys.COPY_SOURCE))
        for action in (copy, source):
            action.setEnabled(bool(self._selection))
        everything = menu.addAction(self.tr("Select the whole chat"), self.select_all)
        everything.setShortcuts(keys_of(Keys.SELECT_ALL))
        everything.setEnabled(bool(self._messages))
        menu.popup(event.globalPos())

    @Slot()
    def select_all(self) -> None:
        """Select the whole chat."""
        last = len(self._messages) - 1
        self._clear_selections()
        self._selection.select(Place(0, 0), Place(last, TO_THE_END))

    @Slot()
    def copy_words(self) -> None:
        """Copy what is selected, without marks."""
        self._copier.copy_words([self._passage(row) for row in self._selection.rows()])

    @Slot()
    def copy_source(self) -> None:
        """Copy what is selected as it was written, with who said it."""
        rows = self._selection.rows()
        self._copier.copy_source([self._passage(row, is_source=True) for row in rows])

    def _follow_mouse(self, view: MessageView) -> None:
        """Learn of a view where the mouse is in its words."""
        view.pressed.connect(self._clear_selections)
        view.text.pressed.connect(lambda: self._press_in(view))
        view.text.dragged.connect(self._drag_on)
        view.text.released.connect(self._drag.end)

    def _press_in(self, view: MessageView) -> None:
        row = self._views.row_of(view)
        self._clear_selections(view)
        if row is not None:
            self._drag.begin(Place(row, 0))

    @Slot(QPoint)
    def _drag_on(self, at: QPoint) -> None:
        """The text has its own place where it began; it knows words and lines."""
        anchor = self._drag.anchor
        if anchor is not None and not self._selection and anchor.row in self._views:
            cursor = self._views[anchor.row].text.textCursor()
            self._drag.begin(Place(anchor.row, cursor.anchor()))
        self._drag.move(at)

    @Slot()
    def _clear_selections(self, besides: MessageView | None = None) -> None:
        """One thing is selected at a time, as everywhere."""
        self._selection.clear()
        for view in self._views.values():
            cursor = view.text.textCursor()
            if view is not besides and cursor.hasSelection():
                view.text.select(cursor.position(), cursor.position())

    def _is_held(self, row: int, view: MessageView) -> bool:
        return self._selection.needs(row) or super()._is_held(row, view)

    def _text_place(self, point: QPoint) -> Place | None:
        """What is at a point of the viewport, or nearest to it."""
        if not self._messages:
            return None
        y = max(0, min(point.y(), self.viewport().height() - 1))
        row = self._row_at(y)
        self._measure(row)
        text = self._views[row].text
        inside = text.viewport().mapFrom(self.viewport(), QPoint(point.x(), y))
        if not text.isVisible() or inside.y() < 0:
            return Place(row, 0)
        if inside.y() > text.height():
            return Place(row, TO_THE_END)
        return Place(row, text.cursorForPosition(inside).position())

    def _passage(self, row: int, *, is_source: bool = False) -> Passage:
        message = self._now(row)
        if self._selection.is_whole(row) or row not in self._views:
            return message, None
        text = self._views[row].text
        if is_source:
            return message, text.selected_source()
        return message, text.createMimeDataFromSelection().text()

    def _step(self, step: int) -> None:
        """Give the keyboard to the message before or behind."""
        now = self._views.row_around(QApplication.focusWidget())
        now = len(self._messages) if now is None else now
        row = min(max(now + step, 0), len(self._messages) - 1)
        self._focus_row(row, _BY_KEY)

    def _focus_row(self, row: int, reason: Qt.FocusReason) -> None:
        view = self._realise(row)
        self._measure(row)
        self._lay_out()
        view.focus(reason)
        self._show_top(row)

    def _show_top(self, row: int) -> None:
        """Have the beginning of a message in sight, and as much of the rest as fits."""
        self._reveal(self._screen_y(row), self._heights[row])

    def _extend(self, step: int) -> None:
        """Select one message more, or one less."""
        anchor, head = self._selection.anchor, self._selection.head
        last = len(self._messages) - 1
        if anchor is None or head is None:
            row = self._views.row_around(QApplication.focusWidget())
            row = self._row_at(self.viewport().height()) if row is None else row
            self._clear_selections()
            first, end = Place(row, 0), Place(row, TO_THE_END)
            self._selection.select(*((first, end) if step > 0 else (end, first)))
            return
        row = max(0, min(head.row + step, last))
        is_back = row < anchor.row
        whole = (Place(anchor.row, TO_THE_END), Place(row, 0))
        if not is_back:
            whole = (Place(anchor.row, 0), Place(row, TO_THE_END))
        self._selection.select(*whole)
        self._measure(row)
        self._lay_out()
        self._show_top(row)
