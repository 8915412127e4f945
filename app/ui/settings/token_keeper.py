"""Asks the key store without keeping the window waiting: the system may ask for a password."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.ui.settings.source import TokenStore


class TokenKeeper(QObject):
    """One question at a time, each on a thread of its own.

    Signals:
        answered: Whether there is a token, and whether the key store keeps it.
    """

    answered = Signal(bool, bool)

    def __init__(self, tokens: TokenStore) -> None:
        super().__init__()
        self._tokens = tokens

    def look(self) -> None:
        """Ask whether there is one."""
        self._start(lambda: None)

    def put(self, token: str) -> None:
        """Keep this one."""
        self._start(lambda: self._tokens.put(token))

    def forget(self) -> None:
        """Have none."""
        self._start(self._tokens.forget)

    def _start(self, act: Callable[[], None]) -> None:
        def work() -> None:
            act()
            has_token = bool(self._tokens.get())
            self.answered.emit(has_token, self._tokens.is_kept)

        # A daemon: a key store that waits for a password does not keep the program alive.
        threading.Thread(target=work, name="key store", daemon=True).start()
