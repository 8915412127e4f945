"""The HTTP client below huggingface_hub: one per network, whatever the library believes.

The library has one client for the whole process. Here it is one that passes every request on to
the client that the asking thread named, so that jobs with different mirrors, proxies and tokens do
not mix.
"""

import contextvars
import functools
import time
from collections.abc import Callable

import httpx2
import msgspec
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import hf_raise_for_status, hf_request_event_hook

from app.domain.downloads.network import Network
from app.domain.errors import BadEndpoint, ProxyFailed
from app.downloads.worker.faults import NoHubError, TransportFailedError
from app.downloads.worker.timing import Timing
from app.downloads.worker.trust import trusted
from app.downloads.worker.web import AGENT

_REQUEST_NUMBER = "X-Amzn-Trace-Id"
# A page of a listing has a thousand files and less than half a megabyte.
_MAX_ANSWER_BYTES = 16 << 20
# An answer that drips is no answer, however little time is between two of its bytes.
_ANSWER_READS = 5
# The largest listing that is read has a hundred pages; one that leads back to itself never ends.
_MOST_REQUESTS = 200


class Line(msgspec.Struct, kw_only=True):
    """How one question is sent, in the thread that asks it.

    Attributes:
        on_bytes: Called in that thread for every request and every answer: host, bytes.
        requests: Sent so far, those that follow redirects and those for further pages included.
        host: That of the last request.
    """

    client: "HubClient"
    on_bytes: Callable[[str, int], None]
    requests: int = 0
    host: str = ""


line: contextvars.ContextVar[Line] = contextvars.ContextVar("line")


class HubClient(httpx2.Client):
    """Sends with our own timeouts, once, and nothing secret to anybody but the Hub.

    Args:
        network: Its proxy; without one the environment's and the system's count.
        origin: The Hub's: scheme, host and port.
        timing: How long it is waited for.

    Raises:
        ProxyFailed: The proxy's address is none.
    """

    def __init__(self, network: Network, origin: httpx2.URL, timing: Timing) -> None:
        self._hub_origin = origin
        self._answer_s = _ANSWER_READS * timing.read_s
        # The library passes its own timeouts to some requests, and none at all to listings.
        self._timeouts = {
            "connect": timing.connect_s,
            "read": timing.read_s,
            "write": timing.read_s,
            "pool": timing.connect_s,
        }
        try:
            super().__init__(
                proxy=network.proxy or None,
                verify=trusted(),
                follow_redirects=True,
                event_hooks={"request": [self._before]},
            )
        except (ImportError, ValueError, httpx2.InvalidURL):
            raise ProxyFailed(reason="its address cannot be used") from None

    def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        auth: object = httpx2.USE_CLIENT_DEFAULT,
        follow_redirects: object = httpx2.USE_CLIENT_DEFAULT,
    ) -> httpx2.Response:
        """Return the whole answer.

        Raises:
            TransportFailedError: There was none, or it was too slow or too long.
            HfHubHTTPError: It was a refusal.
            NoHubError: It was somebody else's, or one of too many.
        """
        assert not stream
        try:
            answer = super().send(
                request,
                stream=True,
                auth=auth,  # type: ignore[arg-type]
                follow_redirects=follow_redirects,  # type: ignore[arg-type]
            )
            try:
                body = self._read(answer)
            finally:
                answer.close()
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise TransportFailedError(line.get().host) from error
        for hop in (*answer.history, answer):
            line.get().on_bytes(host_of(hop.request.url), hop.num_bytes_downloaded)
        headers = httpx2.Headers(answer.headers)
        headers.pop("Content-Encoding", None)
        whole = httpx2.Response(
            answer.status_code, headers=headers, content=body, request=answer.request
        )
        is_elsewhere = origin_of(answer.request.url) != self._hub_origin
        if is_elsewhere and whole.is_error and "X-Error-Code" not in whole.headers:
            raise NoHubError  # a login page, by way of a redirect
        hf_raise_for_status(whole)
        return whole

    def _before(self, request: httpx2.Request) -> None:
        """Called for every request, those that follow a redirect included."""
        hf_request_event_hook(request)
        # Nobody needs to know which Python this is, and a number for every request.
        request.headers["User-Agent"] = AGENT
        request.headers.pop(_REQUEST_NUMBER, None)
        request.extensions = {**request.extensions, "timeout": self._timeouts}
        if origin_of(request.url) != self._hub_origin:
            request.headers.pop("Authorization", None)
        now = line.get()
        now.requests += 1
        if now.requests > _MOST_REQUESTS:
            raise NoHubError
        now.host = host_of(request.url)
        now.on_bytes(now.host, 0)

    def _read(self, answer: httpx2.Response) -> bytes:
        body = bytearray()
        give_up_at = time.monotonic() + self._answer_s
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > _MAX_ANSWER_BYTES:
                raise NoHubError
            if time.monotonic() > give_up_at:
                raise httpx2.ReadTimeout("the answer drips", request=answer.request)
        return bytes(body)


class _Switchboard(httpx2.Client):
    """What the library takes for its client."""

    def __init__(self) -> None:
        super().__init__(transport=httpx2.BaseTransport())

    def send(self, request: httpx2.Request, **how: object) -> httpx2.Response:
        return line.get().client.send(request, **how)  # type: ignore[arg-type]


@functools.cache
def connect_library() -> None:
    """Give the library its client, once."""
    set_client_factory(_Switchboard)


def origin_of(url: str | httpx2.URL) -> httpx2.URL:
    """Return scheme, host and port of an address.

    Raises:
        BadEndpoint: It is no address of a web server.
    """
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise BadEndpoint(endpoint=str(url)) from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise BadEndpoint(endpoint=str(url))
    return httpx2.URL(scheme=parsed.scheme, host=parsed.host, port=parsed.port)


def host_of(url: httpx2.URL) -> str:
    """Return a server's name, with the port where that is not the scheme's own."""
    return url.netloc.decode("ascii")
