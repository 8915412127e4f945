"""Asking the key store, which may take its time."""

import queue
import threading

import pytest

from app.services.hub_access import HubAccess, endpoint_of
from app.settings.model import Settings

LIMIT_S = 20.0


class LockedTokens:
    """A key store that answers when the test opens it."""

    def __init__(self) -> None:
        self.token = ""
        self.reads = 0
        self.may_answer = threading.Event()

    def get(self) -> str:
        self.reads += 1
        assert self.may_answer.wait(LIMIT_S)
        return self.token


class AccessDesk:
    """Access on this thread, and the tokens of the networks that it gave."""

    def __init__(self) -> None:
        self.tokens = LockedTokens()
        self.posted: queue.SimpleQueue = queue.SimpleQueue()
        self.given: list[str] = []
        self.late: list[bool] = []
        self.access = HubAccess(
            settings=Settings, tokens=self.tokens, post=self.posted.put, patience_s=0.02
        )
        self.access.on_token = lambda: self.late.append(True)

    def ask(self) -> None:
        self.access.ask(lambda network: self.given.append(network.token))

    def settle(self, condition) -> None:
        while not condition():
            self.posted.get(timeout=LIMIT_S)()


@pytest.fixture
def desk():
    desk = AccessDesk()
    yield desk
    desk.tokens.may_answer.set()
    desk.access.close()


def test_a_key_store_that_does_not_answer_holds_nothing_up(desk):
    desk.ask()
    desk.settle(lambda: desk.given)
    desk.ask()
    assert desk.given == ["", ""]
    assert desk.tokens.reads == 1


def test_a_token_that_comes_late_is_told_and_then_used(desk):
    desk.ask()
    desk.settle(lambda: desk.given)
    desk.tokens.token = "hf_x"
    desk.tokens.may_answer.set()
    desk.settle(lambda: desk.late)
    desk.access.renew()
    desk.ask()
    desk.settle(lambda: len(desk.given) == 2)
    assert desk.given == ["", "hf_x"]


def test_a_late_answer_without_a_token_changes_nothing(desk):
    desk.ask()
    desk.settle(lambda: desk.given)
    desk.tokens.may_answer.set()
    desk.posted.get(timeout=LIMIT_S)()
    assert not desk.late


def test_a_mirror_that_only_the_environment_names_is_known(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    assert endpoint_of(Settings()) == "https://mirror.example"
    assert endpoint_of(Settings(hub_endpoint="https://own.example")) == "https://own.example"
