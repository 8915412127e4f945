"""What changed, from CHANGELOG.md: the window shows it before an update, the release page too."""

import pathlib
import re

from release.project import ROOT

PATH = ROOT / "CHANGELOG.md"
UNRELEASED = "Unreleased"
# What fits into a dialog; the whole is in the file.
_MOST_SIGNS = 2000


def section(version: str, path: pathlib.Path = PATH) -> str | None:
    """What is below the heading of that version, as Markdown; None where there is none."""
    heading = rf"^## \[?{re.escape(version)}\]?(?: .*)?$"
    parts = re.split(heading, path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)
    if len(parts) == 1:
        return None
    return re.split(r"^## ", parts[1], maxsplit=1, flags=re.MULTILINE)[0].strip()


def notes(version: str, path: pathlib.Path = PATH) -> str:
    """The version's changes as short lines; those that nobody released yet where it has none."""
    text = section(version, path) or section(UNRELEASED, path) or ""
    lines: list[str] = []
    length = 0
    for line in _items(text):
        length += len(line) + 1
        if length > _MOST_SIGNS:
            lines.append("…")
            break
        lines.append(line)
    return "\n".join(lines)


def _items(text: str) -> list[str]:
    """Each change as one line: the file breaks them at 120 signs."""
    items: list[str] = []
    for line in text.splitlines():
        if line.startswith("- "):
            items.append(line)
        elif items and line.startswith("  "):
            items[-1] += " " + line.strip()
    return items
