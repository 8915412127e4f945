"""The commands that fit what is typed behind a slash; the keyboard stays in the composer."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.chat.commands import Command
from app.ui.plain_text import PlainLabel
from app.ui.popover import Popover
from app.ui.presets.entry_view import Entry, EntryView

_WIDTH_PX = 440
_ROWS = 6
_AROUND_PX = 2 * 8
_OTHER_PX = 260  # composer, top bar and the line below the list
_LEAST_PX = 60


class SlashList(Popover):
    """Shows them above the field.

    Signals:
        taken: Word of a command.
    """

    taken = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__("slashList", self.tr("Commands"), owner)
        self._list = EntryView("slashEntries", self.tr("Commands"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.taken.connect(self.taken)
        self._field: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        hint = PlainLabel(self.tr("Enter does it · Esc closes · // writes a slash"), kind="small")
        hint.setContentsMargins(10, 0, 10, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 10)
        column.setSpacing(6)
        column.addWidget(self._list)
        column.addWidget(hint)

    @property
    def current(self) -> str:
        """Word of the command that Enter does."""
        return self._list.current

    def show_commands(self, commands: Sequence[Command], field: QWidget, card: QWidget) -> None:
        """Show these above the card of `field`, the first of them current."""
        self._list.show_entries(
            [Entry(c.word, f"/{c.word}", c.why_not() or c.label) for c in commands],
            current=commands[0].word,
        )
        room = field.window().size() - QSize(_AROUND_PX, _OTHER_PX)
        height = min(self._list.height_of(_ROWS) + 2, max(_LEAST_PX, room.height()))
        self._list.setFixedHeight(height)
        self.setFixedWidth(min(_WIDTH_PX, room.width()))
        if not self.isVisible():
            self._field = field
            self.open_at(card)

    def step(self, rows: int) -> None:
        """Make another command current."""
        self._list.step(rows)

    def _has_focus(self, widget: QWidget | None) -> bool:
        """The keyboard is in the field, which is as good as in the list."""
        return widget is self._field or super()._has_focus(widget)

    def _entrance(self) -> QWidget:
        """The field goes on having the keyboard."""
        return self._field or self
