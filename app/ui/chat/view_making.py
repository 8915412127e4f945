"""Makes the views of messages and keeps what they show beside their words."""

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QWidget

from app.domain.chat import Effort, Role
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.model_file import ModelFile
from app.ui.chat.message_view import MessageView

Span = tuple[int, int]


class ViewMaker:
    """What all views of a chat show, so that those made later show it too.

    Attributes:
        activity: What happens before the first word of the answer that is worked on.
        offer: Which answer's question may be answered in which mode.
    """

    def __init__(self, models: Callable[[], list[ModelFile]]) -> None:
        """Have `models` give other answers."""
        self.activity = ""
        self.offer: tuple[int, Effort] | None = None
        self._models = models
        self._places: dict[int, list[Span]] = {}
        self._place: tuple[int, int, int] | None = None
        self._edits: dict[int, str] = {}  # by message: what is not done when the chat is left
        self._unfolded: dict[int, bool] = {}  # by message: what the person wanted of a thought

    def make(
        self, message: ChatMessage, variants: list[int], parent: QWidget, *, is_hurried: bool
    ) -> MessageView:
        """Make a view of that message as it is now; its words come later if it is hurried."""
        # An empty chat, with which the program starts, does without them and all of Markdown.
        from app.ui.chat.answer_view import AnswerView
        from app.ui.chat.question_view import QuestionView

        view: MessageView
        if message.role is Role.USER:
            view = QuestionView(message, parent)
        else:
            view = AnswerView(message, self._models, parent, is_hurried=is_hurried)
        view.show_variants(variants)
        view.edited.connect(lambda text: self._keep_edit(message.message_id, text))
        self.offer_in(view)
        if message.state is MessageState.WORKING:
            view.show_activity(self.activity)
        self._mark_in(view)
        unfolded = self._unfolded.get(message.message_id)
        if unfolded is not None:
            view.unfold(is_open=unfolded)
        if message.message_id in self._edits:
            view.edit(self._edits[message.message_id])
        return view

    def remember(self, view: MessageView) -> None:
        """A view is given up: keep what the person did to it."""
        unfolded = view.unfolded()
        if unfolded is not None:
            self._unfolded[view.message.message_id] = unfolded

    def mark(
        self,
        places: dict[int, list[Span]],
        current: tuple[int, int, int] | None,
        views: Iterable[MessageView],
    ) -> None:
        """Mark what was found, by message: begin and end in its words; one of them stronger."""
        self._places, self._place = places, current
        for view in views:
            self._mark_in(view)

    def offer_in(self, view: MessageView) -> None:
        """Show the offer where it belongs."""
        is_meant = self.offer is not None and self.offer[0] == view.message.message_id
        view.show_offer(self.offer[1] if self.offer and is_meant else None)

    def _mark_in(self, view: MessageView) -> None:
        message_id = view.message.message_id
        found, current = self._places.get(message_id, []), self._place
        if found or view.text.extraSelections():
            is_here = current is not None and current[0] == message_id
            view.text.mark(found, current[1:] if current and is_here else None)

    def _keep_edit(self, message_id: int, text: str | None) -> None:
        if text is None:
            self._edits.pop(message_id, None)
        else:
            self._edits[message_id] = text
