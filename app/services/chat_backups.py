"""Copies of the chats, and the way back when something is wrong with them.

Lives on the owner's thread. What writes is done on the store's thread, so that nothing that is
being deleted slips into a copy; what only reads has a thread of its own, so that no question waits.
"""

import logging
import pathlib
from collections.abc import Callable
from enum import StrEnum

from app.domain.errors import (
    ChatsBusy,
    ChatsDamaged,
    ChatsDiskFull,
    ChatsError,
    ChatsFaulty,
    ChatsInUse,
    ChatsReadOnly,
    ChatsTooNew,
    ChatsUnreadable,
)
from app.pipe.client import Post
from app.pipe.timers import Timers
from app.services.chat_keeper import ChatKeeper, now
from app.services.chat_library import ChatLibrary
from app.services.chats import Trouble
from app.services.serial_work import SerialWork
from app.store.backups import Backup, Backups
from app.store.recovery import Recovered
from app.store.store import Store, recover_chats, restore_chats

log = logging.getLogger(__name__)

# The window has settled, and whoever started it only for a question has asked it.
_FIRST_S = 20.0
# For a window that stays open for days.
_AGAIN_S = 3600.0
_CLOSE_S = 2.0
# What the chats were like when they were last copied.
_MARK = "backup_mark"


class BackupWork(StrEnum):
    """Something that takes its time."""

    BACK_UP = "back up"
    RESTORE = "restore"
    RECOVER = "recover"
    CHECK = "check"


