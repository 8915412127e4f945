"""Things with names in the person's order, kept as a whole with the chats."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from app.domain.errors import ChatsDamaged, ChatsFaulty, NameMissing
from app.domain.kept_chat import Preset, SavedPrompt
from app.domain.names import clean_name, free_name, same_name
from app.services.chat_library import ChatLibrary
from app.store.store import Store

_T = TypeVar("_T", bound=Preset | SavedPrompt)


class Removed(msgspec.Struct, Generic[_T], frozen=True, kw_only=True):
    """What `NamedList.put_back` needs."""

    item: _T
    place: int


class NamedList(Generic[_T]):
    """Lives on the owner's thread.

    Attributes:
        items: In order.
        on_change: Called after every change.
    """

    def __init__(
        self,
        library: ChatLibrary,
        *,
        read: Callable[[Store], list[_T]],
        write: Callable[[Store, list[_T]], None],
    ) -> None:
        """Keep it where `library` keeps its chats; where those are not kept, neither is it.

        Args:
            library: Its keeper is used, and it tells what fails.
            read: Gets the list from the store, on the store's thread.
            write: Puts it there.
        """
        self.items: list[_T] = []
        self.on_change: Callable[[], None] = lambda: None
        self._library = library
        self._is_loaded = False
        self._read = read
        self._write = write

    def load(self) -> None:
        """Have here what is kept, and the first time also what was added before that."""

        def loaded(kept: list[_T]) -> None:
            added = [] if self._is_loaded else self.items
            early = [item for item in added if self._index(item.name, kept) is None]
            self.items, self._is_loaded = kept, True
            if early:
                self._put([*kept, *early])
            self.on_change()

        def read(store: Store) -> list[_T]:
            try:
                return self._read(store)
            except ChatsDamaged as error:
                # The rest can be read and written: the same as what a check finds.
                raise ChatsFaulty from error

        self._library.run(read, loaded)

    def find(self, name: str) -> _T | None:
        """The one of that name, however it is written."""
        place = self._index(name)
        return None if place is None else self.items[place]

    def free_name(self, wanted: str, *, others: tuple[str, ...] = ()) -> str:
        """That name, or one like it that neither the list nor `others` has."""
        return free_name(wanted, [*(item.name for item in self.items), *others])

    def insert(self, place: int, item: _T) -> None:
        """Add one; its name is free."""
        self._put([*self.items[:place], item, *self.items[place:]])

    def replace(self, name: str, item: _T) -> None:
        """Put another in the place of one."""
        place = self._index(name)
        assert place is not None, "only what is there is replaced"
        self._put([*self.items[:place], item, *self.items[place + 1 :]])

    def move(self, name: str, steps: int) -> None:
        """Move one down the list, up where `steps` is negative, as far as it goes."""
        place = self._index(name)
        assert place is not None, "only what is there is moved"
        rest = [*self.items[:place], *self.items[place + 1 :]]
        target = min(max(place + steps, 0), len(rest))
        if target != place:
            self._put([*rest[:target], self.items[place], *rest[target:]])

    def remove(self, name: str) -> Removed[_T]:
        """Take one out; it is gone for good unless it is put back."""
        place = self._index(name)
        assert place is not None, "only what is there is removed"
        item = self.items[place]
        self._put([*self.items[:place], *self.items[place + 1 :]])
        return Removed(item=item, place=place)

    def put_back(self, removed: Removed[_T]) -> _T:
        """Bring back what was removed, under a name like its own where that is taken now."""
        name = self.free_name(removed.item.name)
        item = msgspec.structs.replace(removed.item, name=name)
        self.insert(removed.place, item)
        return item

    def _put(self, items: list[_T]) -> None:
        self.items = items
        self._library.run(lambda store: self._write(store, items))
        self.on_change()

    def _index(self, name: str, items: list[_T] | None = None) -> int | None:
        places = (
            place
            for place, item in enumerate(self.items if items is None else items)
            if same_name(item.name, name)
        )
        return next(places, None)


def checked_name(written: str) -> str:
    """A name that can be seen.

    Raises:
        NameMissing: There is nothing to be seen of it.
    """
    name = clean_name(written)
    if not name:
        raise NameMissing
    return name
