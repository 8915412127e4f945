import json

import msgspec
import pytest

from app.cli.progress import Bar, JsonLines, Lines, progress_output, report_of, state_words
from app.domain.downloads.jobs import Download, Job, State
from app.domain.errors import NetworkDown

JOB = Job(id="a" * 16, name="Tiny", model_id="tiny", build="Q4_K_M", repository="acme/Tiny-GGUF")
GIB = 1 << 30
HALF = Download(
    job=JOB,
    state=State.DOWNLOADING,
    bytes_done=4 * GIB,
    bytes_total=8 * GIB,
    bytes_per_s=25.0 * (1 << 20),
    eta_s=164.0,
)


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def at(download=HALF, **changes):
    return msgspec.structs.replace(download, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "downloading, 4 GiB of 8 GiB, 26.2 MB/s, 3 min left"),
        ({"bytes_per_s": None, "eta_s": None}, "downloading, 4 GiB of 8 GiB"),
        ({"state": State.PAUSED}, "paused, 4 GiB of 8 GiB"),
        ({"state": State.INSTALLED}, "installed, 8 GiB"),
        ({"state": State.QUEUED, "bytes_total": None}, "waiting for its turn"),
        ({"is_elsewhere": True, "eta_s": None}, "downloading in another Cierzo, 4 GiB of 8 GiB, 2"),
    ],
)
def test_each_state_has_its_words(changes, words):
    assert state_words(report_of(at(**changes))).startswith(words)


def test_json_comes_five_times_a_second_and_for_every_state(capsys, clock):
    output = JsonLines(clock)
    for step in range(100):
        clock.now_s = step / 100
        output.show(at(bytes_done=step))
    output.show(at(state=State.VERIFYING))
    output.show(at(state=State.INSTALLED, bytes_per_s=None, eta_s=None))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["state"] for line in lines] == ["downloading"] * 5 + ["verifying", "installed"]
    assert lines[-1] == {
        "job": "a" * 16,
        "state": "installed",
        "bytes_done": 4 * GIB,
        "bytes_total": 8 * GIB,
        "bytes_per_s": None,
        "eta_s": None,
        "reason": "",
        "elsewhere": False,
    }


def test_json_names_what_it_waits_for_at_once(capsys, clock):
    output = JsonLines(clock)
    output.show(at(state=State.WAITING))
    output.show(at(state=State.WAITING, problem=NetworkDown(host="hub.example")))
    reasons = [json.loads(line)["reason"] for line in capsys.readouterr().out.splitlines()]
    assert reasons == ["", str(NetworkDown(host="hub.example"))]


def test_a_log_gets_a_line_a_second(capsys, clock):
    output = Lines(clock)
    for step in range(300):
        clock.now_s = step / 100
        output.show(at(bytes_done=step << 20))
    output.show(at(state=State.WAITING, problem=NetworkDown(host="hub.example")))
    output.end()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[1] == "Tiny Q4_K_M: downloading, 100 MiB of 8 GiB, 26.2 MB/s, 3 min left"
    assert lines[3].endswith("hub.example cannot be reached. Waiting for the network; it goes on "
                             "by itself.")  # fmt: skip


def test_a_log_is_not_filled_while_nothing_happens(capsys, clock):
    output = Lines(clock)
    for step in range(60):
        clock.now_s = float(step)
        output.show(at(state=State.PAUSED))
    assert capsys.readouterr().out.count("\n") == 1


def screen(text: str) -> list[str]:
    """What a terminal shows of it in the end."""
    rows = []
    for line in text.split("\n"):
        cells: list[str] = []
        for drawn in line.split("\r"):
            cells[: len(drawn)] = drawn
        rows.append("".join(cells).rstrip())
    return rows


def test_a_bar_is_drawn_in_place_and_left_on_the_screen(capsys, clock):
    output = Bar(clock, columns=lambda: 120)
    for step in range(9):
        clock.now_s = float(step)
        output.show(at(bytes_done=step * GIB))
    output.show(at(state=State.INSTALLED))
    output.end()
    assert screen(capsys.readouterr().out) == [f"{'█' * 24} 100 % installed, 8 GiB", ""]


def test_a_bar_says_once_what_it_waits_for(capsys, clock):
    output = Bar(clock, columns=lambda: 60)
    output.show(HALF)
    for step in range(5):
        clock.now_s = float(step)
        output.show(at(state=State.WAITING, problem=NetworkDown(host="hub.example")))
    rows = screen(capsys.readouterr().out)
    assert rows[0].startswith("hub.example cannot be reached.")
    assert rows[1] == f"{'█' * 12}{'░' * 12}  50 % waiting, 4 GiB of 8 GiB"
    assert len(rows) == 2


@pytest.mark.parametrize("columns", [1, 10, 40])
def test_a_narrow_terminal_keeps_the_bar_on_one_line(capsys, clock, columns):
    output = Bar(clock, columns=lambda: columns)
    output.show(HALF)
    output.show(at(state=State.QUEUED, bytes_total=None))
    drawn = capsys.readouterr().out
    assert "\n" not in drawn
    assert all(len(line) < columns for line in drawn.split("\r"))


def test_who_reads_decides_what_is_written(monkeypatch):
    assert isinstance(progress_output(as_json=True), JsonLines)
    assert isinstance(progress_output(as_json=False), Lines)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert isinstance(progress_output(as_json=False), Bar)
