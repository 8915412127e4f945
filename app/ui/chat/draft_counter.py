"""Exact token counts of the open chat and its draft, a moment after they changed."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.attachments import Attachment
from app.domain.chat import Effort
from app.engine.protocol import Counted
from app.services.chat_service import ChatService

_CALM_MS = 400


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A question that is not asked yet."""

    chat_id: int
    text: str
    attachments: tuple[Attachment, ...]
    effort: Effort


class DraftCounter(QObject):
    """Asks the engine, but never while it works for somebody.

    Signals:
        counted: The `Draft` and its `Counted`; only for what is still there.
    """

    counted = Signal(object, object)

    def __init__(
        self, chats: ChatService, draft: Callable[[], Draft | None], parent: QObject
    ) -> None:
        """Count for `chats`; `draft` tells what there is now, None: nothing."""
        super().__init__(parent)
        self._chats = chats
        self._draft = draft
        self._changes = 0
        self._timer = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._timer.timeout.connect(self.count_now)

    def touch(self) -> None:
        """Something changed: count as soon as nothing changes any more."""
        self._changes += 1
        self._timer.start()

    @Slot()
    def count_now(self) -> None:
        """Count without waiting."""
        self._timer.stop()
        draft, changes = self._draft(), self._changes
        if draft is None or self._chats.working_chat_id is not None:
            return

        def end(counted: Counted) -> None:
            if changes == self._changes:
                self.counted.emit(draft, counted)
            else:
                self._timer.start()  # it was refused while this one was counted

        self._chats.count(
            draft.chat_id,
            draft.text,
            attachments=draft.attachments,
            effort=draft.effort,
            on_counted=end,
        )
