"""Words, names and times of strangers, as they may be kept."""

import hashlib
import unicodedata

from app.domain.well_formed import as_text

_MOST_TITLE_CHARACTERS = 200
# They turn the direction of what stands around them: a name could look like another.
_TURNING = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
# A moment outside of these years is a mistake.
_EARLIEST_MS = 946_684_800_000  # 2000
_LATEST_MS = 4_102_444_800_000  # 2100


def clean_text(text: str) -> str:
    """Words of a message: text, and without the character that ends strings elsewhere."""
    return as_text(text).replace("\0", "")


def clean_line(text: str) -> str:
    """A title or a name: one line, nothing invisible that acts, at most 200 characters."""
    visible = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in as_text(text[: 4 * _MOST_TITLE_CHARACTERS]).translate(_TURNING)
    )
    return " ".join(visible.split())[:_MOST_TITLE_CHARACTERS].strip()


def clean_name(path: str) -> str:
    """The name of a file that somebody wrote down, without any folder."""
    return clean_line(path.replace("\\", "/").rstrip("/").rpartition("/")[2])


def moment_ms(value: float) -> int:
    """Milliseconds, as they came; 0 where they cannot be a moment."""
    return int(value) if _EARLIEST_MS <= value < _LATEST_MS else 0


def moment_of_s(seconds: float) -> int:
    """Milliseconds out of seconds; 0 where they cannot be a moment."""
    return moment_ms(seconds * 1000)


def duration_s(seconds: float) -> float:
    """A length of time; 0 where it cannot be one."""
    return seconds if 0 < seconds < 86_400 else 0.0


def key_of(app: str, chat_id: str) -> str:
    """A chat's key, the same whenever it is imported: 32 hex digits."""
    return hashlib.sha256(as_text(f"{app}\0{chat_id}").encode()).hexdigest()[:32]
