"""Throw-away processes: one line in, one line out (or some), and they are gone. Both ends."""

import os
from collections.abc import Callable, Mapping

import msgspec

from app.domain.errors import AppError
from app.domain.reports import frames_of
from app.pipe.child import Child, Outcome
from app.pipe.messages import Failed, Wire
from app.pipe.sandbox import become_worker

# A process has only one request.
REQUEST_ID = 1
_CHUNK_BYTES = 65536
_KILLED_S = 5.0

Say = Callable[[bytes], None]


class NoAnswerError(Exception):
    """The process ended without an answer."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def ask_once(
    argv: list[str],
    question: bytes = b"",
    *,
    name: str,
    environment: Mapping[str, str],
    max_answer_bytes: int,
    timeout_s: float,
) -> bytes:
    """Start a process, ask it and wait for its line; it has ended when this returns.

    Args:
        argv: Of the process.
        question: One line, without its line end; empty for a process that is asked nothing.
        name: Of its log.
        environment: Beside that of this process.
        max_answer_bytes: More is no answer.
        timeout_s: From its start to its end.

    Raises:
        OSError: The program cannot be executed.
        TimeoutError: It was too slow and was ended.
        NoAnswerError: It ended without an answer.
    """
    lines: list[bytes] = []
    outcomes: list[Outcome] = []
    child = Child(
        argv,
        name=name,
        environment=environment,
        max_line_bytes=max_answer_bytes,
        on_line=lambda line: None if lines else lines.append(line),
        on_exit=outcomes.append,
    )
    child.start()
    if question:
        child.send(question)
    child.close()
    if not child.wait(timeout_s):
        child.kill()
        child.wait(_KILLED_S)
        raise TimeoutError
    if not lines:
        raise NoAnswerError(outcomes[0])
    return lines[0]


def answer_once(work: Callable[[bytes, bytes], Wire]) -> int:
    """Be that process: answer the line on stdin with one on what was stdout, or with a `Failed`.

    Args:
        work: Gets the line, and what has come behind it so far; `read_chunk` reads on.

    Returns:
        The exit code.
    """
    return answer_in_lines(lambda line, behind, _say: work(line, behind))


def answer_in_lines(work: Callable[[bytes, bytes, Say], Wire]) -> int:
    """Be such a process that says more than one line: what `work` returns, or a `Failed`, is last.

    Args:
        work: As in `answer_once`; its third argument writes a line, without its end, at once.

    Returns:
        The exit code.
    """
    become_worker()
    out = os.dup(1)
    os.dup2(2, 1)  # native code prints to fd 1
    try:
        reply = work(*_read_line(), lambda line: _write(out, line))
    except AppError as error:
        reply = Failed(
            request_id=REQUEST_ID, code=error.code, facts=error.facts, detail=error.detail
        )
    except Exception as error:  # noqa: BLE001 - the one place that turns bugs into reports
        reply = Failed(request_id=REQUEST_ID, code="bug", detail=frames_of(error))
    _write(out, msgspec.json.encode(reply))
    return 0


def read_chunk() -> bytes:
    """Read some bytes from the parent; ends this process if it is gone."""
    chunk = os.read(0, _CHUNK_BYTES)
    if not chunk:
        raise SystemExit
    return chunk


def _write(out: int, line: bytes) -> None:
    for piece in (line, b"\n"):
        data = memoryview(piece)
        while data:
            data = data[os.write(out, data) :]


def _read_line() -> tuple[bytes, bytes]:
    received = bytearray()
    while b"\n" not in received:
        received += read_chunk()
    line, _, behind = received.partition(b"\n")
    return bytes(line), bytes(behind)
