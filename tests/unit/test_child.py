"""A child process and who listens to it."""

import queue
import sys

from app.pipe.child import Child, Outcome


def test_the_end_comes_also_where_the_listener_fails(expected_log):
    ends: queue.SimpleQueue[Outcome] = queue.SimpleQueue()

    def fail(line: bytes) -> None:
        raise OverflowError(line.decode())

    child = Child(
        [sys.executable, "-c", "print('secret', flush=True); input()"],
        name="test",
        environment={},
        max_line_bytes=100,
        on_line=fail,
        on_exit=ends.put,
    )
    child.start()
    assert ends.get(timeout=30).exit_code != 0
    assert "OverflowError" in expected_log.text
    assert "secret" not in expected_log.text
