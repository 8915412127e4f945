"""The thread that owns the kept chats, and what must not be lost on the way to it.

All methods belong to the owner's thread; what is given to `run` is done on the store's.
"""

import datetime as dt
import functools
import pathlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.domain.errors import ChatsDiskFull, ChatsError, ChatsUnreadable
from app.domain.kept_chat import ChatInfo, ChatMessage
from app.pipe.client import Post
from app.pipe.timers import Timers
from app.services.run_mark import RunMark
from app.services.serial_work import SerialWork
from app.store.store import Store

_T = TypeVar("_T")

# A crash may cost a quarter of a second of an answer: so much is waited for, the rest is for the
# way to the disk.
_TAIL_S = 0.2
_CLOSE_S = 10.0


class ChatKeeper:
    """Keeps what it is given, in order.

    Attributes:
        ended_badly: The run before this one did not close its chats; known when they are open.
    """

    def __init__(self, data_folder: pathlib.Path, *, post: Post) -> None:
        self.ended_badly = False
        self._mark = RunMark(data_folder)
        self._on_disk_low: Callable[[], None] = lambda: None
        self._folder = data_folder
        self._post = post
        self._work: SerialWork[ChatsError] = SerialWork("store", ChatsError, post=post)
        self._timers = Timers("store-timers")
        self._store: Store | None = None  # the thread's own
        self._tails: dict[int, ChatMessage] = {}
        # What could not be written: it goes along with the next that can.
        self._unkept: dict[int, tuple[ChatInfo, ChatMessage]] = {}
        self._gone: set[int] = set()  # chats that were deleted

    def open(
        self, then: Callable[[bool | ChatsError], None], *, on_disk_low: Callable[[], None]
    ) -> None:
        """Open the chats.

        Args:
            then: Gets whether they are read-only, or why they cannot be opened.
            on_disk_low: Called when the disk was full and the room was used that is kept for that.
        """
        self._on_disk_low = on_disk_low

        def work() -> bool:
            self._store = Store(self._folder)
            if not self._store.is_read_only:
                self.ended_badly = self._mark.put()
            return self._store.is_read_only

        self._work.do(work, then)

    def run(
        self, work: Callable[[Store], _T], then: Callable[[_T | ChatsError], None] = lambda _: None
    ) -> None:
        """Have something done with the open chats; `then` gets what came of it."""
        self._work.do(functools.partial(self._run, work), then)

    def put(
        self,
        info: ChatInfo,
        *messages: ChatMessage,
        then: Callable[[ChatsError | None], None] = lambda _: None,
    ) -> None:
        """Keep messages and what is known of their chat; `then` when they are on the disk."""
        for message in messages:
            self._tails.pop(message.message_id, None)
            self._unkept.pop(message.message_id, None)
        earlier, self._unkept = self._unkept, {}

        def work(store: Store) -> None:
            for old_info, old in earlier.values():
                store.chats.put(old_info, old)
            store.chats.put(info, *messages)

        def end(result: ChatsError | None) -> None:
            own = {message.message_id: (info, message) for message in messages}
            if isinstance(result, ChatsError):
                self._unkept = {
                    message_id: entry
                    for message_id, entry in (earlier | self._unkept | own).items()
                    if entry[0].chat_id not in self._gone
                }
            else:
                for message_id in own:  # an older state of it is not to come after this one
                    self._unkept.pop(message_id, None)
            then(result)

        self.run(work, end)

    def put_again(self, then: Callable[[ChatsError | None], None]) -> None:
        """Try once more what could not be written; `then` when it is on the disk."""
        earlier, self._unkept = self._unkept, {}

        def work(store: Store) -> None:
            for info, message in earlier.values():
                store.chats.put(info, message)

        def end(result: ChatsError | None) -> None:
            if isinstance(result, ChatsError):
                self._unkept = {
                    message_id: entry
                    for message_id, entry in (earlier | self._unkept).items()
                    if entry[0].chat_id not in self._gone
                }
            then(result)

        self.run(work, end)

    def forget_chats(self, chat_ids: Iterable[int]) -> None:
        """What could not be written of chats that are deleted is not to bring them back."""
        self._gone.update(chat_ids)
        self._unkept = {
            message_id: entry
            for message_id, entry in self._unkept.items()
            if entry[0].chat_id not in self._gone
        }

    def forget_unkept(self, message_id: int) -> None:
        """A message that could not be written is not to be written any more."""
        self._unkept.pop(message_id, None)

    def tail(self, message: ChatMessage) -> None:
        """Keep what there is of an answer that is being written, four times a second at most."""
        if not self._tails:
            self._timers.set("tail", _TAIL_S, lambda: self._post(self._put_tails))
        self._tails[message.message_id] = message

    def recover(self, work: Callable[[], _T], then: Callable[[_T | ChatsError], None]) -> None:
        """Have something done to the files while nobody has them open; `open` comes after it."""

        def closed() -> _T:
            self._close_store()
            return work()

        # It belongs to chats that may be others afterwards.
        self._unkept.clear()
        self._gone.clear()
        self._work.do(closed, then)

    def close(self) -> None:
        """Write what is left, also what found no room before, and close the file; waits for it."""
        self._timers.close()
        self._put_tails()
        if self._unkept:
            self.put_again(lambda _: None)
        self._work.do(self._end, lambda _: None)
        self._work.close(patience_s=_CLOSE_S)

    def _run(self, work: Callable[[Store], _T]) -> _T:
        if self._store is None:  # they are being restored, and come back in a moment
            raise ChatsUnreadable(reason="it is being restored")
        try:
            return work(self._store)
        except ChatsDiskFull:
            if not self._store.free_ballast():
                raise
            self._post(self._on_disk_low)
            return work(self._store)

    def _put_tails(self) -> None:
        tails, self._tails = list(self._tails.values()), {}
        if tails:
            self.run(lambda store: store.chats.put_tail(tails))

    def _end(self) -> None:
        self._close_store()
        self._mark.take_away()

    def _close_store(self) -> None:
        store, self._store = self._store, None
        if store:
            store.close()


def now() -> dt.datetime:
    """The time of the wall clock."""
    return dt.datetime.now(dt.UTC)


def now_ms() -> int:
    """The same as Unix time in milliseconds."""
    return int(now().timestamp() * 1000)
