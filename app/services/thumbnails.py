"""Thumbnails of pictures that came without one, as those of imported chats do.

A stranger's picture is never decoded in the window, so the media process opens it: one at a time,
while no question is being answered. Lives on the owner's thread.
"""

import collections

from app.domain.attachments import PictureAttachment
from app.domain.kept_chat import ChatMessage
from app.domain.picture_grid import PictureGrid
from app.services.attachments import Attachments
from app.services.chat_edits import ChatEdits
from app.services.chat_service import ChatService
from app.services.chats import Chat, ChatChanged, ChatEvent, ChatLoaded

# Of Mistral's models that see: what is opened for the eye can be sent as it is.
_GRID = PictureGrid(cell_px=28, longest_px=1540)


class Thumbnails:
    """Makes them when their chat is loaded, and keeps them with its messages."""

    def __init__(self, chats: ChatService, attachments: Attachments) -> None:
        self._chats = chats
        self._attachments = attachments
        self._edits = ChatEdits(chats.library)
        self._waiting: collections.deque[tuple[Chat, int, PictureAttachment]] = collections.deque()
        self._is_busy = False
        # By chat, message and content: what could not be opened is not tried again.
        self._failed: set[tuple[int, int, str]] = set()

    def follow(self, event: ChatEvent) -> None:
        """Notice that a chat was loaded, and when there is time."""
        match event:
            case ChatLoaded(chat):
                self._waiting.extend(
                    (chat, message.message_id, attachment)
                    for message in chat.kept().messages
                    for attachment in message.attachments
                    if isinstance(attachment, PictureAttachment) and not attachment.thumbnail_png
                )
                self._go_on()
            case ChatChanged():
                self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self._is_busy and self._chats.working_chat_id is None:
            chat, message_id, attachment = self._waiting.popleft()
            name = (chat.chat_id, message_id, attachment.source.sha256)
            if name not in self._failed and _message_with(chat, message_id, attachment):
                self._open(chat, message_id, attachment)

    def _open(self, chat: Chat, message_id: int, old: PictureAttachment) -> None:
        self._is_busy = True

        def opened(end: PictureAttachment | Exception) -> None:
            self._is_busy = False
            message = _message_with(chat, message_id, old)
            if isinstance(end, Exception):
                self._failed.add((chat.chat_id, message_id, old.source.sha256))
            elif message:
                fresh = tuple(end if a is old else a for a in message.attachments)
                self._edits.change(chat, message_id, attachments=fresh)
            self._go_on()

        self._attachments.open(old.source, _GRID, old.detail, on_end=opened)


def _message_with(chat: Chat, message_id: int, picture: PictureAttachment) -> ChatMessage | None:
    """The message, if the picture is still in it as it was."""
    if not chat.has(message_id):
        return None  # deleted, or the chat is not in memory any more
    message = chat.message(message_id)
    return message if any(a is picture for a in message.attachments) else None
