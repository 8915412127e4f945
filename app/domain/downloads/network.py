"""How the network is reached, and what was sent over it."""

import msgspec


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """What the download worker has to know before it opens a socket.

    Attributes:
        endpoint: Scheme and host of the Hub or a mirror of it; "" is the environment's
            `HF_ENDPOINT`, else the Hub.
        proxy: scheme://[user:password@]host:port with http, https, socks5 or socks5h; "" is the
            environment's or the system's.
        token: For gated repositories; "" is none. Sent to the endpoint's origin only.
    """

    endpoint: str = ""
    proxy: str = ""
    token: str = ""

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"Network(endpoint={self.endpoint!r}, token={'set' if self.token else 'none'})"


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of everything that went over the network.

    Attributes:
        at: ISO 8601, UTC: when its first byte was asked for.
        host: Name and, where it is not the scheme's own, port.
        why: What it was for, e.g. "acme/tiny-GGUF: list of files".
        bytes: Received.
    """

    at: str
    host: str
    why: str
    bytes: int
