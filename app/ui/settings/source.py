"""What the settings page asks of what lies below it."""

from typing import Protocol

from app.domain.downloads.network import Connection
from app.settings.model import Settings


class SettingsSource(Protocol):
    """The settings; whoever owns them writes them down when the page says `changed`."""

    @property
    def value(self) -> Settings:
        """What holds now."""

    def change(self, **changes: str | int) -> None:
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
