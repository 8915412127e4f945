"""Both sessions and the requests, put beside one another: what is not as it must be."""

import collections
import pathlib
from collections.abc import Iterator

import msgspec

from app.exchange.writer_protocol import ExportFormat
from tests.helpers.screen_reader import missing, screen
from tests.helpers.silence.kept import open_to_others, unknown
from tests.helpers.silence.sent import Sent, sent_requests
from tests.helpers.silence.session import STEPS
from tests.helpers.silence.trace import INTERNET, IO_URING, Process, Trace, by_role
from tests.helpers.silence.watched import Session, run_session, strace_to, without_network

# Without each of them the session was not the one that it should be.
_ROLES = {
    *("window", "engine", "engine probe", "speed probe", "download worker", "header reader"),
    *("media worker", "chat reader", "chat writer"),
}
_LOCAL = "AF_UNIX"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The processes of one role.

    Attributes:
        internet: Calls for an internet socket, or for io_uring, through which one can be had.
        local: Sockets to processes on this machine.
        others: Families that are neither, with the number of calls.
    """

    role: str
    processes: int
    internet: int
    local: int
    others: dict[str, int]


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        watched: The session under strace.
        cut_off: That without any network.
        sent: What a download sends, by occasion.
    """

    watched: Session
    cut_off: Session
    rows: tuple[Row, ...]
    sent: dict[str, tuple[Sent, ...]]

    def faults(self, *, with_idle: bool) -> Iterator[str]:
        """Everything that must not be, a sentence each."""
        for row in self.rows:
            if row.internet:
                yield f"{row.role}: {row.internet} calls for internet sockets"
        if lacking := _ROLES - {row.role for row in self.rows}:
            yield f"processes that were not seen: {', '.join(sorted(lacking))}"
        if not any(row.local for row in self.rows):
            yield "not even a local socket was seen: strace did not see what it should"
        steps = len(STEPS) if with_idle else len(STEPS) - 1
        yield from _faults_of("watched", self.watched, steps)
        yield from _faults_of("without network", self.cut_off, steps)
        for step in self.watched.steps:
            if self.watched.steps[step] != self.cut_off.steps.get(step):
                yield f"“{step}” was not the same without network: {self.cut_off.steps.get(step)}"


def find(folder: pathlib.Path, *, with_idle: bool) -> Findings:
    """Run everything; minutes, with a minute of idling twice if that is wanted.

    Raises:
        RuntimeError: This machine has no screen for it; the text says what it lacks.
    """
    if lacking := missing():
        raise RuntimeError(f"a screen needs {', '.join(lacking)}")
    log = folder / "strace.log"
    with screen() as environment:
        watched = run_session(folder / "1", strace_to(log), environment, with_idle=with_idle)
    with screen() as environment:
        cut_off = run_session(folder / "2", without_network(), environment, with_idle=with_idle)
    with log.open(encoding="utf-8", errors="replace") as lines:
        processes = Trace().take(lines).processes
    return Findings(
        watched=watched,
        cut_off=cut_off,
        rows=tuple(_row(role, found) for role, found in by_role(processes).items()),
        sent=sent_requests(folder),
    )


def _faults_of(name: str, session: Session, steps: int) -> Iterator[str]:
    if session.exit_code or len(session.steps) != steps:
        yield f"{name}: ended with {session.exit_code} after {len(session.steps)} steps"
        yield session.last_words
    if session.exported != dict.fromkeys((kind.suffix for kind in ExportFormat), True):
        yield f"{name}: an exported file lacks the answer: {session.exported}"
    for file in unknown(session.files):
        yield f"{name}: a file that the document does not tell of: {file}"
    for file in open_to_others(session.files):
        yield f"{name}: others can read {file}"
    for file in session.secret_in:
        yield f"{name}: a word of a private chat is in {file}"
    if not any(file.endswith("chats.db") for file in session.question_in):
        yield f"{name}: words of a chat that is kept could not be found, so nothing would be"


def _row(role: str, processes: list[Process]) -> Row:
    sockets, addressed = collections.Counter[str](), collections.Counter[str]()
    for process in processes:
        sockets += process.sockets
        addressed += process.addressed
    known = {*INTERNET, IO_URING, _LOCAL}
    return Row(
        role=role,
        processes=len(processes),
        internet=sum(process.internet_calls for process in processes),
        local=sockets[_LOCAL],
        others={name: n for name, n in sorted((sockets + addressed).items()) if name not in known},
    )
