"""What the parent and the process that reads files with chats say to each other.

One process reads one file or folder: it reads one line, `ReadChats`, and answers with a line per
chat, signs of life between them, and at last `ChatsRead` or `Failed`.
"""

from enum import StrEnum

from app.domain.kept_chat import KeptChat
from app.pipe.messages import Done, Event, Failed, Progress, Request

# Of one chat, with what is attached to it; a larger one is left out.
MAX_LINE_BYTES = 64 << 20
# More than that of one attachment, or of all that a chat has, becomes files.
MAX_INLINE_BYTES = 1 << 20
MAX_CHAT_INLINE_BYTES = 8 << 20
# Copies that the process makes while it reads, in the folder for attachments; it deletes them
# unless it dies before.
COPY_NAMES = ("copy.sqlite", "copy.sqlite-wal", "copy.sqlite-shm")


class Why(StrEnum):
    """Why a chat was left out.

    EMPTY has no message, REPEATED has the key of one that was read before.
    """

    BROKEN = "broken"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    REPEATED = "repeated"


class ReadChats(Request, frozen=True, kw_only=True):
    """Read what is there.

    Attributes:
        name: For the sentences of errors; never a path.
        path: Of a file or a folder, as `os.fsencode` makes it.
        folder: Gets attachments that are too large for a line, each under the SHA-256 of its
            content; it exists and is private.
    """

    name: str
    path: bytes
    folder: bytes


class ChatFound(Event, frozen=True, kw_only=True):
    """A chat; its ids count within it, and the id of the chat itself means nothing."""

    chat: KeptChat


class ChatsRead(Done, frozen=True, kw_only=True):
    """That was all.

    Attributes:
        program: Whose files they are, for people; several with commas between.
        folders: Names of all that the file has, in its order; only files of ours name any.
        chats: How many were sent.
        skipped: How many were left out.
        missing_attachments: Pictures and documents that the chats name and the file has not, or
            not in a form that can be used.
    """

    program: str
    folders: tuple[str, ...] = ()
    chats: int
    skipped: dict[Why, int]
    missing_attachments: int


Reply = ChatFound | Progress | ChatsRead | Failed
