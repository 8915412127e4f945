"""What the Hub's answers, and the lack of them, mean to a person."""

import math
import ssl
from urllib.request import getproxies, proxy_bypass  # noqa: TID251 - they open nothing

import httpx2
import msgspec
from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils._http import parse_ratelimit_headers

from app.domain.downloads.network import Network
from app.domain.downloads.retry import LONGEST_SERVER_WAIT_S, server_wait_s
from app.domain.errors import (
    AppError,
    BadEndpoint,
    BadRepositoryName,
    HubBusy,
    HubRefused,
    HubTrouble,
    LoginPage,
    NetworkDown,
    OfflineSwitchedOn,
    ProxyFailed,
    PublishedFileMissing,
    RepositoryDisabled,
    RepositoryGated,
    RepositoryUnknown,
    SecureConnectionFailed,
    TokenRefused,
)

_BUSY_WAIT_S = 5
_COME_BACK_STATUSES = {408, 425, 429}
_PROXY_STATUS = 407
_LOGIN_STATUS = 511


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request was about.

    Attributes:
        host: The Hub's, with its port where that is not the usual one.
        name: Of the file or the commit; "" for a list of files.
    """

    network: Network
    host: str
    repository: str
    name: str = ""


class NoHubError(Exception):
    """Something answered that does not speak as the Hub does."""


class TransportFailedError(Exception):
    """A request that got no answer; its cause is httpx2's error.

    It has a class of its own because huggingface_hub repeats what it knows, asleep in a thread.

    Attributes:
        host: That did not answer, wherever the way began; "" if none was asked.
    """

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


def fault_of(error: Exception, asked: Asked) -> AppError | None:
    """Name the environment error behind an exception; None is a bug of ours."""
    if isinstance(error, TransportFailedError):
        assert isinstance(error.__cause__, Exception)
        return transport_fault(error.__cause__, error.host or asked.host, asked.network)
    if isinstance(error, HfHubHTTPError):
        return _refusal(error, asked)
    if isinstance(error, HFValidationError):
        return BadRepositoryName(text=asked.repository)
    if isinstance(error, OfflineModeIsEnabled):  # HF_HUB_OFFLINE
        return OfflineSwitchedOn()
    if isinstance(error, NoHubError):
        return LoginPage(host=asked.host)
    return None


def transport_fault(error: Exception, host: str, network: Network) -> AppError:
    """Name what is wrong with the way to a host."""
    if tls := _cause(error, ssl.SSLError):
        reason = getattr(tls, "verify_message", "") or "it could not be encrypted"
        return SecureConnectionFailed(host=host, reason=str(reason))
    if isinstance(error, httpx2.ProxyError):
        return ProxyFailed(reason="it refused the connection")
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout) and _has_proxy(host, network):
        return ProxyFailed(reason="it does not answer")
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return BadEndpoint(endpoint=host)
    if isinstance(error, httpx2.TooManyRedirects | httpx2.DecodingError):
        return LoginPage(host=host)
    return NetworkDown(host=host)


def _refusal(error: HfHubHTTPError, asked: Asked) -> AppError:
    repository, status = asked.repository, error.response.status_code
    if isinstance(error, GatedRepoError):  # before its base, the unknown repository
        return RepositoryGated(repository=repository)
    if isinstance(error, DisabledRepoError):
        return RepositoryDisabled(repository=repository)
    if isinstance(error, RevisionNotFoundError | EntryNotFoundError):
        return PublishedFileMissing(repository=repository, name=asked.name)
    if isinstance(error, RepositoryNotFoundError):
        return RepositoryUnknown(repository=repository)
    return _refusal_by_status(status, error.response, asked)


def _refusal_by_status(status: int, response: httpx2.Response, asked: Asked) -> AppError:
    host = asked.host
    if status == 401 and asked.network.token:
        return TokenRefused()
    if status == 401:
        return RepositoryUnknown(repository=asked.repository)
    if status == 404 and _is_page(response):
        return BadEndpoint(endpoint=host) if asked.network.endpoint else LoginPage(host=host)
    if status == 404:
        return RepositoryUnknown(repository=asked.repository)
    if status == _PROXY_STATUS:
        return ProxyFailed(reason="it wants a name and a password")
    if status == _LOGIN_STATUS:
        return LoginPage(host=host)
    if status in _COME_BACK_STATUSES:
        return HubBusy(host=host, wait_s=_wait_s(response.headers))
    if status >= 500:
        return HubTrouble(host=host, status=status)
    return HubRefused(host=host, status=status)


def _wait_s(headers: httpx2.Headers) -> int:
    limit = parse_ratelimit_headers(headers)
    if limit and limit.remaining == 0:
        return min(max(1, limit.reset_in_seconds), LONGEST_SERVER_WAIT_S)
    wait_s = server_wait_s(headers.get("Retry-After", ""), headers.get("Date", ""))
    return _BUSY_WAIT_S if wait_s is None else max(1, math.ceil(wait_s))


def _is_page(response: httpx2.Response) -> bool:
    return str(response.headers.get("Content-Type", "")).startswith("text/html")


def _has_proxy(host: str, network: Network) -> bool:
    """Whether the first connection on the way to a host is one to a proxy."""
    if network.proxy:
        return True
    proxies = getproxies()
    is_proxied = bool({"http", "https", "all"} & proxies.keys())
    return is_proxied and not proxy_bypass(host)


def _cause(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    """Find an exception of that kind among the causes of another."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
