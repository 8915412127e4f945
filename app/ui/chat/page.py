"""The chat page: turns the person's acts into service calls and the services' events into widgets.

It alone knows which chat is open. Everything else about chats is asked from `ChatService`, so a
switch while an answer is being written loses nothing.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.services.chat_service import (
    Chat,
    ChatAdded,
    ChatChanged,
    ChatEvent,
    ChatService,
    MessageAdded,
    MessageChanged,
    MessageRemoved,
    MessageState,
    QuestionReturned,
    Reading,
    TextAdded,
    Trouble,
)
from app.services.engine_service import EnginePhase, EngineService, EngineState, ModelFile
from app.ui.chat.composer import Composer
from app.ui.chat.error_banner import ErrorBanner
from app.ui.chat.page_layout import arrange_page
from app.ui.chat.sidebar import Sidebar
from app.ui.chat.status_words import activity_words
from app.ui.chat.top_bar import TopBar
from app.ui.chat.transcript import Transcript
from app.ui.chat.troubles import Troubles


class ChatPage(QWidget):
    """Owns the sidebar, the transcript, the composer and what stands around them.

    Attributes:
        sidebar: Placed by the window, beside the page or above it.
        top_bar: Its buttons get their meaning from the window.
        composer: The input, for the window's shortcuts.

    Signals:
        open_model_requested: The person wants a model file of their own.
        work_changed: Whether the open chat is being answered.
        chat_opened: Another chat is on the page.
    """

    open_model_requested = Signal()
    work_changed = Signal(bool)
    chat_opened = Signal()

    def __init__(
        self,
        *,
        engine: EngineService,
        chats: ChatService,
        models: list[ModelFile],
        report: Callable[[Exception], str],
    ) -> None:
        super().__init__()
        self.setObjectName("chatPage")
        self._engine = engine
        self._chats = chats
        self._report = report
        self._drafts: dict[int, str] = {}
        self._troubles = Troubles()
        self._reading: Reading | None = None
        self._open: Chat | None = None
        self.sidebar = Sidebar()
        self.top_bar = TopBar(models)
        self.composer = Composer()
        self._transcript = Transcript()
        self._banner = ErrorBanner()
        arrange_page(self, self.top_bar, self._transcript, (self._banner, self.composer))
        self._connect()
        chats.on_event = self._on_chat_event
        engine.on_state = self._on_engine_state
        for chat in reversed(chats.chats):
            self.sidebar.add(chat)
        self._on_engine_state(engine.state)
        self.new_chat()

    @Slot()
    def new_chat(self) -> None:
        """Open an empty chat."""
        self.sidebar.search.clear()
        self.open_chat(self._chats.new_chat().chat_id)
        self.composer.input.setFocus()

    @Slot(int)
    def open_chat(self, chat_id: int) -> None:
        """Show a chat with its draft; the one before keeps its own."""
        if self._open and self._open.chat_id == chat_id:
            self.sidebar.show_open(chat_id)
            return
        if self._open:
            self._drafts[self._open.chat_id] = self.composer.text()
        self._open = self._chats.chat(chat_id)
        self._show_activity()
        self._transcript.open_chat(self._open)
        self.composer.set_text(self._drafts.pop(chat_id, ""))
        self.sidebar.show_open(chat_id)
        self._show_work()
        self._show_usage()
        self._show_trouble()
        self.chat_opened.emit()

    @Slot()
    def stop(self) -> None:
        """End the answer in the open chat."""
        if self._open:
            self._chats.stop(self._open.chat_id)

    def use_model(self, model: ModelFile) -> None:
        """Choose a model; what was wrong with the last one is over."""
        self._engine.use(model)
        self._troubles.forget(self._open_id())
        self._show_trouble()

    def show_defect(self, error: Exception) -> None:
        """Show an error that concerns no chat, such as a defect of ours."""
        self._troubles.add(None, error)
        self._show_trouble()

    def _connect(self) -> None:
        self.sidebar.new_chat_requested.connect(self.new_chat)
        self.sidebar.chat_chosen.connect(self.open_chat)
        self.sidebar.chat_clicked.connect(self._chat_clicked)
        self.composer.sent.connect(self._ask)
        self.composer.stop_requested.connect(self.stop)
        self.composer.typed.connect(self._engine.prepare)
        self.composer.input.refused.connect(self._refused)
        self._transcript.take_back_requested.connect(self._take_back)
        self._transcript.ask_again_requested.connect(self._ask_again)
        self._transcript.open_model_requested.connect(self.open_model_requested)
        self.top_bar.chip.open_requested.connect(self.open_model_requested)
        self.top_bar.chip.chosen.connect(self.use_model)
        self._banner.retry_requested.connect(self._retry)
        self._banner.report_requested.connect(self._copy_report)
        self._banner.model_requested.connect(self.top_bar.chip.showMenu)
        self._banner.dismissed.connect(self._dismiss)

    def _on_engine_state(self, state: EngineState) -> None:
        self.top_bar.chip.show_state(state)
        self._transcript.show_model(state.model)
        if state.phase is EnginePhase.FAILED and state.error:
            self._troubles.add(None, state.error)
        elif state.phase is EnginePhase.READY:
            self._troubles.forget(None)
        self._show_activity()
        self._show_usage()
        self._show_trouble()

    def _on_chat_event(self, event: ChatEvent) -> None:
        match event:
            case ChatAdded(chat):
                self.sidebar.add(chat)
            case ChatChanged(chat):
                self._chat_changed(chat)
            case Trouble(chat_id, error):
                self._troubles.add(chat_id, error)
                self._show_trouble()
            case Reading():
                self._reading = event
                self._show_activity()
            case QuestionReturned(chat_id, text):
                self._returned(chat_id, text)
            case _:
                self._on_message_event(event)

    def _on_message_event(
        self, event: MessageAdded | MessageChanged | MessageRemoved | TextAdded
    ) -> None:
        if event.chat_id != self._open_id():
            return
        match event:
            case MessageAdded(_, index, message):
                self._transcript.add(index, message)
            case MessageChanged(_, message):
                self._transcript.change(message)
                self._show_usage()
            case MessageRemoved(_, message_id):
                self._transcript.remove(message_id)
            case TextAdded(_, message_id, text):
                self._transcript.append(message_id, text)
        if not isinstance(event, TextAdded):
            self._show_trouble()

    def _chat_changed(self, chat: Chat) -> None:
        self._reading = None
        self.sidebar.show_change(chat.chat_id, self._chats.working_chat_id)
        self._show_work()
        self._show_activity()

    def _returned(self, chat_id: int, text: str) -> None:
        is_open = chat_id == self._open_id()
        draft = self.composer.text() if is_open else self._drafts.get(chat_id, "")
        joined = f"{text}\n\n{draft}" if draft.strip() else text
        if is_open:
            self.composer.set_text(joined)
            self.composer.input.setFocus()
        else:
            self._drafts[chat_id] = joined

    @Slot(str)
    def _ask(self, text: str) -> None:
        chat_id = self._open_id()
        if chat_id is None:
            return
        self._troubles.forget(chat_id)
        self.sidebar.move_up(chat_id)
        self._transcript.follow()
        self._chats.ask(chat_id, text)
        self._show_trouble()

    @Slot(int)
    def _ask_again(self, message_id: int) -> None:
        if (chat_id := self._open_id()) is not None:
            self._troubles.forget(chat_id)
            self._engine.retry()
            self._chats.ask_again(chat_id, message_id)

    @Slot(int)
    def _take_back(self, message_id: int) -> None:
        if (chat_id := self._open_id()) is not None:
            self._chats.take_back(chat_id, message_id)

    @Slot(int)
    def _chat_clicked(self, chat_id: int) -> None:
        self.open_chat(chat_id)
        self.composer.input.setFocus()

    @Slot()
    def _retry(self) -> None:
        unanswered = self._unanswered_id()
        if unanswered is not None:
            self._ask_again(unanswered)
            return
        self._troubles.forget(self._open_id())
        self._engine.retry()
        self._engine.prepare()
        self._show_trouble()

    @Slot()
    def _copy_report(self) -> None:
        if error := self._troubles.of(self._open_id()):
            QGuiApplication.clipboard().setText(self._report(error))

    @Slot()
    def _dismiss(self) -> None:
        self._troubles.forget(self._open_id())
        self._show_trouble()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._troubles.add(self._open_id(), error)
        self._show_trouble()

    def _open_id(self) -> int | None:
        return self._open.chat_id if self._open else None

    def _unanswered_id(self) -> int | None:
        messages = self._open.messages if self._open else []
        return next(
            (m.message_id for m in reversed(messages) if m.state is MessageState.UNANSWERED), None
        )

    def _show_trouble(self) -> None:
        error = self._troubles.of(self._open_id())
        can_retry = self._troubles.can_retry(
            error,
            has_unanswered=self._unanswered_id() is not None,
            has_failed=self._engine.state.phase is EnginePhase.FAILED,
        )
        self._banner.show_error(error, can_retry=can_retry)

    def _show_work(self) -> None:
        is_working = self._open is not None and self._chats.working_chat_id == self._open_id()
        self.composer.show_working(is_working=is_working)
        self.work_changed.emit(is_working)

    def _show_activity(self) -> None:
        self._transcript.show_activity(activity_words(self._engine.state, self._reading))

    def _show_usage(self) -> None:
        loaded = self._engine.state.loaded
        messages = self._open.messages if self._open else []
        usage = next((m.usage for m in reversed(messages) if m.usage), None)
        if loaded and usage:
            used = usage.prompt_tokens + usage.completion_tokens
            self.composer.gauge.show_usage(used, loaded.context_tokens)
        else:
            self.composer.gauge.show_nothing()
