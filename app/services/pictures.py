"""Opening the pictures of a conversation for a model."""

import pathlib
from collections.abc import Callable

import msgspec

from app.domain.attachments import Source
from app.domain.chat import Conversation, Message, Picture, PicturePart
from app.domain.picture_grid import PictureGrid
from app.media.client import prepare_picture


def open_pictures(conversation: Conversation, grid: PictureGrid) -> Conversation:
    """Have every picture that is still a file decoded and scaled; waits for it.

    The pixels stay in memory.

    Raises:
        PictureError: One of them cannot be used.
    """

    def opened(picture: Picture) -> Picture:
        name = pathlib.Path(picture.path).name or "picture"
        source = Source(path=picture.path, data=picture.data, name=name)
        return prepare_picture(source, grid, folder=None).picture

    return msgspec.structs.replace(
        conversation, messages=tuple(_with(m, opened) for m in conversation.messages)
    )


def _with(message: Message, opened: Callable[[Picture], Picture]) -> Message:
    if isinstance(message.content, str):
        return message
    content = tuple(
        PicturePart(opened(part.picture)) if isinstance(part, PicturePart) else part
        for part in message.content
    )
    return msgspec.structs.replace(message, content=content)
