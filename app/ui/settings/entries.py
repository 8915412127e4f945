"""What may be written into the fields of the settings page."""

import math
import re
import urllib.parse

from PySide6.QtCore import QCoreApplication

_BYTES_PER_MB = 1_000_000
_SLOWEST_BYTES_PER_S = 10_000
_FASTEST_BYTES_PER_S = 100_000 * _BYTES_PER_MB
_HOST = re.compile(r"[\w.-]+|\[[0-9a-fA-F:.]+\]")
_MIRROR_KINDS = ("https", "http")
_PROXY_KINDS = ("http", "https", "socks5", "socks5h")


class EntryRefused(ValueError):
    """What was written cannot be used; the sentence says what can."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings", text)


def limit_entry(text: str) -> int:
    """Read a speed in MB/s as bytes per second; nothing and 0 are no limit.

    Raises:
        EntryRefused: It is no number, or no speed that a download can have.
    """
    number = re.sub(r"\s*MB/s$", "", text.strip(), flags=re.IGNORECASE).replace(",", ".")
    try:
        value = float(number or "0")
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise EntryRefused(_tr("Write a number such as 5 or 2.5, or nothing for no limit."))
    limit = round(value * _BYTES_PER_MB)
    if value and not _SLOWEST_BYTES_PER_S <= limit <= _FASTEST_BYTES_PER_S:
        raise EntryRefused(_tr("Write a number from 0.01 to 100000, or nothing for no limit."))
    return limit


def limit_text(bytes_per_s: int) -> str:
    """Say a limit as it is written; no limit is nothing."""
    return f"{bytes_per_s / _BYTES_PER_MB:.10g}" if bytes_per_s else ""


def mirror_entry(text: str) -> str:
    """Read the address of a mirror; a bare host is reached securely, nothing is the Hub.

    Raises:
        EntryRefused: It is no address of a server.
    """
    text = text.strip().rstrip("/")
    if not text:
        return ""
    if "://" not in text:
        text = f"{_MIRROR_KINDS[0]}://{text}"
    address = _address(text)
    if address is None or address.scheme not in _MIRROR_KINDS or address.query or address.fragment:
        raise EntryRefused(
            _tr("Write the address of a server, such as “mirror.example.org”, or nothing.")
        )
    if address.username is not None:
        raise EntryRefused(_tr("Write the address without a name and a password."))
    return text


def proxy_entry(text: str) -> str:
    """Read the address of a proxy; nothing is what the system says.

    Raises:
        EntryRefused: Kind, host or port is missing or wrong, or it holds a password.
    """
    text = text.strip().rstrip("/")
    if not text:
        return ""
    address = _address(text)
    if address is None or address.scheme not in _PROXY_KINDS:
        raise EntryRefused(
            _tr("Begin with http, https, socks5 or socks5h, as in “socks5://localhost:1080”.")
        )
    if address.username is not None:
        raise EntryRefused(
            _tr(
                "A password would be kept readable here. Write the address without it, or put it "
                "into the environment as HTTPS_PROXY."
            )
        )
    if address.port is None or address.path or address.query or address.fragment:
        raise EntryRefused(_tr("Write host and port, as in “socks5://localhost:1080”."))
    return text


def token_entry(text: str) -> str:
    """Read a token as it is copied from the Hub's page.

    Raises:
        EntryRefused: It cannot be one.
    """
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise EntryRefused(_tr("Paste the token itself: letters and digits without spaces."))
    return text


def _address(text: str) -> urllib.parse.SplitResult | None:
    """Take an address apart; None where it has no sound host or port."""
    try:
        address = urllib.parse.urlsplit(text)
        is_sound = address.port != 0 and address.netloc.isprintable()
    except ValueError:
        return None
    host = address.netloc.rpartition("@")[2]
    bare = host.rpartition(":")[0] if address.port is not None else host
    return address if is_sound and _HOST.fullmatch(bare) else None
