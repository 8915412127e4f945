"""Links to the CDN that are signed and end: whoever has one needs no token."""

import hashlib
import hmac
import secrets
import time
from urllib.parse import parse_qs, urlencode


class Links:
    """Signs and checks, with a key that nobody else has.

    Attributes:
        life_s: How long a link made from now on is good for.
    """

    def __init__(self) -> None:
        self.life_s = 3600.0
        self._key = secrets.token_bytes(16)

    def sign(self, sha256: str) -> str:
        """Path and query of a link to that content."""
        end_ms = round((time.monotonic() + self.life_s) * 1000)
        query = urlencode({"exp": end_ms, "sig": self._signature(sha256, end_ms)})
        return f"/blob/{sha256}?{query}"

    def is_good(self, sha256: str, query: str) -> bool:
        """Whether it was signed here and has not ended."""
        values = parse_qs(query)
        end_ms = int(values.get("exp", ["0"])[0])
        signature = values.get("sig", [""])[0]
        is_ours = hmac.compare_digest(signature, self._signature(sha256, end_ms))
        return is_ours and time.monotonic() * 1000 < end_ms

    def _signature(self, sha256: str, end_ms: int) -> str:
        return hmac.new(self._key, f"{sha256} {end_ms}".encode(), hashlib.sha256).hexdigest()
