"""What is wrong with a value of a catalogue, in words."""

import re

import msgspec

_WHERE = re.compile(r" - at `\$\.?(?P<key>.*)`$")
_NAMED = re.compile(r"`([^`]+)`")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPO = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)


def decode_fault(error: msgspec.ValidationError) -> tuple[str, str]:
    """Split msgspec's message into the key and what is wrong with it."""
    message = str(error)
    if found := _WHERE.search(message):
        return found["key"], message[: found.start()]
    named = _NAMED.search(message)
    return named[1] if named else "", message


def hash_fault(sha256: str) -> str:
    """Say what is wrong with a hash; "" where nothing is."""
    return "" if _SHA256.fullmatch(sha256) else "is not 64 small hexadecimal digits"


def commit_fault(commit: str) -> str:
    """Say what is wrong with a commit; "" where nothing is."""
    return "" if _COMMIT.fullmatch(commit) else "is not 40 small hexadecimal digits"


def repo_fault(repo: str) -> str:
    """Say what is wrong with the name of a repository; "" where nothing is."""
    is_name = _REPO.fullmatch(repo) and ".." not in repo
    return "" if is_name else f"“{repo}” is not OWNER/NAME"
