"""Commands by keyboard: a slash in an empty composer lists them, the letters behind it choose."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.ui.announce import announce
from app.ui.chat.commands import Command, matching
from app.ui.chat.message_input import MessageInput
from app.ui.escape import claims_escape
from app.ui.quantities import counted

if TYPE_CHECKING:
    from app.ui.chat.slash_list import SlashList

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_TAKING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_SLASH = "/"


class SlashDesk(QObject):
    """Joins the composer's field, the list and the commands.

    Only a slash that is typed into the empty field opens the list, so a path that is pasted or a
    question about one stays what it is.
    """

    def __init__(self, field: MessageInput, card: QWidget) -> None:
        """List above `card`, which has the field in it and gives it the keyboard."""
        super().__init__(field)
        self._card = card
        self._field = field
        self._commands: list[Command] = []
        self._list: SlashList | None = None  # before the first slash
        self._is_choosing = False
        field.installEventFilter(self)
        field.textChanged.connect(self._follow)

    def offer(self, commands: Iterable[Command]) -> None:
        """Have these too."""
        self._commands += commands

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that are meant for the list."""
        shown = self._list if self._list and self._list.isVisible() else None
        if shown and claims_escape(event):
            return True
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if self._field.is_composing:
            return False
        if event.text() == _SLASH and self._field.document().isEmpty():
            self._is_choosing = True
            return False
        return shown is not None and self._list_key(shown, event)

    def _list_key(self, shown: "SlashList", event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            shown.step(_STEPS[key])
            self._say(self._current(shown))
        elif key == Qt.Key.Key_Escape or (
            event.text() == _SLASH and self._field.toPlainText() == _SLASH
        ):
            self._leave()  # what is there stays, and is nothing but words now
        elif key in _TAKING_KEYS and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._take(shown.current)
        else:
            return False
        return True

    @Slot()
    def _follow(self) -> None:
        """Show what fits; nothing any more once it is no single word behind a slash."""
        if not self._is_choosing:
            return
        text = self._field.toPlainText()
        if not text.startswith(_SLASH) or any(character.isspace() for character in text):
            self._leave()
            return
        found = matching(self._commands, text.removeprefix(_SLASH))
        found.sort(key=lambda command: bool(command.why_not()))  # what can be done comes first
        if not found:
            self._put_away()
            return
        shown = self._list = self._list or self._make_list()
        was_open = shown.isVisible()
        shown.show_commands(found, self._field, self._card)
        count = counted(len(found), "1 command", "{count} commands")
        self._say(self._current(shown) if was_open else f"{count}. {self._current(shown)}")

    def _make_list(self) -> "SlashList":
        from app.ui.chat.slash_list import SlashList

        made = SlashList(self._card)
        made.taken.connect(self._take)
        made.closed.connect(self._leave)
        return made

    def _current(self, shown: "SlashList") -> str:
        """The command that Enter does, in words."""
        command = self._command(shown.current)
        return f"{command.word}, {command.why_not() or command.label}" if command else ""

    def _command(self, word: str) -> Command | None:
        return next((command for command in self._commands if command.word == word), None)

    @Slot(str)
    def _take(self, word: str) -> None:
        command = self._command(word)
        if command is None:
            return
        if why := command.why_not():
            self._say(why)
            return
        self._leave()
        self._field.selectAll()
        self._field.insert_text("")
        command.act()

    @Slot()
    def _leave(self) -> None:
        self._is_choosing = False
        self._put_away()

    def _put_away(self) -> None:
        """Hide the list; what is typed next may fit again."""
        is_choosing, self._is_choosing = self._is_choosing, False
        if self._list:
            self._list.close_panel()
        self._is_choosing = is_choosing

    def _say(self, words: str) -> None:
        """Have a screen reader say it: the keyboard is not in the list."""
        announce(self._field, words)
