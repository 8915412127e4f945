"""The question that is being written: its words, attachments and effort, and whether it fits."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.attachments import Attachment
from app.domain.chat import Effort
from app.domain.errors import NoModelYet
from app.domain.kept_chat import Draft as KeptDraft
from app.engine.protocol import Counted, Loaded
from app.services.attachments import Attachments
from app.services.chat_service import ChatService
from app.services.chats import Chat, ChatRemoved, ChatsRemoved, LibraryEvent
from app.services.engine_service import EnginePhase, EngineService, EngineState
from app.services.idle_work import IdleWork
from app.ui.chat.attaching import Attaching
from app.ui.chat.composer import Composer
from app.ui.chat.draft_counter import Draft, DraftCounter
from app.ui.chat.draft_keeping import DraftKeeping
from app.ui.chat.model_memory import ModelMemory
from app.ui.chat.notice_bar import NoticeBar
from app.ui.chat.question_history import QuestionHistory

if TYPE_CHECKING:
    from app.ui.chat.answer_settings import AnswerSettings

# Question and answer must have room: less than this is no answer.
_ANSWER_TOKENS = 256


class Drafting(QObject):
    """Owns the composer and the bar above it; every chat has its own draft.

    Attributes:
        composer: The card at the bottom.
        notice: The bar above it.

    Signals:
        asked: Words, attachments and `Effort` of a question.
        failed: A chat and why something could not go with its question.
        new_chat_requested: The draft is to go to a new chat.
    """

    asked = Signal(str, object, object)
    failed = Signal(int, object)
    new_chat_requested = Signal()

    def __init__(
        self,
        *,
        engine: EngineService,
        chats: ChatService,
        attachments: Attachments,
        idle: IdleWork,
        memory: ModelMemory,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._chats = chats
        self._idle = idle
        self._memory = memory
        self._open: Chat | None = None
        self._words: dict[int, str] = {}
        self._efforts: dict[int, Effort] = {}
        self._known: set[int] = set()  # chats whose kept draft was taken
        self._repeating: set[int] = set()
        self._overflow: Counted | None = None
        self._system_tokens = 0  # as counted last
        self._context_before: int | None = None  # while a larger one is tried
        self._counter = DraftCounter(chats, self._draft, self)
        self._keeping = DraftKeeping(chats.library, self._kept_draft, self)
        self.composer = Composer()
        self._history = QuestionHistory(self.composer.input, lambda: self._open)
        self.attaching = Attaching(
            engine=engine,
            chats=chats,
            attachments=attachments,
            idle=idle,
            composer=self.composer,
            parent=self,
        )
        self._items = self.attaching.items
        self.notice = NoticeBar()
        self._connect()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is being written in the open chat."""
        has_items = self._open is not None and bool(self._items.of(self._open.chat_id))
        return not self.composer.text().strip() and not has_items

    @property
    def effort(self) -> Effort:
        """What is wished in the open chat."""
        settled = self._open.settings.effort if self._open else None
        return self.chosen_effort or settled or Effort.FAST

    @property
    def chosen_effort(self) -> Effort | None:
        """What the person chose in the open chat, whatever its settings say."""
        return self._efforts.get(self._open.chat_id) if self._open else None

    def forget_effort(self) -> None:
        """Have the open chat's settings decide again."""
        if self._open:
            self._efforts.pop(self._open.chat_id, None)

    def open_chat(self, chat: Chat) -> None:
        """Show that chat's draft; the one before keeps its own."""
        if self._open:
            self._keeping.keep_now()
            self._words[self._open.chat_id] = self._history.leave()
        self._open = chat
        self._remember(chat)
        self._idle.person_acts()
        self._set_overflow(None)
        self.composer.effort.show_effort(self.effort)
        self.attaching.open_chat(chat)
        self.composer.set_text(self._words.pop(chat.chat_id, ""))
        self._counter.touch()

    def follow(self, event: LibraryEvent) -> None:
        """Have nothing in memory of chats that are gone for good; undoing brings what is kept."""
        match event:
            case ChatRemoved(chat) if self._chats.library.is_open:
                if chat not in self._chats.library.trash:
                    self._forget(chat.chat_id)
            case ChatsRemoved(chats):
                for chat in chats:
                    self._forget(chat.chat_id)

    def take_along(self, chat: Chat) -> None:
        """Bring the draft to another chat and open that."""
        if self._open is None or chat is self._open:
            return
        self._efforts[chat.chat_id] = self.effort
        self.give_back(chat.chat_id, self._history.leave(), ())
        self.composer.set_text("")
        self._items.move(self._open.chat_id, chat.chat_id)

    def take_over(self, from_chat_id: int) -> None:
        """Bring what was written in a chat that is gone to the open one."""
        if self._open:
            self.give_back(self._open.chat_id, self._words.pop(from_chat_id, ""), ())
            self._items.move(from_chat_id, self._open.chat_id)

    def give_back(self, chat_id: int, text: str, attachments: tuple[Attachment, ...]) -> None:
        """Take a question that came back, before what is written there already."""
        is_open = self._is_open(chat_id)
        draft = self._history.leave() if is_open else self._words.get(chat_id, "")
        joined = "\n\n".join(words for words in (text, draft) if words.strip())
        self._items.put_back(chat_id, attachments)
        if is_open:
            self.composer.set_text(joined)
            self.composer.input.setFocus()
        else:
            self._words[chat_id] = joined

    def show_state(self, state: EngineState) -> None:
        """Follow the engine: what the model can do, and what waited for it."""
        known = self._memory.of(state.model)
        self.composer.effort.show_thinking(known.thinking if known else None)
        self.composer.show_sight(sees=known.grid is not None if known else None)
        if state.phase is EnginePhase.READY:
            self._context_before = None
            self._items.open_waiting()
            self._counter.touch()
        elif state.phase is EnginePhase.FAILED and self._context_before is not None:
            self._go_back_to_smaller_context(state.error)
        if state.phase is not EnginePhase.READY:
            self._set_overflow(None)

    def show_work(self) -> None:
        """Follow the chats: who is answered, and whether inside a thought."""
        working = self._chats.working_chat_id
        self._repeating &= {working} if working is not None else set()
        self.composer.show_working(is_working=self._open is not None and self._is_open(working))
        if working is None:
            self._counter.touch()
        else:
            self.composer.show_draft_tokens(0)
            self._overflow = None  # it cannot be counted now; the engine refuses what is too long
        self._show_notice()

    def show_repeating(self, chat_id: int) -> None:
        """Offer to stop that chat's answer, when it is open."""
        self._repeating.add(chat_id)
        self._show_notice()

    def count_now(self) -> None:
        """The model reads less of the chat, so what fits is another question."""
        self._counter.touch()
        self._counter.count_now()

    def keep_now(self) -> None:
        """Have the draft on the disk, as far as the chats are kept."""
        self._keeping.keep_now()

    def toggle_effort(self) -> None:
        """Change between Fast and Deep, where the model can do both."""
        self.composer.effort.toggle()

    def _connect(self) -> None:
        composer, notice = self.composer, self.notice
        composer.may_send = self._may_send
        composer.sent.connect(self._send)
        composer.settings_made.connect(self._show_system_tokens)
        composer.typed.connect(self._prepare)
        composer.input.textChanged.connect(self._written)
        composer.effort.chosen.connect(self._effort_chosen)
        self.attaching.changed.connect(self._attachments_changed)
        self.attaching.failed.connect(self.failed)
        self._counter.counted.connect(self._counted)
        notice.leave_out_requested.connect(self._leave_out)
        notice.larger_context_requested.connect(self._enlarge_context)
        notice.new_chat_requested.connect(self.new_chat_requested)
        notice.choose_pages_requested.connect(self._choose_pages)
        notice.stop_requested.connect(composer.stop_requested)
        notice.go_on_requested.connect(self._let_go_on)

    def _draft(self) -> Draft | None:
        if self._open is None:
            return None
        return Draft(
            chat_id=self._open.chat_id,
            text=self.composer.text(),
            attachments=self._items.ready(self._open.chat_id),
            effort=self.effort,
        )

    def _is_open(self, chat_id: int | None) -> bool:
        return self._open is not None and self._open.chat_id == chat_id

    def _may_send(self) -> bool:
        """Whether there is a model that can answer; else it is said, and the draft stays."""
        if self._open is None or self._chats.can_answer(self._open.chat_id):
            return True
        self.failed.emit(self._open.chat_id, NoModelYet())
        return False

    @Slot(str)
    def _send(self, text: str) -> None:
        if self._open:
            self._idle.person_acts()
            beside = self._history.sent()
            self.asked.emit(text, self._items.take(self._open.chat_id), self.effort)
            if beside:
                self.composer.set_text(beside)
            self._keeping.touch()

    @Slot()
    def _prepare(self) -> None:
        if self._open:
            self._chats.prepare(self._open.chat_id)

    @Slot()
    def _written(self) -> None:
        self._idle.person_acts()
        self._counter.touch()
        self._keeping.touch()
        if self._overflow and self._fits_surely(self._overflow):
            self._set_overflow(None)

    @Slot(object)
    def _effort_chosen(self, effort: Effort) -> None:
        if self._open:
            self._efforts[self._open.chat_id] = effort
            self.composer.effort.show_effort(effort)
            self._idle.person_acts()
            self._counter.touch()
            self._keeping.touch()

    @Slot()
    def _attachments_changed(self) -> None:
        self._counter.touch()
        self._keeping.touch()

    def _forget(self, chat_id: int) -> None:
        if self._is_open(chat_id):
            self._history.leave()
            self._open = None
            self.composer.set_text("")
        self._words.pop(chat_id, None)
        self._efforts.pop(chat_id, None)
        self._known.discard(chat_id)
        self._items.forget(chat_id)

    def _remember(self, chat: Chat) -> None:
        """Have what was written there before the program was started."""
        if chat.chat_id in self._known:
            return
        self._known.add(chat.chat_id)
        draft = self._chats.library.draft(chat.chat_id)
        if draft:
            self._words.setdefault(chat.chat_id, draft.text)
            self._items.put_back(chat.chat_id, draft.attachments)
        if draft.effort:
            self._efforts.setdefault(chat.chat_id, draft.effort)

    def _kept_draft(self) -> tuple[Chat, KeptDraft] | None:
        if self._open is None:
            return None
        chat_id = self._open.chat_id
        return self._open, KeptDraft(
            text=self._history.draft(),
            attachments=self._items.kept(chat_id),
            effort=self._efforts.get(chat_id),
        )

    @Slot(object)
    def _show_system_tokens(self, panel: "AnswerSettings") -> None:
        panel.chat.system.show_tokens(self._system_tokens)

    @Slot(object, object)
    def _counted(self, draft: Draft, counted: Counted) -> None:
        loaded = self._engine.state.loaded
        if loaded is None or not self._is_open(draft.chat_id):
            return
        self.composer.gauge.show_counted(counted, loaded.context_tokens)
        self.composer.show_draft_tokens(counted.draft_tokens if draft.text.strip() else 0)
        self._system_tokens = counted.system_tokens
        if panel := self.composer.settings:
            self._show_system_tokens(panel)
        fits = counted.total_tokens + _ANSWER_TOKENS <= loaded.context_tokens
        self._set_overflow(None if fits else counted)
        self.attaching.count_documents()
        if fits and draft.attachments and self._idle.may_read_ahead():
            self._chats.read_ahead(
                draft.chat_id, attachments=draft.attachments, effort=draft.effort
            )

    def _fits_surely(self, counted: Counted) -> bool:
        """Whether other words than those that were counted fit: a token is a byte at least."""
        loaded, most_tokens = self._engine.state.loaded, len(self.composer.text().encode())
        rest_tokens = counted.total_tokens - counted.draft_tokens + _ANSWER_TOKENS
        return loaded is not None and rest_tokens + most_tokens <= loaded.context_tokens

    def _set_overflow(self, counted: Counted | None) -> None:
        self._overflow = counted
        self._show_notice()

    def _show_notice(self) -> None:
        loaded, chat = self._engine.state.loaded, self._open
        self.composer.show_fit(fits=self._overflow is None)
        if chat and chat.chat_id in self._repeating:
            self.notice.show_repeating()
        elif chat and loaded and self._overflow:
            self.notice.show_overflow(
                needed_tokens=self._overflow.total_tokens + _ANSWER_TOKENS,
                context_tokens=loaded.context_tokens,
                can_leave_out=bool(chat.seen()),
                can_grow=_larger(loaded) > loaded.context_tokens,
                can_move=bool(chat.messages),
                can_choose_pages=self.attaching.largest_document is not None,
            )
        else:
            self.notice.show_nothing()

    @Slot()
    def _let_go_on(self) -> None:
        if self._open:
            self._repeating.discard(self._open.chat_id)
            self._show_notice()

    @Slot()
    def _choose_pages(self) -> None:
        if item := self.attaching.largest_document:
            self.attaching.choose_pages(item.item_id)

    @Slot()
    def _leave_out(self) -> None:
        if self._open:
            self._idle.person_acts()
            self._chats.leave_out_oldest(self._open.chat_id)

    @Slot()
    def _enlarge_context(self) -> None:
        if loaded := self._engine.state.loaded:
            self._context_before = loaded.context_tokens
            self._engine.use_context(_larger(loaded))

    def _go_back_to_smaller_context(self, error: Exception | None) -> None:
        """Say why there is no more room, and go on with what there was."""
        before, self._context_before = self._context_before, None
        if self._open and error:
            self.failed.emit(self._open.chat_id, error)
        # Later: the engine is in the middle of telling everybody that it failed.
        QTimer.singleShot(0, lambda: self._engine.use_context(before) if before else None)


def _larger(loaded: Loaded) -> int:
    return min(2 * loaded.context_tokens, loaded.limit_tokens)
