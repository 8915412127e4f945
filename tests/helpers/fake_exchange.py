"""Exports and imports without processes: a test says how far they are and how they end."""

import pathlib
from collections.abc import Callable

from app.domain.errors import Cancelled, ChatsError
from app.exchange.writer_client import End, OnEnd, WrittenFiles
from app.services.chat_export import ExportWish, OnProgress
from app.services.chat_import import Imported
from app.services.chat_import import OnEnd as OnImported
from app.services.chat_import import OnProgress as OnFound
from app.services.chat_library import ChatLibrary
from app.services.chats import Chat


class FakeExports:
    """Has the interface of `app.services.chat_export.ChatExport`.

    Attributes:
        wishes: Everything that was to be written.
    """

    def __init__(self, library: ChatLibrary) -> None:
        self.wishes: list[ExportWish] = []
        self._library = library
        self._on_end: OnEnd | None = None

    @property
    def chats(self) -> list[Chat]:
        """As the real one."""
        return [chat for chat in self._library.chats if chat.info.leaf_id is not None]

    def write(self, wish: ExportWish, on_end: OnEnd, *, on_progress: OnProgress) -> None:
        """Remember what is to be written."""
        self.wishes.append(wish)
        self._on_end, self.on_progress = on_end, on_progress

    def cancel(self) -> None:
        """End it."""
        self.finish(Cancelled())

    def finish(self, end: End | None = None, *, files: int = 1) -> None:
        """End it: with an error, or well."""
        target = self.wishes[-1].target
        on_end, self._on_end = self._on_end, None
        if on_end:
            on_end(end or WrittenFiles(target=target, files=files, names=()))


class FakeImports:
    """Has the interface of `app.services.chat_import.ChatImport`.

    Attributes:
        paths: Everything that was to be read.
        taken_back: What was to be removed again.
    """

    def __init__(self) -> None:
        self.paths: list[pathlib.Path] = []
        self.taken_back: list[Imported] = []
        self.found = 0
        self._on_end: OnImported | None = None

    def bring_in(self, path: pathlib.Path, on_end: OnImported, *, on_progress: OnFound) -> None:
        """Remember what is to be read."""
        self.paths.append(path)
        self._on_end, self.on_progress = on_end, on_progress

    def take_back(self, imported: Imported, then: Callable[[ChatsError | None], None]) -> None:
        """Remember what is to be removed."""
        self.taken_back.append(imported)
        self.after_removal = then

    def cancel(self) -> None:
        """End it."""
        self.finish(Imported(problem=Cancelled()))

    def finish(self, imported: Imported) -> None:
        """End it."""
        on_end, self._on_end = self._on_end, None
        if on_end:
            on_end(imported)


class FakeExchange:
    """Has the interface of `app.services.chat_exchange.ChatExchange` that the dialogs use."""

    def __init__(self, library: ChatLibrary) -> None:
        self.exports = FakeExports(library)
        self.imports = FakeImports()
