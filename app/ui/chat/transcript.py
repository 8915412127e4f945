"""The messages of the open chat in one readable column.

Places its views itself: a growing answer moves only what is below it, and what the person looks
at stays where it is. Words arrive at most 30 times a second and no timer runs while none arrive.
"""

import itertools
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.domain.chat import Effort, Role
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.model_file import ModelFile
from app.services.chats import Chat, TextAdded
from app.ui.chat.answer_view import AnswerView
from app.ui.chat.left_out_divider import LeftOutDivider
from app.ui.chat.message_view import MessageView
from app.ui.chat.question_view import QuestionView
from app.ui.chat.welcome import Welcome

COLUMN_PX = 760
_WELCOME_PX = 600
_MARGIN_PX = 24
_GAP_PX = 28
_FLUSH_MS = 34
_FIRST_VIEWS = 12
_MORE_VIEWS = 4
# Beyond these, views are made when somebody scrolls towards them: each takes a quarter of a MB.
_VIEWS_AHEAD = 48
_BOTTOM_PX = 8


class Transcript(QScrollArea):
    """Shows one chat.

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
        self._models = models
        self._places: dict[int, list[tuple[int, int]]] = {}
        self._place: tuple[int, int, int] | None = None
        self._edits: dict[int, str] = {}  # by message: what is not done when the chat is left
        self.setObjectName("transcript")
        self.setAccessibleName(self.tr("Conversation"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self._content.setObjectName("transcriptContent")
        self.setWidget(self._content)
        self.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        self._welcome = Welcome()
        self._welcome.setParent(self._content)
        self._welcome.open_model_requested.connect(self.open_model_requested)
        self._welcome.height_changed.connect(self._lay_out)
        self._chat: Chat | None = None
        self._views: list[QuestionView | AnswerView] = []
        self._hidden = 0  # messages at the beginning that have no view yet
        self._dirty: set[int] = set()
        self._width = 0
        self._activity = ""
        self._offer: tuple[int, Effort] | None = None
        self._divider = LeftOutDivider(self._content)
        self._words: dict[int, list[TextAdded]] = {}
        self._follows = True
        self._anchor: tuple[MessageView, int] | None = None
        self._is_adjusting = False
        self._flush_timer = QTimer(self, singleShot=True, interval=_FLUSH_MS)
        self._flush_timer.timeout.connect(self._flush_more)
        self._view_timer = QTimer(self, singleShot=True, interval=0)
        self._view_timer.timeout.connect(self._make_more_views)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def open_chat(self, chat: Chat) -> None:
        """Show that chat from its end."""
        for view in self._views:
            self._discard(view)
        self._chat = chat
        self._welcome.show_private(is_private=chat.is_private)
        self._views, self._words, self._dirty = [], {}, set()
        self._follows, self._anchor = True, None
        self._hidden = max(0, len(chat.messages) - _FIRST_VIEWS)
        for message in chat.messages[self._hidden :]:
            self._insert(len(self._views), message)
        self._mark_left_out()
        self._lay_out()
        if self._hidden:
            self._view_timer.start()

    def show_path(self, index: int) -> None:
        """Other messages are open from that place in the chat on; what is before it stays."""
        if self._chat is None:
            return
        self._flush()
        first = max(0, index - self._hidden)
        for view in self._views[first:]:
            self._words.pop(view.message.message_id, None)
            self._discard(view)
        del self._views[first:]
        if self._anchor and self._anchor[0] not in self._views:
            self._anchor = None
        for message in self._chat.messages[self._hidden + first :]:
            self._insert(len(self._views), message)
        self._mark_left_out()
        self._lay_out()

    def show_model(self, model: ModelFile) -> None:
        """Tell the empty chat's note whom the person talks to."""
        self._welcome.show_model(model)
        self._lay_out()

    def add(self, index: int, message: ChatMessage) -> None:
        """Put a message at that place in the chat."""
        if index < self._hidden:
            self._hidden += 1
            return
        self._insert(index - self._hidden, message)
        self._lay_out()

    def change(self, message: ChatMessage) -> None:
        """Show a message's new state."""
        self._flush()
        if view := self._view(message.message_id):
            view.show_message(message)
            self._dirty.add(message.message_id)
            self._lay_out()

    def remove(self, message_id: int) -> None:
        """Take a message away."""
        self._words.pop(message_id, None)
        view = self._view(message_id)
        if view is None:
            self._hidden -= 1
            return
        self._views.remove(view)
        if self._anchor and self._anchor[0] is view:
            self._anchor = None
        self._discard(view)
        self._lay_out()

    def append(self, words: TextAdded) -> None:
        """Add words to an answer: the first at once, the others in the rhythm of the eye."""
        self._words.setdefault(words.message_id, []).append(words)
        if not self._flush_timer.isActive():
            self._flush_more()

    def show_activity(self, words: str) -> None:
        """Say what happens before the first word of the answer that is worked on."""
        self._activity = words
        for view in self._views:
            if isinstance(view, AnswerView) and view.message.state is MessageState.WORKING:
                view.show_activity(words)

    def show_offer(self, offer: tuple[int, Effort] | None) -> None:
        """Offer to have that answer's question answered in that mode."""
        if offer == self._offer:
            return
        self._offer = offer
        for view in self._views:
            if isinstance(view, AnswerView):
                self._offer_in(view)

    def mark_places(
        self, places: dict[int, list[tuple[int, int]]], current: tuple[int, int, int] | None
    ) -> None:
        """Mark what was found, by message: begin and end in its words; one of them stronger."""
        self._places, self._place = places, current
        for view in self._views:
            self._mark_in(view)

    def show_message(self, message_id: int, position: int | None = None) -> None:
        """Go to a message of the open path, or to a place in its words."""
        index = self._chat.index(message_id) if self._chat else None
        if index is None:
            return
        while index < self._hidden:
            self._make_more_views()
        view = self._views[index - self._hidden]
        place = view.text.place_of(position) if position is not None else QRect(0, 0, 1, 1)
        point = view.text.mapTo(self._content, place.center())
        bar = self.verticalScrollBar()
        self._follows = False
        if not bar.value() < point.y() < bar.value() + self.viewport().height() - _MARGIN_PX:
            bar.setValue(point.y() - self.viewport().height() // 3)

    def show_left_out(self) -> None:
        """Mark what the model does not read any more."""
        self._mark_left_out()
        self._lay_out()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._follows = True
        self._keep_place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the column to the new width."""
        self._is_adjusting = True
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand a keyboard user to the last message; Alt with an arrow goes to the others."""
        super().focusInEvent(event)
        is_by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        if self._views and is_by_keyboard:
            self._views[-1].focus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from message to message."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() != Qt.KeyboardModifier.AltModifier or not self._views:
            super().keyPressEvent(event)
            return
        focus = self.focusWidget()
        now = next(
            (i for i, v in enumerate(self._views) if focus and v.isAncestorOf(focus)),
            len(self._views),
        )
        view = self._views[min(max(now + step, 0), len(self._views) - 1)]
        view.focus(Qt.FocusReason.ShortcutFocusReason)
        self.ensureVisible(view.x(), view.y(), 0, _MARGIN_PX)

    def _view(self, message_id: int) -> QuestionView | AnswerView | None:
        # From the end: what changes is nearly always there.
        return next((v for v in reversed(self._views) if v.message.message_id == message_id), None)

    def _insert(self, position: int, message: ChatMessage) -> None:
        view = (
            QuestionView(message)
            if message.role is Role.USER
            else AnswerView(message, self._models)
        )
        view.setParent(self._content)
        if self._chat:
            view.show_variants(self._chat.variants(message.message_id))
        view.requested.connect(self.requested)
        view.edited.connect(lambda text: self._keep_edit(message.message_id, text))
        view.attachment_opened.connect(self.attachment_opened)
        view.resized.connect(lambda: self._resize_view(view))
        view.grown.connect(lambda: self._grow_view(view))
        view.text.cursor_moved.connect(lambda place: self._show_cursor(view, place))
        if isinstance(view, AnswerView):
            self._offer_in(view)
            if message.state is MessageState.WORKING:
                view.show_activity(self._activity)
        self._views.insert(position, view)
        if position + 1 < len(self._views):
            # Screen readers and Tab follow the order of the children.
            view.stackUnder(self._views[position + 1])
        self._dirty.add(message.message_id)
        view.show()
        self._mark_in(view)
        if message.message_id in self._edits:
            view.edit(self._edits[message.message_id])

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

    def _discard(self, view: MessageView) -> None:
        view.hide()
        view.setParent(None)
        view.deleteLater()

    @Slot()
    def _make_more_views(self) -> None:
        """Go towards the beginning in small steps, so that a long chat opens at once."""
        if self._chat is None:
            return
        self._flush()  # a new view shows all words so far
        first = max(0, self._hidden - _MORE_VIEWS)
        for message in reversed(self._chat.messages[first : self._hidden]):
            self._insert(0, message)
        self._hidden = first
        if self._chat.left_out:
            self._mark_left_out()
        self._lay_out()
        self._make_views_soon()

    def _make_views_soon(self) -> None:
        """Go on towards the beginning, as far as the person may want to see."""
        bar = self.verticalScrollBar()
        is_near = bar.value() < self.viewport().height()
        if self._hidden and (len(self._views) < _VIEWS_AHEAD or is_near):
            self._view_timer.start()

    @Slot()
    def _flush_more(self) -> None:
        if self._words:
            self._flush()
            self._flush_timer.start()

    def _flush(self) -> None:
        words, self._words = self._words, {}
        for message_id, pieces in words.items():
            view = self._view(message_id)
            if not isinstance(view, AnswerView):
                continue
            for is_thought, run in itertools.groupby(pieces, lambda piece: piece.is_thought):
                together = list(run)
                text = "".join(piece.text for piece in together)
                if is_thought:
                    view.append_thought(text, together[-1].reasoning_tokens)
                else:
                    view.append(text)
            self._dirty.add(message_id)
        if words:
            self._lay_out()

    def _lay_out(self) -> None:
        # Of the whole width, so that a scroll bar that comes or goes moves nothing.
        width = min(COLUMN_PX, self.width() - 2 * _MARGIN_PX)
        left = (self.width() - width) // 2
        y = _MARGIN_PX
        divided = self._divided_before()
        self._divider.setVisible(divided is not None)
        for place, view in enumerate(self._views):
            if place == divided:
                y = self._lay_out_divider(left, y, width)
            if width != self._width or view.message.message_id in self._dirty:
                height = view.lay_out(width)
            else:
                height = view.height()
            view.setGeometry(left, y, width, height)
            y += height + _GAP_PX
        if divided == len(self._views):
            y = self._lay_out_divider(left, y, width)
        self._width = width
        self._dirty.clear()
        self._is_adjusting = True
        y = max(y, self._lay_out_welcome(left, width))
        self._content.resize(self.viewport().width(), max(y, self.viewport().height()))
        self._is_adjusting = False
        self._keep_place()

    def _divided_before(self) -> int | None:
        """Which view is the first that the model reads; None where it reads all of them."""
        if self._chat is None or self._chat.left_out <= self._hidden:
            return None
        return self._chat.left_out - self._hidden

    def _lay_out_divider(self, left: int, y: int, width: int) -> int:
        height = self._divider.sizeHint().height()
        self._divider.setGeometry(left, y, width, height)
        return y + height + _GAP_PX

    def _mark_left_out(self) -> None:
        divided = self._divided_before() or 0
        for place, view in enumerate(self._views):
            view.show_left_out(is_left_out=place < divided)

    def _offer_in(self, view: AnswerView) -> None:
        is_meant = self._offer is not None and self._offer[0] == view.message.message_id
        view.show_offer(self._offer[1] if self._offer and is_meant else None)

    def _resize_view(self, view: MessageView) -> None:
        """A part of it was folded: what was pressed stays where it is."""
        bar = self.verticalScrollBar()
        self._follows = False
        self._anchor = (view, view.y() - bar.value())
        self._dirty.add(view.message.message_id)
        self._lay_out()
        self._follows = bar.value() >= bar.maximum() - _BOTTOM_PX

    def _grow_view(self, view: MessageView) -> None:
        if view in self._views:
            self._dirty.add(view.message.message_id)
            self._lay_out()

    def _lay_out_welcome(self, left: int, width: int) -> int:
        is_empty = not self._views and not self._hidden
        self._welcome.setVisible(is_empty)
        if not is_empty:
            return 0
        left, width = left + max(0, width - _WELCOME_PX) // 2, min(width, _WELCOME_PX)
        height = self._welcome.heightForWidth(width)
        top = max(_MARGIN_PX, (self.viewport().height() - height) * 2 // 5)
        self._welcome.setGeometry(QRect(left, top, width, height))
        return top + height + _MARGIN_PX

    def _keep_place(self) -> None:
        """Stay at the end, or keep what is at the top of the screen where it is."""
        bar = self.verticalScrollBar()
        self._is_adjusting = True
        if self._follows:
            bar.setValue(bar.maximum())
        elif self._anchor:
            view, offset = self._anchor
            bar.setValue(view.y() - offset)
        self._is_adjusting = False

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if self._is_adjusting:
            return
        self._follows = value >= self.verticalScrollBar().maximum() - _BOTTOM_PX
        top = next((v for v in self._views if v.geometry().bottom() >= value), None)
        self._anchor = (top, top.y() - value) if top else None
        self._make_views_soon()

    def _show_cursor(self, view: MessageView, place: QRect) -> None:
        if view.text.hasFocus():
            point = view.text.mapTo(self._content, place.center())
            self.ensureVisible(point.x(), point.y(), 0, place.height() * 2)
