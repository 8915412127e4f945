"""A column of messages of which only those near the screen have a view.

Heights of the others are guessed. What the person looks at is held by an anchor, a message and
its place on the screen, so that nothing visible moves when a guess turns out wrong.
"""

import time

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame

from app.domain.kept_chat import ChatMessage
from app.ui.chat.height_guess import Bulk, HeightGuess, bulk_of, bulks_of
from app.ui.chat.heights import Heights
from app.ui.chat.left_out_divider import LeftOutDivider
from app.ui.chat.message_view import MessageView
from app.ui.chat.row_views import RowViews
from app.ui.look.measures import measures

MARGIN_PX = 24
_NARROWEST_PX = 120
_BOTTOM_PX = 8
# So long may the words of new views take until what is there is painted.
_DRAW_S = 0.016
# So much of the processor may the views of one turn take, but for the anchor's, which has to be
# there; what is left comes one a turn.
_COVER_S = 0.03
_STEP_PX = 60
# In heights of the screen: made before somebody gets there, and given up when they are gone.
_AHEAD, _BEHIND = 1.0, 2.5
# Guesses that are put right may bring other messages into sight; it ends long before this.
_MOST_PASSES = 12
_LOOK_EVENTS = (QEvent.Type.FontChange, QEvent.Type.StyleChange)


