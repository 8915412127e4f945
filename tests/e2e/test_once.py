"""Throw-away processes: one question, one answer, and limits that hold."""

import signal
import sys

import pytest

from app.pipe.once import NoAnswerError, ask_once

LIMIT = (
    "import os, socket, sys\n"
    "from app.pipe.limits import limit_resources\n"
    "limit_resources(cpu_s=1, address_space_bytes=1 << 29, orphan_s={orphan_s})\n"
)


def ask(code: str, question: bytes = b"", *, timeout_s: float = 30.0) -> bytes:
    return ask_once(
        [sys.executable, "-c", code],
        question,
        name="test",
        environment={"GREETING": "hello"},
        max_answer_bytes=1000,
        timeout_s=timeout_s,
    )


def ask_limited(code: str, *, orphan_s: float = 60.0) -> bytes:
    return ask(LIMIT.format(orphan_s=orphan_s) + code)


def test_a_question_and_an_environment():
    assert ask("import os; print(input() + os.environ['GREETING'])", b"say ") == b"say hello"


def test_no_question():
    assert ask("import sys; print(len(sys.stdin.read()))") == b"0"


def test_only_the_first_line_counts():
    assert ask("print(1); print(2)") == b"1"


def test_an_answer_that_is_too_long():
    with pytest.raises(NoAnswerError, match="lack of memory"):
        ask("print('x' * 100_000)")


def test_last_words_are_kept():
    with pytest.raises(NoAnswerError) as caught:
        ask("import sys; sys.exit('no such luck')")
    assert caught.value.outcome.exit_code == 1
    assert caught.value.outcome.last_words == ("no such luck",)


def test_one_that_does_not_end():
    with pytest.raises(TimeoutError):
        ask("import threading; threading.Event().wait()", timeout_s=0.3)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
class TestLimits:
    @pytest.mark.parametrize("attempt", ["open('/etc/hosts')", "socket.socket()"])
    def test_nothing_can_be_opened(self, attempt):
        code = f"try:\n    {attempt}\nexcept OSError as error:\n    print(error.strerror)"
        assert ask_limited(code) == b"Too many open files"

    def test_memory(self):
        code = "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    print('no')"
        assert ask_limited(code) == b"no"

    def test_processor_time(self):
        with pytest.raises(NoAnswerError) as caught:
            ask_limited("while True: pass")
        assert caught.value.outcome.exit_code == -signal.SIGXCPU

    def test_one_without_a_parent_ends_by_itself(self):
        with pytest.raises(NoAnswerError) as caught:
            ask_limited("import threading; threading.Event().wait()", orphan_s=0.3)
        assert caught.value.outcome.exit_code == 1
