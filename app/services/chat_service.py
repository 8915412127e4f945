"""What a person does in a chat: ask, ask again, edit, go to another variant.

Lives on one thread, the owner's. Every change is told through `on_event`, so that a front end never
has to ask what is new.
"""

import pathlib
from collections.abc import Callable, Iterable

import msgspec

from app.domain.attachments import Attachment, DocumentAttachment
from app.domain.chat import Effort, Role, Sampling, TextPart
from app.domain.errors import ChatsError
from app.domain.families import Family, recommended_sampling
from app.domain.kept_chat import ChatMessage, ChatSettings, MessageState
from app.domain.model_file import ModelFile
from app.engine.protocol import Counted
from app.pipe.client import End
from app.services.answer_queue import AnswerQueue, AnswerWishes, chat_key
from app.services.answering import Job
from app.services.attachments import Attachments
from app.services.chat_edits import ChatEdits
from app.services.chat_keeper import now_ms
from app.services.chat_library import ChatLibrary
from app.services.chat_prompts import bare_conversation_for, conversation_for, unasked
from app.services.chats import (
    Chat,
    ChatChanged,
    ChatEvent,
    LeftOut,
    MessageAdded,
    PathChanged,
    Trouble,
    title_of,
)
from app.services.engine_service import EngineService

_UNASKED = (MessageState.QUEUED, MessageState.UNANSWERED)
_ANSWERED = (
    MessageState.DONE,
    MessageState.STOPPED,
    MessageState.CUT,
    MessageState.INTERRUPTED,
)


