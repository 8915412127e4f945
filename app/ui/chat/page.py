"""The chat page: turns the person's acts into service calls and the services' events into widgets.

It alone knows which chat is open. Everything else about chats is asked from `ChatService`, so a
switch while an answer is being written loses nothing.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.attachments import Attachment
from app.domain.chat import Effort
from app.domain.model_file import ModelFile
from app.services.attachments import Attachments
from app.services.chat_presets import ChatPresets
from app.services.chat_service import ChatService
from app.services.chats import (
    Chat,
    ChatChanged,
    ChatEvent,
    ChatLoaded,
    ChatRemoved,
    ChatsOpened,
    ChatsRemoved,
    LeftOut,
    LibraryEvent,
    MessageAdded,
    MessageChanged,
    MessageRemoved,
    PathChanged,
    QuestionReturned,
    Reading,
    Repeats,
    TextAdded,
    Trouble,
)
from app.services.engine_service import EngineService, EngineState
from app.services.idle_work import IdleWork
from app.services.saved_prompts import SavedPrompts
from app.services.thumbnails import Thumbnails
from app.ui.chat.attachment_viewing import AttachmentViewing
from app.ui.chat.chat_acts import ChatActs
from app.ui.chat.chat_status import ChatStatus
from app.ui.chat.drafting import Drafting
from app.ui.chat.find_bar import FindBar
from app.ui.chat.finding import Finding
from app.ui.chat.message_commands import MessageCommands
from app.ui.chat.message_requests import AskAgain
from app.ui.chat.model_memory import ModelMemory
from app.ui.chat.page_layout import arrange_page
from app.ui.chat.preferences import Preferences
from app.ui.chat.sidebar import Sidebar
from app.ui.chat.slash_desk import SlashDesk
from app.ui.chat.top_bar import TopBar
from app.ui.chat.transcript import MessageEvent, Transcript
from app.ui.chat.trouble_desk import TroubleDesk
from app.ui.chat.writing_commands import writing_commands
from app.ui.note import Note
from app.ui.presets.chat_tuning import ChatTuning
from app.ui.presets.prompt_desk import PromptDesk


class ChatPage(QWidget):
    """Owns the sidebar, the transcript, the composer and what stands around them.

    Attributes:
        sidebar: Placed by the window, beside the page or above it.
        top_bar: Its buttons get their meaning from the window.
        find_bar: Finds words in the open chat.
        welcome: What an empty chat shows; the first run has a place in it.
        composer: The input, for the window's shortcuts.
        drafting: What is written there, for the window's shortcuts and what is dropped on it.
        prompts: What is written again and again, for the window's shortcut.
        slash: The commands that a slash opens; the window has some of its own.
        news: Says that there is a newer version.

    Signals:
        open_model_requested: The person wants a model file of their own.
        work_changed: Whether the open chat is being answered.
        chat_opened: The person went to another chat.
        preferences_changed: `ChatService.wishes` or something of `IdleWork` was changed.
    """

    open_model_requested = Signal()
    work_changed = Signal(bool)
    chat_opened = Signal()
    preferences_changed = Signal()
    _engine_state: EngineState | None = None  # that is shown

    def __init__(
        self,
        *,
        engine: EngineService,
        chats: ChatService,
        attachments: Attachments,
        idle: IdleWork,
        models: list[ModelFile],
        report: Callable[[Exception], str],
        presets: ChatPresets,
        prompts: SavedPrompts,
    ) -> None:
        super().__init__()
        self.setObjectName("chatPage")
        self._engine, self._chats, self._idle = engine, chats, idle
        self._memory = memory = ModelMemory()
        self._open: Chat | None = None
        self.sidebar = Sidebar(chats.library)
        self._thumbnails = Thumbnails(chats, attachments)
        self.top_bar = TopBar(models)
        self.drafting = Drafting(
            engine=engine,
            chats=chats,
            attachments=attachments,
            idle=idle,
            memory=memory,
            parent=self,
        )
        self._acts = ChatActs(chats, self.sidebar, self.drafting.keep_now, self)
        self.composer = self.drafting.composer
        self._preferences = Preferences(self.composer, engine, chats, idle, self)
        offered = self.top_bar.chip.offered
        self._transcript = Transcript(offered)
        self.welcome = self._transcript.welcome
        self._status = ChatStatus(
            engine=engine,
            chats=chats,
            memory=memory,
            drafting=self.drafting,
            transcript=self._transcript,
            chat=self._chat,
            parent=self,
        )
        self._viewing = AttachmentViewing(attachments, chat=self._chat, page=self)
        self._commands = MessageCommands(
            engine=engine, chats=chats, idle=idle, chat=self._chat, page=self
        )
        self._tuning = ChatTuning(self.drafting, chats.library, presets, offered, self)
        self.prompts = PromptDesk(self.composer, prompts, self)
        self._desk = TroubleDesk(engine, chats.library, chat=self._chat, report=report, parent=self)
        self.slash = SlashDesk(self.composer.input, self.composer)
        self.news = Note("updateNotice", action=self.tr("See what is new"), can_leave=True)
        self.find_bar = FindBar()
        self._finding = Finding(self.find_bar, self._transcript)
        notes = (self._desk.banner, self.news, self._commands.undo, self.drafting.notice)
        foot = (*notes, self.composer)
        arrange_page(self, (self.top_bar, self.find_bar), self._transcript, foot)
        self._connect()
        self.composer.show_open(is_open=chats.library.is_open)
        self.new_chat()

    @Slot()
    def new_chat(self) -> None:
        """Open an empty chat; what is being written stays where it is."""
        self.drafting.keep_now()
        self._begin(self._chats.new_chat())

    @Slot()
    def new_private_chat(self) -> None:
        """Open an empty chat of which nothing touches the disk."""
        self.drafting.keep_now()
        self._begin(self._chats.library.new_chat(is_private=True))

    @Slot(int)
    def open_chat(self, chat_id: int) -> None:
        """Show a chat with its draft; the one before keeps its own."""
        if self._open and self._open.chat_id == chat_id:
            self.sidebar.show_open(chat_id)
            return
        self._show_chat(self._chats.chat(chat_id))
        self.chat_opened.emit()

    @Slot()
    def stop(self) -> None:
        """End the answer in the open chat."""
        if self._open:
            self._chats.stop(self._open.chat_id)

    @Slot()
    def answer_now(self) -> None:
        """End the thought that the open chat's answer is in."""
        if self._open and self._status.hurry():
            self._chats.answer_now(self._open.chat_id)

    def use_model(self, model: ModelFile) -> None:
        """Choose a model; what was wrong with the last one is over."""
        self._idle.person_acts()
        self._tuning.use_model(model)
        self._engine.use(model)
        self._desk.forget()

    @Slot(object)
    def show_installed(self, models: list[ModelFile]) -> None:
        """Offer what is installed; who has had no model yet gets the first of it at once."""
        self.top_bar.chip.show_installed(models)
        if self._engine.state.model or not models:
            return
        model = next((model for model in models if not model.is_toy), models[0])
        self._engine.use(model)
        if not model.is_toy:
            self.welcome.end_first_run(ready=model.name)
        if self._open and not self.drafting.is_empty:
            self._chats.prepare(self._open.chat_id)

    def settle(self) -> None:
        """Keep the draft, and make deletions final; before the end."""
        self._commands.settle()
        self.drafting.keep_now()

    def show_defect(self, error: Exception) -> None:
        """Show an error that concerns no chat, such as a defect of ours."""
        self._desk.add(None, error)

    def _begin(self, chat: Chat) -> None:
        self.sidebar.search.clear()
        self._chat_clicked(chat.chat_id)

    def _show_chat(self, chat: Chat) -> None:
        self._commands.settle()
        self._open = chat
        self._chats.library.load(chat)
        self._status.show_activity()
        self._transcript.open_chat(chat)
        self._finding.open_chat(chat)
        self.drafting.open_chat(chat)
        self._tuning.open_chat(chat)
        self.sidebar.show_open(chat.chat_id)
        self._status.show_work()
        self._status.show_offer()
        self._status.show_usage()
        self._desk.show()

    def _connect(self) -> None:
        chip = self.top_bar.chip
        self._chats.on_event = self._on_chat_event
        self._engine.on_state = self._on_engine_state
        self._on_engine_state(self._engine.state)
        self.slash.offer(writing_commands(self.composer, self.drafting.attaching, chip))
        self.sidebar.new_chat_requested.connect(self.new_chat)
        self.sidebar.chat_chosen.connect(self.open_chat)
        self.sidebar.chat_clicked.connect(self._chat_clicked)
        self.sidebar.private_chat_requested.connect(self.new_private_chat)
        self.sidebar.hit_chosen.connect(self._show_hit)
        self.drafting.asked.connect(self._ask)
        self.drafting.failed.connect(self._desk.add)
        self.drafting.new_chat_requested.connect(self._take_draft_along)
        self._status.work_changed.connect(self.work_changed)
        self.composer.stop_requested.connect(self.stop)
        self.composer.answer_now_requested.connect(self.answer_now)
        self.composer.settings_opened.connect(self._show_settings)
        self.composer.input.refused.connect(self._desk.add_here)
        self._preferences.changed.connect(self.preferences_changed)
        self._transcript.requested.connect(self._commands.do)
        self._transcript.attachment_opened.connect(self._viewing.open)
        self._commands.asked.connect(self._asked)
        self._commands.answer_now_requested.connect(self.answer_now)
        self._tuning.refused.connect(self._desk.add_here)
        self._transcript.open_model_requested.connect(self.open_model_requested)
        self.top_bar.chip.open_requested.connect(self.open_model_requested)
        self.top_bar.chip.chosen.connect(self.use_model)
        self._desk.ask_again_requested.connect(lambda i: self._commands.do(AskAgain(i)))
        self._desk.banner.model_requested.connect(chip.showMenu)
        self._desk.banner.all_models_requested.connect(chip.all_requested)
        self._desk.banner.open_requested.connect(self.open_model_requested)

    def _on_engine_state(self, state: EngineState) -> None:
        before, self._engine_state = self._engine_state, state
        self.top_bar.chip.show_state(state)
        self._status.show_activity()
        if state.is_step_after(before):
            return
        self._memory.learn(state)
        self._transcript.show_model(state.model)
        self._status.show_usage()
        self.drafting.show_state(state)
        self._status.show_offer()
        self._desk.follow(state)

    def _on_chat_event(self, event: ChatEvent) -> None:
        match event:
            case MessageAdded() | MessageChanged() | MessageRemoved() | TextAdded():
                self._on_message_event(event)
            case Trouble(chat_id, error):
                self._desk.add(chat_id, error)
            case Reading():
                self._status.follow_reading(event)
            case Repeats(chat_id):
                self.drafting.show_repeating(chat_id)
            case LeftOut(chat):
                self._left_out(chat)
            case QuestionReturned(chat_id, text, attachments):
                self.drafting.give_back(chat_id, text, attachments)
            case _:
                self._on_library_event(event)

    def _on_library_event(self, event: LibraryEvent) -> None:
        self.sidebar.follow(event, self._chats.working_chat_id)
        self._thumbnails.follow(event)
        self._acts.follow(event)
        self.drafting.follow(event)
        match event:
            case ChatChanged(chat):
                self._tuning.show_change(chat)
                self._status.show_work()
                self._status.follow_reading(None)
            case ChatRemoved() | ChatsRemoved() if self._open not in self._chats.chats:
                self._open = None
                self._show_chat(self._chats.newest_chat())
            case ChatLoaded(chat) | PathChanged(chat):
                if chat is self._open:
                    self._show_path(event)
            case ChatsOpened():
                self._chats_opened()

    def _on_message_event(self, event: MessageEvent) -> None:
        if event.chat_id != self._open_id():
            return
        self._transcript.follow_event(event)
        if isinstance(event, TextAdded):
            self._status.show_thinking()
            return
        if isinstance(event, MessageChanged) and event.message.usage:
            self._status.show_usage()
        self._status.show_offer()
        self._desk.show()

    def _chats_opened(self) -> None:
        """The kept chats are here: go on where the person was, with what is written already."""
        library, empty = self._chats.library, self._open
        self.composer.show_open(is_open=True)
        self._tuning.load()
        self.prompts.load()
        if empty is not None and empty in library.chats:
            return
        self._show_chat(self._chats.newest_chat())
        if empty is not None:
            self.drafting.take_over(empty.chat_id)

    def _show_path(self, event: ChatLoaded | PathChanged) -> None:
        """Show the messages that are open now, at the place that the person looks at."""
        if isinstance(event, PathChanged):
            self._transcript.show_path(event.index)
        else:
            self._transcript.open_chat(event.chat)
        self._finding.refresh()
        self._status.show_offer()
        self._status.show_usage()
        self._status.show_thinking()
        self.drafting.count_now()

    def _left_out(self, chat: Chat) -> None:
        if chat is self._open:
            self._transcript.show_left_out()
            self._status.show_offer()
            self.drafting.count_now()

    @Slot(str, object, object)
    def _ask(self, text: str, attachments: tuple[Attachment, ...], effort: Effort) -> None:
        chat_id = self._open_id()
        if chat_id is None:
            return
        self._desk.forget()
        self._transcript.follow()
        self._chats.ask(chat_id, text, attachments=attachments, effort=effort)
        self._desk.show()

    @Slot()
    def _asked(self) -> None:
        self._desk.forget()
        self._transcript.follow()
        self._desk.show()

    @Slot()
    def _take_draft_along(self) -> None:
        is_private = self._open is not None and self._open.is_private
        chat = self._chats.library.new_chat(is_private=is_private)
        self._tuning.hand_on(chat)
        self.drafting.take_along(chat)
        self._begin(chat)

    @Slot()
    def _show_settings(self) -> None:
        self._preferences.show(self.drafting.effort)
        self._tuning.show()

    @Slot(int)
    def _chat_clicked(self, chat_id: int) -> None:
        self.open_chat(chat_id)
        self.composer.input.setFocus()

    @Slot(int, int)
    def _show_hit(self, chat_id: int, message_id: int) -> None:
        self._chat_clicked(chat_id)
        self._acts.when_open(chat_id, message_id, lambda: self._transcript.show_message(message_id))

    def _chat(self) -> Chat | None:
        return self._open

    def _open_id(self) -> int | None:
        return self._open.chat_id if self._open else None
