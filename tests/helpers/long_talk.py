"""A person in a chat that is longer than the screen, and what of it can be seen."""

from PySide6.QtCore import QPoint

from app.domain.kept_chat import ChatInfo, ChatMessage
from app.services.chats import Chat, KeptChat
from app.ui.chat.message_view import MessageView
from tests.helpers.kept_chats import answer, question

# Heights that nobody guesses: tables, code, lists and one long line.
SHAPES = (
    "Short.",
    "| a | b |\n|---|---|\n" + "| one | two |\n" * 6,
    "```python\nprint('hello')\n" + "x = 1\n" * 9 + "```\n",
    "- a\n- b\n- c\n- d\n\n# Heading\n\nAnd words " * 2,
    "word " * 150,
    "one\n\ntwo\n\nthree\n\nfour\n\n---\n\n> quoted\n",
)
# Beyond the ids of what is asked in a test.
FIRST_ID = 1_000_000


def shaped(number: int) -> str:
    """What the model says at that place."""
    return f"Number {number}.\n\n{SHAPES[number // 2 % len(SHAPES)]}"


def long_messages(count: int) -> tuple[ChatMessage, ...]:
    """Questions and answers by turns, the first one is number 1."""
    return tuple(
        question(FIRST_ID + n, f"Question {n}?", FIRST_ID + n - 1 if n > 1 else None)
        if n % 2
        else answer(FIRST_ID + n, shaped(n), FIRST_ID + n - 1, model="m")
        for n in range(1, count + 1)
    )


class LongTalk:
    """The desk with such a chat open."""

    def __init__(self, desk, messages: tuple[ChatMessage, ...], chat_id: int = 4711) -> None:
        self.desk = desk
        info = ChatInfo(chat_id=chat_id, key=f"{chat_id:032x}", leaf_id=messages[-1].message_id)
        self.chat = Chat(info)
        self.chat.take(KeptChat(info=info, messages=messages))
        desk.chats.chats.insert(0, self.chat)
        desk.window.resize(900, 700)
        desk.widget("chatPage").open_chat(chat_id)
        self.column = desk.widget("transcript")
        self.bar = self.column.verticalScrollBar()

    def views(self) -> list[MessageView]:
        """All that are alive; what was given up is hidden until it is deleted."""
        return [view for view in self.column.findChildren(MessageView) if not view.isHidden()]

    def numbers(self) -> list[int]:
        """Which messages have a view."""
        ids = [message.message_id for message in self.chat.messages]
        return [ids.index(view.message.message_id) + 1 for view in self.views()]

    def view(self, number: int) -> MessageView:
        """The view of that message, which has one; the first one is number 1."""
        message_id = self.chat.messages[number - 1].message_id
        (found,) = [v for v in self.views() if v.message.message_id == message_id]
        return found

    def seen(self) -> dict[int, int]:
        """The messages on the screen by their numbers, and where each begins."""
        height = self.column.viewport().height()
        tops = dict(zip(self.numbers(), map(self.top, self.views()), strict=True))
        ends = {n: tops[n] + self.view(n).height() for n in tops}
        return {n: tops[n] for n in sorted(tops) if tops[n] < height and ends[n] > 0}

    def top(self, view: MessageView) -> int:
        """Where it begins in the viewport."""
        return view.mapTo(self.column.viewport(), QPoint(0, 0)).y()

    def rest(self) -> None:
        """Wait until nothing is being made or drawn."""
        self.desk.wait_for(
            lambda: (
                not self.column._prepare_timer.isActive()
                and all(view.is_drawn() for view in self.views())
            )
        )
