"""All chats of a person: the list, folders, trash and drafts.

Lives on the owner's thread. Until the kept chats are open, and where they cannot be, every chat is
one that is not kept.
"""

import bisect
import itertools
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from app.domain.attachments import Source
from app.domain.errors import AppError, ChatsDiskLow, ChatsError, ChatsReadOnly
from app.domain.kept_chat import (
    ChatInfo,
    ChatMessage,
    ChatSettings,
    Draft,
    KeptChat,
)
from app.domain.names import distinct, same_name
from app.services.added_chats import as_new, keep_new
from app.services.chat_keeper import ChatKeeper, now_ms
from app.services.chats import (
    Chat,
    ChatAdded,
    ChatChanged,
    ChatEvent,
    ChatRemoved,
    ChatsAdded,
    ChatsOpened,
    ChatsRemoved,
    FoldersChanged,
    Trouble,
    clean_title,
    new_key,
    title_of,
)
from app.services.kept_drafts import KeptDrafts
from app.services.kept_state import LAST_SEEN, KeptState, index_all, read_state
from app.services.loaded_chats import LoadedChats
from app.store.store import Store

_T = TypeVar("_T")

TRASH_DAYS = 30
_DAY_MS = 24 * 3600 * 1000
_PROVISIONAL = 1 << 30


