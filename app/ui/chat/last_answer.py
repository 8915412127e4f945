"""What can be said of the answer at the end of a chat."""

from app.domain.chat import Effort, Role, ThoughtPart, Usage
from app.domain.kept_chat import ChatMessage, MessageState
from app.services.chats import Chat


def thinking_answer(chat: Chat | None) -> ChatMessage | None:
    """The one that is being written, while it is inside a thought."""
    for message in reversed(chat.messages if chat else []):
        if message.role is Role.ASSISTANT and message.state is MessageState.WORKING:
            is_thinking = message.parts and isinstance(message.parts[-1], ThoughtPart)
            return message if is_thinking else None
    return None


def last_usage(chat: Chat | None) -> Usage | None:
    """What the last answer that was counted took."""
    messages = chat.messages if chat else []
    return next((m.usage for m in reversed(messages) if m.usage), None)


def other_effort(answer: ChatMessage) -> Effort:
    """The mode that an answer was not given in."""
    return Effort.FAST if answer.effort is Effort.DEEP else Effort.DEEP
