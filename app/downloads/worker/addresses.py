"""Which addresses may be asked for what a signed list names: encrypted ones."""

import sys

import httpx2

from app.domain.errors import AddressInsecure

# For tests; nobody can listen in there.
_LOOPBACK = ("127.0.0.1", "::1")


def check_address(url: str) -> None:
    """Let an address of HTTPS pass.

    Raises:
        AddressInsecure: It is another one, or none.
    """
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise AddressInsecure(host=url[:100]) from None
    if address.scheme == "https" and address.host:
        return
    is_frozen = getattr(sys, "frozen", False)
    if address.scheme == "http" and address.host in _LOOPBACK and not is_frozen:
        return
    raise AddressInsecure(host=address.host or url[:100])
