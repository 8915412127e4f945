"""The hub: two origins in threads of this process."""

import time
from collections.abc import Callable, Mapping
from typing import Self

from tests.helpers.hub.cdn_origin import answer_of_cdn
from tests.helpers.hub.content import Content
from tests.helpers.hub.faults import Fault
from tests.helpers.hub.hub_origin import answer_of_hub
from tests.helpers.hub.log import Logged
from tests.helpers.hub.server import Server
from tests.helpers.hub.state import State


class Hub:
    """A Hub and its CDN on ports of loopback; use it as a context manager.

    Attributes:
        state: More that can be set, e.g. the length of a page of a listing.
    """

    def __init__(self) -> None:
        self.state = State()
        self._hub = Server("hub", self.state, answer_of_hub)
        self._cdn = Server("cdn", self.state, answer_of_cdn)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        for error in (*self._hub.broken, *self._cdn.broken):
            raise error

    def start(self) -> None:
        """Listen, on the same ports as before."""
        self._hub.start()
        self._cdn.start()
        self.state.cdn_url = self._cdn.url

    def stop(self) -> None:
        """The network is gone: every connection ends and none can be made."""
        self._hub.stop()
        self._cdn.stop()

    @property
    def url(self) -> str:
        """Of the Hub, without a slash at the end, as is `cdn_url`."""
        return self._hub.url

    @property
    def cdn_url(self) -> str:
        """Of the CDN: another origin."""
        return self._cdn.url

    @property
    def token(self) -> str:
        """The one that is known; its owner has accepted all terms."""
        return self.state.token

    @property
    def log(self) -> list[Logged]:
        """Every request so far."""
        return self.state.log.read()

    @property
    def link_life_s(self) -> float:
        """How long a link is good for that is made from now on."""
        return self.state.links.life_s

    @link_life_s.setter
    def link_life_s(self, life_s: float) -> None:
        self.state.links.life_s = life_s

    @property
    def bytes_per_s_per_connection(self) -> float:
        """How fast each connection sends; 0 is as fast as it goes."""
        return self.state.bytes_per_s_per_connection

    @bytes_per_s_per_connection.setter
    def bytes_per_s_per_connection(self, bytes_per_s: float) -> None:
        self.state.bytes_per_s_per_connection = bytes_per_s

    def add(
        self,
        repository: str,
        files: Mapping[str, Content],
        *,
        gated: bool = False,
        private: bool = False,
        commit: str = "",
    ) -> str:
        """Publish exactly these files, path -> content, as a new commit on main; return it."""
        return self.state.add(repository, dict(files), gated=gated, private=private, commit=commit)

    def publish(self, path: str, content: Content) -> str:
        """Have the CDN answer with it at that path; return its address."""
        self.state.published[path] = content
        return f"{self.cdn_url}{path}"

    def fault(self, fault: Fault) -> None:
        """Do something wrong from now on."""
        self.state.faults.add(fault)

    def clear_faults(self) -> None:
        """Do nothing wrong any more; answers that have begun stay as they are."""
        self.state.faults.clear()

    def clear_log(self) -> None:
        """Count anew."""
        self.state.log.clear()

    def wait_for(self, condition: Callable[[list[Logged]], bool], limit_s: float = 20.0) -> None:
        """Wait until the log meets a condition.

        Raises:
            TimeoutError: It did not in that time.
        """
        begun_s = time.monotonic()
        if not self.state.log.wait_for(condition, limit_s):
            raise TimeoutError(f"waited {time.monotonic() - begun_s:.1f} s for the hub's log")

    def bytes_sent(self, origin: str = "cdn") -> int:
        """Of all answers of that origin."""
        return sum(entry.bytes_sent for entry in self.log if entry.origin == origin)
