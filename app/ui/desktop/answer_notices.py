"""Says that an answer is there that somebody did not want to wait for in front of the window."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.chat import Role
from app.domain.kept_chat import MessageState
from app.services.chats import ChatEvent, MessageAdded, MessageChanged
from app.ui.notify import notify

# Who waits shorter is still looking.
_LONG_S = 10.0


class AnswerNotices(QObject):
    """Never says a word of an answer or of a title: others may see the screen."""

    def __init__(
        self,
        window: QWidget,
        *,
        open_chat: Callable[[int], None],
        is_wanted: Callable[[], bool],
        is_watched: Callable[[int], bool],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Belong to a window.

        Args:
            window: Comes to the front when a notification is pressed.
            open_chat: Shows the chat then, if it is still there.
            is_wanted: Whether the person wants notifications.
            is_watched: Whether the person looks at a chat elsewhere.
            clock_s: Seconds.
        """
        super().__init__(window)
        self._window = window
        self._open_chat = open_chat
        self._is_wanted = is_wanted
        self._is_watched = is_watched
        self._clock_s = clock_s
        self._begun_s: dict[int, float] = {}

    def follow(self, event: ChatEvent) -> None:
        """Look for answers that begin and end."""
        if not isinstance(event, MessageAdded | MessageChanged):
            return
        message = event.message
        if message.role is not Role.ASSISTANT:
            return
        if message.state is MessageState.WORKING:
            self._begun_s.setdefault(message.message_id, self._clock_s())
            return
        begun_s = self._begun_s.pop(message.message_id, None)
        if begun_s is not None and self._clock_s() - begun_s >= _LONG_S:
            self._ended(event.chat_id, message.state)

    def _ended(self, chat_id: int, state: MessageState) -> None:
        words = {
            MessageState.DONE: self.tr("An answer is ready."),
            MessageState.CUT: self.tr("An answer reached its limit."),
            MessageState.INTERRUPTED: self.tr("An answer was interrupted."),
        }.get(state)
        if words and self._is_wanted() and not self._is_watched(chat_id):
            notify(self._window, "Cierzo", words, lambda: self._open_chat(chat_id))
