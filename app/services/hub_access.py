"""What the download worker is told of the network: the settings of now, and the token."""

import threading
from collections.abc import Callable

from app.domain.downloads.network import Network
from app.pipe.client import Post
from app.services.tokens import TokenStore
from app.settings.model import Settings


class HubAccess:
    """Asks the key store when a token may be needed for the first time.

    The store may make the person unlock it, so it is asked on a thread that nobody waits for.
    """

    def __init__(self, *, settings: Callable[[], Settings], tokens: TokenStore, post: Post) -> None:
        self._settings = settings
        self._tokens = tokens
        self._post = post
        self._token: str | None = None
        self._waiting: list[Callable[[Network], None]] = []

    @property
    def is_offline(self) -> bool:
        """Nothing may be fetched."""
        return self._settings().is_offline

    def ask(self, then: Callable[[Network], None]) -> None:
        """Call `then` as soon as everything is known, perhaps at once."""
        if self._token is not None:
            then(self._network(self._token))
            return
        self._waiting.append(then)
        if len(self._waiting) == 1:
            threading.Thread(target=self._read, name="key-store", daemon=True).start()

    def renew(self) -> None:
        """The token may be another one."""
        self._token = None

    def _read(self) -> None:
        token = self._tokens.get()
        self._post(lambda: self._answer(token))

    def _answer(self, token: str) -> None:
        self._token = token
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(self._network(token))

    def _network(self, token: str) -> Network:
        settings = self._settings()
        return Network(endpoint=settings.hub_endpoint, proxy=settings.proxy, token=token)