class ChatLibrary:
    """Knows every chat, and keeps it.

    Attributes:
        chats: Those outside the trash, the one used last first.
        trash: Those in it, the one that was put there last first.
        folders: Names, in the person's order.
        problem: Why nothing is kept; None where all is well.
        is_open: The kept chats are here, or cannot be had.
        new_settings: What new chats begin with.
        on_event: Called after every change.
        on_opened: Called when the kept chats came, at the start and after a restore.
        on_gone: Called with the key of a chat of which nothing is to be left.
    """

    def __init__(self, keeper: ChatKeeper | None = None) -> None:
        """Use `keeper`; without one nothing is kept."""
        self.chats: list[Chat] = []
        self.trash: list[Chat] = []
        self.folders: list[str] = []
        self.problem: ChatsError | None = None
        self.is_open = keeper is None
        self.new_settings = ChatSettings()
        self.on_event: Callable[[ChatEvent], None] = lambda event: None
        self.on_opened: Callable[[], None] = lambda: None
        self.on_gone: Callable[[str], None] = lambda key: None
        self._keeper = keeper
        # A chat that is begun before the kept ones are here must not have the id of one.
        self._chat_ids = itertools.count(1 if keeper is None else _PROVISIONAL)
        self._message_ids = itertools.count(1 if keeper is None else _PROVISIONAL)
        self._given = 0, 0  # not again by a restore: private chats stay
        self._last_order = 0
        self._drafts = KeptDrafts(self._told(None))
        self._loaded = LoadedChats(self._tell)

    @property
    def keeper(self) -> ChatKeeper | None:
        """What keeps the chats; None where nothing is kept."""
        is_usable = self.problem is None or isinstance(self.problem, ChatsReadOnly)
        return self._keeper if self.is_open and is_usable else None

    def run(
        self,
        work: Callable[[Store], _T],
        then: Callable[[_T], None] = lambda _: None,
        *,
        otherwise: Callable[[], None] = lambda: None,
    ) -> None:
        """Have something done with the kept chats, if they are kept.

        `then` gets what came of it; what fails is told as `Trouble`, followed by `otherwise`.
        """

        def end(result: _T | ChatsError) -> None:
            if isinstance(result, ChatsError):
                self.on_event(Trouble(None, result))
                otherwise()
            else:
                then(result)

        if self.keeper:
            self.keeper.run(work, end)

    def open(self) -> None:
        """Have the kept chats here; ends in `ChatsOpened`, after a `Trouble` where they are not."""
        if self._keeper:
            self._keeper.open(
                self._opened, on_disk_low=lambda: self.on_event(Trouble(None, ChatsDiskLow()))
            )

    def reopen(self) -> None:
        """Forget all chats that are kept, and have them here as they are now."""
        kept = [chat for chat in self.chats if chat.is_kept]
        for chat in (*kept, *self.trash):
            self._drafts.forget(chat.chat_id)
        self.chats = [chat for chat in self.chats if not chat.is_kept]
        self.trash, self.problem, self.is_open = [], None, False
        self._given = next(self._chat_ids) % _PROVISIONAL, next(self._message_ids) % _PROVISIONAL
        self._chat_ids = itertools.count(_PROVISIONAL)
        self._message_ids = itertools.count(_PROVISIONAL)
        self._loaded.forget()
        for chat in kept:
            self.on_event(ChatRemoved(chat))
        self.open()

    def chat(self, chat_id: int) -> Chat:
        """Find a chat, also in the trash; it is known to exist."""
        return next(c for c in (*self.chats, *self.trash) if c.chat_id == chat_id)

    def new_chat(
        self,
        *,
        is_private: bool = False,
        folder: str = "",
        settings: ChatSettings | None = None,
    ) -> Chat:
        """Begin a chat, or return the newest one of the kind if nothing was said in it yet."""
        empty = next((c for c in self.chats[:2] if self._is_blank(c)), None)
        if (
            empty
            and empty.is_private == is_private
            and empty.info.folder == folder
            and settings is None
        ):
            return empty
        info = ChatInfo(
            chat_id=next(self._chat_ids),
            key=new_key(),
            folder=folder,
            created_ms=now_ms(),
            used_ms=now_ms(),
            used_order=self._next_order(),
            settings=settings or self.new_settings,
        )
        can_keep = self.keeper is not None and not isinstance(self.problem, ChatsReadOnly)
        chat = Chat(info, is_private=is_private, is_kept=can_keep)
        self.chats.insert(0, chat)
        self.on_event(ChatAdded(chat))
        return chat

    def _is_blank(self, chat: Chat) -> bool:
        """Whether nothing was said in it and nothing is about to be."""
        return chat.is_loaded and not chat.messages and not self.draft(chat.chat_id)

    def next_message_id(self) -> int:
        """An id that no message has."""
        return next(self._message_ids)

    def load(self, chat: Chat, then: Callable[[], None] = lambda: None) -> None:
        """Have a chat's messages here, then go on; at once where they are.

        What cannot be read is told as `Trouble`.
        """
        self._loaded.load(chat, self._keeper, then)

    def keep(
        self,
        chat: Chat,
        *messages: ChatMessage,
        then: Callable[[ChatsError | None], None] = lambda _: None,
    ) -> None:
        """Keep messages and what is known of the chat; `then` when they are safe."""
        if self._keeps(chat) and self._keeper:
            chat.was_kept = True
            self._keeper.put(chat.info, *messages, then=then)
        else:
            then(None)

    def keep_again(self, then: Callable[[ChatsError | None], None]) -> None:
        """Try once more what could not be kept; `then` gets why it still cannot."""

        def kept(error: ChatsError | None) -> None:
            for chat_id in () if error else self._drafts.unkept:
                self.keep_draft(self.chat(chat_id), self.draft(chat_id))
            then(error)

        if self.keeper:
            self.keeper.put_again(kept)
        else:
            then(self.problem)

    def keep_tail(self, chat: Chat, message: ChatMessage) -> None:
        """Keep what there is of an answer that is being written."""
        if self._keeps(chat) and self._keeper:
            self._keeper.tail(message)

    def change(self, chat: Chat, **changes: object) -> None:
        """Change what is known of a chat, keep and tell it."""
        chat.info = msgspec.structs.replace(chat.info, **changes)
        has_words = chat.info.leaf_id is not None or self.draft(chat.chat_id)
        if chat.was_kept or has_words or "trashed_ms" in changes:
            self.keep(chat, then=self._told(chat.chat_id))
        self.on_event(ChatChanged(chat))

    def use(self, chat: Chat) -> None:
        """Something is asked in it: it is the first of all now."""
        chat.info = msgspec.structs.replace(
            chat.info, used_ms=now_ms(), used_order=self._next_order()
        )
        self.chats.remove(chat)
        self.chats.insert(0, chat)

    def rename(self, chat: Chat, title: str) -> None:
        """Give a chat the person's own title; nothing gives it back its first question."""
        title = clean_title(title)
        self.change(chat, title=title or title_of(_first_words(chat)), is_named=bool(title))

    def move_to_trash(self, chat: Chat) -> None:
        """Take a chat out of sight; it can be brought back for a month."""
        is_empty = not (chat.info.leaf_id is not None or chat.messages or self.draft(chat.chat_id))
        if not chat.is_kept or is_empty:
            self._remove(chat)
            return
        self.chats.remove(chat)
        self.trash.insert(0, chat)
        self.on_event(ChatRemoved(chat))
        self.change(chat, trashed_ms=now_ms())

    def bring_back(self, chat: Chat) -> None:
        """Take a chat out of the trash, to where it was.

        One that is not kept is in no trash; it comes back while somebody still has it.
        """
        if chat in self.trash:
            self.trash.remove(chat)
        self._insert(chat)
        self.on_event(ChatAdded(chat))
        self.change(chat, trashed_ms=None)

    def delete(self, chats: Iterable[Chat], then: Callable[[], None] = lambda: None) -> None:
        """Leave nothing of chats; what fails is told as `Trouble`."""
        chats = list(chats)
        self.take_away(chats, self._told(None, then))
        for chat in chats:
            self.on_gone(chat.key)

    def delete_messages(self, chat: Chat, messages: list[ChatMessage]) -> None:
        """Leave nothing of messages that were taken out of a chat."""
        if self._keeps(chat) and self._keeper:
            for message in messages:
                self._keeper.forget_unkept(message.message_id)
            self.run(lambda store: store.delete_messages(messages))

    def set_folders(self, names: list[str]) -> None:
        """Have these folders; chats in others are in none from now on."""
        names = distinct(names, known=self.folders)
        self.folders = names
        moved = []
        for chat in (*self.chats, *self.trash):
            if chat.info.folder not in ("", *names):
                folder = next((n for n in names if same_name(n, chat.info.folder)), "")
                chat.info = msgspec.structs.replace(chat.info, folder=folder)
                moved += [chat] if folder else []
        self.run(lambda store: store.presets.put_folders(names))
        for chat in moved:
            self.keep(chat)
        self.on_event(FoldersChanged())

    def rename_folder(self, old: str, new: str) -> None:
        """Give a folder another name; one that is taken takes the chats in."""
        if not new or new == old:
            return
        taken = next((f for f in self.folders if f != old and same_name(f, new)), None)
        is_taken, new = taken is not None, taken or new
        for chat in (*self.chats, *self.trash):
            if chat.info.folder == old:
                chat.info = msgspec.structs.replace(chat.info, folder=new)
                if is_taken:
                    self.keep(chat)
        if is_taken:
            self.set_folders([name for name in self.folders if name != old])
            return
        self.folders = [new if name == old else name for name in self.folders]
        self.run(lambda store: store.presets.rename_folder(old, new))
        self.on_event(FoldersChanged())

    def draft(self, chat_id: int) -> Draft:
        """What is written there and not sent."""
        return self._drafts.of(chat_id)

    def keep_draft(self, chat: Chat, draft: Draft) -> None:
        """Keep what is being written."""
        self._drafts.put(chat, draft, self.keeper if self._keeps(chat) else None)

    def keep_file(
        self, chat: Chat, source: Source, then: Callable[[Source | AppError], None]
    ) -> None:
        """Keep the content of what is attached; of a private chat it stays where it is."""
        if self._keeps(chat) and self._keeper and not source.sha256:
            self._keeper.run(lambda store: store.files.keep(source), then)
        else:
            then(source)

    def add(
        self, chats: Iterable[KeptChat], then: Callable[[list[Chat] | ChatsError], None]
    ) -> None:
        """Add whole chats that come from elsewhere, all of them or none.

        Args:
            chats: No more than may be in memory; one whose key is known is passed over.
            then: Gets those that were not here yet, or why they cannot be kept.
        """
        keeper = self.keeper
        if keeper is None:
            then(self.problem or [])
            return
        known = {chat.key for chat in (*self.chats, *self.trash)}
        unknown = (kept for kept in chats if kept.info.key not in known)
        new = as_new(unknown, self._chat_ids, self._message_ids, now_ms())

        def added(end: ChatsError | None) -> None:
            if isinstance(end, ChatsError):
                then(end)
                return
            came = [Chat(kept.info, is_loaded=False) for kept in new]
            for chat in came:
                self._insert(chat)
            folders = [chat.info.folder for chat in came]
            if not set(folders) <= {"", *self.folders}:
                self.set_folders([*self.folders, *folders])
            self.on_event(ChatsAdded(tuple(came)))
            then(came)

        if new:
            keeper.run(lambda store: keep_new(store, new), added)
        else:
            then([])

    def take_away(self, chats: Iterable[Chat], then: Callable[[ChatsError | None], None]) -> None:
        """Leave nothing of chats that no model has seen, in the trash or outside of it."""
        gone = {chat.chat_id: chat for chat in chats}
        if not gone:
            then(None)
            return
        self.chats = [chat for chat in self.chats if chat.chat_id not in gone]
        self.trash = [chat for chat in self.trash if chat.chat_id not in gone]
        infos = [chat.info for chat in gone.values()]
        for chat in gone.values():
            chat.is_kept = False  # an answer that is still being written must not bring it back
            self._drafts.forget(chat.chat_id)
        self.on_event(ChatsRemoved(tuple(gone.values())))
        if self.keeper:
            self.keeper.forget_chats(gone)
            self.keeper.run(lambda store: store.delete_chats(infos), then)
        else:
            then(None)

    def close(self) -> None:
        """Write what is left; waits for it."""
        if self._keeper:
            for chat_id in self._drafts.unkept:
                self.keep_draft(self.chat(chat_id), self.draft(chat_id))
            self._keeper.close()

    def _tell(self, event: ChatEvent) -> None:
        self.on_event(event)

    def _keeps(self, chat: Chat) -> bool:
        return self.keeper is not None and chat.is_kept

    def _insert(self, chat: Chat) -> None:
        """Put a chat where it belongs by when it was used."""
        bisect.insort(self.chats, chat, key=_place)

    def _opened(self, end: bool | ChatsError) -> None:
        assert self._keeper
        if isinstance(end, ChatsError):
            self._cannot_keep(end)
            return
        self._keeper.run(read_state, lambda all_of_it: self._came(all_of_it, is_read_only=end))

    def _came(self, end: KeptState | ChatsError, *, is_read_only: bool) -> None:
        if isinstance(end, ChatsError):
            self._cannot_keep(end)
            return
        last_chat_id, last_message_id, last_order = end.last_ids
        self._chat_ids = itertools.count(max(last_chat_id + 1, self._given[0]))
        self._message_ids = itertools.count(max(last_message_id + 1, self._given[1]))
        self._last_order = last_order
        # In the place of an empty one comes a kept one; `ChatsOpened` tells it.
        self.chats = [chat for chat in self.chats if chat.messages]
        for info in end.infos:
            chat = Chat(info, is_loaded=False)
            (self.chats if info.trashed_ms is None else self.trash).append(chat)
        self.trash.sort(key=lambda chat: -(chat.info.trashed_ms or 0))
        self.folders = end.folders
        self._drafts.take(end.drafts)
        self.is_open = True
        if is_read_only:
            self.problem = ChatsReadOnly()
            self.on_event(Trouble(None, self.problem))
        if self.keeper and not self.problem:
            # Before anything is attached, which nothing refers to at first.
            self.run(lambda store: store.sweep_files())
            index_all(self.keeper)
        self.on_event(ChatsOpened())
        self._empty_old_trash(end.last_seen_ms)
        self.on_opened()

    def _cannot_keep(self, error: ChatsError) -> None:
        self.problem, self.is_open = error, True
        self.on_event(Trouble(None, error))
        self.on_event(ChatsOpened())

    def _next_order(self) -> int:
        """The time, but never less than before: clocks are set back."""
        self._last_order = max(now_ms(), self._last_order + 1)
        return self._last_order

    def _empty_old_trash(self, last_seen_ms: int) -> None:
        """Delete what has lain in the trash for a month.

        After a jump of the clock, or a month without Cierzo, the month begins again.
        """
        keeper, today_ms = self.keeper, now_ms()
        if keeper is None or self.problem:
            return
        keeper.run(lambda store: store.presets.put_fact(LAST_SEEN, str(today_ms)))
        before_ms = today_ms - TRASH_DAYS * _DAY_MS
        old = [chat for chat in self.trash if (chat.info.trashed_ms or today_ms) < before_ms]
        if last_seen_ms < before_ms:
            for chat in old:
                self.change(chat, trashed_ms=today_ms)
        else:
            self.delete(old)

    def _remove(self, chat: Chat) -> None:
        self.chats.remove(chat)
        self._drafts.forget(chat.chat_id)
        self.on_event(ChatRemoved(chat))
        self.on_gone(chat.key)
        infos = [chat.info]
        if chat.is_kept:
            self.run(lambda store: store.delete_chats(infos))

    def _told(
        self, chat_id: int | None, then: Callable[[], None] = lambda: None
    ) -> Callable[[ChatsError | None], None]:
        def end(error: ChatsError | None) -> None:
            if error:
                self.on_event(Trouble(chat_id, error))
            then()

        return end


def _place(chat: Chat) -> tuple[int, int]:
    """Sorts as the store does."""
    return -chat.info.used_order, -chat.chat_id


def _first_words(chat: Chat) -> str:
    return chat.path[0].text if chat.path else ""
