"""What is attached to questions: small in the line of its chat, large as files of the parent's."""

import contextlib
import hashlib
import os
import pathlib

from app.domain.attachments import (
    Attachment,
    DocumentAttachment,
    DocumentPage,
    PictureAttachment,
    Source,
)
from app.domain.errors import ChatImportError, FolderUnwritable
from app.exchange.reader_protocol import MAX_CHAT_INLINE_BYTES, MAX_INLINE_BYTES
from app.exchange.worker.reading.clean import clean_name, clean_text
from app.exchange.worker.reading.files import Files

# Of a picture or a document; as much as pictures may have that a person attaches.
MAX_ATTACHMENT_BYTES = 64 << 20
_MAX_TEXT_BYTES = 4 << 20
# Of all files together: an archive of some megabytes could fill a disk.
_MAX_WRITTEN_BYTES = 4 << 30
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_BOXED_PICTURES = (b"ftypavif", b"ftypavis", b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1")


class Keeper:
    """Takes the content of attachments; one for all chats of a file.

    Attributes:
        missing: How many attachments could not be had.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.missing = 0
        self._folder = folder
        self._inline_bytes = 0
        self._written_bytes = 0

    def begin_chat(self) -> None:
        """The next chat has a line of its own."""
        self._inline_bytes = 0

    def file(self, files: Files, path: str | None, name: str) -> tuple[Attachment, ...]:
        """Attach one of the files that were chosen; None is one that is not among them."""
        data = b""
        # What cannot be read is missing; the words of the chat are there all the same.
        with contextlib.suppress(ChatImportError):
            data = b"".join(files.pieces(path, MAX_ATTACHMENT_BYTES)) if path else b""
        return self.attachment(name, data)

    def attachment(self, name: str, data: bytes) -> tuple[Attachment, ...]:
        """Make an attachment of a content, by what it is; none, and one missing, if that fails.

        Raises:
            FolderUnwritable: It cannot be kept.
        """
        if is_picture(data) and (source := self.source(name, data)):
            return (PictureAttachment(source=source),)
        if (words := _words_of(data)) and (source := self.source(name, data)):
            return (document(source, words),)
        self.missing += 1
        return ()

    def source(self, name: str, data: bytes) -> Source | None:
        """Keep a content; None and one missing where there is no room for it.

        Raises:
            FolderUnwritable: It cannot be kept.
        """
        source = Source(
            name=clean_name(name) or "file",
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
        )
        inline_bytes = self._inline_bytes + len(data)
        if len(data) <= MAX_INLINE_BYTES and inline_bytes <= MAX_CHAT_INLINE_BYTES:
            self._inline_bytes = inline_bytes
            return _with(source, data=data)
        if self._written_bytes + len(data) > _MAX_WRITTEN_BYTES:
            return None
        path = self._folder / source.sha256
        self._written_bytes += _write_once(path, data)
        return _with(source, path=str(path))


def is_picture(data: bytes) -> bool:
    """Whether a file begins like a picture that can be attached."""
    return (
        data.startswith(_PICTURES)
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or data[4:12] in _BOXED_PICTURES
    )


def document(source: Source, words: str) -> DocumentAttachment:
    """A document that is not divided, of which no more than the words is known."""
    return DocumentAttachment(source=source, kind="Text", pages=(DocumentPage(text=words),))


def _words_of(data: bytes) -> str:
    """The words of a text file; none of any other."""
    if len(data) > _MAX_TEXT_BYTES or b"\0" in data:
        return ""
    try:
        return clean_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return ""


def _with(source: Source, *, data: bytes = b"", path: str = "") -> Source:
    return Source(
        name=source.name,
        path=path,
        data=data,
        sha256=source.sha256,
        size_bytes=source.size_bytes,
    )


def _write_once(path: pathlib.Path, data: bytes) -> int:
    """Write a private file under a name that its content decides.

    Returns:
        How many bytes were written: none if it is there.

    Raises:
        FolderUnwritable: The file system refuses.
    """
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        return 0
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    return len(data)


def _unwritable(path: pathlib.Path, error: OSError) -> FolderUnwritable:
    return FolderUnwritable(folder=str(path.parent), reason=error.strerror or type(error).__name__)
