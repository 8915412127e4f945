"""The HTTP client for the bytes of downloads: proxies, redirects, a timeout on everything."""

import asyncio
import contextlib
import http.cookiejar
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Self

import httpcore2
import httpx2

from app.domain.downloads.network import Network
from app.domain.errors import AppError, ProxyFailed
from app.domain.version import VERSION
from app.downloads.worker.addresses import check_address
from app.downloads.worker.faults import transport_fault
from app.downloads.worker.timing import Timing
from app.downloads.worker.trust import trusted

# All that is said of this copy.
AGENT = f"cierzo/{VERSION}"
_MOST_REDIRECTS = 10
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_CONNECTIONS = 16
_READ_BYTES = 256 << 10


class ConnectionBrokenError(Exception):
    """No answer, or not all of it.

    Attributes:
        problem: What to tell the person if it stays so.
        was_answered: It broke after the head of the answer came.
    """

    def __init__(self, problem: AppError, *, was_answered: bool) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.was_answered = was_answered


class Web:
    """A client for one network; an asynchronous context manager."""

    def __init__(self, network: Network, *, timing: Timing, must_be_secure: bool = False) -> None:
        """Connect to nothing yet.

        Args:
            network: Its proxy.
            timing: How long it is waited for.
            must_be_secure: Nothing is asked that is not encrypted, redirects included.

        Raises:
            ProxyFailed: The proxy's address, or the system's, cannot be understood.
        """
        self._network = network
        self._head_s = timing.connect_s + timing.read_s
        self._must_be_secure = must_be_secure
        # They would write signed addresses into the log.
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # Four times the default: half the processor time per byte.
        httpcore2.AsyncHTTP11Connection.READ_NUM_BYTES = _READ_BYTES
        nobody = http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
        try:
            self._client = httpx2.AsyncClient(
                proxy=network.proxy or None,
                verify=trusted(),
                timeout=httpx2.Timeout(timing.read_s, connect=timing.connect_s),
                limits=httpx2.Limits(max_connections=_MOST_CONNECTIONS),
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
                cookies=http.cookiejar.CookieJar(policy=nobody),
            )
        except (ValueError, ImportError, httpx2.InvalidURL):
            raise ProxyFailed(reason="its address is none that Cierzo understands") from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._client.aclose()

    @contextlib.asynccontextmanager
    async def get(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        first: int,
        stop: int,
        on_host: Callable[[str], None],
    ) -> AsyncIterator[httpx2.Response]:
        """Ask for a part of a file and stream the answer, whatever its status; follow redirects.

        Args:
            url: Where it is.
            headers: For the URL's own origin only.
            first: The first byte's place.
            stop: The place after the last byte.
            on_host: Called with the host before each request, those that follow redirects included.

        Raises:
            ConnectionBrokenError: Also while the answer is being read.
            AddressInsecure: It must be secure, and is not.
        """
        answer: httpx2.Response | None = None
        host = host_of(url)

        def asks(asked: str) -> None:
            nonlocal host
            host = asked
            on_host(asked)

        try:
            answer = await self._follow(url, headers, f"bytes={first}-{stop - 1}", asks)
            yield answer
        except (httpx2.RequestError, httpx2.InvalidURL, ssl.SSLError) as error:
            problem = transport_fault(error, host, self._network)
            raise ConnectionBrokenError(problem, was_answered=answer is not None) from None
        finally:
            if answer is not None:
                await answer.aclose()

    async def _follow(
        self, url: str, headers: Mapping[str, str], wanted_range: str, asks: Callable[[str], None]
    ) -> httpx2.Response:
        target = httpx2.URL(url)
        sent = dict(headers)
        for _ in range(_MOST_REDIRECTS):
            request = self._client.build_request(
                "GET", target, headers=sent | {"Range": wanted_range}
            )
            if self._must_be_secure:
                check_address(str(target))
            asks(host_of(str(target)))
            try:
                async with asyncio.timeout(self._head_s):
                    answer = await self._client.send(request, stream=True)
            except TimeoutError:
                raise httpx2.ReadTimeout("the head of the answer came too slowly") from None
            if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                return answer
            await answer.aclose()
            following = _joined(target, answer.headers["Location"])
            if following.origin != target.origin:
                sent = {}
            target = following
        raise httpx2.TooManyRedirects("too many redirects")


def _joined(url: httpx2.URL, location: str) -> httpx2.URL:
    with contextlib.suppress(httpx2.InvalidURL):
        joined = url.join(location)
        if joined.scheme in ("http", "https") and joined.host:
            return joined
    raise httpx2.TooManyRedirects("a redirect to nowhere")


def host_of(url: str) -> str:
    """Its name, with the port where that is not the scheme's own; safe to show and to log."""
    return httpx2.URL(url).netloc.decode("ascii", "replace")


def is_same_origin(url: str, other: str) -> bool:
    """Whether what is secret for one may be sent to the other."""
    return httpx2.URL(url).origin == httpx2.URL(other).origin