class ChatBackups:
    """What can be done about the chats as a whole, whether they are open or cannot be opened.

    Attributes:
        copies: Newest first, as they were when they were last looked at.
        is_faulty: A check found a fault in chats that are open.
        work: What is being done.
        on_change: Called when one of these changed.
        on_leaving: Called before other chats take the place of those that are open: what is only
            on the screen is kept, so that it is in the copy that is made of them.
    """

    def __init__(
        self, library: ChatLibrary, keeper: ChatKeeper, data_folder: pathlib.Path, *, post: Post
    ) -> None:
        """Wire it; nothing is done before the chats are open or somebody asks.

        Args:
            library: Says whether they are open; opened again after a restore.
            keeper: Has them open.
            data_folder: They lie in it.
            post: Runs a function on the owner's thread.
        """
        self.copies: tuple[Backup, ...] = ()
        self.is_faulty = False
        self.work: BackupWork | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.on_leaving: Callable[[], None] = lambda: None
        self._library = library
        self._keeper = keeper
        self._folder = data_folder
        self._post = post
        self._timers = Timers("backup-timers")
        self._reading: SerialWork[ChatsError] = SerialWork("backups", ChatsError, post=post)

    @property
    def problem(self) -> ChatsError | None:
        """What is wrong with the chats."""
        return self._library.problem or (ChatsFaulty() if self.is_faulty else None)

    @property
    def can_recover(self) -> bool:
        """Whether something can be done about it here."""
        return isinstance(self.problem, ChatsDamaged | ChatsFaulty | ChatsUnreadable)

    def chats_opened(self) -> None:
        """The chats are open: look after them from now on."""
        self._timers.set("back up", _FIRST_S, lambda: self._post(self._back_up_if_due))
        if self._keeper.ended_badly:
            self._keeper.ended_badly = False
            self._reading.do(lambda: _problems(self._folder, is_quick=True), self._learn)

    def look(self) -> None:
        """See which copies there are."""
        self._reading.do(Backups(self._folder).usable, self._looked)

    def back_up(self, then: Callable[[Backup | ChatsError], None]) -> None:
        """Make a copy now."""
        keeper = self._library.keeper
        if self.problem or keeper is None:
            then(self.problem or ChatsReadOnly())
            return

        def end(made: Backup | ChatsError) -> None:
            self._learn(made)
            then(made)
            self._end_work()

        self._begin(BackupWork.BACK_UP)
        keeper.run(_make_copy, end)

    def delete(self, copy: Backup) -> None:
        """Delete a copy."""
        self._reading.do(lambda: Backups(self._folder).delete(copy.path), lambda _: self.look())

    def restore(self, copy: Backup, then: Callable[[ChatsError | None], None]) -> None:
        """Go back to a copy; of what is there now another is made first."""
        if refusal := self._refusal():
            then(refusal)
            return
        folder, can_open = self._folder, self.problem is None

        def work() -> None:
            if can_open:
                with Store(folder) as store:
                    store.restore(copy.path, now())
            else:
                restore_chats(folder, copy.path, now())

        self._reopen_after(BackupWork.RESTORE, work, then)

    def recover(self, then: Callable[[Recovered | ChatsError], None]) -> None:
        """Save what can be read; the file that there is now is laid aside."""
        if refusal := self._refusal():
            then(refusal)
            return
        folder = self._folder
        self._reopen_after(BackupWork.RECOVER, lambda: recover_chats(folder, now()), then)

    def check(self, then: Callable[[bool | ChatsError], None]) -> None:
        """Read everything and say whether it is well."""

        def end(found: list[str] | ChatsError) -> None:
            self._learn(found)
            then(found if isinstance(found, ChatsError) else not found)
            self._end_work()

        self._begin(BackupWork.CHECK)
        self._reading.do(lambda: _problems(self._folder), end)

    def open_again(self) -> None:
        """Try to open what could not be opened."""
        self._library.reopen()

    def close(self) -> None:
        """End the clock."""
        self._timers.close()
        self._reading.close(patience_s=_CLOSE_S)

    def _refusal(self) -> ChatsError | None:
        """Why another file cannot take the place of the chats now."""
        problem = self._library.problem
        if isinstance(problem, ChatsInUse | ChatsTooNew | ChatsReadOnly):
            return problem
        chats = (*self._library.chats, *self._library.trash)
        if any(chat.is_busy or chat.queued for chat in chats):
            return ChatsBusy()
        return None

    def _reopen_after(
        self,
        kind: BackupWork,
        work: Callable[[], object],
        then: Callable[..., None],
    ) -> None:
        def end(result: object) -> None:
            # Also where it failed: the chats were closed for it.
            self.is_faulty = self.is_faulty and isinstance(result, ChatsError)
            self._library.reopen()
            then(result)
            self._end_work()

        self._begin(kind)
        self.on_leaving()
        self._keeper.recover(work, end)

    def _back_up_if_due(self) -> None:
        self._timers.set("back up", _AGAIN_S, lambda: self._post(self._back_up_if_due))
        if self.problem or self._library.keeper is None:
            return

        def work(store: Store) -> Backup | ChatsError | None:
            is_due = store.backups.is_due(now()) and _has_changed(store)
            return _make_copy(store) if is_due else None

        def end(made: Backup | ChatsError | None) -> None:
            self._learn(made)
            if isinstance(made, ChatsError):
                log.warning("the chats could not be backed up: %s", made)
            elif made:
                self.look()

        self._library.keeper.run(work, end)

    def _learn(self, end: list[str] | Backup | ChatsError | None) -> None:
        """Tell a fault that something found, but no more than once."""
        found = isinstance(end, list) and bool(end)
        is_fault = found or isinstance(end, ChatsDamaged | ChatsFaulty)
        if is_fault and self._library.problem is None and not self.is_faulty:
            self.is_faulty = True
            self._library.on_event(Trouble(None, ChatsFaulty()))
        self.on_change()

    def _looked(self, copies: list[Backup] | ChatsError) -> None:
        if not isinstance(copies, ChatsError):
            self.copies = tuple(copies)
        self.on_change()

    def _begin(self, work: BackupWork) -> None:
        self.work = work
        self.on_change()

    def _end_work(self) -> None:
        self.work = None
        self.on_change()
        self.look()


def make_copy(store: Store) -> Backup:
    """Make a copy and remember what of.

    Raises:
        ChatsFaulty: There is a fault in them; good copies do not give way to one of that.
        ChatsError: The copy could not be written.
    """
    if store.problems(is_quick=True):
        raise ChatsFaulty
    made = store.back_up(now())
    store.presets.put_fact(_MARK, store.mark())
    return made


def _make_copy(store: Store) -> Backup | ChatsError:
    """The same, but a full disk is told: the room that is kept for that is not for copies."""
    try:
        return make_copy(store)
    except ChatsDiskFull as error:
        return error


def _has_changed(store: Store) -> bool:
    """Whether there is something that the newest copy does not have."""
    if not any(copy.made for copy in store.backups.all()):
        return bool(store.chats.infos())
    return store.presets.fact(_MARK) != store.mark()


def _problems(folder: pathlib.Path, *, is_quick: bool = False) -> list[str]:
    with Store(folder, reads_only=True) as store:
        return store.problems(is_quick=is_quick)
