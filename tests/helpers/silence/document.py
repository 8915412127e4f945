"""Findings in words: for a terminal, and as docs/privacy.md."""

import datetime as dt
import os
import pathlib
import platform
from collections.abc import Iterable, Iterator

from app.domain.version import VERSION
from tests.helpers.silence.findings import Findings, Row
from tests.helpers.silence.kept import KEPT
from tests.helpers.silence.sent import Sent

_TEMPLATE = pathlib.Path(__file__).with_name("privacy.md")
DOCUMENT = pathlib.Path(__file__).parents[3] / "docs" / "privacy.md"


def in_words(findings: Findings) -> Iterator[str]:
    """Lines for a terminal."""
    for row in findings.rows:
        yield (
            f"{row.role:<18} {row.processes:>3} processes  {row.internet:>3} internet  "
            f"{row.local:>3} local  {_others(row)}"
        )
    for step, outcome in findings.watched.steps.items():
        yield f"{step:<24} {_compared(outcome, findings.cut_off.steps.get(step))}"
    for name, session in (("under strace", findings.watched), ("cut off", findings.cut_off)):
        yield f"{name}: {session.wall_s:.0f} s, exit code {session.exit_code}"
    for occasion, requests in findings.sent.items():
        yield f"{occasion}: {len(requests)} different requests"


def write(findings: Findings) -> None:
    """Write docs/privacy.md."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    every = [sent for requests in findings.sent.values() for sent in requests]
    parts = {
        "sent": "\n\n".join(_occasion(name, sent) for name, sent in findings.sent.items()),
        "headers": _table(("header", "sent to"), _headers(every)),
        "kept": _table(("file", "what it is"), ((f"`{n}`", what) for n, what in KEPT.items())),
        "run": _run(findings),
        "processes": _table(
            ("process", "how many", "internet sockets", "local sockets", "others"),
            (
                (r.role, r.processes, f"**{r.internet}**", r.local, _others(r))
                for r in findings.rows
            ),
        ),
        "steps": _table(
            ("step", "watched", "and without any network"),
            (
                (step, "done", _compared(outcome, findings.cut_off.steps.get(step)))
                for step, outcome in findings.watched.steps.items()
            ),
        ),
    }
    for name, words in parts.items():
        text = text.replace(f"{{{name}}}", words)
    DOCUMENT.write_text(text, encoding="utf-8")


def _occasion(name: str, requests: tuple[Sent, ...]) -> str:
    lines = [f"- {sent.origin}: `{sent.request}`" for sent in requests]
    return "\n".join([f"**{name}**\n", *lines])


def _headers(requests: Iterable[Sent]) -> Iterator[tuple[str, str]]:
    """Every header line once, with those who get it."""
    origins: dict[str, dict[str, None]] = {}
    for sent in requests:
        for line in sent.headers:
            origins.setdefault(line, {})[sent.origin] = None
    for line, those in sorted(origins.items(), key=lambda item: item[0].lower()):
        yield f"`{line}`", ", ".join(those)


def _run(findings: Findings) -> str:
    kernel = platform.release().partition("-")[0]
    day = dt.datetime.now(dt.UTC).date().isoformat()
    watched, cut_off = findings.watched.wall_s, findings.cut_off.wall_s
    processes = sum(row.processes for row in findings.rows)
    return (
        f"{day}, Cierzo {VERSION}, {platform.system()} {kernel}, {platform.machine()}, "
        f"{os.cpu_count()} processors, Python {platform.python_version()}: {processes} processes, "
        f"{sum(row.internet for row in findings.rows)} internet sockets. The session took "
        f"{watched:.0f} s under strace and {cut_off:.0f} s without network."
    )


def _compared(outcome: object, other: object) -> str:
    return "the same" if outcome == other else f"NOT the same: {other}"


def _others(row: Row) -> str:
    return ", ".join(f"{family} {count}" for family, count in row.others.items()) or "–"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
