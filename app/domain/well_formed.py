"""Half an emoji, a broken byte: what is not text cannot be sent."""

import msgspec

from app.domain.chat import Conversation, Message, Part, PicturePart


def well_formed(conversation: Conversation) -> Conversation:
    """The same conversation with a question mark for everything that is not text."""
    return msgspec.structs.replace(
        conversation, messages=tuple(_well_formed(m) for m in conversation.messages)
    )


def as_text(text: str) -> str:
    """The same text with a question mark for every lone surrogate."""
    return text.encode("utf-8", "replace").decode()


def builtins_as_text(value: object) -> object:
    """The same for all texts in what `msgspec.to_builtins` made, keys included."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, dict):
        return {builtins_as_text(key): builtins_as_text(item) for key, item in value.items()}
    return [builtins_as_text(i) for i in value] if isinstance(value, list | tuple) else value


def _well_formed(message: Message) -> Message:
    if isinstance(message.content, str):
        return msgspec.structs.replace(message, content=as_text(message.content))
    content: tuple[Part, ...] = tuple(
        part
        if isinstance(part, PicturePart)
        else msgspec.structs.replace(part, text=as_text(part.text))
        for part in message.content
    )
    return msgspec.structs.replace(message, content=content)
