"""What happens when a person wants something of a message."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.chat import Role
from app.services.chat_service import ChatService
from app.services.chats import Chat
from app.services.engine_service import EngineService
from app.services.idle_work import IdleWork
from app.ui.chat.message_requests import (
    AnswerAgain,
    AnswerNow,
    AskAgain,
    Compare,
    DeleteVariant,
    GoOn,
    MessageRequest,
    Rewrite,
    ShowVariant,
    TakeBack,
)
from app.ui.chat.undo_bar import UndoBar


class MessageCommands(QObject):
    """Does it in the chat that is open.

    Attributes:
        undo: Says what was deleted, and brings it back.

    Signals:
        asked: The model is asked for something: earlier troubles of the chat are over.
        answer_now_requested: The thought that goes on is to end.
    """

    asked = Signal()
    answer_now_requested = Signal()

    def __init__(
        self,
        *,
        engine: EngineService,
        chats: ChatService,
        idle: IdleWork,
        chat: Callable[[], Chat | None],
        page: QWidget,
    ) -> None:
        """Use `chat`, which tells the one that is open on `page`."""
        super().__init__(page)
        self._page = page
        self._engine = engine
        self._chats = chats
        self._idle = idle
        self._chat = chat
        self.undo = UndoBar()

    def do(self, request: MessageRequest) -> None:
        """Do what is wanted."""
        chat = self._chat()
        if chat is None or not chat.has(request.message_id):
            return
        if isinstance(request, AskAgain | AnswerAgain | GoOn | Rewrite):
            self._ask(chat, request)
            return
        match request:
            case AnswerNow():
                self.answer_now_requested.emit()
            case TakeBack(message_id):
                self._chats.take_back(chat.chat_id, message_id)
            case ShowVariant(message_id):
                self._idle.person_acts()
                self._chats.show_variant(chat.chat_id, message_id)
            case Compare(message_id):
                self._compare(chat, message_id)
            case DeleteVariant(message_id):
                self._delete(chat, message_id)

    def settle(self) -> None:
        """What was deleted is not to be brought back any more."""
        self.undo.leave()

    def _ask(self, chat: Chat, request: AskAgain | AnswerAgain | GoOn | Rewrite) -> None:
        self._idle.person_acts()
        self.asked.emit()
        chat_id = chat.chat_id
        match request:
            case AskAgain(message_id):
                self._engine.retry()
                self._chats.ask_again(chat_id, message_id)
            case AnswerAgain(message_id, effort, model):
                self._chats.answer_again(chat_id, message_id, effort=effort, model=model)
            case GoOn(message_id):
                self._chats.go_on(chat_id, message_id)
            case Rewrite(message_id, text):
                message = chat.message(message_id)
                if message.role is Role.USER:
                    self._chats.edit_question(
                        chat_id, message_id, text, attachments=message.attachments
                    )
                else:
                    self._chats.edit_answer(chat_id, message_id, text)

    def _compare(self, chat: Chat, message_id: int) -> None:
        from app.ui.chat.compare_dialog import CompareDialog  # the start does without it

        variants = [chat.message(i) for i in chat.variants(message_id)]
        dialog = CompareDialog(variants, message_id, self._page.window())
        dialog.chosen.connect(lambda i: self.do(ShowVariant(i)))
        dialog.open()

    def _delete(self, chat: Chat, message_id: int) -> None:
        self.settle()
        chat_id = chat.chat_id
        if taken := self._chats.take_out(chat_id, message_id):
            self.undo.offer(
                self.tr("The variant was deleted."),
                lambda: self._chats.put_back(chat_id, taken),
                keep=lambda: self._chats.delete(chat_id, taken),
            )
