"""What is selected where a selection reaches over several messages."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.ui.chat.message_text import TO_THE_END
from app.ui.chat.message_view import MessageView


class Place(NamedTuple):
    """A row and a position in its document, which may be `TO_THE_END`."""

    row: int
    position: int

    def is_before(self, other: "Place") -> bool:
        """Whether it stands nearer to the beginning of the chat."""
        if self.row != other.row:
            return self.row < other.row
        if TO_THE_END in (self.position, other.position):
            return other.position == TO_THE_END != self.position
        return self.position < other.position


class ChatSelection:
    """From where the person began to where they are, with all messages between.

    Messages without a view are part of it too: they are shown as selected when they get one.
    """

    def __init__(self, views: Callable[[], Mapping[int, MessageView]]) -> None:
        """Show it in those views, by row."""
        self._views = views
        self._span: tuple[Place, Place] | None = None

    def __bool__(self) -> bool:
        return self._span is not None

    @property
    def anchor(self) -> Place | None:
        """Where it began."""
        return self._span[0] if self._span else None

    @property
    def head(self) -> Place | None:
        """Where it has come to."""
        return self._span[1] if self._span else None

    def rows(self) -> range:
        """Which messages have a part in it."""
        if self._span is None:
            return range(0)
        low, high = sorted(place.row for place in self._span)
        return range(low, high + 1)

    def select(self, anchor: Place, head: Place) -> None:
        """Select from there to there."""
        before = self.rows()
        self._span = anchor, head
        for row, view in self._views().items():
            if row in self.rows():
                self.show_in(row, view)
            else:
                _leave(view, was_selected=row in before)
            view.text.is_spanned = True

    def clear(self) -> None:
        """Select nothing any more."""
        before, self._span = self.rows(), None
        for row, view in self._views().items():
            _leave(view, was_selected=row in before)

    def settle(self) -> None:
        """The mouse is up: within one message its own selection is enough."""
        if self._span and len(self.rows()) == 1:
            self._span = None
            for view in self._views().values():
                view.text.is_spanned = False

    def show_in(self, row: int, view: MessageView) -> None:
        """Show that row's part in a view that is new or has grown."""
        if self._span is None:
            return
        view.text.is_spanned = True
        if row in self.rows():
            begin, end = self.part(row)
            if self._span[1].is_before(self._span[0]):
                begin, end = end, begin
            view.text.select(begin, end)

    def part(self, row: int) -> tuple[int, int]:
        """Begin and end of what is selected in that row's document."""
        assert self._span is not None
        low, high = self._span
        if high.is_before(low):
            low, high = high, low
        begin = low.position if row == low.row else 0
        return begin, high.position if row == high.row else TO_THE_END

    def is_whole(self, row: int) -> bool:
        """Whether all of that message is selected."""
        return self.part(row) == (0, TO_THE_END)

    def needs(self, row: int) -> bool:
        """Whether that row's view knows what nobody else does: where in it something begins."""
        return row in self.rows() and not self.is_whole(row)

    def follow_insertion(self, row: int) -> None:
        """A message came before that row."""
        if self._span:
            anchor, head = (p._replace(row=p.row + (p.row >= row)) for p in self._span)
            self._span = anchor, head


def _leave(view: MessageView, *, was_selected: bool) -> None:
    view.text.is_spanned = False
    if was_selected:
        place = view.text.textCursor().position()
        view.text.select(place, place)
