"""The person's token for the Hub: in the system's own key store, never in a file of ours.

There is one per user of the system, whatever folder Cierzo keeps its own things in. A token that
other programs left in files or in the environment is not used: nobody gave it to us.
"""

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from types import ModuleType

log = logging.getLogger(__name__)

_SERVICE = "Cierzo"
_USER = "Hugging Face token"
_APPLE_PART = "keyring.backends.macOS.api"


class TokenStore:
    """Asks the key store once; may be called from any thread.

    Every method may wait until the person unlocked the key store.

    Attributes:
        is_kept: False where the token is forgotten when Cierzo ends, because there is no key
            store or it refuses.
    """

    def __init__(self) -> None:
        self.is_kept = True
        self._token: str | None = None
        self._lock = threading.Lock()

    def get(self) -> str:
        """The token; "" where there is none."""
        with self._lock:
            if self._token is None:
                self._token = ""
                with self._key_store() as keyring:
                    self._token = keyring.get_password(_SERVICE, _USER) or ""
            return self._token

    def put(self, token: str) -> None:
        """Use this one from now on."""
        with self._lock:
            self._token = token.strip()
            with self._key_store() as keyring:
                keyring.set_password(_SERVICE, _USER, self._token)
                if keyring.get_password(_SERVICE, _USER) != self._token:
                    raise LookupError  # keyring's null backend takes everything and keeps nothing

    def forget(self) -> None:
        """Remove it from the key store too."""
        with self._lock:
            self._token = ""
            with self._key_store() as keyring:
                if keyring.get_password(_SERVICE, _USER) is not None:
                    keyring.delete_password(_SERVICE, _USER)

    @contextlib.contextmanager
    def _key_store(self) -> Iterator[ModuleType]:
        if sys.platform != "darwin":
            # WORKAROUND for keyring 25.7: on every system it has gcc and ld look for Apple's
            # libraries. A module that is None cannot be imported, which it expects.
            sys.modules.setdefault(_APPLE_PART, None)  # type: ignore[arg-type]
        import keyring  # looks for the system's key stores, which takes its time

        try:
            yield keyring
        except Exception as error:  # noqa: BLE001 - every system's key store has its own errors
            self.is_kept = False
            # Its type only: what a key store says is not ours to write down.
            log.info("the key store cannot be used: %s", type(error).__name__)
        else:
            self.is_kept = True
