"""Names of files that strangers chose: which of them are safe to write, on every system alike.

A model folder may lie on a drive that another system reads, so the strictest of the three decides.
"""

import re
import unicodedata
from collections.abc import Iterable

from app.domain.errors import UnsafeFileName

# Most file systems count bytes, NTFS counts UTF-16 units: bytes are never fewer.
MAX_NAME_BYTES = 255

# Microsoft's "Naming Files, Paths, and Namespaces", and marks that are unseen or turn text around.
_FORBIDDEN = re.compile(
    r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]'
)
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.I)


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
        # macOS tells neither cases apart nor how an accent was written.
        folded = unicodedata.normalize("NFC", path).casefold()
        parts = folded.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if folded in files or folded in folders or above & files:
            raise UnsafeFileName(name=shown_name(path))
        files.add(folded)
        folders |= above


def shown_name(name: str) -> str:
    """Make a stranger's name fit for a sentence: printable, and at most 80 characters."""
    printable = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name
    )
    return printable if len(printable) <= 80 else f"{printable[:60]}…{printable[-19:]}"


def _is_safe(part: str) -> bool:
    try:
        encoded = part.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return (
        0 < len(encoded) <= MAX_NAME_BYTES
        and not part.startswith((".", " "))
        and not part.endswith((".", " "))
        and not _FORBIDDEN.search(part)
        and not _RESERVED.match(part)
    )
