"""What happens when a person opens something that went with a question."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.domain.attachments import Attachment, DocumentAttachment, PictureAttachment
from app.services.attachments import Attachments
from app.services.chats import Chat


class AttachmentViewing:
    """Opens documents to be read, and pictures with all others of the open chat beside them."""

    def __init__(
        self, attachments: Attachments, *, chat: Callable[[], Chat | None], page: QWidget
    ) -> None:
        """Use `chat`, which tells the one that is open on `page`."""
        self._attachments = attachments
        self._chat = chat
        self._page = page

    @Slot(object)
    def open(self, attachment: Attachment) -> None:
        """Show it above the window."""
        # The start does without them.
        from app.ui.chat.document_strip import DocumentDialog
        from app.ui.chat.picture_viewer import PictureViewer

        window = self._page.window()
        if isinstance(attachment, DocumentAttachment):
            DocumentDialog(attachment, window).open()
            return
        pictures = self._pictures()
        place = next((i for i, other in enumerate(pictures) if other is attachment), None)
        if place is None:  # the message has changed since its tile was drawn
            pictures, place = [attachment], 0
        PictureViewer(window, pictures, place, self._attachments).open()

    def _pictures(self) -> list[PictureAttachment]:
        chat = self._chat()
        return [
            attachment
            for message in (chat.messages if chat else ())
            for attachment in message.attachments
            if isinstance(attachment, PictureAttachment)
        ]
