"""What the settings page asks of updates and runtime packs."""

from collections.abc import Callable
from typing import Protocol

from app.domain.distribution import Kind
from app.domain.updates import Release
from app.services.runtime_packs import PackState
from app.services.updates import UpdateState


class Updates(Protocol):
    """Newer versions of Cierzo.

    Attributes:
        on_change: Called when `state` is another one.
        on_found: Called with a version that is seen for the first time.
        homepage: The publisher's; "" where there is none.
    """

    on_change: Callable[[], None]
    on_found: Callable[[Release], None]
    homepage: str

    @property
    def state(self) -> UpdateState:
        """Where it stands."""

    @property
    def kind(self) -> Kind:
        """How this copy was installed."""

    @property
    def is_installable(self) -> bool:
        """Whether a newer version can be fetched and started from here."""

    def look(self) -> None:
        """Look now."""

    def download(self) -> None:
        """Fetch the installer."""

    def cancel(self) -> None:
        """Stop that."""

    def install(self) -> None:
        """Start it and end the program."""


class RuntimePacks(Protocol):
    """Backends that are fetched apart.

    Attributes:
        on_change: Called when `state` is another one.
    """

    on_change: Callable[[], None]

    @property
    def state(self) -> PackState:
        """Where it stands."""

    def read_pc(self) -> None:
        """Find out which cards there are."""

    def look(self) -> None:
        """Look for packs now."""

    def install(self) -> None:
        """Fetch what is offered; its licence was accepted."""

    def cancel(self) -> None:
        """Stop that."""

    def remove(self, name: str) -> None:
        """Delete a pack."""
