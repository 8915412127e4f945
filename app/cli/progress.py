"""How far something is, said as often as its reader can use it: a person, a log or a program."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from app.cli.output import write, write_json
from app.domain.downloads.jobs import Download, State
from app.domain.units import format_bytes, format_duration, format_rate

_BAR_STEP_S = 0.1
_JSON_STEP_S = 0.2
_LINE_STEP_S = 1.0
_BAR_CELLS = 24
_STATES = {
    State.QUEUED: "waiting for its turn",
    State.CONNECTING: "connecting",
    State.DOWNLOADING: "downloading",
    State.WAITING: "waiting",
    State.VERIFYING: "verifying",
    State.PAUSED: "paused",
    State.FAILED: "failed",
    State.INSTALLED: "installed",
}


class DownloadReport(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `cierzo models download --json`.

    Attributes:
        reason: Why it waits or failed; empty where nothing is wrong.
        elsewhere: Another process works on it.
    """

    job: str
    state: State
    bytes_done: int
    bytes_total: int | None
    bytes_per_s: float | None
    eta_s: float | None
    reason: str
    elsewhere: bool = False


class ProgressOutput(Protocol):
    """Says how a download stands."""

    def show(self, download: Download) -> None:
        """Say it, unless something was said only just now."""

    def end(self) -> None:
        """Leave the output so that something else can follow."""


def progress_output(*, as_json: bool) -> ProgressOutput:
    """The one for who reads our stdout."""
    if as_json:
        return JsonLines()
    return Bar() if sys.stdout.isatty() else Lines()


def report_of(download: Download) -> DownloadReport:
    """What a program reads of it."""
    return DownloadReport(
        job=download.job.id,
        state=download.state,
        bytes_done=download.bytes_done,
        bytes_total=download.bytes_total,
        bytes_per_s=download.bytes_per_s,
        eta_s=download.eta_s,
        reason=str(download.problem) if download.problem else "",
        elsewhere=download.is_elsewhere,
    )


def state_words(report: DownloadReport) -> str:
    """How it stands: what it does and how far it is, without its reason."""
    words = [_STATES[report.state]]
    if report.elsewhere and report.state is not State.INSTALLED:
        words[0] += " in another Cierzo"
    if report.bytes_total:
        total = format_bytes(report.bytes_total)
        is_whole = report.state is State.INSTALLED
        words.append(total if is_whole else f"{format_bytes(report.bytes_done)} of {total}")
    if report.state is State.DOWNLOADING:
        words += [format_rate(rate)] if (rate := report.bytes_per_s) else []
        words += [f"{format_duration(left_s)} left"] if (left_s := report.eta_s) else []
    return ", ".join(words)


class _Pace:
    """Lets something through at once when it is news, and otherwise now and then."""

    def __init__(self, step_s: float, clock: Callable[[], float]) -> None:
        self._step_s = step_s
        self._clock = clock
        self._next_s = 0.0
        self._news: object = None

    def lets(self, news: object) -> bool:
        now_s = self._clock()
        if news == self._news and now_s < self._next_s:
            return False
        self._news, self._next_s = news, now_s + self._step_s
        return True


class JsonLines:
    """One object per line, at most five a second and one for every change of state."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = _Pace(_JSON_STEP_S, clock)

    def show(self, download: Download) -> None:
        """Write it, unless one was written only just now."""
        report = report_of(download)
        if self._pace.lets((report.state, report.reason)):
            write_json(report)

    def end(self) -> None:
        """Every line is complete."""


class Lines:
    """For logs and pipes: a line a second, and one for every change of state."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = _Pace(_LINE_STEP_S, clock)
        self._last = ""

    def show(self, download: Download) -> None:
        """Write it, unless one was written only just now or it says nothing new."""
        report = report_of(download)
        reason = _said_reason(report)
        line = f"{download.job.name} {download.job.build}: {state_words(report)}"
        line += f". {reason}" if reason else ""
        if line != self._last and self._pace.lets((report.state, reason)):
            self._last = line
            write(line + "\n")

    def end(self) -> None:
        """Every line is complete."""


class Bar:
    """One line of a terminal that is written over and over."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        columns: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        self._pace = _Pace(_BAR_STEP_S, clock)
        self._columns = columns
        self._length = 0
        self._reason = ""

    def show(self, download: Download) -> None:
        """Draw it; what it waits for is said once, above the bar."""
        report = report_of(download)
        reason = _said_reason(report)
        if not self._pace.lets((report.state, reason)):
            return
        if reason and reason != self._reason:
            self._draw("")
            write(f"\r{reason}\n")
        self._reason = reason
        # One column stays free: a full line would begin the next one.
        self._draw(_bar_line(report, self._columns() - 1))

    def end(self) -> None:
        """Keep what is drawn and begin a new line."""
        if self._length:
            write("\n")
        self._length = 0

    def _draw(self, line: str) -> None:
        write(f"\r{line}{' ' * (self._length - len(line))}")
        self._length = len(line)


def _said_reason(report: DownloadReport) -> str:
    """What is worth a sentence: not what the state's words say already, and not the final error."""
    return "" if report.elsewhere or report.state is State.FAILED else report.reason


def _bar_line(report: DownloadReport, columns: int) -> str:
    total_bytes = report.bytes_total
    if not total_bytes:
        return state_words(report)[: max(0, columns)]
    is_whole = report.state is State.INSTALLED
    share = 1.0 if is_whole else min(1.0, report.bytes_done / total_bytes)
    full = int(share * _BAR_CELLS)
    bar = f"{'█' * full}{'░' * (_BAR_CELLS - full)} {int(share * 100):3} % "
    return (bar + state_words(report))[: max(0, columns)]
