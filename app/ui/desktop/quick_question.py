"""A small window above all others: one line to ask, the answer below."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QPalette,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollBar, QVBoxLayout, QWidget

from app.domain.chat import Role
from app.domain.errors import AppError, NoModelYet
from app.domain.kept_chat import MessageState
from app.services.chat_service import ChatService
from app.services.chats import (
    Chat,
    ChatChanged,
    ChatEvent,
    ChatRemoved,
    ChatsRemoved,
    MessageAdded,
    MessageChanged,
    Reading,
    TextAdded,
    Trouble,
)
from app.services.engine_service import EngineService
from app.ui.announce import announce
from app.ui.buttons import push_button
from app.ui.chat.status_words import activity_words, answer_words, thinking_words
from app.ui.desktop.answer_pane import AnswerPane
from app.ui.error_text import error_text
from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel
from app.ui.raising import bring_to_front

_WIDTH_PX = 600
_OPEN_PX = 440
_LEAST_PX = 340
_MOST_CHARACTERS = 8000


class QuickQuestion(QWidget):
    """Asks in a private chat of its own, of which Escape leaves nothing.

    Questions follow one another in it until then. Once it is opened in Cierzo it stays there as
    any other private chat.

    Signals:
        opened: The id of the chat that the person wants in the window.
    """

    opened = Signal(int)

    def __init__(
        self, engine: EngineService, chats: ChatService, *, person_acts: Callable[[], None]
    ) -> None:
        """Be hidden until `ask_here`; `follow` has to be told of what happens."""
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("quickQuestion")
        self.setWindowTitle(self.tr("Quick question"))
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self._engine = engine
        self._chats = chats
        self._person_acts = person_acts
        self._chat: Chat | None = None
        self._leaving: list[Chat] = []  # to be deleted when their answer has ended
        self._reading: Reading | None = None
        self._input = QLineEdit()
        self._input.setObjectName("quickInput")
        self._input.setProperty("kind", "quick")
        self._input.setMaxLength(_MOST_CHARACTERS)
        self._input.setPlaceholderText(self.tr("Ask anything…"))
        self._input.setAccessibleName(self.tr("Quick question"))
        self._about = PlainLabel(kind="small", wraps=True)
        self._about.setObjectName("quickAbout")
        self._line = QFrame()
        self._line.setProperty("kind", "line")
        self._line.setFixedHeight(1)
        self._pane = AnswerPane()
        self._status = PlainLabel(kind="small", wraps=True)
        self._status.setObjectName("quickStatus")
        self._stop = push_button("quickStopButton", self.tr("Stop"))
        self._open = push_button("quickOpenButton", self.tr("Open in Cierzo"))
        self._arrange()
        self._input.returnPressed.connect(self._ask)
        self._input.textEdited.connect(self._typed)
        self._stop.clicked.connect(self._stop_pressed)
        self._open.clicked.connect(self._open_pressed)
        self._show_work()

    @property
    def chat_id(self) -> int | None:
        """Of the chat that it shows."""
        return self._chat.chat_id if self._chat else None

    def ask_here(self, activation_token: str = "") -> None:
        """Come up, ready to be written in; `activation_token` as in `bring_to_front`."""
        if not self.isVisible():
            self._show_about()
            self.resize(QSize(_WIDTH_PX, self._closed_px()))
            self._come_where_the_person_is()
        bring_to_front(self, activation_token)
        self._input.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._input.selectAll()

    def follow(self, event: ChatEvent) -> None:
        """Show what happens in its chat."""
        if isinstance(event, ChatChanged):
            self._delete_ended()
        if self._chat is None:
            return
        match event:
            case ChatRemoved() | ChatsRemoved() if self._chat not in self._chats.chats:
                self._chat = None
                self._clear()
            case ChatChanged(chat) if chat is self._chat:
                self._show_work()
            case _ if getattr(event, "chat_id", None) == self._chat.chat_id:
                self._follow_answer(event)

    def follow_engine(self) -> None:
        """The model is being loaded, or is there."""
        self._show_about()
        self._show_activity()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on Escape; scroll the answer from the question."""
        steps = {
            Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
            Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
        }
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif step := steps.get(Qt.Key(event.key())):
            self._pane.verticalScrollBar().triggerAction(step)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave nothing of what was asked here."""
        super().closeEvent(event)
        chat, self._chat = self._chat, None
        if chat:
            self._chats.give_up(chat.chat_id)
            self._leaving.append(chat)
            self._delete_ended()
        self._clear()

    def _follow_answer(self, event: ChatEvent) -> None:
        match event:
            case MessageAdded(message=message) if message.role is Role.ASSISTANT:
                self._pane.clear()
                self._show_activity()
            case TextAdded(is_thought=True):
                self._status.setText(thinking_words(event.reasoning_tokens))
            case TextAdded():
                self._status.setText("")
                self._pane.append(event.text)
            case MessageChanged(message=message) if message.role is Role.ASSISTANT:
                if message.state is not MessageState.WORKING:
                    self._pane.settle()
                    self._status.setText(answer_words(message))
                    self._announce(self.tr("The answer is ready."))
            case Reading():
                self._reading = event
                self._show_activity()
            case Trouble():
                self._status.setText(error_text(event.error))
                self._announce(self._status.text())

    def _announce(self, words: str) -> None:
        """Tell screen readers how it ended; each word would be too much."""
        if self.isVisible():
            announce(self, words)

    @Slot()
    def _ask(self) -> None:
        text = self._input.text().strip()
        if not text or (self._chat and self._chat.is_busy):
            return
        self._person_acts()
        if self._chat not in self._chats.chats:  # gone with a restore
            self._chat = None
        if not self._chats.can_answer(self.chat_id):
            self._refuse(NoModelYet())
            return
        if self._chat is None:
            library = self._chats.library
            # With settings it is never the empty private chat that lies open in the window.
            self._chat = library.new_chat(is_private=True, settings=library.new_settings)
        self._reading = None
        self._pane.clear()
        for part in (self._line, self._pane, self._open):
            part.show()
        self.resize(self.width(), max(self.height(), _OPEN_PX))
        self._chats.ask(self._chat.chat_id, text)
        self._input.selectAll()
        self._show_work()
        self._show_activity()

    def _refuse(self, error: AppError) -> None:
        """Say why it is not asked; what is written stays."""
        self._status.setText(error_text(error))
        self._announce(self._status.text())
        if self._pane.isHidden():
            self.resize(self.width(), self._closed_px())

    @Slot()
    def _typed(self) -> None:
        """Load the model while the person still writes."""
        self._person_acts()
        if self._chat and self._chat in self._chats.chats:
            self._chats.prepare(self._chat.chat_id)
        elif not self._chats.library.new_settings.model_path:
            self._engine.prepare()

    @Slot()
    def _stop_pressed(self) -> None:
        if self._chat:
            self._chats.give_up(self._chat.chat_id)

    @Slot()
    def _open_pressed(self) -> None:
        chat, self._chat = self._chat, None
        self.close()
        if chat:
            self.opened.emit(chat.chat_id)

    def _delete_ended(self) -> None:
        ended = [chat for chat in self._leaving if not chat.is_busy]
        self._leaving = [chat for chat in self._leaving if chat.is_busy]
        if gone := [chat for chat in ended if chat in self._chats.chats]:
            self._chats.library.delete(gone)

    def _clear(self) -> None:
        self._input.clear()
        self._status.clear()
        self._pane.clear()
        for part in (self._line, self._pane, self._open, self._stop):
            part.hide()

    def _show_work(self) -> None:
        is_busy = self._chat is not None and self._chat.is_busy
        had_focus = self._stop.hasFocus()
        self._stop.setVisible(is_busy)
        if had_focus and not is_busy:
            self._input.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_activity(self) -> None:
        """Say what happens before the first word."""
        if self._chat and self._chat.is_busy and not self._pane.text.source():
            self._status.setText(activity_words(self._engine.state, self._reading))

    def _show_about(self) -> None:
        if self._engine.state.model is None:
            self._about.setText(self.tr("No model yet"))
            return
        words = self.tr("{model} answers. Private: Escape closes this and leaves nothing of it.")
        self._about.setText(words.format(model=self._engine.state.model_name))

    def _come_where_the_person_is(self) -> None:
        """Above the middle of the screen with the mouse, with room for the answer below."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or self.screen()
        room = screen.availableGeometry()
        left = room.left() + max(0, room.width() - self.width()) // 2
        top = room.top() + max(0, room.height() - _OPEN_PX) // 3
        self.move(left, top)

    def _closed_px(self) -> int:
        """High enough for the question alone."""
        for part in self.findChildren(QWidget):
            part.ensurePolished()  # else it is measured in the system's font
        column = self.layout()
        assert column is not None
        column.invalidate()
        return column.heightForWidth(_WIDTH_PX)

    def _arrange(self) -> None:
        self.setMinimumWidth(_LEAST_PX)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Picture("wind", 24, QPalette.ColorRole.Highlight))
        head.addWidget(self._input, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._status, 1)
        foot.addWidget(self._stop)
        foot.addWidget(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._about)
        column.addWidget(self._line)
        column.addWidget(self._pane, 1)
        column.addLayout(foot)
        self._clear()
