"""CHANGELOG.md as values: what metainfo and Debian's changelog are made of."""

import datetime as dt
import pathlib
import re
import textwrap
from dataclasses import dataclass, field

from release.distribution import read_distribution
from release.project import ROOT, source_date_epoch, version

_RELEASE = re.compile(r"## \[?([^]\s]+)]?(?: - (\d{4}-\d\d-\d\d))?")


@dataclass
class Release:
    """A version with its lines, by heading (Added, Fixed, …)."""

    version: str
    date: dt.date
    changes: dict[str, list[str]] = field(default_factory=dict)


def read_releases(path: pathlib.Path = ROOT / "CHANGELOG.md") -> list[Release]:
    """Read them, newest first; what is unreleased is the version that is being built."""
    releases: list[Release] = []
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := _RELEASE.fullmatch(line):
            releases.append(_release(*found.groups()))
        elif line.startswith("### "):
            lines = releases[-1].changes.setdefault(line.removeprefix("### "), [])
        elif line.startswith("- "):
            lines.append(line.removeprefix("- "))
        elif line.startswith("  ") and lines:
            lines[-1] += " " + line.strip()
    return [release for release in releases if release.changes]


def _release(name: str, date: str | None) -> Release:
    if date:
        return Release(name, dt.date.fromisoformat(date))
    now = dt.datetime.fromtimestamp(source_date_epoch(), dt.UTC)
    return Release(version(), now.date())


def debian_changelog(package: str) -> str:
    """The same in the form that Debian's tools read."""
    publisher = read_distribution().publisher
    # The form wants an address; ours may be unknown.
    author = publisher if "<" in publisher else f"{publisher} <>"
    parts = []
    for release in read_releases():
        lines = [line for lines in release.changes.values() for line in lines]
        changes = "\n".join(
            textwrap.fill(plain(line), 78, initial_indent="  * ", subsequent_indent="    ")
            for line in lines
        )
        date = f"{release.date:%a, %d %b %Y} 00:00:00 +0000"
        parts.append(
            f"{package} ({release.version}) unstable; urgency=medium\n\n{changes}\n\n"
            f" -- {author}  {date}\n"
        )
    return "\n".join(parts)


def plain(line: str) -> str:
    """Take the marks of Markdown out of a line."""
    return re.sub(r"`([^`]*)`|\*\*?([^*]+)\*\*?", lambda m: m.group(1) or m.group(2), line)
