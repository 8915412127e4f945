"""What the settings page asks of what lies below it."""

from collections.abc import Callable
from typing import Protocol

from app.domain.downloads.network import Connection
from app.domain.errors import ChatsError
from app.services.chat_backups import BackupWork
from app.services.storage_use import Cleaned, Storage, StorageItem
from app.settings.model import Settings
from app.store.backups import Backup
from app.store.recovery import Recovered


class SettingsSource(Protocol):
    """The settings; whoever owns them writes them down when the page says `changed`."""

    @property
    def value(self) -> Settings:
        """What holds now."""

    def change(self, **changes: str | float | None) -> None:
        """Let other values hold."""


class TokenStore(Protocol):
    """Keeps the Hub's token; every method may wait for the person, so it is asked on a thread."""

    @property
    def is_kept(self) -> bool:
        """False where it is forgotten when Cierzo ends."""

    def get(self) -> str:
        """The token; "" where there is none."""

    def put(self, token: str) -> None:
        """Use this one from now on."""

    def forget(self) -> None:
        """Have none."""


class NetworkLog(Protocol):
    """What went over the network."""

    def read(self, limit: int = ...) -> list[Connection]:
        """The newest ones, the newest last."""

    def clear(self) -> None:
        """Forget all of them.

        Raises:
            OSError: They cannot be forgotten.
        """


class StorageUse(Protocol):
    """What all of it takes on the disk."""

    def look(self, then: Callable[[Storage], None]) -> None:
        """Count everything, in the background."""

    def clean(self, item: StorageItem, then: Callable[[Cleaned], None]) -> None:
        """Give back what can be given back of it."""


class ChatBackups(Protocol):
    """Copies of the chats, and the way back when something is wrong with them.

    Attributes:
        on_change: Called when anything of it changed.
    """

    on_change: Callable[[], None]

    @property
    def copies(self) -> tuple[Backup, ...]:
        """Newest first."""

    @property
    def problem(self) -> ChatsError | None:
        """What is wrong with the chats."""

    @property
    def can_recover(self) -> bool:
        """Whether something can be done about it here."""

    @property
    def work(self) -> BackupWork | None:
        """What is being done."""

    def look(self) -> None:
        """See which copies there are."""

    def back_up(self, then: Callable[[Backup | ChatsError], None]) -> None:
        """Make a copy now."""

    def delete(self, copy: Backup) -> None:
        """Delete a copy."""

    def restore(self, copy: Backup, then: Callable[[ChatsError | None], None]) -> None:
        """Go back to a copy."""

    def recover(self, then: Callable[[Recovered | ChatsError], None]) -> None:
        """Save what can be read."""

    def check(self, then: Callable[[bool | ChatsError], None]) -> None:
        """Read everything and say whether it is well."""

    def open_again(self) -> None:
        """Try to open what could not be opened."""
