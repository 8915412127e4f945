"""What can be done by key."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.domain.search_words import SearchWords
from app.settings.model import Settings
from app.ui.key_hint import key_hint
from app.ui.look.measures import MEDIUM_PX
from app.ui.plain_text import PlainLabel
from app.ui.shortcut_list import ShortcutList
from app.ui.shortcuts import Keys, keys_of
from app.ui.shortcuts_dialog import ShortcutsDialog


class KeyboardSection(QWidget):
    """A way to the whole list; what is looked for is listed here."""

    def __init__(self) -> None:
        super().__init__()
        self._sends_with_ctrl = False
        words = self.tr("Everything in the window can be done without a mouse.")
        self._words = PlainLabel(words, kind="muted", wraps=True)
        self._all = QPushButton(self.tr("Show all shortcuts"))
        self._all.setObjectName("allShortcutsButton")
        self._all.setProperty("kind", "outline")
        self._all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        first = keys_of(Keys.SHORTCUTS)[0].toString()
        self._all.setToolTip(key_hint(self.tr("Keyboard shortcuts"), first))
        self._list = ShortcutList()
        self._list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MEDIUM_PX)
        column.addWidget(self._words)
        column.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._list)
        self._all.clicked.connect(self._show_all)

    def show_settings(self, value: Settings) -> None:
        """Show which keys hold."""
        if value.sends_with_ctrl != self._sends_with_ctrl:
            self._sends_with_ctrl = value.sends_with_ctrl
            self._list.show_keys(sends_with_ctrl=value.sends_with_ctrl)

    def filter(self, searched: SearchWords | None, *, title: str) -> bool:
        """List what is looked for; whether that is anything."""
        is_whole = searched is None or searched.are_in(f"{title} {self._words.text()}")
        self._words.setVisible(is_whole)
        self._all.setVisible(is_whole)
        found = 0 if is_whole else self._list.filter(searched, but=title)
        self._list.setVisible(found > 0)
        return is_whole or found > 0

    @Slot()
    def _show_all(self) -> None:
        ShortcutsDialog(self.window(), sends_with_ctrl=self._sends_with_ctrl).open()
