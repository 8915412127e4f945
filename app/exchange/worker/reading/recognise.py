"""Whose chats those are, by what is in a file and not by its name."""

import pathlib
from collections.abc import Generator, Iterator

import msgspec

from app.domain.errors import ImportDamaged, ImportUnreadable, NoChats, NotChats
from app.exchange.reader_protocol import Why
from app.exchange.worker.readers import chatgpt, cierzo, jan, lm_studio, ollama_app
from app.exchange.worker.reading.files import Content, Files
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.loose import DECODING, Loose, decode, split_list, split_object
from app.exchange.worker.reading.outcome import Outcome

_BOM = b"\xef\xbb\xbf"
_LOOK_BYTES = 1 << 16
_LOOK_ELEMENTS = 100
# In folders and archives other files are not even looked at.
_SUFFIXES = (".json", ".jsonl", ".sqlite")
# What stands near the beginning of files that are damaged further on.
_MARKS = (
    b'"cierzo-chats"',
    b'"mapping"',
    b'"versions"',
    b'"thread.message"',
    b'"currentlySelected"',
)


class Recogniser:
    """Reads all chats of what was chosen.

    Attributes:
        programs: Whose chats were found.
        folders: Names of those that a file of ours has.
    """

    def __init__(self, files: Files, folder: pathlib.Path, keeper: Keeper) -> None:
        self.programs: dict[str, None] = {}
        self.folders: dict[str, None] = {}
        self._files = files
        self._folder = folder
        self._keeper = keeper

    def outcomes(self) -> Iterator[Outcome]:
        """Read file after file.

        Raises:
            ChatImportError: There is nothing, or the only file that there is cannot be read.
        """
        names = self._files.names()
        if self._is_alone(names):
            yield from self._chats(names[0])
            return
        for name in names:
            if not name.lower().endswith(_SUFFIXES):
                continue
            try:
                yield from self._chats(name)
            except (NotChats, NoChats):
                continue
            except (ImportDamaged, ImportUnreadable):
                yield Why.BROKEN
        if not self.programs:
            raise NotChats(name=self._files.name)

    def _is_alone(self, names: list[str]) -> bool:
        """Whether one file was chosen: alone, or with the log of its database."""
        return names[1:] in ([], [f"{names[0]}-wal"]) if names else False

    def _chats(self, name: str) -> Iterator[Outcome]:
        """Read the chats of a file, unless they are read with another."""
        content = self._files.content(name)
        beginning = bytes(content[:_LOOK_BYTES])
        if not beginning:
            raise NoChats(name=self._files.name)
        if not beginning.strip(b"\0"):
            raise ImportDamaged(name=self._files.name)  # what a power cut leaves
        if beginning.startswith(ollama_app.MAGIC):
            yield from self._found(
                ollama_app.APP,
                ollama_app.read(self._files, name, self._folder, self._keeper),
            )
            return
        if beginning.startswith(_BOM):
            content = bytes(content[len(_BOM) :])
        first = beginning.removeprefix(_BOM).lstrip()[:1]
        try:
            document = split_list(content) if first == b"[" else split_object(content)
        except DECODING:
            document = None
        if isinstance(document, list):
            yield from self._list(document)
        elif document is not None:
            yield from self._object(name, content, document)
        elif not (yield from self._lines(name, content)):
            is_damaged = any(mark in beginning for mark in _MARKS)
            raise (ImportDamaged if is_damaged else NotChats)(name=self._files.name)

    def _list(self, elements: list[msgspec.Raw]) -> Iterator[Outcome]:
        if not elements:
            raise NoChats(name=self._files.name)
        if not any(chatgpt.is_mine(_loose(element)) for element in elements[:_LOOK_ELEMENTS]):
            raise NotChats(name=self._files.name)
        chats = chatgpt.read(elements, self._files, self._keeper)
        yield from self._found(chatgpt.APP, chats)

    def _object(
        self, name: str, content: Content, document: dict[str, msgspec.Raw]
    ) -> Iterator[Outcome]:
        if cierzo.is_mine(document):
            self.folders |= dict.fromkeys(cierzo.folders(document))
            chats = cierzo.read(document, self._files.name, self._keeper)
            yield from self._found(cierzo.APP, chats)
        elif lm_studio.is_mine(document):
            chats = lm_studio.read(content, name, self._files, self._keeper)
            yield from self._found(lm_studio.APP, chats)
        elif "mapping" in document:
            alone = [msgspec.Raw(bytes(content))]
            chats = chatgpt.read(alone, self._files, self._keeper)
            yield from self._found(chatgpt.APP, chats)
        elif not (yield from self._lines(name, content)):
            yield from self._thread(name, content)

    def _thread(self, name: str, content: Content) -> Iterator[Outcome]:
        """A thread of Jan, with its messages beside it."""
        thread = _loose(content)
        if not jan.is_thread(thread):
            raise NotChats(name=self._files.name)
        messages = _beside(name, jan.MESSAGES_NAME)
        if messages not in self._files.names():
            raise NoChats(name=self._files.name)
        lines = self._files.content(messages)
        yield from self._found(jan.APP, jan.read(thread, lines, self._keeper))

    def _lines(self, name: str, content: Content) -> Generator[Outcome, None, bool]:
        """The messages of a thread of Jan; False if it is something else."""
        end = content.find(b"\n")
        first_line = bytes(content[: end if end >= 0 else len(content)])
        if not jan.is_message(_loose(first_line)):
            return False
        if _beside(name, jan.THREAD_NAME) not in self._files.names():
            yield from self._found(jan.APP, jan.read(Loose(None), content, self._keeper))
        return True

    def _found(self, program: str, chats: Iterator[Outcome]) -> Iterator[Outcome]:
        self.programs[program] = None
        yield from chats


def _loose(content: Content | msgspec.Raw) -> Loose:
    """An object, or an empty one."""
    try:
        return decode(content)
    except DECODING:
        return Loose(None)


def _beside(name: str, sibling: str) -> str:
    return f"{name.rpartition('/')[0]}/{sibling}".lstrip("/")