class MessageColumn(QAbstractScrollArea):
    """Places views of messages and gives up those that are far away."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self._divider = LeftOutDivider(self.viewport())
        self._left_out = 0
        self._views = RowViews()
        self._heights = Heights()
        self._bulks: list[Bulk] = []
        self._guess = HeightGuess(self.font())
        self._dirty: set[MessageView] = set()  # to be laid out
        self._anew: set[MessageView] = set()  # of these, the ones whose lines may all be others
        self._column_px = 0
        self._gap_px = measures().message_gap_px
        self._follows = True
        self._anchor = (0, MARGIN_PX)  # a row and where on the screen it begins
        self._is_adjusting = False
        # After that, words of new views wait for the next turn; views, by the thread's time.
        self._draws_until_s = self._covers_until_s = 0.0
        self._prepare_timer = QTimer(self, singleShot=True, interval=0)
        self._prepare_timer.timeout.connect(self._prepare)
        self._restyle_timer = QTimer(self, singleShot=True, interval=0)
        self._restyle_timer.timeout.connect(self._restyle)
        measures().changed.connect(self._restyle_timer.start)
        bar = self.verticalScrollBar()
        bar.setSingleStep(_STEP_PX)
        bar.valueChanged.connect(self._scrolled)

    def _make_view(self, row: int, *, is_hurried: bool) -> MessageView:
        """Make a view of that row; where it is hurried its words come later."""
        raise NotImplementedError

    def _is_held(self, row: int, view: MessageView) -> bool:
        """Whether something would be lost with that view."""
        return view.is_in_use() or row == self._views.row_around(QApplication.focusWidget())

    def _lay_out_empty(self, left: int, width: int) -> int:
        """Place what is shown where there are no messages; the height it takes."""
        raise NotImplementedError

    def _take_rows(self, first: int, messages: list[ChatMessage]) -> None:
        """Have these messages from that row on."""
        gone = [self._views.pop(row) for row in list(self._views) if row >= first]
        self._heights.cut(first)
        del self._bulks[first:]
        bulks = bulks_of(messages)
        self._bulks += bulks
        self._heights.extend(self._guessed(bulks))
        for view in gone:
            self._give_up(view)

    def _insert_row(self, row: int, message: ChatMessage) -> None:
        self._views.open_gap(row)
        self._bulks.insert(row, bulk_of(message))
        self._heights.insert(row, self._guessed([self._bulks[row]])[0])
        if self._anchor[0] >= row and not self._follows:
            self._anchor = (self._anchor[0] + 1, self._anchor[1])

    def _remove_row(self, row: int) -> None:
        view = self._views.pop(row, None)
        self._views.close_gap(row)
        del self._bulks[row]
        self._heights.remove(row)
        if self._anchor[0] > row:
            self._anchor = (self._anchor[0] - 1, self._anchor[1])
        if view:
            self._give_up(view)

    def _guessed(self, bulks: list[Bulk]) -> list[int]:
        return [height + self._gap_px for height in self._guess.heights(bulks, self._column_px)]

    # Views.

    def _realise(self, row: int) -> MessageView:
        """Have a view of that row."""
        found = self._views.get(row)
        if found is not None:
            return found
        view = self._make_view(row, is_hurried=time.monotonic() > self._draws_until_s)
        self._views[row] = view
        if following := self._views.behind(row):
            # Screen readers and Tab follow the order of the children.
            view.stackUnder(following)
        if row == self._left_out:
            self._divider.stackUnder(view)
        self._dirty.add(view)
        self._anew.add(view)
        # Somewhere out of sight until it has its place.
        view.setGeometry(0, -1, self._column_px, 0)
        view.show()
        return view

    def _give_up(self, view: MessageView) -> None:
        """Be rid of a view; it may have the keyboard, which goes elsewhere and scrolls there.

        It stays a child until it is deleted: to take it out first tells all its parts of a style.
        """
        self._dirty.discard(view)
        self._anew.discard(view)
        view.hide()
        view.let_go()
        view.deleteLater()

    def _measure(self, row: int) -> int:
        """The height of a row, which has a view now."""
        view = self._realise(row)
        if view in self._dirty:
            self._dirty.discard(view)
            height = view.lay_out(self._column_px)
            view.resize(self._column_px, height)
            if not view.is_drawn():
                height = max(height, self._guessed([self._bulks[row]])[0] - self._gap_px)
            height += self._gap_px
            if row == self._left_out - 1:
                height += self._divider.sizeHint().height() + self._gap_px
            self._heights[row] = height
        return self._heights[row]

    def _measure_in_time(self, row: int) -> int:
        """The same, or its guess where its view has to wait for the next turn (`_prepare`)."""
        is_late = row not in self._views and time.thread_time() > self._covers_until_s
        return self._heights[row] if is_late else self._measure(row)

    # The screen.

    def _lay_out(self) -> None:
        """Put everything in its place: the end where it is followed, else around the anchor."""
        if self._is_adjusting:
            return  # a part that is being laid out has another height: its row is dirty again
        self._is_adjusting = True
        try:
            self._lay_out_now()
        finally:
            self._is_adjusting = False
        self._prepare_soon()

    def _lay_out_now(self) -> None:
        width = max(_NARROWEST_PX, min(measures().column_px, self.width() - 2 * MARGIN_PX))
        if width != self._column_px:
            self._column_px = width
            self._loosen()
        # Of the whole width, so that a scroll bar that comes or goes moves nothing.
        left = (self.width() - width) // 2
        self._draws_until_s = time.monotonic() + _DRAW_S
        bar, screen = self.verticalScrollBar(), self.viewport().height()
        if len(self._heights):
            top = self._find_place(screen)
            highest = self._highest(screen)
        else:
            top = bar.value()
            highest = max(0, self._lay_out_empty(left, width) - screen)
        bar.setPageStep(screen)
        bar.setRange(0, highest)
        bar.setValue(top)
        self._place_views(left)

    def _find_place(self, screen: int) -> int:
        """Have views of all that can be seen; how much of the column is above the screen."""
        top = 0
        self._covers_until_s = time.thread_time() + _COVER_S
        row, y = self._anchor_now(screen)
        for _ in range(_MOST_PASSES):
            is_new = self._cover(row, y, screen)
            top = MARGIN_PX + self._heights.top(row) - y
            kept = max(0, min(top, self._highest(screen)))
            if not self._follows:
                self._anchor = (row, y + top - kept)
            if not is_new and kept == top:
                break
            top = kept
            row, y = self._anchor_now(screen)
        return top

    def _anchor_now(self, screen: int) -> tuple[int, int]:
        last = len(self._heights) - 1
        if self._follows:
            self._measure(last)
            y = MARGIN_PX + self._heights.top(last) - self._highest(screen)
            self._anchor = (last, y)
            return last, y
        row, y = min(self._anchor[0], last), self._anchor[1]
        before = self._heights[row]
        is_anew = row not in self._views or self._views[row] in self._anew
        now = self._measure(row)
        self._anew.discard(self._views[row])
        if is_anew and y < 0 and now != before:
            # Its lines are others: the same part of it stays at the top of the screen.
            y = round(y * now / before)
        return row, y

    def _cover(self, row: int, y: int, screen: int) -> bool:
        """Measure what can be seen if that row begins there; whether a height changed."""
        before, below, above = self._heights.total(), y, y
        for place in range(row, len(self._heights)):
            if below >= screen:
                break
            below += self._measure_in_time(place)
        for place in reversed(range(row)):
            if above <= 0:
                break
            above -= self._measure_in_time(place)
        return self._heights.total() != before

    def _highest(self, screen: int) -> int:
        """The scroll bar's last value."""
        return max(0, 2 * MARGIN_PX + self._heights.total() - self._gap_px - screen)

    def _screen_y(self, row: int) -> int:
        """Where in the viewport a row begins."""
        return MARGIN_PX + self._heights.top(row) - self.verticalScrollBar().value()

    def _place_views(self, left: int) -> None:
        screen = self.viewport().height()
        for row, view in self._views.items():
            y = self._screen_y(row)
            # What is held far away waits just outside.
            view.move(left, max(-view.height() - screen, min(y, 2 * screen)))
        self._divider.setVisible(self._left_out > 0)
        if self._left_out:
            height = self._divider.sizeHint().height()
            end = self._screen_y(self._left_out) - self._gap_px
            y = max(-height, min(end - height, screen))
            self._divider.setGeometry(left, y, self._column_px, height)

    def _divide(self, left_out: int) -> None:
        """So many messages at the beginning are left out; the divider is below them."""
        for row in {self._left_out - 1, left_out - 1}:
            if row in self._views:
                self._dirty.add(self._views[row])
        self._left_out = left_out
        if left_out in self._views:
            self._divider.stackUnder(self._views[left_out])

    def _loosen(self) -> None:
        """All lines may be others: guess anew, and lay out what is there."""
        heights = self._guessed(self._bulks)
        for row, view in self._views.items():
            # As it was, so that its own change can be told.
            heights[row] = self._heights[row]
            self._dirty.add(view)
            self._anew.add(view)
        self._heights = Heights(heights)

    # The person.

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if self._is_adjusting:
            return
        self._follows = self._is_at_end()
        if not self._follows and len(self._heights):
            self._anchor = self._anchor_at(value)
        self._lay_out()

    def _anchor_at(self, value: int) -> tuple[int, int]:
        """What stays where it is when the screen begins there: what could be seen before."""
        if value <= 0:
            return 0, MARGIN_PX
        seen = [
            (row, y)
            for row in sorted(self._views)
            if self._views[row] not in self._dirty
            and (y := MARGIN_PX + self._heights.top(row) - value) < self.viewport().height()
            and y + self._heights[row] > 0
        ]
        if seen:
            return seen[0]
        row = self._heights.row_at(value - MARGIN_PX)
        return row, MARGIN_PX + self._heights.top(row) - value

    def _go_to(self, row: int, y: int, height: int) -> None:
        """Bring a part of a message into sight: from `y` on, so much of it."""
        self._measure(row)
        self._lay_out()
        screen = self.viewport().height()
        top = self._screen_y(row) + y
        if top < MARGIN_PX or top + height > screen - MARGIN_PX:
            self._follows = False
            self._anchor = (row, screen // 3 - y)
            self._lay_out()
        self._follows = self._is_at_end()

    def _is_at_end(self) -> bool:
        return self.verticalScrollBar().value() >= self.verticalScrollBar().maximum() - _BOTTOM_PX

    def _row_at(self, y: int) -> int:
        """Which row is at that height of the viewport."""
        return self._heights.row_at(y + self.verticalScrollBar().value() - MARGIN_PX)

    def _reveal(self, top: int, height: int) -> None:
        """Scroll as little as is needed to see that part of the viewport."""
        bar, screen = self.verticalScrollBar(), self.viewport().height()
        height = min(height, screen - MARGIN_PX)
        if top < 0:
            bar.setValue(bar.value() + top - MARGIN_PX)
        elif top + height > screen:
            bar.setValue(bar.value() + top + height + MARGIN_PX - screen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the column to the new width."""
        super().resizeEvent(event)
        self._lay_out()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing: `_scrolled` places all that can be seen."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and size of the text."""
        super().changeEvent(event)
        if event.type() in _LOOK_EVENTS:
            # The messages hear of it after this.
            self._restyle_timer.start()

    @Slot()
    def _restyle(self) -> None:
        self._gap_px = measures().message_gap_px
        self._guess = HeightGuess(self.font())
        self._loosen()
        self._lay_out()

    # Ahead and behind.

    def _prepare_soon(self) -> None:
        if self._next_row() is not None or self._far_rows():
            self._prepare_timer.start()

    @Slot()
    def _prepare(self) -> None:
        """Give up views that nobody will want soon, and make one that somebody may."""
        # Not while a menu of one is open or the mouse holds one.
        is_free = not QApplication.mouseButtons() and QApplication.activePopupWidget() is None
        for far in self._far_rows() if is_free else []:
            self._give_up(self._views.pop(far))
        row = self._next_row()
        if row is not None:
            self._draws_until_s = 0.0
            self._measure(row)
            self._lay_out()

    def _next_row(self) -> int | None:
        """The nearest row that has no view or one that is not laid out."""
        if not len(self._heights):
            return None
        seen, near = self._rows_around(0), self._rows_around(_AHEAD)
        below, above = range(seen.start, near.stop), range(near.start, seen.start)
        nearest: list[int] = [*below, *reversed(above)]
        views, dirty = self._views, self._dirty
        return next((r for r in nearest if r not in views or views[r] in dirty), None)

    def _far_rows(self) -> list[int]:
        near = self._rows_around(_BEHIND)
        return [
            row
            for row, view in self._views.items()
            if row not in near and not self._is_held(row, view)
        ]

    def _rows_around(self, screens: float) -> range:
        """The rows on the screen and so many screens above and below it."""
        screen = self.viewport().height()
        more = round(screens * screen)
        return range(self._row_at(-more), self._row_at(screen + more) + 1)
