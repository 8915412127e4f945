"""Keeps a document equal to the units of an answer; only what is new is drawn."""

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument

from app.ui.markdown.block_views import CodeView, FlatView, PlainView
from app.ui.markdown.lines_view import UnitView
from app.ui.markdown.look import Look
from app.ui.markdown.table_view import TableView
from app.ui.markdown.units import Kind, Unit

_KEEP = QTextCursor.MoveMode.KeepAnchor
_VIEWS = {
    Kind.FLAT: FlatView,
    Kind.ITEM: FlatView,
    Kind.CODE: CodeView,
    Kind.TABLE: TableView,
    Kind.PLAIN: PlainView,
}


class Drawing:
    """A document and the views of the units in it.

    Attributes:
        views: One per unit, in their order.
        look: The formats that are drawn with.
        references: Addresses that the finished units name for links.
    """

    def __init__(self, document: QTextDocument, look: Look) -> None:
        self.views: list[UnitView] = []
        self.look = look
        self.references: dict[str, Any] = {}
        self._document = document
        self._finished = 0  # so many views show units that never change again

    def clear(self) -> None:
        """Show nothing."""
        self._drop(0)
        self.references = {}

    def draw(self, units: list[Unit], first_open: int) -> int:
        """Show these units.

        Args:
            units: All of the answer; those that were finished before are the same.
            first_open: The first that is not finished.

        Returns:
            The number of the first view that was touched.
        """
        first = self._finished
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        for number in range(first, len(units)):
            unit = units[number]
            if number < len(self.views) and not self._is_for(number, unit):
                self._drop(number)
            if number == len(self.views):
                self._begin(unit)
            view = self.views[number]
            view.draw(unit, self.references)
            if number < first_open:
                for label, address in view.named.items():
                    self.references.setdefault(label, address)
        self._drop(len(units))
        self._finished = first_open
        edit.endEditBlock()
        return first

    def known(self) -> MutableMapping[str, Any]:
        """All addresses that the answer names for links; the first one of a name counts."""
        open_views = self.views[self._finished :]
        return ChainMap(self.references, *(view.named for view in open_views))

    def name_links(self, number: int) -> bool:
        """Draw a view with all addresses that are known at the end; whether it changed."""
        view = self.views[number]
        if not isinstance(view, FlatView) or "[" not in view.unit.text():
            return False
        self.draw_again(number)
        return True

    def draw_again(self, number: int) -> None:
        """Draw a view with all that is known now."""
        view = self.views[number]
        is_last = number + 1 == len(self.views)
        end = self._document.characterCount() - 1 if is_last else self.views[number + 1].start - 1
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        grown = view.draw_again(self.known(), end)
        for later in self.views[number + 1 :] if grown else ():
            later.start += grown
        edit.endEditBlock()

    def place(self, number: int, at: int) -> int:
        """Return where that view shows a place of the answer."""
        view = self.views[number]
        return view.place(at - view.unit.start)

    def restyle(self, number: int) -> None:
        """Set the formats of one unit anew."""
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        self.views[number].restyle(self.look)
        edit.endEditBlock()

    def view_at(self, at: int) -> int | None:
        """The number of the view that shows a place of the answer, or what is before it."""
        low, high = 0, len(self.views)
        while low < high:
            middle = (low + high) // 2
            if self.views[middle].unit.start <= at:
                low = middle + 1
            else:
                high = middle
        return max(low - 1, 0) if self.views else None

    def view_of(self, position: int) -> int | None:
        """The number of the view that a place of the document is in."""
        found = [n for n, view in enumerate(self.views) if view.start <= position]
        return found[-1] if found else None

    def _is_for(self, number: int, unit: Unit) -> bool:
        shown = self.views[number].unit
        return (shown.kind, shown.start, shown.number, shown.is_loose) == (
            unit.kind,
            unit.start,
            unit.number,
            unit.is_loose,
        )

    def _begin(self, unit: Unit) -> None:
        before = self.views[-1] if self.views else None
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if before and not isinstance(before, TableView):
            cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        made = _VIEWS[unit.kind](
            self._document,
            self.look,
            unit,
            is_after_heading=before is not None and before.is_heading(),
        )
        made.start = cursor.position()
        self.views.append(made)

    def _drop(self, number: int) -> None:
        """Take views from that one on away, with what they show."""
        if number >= len(self.views):
            return
        begin = self.views[number].start
        if number and not isinstance(self.views[number - 1], TableView):
            begin -= 1
        del self.views[number:]
        self._finished = min(self._finished, number)
        cursor = QTextCursor(self._document)
        cursor.setPosition(begin)
        cursor.movePosition(QTextCursor.MoveOperation.End, _KEEP)
        cursor.removeSelectedText()
        if not number or isinstance(self.views[number - 1], TableView):
            cursor.setBlockFormat(QTextBlockFormat())
            cursor.setBlockCharFormat(QTextCharFormat())
