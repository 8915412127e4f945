"""Foreign words, made fit to be written: nothing that no reader of a file could read."""

import datetime as dt
import re
import unicodedata

from app.exchange.file_words import FileWords

# What XML cannot hold, and control characters that no file should: all but tab and line end.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MOST_LABEL_CHARS = 300


def readable(text: str) -> str:
    """The same words with one kind of line end and a mark for what cannot be written."""
    return _UNWRITABLE.sub(_REPLACEMENT, _LINE_ENDS.sub("\n", text))


def label(text: str) -> str:
    """One line for a title or a name: nothing unseen in it, nothing that turns text around."""
    shown = "".join(
        " " if char.isspace() else char
        for char in readable(text)
        if unicodedata.category(char) != "Cf" or char in "\u200c\u200d"
    )
    line = " ".join(shown.split())
    return line if len(line) <= _MOST_LABEL_CHARS else f"{line[:_MOST_LABEL_CHARS]}…"


def is_right_to_left(text: str) -> bool:
    """Whether a text begins at the right: its first letter with a direction says so."""
    for char in text[:_MOST_LABEL_CHARS]:
        match unicodedata.bidirectional(char):
            case "L":
                return False
            case "R" | "AL":
                return True
    return False


def moment(unix_ms: int, words: FileWords) -> str:
    """A date and a time where the person is, e.g. ``28 November 2026, 14:05``; empty if unknown."""
    if unix_ms <= 0:
        return ""
    try:
        local = dt.datetime.fromtimestamp(unix_ms / 1000, dt.UTC).astimezone()
    except (OverflowError, OSError, ValueError):  # no calendar goes that far
        return ""
    return words.moment.format(
        day=local.day,
        month=words.months[local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
    )
