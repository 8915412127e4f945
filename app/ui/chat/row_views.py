"""The views that exist, by the row of their message."""

from PySide6.QtWidgets import QWidget

from app.ui.chat.message_view import MessageView


class RowViews(dict[int, MessageView]):
    """A dict that keeps up when rows come and go before others."""

    def open_gap(self, row: int) -> None:
        """A row comes before that one."""
        self._move({r + (r >= row): view for r, view in self.items()})

    def close_gap(self, row: int) -> None:
        """That row, which has no view, is gone."""
        self._move({r - (r > row): view for r, view in self.items()})

    def behind(self, row: int) -> MessageView | None:
        """The next view behind a row."""
        following = min((r for r in self if r > row), default=None)
        return None if following is None else self[following]

    def found(self, message_id: int) -> tuple[int, MessageView] | None:
        """The row and the view of a message, where it has one."""
        for row, view in self.items():
            if view.message.message_id == message_id:
                return row, view
        return None

    def row_of(self, view: MessageView) -> int | None:
        """Where a view belongs; None where it was given up."""
        return next((row for row, other in self.items() if other is view), None)

    def row_around(self, widget: QWidget | None) -> int | None:
        """Which row's view a widget is in."""
        if widget is None:
            return None
        return next((row for row, view in self.items() if view.isAncestorOf(widget)), None)

    def _move(self, moved: dict[int, MessageView]) -> None:
        self.clear()
        self.update(moved)
