"""What a command line says, and how it ends."""

import io
import re
import sys

import msgspec

EXIT_DONE = 0
EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


# What moves a terminal's cursor, sets its title or turns the order of letters around: none of it
# is ours, it comes with the names that strangers give their files.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def use_utf8() -> None:
    """Read and write UTF-8: pipes have the locale's encoding, and the first emoji were an error."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def write(text: str) -> None:
    """Put text on stdout at once, but nothing of it that a terminal would obey."""
    _put(_UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text))


def write_json(value: object) -> None:
    """Put a value on stdout as one line of JSON; what a terminal would obey is escaped."""
    text = msgspec.json.encode(value).decode()
    _put(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def print_error(code: str, message: str, *, as_json: bool) -> None:
    """Say on stderr in one line what went wrong; on stdout too for who reads JSON."""
    _complain(f"error: {message}\n")
    if as_json:
        write_json({"error": {"code": code, "message": message}})


def print_warning(message: str) -> None:
    """Say on stderr what is not right but does not end the command."""
    _complain(f"warning: {message}\n")


def _put(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(_UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text))
