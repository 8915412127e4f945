"""Names of files that strangers chose: which of them are safe to write, on every system alike.

And names that are made of what a person or a model wrote, such as the title of a chat.

A model folder may lie on a drive that another system reads, so the strictest of the three decides.
"""

import itertools
import re
import unicodedata
from collections.abc import Container, Iterable

from app.domain.errors import UnsafeFileName

# Most file systems count bytes, NTFS counts UTF-16 units: bytes are never fewer.
MAX_NAME_BYTES = 255

# Microsoft's "Naming Files, Paths, and Namespaces", and marks that are unseen or turn text around.
# Patterns are compiled when they are first used: the start does without them.
_FORBIDDEN = r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]'
_RESERVED = r"(?i)(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)"

# Room for a number and a suffix.
_TITLE_BYTES = 200
_NAMELESS = "Chat"
_UNWRITABLE = f"{_FORBIDDEN}|/"
# Control, format, surrogate, private and unassigned characters: nobody sees them, or sees a box.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def check_file_names(paths: Iterable[str]) -> None:
    """Accept the paths of files that are going to lie in one folder.

    Args:
        paths: Relative, with slashes.

    Raises:
        UnsafeFileName: One leads out of the folder, cannot exist on every system, shows as another
            name than it has, or is the same as another one where case does not count.
    """
    files: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        *parents, name = path.split("/")
        if not all(_is_safe(part) for part in (*parents, name)):
            raise UnsafeFileName(name=shown_name(path))
        plain = folded(path)
        parts = plain.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if plain in files or plain in folders or above & files:
            raise UnsafeFileName(name=shown_name(path))
        files.add(plain)
        folders |= above


def shown_name(name: str) -> str:
    """Make a stranger's name fit for a sentence: printable, and at most 80 characters."""
    printable = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name
    )
    return printable if len(printable) <= 80 else f"{printable[:60]}…{printable[-19:]}"


def file_name_for(title: str, suffix: str, taken: Container[str] = ()) -> str:
    """Make a safe name of a title, as close to it as every system allows.

    Args:
        title: Anything at all.
        suffix: With its dot, e.g. ``.pdf``.
        taken: Names in that folder, each as `folded` returns it; the new one is none of them.

    Returns:
        A name that `check_file_names` accepts, with a number where the title alone is taken.
    """
    words = re.sub(_UNWRITABLE, " ", unicodedata.normalize("NFC", title))
    seen = "".join(char for char in words if unicodedata.category(char) not in _UNSEEN)
    base = _cut(" ".join(seen.split()), _TITLE_BYTES).strip(". ") or _NAMELESS
    if re.match(_RESERVED, base):
        base = f"_{base}"
    for number in itertools.count(1):
        name = f"{base}{suffix}" if number == 1 else f"{base} ({number}){suffix}"
        if folded(name) not in taken:
            return name
    raise AssertionError


def folded(name: str) -> str:
    """What two names have in common that some system cannot hold side by side."""
    # macOS tells neither cases apart nor how an accent was written.
    return unicodedata.normalize("NFC", name).casefold()


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "ignore")[:most_bytes].decode("utf-8", "ignore")


def _is_safe(part: str) -> bool:
    try:
        encoded = part.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return (
        0 < len(encoded) <= MAX_NAME_BYTES
        and not part.startswith((".", " "))
        and not part.endswith((".", " "))
        and not re.search(_FORBIDDEN, part)
        and not re.match(_RESERVED, part)
    )
