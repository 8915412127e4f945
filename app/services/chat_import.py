"""Chats of files and folders, ours and other programs', into the library.

Lives on the owner's thread. Chats come one by one from the process that reads them and are kept
some at a time: the process waits while the store is busy, so memory stays flat however many there
are, and the person's own questions come between.
"""

import contextlib
import pathlib
import shutil
import tempfile
from collections.abc import Callable

import msgspec

from app.domain.errors import Cancelled, ChatsError, ChatsReadOnly, FolderUnwritable
from app.domain.kept_chat import KeptChat
from app.exchange.reader_client import ChatReader, End
from app.exchange.reader_protocol import ChatsRead, Why
from app.pipe.client import Post
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat

_MOST_AT_ONCE = 32
_MOST_CHARACTERS_AT_ONCE = 2 << 20
# A file has to reach the disk by itself, which takes as long as many words.
_CHARACTERS_OF_A_FILE = 128 << 10


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file or a folder.

    Attributes:
        program: Whose it was, for people; empty where that is not known.
        chats: Those that came.
        folders: Names of folders that came with them.
        already_here: How many were known, be it in the trash.
        skipped: How many were left out.
        missing_attachments: Pictures and documents that chats name and the file has not.
        problem: What ended it early; what came before stays.
    """

    program: str = ""
    chats: tuple[Chat, ...] = ()
    folders: tuple[str, ...] = ()
    already_here: int = 0
    skipped: dict[Why, int] = {}
    missing_attachments: int = 0
    problem: Exception | None = None


OnEnd = Callable[[Imported], None]
OnProgress = Callable[[int], None]


class _Work:
    """One import."""

    def __init__(self, folders: list[str], on_end: OnEnd, on_progress: OnProgress) -> None:
        self.on_end = on_end
        self.on_progress = on_progress
        self.folders_before = folders
        self.found = 0
        self.waiting: list[KeptChat] = []
        self.waiting_characters = 0
        self.is_adding = False
        self.came: list[Chat] = []
        self.already_here = 0
        self.problem: Exception | None = None
        self.end: End | None = None

    @property
    def is_full(self) -> bool:
        """Whether what waits is to be kept now."""
        return (
            len(self.waiting) >= _MOST_AT_ONCE
            or self.waiting_characters >= _MOST_CHARACTERS_AT_ONCE
        )


class ChatImport:
    """Brings chats in, one file or folder at a time."""

    def __init__(self, library: ChatLibrary, folder: pathlib.Path, *, post: Post) -> None:
        """Wire it.

        Args:
            library: Where chats are kept.
            folder: For attachments on their way; what is in it is deleted afterwards.
            post: Runs a function on the owner's thread.
        """
        self._library = library
        self._folder = folder
        self._post = post
        self._reader = ChatReader(post=post)
        self._work: _Work | None = None

    def clear_leftovers(self) -> None:
        """Delete what an earlier run left; only who has the chats open may know that it did."""
        if (keeper := self._library.keeper) and not self._work:
            keeper.run(lambda store: _delete(self._folder))

    def bring_in(
        self,
        path: pathlib.Path,
        on_end: OnEnd,
        *,
        on_progress: OnProgress = lambda found: None,
    ) -> None:
        """Bring in all chats of a file or a folder.

        Args:
            path: Of it.
            on_end: Called once, after the one before ended.
            on_progress: Called with the number of chats that were found so far.
        """
        assert self._work is None, "one at a time"
        self._work = work = _Work(list(self._library.folders), on_end, on_progress)
        keeper, problem = self._library.keeper, self._library.problem
        if keeper is None or problem:
            self._post(lambda: self._start(work, path, problem or ChatsReadOnly()))
        else:
            keeper.run(
                lambda store: _private_place(self._folder),
                lambda place: self._start(work, path, place),
            )

    def take_back(self, imported: Imported, then: Callable[[ChatsError | None], None]) -> None:
        """Leave nothing of what came, nor of folders that are empty without it."""

        def taken(error: ChatsError | None) -> None:
            library = self._library
            used = {chat.info.folder for chat in (*library.chats, *library.trash)}
            unused = set(imported.folders) - used
            if unused & set(library.folders):
                library.set_folders([name for name in library.folders if name not in unused])
            then(error)

        self._library.take_away(imported.chats, taken)

    def cancel(self) -> None:
        """End it; what came so far stays."""
        if self._work and self._work.problem is None:
            self._work.problem = Cancelled()
            self._reader.cancel()

    def close(self) -> None:
        """End what is running without a word."""
        self._reader.close()
        self._work = None
        self.clear_leftovers()

    def _start(self, work: _Work, path: pathlib.Path, place: pathlib.Path | Exception) -> None:
        if work is not self._work:
            return  # `close` ended it
        if isinstance(place, Exception):
            work.problem = work.problem or place
        elif work.problem is None:
            self._reader.read(path, place, on_chat=self._take, on_end=self._read_all)
            return
        self._finish(work)

    def _take(self, chat: KeptChat) -> None:
        work = self._work
        assert work
        work.found += 1
        work.waiting.append(chat)
        work.waiting_characters += _characters(chat)
        work.on_progress(work.found)
        if work.is_full and not work.is_adding:
            self._keep(work)

    def _keep(self, work: _Work) -> None:
        """Have what waits kept, and no more coming meanwhile."""
        chats, work.waiting, work.waiting_characters = work.waiting, [], 0
        work.is_adding = True
        self._reader.hold()
        self._library.add(chats, lambda end: self._kept(work, len(chats), end))

    def _kept(self, work: _Work, count: int, end: list[Chat] | ChatsError) -> None:
        if work is not self._work:
            return
        work.is_adding = False
        if not isinstance(end, ChatsError):
            work.came += end
            work.already_here += count - len(end)
        elif work.problem is None:
            work.problem = end
            self._reader.cancel()
        self._reader.go_on()
        self._go_on(work)

    def _read_all(self, end: End) -> None:
        work = self._work
        assert work
        work.end = end
        if isinstance(end, Exception):
            work.problem = work.problem or end
        self._go_on(work)

    def _go_on(self, work: _Work) -> None:
        if work.is_adding:
            return
        if isinstance(work.problem, ChatsError | Cancelled):
            work.waiting.clear()
        if work.waiting and (work.is_full or work.end):
            self._keep(work)
        elif work.end:
            self._finish(work)

    def _finish(self, work: _Work) -> None:
        self._work = None
        read = work.end if isinstance(work.end, ChatsRead) else None
        if read and work.came:
            self._order_folders(work.folders_before, read.folders)
        self.clear_leftovers()
        work.on_end(
            Imported(
                program=read.program if read else "",
                chats=tuple(work.came),
                folders=tuple(
                    name for name in self._library.folders if name not in work.folders_before
                ),
                already_here=work.already_here,
                skipped=read.skipped if read else {},
                missing_attachments=read.missing_attachments if read else 0,
                problem=work.problem,
            )
        )

    def _order_folders(self, before: list[str], named: tuple[str, ...]) -> None:
        """Have those of the file behind the person's own, in its order."""
        now = self._library.folders
        wanted = list(dict.fromkeys([*(name for name in now if name in before), *named, *now]))
        if wanted != now:
            self._library.set_folders(wanted)


def _characters(chat: KeptChat) -> int:
    """About what a chat takes in memory, and of the store's time."""
    words = sum(len(getattr(part, "text", "")) for m in chat.messages for part in m.parts)
    sources = [a.source for m in chat.messages for a in m.attachments]
    return words + sum(len(source.data) + _CHARACTERS_OF_A_FILE for source in sources)


def _private_place(folder: pathlib.Path) -> pathlib.Path | FolderUnwritable:
    """Make an empty folder for one import."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return pathlib.Path(tempfile.mkdtemp(dir=folder))
    except OSError as error:
        return FolderUnwritable(folder=str(folder), reason=error.strerror or type(error).__name__)


def _delete(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
