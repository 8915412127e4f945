"""Which certificates are trusted: the system's own on Windows and macOS, else the usual list."""

import functools
import ssl

import httpx2


@functools.cache
def trusted() -> ssl.SSLContext:
    """One for all clients: reading the list takes 20 ms, and every request would do so twice.

    Environment variables such as SSL_CERT_FILE count; a worker lives as long as something is done.
    """
    return httpx2.create_ssl_context()
