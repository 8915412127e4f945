"""Very long chats: the same messages for the window's transcript and for the base."""

import itertools
from collections.abc import Iterator

from app.domain.chat import Role, TextPart
from app.domain.kept_chat import ChatInfo, ChatMessage, KeptChat, MessageState
from app.services.chats import Chat
from benchmarks.long_answer import long_answer

# How far the wheel is turned, and how often.
STEPS, WHEEL_PX = 600, 180
_ANSWER_CHARS = 1700
_QUESTION = "And what follows from that for number {number}? Please say it in a few sentences."


def texts(messages: int) -> Iterator[str]:
    """Questions and answers by turns, about 0.9 kB on average."""
    blocks = long_answer().split("\n\n")
    answers, block = [], ""
    for piece in blocks:
        block += piece + "\n\n"
        if len(block) > _ANSWER_CHARS:
            answers.append(block)
            block = ""
    for number, answer in zip(range(messages // 2), itertools.cycle(answers), strict=False):
        yield _QUESTION.format(number=number + 1)
        yield f"Number {number + 1}. {answer}"


def long_chat(messages: int) -> Chat:
    """A chat with so many messages."""
    kept = [
        ChatMessage(
            message_id=number,
            parent_id=number - 1 if number > 1 else None,
            role=Role.USER if number % 2 else Role.ASSISTANT,
            parts=(TextPart(text),),
            state=MessageState.DONE,
            model="Model",
        )
        for number, text in enumerate(texts(messages), start=1)
    ]
    chat = Chat(ChatInfo(chat_id=1, key="long", leaf_id=messages))
    chat.take(KeptChat(info=chat.info, messages=tuple(kept)))
    return chat
