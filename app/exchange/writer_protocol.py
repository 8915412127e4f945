"""What the parent and the process that writes chats to files say to each other.

One process writes one file, or one folder of files. It reads a line, a `WriteJob`; whenever it
says `NextChat` it is sent one more line: a `ChatLine`, or a `NoMoreChats`. It ends with a `Written`
or a `Failed`, and is gone.
"""

from enum import StrEnum

import msgspec

from app.domain.kept_chat import KeptChat
from app.exchange.file_words import FileWords
from app.pipe.messages import Done, Event, Failed, Progress, Request, Wire

# Progress carries how many messages are written; how many there are is not known.
STAGE_WRITING = "writing"
MAX_REPLY_BYTES = 1 << 20


class ExportFormat(StrEnum):
    """Kind of a file; the value is its suffix without the dot."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    JSON = "json"

    @property
    def suffix(self) -> str:
        """With its dot."""
        return f".{self.value}"


class WriteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a file beside the words.

    Attributes:
        folders: Names that our own file has, in this order, before those of other chats in it.
        words: What files for people say beside the words of the chat.
    """

    thoughts: bool = True
    pictures: bool = True
    folders: tuple[str, ...] = ()
    words: FileWords = FileWords()


class WriteJob(Request, frozen=True, kw_only=True):
    """Write the chats that follow.

    Attributes:
        target: The file, as `os.fsencode` makes it; the folder where every chat gets its own file.
        staging: A name beside the target, or in the folder, that is used until all is whole.
        name: For the sentences of errors; never a path.
        exported_ms: Unix time in milliseconds, UTC.
    """

    target: bytes
    staging: bytes
    name: str
    is_folder: bool = False
    format: ExportFormat
    options: WriteOptions
    exported_ms: int


class ChatLine(Wire, frozen=True, kw_only=True):
    """One more chat."""

    chat: KeptChat


class NoMoreChats(Wire, frozen=True):
    """That was all."""


class NextChat(Event, frozen=True, kw_only=True):
    """One more chat can be taken."""


class Written(Done, frozen=True, kw_only=True):
    """All is on the disk.

    Attributes:
        names: Of the files, in the order of the chats; at most a thousand of them are named.
    """

    files: int
    names: tuple[str, ...] = ()


FromParent = WriteJob | ChatLine | NoMoreChats
FromWriter = Progress | NextChat | Written | Failed
