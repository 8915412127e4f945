"""Drafts survive a restart: they are kept a moment after they were changed."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.domain.kept_chat import Draft
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat

_CALM_MS = 1000


class DraftKeeping(QObject):
    """Keeps the open chat's draft."""

    def __init__(
        self, library: ChatLibrary, draft: Callable[[], tuple[Chat, Draft] | None], parent: QObject
    ) -> None:
        """Keep in `library` what `draft` tells, None: nothing."""
        super().__init__(parent)
        self._library = library
        self._draft = draft
        self._timer = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._timer.timeout.connect(self.keep_now)

    def touch(self) -> None:
        """Something changed."""
        self._timer.start()

    @Slot()
    def keep_now(self) -> None:
        """Keep it without waiting."""
        self._timer.stop()
        if self._library.is_open and (draft := self._draft()):
            self._library.keep_draft(*draft)
