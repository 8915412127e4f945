"""From a chat on the screen to the conversation that a model is shown."""

from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    PicturePart,
    Role,
    TextPart,
    Thinking,
    ThoughtPart,
)
from app.engine.protocol import Loaded
from app.services.attachments import Attachment
from app.services.chats import ChatMessage, MessageState


def effort_for(loaded: Loaded, wished: Effort | None) -> Effort | None:
    """What the model will do when that is wished; None where it never thinks."""
    return {
        Thinking.SWITCH: wished or Effort.FAST,
        Thinking.ALWAYS: Effort.DEEP,
        Thinking.NEVER: None,
    }[loaded.thinking]


def conversation_for(
    loaded: Loaded, history: list[ChatMessage], question: ChatMessage, effort: Effort | None
) -> Conversation:
    """What the model is asked: thoughts if it thinks, the pictures made for its grid.

    An answer of which nothing is left has no place in Mistral's prompts, whose builders refuse it
    and join two questions in a row; foreign templates want their turns one after the other.
    """
    seen = [_as_model_sees(message, loaded) for message in (*history, question)]
    if loaded.tokenizer != "template":
        seen = [m for m in seen if m.role is not Role.ASSISTANT or m.content]
    return Conversation(tuple(seen), effort=effort_for(loaded, effort))


def unasked(draft: str, attachments: tuple[Attachment, ...]) -> ChatMessage:
    """A question that is still being written."""
    return ChatMessage(
        message_id=0,
        role=Role.USER,
        parts=(TextPart(draft),) if draft else (),
        attachments=attachments,
        state=MessageState.QUEUED,
    )


def _as_model_sees(message: ChatMessage, loaded: Loaded) -> Message:
    pictures = [PicturePart(a.picture) for a in message.attachments if a.grid == loaded.grid]
    thinks = loaded.thinking is not Thinking.NEVER
    kept = [part for part in message.parts if thinks or not isinstance(part, ThoughtPart)]
    if pictures or any(isinstance(part, ThoughtPart) for part in kept):
        return Message(message.role, (*pictures, *kept))
    return Message(message.role, message.text)
