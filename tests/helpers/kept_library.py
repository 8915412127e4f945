"""Chats that are really kept in a folder, on a thread that the test waits for."""

import pathlib
import queue

from app.services.chat_keeper import ChatKeeper
from app.services.chat_library import ChatLibrary
from app.services.chats import ChatsOpened, Trouble

PATIENCE_S = 20.0


class KeptChats:
    """A library over a real store; its thread's results are handed over by `settle`.

    Attributes:
        library: Open.
        events: What it told.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._posted: queue.SimpleQueue = queue.SimpleQueue()
        self.keeper = ChatKeeper(folder, post=self._posted.put)
        self.library = ChatLibrary(self.keeper)
        self.events: list[object] = []
        self.library.on_event = self.events.append

    def open(self) -> "KeptChats":
        """Have the kept chats here."""
        self.library.open()
        while not any(isinstance(event, ChatsOpened) for event in self.events):
            self._posted.get(timeout=PATIENCE_S)()
        self.settle()
        return self

    def settle(self) -> None:
        """Wait for everything that was asked of the store."""
        done = []
        self.keeper.run(lambda store: None, done.append)
        while not done:
            self._posted.get(timeout=PATIENCE_S)()

    def troubles(self) -> list[Exception]:
        """What went wrong."""
        return [event.error for event in self.events if isinstance(event, Trouble)]

    def close(self) -> None:
        """End this run."""
        self.library.close()
