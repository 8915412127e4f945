"""The list of connections."""

import os
import sys

import pytest

from app.domain.downloads.network import Connection
from app.services.network_log import NetworkLog, TrafficTally


def connection(number: int = 0) -> Connection:
    return Connection(
        at="2026-11-22T10:00:00+00:00", host="hub", why=f"file {number}", bytes=number
    )


@pytest.fixture
def network_log(tmp_path):
    return NetworkLog(tmp_path / "logs")


def test_it_is_empty_at_first(network_log):
    assert network_log.read() == []


def test_the_newest_is_last_also_after_a_start(network_log, tmp_path):
    for number in range(3):
        network_log.add(connection(number))
    assert NetworkLog(tmp_path / "logs").read() == [connection(n) for n in range(3)]


def test_only_so_many_are_read(network_log):
    for number in range(5):
        network_log.add(connection(number))
    assert network_log.read(2) == [connection(3), connection(4)]


def test_it_can_be_cleared(network_log):
    network_log.add(connection())
    network_log.clear()
    network_log.clear()
    assert network_log.read() == []


def test_a_damaged_line_costs_that_line_only(network_log, tmp_path):
    network_log.add(connection(1))
    with (tmp_path / "logs/connections.jsonl").open("ab") as file:
        file.write(b'{"at": "half a li\n\xff\xfe\n[]\n')
    network_log.add(connection(2))
    assert network_log.read() == [connection(1), connection(2)]


def test_the_oldest_go_when_it_is_full(network_log, tmp_path):
    path = tmp_path / "logs/connections.jsonl"
    network_log.add(connection(0))
    line = path.read_bytes()
    path.write_bytes(line * ((1 << 20) // len(line)))
    for number in range(1, 5):
        network_log.add(connection(number))
    assert path.stat().st_size < (1 << 19) + 10 * len(line)
    assert network_log.read()[-4:] == [connection(n) for n in range(1, 5)]
    assert len(network_log.read()) == 1000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_may_read_it(network_log, tmp_path):
    network_log.add(connection())
    assert (tmp_path / "logs/connections.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(tmp_path, expected_log):
    (tmp_path / "logs").write_text("in the way")
    NetworkLog(tmp_path / "logs").add(connection())
    assert "could not be written" in expected_log.text
    assert os.fspath(tmp_path) not in expected_log.text


class Desk:
    """A tally with a clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.lines: list[tuple[str, str, int]] = []
        self.tally = TrafficTally(
            lambda line: self.lines.append((line.host, line.why, line.bytes)),
            clock=lambda: self.now_s,
        )

    def count(self, request=1, host="cdn", why="file", more_bytes=10, after_s=0.0):
        self.now_s += after_s
        self.tally.count(request, host=host, why=why, more_bytes=more_bytes)


def test_a_request_is_one_line_per_host_and_reason():
    desk = Desk()
    desk.count(host="hub", why="link")
    for _ in range(100):
        desk.count()
    assert desk.lines == []
    desk.tally.end(1)
    assert desk.lines == [("hub", "link", 10), ("cdn", "file", 1000)]


def test_what_goes_on_is_written_each_minute():
    desk = Desk()
    for _ in range(150):
        desk.count(after_s=1.0)
    desk.tally.end(1)
    assert [line[2] for line in desk.lines] == [610, 610, 280]


def test_another_request_is_another_line():
    desk = Desk()
    desk.count(request=1)
    desk.count(request=2)
    desk.tally.end(2)
    assert desk.lines == [("cdn", "file", 10)]
    desk.tally.close()
    assert desk.lines == [("cdn", "file", 10)] * 2


def test_a_host_that_was_asked_and_said_nothing_is_listed():
    desk = Desk()
    desk.count(more_bytes=0)
    desk.tally.end(1)
    assert desk.lines == [("cdn", "file", 0)]