class ChatService:
    """Has questions answered.

    Attributes:
        library: All chats.
        on_settled: Called when the last question of the queue has its answer.
    """

    def __init__(
        self,
        engine: EngineService,
        *,
        library: ChatLibrary | None = None,
        attachments: Attachments | None = None,
        families: Iterable[Family] = (),
    ) -> None:
        self.on_settled: Callable[[Chat], None] = lambda chat: None
        self.library = library or ChatLibrary()
        self._engine = engine
        self._engine.on_idle_death = lambda error: self.on_event(Trouble(None, error))
        self._families = families
        self._edits = ChatEdits(self.library)
        self._queue = AnswerQueue(
            engine,
            self._edits,
            attachments=attachments,
            families=families,
            on_settled=self._settled,
        )

    @property
    def on_event(self) -> Callable[[ChatEvent], None]:
        """Called after every change, also of the library's."""
        return self.library.on_event

    @on_event.setter
    def on_event(self, on_event: Callable[[ChatEvent], None]) -> None:
        self.library.on_event = on_event

    @property
    def wishes(self) -> AnswerWishes:
        """For the next questions, where their chat has none of its own."""
        return self._queue.wishes

    @wishes.setter
    def wishes(self, wishes: AnswerWishes) -> None:
        self._queue.wishes = wishes

    @property
    def working_chat_id(self) -> int | None:
        """The chat whose question is being answered."""
        return self._queue.working_chat_id

    @property
    def chats(self) -> list[Chat]:
        """All chats outside the trash, the one used last first."""
        return self.library.chats

    def chat(self, chat_id: int) -> Chat:
        """Find a chat; it is known to exist."""
        return self.library.chat(chat_id)

    def new_chat(self) -> Chat:
        """Begin a chat, or return the newest one if nothing was said in it yet."""
        return self.library.new_chat()

    def newest_chat(self) -> Chat:
        """The one used last, or a new one."""
        return self.chats[0] if self.chats else self.new_chat()

    def ask(
        self,
        chat_id: int,
        text: str,
        *,
        attachments: tuple[Attachment, ...] = (),
        effort: Effort | None = None,
    ) -> None:
        """Put a question at the end of the chat; it is worked on when its turn comes."""
        chat = self.chat(chat_id)
        last = chat.messages[-1] if chat.messages else None
        question = self._question(text, attachments, effort, parent=last)
        self.library.use(chat)
        if not chat.title:
            title = title_of(text or attachments[0].name)
            chat.info = msgspec.structs.replace(chat.info, title=title)
        chat.queued.append(question)
        self.on_event(ChatChanged(chat))
        self.on_event(MessageAdded(chat_id, len(chat.messages) - 1, question))
        self._keep_question(chat, question)

    def ask_again(self, chat_id: int, message_id: int) -> None:
        """Queue a question that got no answer once more."""
        chat = self.chat(chat_id)
        if chat.message(message_id).state is MessageState.UNANSWERED:
            self._edits.change(chat, message_id, state=MessageState.QUEUED)
            self._queue.add(Job(chat=chat, question_id=message_id))

    def answer_again(
        self,
        chat_id: int,
        answer_id: int,
        *,
        effort: Effort | None = None,
        model: ModelFile | None = None,
    ) -> None:
        """Have a question answered once more, perhaps otherwise; the first answer is kept."""
        chat = self.chat(chat_id)
        answer = chat.message(answer_id)
        if answer.state not in _ANSWERED or answer.parent_id is None:
            return
        question = chat.message(answer.parent_id)
        effort = effort or answer.effort or question.effort
        self._edits.change(chat, question.message_id, effort=effort, state=MessageState.QUEUED)
        self._queue.add(Job(chat=chat, question_id=question.message_id, model=model))

    def can_answer_again(self, chat_id: int, message_id: int) -> bool:
        """Whether it is an answer that has ended."""
        message = self.chat(chat_id).message(message_id)
        return message.role is Role.ASSISTANT and message.state in _ANSWERED

    def go_on(self, chat_id: int, answer_id: int) -> None:
        """Have an answer that ended too early continued."""
        chat = self.chat(chat_id)
        answer = chat.message(answer_id)
        if answer.state in _ANSWERED and answer.parent_id is not None:
            self._edits.change(chat, answer_id, state=MessageState.QUEUED)
            self._queue.add(
                Job(chat=chat, question_id=answer.parent_id, answer_id=answer_id, goes_on=True)
            )

    def edit_question(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        *,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        """Ask a question differently; the first one is kept with all that followed it."""
        chat = self.chat(chat_id)
        old = chat.message(message_id)
        if not text.strip() and not attachments:
            return
        parent = None if old.parent_id is None else chat.message(old.parent_id)
        question = self._question(text, attachments, old.effort, parent=parent)
        self.library.use(chat)
        chat.add(question)
        self._edits.tell_path(chat, question.message_id)
        self._keep_question(chat, question)

    def edit_answer(self, chat_id: int, message_id: int, text: str) -> None:
        """Write an answer differently; the first one is kept with all that followed it."""
        chat = self.chat(chat_id)
        old = chat.message(message_id)
        if old.state not in _ANSWERED or text == old.text:
            return
        edited = ChatMessage(
            message_id=self.library.next_message_id(),
            parent_id=old.parent_id,
            role=Role.ASSISTANT,
            parts=(TextPart(text),),
            state=MessageState.DONE,
            created_ms=now_ms(),
            effort=old.effort,
            model=old.model,
            is_edited=True,
        )
        chat.add(edited)
        self._edits.tell_path(chat, edited.message_id)
        self._edits.keep(chat, edited.message_id)

    def show_variant(self, chat_id: int, message_id: int) -> None:
        """Go on from another variant of a message."""
        chat = self.chat(chat_id)
        chat.open(message_id)
        self.library.keep(chat)
        self._edits.tell_path(chat, message_id)

    def take_out(self, chat_id: int, message_id: int) -> list[ChatMessage]:
        """Take a variant out of a chat with all that follows it.

        Returns:
            What `put_back` brings back and `delete` deletes for good; empty where something of it
            is being answered.
        """
        chat = self.chat(chat_id)
        if self._queue.is_at_work(chat, chat.subtree(message_id)):
            return []
        index = chat.index(message_id) or 0
        taken = chat.remove(message_id)
        self.on_event(PathChanged(chat, index))
        return taken

    def put_back(self, chat_id: int, messages: list[ChatMessage]) -> None:
        """Bring back what was taken out."""
        chat = self.chat(chat_id)
        chat.put_back(messages)
        self._edits.tell_path(chat, messages[0].message_id)

    def delete(self, chat_id: int, messages: list[ChatMessage]) -> None:
        """Leave nothing of what was taken out, if its chat is still there."""
        chats = (*self.library.chats, *self.library.trash)
        chat = next((c for c in chats if c.chat_id == chat_id), None)
        if chat is None:
            return
        self.library.keep(chat)
        self.library.delete_messages(chat, messages)
        self._engine.forget(chat.key)

    def take_back(self, chat_id: int, message_id: int) -> None:
        """Remove a waiting or unanswered question and return its text to the composer."""
        chat = self.chat(chat_id)
        message = chat.message(message_id)
        if message.state not in _UNASKED:
            return  # its turn came first
        self._queue.drop(message_id)
        if (state := _unasked_state(chat, message)) is MessageState.UNANSWERED:
            self._edits.return_question(chat, message_id)
        else:
            self._edits.change(chat, message_id, state=state)

    def stop(self, chat_id: int) -> None:
        """End the answer that is being written in that chat."""
        if (work := self._queue.work_in(chat_id)) is not None:
            work.stop()

    def give_up(self, chat_id: int) -> None:
        """End the answer in that chat, and have nothing answered that waits there."""
        chat = self.chat(chat_id)
        self.stop(chat_id)
        for message in (*chat.kept().messages, *chat.queued):
            if message.state is MessageState.QUEUED:
                self._queue.drop(message.message_id)
                self._edits.change(chat, message.message_id, state=_unasked_state(chat, message))
        if self.working_chat_id != chat_id:  # else when it ends: it may leave no answer to follow
            self._edits.place_unanswered(chat)

    def answer_now(self, chat_id: int) -> None:
        """Close the thought in that chat; the answer follows."""
        if (work := self._queue.work_in(chat_id)) is not None:
            work.answer_now()

    def leave_out_oldest(self, chat_id: int) -> bool:
        """Keep the oldest question and its answer from the model; False if there is none left."""
        chat = self.chat(chat_id)
        if not chat.seen() or self._queue.work_in(chat_id):
            return False
        later = range(chat.left_out + 1, len(chat.path))
        questions = (i for i in later if chat.path[i].role is Role.USER)
        last = chat.path[next(questions, len(chat.path)) - 1]
        chat.info = msgspec.structs.replace(chat.info, reads_after=last.message_id)
        self.library.keep(chat)
        self.on_event(LeftOut(chat))
        return True

    def count(
        self,
        chat_id: int,
        draft: str,
        *,
        attachments: tuple[Attachment, ...] = (),
        effort: Effort | None = None,
        on_counted: Callable[[Counted], None],
    ) -> None:
        """Count what the chat takes with that draft, unless the model is busy or not loaded."""
        loaded, chat = self._engine.state.loaded, self.chat(chat_id)
        if loaded is None or self._engine.is_busy:
            return
        question = unasked(draft, attachments)
        asked = conversation_for(loaded, chat.settings, chat.seen(), question, effort)
        bare = bare_conversation_for(loaded, chat.settings, chat.seen(), question, effort)

        def end(end: End) -> None:
            if isinstance(end, Counted):
                on_counted(end)

        self._engine.count(asked, without_documents=bare, on_end=end)

    def count_document(
        self, document: DocumentAttachment, *, on_counted: Callable[[int], None]
    ) -> None:
        """Count what a document takes, unless the model is busy or not loaded."""
        loaded = self._engine.state.loaded
        if loaded is None or self._engine.is_busy:
            return
        question = unasked("", (document,))
        conversation = conversation_for(loaded, ChatSettings(), [], question, None)

        def end(end: End) -> None:
            if isinstance(end, Counted):
                on_counted(end.draft_tokens)

        self._engine.count(conversation, on_end=end)

    def read_ahead(
        self,
        chat_id: int,
        *,
        draft: str = "",
        attachments: tuple[Attachment, ...] = (),
        effort: Effort | None = None,
    ) -> None:
        """Have the model read the chat so far while nobody waits for it."""
        loaded, chat = self._engine.state.loaded, self.chat(chat_id)
        if loaded is None or not (chat.messages or attachments):
            return
        question = unasked(draft, attachments)
        conversation = conversation_for(loaded, chat.settings, chat.seen(), question, effort)
        self._engine.read_ahead(conversation, chat_key(chat), on_end=lambda end: None)

    def can_answer(self, chat_id: int | None = None) -> bool:
        """Whether there is a model for that chat; None: for a new one."""
        if self._engine.state.model:
            return True
        settings = self.library.new_settings if chat_id is None else self.chat(chat_id).settings
        return bool(settings.model_path) and pathlib.Path(settings.model_path).is_file()

    def prepare(self, chat_id: int) -> None:
        """Load the model that the chat wants, or the chosen one, unless it is at work."""
        self._queue.prepare(self.chat(chat_id))

    def recommended(self, effort: Effort | None) -> Sampling:
        """What the next answer uses where the person wishes nothing."""
        loaded = self._engine.state.loaded
        return recommended_sampling(self._families, loaded.family if loaded else "", effort)

    def _settled(self, chat: Chat) -> None:
        self.on_settled(chat)

    def _question(
        self,
        text: str,
        attachments: tuple[Attachment, ...],
        effort: Effort | None,
        *,
        parent: ChatMessage | None,
    ) -> ChatMessage:
        return ChatMessage(
            message_id=self.library.next_message_id(),
            parent_id=parent.message_id if parent else None,
            role=Role.USER,
            parts=(TextPart(text),) if text else (),
            attachments=attachments,
            effort=effort,
            state=MessageState.QUEUED,
            created_ms=now_ms(),
        )

    def _keep_question(self, chat: Chat, question: ChatMessage) -> None:
        """Have a new question on the disk, and only then in the queue."""

        def kept(error: ChatsError | None) -> None:
            is_there = chat.has(question.message_id)
            if not is_there or chat.message(question.message_id).state is not MessageState.QUEUED:
                return  # it was taken back, or its chat was deleted
            if error:
                self.on_event(Trouble(chat.chat_id, error))
                self._edits.return_question(chat, question.message_id)
            else:
                self._queue.add(Job(chat=chat, question_id=question.message_id))

        self.library.keep(chat, question, then=kept)


def _unasked_state(chat: Chat, message: ChatMessage) -> MessageState:
    """What a message is that waits no longer."""
    if message.role is Role.ASSISTANT:
        return MessageState.STOPPED
    is_answered = chat.is_answered(message.message_id)
    return MessageState.DONE if is_answered else MessageState.UNANSWERED
