"""A question on the page, in its bubble."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.attachments import DocumentAttachment, PictureAttachment
from app.domain.kept_chat import ChatMessage, MessageState
from app.ui.buttons import push_button
from app.ui.chat.document_strip import DocumentStrip
from app.ui.chat.message_editor import MessageEditor
from app.ui.chat.message_requests import AskAgain, TakeBack
from app.ui.chat.message_text import MessageText
from app.ui.chat.message_view import GAP_PX, MessageView, StatusRow, small_button
from app.ui.chat.picture_strip import PictureStrip
from app.ui.chat.status_words import question_words

_BUBBLE_SHARE = 0.84
_BUBBLE_PAD = QSize(16, 11)
_PICTURE_GAP_PX = 8
_EDIT_GAP_PX = 4


class QuestionView(MessageView):
    """The person's words, on the right."""

    def __init__(self, message: ChatMessage, parent: QWidget) -> None:
        super().__init__(message, parent)
        self.text.setAccessibleName(self.tr("You"))
        self._edit = small_button("editButton", self.tr("Edit the question"), "pencil")
        self._edit.setParent(self)
        self._edit.clicked.connect(self._begin_editing)
        self._status: StatusRow | None = None  # most questions never need one
        self._pictures: PictureStrip | None = None  # nor this
        self._documents: DocumentStrip | None = None  # nor this
        self.show_message(message)

    def show_message(self, message: ChatMessage) -> None:
        """Offer what can be done with a question that is not being answered."""
        self.message = message
        words = question_words(message)
        if words and self._status is None:
            self._status = self._make_status()
        if self._status:
            self._status.words.setText(words)
            self._status.setVisible(bool(words))
            self._ask_again.setVisible(message.state is MessageState.UNANSWERED)
            self._take_back.setVisible(bool(words))
        pictures = tuple(a for a in message.attachments if isinstance(a, PictureAttachment))
        if pictures and self._pictures is None:
            self._pictures = PictureStrip(self._bubble)
            self._pictures.opened.connect(self.attachment_opened)
            self._pictures.stackUnder(self.text)
        if self._pictures:
            self._pictures.show_pictures(pictures)
        documents = tuple(a for a in message.attachments if isinstance(a, DocumentAttachment))
        if documents and self._documents is None:
            self._documents = DocumentStrip(self._bubble)
            self._documents.opened.connect(self.attachment_opened)
            self._documents.stackUnder(self.text)
        if self._documents:
            self._documents.show_documents(documents)
        self._edit.setVisible(message.state in (MessageState.DONE, MessageState.UNANSWERED))
        self._dim()

    def focus(self, reason: Qt.FocusReason) -> None:
        """Take the keyboard: with the words, else with the first picture."""
        if self._editor:
            super().focus(reason)
            return
        tile = self._pictures.first_tile() if self._pictures else None
        if tile is None and self._documents:
            tile = self._documents.first_chip()
        (self.text if self.message.text or tile is None else tile).setFocus(reason)

    def lay_out(self, width: int) -> int:
        """Fit the bubble to its pictures and words."""
        if self._editor:
            return self._lay_out_editor(self._editor, width)
        self._bubble.show()
        pad = _BUBBLE_PAD
        widest = int(width * _BUBBLE_SHARE) - 2 * pad.width()
        y, inside = pad.height(), 0
        if self._pictures:
            strip = self._pictures.lay_out(widest)
            self._pictures.move(pad.width(), y)
            y, inside = y + strip.height(), strip.width()
        if self._documents:
            y += _PICTURE_GAP_PX if self._pictures else 0
            strip = self._documents.lay_out(widest)
            self._documents.move(pad.width(), y)
            y, inside = y + strip.height(), max(inside, strip.width())
        has_attachments = bool(self._pictures or self._documents)
        has_words = bool(self.message.text) or not has_attachments
        self.text.setVisible(has_words)
        if has_words:
            y += _PICTURE_GAP_PX if has_attachments else 0
            size = self.text.size_for(widest)
            self.text.setGeometry(pad.width(), y, size.width(), size.height())
            # Else it could be scrolled sideways to a cursor behind its last word.
            self.text.document().setTextWidth(size.width())
            y, inside = y + size.height() - self.text.slack_px(), max(inside, size.width())
        bubble = QRect(0, 0, inside + 2 * pad.width(), y + pad.height())
        bubble.moveLeft(width - bubble.width())
        self._bubble.setGeometry(bubble)
        side = self._edit.sizeHint()
        self._edit.setGeometry(
            QRect(bubble.topLeft() - QPoint(side.width() + _EDIT_GAP_PX, 0), side)
        )
        y = bubble.height()
        if self._variants and not self._variants.isHidden():
            size = self._variants.sizeHint()
            left = width - size.width()
            self._variants.setGeometry(left, y + GAP_PX // 2, size.width(), size.height())
            y += GAP_PX // 2 + size.height()
        if self._status is None or self._status.isHidden():
            return y
        row = self._status.sizeHint().height()
        self._status.setGeometry(0, y + GAP_PX, width, row)
        return y + GAP_PX + row

    def _lay_out_editor(self, editor: MessageEditor, width: int) -> int:
        self._bubble.hide()
        for part in (self._edit, self._variants, self._status):
            if part:
                part.hide()
        height = editor.height_for(width)
        editor.setGeometry(0, 0, width, height)
        return height

    def _make_text(self) -> MessageText:
        self._bubble = QFrame(self)
        self._bubble.setObjectName("bubble")
        return MessageText(self._bubble)

    def _make_editor(self, text: str) -> MessageEditor:
        hint = self.tr("The question as it was is kept, with all that followed it.")
        return MessageEditor(self, text, hint=hint, action=self.tr("Ask this"))

    def _end_editing(self) -> None:
        super()._end_editing()
        self.show_message(self.message)
        if self._variants:
            self._variants.show_again()

    def _make_status(self) -> StatusRow:
        status = StatusRow(self)
        self._ask_again = push_button("askAgainButton", self.tr("Ask again"), "link")
        self._take_back = push_button("takeBackButton", self.tr("Take back"), "link")
        self._ask_again.clicked.connect(
            lambda: self.requested.emit(AskAgain(self.message.message_id))
        )
        self._take_back.clicked.connect(
            lambda: self.requested.emit(TakeBack(self.message.message_id))
        )
        status.row.addStretch()
        for part in (status.words, self._ask_again, self._take_back):
            status.row.addWidget(part)
        return status

    def _dim(self) -> None:
        super()._dim()
        if self._pictures:
            self._pictures.show_dimmed(is_dimmed=self._is_left_out)
