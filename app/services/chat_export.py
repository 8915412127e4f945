"""Chats to files: one of them, or all, without all of them in memory.

Lives on the owner's thread. The thread that sends chats to the writer asks it for one after the
other and waits; the owner has it read by the store's.
"""

import pathlib
import queue
from collections.abc import Callable, Iterator, Sequence

import msgspec

from app.domain.errors import ChatsError, ChatsUnreadable
from app.domain.kept_chat import KeptChat
from app.exchange.file_words import FileWords
from app.exchange.writer_client import ChatWriter, OnEnd
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from app.pipe.client import Post
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat

# The store may be at a copy of all chats, and the disk may be slow.
_PATIENCE_S = 120.0

OnProgress = Callable[[int, int], None]
_Answer = KeptChat | ChatsError | None


class ExportWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written, and where.

    Attributes:
        chats: Which; None are all of them, with all folders.
        target: A file, which is replaced when the new one is whole; a folder if `is_each`.
        is_each: Every chat gets a file of its own, named after its title.
        words: What the files say beside the words of the chat.
    """

    chats: tuple[Chat, ...] | None
    target: pathlib.Path
    is_each: bool = False
    format: ExportFormat
    thoughts: bool = True
    pictures: bool = True
    words: FileWords = FileWords()


class ChatExport:
    """Writes chats of a library."""

    def __init__(self, library: ChatLibrary, *, post: Post) -> None:
        self._library = library
        self._post = post
        self._writer = ChatWriter(post=post)

    @property
    def chats(self) -> list[Chat]:
        """All that can be written: outside the trash, with something in them."""
        return [chat for chat in self._library.chats if chat.info.leaf_id is not None]

    def write(self, wish: ExportWish, on_end: OnEnd, *, on_progress: OnProgress) -> None:
        """Write chats.

        Args:
            wish: What.
            on_end: Called once: what was written, or the exception that ended it.
            on_progress: Called with the number of chats that are written, and of all.
        """
        chats = self.chats if wish.chats is None else list(wish.chats)
        named = {chat.info.folder for chat in chats}
        folders = [name for name in self._library.folders if wish.chats is None or name in named]
        options = WriteOptions(
            thoughts=wish.thoughts,
            pictures=wish.pictures,
            folders=tuple(folders),
            words=wish.words,
        )
        supply = _Supply(self._library, chats, post=self._post, on_progress=on_progress)
        self._writer.write(
            supply, wish.target, wish.format, options, on_end, is_folder=wish.is_each
        )

    def cancel(self) -> None:
        """End it; it ends with `Cancelled` and leaves no file."""
        self._writer.cancel()

    def close(self) -> None:
        """End what is running without a word."""
        self._writer.close()


class _Supply:
    """Gives chats to another thread, one when it asks for it."""

    def __init__(
        self,
        library: ChatLibrary,
        chats: Sequence[Chat],
        *,
        post: Post,
        on_progress: OnProgress,
    ) -> None:
        self._library = library
        self._chats = chats
        self._post = post
        self._on_progress = on_progress

    def __iter__(self) -> Iterator[KeptChat]:
        """Runs on the thread that sends.

        Raises:
            ChatsError: One cannot be read.
        """
        for place in range(len(self._chats)):
            answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
            self._post(lambda place=place, answers=answers: self._read(place, answers.put))  # type: ignore[misc]
            try:
                answer = answers.get(timeout=_PATIENCE_S)
            except queue.Empty:
                raise ChatsUnreadable(reason="the disk does not answer") from None
            if isinstance(answer, ChatsError):
                raise answer
            if answer:
                yield answer

    def _read(self, place: int, then: Callable[[_Answer], None]) -> None:
        """Have a chat read; on the owner's thread again. None where it is gone."""
        chat, keeper = self._chats[place], self._library.keeper
        self._on_progress(place, len(self._chats))
        if chat.is_loaded:
            then(chat.kept())
        elif keeper and chat.is_kept and chat in self._library.chats:
            # Whoever deletes it now does so after this.
            keeper.run(lambda store: store.chats.load(chat.chat_id), then)
        else:
            then(None)
