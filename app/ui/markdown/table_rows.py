"""The cells of a row: their words in styles, and where they are in the source."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from app.ui.markdown.inline import Places, plain_runs, runs_of
from app.ui.markdown.parser import tokens_of
from app.ui.markdown.spec import Run


def row_runs(
    head: str, delimiters: str, row: str | None, references: MutableMapping[str, Any]
) -> list[tuple[Run, ...]]:
    """Parse one row of a table as the parser would among the others.

    Args:
        head: The first row, with its line's end as the others.
        delimiters: The row that makes it a table's.
        row: The row that is asked for; None for the first.
        references: Addresses that links may name.

    Returns:
        A cell per column; places count from the beginning of the row.
    """
    source = head + delimiters + (row or "")
    tokens, _ = tokens_of(source, references)
    wanted = 0 if row is None else 2
    begin = 0 if row is None else len(head) + len(delimiters)
    behind = begin
    found = []
    for token in tokens:
        if token.type not in ("inline", "words") or (token.map or [0])[0] != wanted:
            continue
        place = max(source.find(token.content.split("|")[0], behind), behind)
        places = Places.of_one_line(place)
        is_plain = token.type == "words"
        runs = plain_runs(token.content, place) if is_plain else runs_of(token, places)
        behind = place + len(token.content)
        found.append(tuple(_with_bars(runs, source, begin)))
    return found


def _with_bars(runs: Iterable[Run], source: str, begin: int) -> Iterator[Run]:
    """Count in the backslash that a bar inside a cell is written with."""
    skipped = 0
    for run in runs:
        at = run.at + skipped - begin
        if not run.is_literal or "|" not in run.text:
            yield Run(run.text, run.style, at, run.is_literal)
            continue
        first, *others = run.text.split("|")
        if first:
            yield Run(first, run.style, at)
        at += len(first)
        for words in others:
            at += source[begin + at : begin + at + 2] == "\\|"
            yield Run(f"|{words}", run.style, at)
            at += len(words) + 1
        skipped = at + begin - run.at - len(run.text)
