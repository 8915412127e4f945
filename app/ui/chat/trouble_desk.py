"""What went wrong in the open chat or around it, and what the person does about it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.domain.errors import ChatsDiskFull, ChatsError
from app.domain.kept_chat import MessageState
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat
from app.services.engine_service import EnginePhase, EngineService, EngineState
from app.ui.chat.error_banner import ErrorBanner
from app.ui.chat.troubles import Troubles


class TroubleDesk(QObject):
    """Owns the banner.

    Attributes:
        banner: Shows one error, or nothing.

    Signals:
        ask_again_requested: Id of the question that got no answer.
    """

    ask_again_requested = Signal(int)

    def __init__(
        self,
        engine: EngineService,
        library: ChatLibrary,
        *,
        chat: Callable[[], Chat | None],
        report: Callable[[Exception], str],
        parent: QObject,
    ) -> None:
        """Use `chat`, which tells the open one, and `report`, which writes what can be copied."""
        super().__init__(parent)
        self._engine = engine
        self._library = library
        self._chat = chat
        self._report = report
        self._troubles = Troubles()
        self.banner = ErrorBanner()
        self.banner.retry_requested.connect(self._retry)
        self.banner.report_requested.connect(self._copy_report)
        self.banner.dismissed.connect(self.forget)

    def add(self, chat_id: int | None, error: Exception) -> None:
        """Something failed in that chat; None concerns no chat in particular."""
        self._troubles.add(chat_id, error)
        self.show()

    @Slot(object)
    def add_here(self, error: Exception) -> None:
        """Something failed in the open chat."""
        self.add(self._chat_id(), error)

    @Slot()
    def forget(self) -> None:
        """What was wrong in the open chat is over."""
        self._troubles.forget(self._chat_id())
        self.show()

    def follow(self, state: EngineState) -> None:
        """Follow the engine."""
        if state.phase is EnginePhase.FAILED and state.error:
            self._troubles.add(None, state.error)
        elif state.phase is EnginePhase.READY:
            self._troubles.forget_engine()
        if state.model:
            self._troubles.forget_missing_model()
        self.show()

    def show(self) -> None:
        """Show what concerns the open chat as it is now."""
        error = self._troubles.of(self._chat_id())
        can_retry = self._troubles.can_retry(
            error,
            # Not without need: a model that loads says often how far it is.
            has_unanswered=error is not None and self._unanswered_id() is not None,
            has_failed=self._engine.state.phase is EnginePhase.FAILED,
        )
        self.banner.show_error(error, can_retry=can_retry)

    def _chat_id(self) -> int | None:
        chat = self._chat()
        return chat.chat_id if chat else None

    def _unanswered_id(self) -> int | None:
        chat = self._chat()
        messages = chat.messages if chat else []
        return next(
            (m.message_id for m in reversed(messages) if m.state is MessageState.UNANSWERED), None
        )

    @Slot()
    def _retry(self) -> None:
        if isinstance(self._troubles.of(self._chat_id()), ChatsDiskFull):
            self._keep_again()
            return
        unanswered = self._unanswered_id()
        if unanswered is not None:
            self.ask_again_requested.emit(unanswered)
            return
        self._troubles.forget(self._chat_id())
        self._engine.retry()
        self._engine.prepare()
        self.show()

    def _keep_again(self) -> None:
        """The person made room on the disk, or not: then the error comes again."""
        chat_id = self._chat_id()
        self.forget()

        def kept(error: ChatsError | None) -> None:
            if error:
                self.add(chat_id, error)

        self._library.keep_again(kept)

    @Slot()
    def _copy_report(self) -> None:
        if error := self._troubles.of(self._chat_id()):
            QGuiApplication.clipboard().setText(self._report(error))
