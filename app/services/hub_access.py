"""What the download worker is told of the network: the settings of now, and the token."""

import os
import threading
from collections.abc import Callable

from app.domain.downloads.network import Network
from app.pipe.client import Post
from app.pipe.timers import Timers
from app.services.tokens import TokenStore
from app.settings.model import Settings

# Longer than a key store thinks, shorter than a person waits who does not see its question.
_PATIENCE_S = 10.0


def endpoint_of(settings: Settings) -> str:
    """The address of the mirror that is used: the settings', else the environment's; "" is none."""
    return settings.hub_endpoint or os.environ.get("HF_ENDPOINT", "")


class HubAccess:
    """Asks the key store when a token may be needed for the first time.

    The store may make the person unlock it, so it is asked on a thread that nobody waits for. Whom
    it keeps waiting for too long goes on without a token.

    Attributes:
        on_token: Called when a token came for which nobody waited any more.
    """

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        tokens: TokenStore,
        post: Post,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self.on_token: Callable[[], None] = lambda: None
        self._settings = settings
        self._tokens = tokens
        self._post = post
        self._patience_s = patience_s
        self._timers = Timers("key-store-timers")
        self._token: str | None = None
        self._is_asking = False
        self._is_outdated = False  # what is being read may be the token of before
        self._waiting: list[Callable[[Network], None]] = []

    @property
    def is_offline(self) -> bool:
        """Nothing may be fetched."""
        return self._settings().is_offline

    @property
    def anonymous(self) -> Network:
        """For servers that are no Hub and get no token."""
        return Network(proxy=self._settings().proxy)

    def ask(self, then: Callable[[Network], None]) -> None:
        """Call `then` as soon as everything is known, perhaps at once.

        Offline may have been switched on meanwhile.
        """
        if self._token is not None:
            then(self._network(self._token))
            return
        self._waiting.append(then)
        if len(self._waiting) == 1:
            self._timers.set("patience", self._patience_s, lambda: self._post(self._give_up))
        if not self._is_asking:
            self._read_soon()

    def renew(self) -> None:
        """The token may be another one."""
        self._token = None
        self._is_outdated = self._is_asking

    def close(self) -> None:
        """Wait for nothing any more."""
        self._timers.close()

    def _read_soon(self) -> None:
        self._is_asking, self._is_outdated = True, False
        threading.Thread(target=self._read, name="key-store", daemon=True).start()

    def _read(self) -> None:
        token = self._tokens.get()
        self._post(lambda: self._answered(token))

    def _answered(self, token: str) -> None:
        self._is_asking = False
        if self._is_outdated and self._waiting:
            self._read_soon()
        elif self._waiting:
            self._go_on(token)
        elif self._is_outdated or token != self._token:
            self.on_token()

    def _give_up(self) -> None:
        if self._waiting:
            self._go_on("")

    def _go_on(self, token: str) -> None:
        self._timers.clear("patience")
        self._token = token
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(self._network(token))

    def _network(self, token: str) -> Network:
        settings = self._settings()
        return Network(endpoint=settings.hub_endpoint, proxy=settings.proxy, token=token)
