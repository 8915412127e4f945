"""The hub as a fixture, with sockets of loopback allowed for its test."""

import pytest
import pytest_socket

from tests.helpers.hub.hub import Hub


@pytest.fixture
def hub(socket_enabled: None, monkeypatch: pytest.MonkeyPatch):
    """An empty hub."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with Hub() as hub:
        yield hub
