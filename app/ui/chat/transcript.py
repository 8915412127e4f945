"""The messages of the open chat in one readable column.

Words arrive at most 30 times a second and no timer runs while none arrive. Views exist near the
screen only (`message_column`); what is selected may reach over all messages (`chat_selection`).
"""

import itertools
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent

from app.domain.chat import Effort, Role
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.model_file import ModelFile
from app.services.chats import Chat, MessageAdded, MessageChanged, MessageRemoved, TextAdded
from app.ui.announce import announce
from app.ui.chat.height_guess import bulk_of
from app.ui.chat.message_column import MARGIN_PX
from app.ui.chat.message_view import MessageView
from app.ui.chat.selecting_column import SelectingColumn
from app.ui.chat.status_words import ended_words
from app.ui.chat.view_making import Span, ViewMaker
from app.ui.chat.welcome import Welcome

MessageEvent = MessageAdded | MessageChanged | MessageRemoved | TextAdded

_WELCOME_PX = 600
_FLUSH_MS = 34
_BUSY = (MessageState.WORKING, MessageState.QUEUED)


class Transcript(SelectingColumn):
    """Shows one chat.

    Attributes:
        welcome: What an empty chat shows.

    Signals:
        requested: A `MessageRequest`.
        attachment_opened: The `Attachment` of a question that the person wants to see in full.
        open_model_requested: From the empty chat's note.
    """

    requested = Signal(object)
    attachment_opened = Signal(object)
    open_model_requested = Signal()

    def __init__(self, models: Callable[[], list[ModelFile]]) -> None:
        """Offer `models` for other answers."""
        super().__init__()
        self.setObjectName("transcript")
        self.setAccessibleName(self.tr("Conversation"))
        self._chat: Chat | None = None
        self._words: dict[int, list[TextAdded]] = {}
        self._maker = ViewMaker(models)
        self.welcome = Welcome()
        self.welcome.setParent(self.viewport())
        self.welcome.height_changed.connect(self._lay_out)
        self.welcome.open_model_requested.connect(self.open_model_requested)
        self._flush_timer = QTimer(self, singleShot=True, interval=_FLUSH_MS)
        self._flush_timer.timeout.connect(self._flush_more)

    def open_chat(self, chat: Chat) -> None:
        """Show that chat from its end."""
        self._chat = chat
        self._words = {}
        self._selection.clear()
        self.welcome.show_private(is_private=chat.is_private)
        self._show_rows(0, chat.messages)
        self._follows = True
        self._lay_out()

    def show_path(self, index: int) -> None:
        """Other messages are open from that place in the chat on; what is before it stays."""
        if self._chat is None:
            return
        self._flush()
        if self._selection and self._selection.rows()[-1] >= index:
            self._selection.clear()
        focused = self._views.row_around(self.focusWidget())
        self._show_rows(index, self._chat.messages[index:])
        self._lay_out()
        if focused is not None and index <= focused and index < len(self._messages):
            self._realise(index).focus(Qt.FocusReason.OtherFocusReason)

    def show_model(self, model: ModelFile | None) -> None:
        """Tell the empty chat's note whom the person talks to; None: nobody yet."""
        self.welcome.show_model(model)
        self._lay_out()

    def add(self, index: int, message: ChatMessage) -> None:
        """Put a message at that place in the chat."""
        self._messages.insert(index, message)
        self._selection.follow_insertion(index)
        self._insert_row(index, message)
        self._number_views()
        self.welcome.hide()
        self._lay_out()

    def change(self, message: ChatMessage) -> None:
        """Show a message's new state."""
        self._flush()
        row = self._index(message.message_id)
        if row is None:
            return
        before, self._messages[row] = self._messages[row], message
        self._bulks[row] = bulk_of(message)
        if view := self._views.get(row):
            view.show_message(message)
            self._dirty.add(view)
            self._lay_out()
        has_ended = before.state is MessageState.WORKING and message.state not in _BUSY
        if has_ended and message.role is Role.ASSISTANT:
            announce(self, ended_words(message))

    def remove(self, message_id: int) -> None:
        """Take a message away."""
        self._words.pop(message_id, None)
        row = self._index(message_id)
        if row is None:
            return
        self._selection.clear()
        del self._messages[row]
        self._remove_row(row)
        self._number_views()
        self.welcome.setVisible(not self._messages)
        self._lay_out()

    def follow_event(self, event: MessageEvent) -> None:
        """Show what happened to a message of the chat."""
        match event:
            case MessageAdded(_, index, message):
                self.add(index, message)
            case MessageChanged(_, message):
                self.change(message)
            case MessageRemoved(_, message_id):
                self.remove(message_id)
            case TextAdded():
                self.append(event)

    def append(self, words: TextAdded) -> None:
        """Add words to an answer: the first at once, the others in the rhythm of the eye."""
        self._words.setdefault(words.message_id, []).append(words)
        if not self._flush_timer.isActive():
            self._flush_more()

    def show_activity(self, words: str) -> None:
        """Say what happens before the first word of the answer that is worked on."""
        self._maker.activity = words
        for view in self._views.values():
            if view.message.state is MessageState.WORKING:
                view.show_activity(words)

    def show_offer(self, offer: tuple[int, Effort] | None) -> None:
        """Offer to have that answer's question answered in that mode."""
        if offer == self._maker.offer:
            return
        self._maker.offer = offer
        for view in self._views.values():
            self._maker.offer_in(view)

    def mark_places(
        self, places: dict[int, list[Span]], current: tuple[int, int, int] | None
    ) -> None:
        """Mark what was found, by message: begin and end in its words; one of them stronger."""
        self._maker.mark(places, current, self._views.values())

    def show_message(self, message_id: int, position: int | None = None) -> None:
        """Go to a message of the open path, or to a place in its words."""
        row = self._index(message_id)
        if row is None:
            return
        view = self._realise(row)
        self._measure(row)
        if position is None:
            self._go_to(row, 0, 1)
            return
        place = view.text.place_of(position)
        self._dirty.add(view)  # more of it may be drawn now
        self._measure(row)
        point = view.text.mapTo(view, place.center())
        self._go_to(row, point.y(), 1)

    def show_left_out(self) -> None:
        """Mark what the model does not read any more."""
        self._mark_left_out()
        self._lay_out()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._follows = True
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand a keyboard user to the last message; Alt with an arrow goes to the others."""
        super().focusInEvent(event)
        is_by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        if self._messages and is_by_keyboard:
            self._focus_row(self._row_at(self.viewport().height()), event.reason())

    def _now(self, row: int) -> ChatMessage:
        """A message with all its words so far."""
        told = self._messages[row]
        if self._chat and self._chat.has(told.message_id):
            return self._chat.message(told.message_id)
        return told

    def _index(self, message_id: int) -> int | None:
        # From the end: what changes is nearly always there.
        messages = self._messages
        return next(
            (i for i in reversed(range(len(messages))) if messages[i].message_id == message_id),
            None,
        )

    def _show_rows(self, first: int, messages: list[ChatMessage]) -> None:
        self._messages[first:] = messages
        self._take_rows(first, messages)
        self._mark_left_out()
        self._number_views()
        self.welcome.setVisible(not self._messages)

    def _make_view(self, row: int, *, is_hurried: bool) -> MessageView:
        message = self._now(row)
        self._words.pop(message.message_id, None)  # it shows all words so far
        variants = self._chat.variants(message.message_id) if self._chat else []
        view = self._maker.make(message, variants, self.viewport(), is_hurried=is_hurried)
        view.show_left_out(is_left_out=row < self._left_out)
        view.requested.connect(self.requested)
        view.attachment_opened.connect(self.attachment_opened)
        view.resized.connect(lambda: self._resize_view(view))
        view.grown.connect(lambda: self._grow_view(view))
        view.text.cursor_moved.connect(lambda place: self._show_cursor(view, place))
        self._follow_mouse(view)
        self._selection.show_in(row, view)
        self._number(row, view)
        return view

    def _number_views(self) -> None:
        for row, view in self._views.items():
            self._number(row, view)

    def _number(self, row: int, view: MessageView) -> None:
        """Tell listeners where they are, since only a part of the chat is on the screen."""
        words = self.tr("Message {number} of {total}")
        view.setAccessibleName(words.format(number=row + 1, total=len(self._messages)))

    def _give_up(self, view: MessageView) -> None:
        self._maker.remember(view)
        super()._give_up(view)

    def _mark_left_out(self) -> None:
        self._divide(self._chat.left_out if self._chat else 0)
        for row, view in self._views.items():
            view.show_left_out(is_left_out=row < self._left_out)

    @Slot()
    def _flush_more(self) -> None:
        if self._words:
            self._flush()
            self._flush_timer.start()

    def _flush(self) -> None:
        from app.ui.chat.answer_view import AnswerView  # see ViewMaker.make

        words, self._words = self._words, {}
        for message_id, pieces in words.items():
            row, view = self._views.found(message_id) or (0, None)
            if not isinstance(view, AnswerView):
                continue
            for is_thought, run in itertools.groupby(pieces, lambda piece: piece.is_thought):
                together = list(run)
                text = "".join(piece.text for piece in together)
                if is_thought:
                    view.append_thought(text, together[-1].reasoning_tokens)
                else:
                    view.append(text)
            self._selection.show_in(row, view)
            self._dirty.add(view)
        if words:
            self._lay_out()

    def _resize_view(self, view: MessageView) -> None:
        """A part of it was folded: what was pressed stays where it is."""
        row = self._views.row_of(view)
        if row is None:
            return
        self._dirty.add(view)
        if not -self._heights[row] < self._screen_y(row) < self.viewport().height():
            self._go_to(row, 0, 1)  # somebody writes in it that scrolled away from it
            return
        self._follows = False
        self._anchor = (row, self._screen_y(row))
        self._lay_out()
        self._follows = self._is_at_end()

    def _grow_view(self, view: MessageView) -> None:
        row = self._views.row_of(view)
        if row is not None:
            self._selection.show_in(row, view)
            self._dirty.add(view)
            self._lay_out()

    def _lay_out_empty(self, left: int, width: int) -> int:
        left, width = left + max(0, width - _WELCOME_PX) // 2, min(width, _WELCOME_PX)
        height = self.welcome.heightForWidth(width)
        top = max(MARGIN_PX, (self.viewport().height() - height) * 2 // 5)
        y = top - self.verticalScrollBar().value()
        self.welcome.setGeometry(QRect(left, y, width, height))
        return top + height + MARGIN_PX

    def _show_cursor(self, view: MessageView, place: QRect) -> None:
        if view.text.hasFocus():
            self._selection.clear()
            around = place.adjusted(0, -place.height() // 2, 0, place.height() // 2)
            self._reveal_part(view.text, around)
