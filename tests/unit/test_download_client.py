"""The window's end of the download worker against scripted workers that die."""

import pathlib
import queue
import sys

import pytest

from app.domain.downloads.network import Network
from app.domain.errors import Cancelled, DownloaderMissing
from app.downloads.client import DownloadClient
from app.downloads.protocol import Looked, Stopped

# A worker whose life is a file: each request takes a line of it and does what that says.
SCRIPT = """
import json, os, pathlib, sys
lives = pathlib.Path(sys.argv[1])
def say(**message):
    print(json.dumps(message), flush=True)
say(type="Ready", protocol=1, build="b")
for line in sys.stdin:
    message = json.loads(line)
    with lives.with_suffix(".log").open("a") as log:
        log.write(json.dumps({"pid": os.getpid(), **message}) + "\\n")
    if message["type"] == "Quit":
        break
    if message["type"] == "SetLimits":
        say(type="LimitsSet", request_id=message["request_id"])
        continue
    if message["type"] == "Cancel":
        continue
    todo = (lives.read_text() if lives.exists() else "").split()
    lives.write_text(" ".join(todo[1:]))
    act = todo[0] if todo else "answer"
    say(type="Traffic", request_id=message["request_id"], host="hub", why="list", bytes=7)
    if act == "die":
        os._exit(7)
    if act == "answer":
        say(type="Looked", request_id=message["request_id"], commit="c" * 40, files=[])
"""


class Desk:
    """A client, its worker's fate, and an event loop of one queue."""

    def __init__(self, folder: pathlib.Path, script: str, monkeypatch) -> None:
        self.lives = folder / "lives"
        argv = [sys.executable, "-c", script, str(self.lives)]
        monkeypatch.setattr("app.downloads.client.worker_command", lambda role: argv)
        self.posted: queue.SimpleQueue = queue.SimpleQueue()
        self.client = DownloadClient(post=self.posted.put, test_pace=0.001)
        self.restarts = 0
        self.client.on_restart = self.restarted

    def restarted(self) -> None:
        self.restarts += 1

    def fate(self, *acts: str) -> None:
        self.lives.write_text(" ".join(acts))

    def look(self) -> list:
        ends: list = []
        self.client.look(Network(), "acme/tiny", "main", on_end=ends.append)
        return ends

    def settle(self, condition) -> None:
        while not condition():
            self.posted.get(timeout=30)()

    def answer(self):
        ends = self.look()
        self.settle(lambda: ends)
        return ends[0]

    def heard(self) -> str:
        return self.lives.with_suffix(".log").read_text()


@pytest.fixture
def make(tmp_path, monkeypatch, expected_log):
    desks: list[Desk] = []

    def make(script: str = SCRIPT) -> Desk:
        desks.append(Desk(tmp_path, script, monkeypatch))
        return desks[-1]

    yield make
    for desk in desks:
        desk.client.close()


def test_no_worker_runs_before_it_is_needed(make):
    desk = make()
    desk.client.set_limits(bytes_per_s=5)
    assert desk.client.pid is None


def test_a_worker_that_died_is_asked_again(make):
    desk = make()
    desk.fate("die", "die")
    assert isinstance(desk.answer(), Looked)
    assert desk.restarts == 2


def test_all_that_was_open_is_asked_again(make):
    desk = make()
    desk.fate("keep", "die")
    first, second = desk.look(), desk.look()
    desk.settle(lambda: first and second)
    assert isinstance(first[0], Looked)
    assert isinstance(second[0], Looked)


def test_a_worker_that_keeps_dying_is_given_up(make):
    desk = make()
    desk.fate(*["die"] * 6)
    error = desk.answer()
    assert isinstance(error, DownloaderMissing)
    assert "exit code 7" in str(error)
    assert desk.restarts == 5


def test_after_that_one_more_try_is_allowed(make):
    desk = make()
    desk.fate(*["die"] * 6)
    desk.answer()
    assert isinstance(desk.answer(), Looked)


def test_a_program_that_cannot_start_is_one_sentence(make):
    error = make("print('{}', flush=True); raise SystemExit(1)").answer()
    assert isinstance(error, DownloaderMissing)


def test_another_version_is_one_sentence(make):
    desk = make(SCRIPT.replace("protocol=1", "protocol=99"))
    desk.fate("keep")
    error = desk.answer()
    assert isinstance(error, DownloaderMissing)
    assert "version" in str(error)


def test_every_worker_is_told_the_limit_before_its_first_request(make):
    desk = make()
    desk.client.set_limits(bytes_per_s=1234)
    desk.fate("die")
    desk.answer()
    told = [line.split('"type": "')[1].split('"')[0] for line in desk.heard().splitlines()]
    assert told == ["SetLimits", "Look", "SetLimits", "Look"]


def test_a_new_limit_is_told_at_once(make):
    desk = make()
    desk.answer()
    desk.client.set_limits(bytes_per_s=99)
    desk.answer()
    assert '"bytes_per_s": 99' in desk.heard()


def test_traffic_is_told_with_the_request_it_is_for(make):
    desk = make()
    traffic: list = []
    desk.client.on_traffic = lambda handle, event: traffic.append((handle, event.host, event.bytes))
    desk.answer()
    desk.answer()
    assert traffic == [(1, "hub", 7), (2, "hub", 7)]


def test_a_deaf_worker_is_killed_and_others_go_on(make, tmp_path):
    desk = make()
    desk.fate("keep", "keep")
    ends: list = []
    handle = desk.client.fetch(
        Network(),
        tmp_path,
        tmp_path,
        reuse_folders=(),
        other_bytes=0,
        on_state=lambda state: None,
        on_end=ends.append,
    )
    other = desk.look()
    desk.client.cancel(handle)
    desk.settle(lambda: ends and other)
    assert isinstance(ends[0], Stopped)
    assert isinstance(other[0], Looked)


def test_what_waits_for_a_worker_can_be_cancelled(make):
    desk = make()
    desk.fate("die")
    ends: list = []
    handle = desk.client.look(Network(), "acme/tiny", "main", on_end=ends.append)
    desk.client.on_restart = lambda: desk.client.cancel(handle)
    desk.settle(lambda: ends)
    assert isinstance(ends[0], Cancelled)


def test_a_worker_that_has_nothing_to_do_ends_and_the_next_request_starts_another(make):
    desk = make()
    desk.answer()
    desk.settle(lambda: desk.client.pid is None)
    assert isinstance(desk.answer(), Looked)
