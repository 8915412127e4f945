"""What a command line says, and how it ends."""

import sys

import msgspec

EXIT_DONE = 0
EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


def write(text: str) -> None:
    """Put text on stdout at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def write_json(value: object) -> None:
    """Put a value on stdout as one line of JSON."""
    write(msgspec.json.encode(value).decode() + "\n")


def print_error(code: str, message: str, *, as_json: bool) -> None:
    """Say on stderr in one line what went wrong; on stdout too for who reads JSON."""
    sys.stderr.write(f"error: {message}\n")
    if as_json:
        write_json({"error": {"code": code, "message": message}})


def print_warning(message: str) -> None:
    """Say on stderr what is not right but does not end the command."""
    sys.stderr.write(f"warning: {message}\n")
