"""What the main menu, the keys and a slash in the composer do alike."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.ui.chat.commands import action_command
from app.ui.chat.slash_desk import SlashDesk
from app.ui.shortcuts import Keys, keys_of, titles


class WindowActions:
    """Makes actions of a window; those with a `word` are also behind a slash."""

    def __init__(self, window: QWidget, slash: SlashDesk) -> None:
        self._window = window
        self._slash = slash
        self._titles = titles()

    def by_key(self, key: Keys, act: Callable[[], object], word: str = "") -> QAction:
        """Make one that has keys; its label is what their list says."""
        action = self.plain(self._titles[key], act, word)
        action.setShortcuts(keys_of(key))
        return action

    def plain(self, label: str, act: Callable[[], object], word: str = "") -> QAction:
        """Make one without keys."""
        action = QAction(label, self._window)
        if word:
            self._slash.offer([action_command(word, action)])
        action.triggered.connect(lambda _: act())
        return action
