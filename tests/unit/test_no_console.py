"""A program without a console has no streams on Windows: nothing may fall over that."""

import os
import subprocess
import sys

import pytest


def run(*arguments: str, code: str = "") -> int:
    """Start the program with its three streams closed, as Python then has none; the exit code."""
    start = ["-c", code] if code else ["-m", "app"]
    command = [sys.executable, "-P", *start, *arguments]
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(closed, env=environment, check=False, timeout=60).returncode


posix_only = pytest.mark.skipif(sys.platform == "win32", reason="closes streams with sh")


@posix_only
def test_python_has_none_then():
    assert run(code="import sys; sys.exit(7 if sys.stdout is sys.stderr is None else 1)") == 7


@posix_only
@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["--version"], 0),
        (["ask", "--help"], 0),
        (["--no-such-option"], 2),
        (["ask", "--model", "missing.gguf", "Hi"], 3),
    ],
)
def test_a_command_ends_as_always(tmp_path, arguments, exit_code):
    assert run(*arguments, "--home", str(tmp_path)) == exit_code
