"""From a chat on the screen to the conversation that a model is shown."""

from collections.abc import Iterator

import msgspec

from app.domain.attachments import Attachment, DocumentAttachment, PictureAttachment
from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    Part,
    PicturePart,
    Role,
    TextPart,
    Thinking,
    ThoughtPart,
)
from app.domain.kept_chat import ChatMessage, ChatSettings, MessageState
from app.engine.protocol import Loaded


def effort_for(loaded: Loaded, wished: Effort | None) -> Effort | None:
    """What the model will do when that is wished; None where it never thinks."""
    return {
        Thinking.SWITCH: wished or Effort.FAST,
        Thinking.ALWAYS: Effort.DEEP,
        Thinking.NEVER: None,
    }[loaded.thinking]


def conversation_for(
    loaded: Loaded,
    settings: ChatSettings,
    history: list[ChatMessage],
    question: ChatMessage,
    effort: Effort | None,
    *,
    goes_on: ChatMessage | None = None,
) -> Conversation:
    """What the model is asked: thoughts if it thinks, the pictures made for its grid.

    An answer of which nothing is left has no place in Mistral's prompts, whose builders refuse it
    and join two questions in a row; foreign templates want their turns one after the other.

    Args:
        loaded: The model.
        settings: Of the chat.
        history: What was said before the question.
        question: What is asked.
        effort: What is wished.
        goes_on: The answer that is to be continued.
    """
    seen = [_as_model_sees(message, loaded) for message in (*history, question)]
    if loaded.tokenizer != "template":
        seen = [m for m in seen if m.role is not Role.ASSISTANT or m.content]
    if settings.system.strip():
        seen.insert(0, Message(Role.SYSTEM, settings.system))
    if goes_on:
        begun = _as_model_sees(goes_on, loaded)
        seen.append(Message(Role.ASSISTANT, begun.content, is_prefix=True))
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


def bare_conversation_for(
    loaded: Loaded,
    settings: ChatSettings,
    history: list[ChatMessage],
    question: ChatMessage,
    effort: Effort | None,
) -> Conversation | None:
    """The same as if no documents went with any message; None where none does."""
    messages = [*history, question]
    if not any(isinstance(a, DocumentAttachment) for m in messages for a in m.attachments):
        return None
    *bare, last = map(_without_documents, messages)
    return conversation_for(loaded, settings, bare, last, effort)


def _without_documents(message: ChatMessage) -> ChatMessage:
    pictures = tuple(a for a in message.attachments if isinstance(a, PictureAttachment))
    return msgspec.structs.replace(message, attachments=pictures)


def _as_model_sees(message: ChatMessage, loaded: Loaded) -> Message:
    pictures = [
        PicturePart(a.picture)
        for a in message.attachments
        if isinstance(a, PictureAttachment) and a.picture and a.grid == loaded.grid
    ]
    documents = [
        TextPart(_in_words(a)) for a in message.attachments if isinstance(a, DocumentAttachment)
    ]
    thinks = loaded.thinking is not Thinking.NEVER
    kept = [part for part in message.parts if thinks or not isinstance(part, ThoughtPart)]
    if pictures or any(isinstance(part, ThoughtPart) for part in kept):
        # One text beside a picture: the reference has rules for one of each.
        words = "\n\n".join(part.text for part in documents)
        return Message(message.role, (*pictures, *_joined(words, kept)))
    return Message(message.role, "\n\n".join([*(part.text for part in documents), message.text]))


def _joined(words: str, parts: list[Part]) -> Iterator[Part]:
    """Put words before the first text of some parts."""
    for part in parts:
        if words and isinstance(part, TextPart):
            yield TextPart(f"{words}\n\n{part.text}")
            words = ""
        else:
            yield part
    if words:
        yield TextPart(words)


def _in_words(document: DocumentAttachment) -> str:
    """A document as the model reads it: its name, then its pages with their labels."""
    lines = [f"{document.kind} “{document.name}”:"]
    for page in document.shown:
        if page.label:
            lines.append(f"[{page.label}]")
        lines.append(page.text)
    return "\n\n".join(lines)
